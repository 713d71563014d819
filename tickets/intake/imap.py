"""IMAP connections to servers that a tenant has typed: through the one guarded door (`tenants.outside`), to the address that was
checked, with a timeout on every step, an end to the whole talk, and a bound on what a server may answer."""

from __future__ import annotations

import contextlib
import imaplib
import socket
import ssl
import threading
from typing import Any

from imap_tools import BaseMailBox

from tenants import outside
from tickets.intake.email.bounds import MAX_BYTES

MAX_ANSWER = MAX_BYTES + 4_000_000  # bytes that a server may say to one command


def _connected(host: str, port: int, timeout: float) -> socket.socket:
    addresses = outside.checked_addresses(host, port, outside.Rules.of_settings(), timeout)
    for address in addresses[:-1]:
        with contextlib.suppress(OSError):
            return socket.create_connection((address, port), timeout)
    return socket.create_connection((addresses[-1], port), timeout)


class _Bounded(imaplib.IMAP4):
    """Whatever a server says: at most `MAX_ANSWER` bytes to a command, and `seconds` after the first step the line is cut."""

    said = 0

    def __init__(self, host: str, port: int, seconds: float, **more: Any) -> None:
        self._seconds = seconds
        super().__init__(host, port, **more)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        connection = _connected(self.host, self.port, timeout or 10)
        self._line = connection.dup()  # stays the same line when TLS takes the other over
        self._end = threading.Timer(self._seconds, _cut, [self._line])
        self._end.daemon = True
        self._end.start()
        try:
            return self._secured(connection)
        except BaseException:
            self.hang_up()
            raise

    def _secured(self, connection: socket.socket) -> socket.socket:
        return connection

    def hang_up(self) -> None:
        self._end.cancel()
        _cut(self._line)
        self._line.close()

    def shutdown(self) -> None:
        try:
            super().shutdown()
        finally:
            self.hang_up()

    def _new_tag(self) -> bytes:
        self.said = 0
        return super()._new_tag()

    def read(self, size: int) -> bytes:
        self._count(size)  # before it is read: it would all be held in memory
        return super().read(size)

    def readline(self) -> bytes:
        line = super().readline()
        self._count(len(line))
        return line

    def _count(self, size: int) -> None:
        self.said += size
        if self.said > MAX_ANSWER:
            self.hang_up()
            raise self.abort(f"more than {MAX_ANSWER} bytes in one answer")


def _cut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):  # closed already
        line.shutdown(socket.SHUT_RDWR)


class _Tls(_Bounded, imaplib.IMAP4_SSL):
    def _secured(self, connection: socket.socket) -> socket.socket:
        return self.ssl_context.wrap_socket(connection, server_hostname=self.host)


class Mailbox(BaseMailBox):
    """`security`: "tls", "starttls" or "none". `timeout` of each step, `seconds` for all of them."""

    def __init__(self, host: str, port: int, security: str, timeout: float, seconds: float) -> None:
        self._host, self._port, self._security = host, port, security
        self._timeout, self._seconds = timeout, seconds
        super().__init__()

    def _get_mailbox_client(self) -> Any:
        if self._security == "tls":
            context = ssl.create_default_context()
            return _Tls(self._host, self._port, self._seconds, ssl_context=context, timeout=self._timeout)
        client = _Bounded(self._host, self._port, self._seconds, timeout=self._timeout)
        if self._security == "starttls":
            try:
                client.starttls(ssl.create_default_context())
            except BaseException:
                client.hang_up()
                raise
        return client
