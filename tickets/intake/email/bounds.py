"""PURE. How much of a mail is read, and the refusal of more: checked on the raw bytes, before any parser sees them.

Python's parser recurses once per level (a 114 kB mail is enough for a RecursionError) and looks through all open boundaries at
each line; both are bounded here by what a mail declares.
"""

from __future__ import annotations

import re

MAX_BYTES = 40_000_000  # a mail of 25 MB in base64, with room
MAX_HEADER_BYTES = 512_000
MAX_HEADERS = 1_000
MAX_BOUNDARIES = 20  # declared multiparts: at most so many levels
MAX_COMPARISONS = (
    2_500_000  # lines times open boundaries: 40 MB in base64 with three boundaries, and about two seconds
)
MAX_INNER_MAILS = 40
MAX_PARTS = 500
MAX_TEXT = 1_000_000  # characters of text in one mail
MAX_HTML = 256_000  # characters, before sanitising
MAX_DEPTH = 100  # of HTML elements, before sanitising

BOUNDARY = re.compile(
    rb'boundary\*?[0-9*]{0,4}\s*+=\s*+(?:"([^"\r\n]{1,200})|([^\s;"]{1,200}))', re.IGNORECASE
)
HEADER_LINE = re.compile(rb"^[!-9;-~]{1,200}[ \t]{0,8}:", re.MULTILINE)


class Unreadable(Exception):
    """This mail cannot be understood; the text says why, in words for the admin."""


def check(raw: bytes) -> None:
    """Raise Unreadable for a mail that would cost too much to parse."""
    if not raw.strip():
        raise Unreadable("The mail is empty.")
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"The mail is larger than {MAX_BYTES // 1_000_000} MB.")
    head = header_section(raw)
    if len(head) > MAX_HEADER_BYTES:
        raise Unreadable("The headers are larger than 512 kB.")
    if head.count(b"\n") > MAX_HEADERS and len(HEADER_LINE.findall(head)) > MAX_HEADERS:
        raise Unreadable(f"The mail has more than {MAX_HEADERS} headers.")
    named = BOUNDARY.findall(raw)
    declared = {quoted or bare for quoted, bare in named}
    if len(declared) > MAX_BOUNDARIES or len(named) > 4 * MAX_BOUNDARIES:
        raise Unreadable(f"The mail is nested in more than {MAX_BOUNDARIES} levels.")
    lines = raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n")
    if lines * (1 + len(named)) > MAX_COMPARISONS:
        raise Unreadable(f"The mail has {lines} lines in {len(named)} multiparts, which is too much to read.")
    if len(re.findall(rb"message/(?:rfc822|global)", raw, re.IGNORECASE)) > MAX_INNER_MAILS:
        raise Unreadable(f"The mail holds more than {MAX_INNER_MAILS} other mails.")
    if sum(raw.count(b"\n--" + boundary) for boundary in declared) > MAX_PARTS:
        raise Unreadable(f"The mail has more than {MAX_PARTS} parts.")


def header_section(raw: bytes) -> bytes:
    """Everything before the first empty line."""
    ends = [end for end in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n"), raw.find(b"\r\r")) if end >= 0]
    return raw[: min(ends)] if ends else raw[: MAX_HEADER_BYTES + 1]
