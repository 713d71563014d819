"""PURE. What a header says: encoded words of every make, raw 8-bit bytes, addresses, moments, Message-IDs."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from tickets.intake.email.charsets import clean, decode

ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,4000})\?=")
BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
MESSAGE_ID = re.compile(r"<([^<>\s]{1,900})>")
ADDRESS = re.compile(
    r"[^\s<>()\[\]\\,;:\"@]{1,64}@[^\s<>()\[\]\\,;:\"@]{1,189}"
)  # 254 in all, as SMTP allows
LONGEST = 20_000  # characters of one header that are looked at


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: `email` in lower case, "" where there is none."""

    email: str = ""
    name: str = ""


def header(message: Message, name: str) -> str:
    """The first header of this name as readable text, "" where there is none."""
    values = headers(message, name)
    return values[0] if values else ""


def headers(message: Message, name: str) -> list[str]:
    """All headers of this name, the topmost first."""
    return [readable(value) for value in raw_headers(message, name)]


def raw_headers(message: Message, name: str) -> list[str]:
    """As they were written, unfolded; bytes beyond ASCII as surrogates."""
    wanted = name.lower()
    return [" ".join(str(v)[:LONGEST].split()) for n, v in message.raw_items() if n.lower() == wanted]


def readable(value: str) -> str:
    """`value` with its encoded words (RFC 2047) decoded; words that were split within a character are joined first."""
    value = eight_bit(value)
    value = BETWEEN_WORDS.sub(r"\1", value)
    pieces: list[str] = []
    end = 0
    pending: tuple[str, bytes] | None = None
    for word in ENCODED_WORD.finditer(value):
        between = value[end : word.start()]
        charset, data = word[1], _word(word[2], word[3])
        if pending and not between and pending[0].lower() == charset.lower():
            pending = (charset, pending[1] + data)
        else:
            pieces.append(_flushed(pending) + between)
            pending = (charset, data)
        end = word.end()
    pieces.append(_flushed(pending) + value[end:])
    return " ".join(clean("".join(pieces)).split())


def _flushed(pending: tuple[str, bytes] | None) -> str:
    return decode(pending[1], pending[0]) if pending else ""


def eight_bit(value: str) -> str:
    """Raw bytes that a header may not hold, and does."""
    if value.isascii():
        return value
    try:
        return decode(value.encode("ascii", "surrogateescape"))
    except UnicodeEncodeError:
        return clean(value)


def _word(encoding: str, text: str) -> bytes:
    plain = text.encode("ascii", "replace")
    if encoding in "bB":
        plain = re.sub(rb"[^A-Za-z0-9+/]", b"", plain)
        try:
            return base64.b64decode(plain + b"=" * (-len(plain) % 4))
        except binascii.Error:
            return base64.b64decode(plain[: len(plain) - len(plain) % 4])
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda hit: bytes([int(hit[1], 16)]), plain.replace(b"_", b" "))


def addresses(message: Message, *names: str, most: int = 100) -> list[Address]:
    """The mailboxes of these headers, at most `most`."""
    found: list[Address] = []
    for name in names:
        for value in raw_headers(message, name):
            found += parsed_addresses(value, most)
    return found[:most]


def parsed_addresses(value: str, most: int = 100) -> list[Address]:
    """Mailboxes of a header's text. What no grammar covers still yields each thing that looks like an address."""
    value = clean(eight_bit(value))[: LONGEST // 2]
    try:
        pairs = [(readable(name), email.strip().lower()) for name, email in getaddresses([value])]
    except RecursionError:  # comments within comments
        pairs = []
    found = [Address(email, name) for name, email in pairs if ADDRESS.fullmatch(email)]
    if not found:
        found = [Address(hit[0].lower(), "") for hit in ADDRESS.finditer(readable(value))]
        if len(found) == 1:
            name = readable(value).split("<")[0].strip(" \"'") if "<" in value else ""
            found = [Address(found[0].email, name if "@" not in name else "")]
    return found[:most]


def message_ids(text: str, most: int = 200) -> list[str]:
    """The Message-IDs in `text`, without their brackets, in their order."""
    return MESSAGE_ID.findall(clean(text))[:most]


def moment(message: Message, at: datetime) -> datetime:
    """When it was written, by its own account; `at`, when it came, where that is missing, broken or in the future."""
    for value in raw_headers(message, "Date"):
        try:
            written = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if written.tzinfo is None:
            written = written.replace(tzinfo=UTC)
        try:
            written = written.astimezone(UTC)
        except (OverflowError, ValueError):
            continue
        if at - timedelta(days=3650) < written <= at:
            return written
    return at
