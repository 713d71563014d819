"""{% emergency_of ticket as emergency %}, {% duty_matters as duty %}, {% names people %}: on the pages of both sides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.core.cache import cache
from django.utils.translation import get_language

from policies.publishing import NoPolicy, policy_of, version_in_force
from tenants.moment import now
from tickets.duty import emergencies
from tickets.duty.facts import is_emergency
from tickets.duty.models import Rota
from tickets.models import Ticket

register = template.Library()


@register.simple_tag
def emergency_of(ticket: Ticket) -> dict[str, Any] | None:
    """The emergency that the ticket is, with what was ticked in words; None without a query where it is none."""
    row = emergencies.of(ticket) if is_emergency(ticket) else None
    if row is None:
        return None
    policy = policy_of(ticket.policy_version)
    return {
        "row": row,
        "conditions": emergencies.conditions_of(row, policy, get_language() or "en"),
        "is_free": policy.emergency_is_free,
    }


@register.simple_tag
def duty_matters() -> bool:
    """Whether this desk has a rota, or promises to attend to emergencies; asked once a minute."""
    known = cache.get("desk:duty-matters")
    if known is None:
        try:
            known = policy_of(version_in_force(now())).knows_emergencies
        except NoPolicy:
            known = False
        known = known or Rota.objects.filter(is_active=True).exists()
        cache.set("desk:duty-matters", known, 60)
    return bool(known)


@register.filter
def names(people: Iterable[Any]) -> str:
    return ", ".join(str(person) for person in people)
