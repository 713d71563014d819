"""PURE. A report that a mail of ours was not delivered (RFC 3464), also as Exim and old gateways write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

from tickets.intake.email.bounds import MAX_HEADER_BYTES
from tickets.intake.email.charsets import decode
from tickets.intake.email.headers import ADDRESS, header, message_ids
from tickets.intake.email.parts import Taken, _content, _inner


@dataclass(frozen=True, slots=True)
class Bounce:
    """`action`: failed, delayed, delivered, relayed, expanded. `message_id`: ours, without brackets, "" if not told."""

    recipient: str
    action: str
    status: str  # such as 5.1.1
    diagnostic: str
    message_id: str

    @property
    def is_final(self) -> bool:
        return self.action == "failed"

    @property
    def is_permanent(self) -> bool:
        """The address will not take the next mail either."""
        return self.is_final and not self.status.startswith("4")


def read_bounce(message: Message, taken: Taken, text: str) -> Bounce | None:
    report = next((p for p in taken.reports if p.get_content_type() == "message/delivery-status"), None)
    if report is not None:
        return _from_report(report, taken)
    failed = header(message, "X-Failed-Recipients")
    if failed:
        address = ADDRESS.search(failed)
        return Bounce(
            address[0].lower() if address else "", "failed", "5.0.0", text[:300], _original(taken, text)
        )
    return None


def _from_report(report: Message, taken: Taken) -> Bounce:
    fields = _fields(report)
    recipient = fields.get("original-recipient") or fields.get("final-recipient", "")
    address = ADDRESS.search(recipient.split(";", 1)[-1])
    status = re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", fields.get("status", ""))
    action = fields.get("action", "").strip().lower().split(" ")[0]
    if action not in ("failed", "delayed", "delivered", "relayed", "expanded"):
        action = "failed" if status and status[0][0] == "5" else "delayed"
    diagnostic = fields.get("diagnostic-code", "").split(";", 1)[-1].strip()
    return Bounce(
        address[0].lower() if address else "",
        action,
        status[0] if status else "",
        diagnostic[:500],
        _original(taken, ""),
    )


def _fields(report: Message) -> dict[str, str]:
    """The fields of the message and of its first recipient, names in lower case."""
    groups = _inner(report)
    if not groups:
        text = decode(_content(report)[:MAX_HEADER_BYTES])
        return {
            n.lower(): v.strip()
            for n, v in re.findall(r"^([\w-]{1,40}):([^\n]*(?:\n[ \t][^\n]*)*)", text, re.MULTILINE)
        }
    found: dict[str, str] = {}
    for group in groups[:20]:
        for name in group.keys():  # noqa: SIM118  (a Message, no dict)
            found.setdefault(name.lower(), header(group, name))
    return found


def _original(taken: Taken, text: str) -> str:
    """The Message-ID of the mail that came back, from whatever the report returns of it."""
    for part in taken.reports:
        if part.get_content_type() == "text/rfc822-headers":
            found = re.search(
                r"^Message-ID:\s*<([^<>\s]+)>", decode(_content(part)), re.IGNORECASE | re.MULTILINE
            )
            if found:
                return found[1]
        for inner in _inner(part):
            ids = message_ids(header(inner, "Message-ID"))
            if ids and part.get_content_type() != "message/delivery-status":
                return ids[0]
    found = re.search(r"^[^\S\n]*+>?[^\S\n]*+Message-ID:\s*+<([^<>\s]+)>", text, re.IGNORECASE | re.MULTILINE)
    return found[1] if found else ""
