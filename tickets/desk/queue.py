"""The queue: the list is the screen. The page asks for its list again every ten seconds and hears 204 when nothing changed."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from policies.document import Policy
from policies.publishing import policy_of, version_in_force
from tenants.compiled import Compiled
from tenants.customers.models import Team
from tenants.moment import now
from tenants.people import languages
from tickets import lifecycle, queries, tongues
from tickets.access import visible_to
from tickets.chat.agents import live_among
from tickets.models import Ticket
from tickets.queries import CAP, Filters, Page

from .forms import agents, choices
from .guard import agents_only
from .rows import Names, rendered, row_of

VIEW_NAMES = {
    "unresolved": gettext_lazy("All unresolved"),
    "mine": gettext_lazy("Mine"),
    "unassigned": gettext_lazy("Unassigned"),
    "teams": gettext_lazy("My teams"),
    "breached": gettext_lazy("Breached"),
    "hour": gettext_lazy("Due within an hour"),
    "waiting": gettext_lazy("Waiting on customer"),
    "finished": gettext_lazy("Recently finished"),
    "everything": gettext_lazy("Every ticket"),
}
FIELDS = ("team", "plan", "priority", "channel", "status", "owner", "topic", "language", "text")


@agents_only
@require_GET
def queue_page(request: HttpRequest) -> HttpResponse:
    at = now()
    filters = filters_of(request)
    number = queries.number_in(filters.text)
    if number and not request.htmx and visible_to(request.user).filter(number=number).exists():
        return redirect("desk:ticket", number)
    version = version_in_force(at)
    policy = policy_of(version)
    share = queries.share_of(request.user)
    after = request.GET.get("after", "")
    page = queries.queue(request.user, filters, at=at, order=policy.queue_order, after=after, share=share)
    counts = queries.counters(request.user, at, share)
    live = live_among((ticket.pk for ticket in page.tickets), at)
    seen = fingerprint(page, counts, live)
    if request.htmx and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    context = list_context(request, policy, filters, page, at, live) | {"after": after, "at": at}
    context["refresh"] = address(filters, after=after, seen=seen)
    context["views"] = views(counts, filters)
    if request.htmx:
        return render(request, "desk/_queue.html", context)
    return render(
        request,
        "desk/queue.html",
        context | {"selects": selects(policy, filters, languages.of_desk(request))},
    )


@agents_only
@require_POST
def next_ticket(request: HttpRequest) -> HttpResponse:
    """The most urgent ticket that nobody owns becomes the reader's, and its page opens."""
    ticket = lifecycle.take_next(by=request.user, at=now())
    if ticket is None:
        messages.info(request, _("No ticket waits for an owner: everything is taken."))
        return redirect("desk:queue")
    messages.success(request, _("#%(number)s is yours.") % {"number": ticket.number})
    return redirect("desk:ticket", ticket.number)


def filters_of(request: HttpRequest) -> Filters:
    asked = {name: request.GET.get(name, "").strip()[:200] for name in FIELDS}
    view = request.GET.get("view", "")
    return Filters(view=view if view in queries.VIEWS else "unresolved", **asked)


def list_context(
    request: HttpRequest,
    policy: Policy,
    filters: Filters,
    page: Page,
    at: datetime,
    live: frozenset[int] = frozenset(),
) -> dict[str, Any]:
    names = Names(policy, reader=request.user)
    context = {
        "tickets": page.tickets,
        "rows": rendered([row_of(ticket, names, at) for ticket in page.tickets], names, live),
        "filters": filters,
        "title": VIEW_NAMES[filters.view],
        "by_opening": policy.queue_order == "opening",
        "here": address(filters),
        "next": address(filters, after=page.next) if page.next else "",
        "everywhere": address(Filters(view="everything", text=filters.text)) if filters.text else "",
    }
    if not page.tickets:
        context["next_deadline"] = queries.next_deadline(request.user, at)
    return context


def views(counts: dict[str, int], filters: Filters) -> list[dict[str, Any]]:
    """The left column: each view with its count, "99+" from the cap on."""
    found = []
    for view in queries.VIEWS:
        count = counts.get(view)
        found.append(
            {
                "key": view,
                "name": VIEW_NAMES[view],
                "count": "" if count is None else f"{CAP - 1}+" if count >= CAP else str(count),
                "empty": count == 0,
                "address": reverse("desk:queue") + (f"?view={view}" if view != "unresolved" else ""),
                "current": view == filters.view,
            }
        )
    return found


def address(filters: Filters, **more: str) -> str:
    asked = {name: getattr(filters, name) for name in ("view", *FIELDS)} | more
    asked = {
        name: value for name, value in asked.items() if value and (name, value) != ("view", "unresolved")
    }
    return reverse("desk:queue") + (f"?{urlencode(asked)}" if asked else "")


def selects(policy: Policy, filters: Filters, desk_languages: list[str]) -> list[dict[str, Any]]:
    """The filters: name, label, choices, and what is chosen."""
    owners, teams = [("none", _("Nobody"))], []
    for kind, key, name in owners_and_teams():
        (owners if kind == "owner" else teams).append((key, name))
    parts = [
        ("team", _("Team"), teams),
        ("plan", _("Plan"), choices(policy.plans)),
        ("priority", _("Priority"), choices(policy.priorities)),
        ("channel", _("Channel"), choices(policy.channels)),
        ("status", _("State"), [(key, Names.states[key]) for key in Ticket.Status.values]),
        ("owner", _("Owner"), owners),
        ("topic", _("Topic"), choices(policy.topics)),
        ("language", _("Language"), [(tag, tongues.name_of(tag)) for tag in desk_languages]),
    ]
    return [
        {"name": name, "label": label, "choices": known, "value": getattr(filters, name)}
        for name, label, known in parts
        if len(known) > 1 or getattr(filters, name)
    ]


def owners_and_teams() -> list[tuple[str, str, str]]:
    """("owner", id, name) and ("team", key, name), by name, in one query."""
    return sorted(OWNERS_AND_TEAMS.all(), key=lambda row: row[2].lower())


def _owners_and_teams() -> QuerySet[Any, tuple[str, str, str]]:
    owners = agents().order_by().values_list(Value("owner"), Cast("id", CharField()), "name")
    teams = Team.objects.order_by().values_list(Value("team"), "key", "name")
    return owners.union(teams, all=True)


OWNERS_AND_TEAMS = Compiled(_owners_and_teams)


def fingerprint(page: Page, counts: dict[str, int], live: frozenset[int] = frozenset()) -> str:
    """Changes exactly when a row, their order, a counter or who is in a chat does."""
    rows = [
        (t.pk, t.updated_at, t.status, t.priority, t.owner_id, t.due_at, t.clock_state, t.last_word)
        for t in page.tickets
    ]
    return hashlib.sha256(repr((rows, sorted(counts.items()), page.next, sorted(live))).encode()).hexdigest()[
        :16
    ]
