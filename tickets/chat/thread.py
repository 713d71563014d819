"""What a widget shows of its chat: the messages after the last one it has, where the chat stands, who is there.

`version_of` is what a poll costs when nothing happened: one query for the chat, its ticket and its last message.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from policies import publishing
from tenants import links
from tickets import markdown, moments
from tickets.chat import presence, talking
from tickets.chat.models import Chat
from tickets.models import Attachment, Message, Ticket
from tickets.portal.standing import standing_of

MOST = 200  # messages at once
ACTIVE, CALM = 1_500, 4_000  # milliseconds until the widget asks again
WARM = 120  # seconds since the last word


def chats() -> QuerySet[Chat]:
    """Chats with their ticket and `last_id`, the last message that a customer may see."""
    said = Message.objects.filter(ticket=OuterRef("ticket")).exclude(kind=Message.Kind.NOTE).order_by()
    last = said.values("ticket").annotate(last=Max("id")).values("last")
    return (
        Chat.objects.select_related("ticket__requester", "ticket__company", "ticket__policy_version", "agent")
        .defer("ticket__policy_version__document")
        .annotate(last_id=Subquery(last))
    )


def version_of(chat: Chat, at: datetime) -> str:
    """Changes exactly when the widget has something new to show."""
    ticket = chat.ticket
    shown = (
        chat.pk, chat.last_id, chat.seen_id, chat.ended_at, chat.is_left, ticket.updated_at, ticket.status, ticket.due_at,
        ticket.clock_state, ticket.waiting_since, presence.is_typing(chat.agent_typing_at, at),
    )  # fmt: skip
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:20]


def state_of(chat: Chat, after: int, at: datetime) -> dict[str, Any]:
    """The JSON of a widget: messages after the id `after`, oldest first, and what is to be said beside them."""
    ticket, is_over = chat.ticket, chat.ended_at is not None
    policy = publishing.policy_of(ticket.policy_version)
    rows = (
        Message.objects.filter(ticket=ticket, pk__gt=after)
        .exclude(kind=Message.Kind.NOTE)
        .select_related("author")
        .prefetch_related("attachments")
        .order_by("-id")[:MOST]
    )
    said = [entry(message, ticket, at) for message in reversed(rows)]
    typing = presence.is_typing(chat.agent_typing_at, at) and chat.agent is not None
    return {
        "number": talking.number_of(ticket),
        "status": ticket.status,
        "standing": standing_words(ticket, at),
        "is_over": is_over,
        "may_close": policy.customer_may_close and ticket.status != Ticket.Status.CLOSED,
        "typing": chat.agent.get_short_name() if typing and chat.agent else "",
        "entries": said,
    }


def entry(message: Message, ticket: Ticket, at: datetime) -> dict[str, Any]:
    kind = "customer" if message.by_customer else "system" if message.kind == "system" else "agent"
    return {
        "id": message.pk,
        "key": talking.client_key(message),
        "kind": kind,
        "mine": message.author_id == ticket.requester_id,
        "who": str(message.author) if message.author else "",
        "html": str(markdown.as_html(message.told)),
        "at": message.at.isoformat(),
        "time": moments.near(message.at, at),
        "files": [_file(file, at) for file in message.attachments.all()],
    }


def _file(file: Attachment, at: datetime) -> dict[str, Any]:
    return {
        "name": file.name,
        "size": file.size,
        "url": reverse("chat:file", args=[links.sign("chat-file", file.pk, at, days=2)]),
    }


def standing_words(ticket: Ticket, at: datetime) -> str:
    """One line: what happens next."""
    standing = standing_of(ticket, at)
    by = moments.near(standing.due_at, at) if standing.due_at else ""
    closes = moments.near(standing.closes_at, at) if standing.closes_at else ""
    if standing.kind == "waiting" and closes:
        return _("We are waiting for your answer. Without one the chat closes by itself %(when)s.") % {
            "when": closes
        }
    if standing.kind == "promised":
        return {
            "resolution": _("We solve it by %(by)s."),
            "acknowledgement": _("We confirm by %(by)s."),
            "periodic_update": _("You hear from us by %(by)s."),
        }.get(standing.metric, _("We answer by %(by)s.")) % {"by": by}
    if standing.kind == "closed" and ticket.close_reason == "silence":
        return _("Closed, because no answer came.")
    return {
        "waiting": _("We are waiting for an answer from you."),
        "late": _("We are late, and we are sorry. It is still with us."),
        "missing": _("We need something more from you."),
        "on_hold": _("We are waiting for a third party."),
        "resolved": _("Solved. If it is not, write to us here."),
        "closed": _("This chat is closed."),
        "merged": _("This goes on in another ticket of yours; we have written to you."),
    }.get(standing.kind, "")
