"""The customer's pages about quotes: asked for, read, answered - signed in or by the mail's own link. A GET changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from policies.publishing import policy_of
from tenants.moment import now
from tenants.people.access import signed_in
from tenants.people.models import User
from tenants.people.throttle import source_of
from tickets.access import ticket_or_404
from tickets.agreements import night, quotes, rights
from tickets.agreements.forms import AnswerForm, WishForm
from tickets.agreements.models import Quote
from tickets.models import Ticket
from tickets.portal.guest import with_link

View = Callable[..., HttpResponse]
read_and_write = require_http_methods(["GET", "HEAD", "POST"])


# --- work now? --------------------------------------------------------------------------------------------------------


@signed_in
@read_and_write
def night_work(request: HttpRequest, number: int) -> HttpResponse:
    """The two ways out of hours (SL07): wait, or ask for a quote."""
    if request.user.is_agent:
        return redirect("desk:ticket", number)
    ticket = ticket_or_404(request.user, number)
    return _two_ways(request, ticket, reverse("portal:ticket", args=[number]), request.user)


@read_and_write
@with_link
def guest_night_work(request: HttpRequest, ticket: Ticket, token: str) -> HttpResponse:
    return _two_ways(request, ticket, reverse("portal:guest", args=[token]), request.guest, is_guest=True)


def _two_ways(
    request: HttpRequest, ticket: Ticket, back: str, by: User, is_guest: bool = False
) -> HttpResponse:
    at, policy = now(), policy_of(ticket.policy_version)
    form = WishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            night.ask(ticket, by=by, at=at, wish=form.cleaned_data["wish"])
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(
                request,
                _(
                    "Your account manager has been told and writes you a quote. Nothing is billed before you accept it."
                ),
            )
        return redirect(back)
    context = {"at": at, "ticket": ticket, "form": form, "offer": night.offer_of(ticket, policy, at), "back": back,
               "is_guest": is_guest, "tz": policy.tz}  # fmt: skip
    return render(request, "agreements/night_work.html", context, status=422 if form.errors else 200)


# --- a quote ----------------------------------------------------------------------------------------------------------


def with_quote_link(view: View) -> View:
    """The quote of a reader's own link, in their language and zone. Their right is asked anew."""

    @wraps(view)
    @never_cache
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        at = now()
        reader = quotes.reader_of(token, at)
        if reader is None:
            response = render(request, "portal/link_expired.html", {"at": at}, status=410)
        else:
            with translation.override(reader.person.language), timezone.override(reader.person.timezone):
                response = view(request, reader.quote, reader.person, at)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


@read_and_write
@with_quote_link
def linked(request: HttpRequest, quote: Quote, person: User, at: datetime) -> HttpResponse:
    return _quote(request, quote, person, at, way="link")


@signed_in
@never_cache
@read_and_write
def quote(request: HttpRequest, pk: int) -> HttpResponse:
    if request.user.is_agent:
        return redirect("agreements-desk:quote", pk)
    rows = Quote.objects.select_related("ticket__requester", "ticket__company", "ticket__policy_version")
    found = rows.filter(pk=pk).first()
    if found is None or not rights.may_read(request.user, found):
        raise Http404("There is no such quote.")
    return _quote(request, found, request.user, now(), way="signed in")


def _quote(request: HttpRequest, quote: Quote, person: User, at: datetime, way: str) -> HttpResponse:
    status, form = 200, AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        try:
            _answered(request, quote, person, at, way, form.cleaned_data["because"])
        except (ValidationError, PermissionDenied) as refusal:
            said = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
            for text in said:
                messages.error(request, text)
            status = 403 if isinstance(refusal, PermissionDenied) else 409
            quote.refresh_from_db()
        else:
            return redirect(request.path)
    context = context_of(quote, person, at, is_guest=way == "link") | {"form": form}
    return render(request, "agreements/quote.html", context, status=status)


def _answered(request: HttpRequest, quote: Quote, person: User, at: datetime, way: str, because: str) -> None:
    """The button says which; anything else is no answer."""
    answer = request.POST.get("answer", "")
    if answer not in ("accept", "decline"):
        raise ValidationError(_("Press one of the two buttons: accept or decline."))
    quotes.answer(
        quote,
        person=person,
        accepts=answer == "accept",
        at=at,
        way=way,
        source=source_of(request) or None,
        because=because,
    )
    if answer == "accept":
        messages.success(request, _("Accepted. Your account manager and the team have been told."))
    else:
        messages.success(request, _("Declined. Nothing is billed."))


def context_of(quote: Quote, person: User, at: datetime, *, is_guest: bool) -> dict[str, Any]:
    is_over = quote.state == Quote.State.SENT and quote.valid_until is not None and quote.valid_until <= at
    return {
        "at": at,
        "quote": quote,
        "ticket": quote.ticket,
        "is_guest": is_guest,
        "is_open": quote.state == Quote.State.SENT and not is_over,
        "is_over": is_over,
        "may_answer": rights.may_answer(person, quote),
        "hindrance": quotes.hindrance(quote.ticket, quote),
        "deciders": rights.deciders(quote.ticket),
        "answer": getattr(quote, "answer", None),
    }
