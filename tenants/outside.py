"""The one door by which this product calls addresses that a tenant has typed: web hooks, gateways, mail servers' APIs.

Whoever may type an address must not reach what only this machine can reach (server-side request forgery). So:

* An address is http or https, without credentials, on an allowed port, and its host is a plain name or a plain IP address:
  no other way of writing one (`0x7f.1`, `2130706433`, `127.1`, `%31`, full-width digits) is interpreted, it is refused.
* A name is resolved here, and every address that it has must be public. The connection goes to the address that was
  checked: what the name says a moment later (DNS rebinding) has no effect. Host and TLS still carry the name, and the
  certificate is checked against it.
* This happens at every connection that the transport makes, so a redirect or a second try is checked again. Redirects are
  not followed, the environment's proxies are not used.
* A request ends: connect, read and a total time are bounded, DNS and TLS and a server that drips byte by byte included; of an
  answer no more is read than was asked for, as it came (not decompressed).

`OUTSIDE_NETWORKS`, `OUTSIDE_PORTS` and `OUTSIDE_PLAIN_HTTP` loosen it where a deployment wants that (.env.example).
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpcore
import httpx
from django.conf import settings
from django.utils.translation import gettext as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# IANA's special-purpose addresses (RFC 6890 and its registry), and one public address behind which a cloud keeps secrets.
NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    )
)  # fmt: skip
PUBLIC_6 = ipaddress.ip_network("2000::/3")  # the only part of IPv6 that is given out
NAT64 = ipaddress.ip_network("64:ff9b::/96")
NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
NUMBER = re.compile(
    r"[0-9]+|0x[0-9a-f]*"
)  # what makes a last label a number (WHATWG URL, "ends in a number")
LONGEST = 2000


class Refused(Exception):
    """We do not connect there; the message says why, in the reader's language."""


class NotFound(Refused):
    """The name has no address at the moment."""


class TooLong(Exception):
    """The whole exchange took longer than it may."""


