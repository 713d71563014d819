"""Clocks kept in the database: start, pause, resume, retarget, fulfil, end, and the next alarm of each.

Pure code (`clock.py`) knows when; this module stores it. Whoever calls has locked the subject first. The subject is an
opaque id. What an alarm does is the caller's business; here an alarm is only a moment and a kind:
"warning:N", "breach", and whatever the caller put on the agenda ("step:KEY", "reminder:N", "close").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from django.db.models import F, Min

from sla import clock as pure
from sla.business_time import BusinessHours
from sla.calendars import hours_by_fingerprint, segments_from
from sla.models import Breach, Clock
from tenants import gathering
from tenants.wakeups import wake

ATTEMPTS = 3  # then an alarm is parked, with its reason
TICK = timedelta(seconds=1)  # breached means now > breach_at (R9), in whole seconds


@dataclass(frozen=True, slots=True)
class Promise:
    """What a clock is to keep. `target` None: measured, without a deadline. `calendar` "": around the clock."""

    metric: str
    target: timedelta | None
    calendar: str = ""
    business_days: int | None = None
    grace: timedelta = timedelta(0)
    warnings: tuple[pure.Warning, ...] = ()
    situation: str = ""
    key: str = ""
    agenda: tuple[tuple[timedelta, str], ...] = field(
        default=()
    )  # counted in the calendar's time from the start


def start(subject_id: int, promises: Iterable[Promise], at: datetime, *, instance: int = 1) -> list[Clock]:
    """Start a clock for each promise, in one statement. The first alarms are hinted to the workers."""
    rows = [_row(subject_id, promise, at, instance) for promise in promises]
    Clock.objects.bulk_create(rows)
    _hint(rows)
    return rows


def _row(subject_id: int, promise: Promise, at: datetime, instance: int) -> Clock:
    segments = segments_from(promise.calendar, at)
    value = pure.Clock(
        metric=promise.metric,
        started_at=at,
        target=promise.target,
        segments=segments,
        grace=promise.grace,
        warnings=promise.warnings,
        business_days=promise.business_days,
    )
    row = Clock(
        subject_id=subject_id,
        metric=promise.metric,
        instance=instance,
        situation=promise.situation,
        target_key=promise.key,
        calendar_key=promise.calendar,
        started_at=at,
    )
    for after, kind in promise.agenda:
        moment = segments[0].hours.after(at, after)
        if moment is not None:
            row.agenda.append([moment.isoformat(), kind])
    return _keep(row, value)


def open_clocks(subject_id: int) -> list[Clock]:
    """The clocks of a subject that have no verdict yet, oldest first."""
    return list(Clock.objects.filter(subject_id=subject_id, status__in=["running", "paused"]).order_by("id"))


def value_of(row: Clock) -> pure.Clock:
    """The pure clock of a row. Calendars that this process has not compiled yet cost one query."""
    prints = [segment["calendar"] for segment in row.state["segments"]]
    return pure.Clock.from_state(row.state, hours_by_fingerprint(prints))


def pause(rows: Iterable[Clock], at: datetime, reason: str) -> None:
    _change(
        [row for row in rows if row.status == Clock.Status.RUNNING], lambda value: value.pause(at, reason)
    )


def resume(rows: Iterable[Clock], at: datetime) -> None:
    _change([row for row in rows if row.status == Clock.Status.PAUSED], lambda value: value.resume(at))


def fulfil(rows: Iterable[Clock], at: datetime) -> None:
    _change(rows, lambda value: value.fulfil(max(at, value.started_at)))


def withdraw(rows: Iterable[Clock], at: datetime | None = None) -> None:
    """Take a verdict back. With `at`, reopened then: the time between does not count (S9). Without: it all counts (S1)."""
    _change(rows, lambda value: value.withdraw(at))


def end(rows: Iterable[Clock], at: datetime, how: str) -> None:
    """Stop without a verdict: "merged", "replaced", "window over", "solved without reply"..."""
    _change(rows, lambda value: value.end(max(at, value.started_at), how))


def take_up(rows: Iterable[Clock], at: datetime, how: str) -> None:
    """Those that ended as `how` go on from `at`; the time between does not count."""
    _change([row for row in rows if row.state.get("ended_as") == how], lambda value: value.take_up(at))


def count_from(row: Clock, at: datetime) -> None:
    """Let it have started at `at`; what is promised, its pauses and what was kept stay (S10)."""
    row.started_at = at
    _change([row], lambda value: value.counted_from(at, _segments_of(row, value)))


def restore(row: Clock, state: dict[str, Any], rung: dict[str, Any] | None = None) -> None:
    """As it was by an earlier `state`, as if what ended it had not happened; hours published since count (R16).

    rung: by which its alarms have done no more than they had by then.
    """
    row.state = state
    value = value_of(row)
    row.started_at = value.started_at
    if rung is not None:
        _unring(row, rung)
    _change([row], lambda value: value.counted_from(value.started_at, _segments_of(row, value)))


def count_again(row: Clock, at: datetime, rung: dict[str, Any], now: datetime) -> None:
    """From its own start `at`, after an earlier one was undone. A breach that was only that one's leaves the ledger; its own
    rings by itself, or is entered now where it will not ring any more."""
    _unring(row, rung)
    count_from(row, at)
    enter_if_late(row, now)


def enter_if_late(row: Clock, now: datetime) -> None:
    """What was kept late, or ended when it was late, and is known only now: no alarm of it will ring."""
    value = value_of(row)
    was_late = value.was_met is False or (value.ended_at is not None and value.is_breached(now))
    if was_late and record_breach(row, now):
        gathering.update(row, ["breached_at"])


def rung_by(row: Clock) -> dict[str, Any]:
    """What its alarms have done so far, as JSON: for `restore` and `count_again`."""
    breached_at = row.breached_at and row.breached_at.isoformat()
    return {"steps_done": row.steps_done, "agenda": row.agenda, "breached_at": breached_at}


def _unring(row: Clock, rung: dict[str, Any]) -> None:
    if row.breached_at is not None and rung["breached_at"] is None:
        Breach.objects.filter(clock=row).delete()
        row.breached_at = None
    row.steps_done, row.agenda = rung["steps_done"], rung["agenda"]


def _segments_of(row: Clock, value: pure.Clock) -> tuple[pure.Segment, ...]:
    """The hours from its start on; () for what changed its calendar on the way and keeps the stretches that it has."""
    return () if value.retargeted_at is not None else segments_from(row.calendar_key, row.started_at)


def retarget(row: Clock, promise: Promise, at: datetime) -> None:
    """A new target, calendar or both, from `at` on; start, pauses and time consumed stay (R15, R17)."""
    row.target_key, row.calendar_key = promise.key, promise.calendar
    hours = segments_from(promise.calendar, at)[0].hours

    def change(value: pure.Clock) -> pure.Clock:
        return value.retarget(
            at,
            target=promise.target,
            hours=hours,
            grace=promise.grace,
            warnings=promise.warnings,
            business_days=promise.business_days,
        )

    _change([row], change)


def rehours(row: Clock, at: datetime, hours: BusinessHours) -> None:
    """A new version of the clock's calendar counts from `at` (R16)."""
    _change([row], lambda value: value.rehours(at, hours))


