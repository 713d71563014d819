"""Automatic answers to a mail: to people only, at most one per address and hour (RFC 3834). No ticket ever waits for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from notifications import outbox
from notifications.outbox import Recipient
from tenants.people import throttle
from tenants.people.models import User
from tickets.audience import ways_in
from tickets.intake.email.mail import Mail
from tickets.models import Ticket

AT_MOST_EVERY = timedelta(hours=1)


def is_due(address: str, at: datetime) -> bool:
    """Whether nothing was answered by itself to this address within the hour; says so once. Ask it last."""
    return throttle.allows("mail answer", address, at, most=1, period=AT_MOST_EVERY)


def tell_refused(ticket: Ticket, person: User, refused: Sequence[str], mail: Mail, at: datetime) -> None:
    """The sender of a reply hears which files were not kept; at an opening the confirmation says it."""
    if not refused or not mail.may_be_answered or not is_due(person.email, at):
        return
    copy = ticket.participants.filter(address__iexact=person.email).first()
    known = copy is not None or person.pk == ticket.requester_id
    outbox.tell(
        [Recipient.of(person)],
        kind="files_refused",
        key=f"files_refused:{ticket.pk}:{mail.message_id}:{at.isoformat()}"[:180],
        words={
            "number": str(ticket.number),
            "summary": ticket.summary,
            "refused": "\n".join(f"- {line}" for line in refused),
        },
        at=at,
        about_id=ticket.pk,
        links=ways_in(ticket, copy) if known else {"ticket_url": {"path": f"/tickets/{ticket.number}/"}},
    )