@dataclass(frozen=True, slots=True)
class Rules:
    networks: tuple[Any, ...] = ()  # private ones that are allowed all the same
    ports: frozenset[int] = frozenset({443, 80, 8443})
    plain_http: bool = False

    @classmethod
    def of_settings(cls) -> Rules:
        return cls(
            tuple(ipaddress.ip_network(network) for network in settings.OUTSIDE_NETWORKS),
            frozenset(settings.OUTSIDE_PORTS),
            settings.OUTSIDE_PLAIN_HTTP,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """`body`: at most as much as was asked for, as it came over the wire."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


# --- what is allowed --------------------------------------------------------------------------------------------------


def check_url(written: str, rules: Rules | None = None) -> httpx.URL:
    """The address as it will be called, without asking DNS. Refused with a sentence for its field."""
    rules = rules or Rules.of_settings()
    if not written or len(written) > LONGEST or re.search(r"[\s\\\x00-\x20\x7f]", written):
        raise Refused(_("Write a whole address, such as https://example.com/webhooks, without blanks."))
    try:
        url = httpx.URL(written)
        host, port = url.raw_host.decode("ascii").lower(), url.port
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise Refused(_("This is not an address that can be called.")) from None
    if url.scheme not in ("http", "https"):
        raise Refused(_("The address must begin with https://."))
    if url.scheme == "http" and not rules.plain_http:
        raise Refused(
            _("The address must begin with https://: over plain http anybody on the way could read it.")
        )
    if url.userinfo or "@" in written.partition("://")[2].partition("/")[0]:
        raise Refused(_("Leave user name and password out of the address."))
    port = port if port is not None else 443 if url.scheme == "https" else 80
    if port not in rules.ports:
        allowed = ", ".join(str(each) for each in sorted(rules.ports))
        raise Refused(
            _("Port %(port)s is not called from here; these are: %(allowed)s.")
            % {"port": port, "allowed": allowed}
        )
    literal = literal_of(host, "[" in written.partition("://")[2].partition("/")[0])
    if literal is not None:
        refuse_unless_public(literal, rules)
    return url


def literal_of(host: str, in_brackets: bool = False) -> Address | None:
    """The IP address that `host` is, None for a name. Refused for anything that is neither, plainly written."""
    bare = host.strip("[]")
    try:
        if in_brackets or ":" in bare:
            if "%" in bare:
                raise ValueError("a zone")
            return ipaddress.IPv6Address(bare)
        if NUMBER.fullmatch(bare.rstrip(".").rpartition(".")[2]):
            return ipaddress.IPv4Address(bare)  # four plain decimal numbers and nothing else
    except ValueError:
        raise Refused(_("Write the host as a name, or as a plain IP address.")) from None
    if not NAME.fullmatch(bare.removesuffix(".")) or len(bare) > 253:
        raise Refused(_("This is not an address that can be called."))
    return None


def refuse_unless_public(address: Address, rules: Rules) -> None:
    if not is_allowed(address, rules):
        raise Refused(
            _("This address belongs to a private or reserved network; only public ones are called from here.")
        )


def is_allowed(address: Address, rules: Rules) -> bool:
    """Whether to connect. What carries an IPv4 address inside is judged by that one."""
    inner = embedded(address)
    if inner is not None:
        return is_allowed(inner, rules)
    if any(address in network for network in rules.networks if network.version == address.version):
        return True
    if address.version == 6 and address not in PUBLIC_6:
        return False
    return not any(address in network for network in NOT_PUBLIC if network.version == address.version)


def embedded(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address to which the network takes this IPv6 one: mapped (::ffff:), or by NAT64. 6to4 is refused as such."""
    if address.version == 4:
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else None


def checked_addresses(host: str, port: int, rules: Rules, timeout: float) -> list[str]:
    """Where `host` is, each address checked. One that is not public spoils the rest: such a name plays tricks."""
    literal = literal_of(host.lower())
    found = [literal] if literal is not None else _resolved(host, port, timeout)
    for address in found:
        refuse_unless_public(address, rules)
    return [str(address) for address in found]


def resolve(host: str, port: int) -> list[str]:
    """The door to DNS; tests put a name server of their own in its place."""
    return [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _resolved(host: str, port: int, timeout: float) -> list[Address]:
    """DNS has no timeout of its own: it is asked beside, and left behind when it does not answer."""
    found: list[str] = []

    def ask() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            found.extend(resolve(host, port))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(timeout)
    addresses = [ipaddress.ip_address(each.partition("%")[0]) for each in dict.fromkeys(found)]
    if not addresses:
        raise NotFound(_("There is no server by the name %(host)s.") % {"host": host})
    return addresses


def check(written: str, timeout: float = 3.0) -> httpx.URL:
    """As `check_url`, and DNS is asked too: what a form says before it takes an address."""
    rules = Rules.of_settings()
    url = check_url(written, rules)
    checked_addresses(url.raw_host.decode("ascii"), url.port or 443, rules, timeout)
    return url


# --- the connection ---------------------------------------------------------------------------------------------------


class Transport(httpx.HTTPTransport):
    """For one exchange, which ends `total` seconds after this was made. `httpx.Client(transport=..., trust_env=False)`."""

    def __init__(self, total: float = 15.0, rules: Rules | None = None) -> None:
        super().__init__(verify=tls(), trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls(),
            network_backend=_Checked(rules or Rules.of_settings(), time.monotonic() + total),
        )


@cache
def tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


class _Checked(httpcore.NetworkBackend):
    """Connects to the address that was checked, and to no other."""

    def __init__(self, rules: Rules, ends: float) -> None:
        self.rules, self.ends, self.sockets = rules, ends, httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **options: Any) -> Any:
        addresses = checked_addresses(host, port, self.rules, left(self.ends, timeout))
        for place, address in enumerate(addresses):
            try:
                stream = self.sockets.connect_tcp(address, port, left(self.ends, timeout), **options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if place == len(addresses) - 1:
                    raise
            else:
                return _Bounded(stream, self.ends)
        raise httpcore.ConnectError(host)

    def connect_unix_socket(self, path: str, *args: Any, **options: Any) -> Any:
        raise Refused("Sockets of this machine are not called.")

    def sleep(self, seconds: float) -> None:
        self.sockets.sleep(seconds)


class _Bounded(httpcore.NetworkStream):
    """A connection whose every step ends in time."""

    def __init__(self, stream: Any, ends: float) -> None:
        self.stream, self.ends = stream, ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, left(self.ends, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, left(self.ends, timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Any:
        return _Bounded(
            self.stream.start_tls(ssl_context, server_hostname, left(self.ends, timeout)), self.ends
        )

    def close(self) -> None:
        self.stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def left(ends: float, timeout: float | None) -> float:
    """Seconds that this step may take."""
    seconds = ends - time.monotonic()
    if seconds <= 0:
        raise TooLong("The exchange took too long altogether.")
    return seconds if timeout is None else min(seconds, timeout)


def post(
    url: str,
    content: bytes,
    headers: Iterable[tuple[str, str]],
    *,
    connect: float = 5.0,
    read: float = 10.0,
    total: float = 15.0,
    largest: int = 2048,
    rules: Rules | None = None,
) -> Answer:
    """POST, and the first `largest` bytes of what is answered. Refused, TooLong, or httpx.HTTPError where none is."""
    return _exchange("POST", url, content, headers, connect, read, total, largest, rules)


def get(
    url: str,
    headers: Iterable[tuple[str, str]] = (),
    *,
    connect: float = 5.0,
    read: float = 10.0,
    total: float = 15.0,
    largest: int = 2048,
    rules: Rules | None = None,
) -> Answer:
    """The same with GET."""
    return _exchange("GET", url, None, headers, connect, read, total, largest, rules)


def _exchange(
    method: str,
    url: str,
    content: bytes | None,
    headers: Iterable[tuple[str, str]],
    connect: float,
    read: float,
    total: float,
    largest: int,
    rules: Rules | None,
) -> Answer:
    checked = check_url(url, rules)
    timeout = httpx.Timeout(read, connect=connect)
    with (
        httpx.Client(
            transport=Transport(total, rules), timeout=timeout, trust_env=False, follow_redirects=False
        ) as client,
        client.stream(
            method, checked, content=content, headers=[("Accept-Encoding", "identity"), *headers]
        ) as response,
    ):
        body = b""
        for piece in response.iter_raw():
            body += piece
            if len(body) >= largest:
                break
        return Answer(response.status_code, dict(response.headers), body[:largest])
