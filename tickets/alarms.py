"""What happens when an alarm rings: warn, breach, escalate, remind, close.

Alarms are rung in batches of one transaction; where one of a batch raises, each in its own. Tickets are locked first (SKIP
LOCKED: whoever works on one comes first), then the clocks are read again; an alarm whose reason is gone is void (C7). The
attempt is counted before the work, in a transaction of its own: an alarm that raises is parked after three. Catching up
after a stop: a breach is dated at its true moment and escalates once (C3), whatever else was promised for that moment; of a
reminder and a close that are both overdue only the reminder goes (C6).
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from policies.decisions import closing_for, on_alarm
from policies.facts import AlarmFacts
from policies.sentences import METRIC_NAMES
from sla import deadlines
from sla.models import Clock
from tenants import gathering
from tickets import facts, lifecycle, promises
from tickets.audience import added_teams_of, participants_of, tell_staff
from tickets.facts import facts_of
from tickets.lifecycle.steps import policy_of
from tickets.models import Ticket
from tickets.timeline import record

log = logging.getLogger(__name__)


class StillDue(Exception):
    """An alarm was dealt with and rings all the same: it would ring for ever."""


def ring_together(due: list[tuple[int, int]], now: datetime) -> int:
    """Ring due alarms, (clock id, ticket id), in one transaction: read for all, written for all. How many were dealt with.

    All or nothing: when one raises, nothing of it was done and each is rung alone, so that one bad ticket stops only itself.
    """
    try:
        with transaction.atomic(), gathering.gathered():
            tickets = {ticket.pk: ticket for ticket in _claimed([ticket_id for _, ticket_id in due])}
            clocks = _read_for_all(tickets, now)
            for clock_id, _ in due:
                if clock_id in clocks:
                    _act_if_due(tickets[clocks[clock_id].subject_id], clocks[clock_id], now)
    except Exception as error:
        log.info("a batch of %s alarms is rung one by one (%s)", len(due), error)
        return sum(ring(clock_id, ticket_id, now) for clock_id, ticket_id in due)
    deadlines.uncount_attempts(clock_id for clock_id, _ in due if clock_id not in clocks)
    return len(clocks.keys() & {clock_id for clock_id, _ in due})


def ring(clock_id: int, ticket_id: int, now: datetime) -> bool:
    """Ring one due alarm, its attempt counted already. True when it was dealt with, or failed and says why."""
    try:
        with transaction.atomic():
            ticket = next(iter(_claimed([ticket_id])), None)
            if ticket is None:
                deadlines.uncount_attempts([clock_id])
                return False
            _act_if_due(ticket, Clock.objects.get(pk=clock_id), now)
    except Exception as error:  # one bad ticket must not stop the others' alarms; it is parked after three
        log.exception("alarm of clock %s failed", clock_id)
        deadlines.park(clock_id, f"{type(error).__name__}: {error}")
    return True


def _claimed(ticket_ids: list[int]) -> list[Ticket]:
    """Those of the tickets that nobody else holds, locked."""
    tickets = list(
        Ticket.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("requester", "company__account_manager", "owner", "team", "policy_version")
        .defer("policy_version__document")
        .filter(pk__in=ticket_ids)
        .order_by("pk")
    )
    for ticket in tickets:
        ticket.known_status = ticket.status
    return tickets


def _read_for_all(tickets: dict[int, Ticket], now: datetime) -> dict[int, Clock]:
    """What the alarms of these tickets will ask for, in a query each; their clocks by id."""
    clocks: dict[int, list[Clock]] = {pk: [] for pk in tickets}
    for row in Clock.objects.filter(subject_id__in=tickets).order_by("pk"):
        clocks[row.subject_id].append(row)
    words = facts.first_words_of(tickets)
    copies, teams = participants_of(tickets), added_teams_of(tickets)
    for pk in tickets:
        for name, values in (
            ("clocks", clocks),
            ("first words", words),
            ("copies", copies),
            ("teams", teams),
        ):
            gathering.know((name, pk), values[pk])
    for company, kinds in facts.windows_of({t.company for t in tickets.values() if t.company}, now).items():
        gathering.know(("windows", company, now), kinds)
    return {row.pk: row for rows in clocks.values() for row in rows}


def _act_if_due(ticket: Ticket, clock: Clock, now: datetime) -> None:
    """The clock was read again behind its ticket's lock: an alarm that is not due any more is no alarm (C7)."""
    if clock.alarm_at is None or clock.alarm_at > now:
        deadlines.uncount_attempts([clock.pk])
        return
    rung = (clock.alarm_at, clock.alarm_kind)
    _act(ticket, clock, now)
    if not gathering.is_gathering():
        clock.refresh_from_db()
    if clock.status == Clock.Status.RUNNING and (clock.alarm_at, clock.alarm_kind) == rung:
        raise StillDue(f"“{clock.alarm_kind}” was rung and is still due")


def _act(ticket: Ticket, clock: Clock, now: datetime) -> None:
    kind = clock.alarm_kind
    if clock.metric == "silence":
        _silence(ticket, clock, now)
    elif kind.startswith("warning"):
        _warn(ticket, clock, now)
    elif kind == "breach":
        _breach(ticket, clock, now)
    elif kind.startswith("step:"):
        _step(ticket, clock, now)


