"""The quick-access link of a mail: follows one ticket without signing in (CH06). A GET changes nothing: scanners click."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants import links
from tenants.moment import now
from tenants.people import languages
from tickets.models import Attachment, Message, Ticket
from tickets.portal import conversation
from tickets.portal.files import served
from tickets.regrouping import current_of

View = Callable[..., HttpResponse]


def with_link(view: View) -> View:
    """The ticket of the token, in its customer's language and zone; an expired or foreign link gets a clear page."""

    @wraps(view)
    @never_cache
    def opened(request: HttpRequest, token: str, **rest: Any) -> HttpResponse:
        at = now()
        row = links.read(token, "guest", at)
        rows = Ticket.objects.select_related("requester", "company", "policy_version__published_by")
        ticket = rows.filter(pk=row).first() if row is not None else None
        if ticket is None or not ticket.requester.is_active:
            return render(request, "portal/link_expired.html", {"at": at}, status=410)
        request.guest = ticket.requester
        if (
            ticket.merged_into_id is not None
        ):  # the link still leads to the conversation, now as a part of another
            ticket = rows.get(pk=current_of(ticket).pk)
        with languages.reading(request, ticket.language, request.guest.timezone):
            response = view(request, ticket, token, **rest)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


def paths(token: str) -> conversation.Paths:
    def to(name: str) -> str:
        return reverse(f"portal:{name}", args=[token])

    return conversation.Paths(
        page=to("guest"),
        reply=to("guest-reply"),
        closing=to("guest-solved"),
        reopening=to("guest-reopening"),
        need=to("guest-still-needed"),
        file=lambda key: reverse("portal:guest-file", args=[token, key]),
    )


@require_GET
@with_link
def ticket(request: HttpRequest, ticket: Ticket, token: str) -> HttpResponse:
    return conversation.page(request, ticket, now(), paths(token), guest=request.guest)


@require_POST
@with_link
def reply(request: HttpRequest, ticket: Ticket, token: str) -> HttpResponse:
    person = request.guest
    return conversation.answer(request, ticket, now(), paths(token), author=person, guest=person)


@require_http_methods(["GET", "POST"])
@with_link
def still_needed(request: HttpRequest, ticket: Ticket, token: str) -> HttpResponse:
    if request.method == "POST":
        return conversation.needed(request, ticket, paths(token), by=request.guest)
    return _ask(request, ticket, token, "still-needed")


@require_http_methods(["GET", "POST"])
@with_link
def solved(request: HttpRequest, ticket: Ticket, token: str) -> HttpResponse:
    if request.method == "POST":
        return conversation.closed(request, ticket, paths(token), by=request.guest)
    return _ask(request, ticket, token, "solved")


def _ask(request: HttpRequest, ticket: Ticket, token: str, question: str) -> HttpResponse:
    """A link of the reminder leads to a page with a button."""
    context = {"at": now(), "ticket": ticket, "question": question, "paths": paths(token)}
    return render(request, "portal/one_button.html", context)


@require_POST
@with_link
def reopening(request: HttpRequest, ticket: Ticket, token: str) -> HttpResponse:
    return conversation.reopened(request, ticket, paths(token), by=request.guest)


@require_GET
@with_link
def attachment(request: HttpRequest, ticket: Ticket, token: str, key: int) -> HttpResponse:
    files = Attachment.objects.filter(message__ticket=ticket).exclude(message__kind=Message.Kind.NOTE)
    file = get_object_or_404(files, pk=key)
    if not file.file:
        raise Http404
    return served(file)
