"""The customer's pages about meetings and trainings, and what their company has: hours left, quotes, tickets."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.customers.models import Desk
from tenants.moment import now
from tenants.people.access import signed_in
from tenants.people.models import User
from tickets.access import visible_to
from tickets.agreements import budgets, meetings, reports, rights
from tickets.agreements.forms import AnswerForm, MeetingForm
from tickets.agreements.models import Meeting, Quote
from tickets.agreements.report_pdf import pdf_of
from tickets.desk.forms import refuse
from tickets.models import Ticket
from tickets.portal.home import policy_at

View = Callable[..., HttpResponse]
SHOWN = 30


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask for one (SL09, SL10)."""
    if request.user.is_agent:
        return redirect("desk:queue")
    at = now()
    policy = policy_at(at)
    if policy is None or policy.meeting_lead is None or kind not in Meeting.Kind.values:
        raise Http404
    form = MeetingForm(request.POST if request.method == "POST" else None, initial={"minutes": 60})
    if form.is_valid():
        said = dict(form.cleaned_data)
        try:
            meeting = meetings.ask(
                requester=request.user, kind=kind, at=at, key=said.pop("key") or None, **said
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            return redirect("agreements:meeting", meeting.pk)
    company = _company(request.user)
    context = {
        "at": at, "form": form, "kind": kind, "policy": policy, "lead": policy.meeting_lead,
        "standing": budgets.standing_of(company, policy, "training", at) if kind == "training" else None,
        "is_single": kind == "meeting" and not _plan_meets(policy, company),
    }  # fmt: skip
    return render(request, "agreements/meeting_new.html", context, status=422 if form.errors else 200)


def _plan_meets(policy: Any, company: Any) -> bool:
    plan = (
        policy.plan(company.plan) if company and company.plan else (policy.plans[0] if policy.plans else None)
    )
    return plan is None or plan.meetings


def _company(person: User) -> Any:
    membership = getattr(person, "membership", None)
    return membership.company if membership else None


# --- one meeting ------------------------------------------------------------------------------------------------------


@signed_in
@require_GET
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    if request.user.is_agent:
        return redirect("agreements-desk:meeting", pk)
    found = meeting_of(request.user, pk)
    return _page(request, found, request.user, reverse("agreements:meeting", args=[pk]))


@signed_in
@require_POST
def meeting_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    return _acted(
        request, meeting_of(request.user, pk), request.user, act, reverse("agreements:meeting", args=[pk])
    )


def meeting_of(person: User, pk: int) -> Meeting:
    rows = Meeting.objects.select_related("ticket__requester", "ticket__company", "ticket__policy_version")
    found = rows.filter(pk=pk, ticket__in=visible_to(person)).first()
    if found is None:
        raise Http404("There is no such meeting.")
    return found


def with_link(view: View) -> View:
    """The meeting of its requester's link, in their language and zone."""

    @wraps(view)
    @never_cache
    def opened(request: HttpRequest, token: str, **rest: Any) -> HttpResponse:
        at = now()
        found = meetings.opened_by(token, at)
        if found is None:
            response = render(request, "portal/link_expired.html", {"at": at}, status=410)
        else:
            person = found.ticket.requester
            with translation.override(person.language), timezone.override(person.timezone):
                response = view(request, found, token, **rest)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


@require_GET
@with_link
def linked(request: HttpRequest, found: Meeting, token: str) -> HttpResponse:
    return _page(
        request,
        found,
        found.ticket.requester,
        reverse("agreements:linked-meeting", args=[token]),
        is_guest=True,
    )


@require_POST
@with_link
def linked_act(request: HttpRequest, found: Meeting, token: str, act: str) -> HttpResponse:
    path = reverse("agreements:linked-meeting", args=[token])
    return _acted(request, found, found.ticket.requester, act, path, is_guest=True)


def _page(
    request: HttpRequest,
    found: Meeting,
    person: User,
    path: str,
    is_guest: bool = False,
    form: AnswerForm | None = None,
) -> HttpResponse:
    at, rows = now(), found.quotes.exclude(state=Quote.State.WITHDRAWN).order_by("-pk")
    context = {
        "at": at, "meeting": found, "ticket": found.ticket, "path": path, "is_guest": is_guest, "is_over": found.is_over(at),
        "may_act": meetings.may_act(person, found), "form": form or AnswerForm(),
        "quotes": [quote for quote in rows if rights.may_read(person, quote)],
        "why_not": "" if found.state in ("requested", "scheduled") else meetings.why_not(found),
    }  # fmt: skip
    return render(request, "agreements/meeting.html", context, status=422 if form else 200)


def _acted(
    request: HttpRequest, found: Meeting, person: User, act: str, path: str, is_guest: bool = False
) -> HttpResponse:
    if act not in ("insistence", "cancellation") or not meetings.may_act(person, found):
        raise Http404
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, found, person, path, is_guest, form)
    try:
        if act == "insistence":
            meetings.insist(found, by=person, at=now())
            done = _(
                "Your account manager has been told and writes you a quote. It is scheduled when you have accepted it."
            )
        else:
            meetings.cancel(found, by=person, at=now(), because=form.cleaned_data["because"])
            done = _("Called off. Everybody has been told.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect(path)


# --- my company -------------------------------------------------------------------------------------------------------


@signed_in
@require_GET
def company(request: HttpRequest) -> HttpResponse:
    """Hours left for everybody of it; its quotes for who answers them; its tickets for its managers."""
    if request.user.is_agent:
        return redirect("desk:queue")
    at, found = now(), _company(request.user)
    if found is None:
        raise Http404("You belong to no company here.")
    policy = policy_at(at)
    is_manager = rights.is_manager(request.user) is not None
    rows = (
        Quote.objects.filter(company=found)
        .exclude(state=Quote.State.WITHDRAWN)
        .select_related("ticket__requester")
    )
    if not is_manager:
        rows = rows.filter(ticket__requester=request.user)
    context = {
        "at": at, "company": found, "policy": policy, "is_manager": is_manager,
        "plan": policy.plan(found.plan) if policy else None,
        "budgets": budgets.standing(found, policy, at) if policy else [],
        "quotes": list(rows.order_by("-pk")[:SHOWN]),
        "meetings": list(
            Meeting.objects.filter(ticket__company=found, state=Meeting.State.SCHEDULED, starts_at__gte=at)
            .filter(ticket__in=_tickets(request.user, found, is_manager))
            .order_by("starts_at")[:SHOWN]
        ),
        "tickets": list(
            Ticket.objects.filter(company=found, status__in=Ticket.UNRESOLVED).select_related("requester").order_by("-id")[:SHOWN]
        ) if is_manager else [],
    }  # fmt: skip
    return render(request, "agreements/company.html", context)


def _tickets(person: User, found: Any, is_manager: bool) -> Any:
    return Ticket.objects.filter(company=found) if is_manager else visible_to(person)


@signed_in
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """A month of the company's contract, for its managers: on the screen, or as a PDF."""
    found, at = rights.is_manager(request.user), now()
    policy = policy_at(at)
    if found is None or policy is None:
        raise Http404("You manage no company here.")
    this_month = reports.month_of(at, policy)
    month = _month(request.GET.get("month", "")) or this_month
    if not reports.before(date(2015, 1, 1)) < month <= this_month:
        raise Http404("There is no report of this month.")
    told = reports.report_of(found, month, policy)
    if request.GET.get("as") == "pdf":
        desk = Desk.objects.first()
        response = HttpResponse(pdf_of(told, desk.name if desk else ""), content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="report-{month:%Y-%m}.pdf"'
        return response
    context = {
        "at": at, "report": told, "company": found, "is_running": month == this_month,
        "previous": f"{reports.before(month):%Y-%m}", "following": f"{reports.after(month):%Y-%m}" if month < this_month else "",
    }  # fmt: skip
    return render(request, "agreements/report.html", context)


def _month(said: str) -> date | None:
    """ "2026-11"; None for anything else."""
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", said)
    return date(int(found[1]), int(found[2]), 1) if found else None
