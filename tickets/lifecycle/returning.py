"""What came back: a mail that had been handed over and did not arrive undoes what its hand-over had done (ZM05, C4)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from notifications import delivery, outbox
from notifications.models import Notification
from notifications.outbox import Recipient
from tickets.lifecycle.conversation import withdrawn
from tickets.lifecycle.steps import end_silence, locked, running, save
from tickets.models import Message, Ticket
from tickets.timeline import record


def came_back(notice: Notification, *, at: datetime, detail: str = "") -> None:
    """A bounce of this notice. The confirmation's acknowledgement runs on; a reply's author learns that nobody reads it."""
    if notice.about_id is None:
        return
    detail = delivery.as_others_said(detail)
    ticket = Ticket.objects.select_related("requester", "owner").get(pk=notice.about_id)
    to_requester = notice.person_id == ticket.requester_id or notice.address == ticket.requester.email
    if notice.kind == "ticket_opened" and to_requester:
        withdrawn(notice, at)
    elif notice.kind in ("ticket_replied", "ticket_resolved"):
        _reply_came_back(ticket, notice, at, detail, to_requester)


def _reply_came_back(
    ticket: Ticket, notice: Notification, at: datetime, detail: str, to_requester: bool
) -> None:
    with transaction.atomic():
        ticket = locked(ticket)
        if to_requester and _unread_again(ticket, notice):
            end_silence(running(ticket, "silence"), at, "came back")  # nobody is silent who was never reached
            save(ticket, at)
        record(ticket, "reply_bounced", at, address=notice.address, detail=detail[:300])
        message = Message.objects.filter(pk=notice.part_id).select_related("author").first()
        told = {person.pk: person for person in (message and message.author, ticket.owner) if person}
        outbox.tell(
            [Recipient.of(person) for person in told.values() if person.is_agent],
            kind="reply_bounced",
            key=f"reply_bounced:{notice.pk}",
            words={
                "number": str(ticket.number),
                "summary": ticket.summary,
                "recipient": notice.address,
                "reason": detail[:300],
            },
            links={"ticket_url": {"path": f"/desk/tickets/{ticket.number}/"}},
            channels=[Notification.Channel.IN_APP],
            about_id=ticket.pk,
            at=at,
        )


def _unread_again(ticket: Ticket, notice: Notification) -> bool:
    """Take back what the hand-over said of our messages; what was seen in the portal stays seen. Whether anything changed."""
    if notice.sent_at is None:
        return False
    ours = Message.objects.filter(ticket=ticket, by_customer=False, kind=Message.Kind.PUBLIC)
    return bool(ours.filter(delivered_at=notice.sent_at).update(delivered_at=None))
