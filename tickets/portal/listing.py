"""The customer's tickets as a list, read by keyset."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from tenants.moment import now
from tenants.people.access import signed_in
from tenants.people.models import User
from tickets.access import visible_to
from tickets.models import Ticket

PAGE = 25


@signed_in
@require_GET
def tickets(request: HttpRequest) -> HttpResponse:
    """`?show=open|done`, `?whose=mine` where the company shares, `?before=<id>` for the next page."""
    if request.user.is_agent:
        return redirect("desk:queue")
    show = "done" if request.GET.get("show") == "done" else "open"
    whose = "mine" if request.GET.get("whose") == "mine" else ""
    rows = visible_to(request.user).select_related("requester").order_by("-id")
    if show == "open":
        rows = rows.filter(status__in=Ticket.UNRESOLVED)
    else:
        rows = rows.exclude(status__in=Ticket.UNRESOLVED)
    if whose:
        rows = rows.filter(requester=request.user)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(id__lt=int(before))
    found = list(rows[: PAGE + 1])
    context = {
        "at": now(),
        "tickets": found[:PAGE],
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "first": not before,
        "show": show,
        "whose": whose,
        "shares": shares(request.user),
    }
    return render(request, "portal/tickets.html", context)


def shares(person: User) -> bool:
    """Whether the person's company lets its members see each other's tickets."""
    membership = getattr(person, "membership", None)
    return bool(membership and membership.company.members_see_each_other)
