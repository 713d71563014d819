"""Words and shapes that only agents' pages use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.publishing import policy_of, version_in_force
from tenants.moment import now
from tickets import moments
from tickets.desk.situations import SITUATION_NAMES
from tickets.explaining import ClockView

register = template.Library()

CLOCK_WORDS = {
    "met": gettext_lazy("met"),
    "missed": gettext_lazy("met late"),
    "ended": gettext_lazy("ended"),
}


@register.simple_tag
def auctions_matter() -> bool:
    """Whether the policy in force promises anything while an auction runs; asked once a minute."""
    known = cache.get("desk:auctions-matter")
    if known is None:
        targets = policy_of(version_in_force(now())).targets
        known = any(target.situation == "auction" for target in targets)
        cache.set("desk:auctions-matter", known, 60)
    return known


@register.filter
def clock_word(status: str) -> Any:
    return CLOCK_WORDS.get(status, status)


@register.filter
def clock_shape(status: str) -> str:
    """The symbol of a clock's status."""
    return {"missed": "breached", "ended": "closed"}.get(status, status)


@register.filter
def clock_tone(status: str) -> str:
    return {"missed": "breached", "ended": "paused"}.get(status, status)


@register.filter
def situation_word(key: str) -> Any:
    return SITUATION_NAMES.get(key, key)


@register.filter
def left(clock: ClockView) -> str:
    """How much open time is left, or by how much of it we are late (S15)."""
    remaining = clock.remaining or timedelta(0)
    if not clock.calendar:
        said = _("%(time)s too late") if remaining < timedelta(0) else _("%(time)s left")
        return said % {"time": moments.lasting(abs(remaining))}
    if remaining < timedelta(0):
        return _("%(time)s of open time too late") % {"time": moments.lasting(-remaining)}
    return _("%(time)s of open time left") % {"time": moments.lasting(remaining)}
