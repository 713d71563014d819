"""IMAP connections to servers that a tenant has typed: through the one guarded door (`tenants.outside`), to the address that was
checked, with a timeout on every step."""

from __future__ import annotations

import contextlib
import imaplib
import socket
import ssl
from typing import Any

from imap_tools import BaseMailBox

from tenants import outside


def _connected(host: str, port: int, timeout: float) -> socket.socket:
    addresses = outside.checked_addresses(host, port, outside.Rules.of_settings(), timeout)
    for address in addresses[:-1]:
        with contextlib.suppress(OSError):
            return socket.create_connection((address, port), timeout)
    return socket.create_connection((addresses[-1], port), timeout)


class _Plain(imaplib.IMAP4):
    def _create_socket(self, timeout: float | None) -> socket.socket:
        return _connected(self.host, self.port, timeout or 10)


class _Tls(imaplib.IMAP4_SSL):
    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self.ssl_context.wrap_socket(
            _connected(self.host, self.port, timeout or 10), server_hostname=self.host
        )


class Mailbox(BaseMailBox):
    """`security`: "tls", "starttls" or "none"."""

    def __init__(self, host: str, port: int, security: str, timeout: float) -> None:
        self._host, self._port, self._security, self._timeout = host, port, security, timeout
        super().__init__()

    def _get_mailbox_client(self) -> Any:
        if self._security == "tls":
            context = ssl.create_default_context()
            return _Tls(self._host, self._port, ssl_context=context, timeout=self._timeout)
        client = _Plain(self._host, self._port, timeout=self._timeout)
        if self._security == "starttls":
            client.starttls(ssl.create_default_context())
        return client
