"""What is agreed beside support, in sentences: work out of hours, meetings, hours of a plan, calls, developers (SL07-SL11)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policies import words
from policies.document import Policy, say


def agreements_of(policy: Policy, language: str) -> dict[str, Any]:
    """`sentences`, and the table of included hours by plan; all empty where the policy says nothing of it."""
    return {"sentences": list(_sentences(policy, language)), "hours": list(_hours(policy, language))}


def _sentences(policy: Policy, language: str) -> Iterable[str]:
    if policy.night_rate:
        yield _(
            "Out of hours, what is no emergency waits for the next opening, or is worked on at once for %(rate)s an hour. "
            "We quote it first, and begin only when you have accepted."
        ) % {"rate": words.money(policy.night_rate, policy.currency, language)}
    if policy.meeting_lead is not None:
        yield _(
            "Meetings are asked for at least %(time)s ahead, with an agenda. A supervisor approves them; one that is refused "
            "and insisted upon is quoted as consulting hours."
        ) % {"time": words.hours(policy.meeting_lead)}
        if single := _named(policy, language, lambda plan: not plan.meetings):
            yield ngettext(
                "Meetings of plan %(plans)s are scheduled only when a quote for them was accepted.",
                "Meetings of the plans %(plans)s are scheduled only when a quote for them was accepted.",
                len(single),
            ) % {"plans": words.listed(single)}
    if policy.budgets:
        yield _(
            "What exceeds the hours of your plan is quoted; trainings beyond them are paid before they are scheduled."
        )
    if (number := _support_number(policy)) and any(plan.any_number for plan in policy.plans):
        free = _named(policy, language, lambda plan: plan.any_number)
        yield ngettext(
            "Calls are taken on %(number)s alone, but for plan %(plans)s.",
            "Calls are taken on %(number)s alone, but for the plans %(plans)s.",
            len(free),
        ) % {"number": number, "plans": words.listed(free)}
    if led := _named(policy, language, lambda plan: plan.calls_to_manager):
        yield ngettext(
            "Calls of plan %(plans)s are passed to your account manager.",
            "Calls of the plans %(plans)s are passed to your account manager.",
            len(led),
        ) % {"plans": words.listed(led)}
    if own := _named(policy, language, lambda plan: plan.developers):
        yield ngettext(
            "Plan %(plans)s has dedicated developers. Otherwise a developer joins a ticket only to gather requirements, "
            "supervised by your account manager.",
            "The plans %(plans)s have dedicated developers. Otherwise a developer joins a ticket only to gather requirements, "
            "supervised by your account manager.",
            len(own),
        ) % {"plans": words.listed(own)}


def _hours(policy: Policy, language: str) -> Iterable[tuple[str, list[str]]]:
    """(plan, what it includes)."""
    for plan in policy.plans:
        seen: dict[str, str] = {}
        for budget in policy.budgets:
            if (not budget.plans or plan.key in budget.plans) and budget.kind not in seen:
                seen[budget.kind] = _("%(kind)s: %(time)s a %(period)s") % {
                    "kind": words.HOUR_KINDS.get(budget.kind, budget.kind),
                    "time": words.hours(budget.hours),
                    "period": words.PERIODS.get(budget.per, budget.per),
                }
        if seen:
            yield say(plan.name, language) or plan.key, list(seen.values())


def _named(policy: Policy, language: str, holds: Any) -> list[str]:
    return [say(plan.name, language) or plan.key for plan in policy.plans if holds(plan)]


def _support_number(policy: Policy) -> str:
    channel = policy.channel("phone")
    return channel.address if channel else ""
