"""PURE. The tree of a mail, taken apart without recursion: blocks of text, and files."""

from __future__ import annotations

import email
import mimetypes
import re
from dataclasses import dataclass, field
from email.message import Message

from tickets.intake.email import tnef
from tickets.intake.email.bounds import MAX_PARTS, MAX_TEXT, Unreadable, check
from tickets.intake.email.charsets import clean, decode
from tickets.intake.email.headers import eight_bit, header, raw_headers, readable

PLAIN = {"text/plain", "text/markdown", "text/enriched", "text/x-markdown"}
LEFT_OUT = {
    "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "text/x-amp-html",
}  # fmt: skip
GUESSED_BOUNDARY = re.compile(r"^--([^\s\"]{1,70})[ \t]*$", re.MULTILINE)
ENDINGS = {"text/calendar": ".ics", "text/plain": ".txt", "image/jpeg": ".jpg", "message/rfc822": ".eml"}


@dataclass(frozen=True, slots=True)
class File:
    """An attachment. `content_id`: by which the mail's HTML names it, "" where it does not."""

    name: str
    kind: str
    content: bytes
    content_id: str = ""


@dataclass(slots=True)
class Block:
    """A stretch of the body: as plain text, as HTML, or the same in both."""

    text: str = ""
    html: str = ""


@dataclass(slots=True)
class Taken:
    """A mail taken apart."""

    blocks: list[Block] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    reports: list[Message] = field(default_factory=list)  # parts of a delivery report (RFC 3464)


def parse(raw: bytes) -> Message:
    """The mail as Python's parser reads it, after its bounds were checked."""
    check(raw)
    if raw[:5] == b"From " and b"\n" in raw:  # an mbox's line
        raw = raw.split(b"\n", 1)[1]
    try:
        message = email.message_from_bytes(raw)
    except RecursionError as error:
        raise Unreadable("The mail is nested too deeply.") from error
    return _with_guessed_boundary(message)


def _with_guessed_boundary(message: Message) -> Message:
    """A multipart that does not say its boundary: the first line that looks like one is taken for it."""
    if message.get_content_maintype() != "multipart" or message.is_multipart():
        return message
    body = _content(message)
    guess = GUESSED_BOUNDARY.search(body[:100_000].decode("latin-1"))
    if guess is None or guess[1].endswith("--"):
        return message
    inner = email.message_from_bytes(
        f'Content-Type: {message.get_content_type()}; boundary="{guess[1]}"\n\n'.encode("ascii", "replace")
        + body
    )
    if inner.is_multipart():
        message.set_payload(inner.get_payload())
    return message


def take_apart(message: Message) -> Taken:
    """Blocks and files in the order in which they stand in the mail."""
    taken = Taken()
    waiting: list[tuple[Message, Block | None]] = [(message, None)]
    seen = 0
    while waiting:
        part, block = waiting.pop()
        seen += 1
        if seen > 4 * MAX_PARTS:
            raise Unreadable(f"The mail has more than {MAX_PARTS} parts.")
        kind = part.get_content_type()
        if kind.startswith("multipart/") and part.is_multipart():
            if kind == "multipart/alternative":
                block = Block()
                taken.blocks.append(block)
            waiting += [(inner, block) for inner in reversed(_inner(part))]
        elif kind in ("message/delivery-status", "message/rfc822", "text/rfc822-headers", "message/global"):
            _take_report(part, kind, taken)
        else:
            _take(part, kind, block, taken)
    if sum(len(b.text) + len(b.html) for b in taken.blocks) > 4 * MAX_TEXT:
        raise Unreadable("The mail holds too much text.")
    return taken


def _inner(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []


def _take_report(part: Message, kind: str, taken: Taken) -> None:
    taken.reports.append(part)
    if kind in ("message/rfc822", "message/global"):
        inner = _inner(part)
        name = file_name(part) or (header(inner[0], "Subject") if inner else "") or "message"
        content = inner[0].as_bytes() if inner else _content(part)
        taken.files.append(File(safe_name(name, ".eml"), "message/rfc822", content))


def _take(part: Message, kind: str, block: Block | None, taken: Taken) -> None:
    name, is_attachment = file_name(part), _disposition(part) == "attachment"
    if kind in LEFT_OUT:
        return
    is_words = (kind in PLAIN or kind == "text/html" or kind.startswith("multipart/")) and not name
    if is_words and not is_attachment:
        _take_words(decode(_content(part), _charset(part)), kind, block, taken)
        return
    content = _content(part)
    if kind in ("application/ms-tnef", "application/vnd.ms-tnef") or name.lower() == "winmail.dat":
        wrapped = tnef.unwrap(content)
        if wrapped is not None and (wrapped.files or wrapped.body):
            _take_wrapped(wrapped, taken)
            return
    if content or name:
        cid = header(part, "Content-ID").strip("<> ")
        taken.files.append(File(safe_name(name, _ending(kind)), kind, content, cid))


def _take_words(text: str, kind: str, block: Block | None, taken: Taken) -> None:
    if block is None or (block.html and kind == "text/html") or (block.text and kind != "text/html"):
        block = Block()
        taken.blocks.append(block)
    if kind == "text/html":
        block.html = text
    else:
        block.text = text[:MAX_TEXT]


def _take_wrapped(wrapped: tnef.Unwrapped, taken: Taken) -> None:
    if wrapped.body and not any(block.text.strip() or block.html.strip() for block in taken.blocks):
        taken.blocks.append(Block(text=decode(wrapped.body)))
    for name, content in wrapped.files[:MAX_PARTS]:
        called = safe_name(decode(name), "")
        taken.files.append(
            File(called, mimetypes.guess_type(called)[0] or "application/octet-stream", content)
        )


def _content(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    payload = part.get_payload()
    return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else part.as_bytes()


def _charset(part: Message) -> str:
    try:
        value = part.get_param("charset")
    except (ValueError, IndexError):
        return ""
    return str(value[2] if isinstance(value, tuple) else value or "")


def _disposition(part: Message) -> str:
    return header(part, "Content-Disposition").split(";")[0].strip().lower()


def file_name(part: Message) -> str:
    named = Message()
    for header_name in (
        "Content-Disposition",
        "Content-Type",
    ):  # anew, so that raw 8-bit names are read as text
        for value in raw_headers(part, header_name)[:1]:
            named[header_name] = eight_bit(value)
    try:
        found = named.get_filename()
    except (
        Exception
    ):  # the standard library trips over parameters in many ways; the file is worth more than its name
        return ""
    return readable(str(found)) if found else ""


def safe_name(name: str, ending: str) -> str:
    """A name without a path, without control and direction characters, of at most 150 characters."""
    name = re.sub(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", clean(name)).replace("\n", " ")
    name = re.split(r"[/\\]", name)[-1].strip(" .") or "file"
    if ending and "." not in name[-8:]:
        name += ending
    stem, dot, last = name.rpartition(".")
    return f"{stem[: 149 - len(last)]}.{last}" if dot and len(name) > 150 and len(last) < 20 else name[:150]


def _ending(kind: str) -> str:
    return ENDINGS.get(kind) or mimetypes.guess_extension(kind) or ""
