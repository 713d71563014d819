"""The agents' side: the running chats, longest waiting first, and the live thread of one on its ticket's page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from policies.publishing import policy_of, version_in_force
from tenants.moment import now
from tickets.access import ticket_or_404, visible_to
from tickets.chat import presence
from tickets.chat.models import Chat, ChatSettings
from tickets.chat.talking import number_of
from tickets.desk.guard import agents_only
from tickets.desk.rows import Names
from tickets.jinja import part
from tickets.models import Message, Ticket

MOST = 100


@dataclass(frozen=True, slots=True)
class Running:
    """A line of the list."""

    chat: Chat
    ticket: Ticket
    number: str
    is_there: bool
    is_typing: bool
    plan: str


# --- all of them ------------------------------------------------------------------------------------------------------


@agents_only
@require_safe
def chats(request: HttpRequest) -> HttpResponse:
    """Asked again every few seconds; 204 where nothing changed."""
    at = now()
    names = Names(policy_of(version_in_force(at)))
    rows = [line(chat, names, at) for chat in running(request.user)[:MOST]]
    seen = fingerprint(rows)
    if request.htmx and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    context = {"rows": rows, "seen": seen, "at": at, "waiting": sum(bool(r.chat.waiting_since) for r in rows)}
    return render(request, "chat/_running.html" if request.htmx else "chat/running.html", context)


def running(person: Any) -> Any:
    """Chats whose ticket is unresolved: who waits for us before those who do not, the longest waiting first."""
    return (
        Chat.objects.filter(
            ended_at=None, ticket__in=visible_to(person), ticket__status__in=Ticket.UNRESOLVED
        )
        .select_related("ticket__company", "ticket__requester", "ticket__owner")
        .order_by(F("waiting_since").asc(nulls_last=True), "id")
    )


def line(chat: Chat, names: Names, at: datetime) -> Running:
    ticket = chat.ticket
    return Running(
        chat=chat,
        ticket=ticket,
        number=number_of(ticket),
        is_there=presence.is_there(chat.customer_seen_at, at),
        is_typing=presence.is_typing(chat.customer_typing_at, at),
        plan=names.plans.get(ticket.plan, ticket.plan),
    )


def fingerprint(rows: list[Running]) -> str:
    shown = [
        (r.chat.pk, r.chat.waiting_since, r.is_there, r.is_typing, r.ticket.owner_id, r.ticket.due_at,
         r.ticket.clock_state, r.ticket.last_word)
        for r in rows
    ]  # fmt: skip
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


# --- one, on its ticket's page ----------------------------------------------------------------------------------------


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def live(request: HttpRequest, number: int) -> HttpResponse:
    """GET: messages after the one that the page has, and who is there; 304 where nothing changed. POST: the agent types."""
    at, ticket = now(), ticket_or_404(request.user, number)
    chat = Chat.objects.filter(ticket=ticket).first()
    if chat is None:
        raise Http404
    if request.method == "POST":
        Chat.objects.filter(pk=chat.pk).update(agent=request.user, agent_typing_at=at, agent_seen_at=at)
        return HttpResponse(status=204)
    if "hidden" not in request.GET:  # a window in the background reads nothing
        presence.agent_is_there(chat, request.user, at)
    last = Message.objects.filter(ticket=ticket).order_by("-id").values_list("id", flat=True).first()
    version = f'"{version_of(chat, ticket, last, at)}"'
    if request.headers.get("If-None-Match") == version:
        response: HttpResponse = HttpResponse(status=304)
    else:
        response = JsonResponse(state_of(request, chat, ticket, at))
    response["ETag"], response["Cache-Control"] = version, "no-store"
    return response


def version_of(chat: Chat, ticket: Ticket, last: int | None, at: datetime) -> str:
    shown = (
        last, ticket.status, chat.ended_at, chat.seen_id, presence.is_there(chat.customer_seen_at, at),
        presence.is_typing(chat.customer_typing_at, at),
    )  # fmt: skip
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:20]


def state_of(request: HttpRequest, chat: Chat, ticket: Ticket, at: datetime) -> dict[str, Any]:
    after = request.GET.get("after", "")
    after_id = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0
    rows = Message.objects.filter(ticket=ticket, pk__gt=after_id).select_related("author")
    entries = [
        {"id": m.pk, "html": part("desk/message.jinja", message=m, files=m.attachments.all(), at=at)}
        for m in rows.prefetch_related("attachments").order_by("id")[:200]
    ]
    return {"entries": entries, "status": ticket.status} | standing_of(chat, ticket, at)


def standing_of(chat: Chat, ticket: Ticket, at: datetime) -> dict[str, Any]:
    """Who is there, in words."""
    name = str(ticket.requester)
    if chat.ended_at is not None:
        here, said = "over", _("This chat has ended; a reply goes by mail.")
    elif presence.is_typing(chat.customer_typing_at, at):
        here, said = "typing", _("%(name)s is typing…") % {"name": name}
    elif presence.is_there(chat.customer_seen_at, at):
        here, said = "here", _("%(name)s is here and reads what you send at once.") % {"name": name}
    else:
        here, said = (
            "away",
            _("%(name)s has left the chat window; a reply goes by mail as well.") % {"name": name},
        )
    return {"here": here, "said": said, "seen": chat.seen_id, "seen_word": _("seen in the chat")}


# --- at a glance ------------------------------------------------------------------------------------------------------


def waiting() -> int | None:
    """How many customers wait in a chat, at most 99; None where the desk has no chat. Asked every ten seconds at most."""
    known = cache.get("desk:waiting-chats")
    if known is None:
        known = -1
        if ChatSettings.objects.filter(id=1, is_on=True).exists():
            rows = Chat.objects.filter(
                ended_at=None, waiting_since__isnull=False, ticket__status__in=Ticket.UNRESOLVED
            )
            known = rows.values("pk")[:99].count()
        cache.set("desk:waiting-chats", known, 10)
    return None if known < 0 else known


def live_among(ticket_ids: Iterable[int], at: datetime) -> frozenset[int]:
    """Which of these tickets' customers are in the chat right now: one query, none where the desk has no chat."""
    if waiting() is None:
        return frozenset()
    there = Chat.objects.filter(
        ticket__in=list(ticket_ids), ended_at=None, customer_seen_at__gte=at - presence.THERE
    )
    return frozenset(there.values_list("ticket_id", flat=True))
