"""The desk's pages about quotes: the list, one to be written and sent, its payment; work out of hours that begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from policies.publishing import policy_of
from tenants.moment import now
from tickets.access import ticket_or_404
from tickets.agreements import hours, night, quotes, rights
from tickets.agreements.forms import PaymentForm, QuoteForm, WantedForm
from tickets.agreements.models import Quote
from tickets.desk.changes import _change, posted
from tickets.desk.forms import refuse
from tickets.desk.guard import agents_only

form_view = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 100
State = Quote.State


@agents_only
@require_safe
def quote_list(request: HttpRequest) -> HttpResponse:
    """Those to be written first, then what waits for a customer, then what ended last."""
    rows = Quote.objects.select_related("ticket", "company__account_manager")
    mine = request.GET.get("whose") == "mine"
    if mine:
        rows = rows.filter(company__account_manager=request.user)
    groups = [
        ("wanted", list(rows.filter(state=State.WANTED).order_by("wanted_at", "id")[:SHOWN])),
        ("sent", list(rows.filter(state=State.SENT).order_by("valid_until", "id")[:SHOWN])),
        ("ended", list(rows.exclude(state__in=Quote.OPEN).order_by("-ended_at", "-id")[:30])),
    ]
    return render(request, "agreements/desk/quotes.html", {"at": now(), "groups": groups, "mine": mine})


@agents_only
@form_view
def quote(request: HttpRequest, pk: int) -> HttpResponse:
    """Read it; write and send it, where it is one's own to write."""
    return _page(request, quote_of(pk), posted(request))


def _page(
    request: HttpRequest, found: Quote, writing: Any = None, paying: PaymentForm | None = None
) -> HttpResponse:
    at = now()
    policy = policy_of(found.ticket.policy_version)
    rate = policy.night_rate if found.kind == Quote.Kind.NIGHT_WORK else policy.work_rate
    initial = {
        "rate": rate or None,
        "minutes": 60,
        "valid_until": quotes.default_end(found, policy, at),
        "text": found.wish,
    }
    if found.meeting is not None:
        initial["minutes"] = found.meeting.minutes
    form = QuoteForm(writing, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            quotes.send(found, by=request.user, at=at, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Sent. The customer is being told."))
            return redirect("agreements-desk:quote", found.pk)
    context = {
        "at": at, "quote": found, "ticket": found.ticket, "form": form, "currency": policy.currency,
        "answer": getattr(found, "answer", None), "payment": paying or PaymentForm(),
        "may_write": rights.may_quote(request.user, found.ticket.company),
        "used": hours.used_of(found) if found.state == State.ACCEPTED else 0,
        "is_over": found.state == State.SENT and found.valid_until <= at,
    }  # fmt: skip
    refused = form.errors or (paying and paying.errors)
    return render(request, "agreements/desk/quote.html", context, status=422 if refused else 200)


@agents_only
@require_POST
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, lambda found: quotes.withdraw(found, by=request.user, at=now()), _("Withdrawn."))


@agents_only
@require_POST
def payment(request: HttpRequest, pk: int) -> HttpResponse:
    form = PaymentForm(request.POST)
    if not form.is_valid():
        return _page(request, quote_of(pk), paying=form)
    reference = form.cleaned_data["payment"]
    return _act(
        request, pk, lambda found: quotes.mark_paid(found, by=request.user, at=now(), payment=reference),
        _("Marked as paid."),
    )  # fmt: skip


def _act(request: HttpRequest, pk: int, act: Callable[[Quote], Any], done: str) -> HttpResponse:
    found = quote_of(pk)
    try:
        act(found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except PermissionDenied as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("agreements-desk:quote", pk)


def quote_of(pk: int) -> Quote:
    rows = Quote.objects.select_related(
        "ticket__requester", "ticket__company__account_manager", "ticket__policy_version", "company", "meeting",
        "wanted_by", "sent_by", "begun_by", "paid_by",
    )  # fmt: skip
    return get_object_or_404(rows, pk=pk)


# --- from a ticket ----------------------------------------------------------------------------------------------------


@agents_only
@form_view
def wanted(request: HttpRequest, number: int) -> HttpResponse:
    """A customer asked for a quote by telephone, or in a message."""
    ticket = ticket_or_404(request.user, number)
    form = WantedForm(posted(request))

    def act(data: dict[str, Any], at: Any) -> str:
        quotes.want(ticket, by=request.user, at=at, **data)
        return _("The account manager is being told.")

    return _change(request, ticket, form, act, _("Ask for a quote"), _("Ask for a quote"))


@agents_only
@require_POST
def night_work(request: HttpRequest, number: int) -> HttpResponse:
    """Start to work out of hours: refused before the customer has authorised it (SL07)."""
    ticket = ticket_or_404(request.user, number)
    try:
        night.begin(ticket, by=request.user, at=now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Begun. Log the time on the ticket when you are done."))
    return redirect("desk:ticket", number)
