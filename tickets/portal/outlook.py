"""What will happen: the policy's answer to a request that is not sent yet, and its promises, as customers read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from policies.decisions import Decision, Promise, decide
from policies.document import Policy, Text
from policies.facts import Facts
from sla.calendars import hours_at
from tickets import moments, weeks

HEADLINES = ("first_response", "acknowledgement", "resolution")


@dataclass(frozen=True, slots=True)
class Outlook:
    """The decision if it were sent now, its nearest promise, and that promise's moment and words."""

    decision: Decision
    metric: str = ""
    due_at: datetime | None = None
    target: str = ""  # "24 business hours"
    hours: str = ""  # "Mon-Fri 8-18"; "" when every hour counts
    tz: str = ""
    at_once: bool = False

    @property
    def accepted(self) -> bool:
        return self.decision.accepted

    @property
    def sentence(self) -> Text:
        return self.decision.sentence or self.decision.pointer


@dataclass(frozen=True, slots=True)
class PlanPromise:
    names: list[Text]
    outlook: Outlook


def outlook(policy: Policy, facts: Facts, at: datetime) -> Outlook:
    decision = decide(policy, facts)
    promise = headline(decision)
    if promise is None:
        return Outlook(decision)
    due_at, hours, tz = due_of(promise, at)
    return Outlook(
        decision,
        metric=promise.metric,
        due_at=due_at,
        target=moments.counted_time(promise.duration, promise.unit, promise.days) if promise.duration else "",
        hours=hours,
        tz=tz,
        at_once=not promise.duration and not promise.days,
    )


def headline(decision: Decision) -> Promise | None:
    """The promise that customers care for first: a situation's before the ordinary one, an answer before a solution."""
    for promises in (decision.situational, decision.promises):
        timed = {p.metric: p for p in promises if p.duration is not None or p.days}
        for metric in HEADLINES:
            if metric in timed:
                return timed[metric]
    return None


def due_of(promise: Promise, at: datetime) -> tuple[datetime | None, str, str]:
    """(the moment, the hours that count in words, their zone)."""
    if promise.unit == "elapsed" or not promise.calendar:
        return (at + promise.duration if promise.duration is not None else None), "", ""
    hours = hours_at(promise.calendar, at)
    if promise.unit == "business_days":
        due_at = hours.after_days(at, promise.days or 0)
    else:
        due_at = hours.after(at, promise.duration) if promise.duration is not None else None
    if weeks.never_closes(hours):
        return due_at, "", ""
    return due_at, weeks.in_words(hours), hours.zone.key


def promises_by_plan(policy: Policy, at: datetime, only: str = "") -> list[PlanPromise]:
    """One promise a plan, plans with the same one together; `only`: this plan's alone."""
    found: dict[tuple[str, str, str, bool], PlanPromise] = {}
    for plan in policy.plans:
        if only and plan.key != only:
            continue
        seen = outlook(policy, Facts(channel="portal", plan=plan.key), at)
        key = (seen.metric, seen.target, seen.hours, seen.at_once)
        found.setdefault(key, PlanPromise([], seen)).names.append(plan.name)
    return list(found.values())


def verb(metric: str) -> str:
    """The beginning of the promise's sentence; the moment follows."""
    return {
        "first_response": _("We answer by"),
        "next_response": _("We answer by"),
        "acknowledgement": _("We confirm by"),
        "periodic_update": _("You hear from us by"),
        "resolution": _("We solve it by"),
    }.get(metric, _("By"))
