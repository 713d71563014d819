"""At the desk: who is on duty and what changes it, an emergency taken, declared or withdrawn, a customer's calendar uploaded."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from policies.publishing import NoPolicy, policy_of, version_in_force
from sla.business_time import BusinessHours
from tenants.customers.models import Team
from tenants.moment import now
from tenants.people.models import User
from tickets.access import ticket_or_404
from tickets.desk.forms import refuse
from tickets.desk.guard import agents_only
from tickets.duty import claims, feeds, rota
from tickets.duty.facts import is_emergency
from tickets.duty.forms import ChangeForm, EmergencyForm, UploadForm
from tickets.duty.models import DutyChange, Emergency
from tickets.duty.reading import Unreadable
from tickets.duty.standing import AHEAD, Plan, attended_hours, plans_of
from tickets.models import Ticket

SHOWN = timedelta(days=14)
LEADERS = (User.Role.SUPERVISOR, User.Role.ADMIN)

# --- who is on duty ---------------------------------------------------------------------------------------------------


@agents_only
@require_safe
def duty(request: HttpRequest) -> HttpResponse:
    return show(request)


def show(request: HttpRequest, team: Team | None = None, form: ChangeForm | None = None) -> HttpResponse:
    """Now and next of each team, the next two weeks, holes, and what was changed; `form`: a refused one of `team`."""
    at = now()
    teams = list(Team.objects.filter(rotas__is_active=True).distinct().order_by("name", "id"))
    plans = plans_of(teams, at)
    hours = attended(at)
    may_change = request.user.role in LEADERS
    rows = [
        standing(each, plans[each.pk], hours, at)
        | {"form": form if team == each else ChangeForm(auto_id=f"id_{each.pk}_%s") if may_change else None}
        for each in teams
    ]
    context = {
        "at": at, "rows": rows, "open_ones": open_emergencies(), "may_change": may_change,
        "at_any_hour": hours is None,
    }  # fmt: skip
    return render(request, "duty/desk.html", context, status=422 if form is not None else 200)


def standing(team: Team, plan: Plan, hours: BusinessHours | None, at: datetime) -> dict[str, Any]:
    ahead = plan.duties(at, at + AHEAD)
    present, coming = ahead[0], next((each for each in ahead[1:] if each.people), None)
    shown = [each for each in ahead if each.from_at < at + SHOWN]
    return {
        "team": team,
        "now": named(present, plan),
        "next": named(coming, plan) if coming else None,
        "is_attended": hours is not None and hours.is_open(at),
        "duties": [named(each, plan) for each in shown],
        "holes": rota.holes(shown, hours)[:8],
        "changes": list(
            DutyChange.objects.filter(team=team, ends_at__gt=at).select_related("person", "instead", "by")[
                :40
            ]
        ),
    }


def named(found: rota.Duty, plan: Plan) -> dict[str, Any]:
    return {
        "from_at": found.from_at,
        "to_at": found.to_at,
        "people": [plan.people[pk] for pk in found.people],
    }


def attended(at: datetime) -> BusinessHours | None:
    """The hours in which nobody need be on duty, by the policy in force."""
    try:
        policy = policy_of(version_in_force(at))
    except NoPolicy:
        return None
    return attended_hours(policy.emergency_calendar, at)


def open_emergencies() -> list[Emergency]:
    rows = Emergency.objects.filter(ended_at=None, ticket__status__in=Ticket.UNRESOLVED)
    return list(rows.select_related("ticket__company", "claimed_by").order_by("-declared_at")[:20])


@agents_only
@require_POST
def changes(request: HttpRequest, team: int) -> HttpResponse:
    """Supervisors and admins enter who stands in, is absent, or is on duty besides."""
    leaders_only(request)
    found = get_object_or_404(Team, pk=team)
    form = ChangeForm(request.POST, auto_id=f"id_{found.pk}_%s")
    if not form.is_valid():
        return show(request, found, form)
    with transaction.atomic():
        for row in form.rows(found, request.user, now()):
            row.save()
    messages.success(request, _("Entered. The plan below shows it."))
    return redirect("desk:duty")


@agents_only
@require_POST
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    leaders_only(request)
    get_object_or_404(DutyChange, pk=pk).delete()
    messages.success(request, _("Taken back: the rota applies again."))
    return redirect("desk:duty")


def leaders_only(request: HttpRequest) -> None:
    if request.user.role not in LEADERS:
        raise Http404


# --- an emergency -----------------------------------------------------------------------------------------------------


@agents_only
@require_POST
def claim(request: HttpRequest, number: int) -> HttpResponse:
    ticket = ticket_or_404(request.user, number)
    try:
        row = claims.claim(ticket, by=request.user, at=now())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        if row.claimed_by == request.user:
            messages.success(request, _("You have it. The customer is being told."))
        else:
            messages.warning(request, _("%(name)s was first and has it.") % {"name": row.claimed_by})
    return redirect("desk:ticket", number)


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def emergency(request: HttpRequest, number: int) -> HttpResponse:
    """Say that it is one, or is none any more, with the reason."""
    from tickets.desk.changes import _change, posted

    ticket = ticket_or_404(request.user, number)
    is_one = is_emergency(ticket)

    def act(data: dict[str, Any], at: datetime) -> str:
        if is_one:
            claims.withdraw(ticket, by=request.user, at=at, because=data["because"])
            return _("It is no emergency any more.")
        claims.declare(ticket, by=request.user, at=at, because=data["because"])
        return _("It is an emergency now.")

    title = _("No emergency any more") if is_one else _("It is an emergency")
    return _change(request, ticket, EmergencyForm(posted(request)), act, title, title)


# --- a customer's calendar --------------------------------------------------------------------------------------------


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        said = form.cleaned_data
        try:
            done = feeds.upload(
                said["company"], said["kind"], said["timezone"], said["file"].name[:200], said["file"].read(),
                by=request.user, at=now(),
            )  # fmt: skip
        except Unreadable as trouble:
            form.add_error("file", str(trouble))
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, told(done))
            return redirect("desk:windows")
    context = {"at": now(), "form": form, "back": reverse("desk:windows")}
    return render(request, "duty/upload.html", context, status=422 if form.errors else 200)


def told(done: feeds.Changes) -> str:
    """What the file has changed, and nothing of what it has not."""
    counts = [
        (done.entered, ngettext("%(n)s event entered", "%(n)s events entered", done.entered)),
        (done.moved, ngettext("%(n)s moved", "%(n)s moved", done.moved)),
        (done.cancelled, ngettext("%(n)s cancelled", "%(n)s cancelled", done.cancelled)),
        (
            done.left_out,
            ngettext(
                "%(n)s left out: it has no length", "%(n)s left out: they have no length", done.left_out
            ),
        ),
    ]
    parts = [said % {"n": n} for n, said in counts if n]
    return "; ".join(parts) + "." if parts else _("Nothing has changed: all of it was known already.")
