"""Secrets are masked before anything is written, whatever the door (TD17), and whoever sent one is told.

The original is kept nowhere: what goes on from here - facts for the policy, notices, webhooks - is the masked text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.utils import translation
from django.utils.translation import gettext as _

from policies.document import Policy
from tenants.people.models import User
from tickets.audience import tell_customers
from tickets.masking import masked
from tickets.models import Message, Ticket
from tickets.origin import Origin
from tickets.timeline import record

READ = 2_000_000  # bytes: a longer text file is kept as it is


@dataclass
class Mask:
    """What was masked in one message, if the policy masks at all."""

    is_on: bool
    kinds: list[str] = field(default_factory=list)

    @classmethod
    def under(cls, policy: Policy) -> Mask:
        return cls(policy.masks_secrets)

    def text(self, text: str) -> str:
        if not self.is_on or not text:
            return text
        found = masked(text)
        self.kinds += found.kinds
        return found.text

    def fields(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        return {key: self.text(value) if isinstance(value, str) else value for key, value in fields.items()}

    def origin(self, origin: Origin) -> Origin:
        """Formatting can hide a secret from the shapes: a message that held one is kept as text alone."""
        quoted, html = self.text(origin.quoted), self.text(origin.html)
        return replace(origin, quoted=quoted, html="" if self.kinds else html)

    def files(self, files: Sequence[Any]) -> list[Any]:
        return [self._file(file) for file in files] if self.is_on else list(files)

    def _file(self, file: Any) -> Any:
        name, text = self.text(file.name), _text_of(file)
        clean = self.text(text) if text is not None else None
        if clean != text:
            return ContentFile(clean.encode(), name=name)
        file.name = name
        return file


def _text_of(file: Any) -> str | None:
    """What a text file says; None for any other kind."""
    if file.size > READ:
        return None
    file.seek(0)
    raw = file.read()
    file.seek(0)
    try:
        return None if b"\0" in raw[:8192] else raw.decode()
    except UnicodeDecodeError:
        return None


def tell_of_masks(mask: Mask, ticket: Ticket, message: Message, author: User, at: datetime) -> None:
    """Beside the message for everybody who reads it; by a notice for a customer, who may have come by another door."""
    if not mask.kinds:
        return
    record(ticket, "secret_masked", at, None, kinds=sorted(set(mask.kinds)))
    if author.is_agent:
        return
    with translation.override(ticket.language):
        said = _("This message held what looks like a password, a key or a card number. We masked it before keeping it: "
                 "please never send secrets, and change the one you sent.")  # fmt: skip
    Message.objects.create(
        ticket=ticket, kind=Message.Kind.SYSTEM, by_customer=False, body=said, at=at, delivered_at=at
    )
    tell_customers(ticket, "secret_masked", str(message.pk), at)