def _warn(ticket: Ticket, clock: Clock, now: datetime) -> None:
    """A step that only tells widens the warning's audience: nothing was missed yet, and nobody is told twice."""
    policy, known = policy_of(ticket), facts_of(ticket, now)
    steps = on_alarm(policy, AlarmFacts(known, clock.metric, "warning", frozenset(_taken(clock))))
    key = f"{clock.pk}:{clock.alarm_kind}:{_iso(clock.due_at)}"
    deadlines.alarm_done(clock, [clock.alarm_kind, *(f"step:{step.key}" for step in steps)], now)
    record(ticket, "warned", now, metric=clock.metric, due_at=_iso(clock.due_at))
    audience = {"owner" if ticket.owner_id else "team"}
    audience.update(name for step in steps if not step.changes_the_ticket for name in step.notify)
    tell_staff(ticket, audience, "deadline_warning", key, now, **_words(ticket, clock))
    changing = [step for step in steps if step.changes_the_ticket]
    lifecycle.escalate(ticket, policy, known, changing, clock.metric, now, key=f"{clock.pk}:warning")


def _breach(ticket: Ticket, clock: Clock, now: datetime) -> None:
    """Into the ledger, then the policy's steps: those without delay now, the others on the clock's agenda (TD19)."""
    policy, known = policy_of(ticket), facts_of(ticket, now)
    is_new = deadlines.record_breach(clock, now)
    done = frozenset((*_taken(clock), *_taken_with(ticket, clock)))
    steps = on_alarm(policy, AlarmFacts(known, clock.metric, "breach", done))
    at_once = [step for step in steps if not step.after]
    breached_at = clock.breached_at or now
    later = [(breached_at + step.after, f"step:{step.key}") for step in steps if step.after]
    deadlines.alarm_done(clock, ["breach", *(f"step:{step.key}" for step in at_once)], now, later=later)
    if is_new:
        record(ticket, "breached", breached_at, metric=clock.metric, due_at=_iso(clock.due_at))
        tell_staff(
            ticket, ["owner", "team"], "deadline_breached", f"{clock.metric}:{_iso(breached_at)}", now,
            **_words(ticket, clock),
        )  # fmt: skip
    lifecycle.escalate(ticket, policy, known, at_once, clock.metric, now, key=str(clock.pk))


def _step(ticket: Ticket, clock: Clock, now: datetime) -> None:
    """A delayed step, and those of the same moment. The clock is still open, or it would have no alarm: their reason holds."""
    policy, kind = policy_of(ticket), clock.alarm_kind
    moment = next(at for at, each in clock.agenda if each == kind)
    kinds = [
        each
        for at, each in clock.agenda
        if at == moment and each.startswith("step:") and each not in clock.steps_done
    ]
    wanted = {each.removeprefix("step:") for each in kinds}.difference(_taken_with(ticket, clock))
    steps = [each for each in policy.escalation if each.key in wanted]
    deadlines.alarm_done(clock, kinds, now)
    lifecycle.escalate(ticket, policy, facts_of(ticket, now), steps, clock.metric, now, key=str(clock.pk))


def _taken(clock: Clock) -> list[str]:
    return [done.removeprefix("step:") for done in clock.steps_done if done.startswith("step:")]


def _taken_with(ticket: Ticket, clock: Clock) -> list[str]:
    """The steps that another clock of the same promise took for a breach of the same moment: an emergency in an auction is
    promised an answer twice, and escalated once."""
    return [
        step
        for other in promises.clocks_of(ticket)
        if other.pk != clock.pk and (other.metric, other.breached_at) == (clock.metric, clock.breached_at)
        for step in _taken(other)
    ]


def _silence(ticket: Ticket, clock: Clock, now: datetime) -> None:
    """Reminders and the close (S14). A ticket that waits on the customer no longer is left alone (C7)."""
    if ticket.status == Ticket.Status.RESOLVED and clock.target_key == lifecycle.SETTLED:
        lifecycle.close_settled(ticket, now)
        return
    if ticket.status != Ticket.Status.PENDING:
        deadlines.end([clock], now, "void")
        return
    overdue = [kind for at, kind in deadlines.alarms_of(clock, deadlines.value_of(clock)) if at <= now]
    reminders = [kind for kind in overdue if kind.startswith("reminder")]
    if not reminders:
        lifecycle.close_by_silence(ticket, clock, now)
        return
    deadlines.alarm_done(clock, reminders, now)
    closes_at = _close_not_before(ticket, clock, now)
    if closes_at is not None and closes_at > (clock.due_at or closes_at):
        deadlines.add_to_agenda(clock, closes_at, "close")
    lifecycle.remind(ticket, clock, now, closes_at)


def _close_not_before(ticket: Ticket, clock: Clock, now: datetime) -> datetime | None:
    """When the ticket will close: at the end of the silence, but a minimum after the last reminder (C6)."""
    rule = closing_for(policy_of(ticket), facts_of(ticket, now))
    left = [kind for _, kind in clock.agenda if kind.startswith("reminder") and kind not in clock.steps_done]
    gap = rule.gap if rule is not None and not left else timedelta(0)
    return max(clock.due_at, now + gap) if clock.due_at else None


def _words(ticket: Ticket, clock: Clock) -> dict[str, object]:
    return {"metric": METRIC_NAMES[clock.metric], "due_at": clock.due_at, "owner": str(ticket.owner or "")}


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
