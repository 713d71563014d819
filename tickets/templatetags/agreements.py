"""{{ amount|money:currency }}, {{ minutes|worked }}, {% agreed_on ticket as agreed %}: on the pages of both sides."""

from __future__ import annotations

from typing import Any

from django import template
from django.core.cache import cache
from django.urls import reverse

from policies import words
from policies.publishing import policy_of, version_in_force
from tenants.moment import now
from tickets.agreements import budgets, night, rights
from tickets.agreements.models import Quote, TimeEntry
from tickets.agreements.standing import kinds_of
from tickets.agreements.telling import hours
from tickets.models import Ticket

register = template.Library()


@register.filter
def money(minor: Any, currency: str) -> str:
    return "" if minor is None else words.money(int(minor), currency)


@register.filter
def worked(minutes: Any) -> str:
    return "" if minutes is None else hours(int(minutes))


@register.simple_tag(takes_context=True)
def agreed_on(context: template.Context, ticket: Ticket) -> dict[str, Any] | None:
    """For the customer's page of a ticket: the two ways out of hours, its quotes, its meetings. None where there is nothing.

    A ticket's link is passed on, and says nothing of who follows it: neither price nor quote is reached from its page (SL07).
    """
    at, policy = context.get("at") or now(), policy_of(ticket.policy_version)
    reader, token = context.get("reader"), context["request"].resolver_match.kwargs.get("token", "")
    is_requester = reader is not None and reader.pk == ticket.requester_id
    offer = night.offer_of(ticket, policy, at) if is_requester or not token else None
    there = kinds_of(ticket)
    rows = Quote.objects.filter(ticket=ticket).exclude(state=Quote.State.WITHDRAWN).order_by("-pk")
    found = list(rows[:5]) if "quotes" in there else []
    shown = (
        [quote for quote in found if reader is not None and rights.may_read(reader, quote)] if found else []
    )
    meetings = list(ticket.meetings.order_by("-pk")[:3]) if "meetings" in there else []
    if offer is None and not shown and not meetings:
        return None
    night_path = (
        reverse("agreements:guest-night-work", args=[token])
        if token
        else reverse("agreements:night-work", args=[ticket.number])
    )
    return {
        "offer": offer,
        "night_path": night_path,
        "tz": policy.tz,
        "quotes": shown,
        "meetings": meetings,
        "is_guest": bool(token),
    }


@register.simple_tag(takes_context=True)
def desk_agreements(context: template.Context, ticket: Ticket) -> dict[str, Any]:
    """For the desk's side of a ticket."""
    at, policy = context.get("at") or now(), policy_of(ticket.policy_version)
    there = kinds_of(ticket)
    rows = {
        "quotes": Quote.objects.filter(ticket=ticket).order_by("-pk")[:6],
        "meetings": ticket.meetings.order_by("-pk")[:4],
        "developers": ticket.developers.select_related("person").order_by("-pk")[:4],
        "entries": TimeEntry.objects.filter(ticket=ticket)
        .select_related("by", "correction")
        .order_by("-pk")[:8],
    }
    known = {kind: list(found) if kind in there else [] for kind, found in rows.items()}
    return known | {
        "night": night.stands(ticket, policy, at),
        "budgets": budgets.standing(ticket.company, policy, at),
    }


@register.simple_tag(takes_context=True)
def my_company(context: template.Context) -> Any:
    """The reader's company, where the policy agrees anything with companies."""
    person = context["request"].user
    membership = (
        getattr(person, "membership", None) if person.is_authenticated and not person.is_agent else None
    )
    policy = context.get("policy")
    matters = policy is not None and bool(
        policy.budgets or policy.work_rate or policy.meeting_lead is not None
    )
    return membership.company if membership and (matters or membership.is_manager) else None


@register.simple_tag
def agreements_matter() -> bool:
    """Whether the policy in force sells work or plans meetings; asked once a minute."""
    known = cache.get("desk:agreements-matter")
    if known is None:
        policy = policy_of(version_in_force(now()))
        known = bool(policy.night_rate or policy.work_rate or policy.meeting_lead is not None)
        cache.set("desk:agreements-matter", known, 60)
    return known