def add_to_agenda(row: Clock, moment: datetime, kind: str) -> None:
    """One more alarm of this clock; the same kind again moves it."""
    row.agenda = [entry for entry in row.agenda if entry[1] != kind] + [[moment.isoformat(), kind]]
    row.steps_done = [done for done in row.steps_done if done != kind]
    _change([row], lambda value: value)


def alarm_done(
    row: Clock, kinds: Iterable[str], now: datetime, *, later: Iterable[tuple[datetime, str]] = ()
) -> None:
    """These alarms have been dealt with, and `later` ones are to come: the next becomes the clock's moment."""
    row.steps_done = sorted({*row.steps_done, *kinds})
    row.agenda = row.agenda + [[moment.isoformat(), kind] for moment, kind in later]
    row.rung_at, row.attempts, row.parked_because = now, 0, ""
    _change([row], lambda value: value)


def record_breach(row: Clock, now: datetime) -> bool:
    """Enter the breach in the ledger, dated at its true moment (S13). False when it stands there already.

    Marks the row, which the caller saves with `alarm_done`.
    """
    value = value_of(row)
    if value.breach_at is None or value.due_at is None:
        return False
    changed_at = value.retargeted_at
    entry = Breach(
        clock=row,
        subject_id=row.subject_id,
        metric=row.metric,
        due_at=value.due_at,
        breached_at=value.breach_at,
        detected_at=now,
        by_change=changed_at is not None and value.breach_at <= changed_at + value.grace,
    )
    is_new = row.breached_at is None
    if is_new:
        gathering.insert([entry], ignore_conflicts=True)
    row.breached_at = value.breach_at
    return is_new


