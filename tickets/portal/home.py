"""The first page and the logo."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from policies import publishing
from policies.document import Policy
from sla.calendars import hours_at
from tenants.customers.models import Desk
from tenants.moment import now
from tickets import weeks
from tickets.access import person_copies, visible_to
from tickets.models import Ticket
from tickets.portal import outlook

SHOWN = 5
LOGO_KINDS = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The letterhead: open or not, one way to ask, my tickets, what we promise. Agents go to the desk."""
    if request.user.is_authenticated and request.user.is_agent:
        return redirect("desk:queue")
    at = now()
    context: dict[str, Any] = {"at": at}
    policy = policy_at(at)
    if policy is not None:
        plan = plan_of(request.user)
        context |= {
            "policy": policy,
            "sign": open_sign(policy, at),
            "promises": outlook.promises_by_plan(policy, at, only=plan if policy.plan(plan) else ""),
            "has_contact_form": any(c.key == "form" and c.opens == "ticket" for c in policy.channels),
            "doors": [c for c in policy.channels if c.opens == "ticket" and c.address],
        }
    if request.user.is_authenticated:
        mine = visible_to(request.user).filter(
            Q(requester=request.user) | Q(id__in=person_copies(request.user))
        )
        open_ones = mine.filter(status__in=Ticket.UNRESOLVED).select_related("requester")
        rows = list(open_ones.order_by("-id")[: SHOWN + 1])
        context |= {"tickets": rows[:SHOWN], "has_more": len(rows) > SHOWN}
    return render(request, "portal/home.html", context)


def policy_at(at: datetime) -> Policy | None:
    """The policy in force, None on a desk that has not published one yet."""
    try:
        return publishing.policy_of(publishing.version_in_force(at))
    except publishing.NoPolicy:
        return None


def open_sign(policy: Policy, at: datetime) -> weeks.OpenSign | None:
    """By the policy's first calendar, which is the desk's own."""
    return weeks.sign_of(hours_at(policy.calendars[0].key, at), at) if policy.calendars else None


def plan_of(person: Any) -> str:
    """The plan of the person's company, "" for visitors and people without one."""
    membership = getattr(person, "membership", None) if person.is_authenticated else None
    return membership.company.plan if membership else ""


@require_GET
@cache_control(max_age=300)
def logo(request: HttpRequest) -> HttpResponse:
    picture = Desk.objects.get(id=1).logo
    kind = LOGO_KINDS.get(f".{picture.name.rpartition('.')[2].lower()}") if picture else None
    if kind is None:
        raise Http404
    response = FileResponse(picture.open(), content_type=kind)
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
