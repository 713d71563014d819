"""One case per issue, at the desk (TD16): merge a ticket into another, split a message off, undo either; hand over (TD10);
take out of scope; take out of the conversation what must not stand there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from policies.publishing import policy_of
from tenants.moment import now
from tickets import lifecycle
from tickets.access import ticket_or_404
from tickets.lifecycle import copies
from tickets.lookalikes import likely_targets
from tickets.models import Message, Ticket

from .changes import _change, back_to, posted
from .forms import refuse
from .guard import agents_only, supervisors_only
from .merging_forms import ExclusionForm, HandoverForm, MergeForm, RedactionForm, SplitForm

form_view = require_http_methods(["GET", "HEAD", "POST"])


@agents_only
@form_view
def merging(request: HttpRequest, number: int) -> HttpResponse:
    """Into which ticket: the same company's open ones, the most alike first, or any by its number."""
    ticket = ticket_or_404(request.user, number)
    form = MergeForm(posted(request), reader=request.user, likely=likely_targets(request.user, ticket))

    def act(data: dict[str, Any], at: datetime) -> tuple[str, Ticket]:
        lifecycle.merge(
            ticket,
            into=data["target"],
            by=request.user,
            at=at,
            because=data["because"],
            across=data["across"],
        )
        said = _("Merged into #%(number)s. The customer is being told; you can undo it for 24 hours.")
        return said % {"number": data["target"].number}, data["target"]

    return _elsewhere(request, ticket, form, act, _("Merge into another ticket"), _("Merge"))


@agents_only
@require_POST
def unmerging(request: HttpRequest, number: int) -> HttpResponse:
    ticket = ticket_or_404(request.user, number)
    return _undo(request, ticket, lifecycle.unmerge, _("Two tickets again. The customer is being told."))


@agents_only
@form_view
def splitting(request: HttpRequest, number: int) -> HttpResponse:
    """Which messages ask for something else, and what about."""
    ticket = ticket_or_404(request.user, number)
    form = SplitForm(posted(request), ticket=ticket, policy=policy_of(ticket.policy_version), at=now())

    def act(data: dict[str, Any], at: datetime) -> tuple[str, Ticket]:
        new = lifecycle.split(ticket, by=request.user, at=at, **form.given())
        said = _("Ticket #%(number)s is open. The customer is being told its number.")
        return said % {"number": new.number}, new

    return _elsewhere(request, ticket, form, act, _("Split into a new ticket"), _("Open the new ticket"))


@agents_only
@require_POST
def unsplitting(request: HttpRequest, number: int) -> HttpResponse:
    ticket = ticket_or_404(request.user, number)
    return _undo(request, ticket, lifecycle.unsplit, _("One ticket again. The customer is being told."))


@agents_only
@form_view
def handover(request: HttpRequest, number: int) -> HttpResponse:
    """TD10: what is not solved at once goes to the right team, with a note."""
    ticket = ticket_or_404(request.user, number)
    form = HandoverForm(posted(request), ticket=ticket)

    def act(data: dict[str, Any], at: datetime) -> str:
        lifecycle.hand_over(ticket, by=request.user, at=at, **data)
        return _("Handed over to %(team)s, who are being told.") % {"team": data["team"]}

    return _change(request, ticket, form, act, _("Hand over to another team"), _("Hand over"))


@agents_only
@form_view
def exclusion(request: HttpRequest, number: int) -> HttpResponse:
    """Out of scope, or no promise, by hand and with a reason."""
    ticket = ticket_or_404(request.user, number)

    def act(data: dict[str, Any], at: datetime) -> str:
        lifecycle.rule_out(ticket, by=request.user, at=at, **data)
        return _("No promise in time runs any more. The customer is being told why.")

    return _change(
        request, ticket, ExclusionForm(posted(request)), act, _("Take out of scope"), _("Take out of scope")
    )


@supervisors_only
@form_view
def redaction(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    ticket = ticket_or_404(request.user, number)
    message = Message.objects.filter(ticket=ticket, pk=pk).exclude(kind=Message.Kind.SYSTEM).first()
    if message is None:
        if request.method != "POST":
            raise Http404
        messages.error(request, copies.moved())  # it was there when the form was opened
        return back_to(request, reverse("desk:ticket", args=[ticket.number]))
    form = RedactionForm(posted(request), message=message)

    def act(data: dict[str, Any], at: datetime) -> str:
        lifecycle.redact(message, by=request.user, at=at, **form.given())
        return _("Removed for good. The timeline says who and why.")

    return _change(request, ticket, form, act, _("Remove for good"), _("Remove"))


def _elsewhere(
    request: HttpRequest, ticket: Ticket, form: Any, act: Any, title: str, button: str
) -> HttpResponse:
    """As any change, but that it ends at another ticket."""
    if request.method == "POST" and form.is_valid():
        try:
            said, other = act(form.cleaned_data, now())
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, said)
            return back_to(request, reverse("desk:ticket", args=[other.number]))
    context = {"ticket": ticket, "form": form, "title": title, "button": button, "action": request.path}
    template = "desk/_change.html" if request.htmx else "desk/change.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _undo(request: HttpRequest, ticket: Ticket, use_case: Any, said: str) -> HttpResponse:
    try:
        use_case(ticket, by=request.user, at=now())
    except ValidationError as refusal:
        for text in refusal.messages:
            messages.error(request, text)
    else:
        messages.success(request, said)
    return back_to(request, reverse("desk:ticket", args=[ticket.number]))
