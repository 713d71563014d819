"""PURE. By what a second copy of a mail is known, before anybody has parsed it."""

from __future__ import annotations

import hashlib
import re

from tickets.intake.email.bounds import header_section
from tickets.intake.email.headers import ADDRESS, readable


def header_text(raw: bytes) -> str:
    return header_section(raw)[:200_000].decode("latin-1")


def known_by(headers: str) -> str:
    """The Message-ID with a digest of who wrote when about what: some programs give all their mails one Message-ID.

    "" where there is none: then the bytes' own digest tells a repetition.
    """
    headers = re.split(r"\r?\n\r?\n", headers, maxsplit=1)[0]
    headers = re.sub(r"\r?\n[ \t]+", " ", headers)
    found = {
        name: match[1].strip()
        if (match := re.search(rf"^{name}:(.*)$", headers, re.IGNORECASE | re.MULTILINE))
        else ""
        for name in ("Message-ID", "From", "Date", "Subject")
    }
    if not found["Message-ID"]:
        return ""
    rest = "|".join(readable(found[name]) for name in ("From", "Date", "Subject"))
    return f"{found['Message-ID'].strip('<> ')}#{hashlib.sha256(rest.encode('utf-8', 'replace')).hexdigest()[:12]}"


def outside_of(raw: bytes) -> tuple[str, str]:
    """(sender, subject) as they stand in the headers of a mail that nobody can parse; "" where they do not."""
    headers = header_text(raw)[:20_000]
    found = [
        re.search(rf"^{name}:[ \t]*([^\r\n]{{1,900}})", headers, re.MULTILINE | re.IGNORECASE)
        for name in ("From", "Subject")
    ]
    sender, subject = (readable(match[1]) if match else "" for match in found)
    address = ADDRESS.search(sender)
    return (address[0].lower() if address else ""), subject[:200]
