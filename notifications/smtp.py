"""SMTP as Django speaks it, with three things more: a bound on the whole talk, the server's own words, and the address guard.

Every step of the talk has settings.EMAIL_TIMEOUT; a server that drips a byte at a time would still hold a worker for ever,
so the whole of one mail has `TOTAL`, after which its socket is shut.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import threading
from collections.abc import Iterator
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

from tenants import outside

TOTAL = 45.0  # seconds for one mail, connecting included; a notice is leased for 60


class Backend(EmailBackend):
    """`is_guarded`: the host was typed by a tenant, so it must be public. `answer`: what the server said to the last mail."""

    def __init__(self, *args: Any, is_guarded: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_guarded, self.answer = is_guarded, ""
        self.talk: smtplib.SMTP | None = None

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        kind = _TlsTalk if self.use_ssl else _Talk
        return type(kind.__name__, (kind,), {"backend": self})

    @contextlib.contextmanager
    def bounded(self, total: float = TOTAL) -> Iterator[None]:
        """The block ends in time: after `total` seconds whatever it reads from the server fails."""
        done = threading.Event()
        threading.Thread(target=self._watch, args=(done, total), daemon=True).start()
        try:
            yield
        finally:
            done.set()

    def _watch(self, done: threading.Event, total: float) -> None:
        """Again and again from then on: between two sockets (TLS begins, another address is tried) there is none to shut."""
        while not done.wait(total):
            self.shut()
            total = 0.5

    def shut(self) -> None:
        """The socket that is talked over now: TLS takes the plain one over and leaves it closed. Without TLS's own farewell,
        and still encrypted for whoever writes meanwhile."""
        with contextlib.suppress(OSError):
            if self.talk is not None and self.talk.sock is not None:
                socket.socket.shutdown(self.talk.sock, socket.SHUT_RDWR)


class _Talk(smtplib.SMTP):
    backend: Backend

    def _get_socket(self, host: str, port: int, timeout: Any) -> socket.socket:
        """smtplib's own way in: here an address is checked and connected to as checked; TLS still carries the name."""
        self.backend.talk = self
        if self.backend.is_guarded:
            return _connected(host, port, timeout, self.source_address)
        return socket.create_connection((host, port), timeout, self.source_address)

    def data(self, msg: Any) -> tuple[int, bytes]:
        code, said = super().data(msg)
        self.backend.answer = f"{code} {said.decode(errors='replace')}"
        return code, said


class _TlsTalk(smtplib.SMTP_SSL, _Talk):
    """TLS from the first byte, over the same socket."""


def _connected(host: str, port: int, timeout: float, source: Any) -> socket.socket:
    addresses = outside.checked_addresses(host, port, outside.Rules.of_settings(), timeout)
    for address in addresses[:-1]:
        with contextlib.suppress(OSError):
            return socket.create_connection((address, port), timeout, source)
    return socket.create_connection((addresses[-1], port), timeout, source)
