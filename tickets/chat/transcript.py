"""What was said in a chat, by mail: when it ends, or when the customer asks for it. The same words are sent once."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from tenants.customers.models import Desk
from tenants.people.middleware import zone_named
from tickets.audience import tell_customers
from tickets.chat.models import Chat
from tickets.models import Message, Ticket

MOST = 300  # messages
LARGEST = 60_000  # characters


def send(chat: Chat, ticket: Ticket, at: datetime) -> bool:
    """Queue the mail, in the caller's transaction. False where nothing was said since the last one."""
    said = list(
        Message.objects.filter(ticket=ticket)
        .exclude(kind=Message.Kind.NOTE)
        .select_related("author")
        .prefetch_related("attachments")
        .order_by("-id")[:MOST]
    )
    if not said:
        return False
    words = in_words(said[::-1], ticket.language, zone_named(ticket.requester.timezone))
    tell_customers(ticket, "chat_transcript", str(said[0].pk), at, transcript=words)
    return True


def in_words(messages: list[Message], language: str, zone: ZoneInfo) -> str:
    """One paragraph a message: when, who, what. The oldest are left out where it would be too long for a mail."""
    with translation.override(language):
        ours = Desk.objects.values_list("name", flat=True).first() or _("Support")
        told = [_line(message, ours, zone) for message in messages]
        size, kept = 0, 0
        for line in reversed(told):
            size += len(line) + 2
            if size > LARGEST:
                break
            kept += 1
        left_out = (
            [_("(Earlier messages are in the ticket.)")] if kept < len(told) or len(told) == MOST else []
        )
        return "\n\n".join(left_out + told[len(told) - kept :])


def _line(message: Message, ours: str, zone: ZoneInfo) -> str:
    who = str(message.author) if message.author else ours
    files = [_("File: %(name)s") % {"name": file.name} for file in message.attachments.all()]
    body = message.body.replace("**", "") if message.kind == Message.Kind.SYSTEM else message.told
    text = "\n".join([body[: LARGEST // 2], *files])
    return f"{message.at.astimezone(zone):%Y-%m-%d %H:%M} {who}:\n{text}"
