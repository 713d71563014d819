"""The kinds of doors there are. To add one: a module of its own, and a line in `KINDS`."""

from __future__ import annotations

from tickets.intake.kind import DoorKind, Setting
from tickets.intake.models import Inbound
from tickets.intake.result import Result

__all__ = ["HANDLERS", "KINDS", "DoorKind", "Setting"]


def _mail(inbound: Inbound, raw: bytes, at: object) -> Result:
    from tickets.intake import email

    return email.handle(inbound, raw, at)


KINDS: dict[str, DoorKind] = {
    "email_webhook": DoorKind("E-mail (web hook)", _mail),
    "imap": DoorKind("E-mail (IMAP)", _mail),
}
HANDLERS = {name: kind.handle for name, kind in KINDS.items()}
