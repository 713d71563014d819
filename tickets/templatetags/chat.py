"""{% chat_launcher %} on the portal; {% chat_of ticket as chat %} and {% waiting_chats as chats %} on the desk."""

from __future__ import annotations

from typing import Any

from django import template

from tenants.moment import now
from tickets.chat import agents, presence
from tickets.chat.admission import admit, settings_now
from tickets.chat.models import Chat
from tickets.chat.talking import number_of
from tickets.models import Ticket
from tickets.portal.home import policy_at

register = template.Library()


@register.simple_tag(takes_context=True)
def chat_is_offered(context: template.Context) -> bool:
    """Whether the page's reader is shown the chat: who may chat, and visitors, who may have to sign in for it."""
    request = context.get("request")
    if request is None or getattr(request, "tenant", None) is None:
        return False
    settings = settings_now()
    if not settings.is_on:
        return False
    at = context.get("at") or now()
    return admit(request.user, settings, policy_at(at)).why in ("", "sign_in")


@register.simple_tag
def waiting_chats() -> int | None:
    """For the desk's bar: how many wait in a chat; None where the desk has none."""
    return agents.waiting()


@register.simple_tag(takes_context=True)
def chat_of(context: template.Context, ticket: Ticket) -> dict[str, Any] | None:
    """The ticket's chat as the desk shows it; None for every ticket that is none."""
    chat = Chat.objects.filter(ticket=ticket).first() if ticket.channel == "chat" else None
    if chat is None:
        return None
    at = context.get("at") or now()
    presence.agent_is_there(chat, context["user"], at)
    return {"chat": chat, "number": number_of(ticket)} | agents.standing_of(chat, ticket, at)
