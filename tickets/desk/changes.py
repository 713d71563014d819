"""Changes of a ticket, a small view each: GET shows the form, POST does it. `_change` holds what they have in common."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from policies.publishing import policy_of
from tenants.moment import now
from tickets import lifecycle
from tickets.access import ticket_or_404
from tickets.models import Ticket
from tickets.satisfaction import expecting
from tickets.satisfaction.forms import ExpectationForm

from .forms import (
    AssignmentForm,
    ClosureForm,
    MissingForm,
    ParticipantForm,
    ReopeningForm,
    ResolutionForm,
    ScopeForm,
    SituationForm,
    TriageForm,
    WaitingForm,
    refuse,
)
from .guard import agents_only

Act = Callable[[dict[str, Any], datetime], Any]
form_view = require_http_methods(["GET", "HEAD", "POST"])


@agents_only
@form_view
def assignment(request: HttpRequest, number: int) -> HttpResponse:
    ticket = ticket_or_404(request.user, number)
    form = AssignmentForm(posted(request), ticket=ticket)

    def act(data: dict[str, Any], at: datetime) -> str:
        lifecycle.assign(ticket, owner=data["owner"], by=request.user, at=at)
        if data["owner"] == request.user:
            return _("Assigned to you.")
        return (
            _("Assigned to %(name)s.") % {"name": data["owner"]}
            if data["owner"]
            else _("Nobody owns it now.")
        )

    return _change(request, ticket, form, act, _("Assign"), _("Assign"))


@agents_only
@form_view
def triage(request: HttpRequest, number: int) -> HttpResponse:
    ticket = ticket_or_404(request.user, number)
    form = TriageForm(posted(request), ticket=ticket, policy=policy_of(ticket.policy_version))

    def act(data: dict[str, Any], at: datetime) -> str:
        before = {"priority": ticket.priority, "team": ticket.team, "topic": ticket.topic}
        wanted = {name: value for name, value in data.items() if value and value != before[name]}
        if wanted:
            lifecycle.triage(ticket, by=request.user, at=at, **wanted)
        return _("Triage noted.") if wanted else _("Nothing was changed.")

    return _change(request, ticket, form, act, _("Triage"), _("Save"))


@agents_only
@form_view
def waiting(request: HttpRequest, number: int) -> HttpResponse:
    ticket = ticket_or_404(request.user, number)
    form = WaitingForm(posted(request), initial={"on": request.GET.get("on", "customer")})

    def act(data: dict[str, Any], at: datetime) -> str:
        if data["on"] == "customer":
            lifecycle.wait_on_customer(ticket, by=request.user, at=at)
            return _("Waiting for the customer.")
        lifecycle.wait_on_third_party(ticket, by=request.user, at=at, because=data["because"])
        return _("Waiting for a third party.")

    return _change(request, ticket, form, act, _("Wait"), _("Start waiting"))


@agents_only
@require_POST
def work(request: HttpRequest, number: int) -> HttpResponse:
    """The wait is over."""
    ticket = ticket_or_404(request.user, number)

    def act(data: dict[str, Any], at: datetime) -> str:
        lifecycle.resume_work(ticket, by=request.user, at=at)
        return _("Work goes on.")

    return _change(request, ticket, ClosureForm(request.POST), act, _("Resume work"), _("Resume work"))


@agents_only
@form_view
def resolution(request: HttpRequest, number: int) -> HttpResponse:
    ticket = ticket_or_404(request.user, number)
    form = ResolutionForm(posted(request), policy=policy_of(ticket.policy_version))

    def act(data: dict[str, Any], at: datetime) -> str:
        lifecycle.resolve(ticket, by=request.user, at=at, solution=data["solution"])
        return _("Resolved. The customer is being told.")

    return _change(request, ticket, form, act, _("Resolve"), _("Resolve"))


@agents_only
@form_view
def closure(request: HttpRequest, number: int) -> HttpResponse:
    ticket = ticket_or_404(request.user, number)

    def act(data: dict[str, Any], at: datetime) -> str:
        lifecycle.close(ticket, by=request.user, at=at)
        return _("Closed.")

    return _change(request, ticket, ClosureForm(posted(request)), act, _("Close this ticket"), _("Close"))


@agents_only
@form_view
def reopening(request: HttpRequest, number: int) -> HttpResponse:
    ticket = ticket_or_404(request.user, number)

    def act(data: dict[str, Any], at: datetime) -> str:
        lifecycle.reopen(ticket, by=request.user, at=at, because=data["because"])
        return _("Open again.")

    return _change(request, ticket, ReopeningForm(posted(request)), act, _("Reopen"), _("Reopen"))


@agents_only
@form_view
def completeness(request: HttpRequest, number: int) -> HttpResponse:
    """ZM05: an inadequate request is sent back with what is missing; the clock starts at its completion."""
    ticket = ticket_or_404(request.user, number)
    if request.method == "POST" and "complete" in request.POST:

        def complete(data: dict[str, Any], at: datetime) -> str:
            lifecycle.complete(ticket, by=request.user, at=at)
            return _("The request is complete: the clock runs.")

        return _change(request, ticket, ClosureForm(request.POST), complete, _("Complete"), _("Complete"))

    def ask(data: dict[str, Any], at: datetime) -> str:
        lifecycle.ask_for_missing(ticket, by=request.user, at=at, missing=data["missing"])
        return _("The customer is asked for what is missing.")

    form = MissingForm(posted(request), initial={"missing": ticket.missing})
    return _change(request, ticket, form, ask, _("Something is missing"), _("Ask for it"))


@agents_only
@form_view
def scope(request: HttpRequest, number: int) -> HttpResponse:
    """ZP09: an agent overrules the decision, with a reason."""
    ticket = ticket_or_404(request.user, number)

    def act(data: dict[str, Any], at: datetime) -> str:
        lifecycle.overrule(ticket, by=request.user, at=at, because=data["because"])
        return _("In scope now: its clocks run.")

    return _change(request, ticket, ScopeForm(posted(request)), act, _("Put in scope"), _("Put in scope"))


@agents_only
@form_view
def situations(request: HttpRequest, number: int) -> HttpResponse:
    ticket = ticket_or_404(request.user, number)
    form = SituationForm(posted(request), ticket=ticket)

    def act(data: dict[str, Any], at: datetime) -> str:
        for key, _name in form.fields["situations"].choices:
            holds = key in data["situations"]
            if holds != (key in ticket.situations):
                lifecycle.state_situation(
                    ticket, by=request.user, at=at, situation=key, holds=holds, because=data["because"]
                )
        return _("Noted.")

    return _change(request, ticket, form, act, _("Situation"), _("Save"))


@agents_only
@form_view
def participants(request: HttpRequest, number: int) -> HttpResponse:
    ticket = ticket_or_404(request.user, number)

    def act(data: dict[str, Any], at: datetime) -> str:
        lifecycle.add_participant(ticket, by=request.user, at=at, address=data["address"])
        return _("%(address)s is in copy now.") % {"address": data["address"]}

    return _change(
        request, ticket, ParticipantForm(posted(request)), act, _("Add somebody in copy"), _("Add")
    )


@agents_only
@form_view
def expectation(request: HttpRequest, number: int) -> HttpResponse:
    """TD11: by when we expect to solve it; the customer is told, and told again at each change with the reason."""
    ticket = ticket_or_404(request.user, number)
    form = ExpectationForm(posted(request), before=expecting.current(ticket))

    def act(data: dict[str, Any], at: datetime) -> str:
        expecting.expect(ticket, by=request.user, at=at, **data)
        return _("The customer is being told.")

    return _change(request, ticket, form, act, _("Expected solution"), _("Tell the customer"))


def _change(
    request: HttpRequest, ticket: Ticket, form: forms.Form, act: Act, title: str, button: str
) -> HttpResponse:
    """Show `form`, or do `act` and go back to the ticket. In a dialog (htmx) the same form without the page around it."""
    if request.method == "POST" and form.is_valid():
        try:
            done = act(form.cleaned_data, now())
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, done)
            return back_to(request, reverse("desk:ticket", args=[ticket.number]))
    context = {"ticket": ticket, "form": form, "title": title, "button": button, "action": request.path}
    template = "desk/_change.html" if request.htmx else "desk/change.html"
    return render(request, template, context, status=422 if form.errors else 200)


def posted(request: HttpRequest) -> Any:
    """What was sent, or None where the form is only shown."""
    return request.POST if request.method == "POST" else None


def back_to(request: HttpRequest, address: str) -> HttpResponse:
    """Go there, also out of a dialog."""
    return HttpResponse(status=204, headers={"HX-Redirect": address}) if request.htmx else redirect(address)