def due_alarms(now: datetime, limit: int) -> list[tuple[int, int, datetime]]:
    """The next due alarms as (clock id, subject id, moment), the longest overdue first: a batch to be tried together.

    One that was tried before, by a batch that raised or died, comes alone: if it is what kills, only it is parked.
    """
    due = Clock.objects.filter(alarm_at__lte=now, attempts__lt=ATTEMPTS).order_by("alarm_at", "id")
    rows = list(due.values_list("id", "subject_id", "alarm_at", "attempts")[:limit])
    if rows and rows[0][3]:
        rows = rows[:1]
    return [row[:3] for row in takewhile(lambda row: row is rows[0] or not row[3], rows)]


def next_alarm_moment() -> datetime | None:
    """When the next alarm of this tenant is due, overdue ones included."""
    return Clock.objects.filter(alarm_at__isnull=False, attempts__lt=ATTEMPTS).aggregate(at=Min("alarm_at"))[
        "at"
    ]


def count_attempts(clock_ids: Iterable[int]) -> None:
    """Before the work, committed: an alarm that raises, or whose process dies, is parked after three."""
    Clock.objects.filter(id__in=list(clock_ids)).update(attempts=F("attempts") + 1)


def uncount_attempts(clock_ids: Iterable[int]) -> None:
    """It was no attempt: somebody else was at work on the subject, or the batch never came to them."""
    Clock.objects.filter(id__in=list(clock_ids), attempts__gt=0).update(attempts=F("attempts") - 1)


def park(clock_id: int, because: str) -> None:
    Clock.objects.filter(id=clock_id).update(parked_because=because[:2000])


def unpark(clock_ids: Iterable[int], at: datetime) -> int:
    """Let parked alarms ring again, with all their attempts. How many there were."""
    parked = Clock.objects.filter(pk__in=list(clock_ids), alarm_at__isnull=False, attempts__gte=ATTEMPTS)
    count = parked.update(attempts=0, parked_because="")
    if count:
        wake("alarm", at)
    return count


def closes_later(row: Clock) -> datetime | None:
    """When this silence ends in a close where its last reminder was late (C6); None: at its deadline."""
    moved = [datetime.fromisoformat(moment) for moment, kind in row.agenda if kind == "close"]
    return moved[0] if moved else None


def alarms_of(row: Clock, value: pure.Clock) -> list[tuple[datetime, str]]:
    """What is still to ring, in order of time."""
    if row.status != Clock.Status.RUNNING:
        return []
    alarms = [(datetime.fromisoformat(moment), kind) for moment, kind in row.agenda]
    if row.metric == "silence":
        if value.due_at is not None and not any(kind == "close" for _, kind in alarms):
            alarms.append((value.due_at + TICK, "close"))
    else:
        warnings = 0
        for moment in value.moments():
            if moment.kind == "warning":
                alarms.append((moment.at, f"warning:{warnings}"))
                warnings += 1
            elif row.breached_at is None:
                alarms.append((moment.at + TICK, "breach"))
    return sorted(alarm for alarm in alarms if alarm[1] not in row.steps_done)


def _change(rows: Iterable[Clock], change) -> None:  # type: ignore[no-untyped-def]
    rows = list(rows)
    for row in rows:
        _keep(row, change(value_of(row)))
    for row in rows:
        gathering.update(row, CHANGING)
    _hint(rows)


CHANGING = [
    "started_at", "target_key", "calendar_key", "status", "fulfilled_at", "due_at", "breach_at", "alarm_at", "alarm_kind",
    "rung_at", "steps_done", "agenda", "breached_at", "attempts", "parked_because", "state",
]  # fmt: skip


def _keep(row: Clock, value: pure.Clock) -> Clock:
    """Write the caches of a pure clock into its row (R14)."""
    row.state = value.to_state()
    row.due_at, row.breach_at, row.fulfilled_at = value.due_at, value.breach_at, value.fulfilled_at
    if value.ended_at is not None:
        row.status = Clock.Status.ENDED
    elif value.fulfilled_at is not None:
        row.status = Clock.Status.FULFILLED
    else:
        row.status = Clock.Status.PAUSED if value.is_paused else Clock.Status.RUNNING
    alarms = alarms_of(row, value)
    row.alarm_at, row.alarm_kind = alarms[0] if alarms else (None, "")
    return row


def _hint(rows: list[Clock]) -> None:
    moments = [row.alarm_at for row in rows if row.alarm_at is not None]
    if moments:
        wake("alarm", min(moments))
