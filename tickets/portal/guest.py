"""The quick-access link of a mail: follows one ticket without signing in (CH06). A GET changes nothing: scanners click.

The requester's link acts for them. That of somebody in copy reads and answers in their own name, while they are in copy.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants import links
from tenants.moment import now
from tenants.people import languages
from tenants.people.models import User
from tickets.agreements.standing import with_kinds
from tickets.audience import GUEST_COPY
from tickets.desk.callers import make_known
from tickets.models import Attachment, Message, Participant, Ticket
from tickets.portal import conversation
from tickets.portal.files import served
from tickets.regrouping import current_of

View = Callable[..., HttpResponse]


def with_link(view: View) -> View:
    """What only who asked may do. Whoever else is here by a link of their own is led to what they may: read and answer."""

    @wraps(view)
    def acting(request: HttpRequest, ticket: Ticket, token: str, **rest: Any) -> HttpResponse:
        if request.guest.pk != ticket.requester_id:
            return redirect("portal:guest", token)
        return view(request, ticket, token, **rest)

    return with_any_link(acting)


def with_any_link(view: View) -> View:
    """The ticket of the token, in its reader's language and zone; an expired or foreign link gets a clear page.

    `request.guest` is who got the link: the requester, or somebody in copy, who may not be known yet (then without a key).
    """

    @wraps(view)
    @never_cache
    def opened(request: HttpRequest, token: str, **rest: Any) -> HttpResponse:
        at = now()
        ticket, guest = _behind(token, at)
        if ticket is None or guest is None or not guest.is_active:
            return render(request, "portal/link_expired.html", {"at": at}, status=410)
        request.guest = guest
        language = ticket.language if guest.pk == ticket.requester_id else guest.language
        if ticket.merged_into_id is not None:  # the link leads to the conversation, now as a part of another
            ticket = TICKETS.get(pk=current_of(ticket).pk)
        with languages.reading(request, language, guest.timezone):
            response = view(request, ticket, token, **rest)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


TICKETS = with_kinds(Ticket.objects.select_related("requester", "company", "policy_version__published_by"))


def _behind(token: str, at: datetime) -> tuple[Ticket | None, User | None]:
    """The ticket of a link and who got it. Nothing for somebody in copy who is so no longer (they left, a merge was undone)."""
    row = links.read(token, "guest", at)
    if row is not None:
        ticket = TICKETS.filter(pk=row).first()
        return ticket, ticket and ticket.requester
    row = links.read(token, GUEST_COPY, at)
    copy = Participant.objects.select_related("person").filter(pk=row).first() if row is not None else None
    if copy is None:
        return None, None
    ticket = TICKETS.get(pk=copy.ticket_id)
    guest = copy.person or User.objects.filter(email__iexact=copy.address).first()
    guest = guest or User(email=copy.address, language=ticket.language, timezone=ticket.requester.timezone)
    return ticket, None if guest.is_agent else guest  # no link speaks as an agent


def paths(request: HttpRequest, ticket: Ticket, token: str) -> conversation.Paths:
    """Where this guest reads and answers; and, if it is theirs, closes it, opens it again, asks for more."""

    def to(name: str) -> str:
        return reverse(f"portal:{name}", args=[token])

    is_theirs = request.guest.pk == ticket.requester_id
    return conversation.Paths(
        page=to("guest"),
        reply=to("guest-reply"),
        closing=to("guest-solved") if is_theirs else "",
        reopening=to("guest-reopening") if is_theirs else "",
        need=to("guest-still-needed") if is_theirs else "",
        file=lambda key: reverse("portal:guest-file", args=[token, key]),
    )


@require_GET
@with_any_link
def ticket(request: HttpRequest, ticket: Ticket, token: str) -> HttpResponse:
    return conversation.page(request, ticket, now(), paths(request, ticket, token), guest=request.guest)


@require_POST
@with_any_link
def reply(request: HttpRequest, ticket: Ticket, token: str) -> HttpResponse:
    """As themselves: somebody in copy whom we knew by their address alone is known by their first answer, as by mail."""
    guest = request.guest if request.guest.pk else _made_known(request.guest)
    return conversation.answer(
        request, ticket, now(), paths(request, ticket, token), author=guest, guest=guest
    )


def _made_known(guest: User) -> User:
    name = guest.email.partition("@")[0]
    try:
        return make_known(name=name, email=guest.email, phone="", company=None, language=guest.language)
    except (ValidationError, IntegrityError):  # by the same form, sent twice
        return User.objects.get(email__iexact=guest.email)


@require_http_methods(["GET", "POST"])
@with_link
def still_needed(request: HttpRequest, ticket: Ticket, token: str) -> HttpResponse:
    if request.method == "POST":
        return conversation.needed(request, ticket, paths(request, ticket, token), by=request.guest)
    return _ask(request, ticket, token, "still-needed")


@require_http_methods(["GET", "POST"])
@with_link
def solved(request: HttpRequest, ticket: Ticket, token: str) -> HttpResponse:
    if request.method == "POST":
        return conversation.closed(request, ticket, paths(request, ticket, token), by=request.guest)
    return _ask(request, ticket, token, "solved")


def _ask(request: HttpRequest, ticket: Ticket, token: str, question: str) -> HttpResponse:
    """A link of the reminder leads to a page with a button; to the ticket where it is answered already."""
    answered = ("closed",) if question == "solved" else ("new", "open")
    if ticket.status in answered:
        return redirect("portal:guest", token)
    context = {"at": now(), "ticket": ticket, "question": question, "paths": paths(request, ticket, token)}
    return render(request, "portal/one_button.html", context)


@require_POST
@with_link
def reopening(request: HttpRequest, ticket: Ticket, token: str) -> HttpResponse:
    return conversation.reopened(request, ticket, paths(request, ticket, token), by=request.guest)


@require_GET
@with_any_link
def attachment(request: HttpRequest, ticket: Ticket, token: str, key: int) -> HttpResponse:
    files = Attachment.objects.filter(message__ticket=ticket).exclude(message__kind=Message.Kind.NOTE)
    file = get_object_or_404(files, pk=key)
    if not file.file:
        raise Http404
    return served(file)
