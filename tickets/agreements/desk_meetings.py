"""The desk's pages about meetings, hours and developers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from policies.publishing import policy_of
from tenants.moment import now
from tickets.access import ticket_or_404
from tickets.agreements import budgets, hours, meetings, rights
from tickets.agreements.forms import DeskMeetingForm, RefusalForm, ScheduleForm, TimeForm
from tickets.agreements.models import Meeting, TimeEntry
from tickets.desk.changes import _change, posted
from tickets.desk.forms import refuse
from tickets.desk.guard import agents_only

form_view = require_http_methods(["GET", "HEAD", "POST"])
State = Meeting.State
SHOWN = 100


@agents_only
@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """To be decided, to be scheduled, coming; and what waits for a quote."""
    rows = Meeting.objects.select_related("ticket__company")
    at = now()
    groups = [
        ("requested", list(rows.filter(state=State.REQUESTED).order_by("wished_at", "id")[:SHOWN])),
        ("agreed", list(rows.filter(state=State.AGREED).order_by("wished_at", "id")[:SHOWN])),
        (
            "scheduled",
            list(rows.filter(state=State.SCHEDULED, starts_at__gte=at).order_by("starts_at", "id")[:SHOWN]),
        ),
        ("quoted", list(rows.filter(state=State.QUOTED).order_by("wished_at", "id")[:SHOWN])),
    ]
    return render(request, "agreements/desk/meetings.html", {"at": at, "groups": groups})


@agents_only
@require_safe
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, meeting_of(pk))


@agents_only
@require_POST
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = meeting_of(pk), ScheduleForm(request.POST)
    return _act(request, found, form, "schedule",
                lambda data: meetings.schedule(found, by=request.user, at=now(), **data),
                _("Scheduled. Both sides get an invitation."))  # fmt: skip


@agents_only
@require_POST
def refusal(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = meeting_of(pk), RefusalForm(request.POST)
    return _act(request, found, form, "refusal",
                lambda data: meetings.refuse(found, by=request.user, at=now(), **data),
                _("Refused. The customer is told why, and may insist."))  # fmt: skip


@agents_only
@require_POST
def cancellation(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = meeting_of(pk), RefusalForm(request.POST)
    return _act(request, found, form, "cancellation",
                lambda data: meetings.cancel(found, by=request.user, at=now(), **data),
                _("Called off. Both sides are told."))  # fmt: skip


def _act(
    request: HttpRequest,
    found: Meeting,
    form: Any,
    name: str,
    act: Callable[[dict[str, Any]], Any],
    done: str,
) -> HttpResponse:
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        except PermissionDenied as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect("agreements-desk:meeting", found.pk)
    return _page(request, meeting_of(found.pk), **{name: form})


def _page(request: HttpRequest, found: Meeting, **forms: Any) -> HttpResponse:
    at, ticket = now(), found.ticket
    decides = rights.may_decide_meetings(request.user)
    agreed = found.state in (State.AGREED, State.SCHEDULED)
    initial = {"starts_at": found.starts_at or found.wished_at, "place": found.place}
    context = {
        "at": at, "meeting": found, "ticket": ticket, "quotes": found.quotes.order_by("-pk"),
        "schedule": forms.get("schedule") or ScheduleForm(initial=initial),
        "refusal": forms.get("refusal") or RefusalForm(),
        "cancellation": forms.get("cancellation") or RefusalForm(prefix=None),
        "may_schedule": (found.state == State.REQUESTED and decides)
        or (agreed and (decides or rights.may_quote(request.user, ticket.company))),
        "may_refuse": found.state == State.REQUESTED and decides, "is_over": found.is_over(at),
        "why_not": "" if found.state == State.REQUESTED or agreed else meetings.why_not(found),
        "budgets": budgets.standing(ticket.company, policy_of(ticket.policy_version), at) if found.kind == "training" else [],
    }  # fmt: skip
    refused = any(form.errors for form in forms.values())
    return render(request, "agreements/desk/meeting.html", context, status=422 if refused else 200)


def meeting_of(pk: int) -> Meeting:
    rows = Meeting.objects.select_related(
        "ticket__requester",
        "ticket__company__account_manager",
        "ticket__policy_version",
        "asked_by",
        "decided_by",
    )
    return get_object_or_404(rows, pk=pk)


# --- from a ticket ----------------------------------------------------------------------------------------------------


@agents_only
@form_view
def asked(request: HttpRequest, number: int) -> HttpResponse:
    """A meeting or training on the customer's behalf."""
    ticket = ticket_or_404(request.user, number)
    form = DeskMeetingForm(posted(request), initial={"minutes": 60})

    def act(data: dict[str, Any], at: Any) -> str:
        meetings.ask_on(ticket, by=request.user, at=at, **(data | {"key": data["key"] or None}))
        return _("Asked for. Whoever decides is being told.")

    return _change(request, ticket, form, act, _("Meeting or training"), _("Ask for a meeting"))


@agents_only
@form_view
def time(request: HttpRequest, number: int) -> HttpResponse:
    """Log the time worked (SL10)."""
    ticket = ticket_or_404(request.user, number)
    today = now().astimezone(ZoneInfo(policy_of(ticket.policy_version).tz)).date()
    form = TimeForm(posted(request), initial={"on": today, "kind": "consulting"})

    def act(data: dict[str, Any], at: Any) -> str:
        entry = hours.enter(ticket, by=request.user, at=at, **(data | {"key": data["key"] or None}))
        return _said(entry, at)

    return _change(request, ticket, form, act, _("Log time"), _("Enter"))


def _said(entry: TimeEntry, at: Any) -> str:
    if entry.quote_id is not None:
        return _("Entered; it is paid for by the accepted quote.")
    left = budgets.standing_of(entry.company, policy_of(entry.ticket.policy_version), entry.kind, at)
    if left is None:
        return _("Entered. The plan includes no hours of this kind.")
    if left.left < 0:
        return _("Entered. The plan's hours are exceeded: ask for a quote.")
    return _("Entered.")


@agents_only
@require_POST
def correction(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Take an entry back by its counter-entry."""
    ticket = ticket_or_404(request.user, number)
    entry = TimeEntry.objects.filter(ticket=ticket, pk=pk).select_related("ticket").first()
    if entry is None:
        raise Http404
    try:
        hours.take_back(entry, by=request.user, at=now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Taken back: both entries stay to be seen."))
    return redirect("desk:ticket", number)
