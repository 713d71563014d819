"""Between a decision and the clocks: which clocks a ticket is to have, and what its row says of them.

The policy's promises become `sla.deadlines.Promise`s here; the ticket's cached deadline is worked out here.
"""

from __future__ import annotations

from datetime import datetime

from policies import decisions
from policies.document import ClosingRule, Policy
from policies.facts import Facts
from sla import clock as pure
from sla import deadlines
from sla.models import Clock
from tenants import gathering
from tickets.models import Ticket

OPEN = (Clock.Status.RUNNING, Clock.Status.PAUSED)
STATES = ("breached", "warned", "running", "paused")  # of an open clock, the gravest first
NOT_JUDGED = (  # how clocks end that count in no rate, whatever had been missed by then: merged (S10), no promise any more
    "merged", "unmerged", "split", "out_of_scope", "other_service", "third_party", "no_sla",
)  # fmt: skip
AT_OPENING = ("acknowledgement", "first_response", "periodic_update", "resolution")


def as_promise(promise: decisions.Promise) -> deadlines.Promise:
    return deadlines.Promise(
        metric=promise.metric,
        target=promise.duration,
        calendar="" if promise.unit == "elapsed" else promise.calendar,
        business_days=promise.days,
        grace=promise.grace,
        warnings=tuple(
            pure.Warning(before=w.before, share=None if w.share is None else w.share / 100)
            for w in promise.warnings
        ),
        situation=promise.situation,
        key=promise.target_key,
    )


def wanted(policy: Policy, facts: Facts) -> dict[tuple[str, str], deadlines.Promise]:
    """What the policy promises under these facts, by metric and situation."""
    decision = decisions.decide(policy, facts)
    return {(p.metric, p.situation): as_promise(p) for p in (*decision.promises, *decision.situational)}


def silence(rule: ClosingRule) -> deadlines.Promise:
    """The customer's silence as a clock: reminders on its agenda, the close at its end (S14)."""
    return deadlines.Promise(
        metric="silence",
        target=rule.after,
        calendar=rule.calendar,
        key=rule.key,
        agenda=tuple((after, f"reminder:{n}") for n, after in enumerate(rule.reminders)),
    )


def waits_for_completion(policy: Policy, metric: str) -> bool:
    return policy.clock_rule(metric).starts == "adequate"


def retarget_all(ticket: Ticket, policy: Policy, facts: Facts, at: datetime) -> list[Clock]:
    """Bring the clocks in line with what is promised now (R15, R17, R18): retarget, end, or start. All clocks of the ticket."""
    promised = wanted(policy, facts)
    rows = clocks_of(ticket)
    open_rows = [row for row in rows if row.status in OPEN and row.metric != "silence"]
    for row in open_rows:
        promise = promised.get((row.metric, row.situation))
        if promise is None:
            deadlines.end([row], at, "no longer promised")
        elif changed(row, promise):
            deadlines.retarget(row, promise, at)
    there = {(row.metric, row.situation) for row in open_rows}
    kept = {row.metric for row in rows if row.status == Clock.Status.FULFILLED}
    for (metric, situation), promise in promised.items():
        if (metric, situation) not in there and metric in AT_OPENING and metric not in kept:
            instance = 1 + sum((row.metric, row.situation) == (metric, situation) for row in rows)
            rows += deadlines.start(ticket.pk, [promise], at, instance=instance)
    return rows


def changed(row: Clock, promise: deadlines.Promise) -> bool:
    value = deadlines.value_of(row)
    same = (
        value.target == promise.target
        and value.grace == promise.grace
        and row.calendar_key == promise.calendar
    )
    return not (same and value.business_days == promise.business_days)


def refresh(ticket: Ticket) -> None:
    """Work the ticket's cached deadline out of its clocks again (not saved here)."""
    cache(ticket, [row for row in clocks_of(ticket) if row.metric != "silence"])


def clocks_of(ticket: Ticket) -> list[Clock]:
    """All clocks the ticket had, oldest first. In a gathered block the same list, with what was changed and added."""
    return gathering.once(
        ("clocks", ticket.pk), lambda: list(Clock.objects.filter(subject_id=ticket.pk).order_by("pk"))
    )


def cache(ticket: Ticket, rows: list[Clock]) -> None:
    """The earliest due moment and the gravest state of `rows`, into the ticket (not saved here)."""
    open_rows = [row for row in rows if row.status in OPEN]
    due = [row for row in open_rows if row.due_at is not None]
    first = min(due, key=lambda row: (row.due_at, row.pk), default=None)
    ticket.due_at = first.due_at if first else None
    ticket.due_metric = first.metric if first else ""
    states = {state_of(row) for row in open_rows}
    ticket.clock_state = next(
        (state for state in STATES if state in states), "met" if rows and not open_rows else ""
    )


def state_of(row: Clock) -> str:
    if row.status == Clock.Status.PAUSED:
        return "paused"
    if "breach" in row.steps_done and row.breach_at is not None and row.breached_at is not None:
        return "breached" if row.breach_at <= row.breached_at else "running"
    return "warned" if any(step.startswith("warning") for step in row.steps_done) else "running"
