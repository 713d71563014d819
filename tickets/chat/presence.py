"""Who is there now, and what follows: a message that the customer has on the screen is not mailed as well.

Presence is a moment in the chat's row, renewed at most every few seconds; it ends by itself. `heard`, `answered` and
`ended` are called by `lifecycle`, inside its transactions.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Coalesce

from notifications import delivery
from notifications.models import Notification
from tenants import wakeups
from tenants.people.models import User
from tickets.chat import transcript
from tickets.chat.models import Chat
from tickets.models import Message, Ticket

THERE = timedelta(seconds=25)  # a window in the background asks every 15 s
RENEWED = timedelta(seconds=6)
TYPING = timedelta(seconds=8)
HELD = timedelta(seconds=40)  # a mail waits so long for the widget to show the same message

State = Notification.State


def is_there(seen_at: datetime | None, at: datetime) -> bool:
    return seen_at is not None and at - seen_at <= THERE


def is_typing(typing_at: datetime | None, at: datetime) -> bool:
    return typing_at is not None and at - typing_at <= TYPING


def customer_is_there(chat: Chat, at: datetime) -> None:
    if chat.customer_seen_at is None or at - chat.customer_seen_at > RENEWED:
        chat.customer_seen_at = at
        Chat.objects.filter(pk=chat.pk).update(customer_seen_at=at)


def agent_is_there(chat: Chat, agent: User, at: datetime) -> None:
    renewed = chat.agent_id == agent.pk and chat.agent_seen_at and at - chat.agent_seen_at <= RENEWED
    if not renewed:
        Chat.objects.filter(pk=chat.pk).update(agent=agent, agent_seen_at=at)


# --- hooks of the lifecycle -------------------------------------------------------------------------------------------


def answered(ticket: Ticket, message: Message, at: datetime) -> None:
    """A person of ours has written: nobody waits any more, and the mail waits while the customer looks at the widget."""
    chat = Chat.objects.filter(ticket=ticket, ended_at=None).first() if ticket.channel == "chat" else None
    if chat is None:
        return
    if chat.answered_at is None:
        wakeups.wake("chat", at)  # the pace is measured anew
    Chat.objects.filter(pk=chat.pk).update(
        answered_at=Coalesce(F("answered_at"), at), waiting_since=None, agent_typing_at=None
    )
    if is_there(chat.customer_seen_at, at):
        held = Notification.objects.filter(about_id=ticket.pk, part_id=message.pk, state=State.PENDING)
        held.update(due_at=at + HELD)
        wakeups.wake("outbox", at + HELD)


def heard(ticket: Ticket, at: datetime) -> None:
    """The customer has written, here or by mail: since their oldest unanswered message they wait for us."""
    if ticket.channel == "chat":
        Chat.objects.filter(ticket=ticket, ended_at=None, waiting_since=None).update(waiting_since=at)


def ended(ticket: Ticket, at: datetime) -> None:
    """The ticket was closed, by whomever: so is its chat, and what was said in it goes out by mail."""
    chat = Chat.objects.filter(ticket=ticket, ended_at=None).first() if ticket.channel == "chat" else None
    if chat is not None:
        Chat.objects.filter(pk=chat.pk).update(ended_at=at, waiting_since=None)
        transcript.send(chat, ticket, at)


# --- what was seen on a screen is not mailed --------------------------------------------------------------------------


def shown_to_customer(chat: Chat, up_to: int) -> None:
    """Mails that would bring messages up to this one lose their sense, unless one is on its way already. A visitor with the
    address of an account gets theirs in copy."""
    theirs = {chat.ticket.requester.email, chat.given_address} - {""}
    held = Notification.objects.filter(
        about_id=chat.ticket_id, kind="ticket_replied", part_id__lte=up_to, address__in=theirs,
        state=State.PENDING, lease_until=None,
    )  # fmt: skip
    held.update(state=State.DROPPED, error=delivery.SEEN)


def shown_to_agent(chat: Chat, message: Message, at: datetime) -> None:
    """The agent who has the ticket open reads the message there; a mail about it would be one of many."""
    if chat.agent_id is None or not is_there(chat.agent_seen_at, at):
        return
    Notification.objects.filter(
        about_id=chat.ticket_id, kind="customer_replied", person_id=chat.agent_id, channel=Notification.Channel.EMAIL,
        key__startswith=f"customer_replied:{chat.ticket_id}:{message.pk}/", state=State.PENDING, lease_until=None,
    ).update(state=State.DROPPED, error=delivery.SEEN)  # fmt: skip
