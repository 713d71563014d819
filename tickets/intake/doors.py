"""The kinds of doors there are. To add one: a module of its own, and a line in `KINDS`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tickets.intake import hooks_email, polling, sms, whatsapp
from tickets.intake.email import handling as mail
from tickets.intake.email import unpacking
from tickets.intake.kind import DoorKind, Setting

__all__ = ["HANDLERS", "KINDS", "DoorKind", "Setting"]


KINDS: dict[str, DoorKind] = {
    "email_webhook": DoorKind(
        _("E-mail (web hook)"), mail.handle, hooks_email.hear, unpacking.fetch, hooks_email.SETTINGS
    ),
    "imap": DoorKind(
        _("E-mail (IMAP)"), mail.handle, settings=polling.SETTINGS, try_out=polling.tried, hint="poll"
    ),
    "whatsapp": whatsapp.KIND,
    "sms": sms.KIND,
}
HANDLERS = {name: kind.handle for name, kind in KINDS.items()}
