"""Why this deadline: a ticket's clocks in words, each moment accounted for (S15, S16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from policies.document import Policy, Target, say
from policies.sentences import METRIC_NAMES, duration_text
from sla import deadlines
from sla.models import Clock
from tenants.compiled import Compiled, Given
from tickets.lifecycle.steps import policy_of
from tickets.models import Ticket
from tickets.reasons import SILENCE, TEXTS
from tickets.words import day_of, written


@dataclass(frozen=True, slots=True)
class ClockView:
    """One clock for a page. `remaining`: open time left, negative when late; None without a deadline."""

    metric: str
    label: str
    situation: str
    status: str  # running, warned, breached, paused, met, missed, ended
    due_at: datetime | None
    breach_at: datetime | None
    started_at: datetime
    fulfilled_at: datetime | None
    paused_since: datetime | None
    remaining: timedelta | None
    target: str
    short: str
    because: str
    tz: str
    calendar: str


def clocks_of(ticket: Ticket, at: datetime, language: str) -> list[ClockView]:
    """Every clock the ticket had, in the order of their start. One query, none per clock once calendars are compiled."""
    policy = policy_of(ticket)
    return [_view(row, policy, at, language) for row in CLOCKS.all(ticket=ticket.pk)]


CLOCKS = Compiled(lambda: Clock.objects.filter(subject_id=Given("ticket")).order_by("started_at", "id"))


def why(ticket: Ticket, metric: str, at: datetime, language: str, *, long: bool) -> dict[str, Any]:
    """The sentences (and, when `long`, the stretches) that make up the latest clock of `metric`. {} when it has none.

    Keys: sentences, due_at, breach_at, target, calendar; long: stretches [{from, to, counted_seconds, why}].
    """
    row = Clock.objects.filter(subject_id=ticket.pk, metric=metric).order_by("situation", "-instance").first()
    return _explained(row, policy_of(ticket), at, language, long) if row is not None else {}


def why_all(ticket: Ticket, at: datetime, language: str, *, long: bool) -> list[dict[str, Any]]:
    """`why` of every open clock of the ticket, for a page: one query."""
    policy = policy_of(ticket)
    rows = Clock.objects.filter(subject_id=ticket.pk).exclude(status="ended").order_by("started_at", "id")
    return [_explained(row, policy, at, language, long) for row in rows]


def _view(row: Clock, policy: Policy, at: datetime, language: str) -> ClockView:
    value, later = deadlines.value_of(row), deadlines.closes_later(row)
    status = _status(row, value, at)
    target = _target_of(row, policy)
    return ClockView(
        metric=row.metric,
        label=_label(row, language),
        situation=row.situation,
        status=status,
        due_at=later or row.due_at,
        breach_at=later or row.breach_at,
        started_at=row.started_at,
        fulfilled_at=row.fulfilled_at,
        paused_since=value.pauses[-1].from_at if row.status == Clock.Status.PAUSED else None,
        remaining=later - at if later else value.remaining(at),
        target=_length(value, target, language),
        short=say(TEXTS[status], language) if status in TEXTS else "",
        because=_rule(row, value, target, language),
        tz=_zone(row, policy),
        calendar=_calendar_name(row, policy, language),
    )


def _status(row: Clock, value: Any, at: datetime) -> str:
    if row.status == Clock.Status.FULFILLED:
        return "missed" if value.was_met is False else "met"
    if row.status == Clock.Status.ENDED:
        return "ended"
    if row.status == Clock.Status.PAUSED:
        return "paused"
    if value.is_breached(at) and not deadlines.closes_later(row):
        return "breached"
    return "warned" if any(done.startswith("warning") for done in row.steps_done) else "running"


def _explained(row: Clock, policy: Policy, at: datetime, language: str, long: bool) -> dict[str, Any]:
    value, later = deadlines.value_of(row), deadlines.closes_later(row)
    target = _target_of(row, policy)
    zone = _zone(row, policy)
    measured = long and row.due_at is None and row.status != Clock.Status.PAUSED
    stretches = value.stretches((row.fulfilled_at or at) if measured else None)
    told = {
        "metric": row.metric,
        "label": _label(row, language),
        "situation": row.situation,
        "sentences": [
            *_sentences(row, value, policy, target, stretches, zone, language),
            *_counted(row, value, at, language),
        ],
        "due_at": later or row.due_at,
        "breach_at": later or row.breach_at,
        "target": _length(value, target, language),
        "calendar": _calendar_name(row, policy, language),
        "tz": zone,
    }
    if long:
        told["stretches"] = [
            {
                "from": s.from_at,
                "to": s.to_at,
                "counted_seconds": int(s.counted.total_seconds()),
                "why": s.why,
            }
            for s in stretches
        ]
    return told


def _sentences(
    row: Clock,
    value: Any,
    policy: Policy,
    target: Target | None,
    stretches: list[Any],
    zone: str,
    language: str,
) -> list[str]:
    def text(key: str, **words: Any) -> str:
        return say(TEXTS[key], language).format(**words)

    def when(moment: datetime) -> str:
        return written(moment, zone, language)

    sentences = [_rule(row, value, target, language)]
    if row.calendar_key:
        sentences.append(text("hours", calendar=_calendar_name(row, policy, language), tz=zone))
    else:
        sentences.append(text("elapsed"))
    sentences.append(text("start", at=when(row.started_at)))
    first = next((s for s in stretches if s.counted), None)
    if first is not None and first.from_at > row.started_at:
        sentences.append(text("wait", at=when(first.from_at)))
    for name in dict.fromkeys(
        s.why.removeprefix("holiday:") for s in stretches if s.why.startswith("holiday:")
    ):
        sentences.append(text("holiday", name=name))
    for day, times in _other_hours(stretches, zone).items():
        sentences.append(text("other_hours", day=day_of(day, language), times=", ".join(times)))
    for pause in value.pauses:
        to = when(pause.to_at) if pause.to_at else text("now")
        reason = say(TEXTS.get(pause.reason, {"en": pause.reason}), language)
        sentences.append(text("pause", from_=when(pause.from_at), to=to, reason=reason))
    if value.retargeted_at is not None:
        sentences.append(text("changed", at=when(value.retargeted_at)))
    if row.due_at is not None:
        sentences.append(text("due", at=when(row.due_at)))
        if row.breach_at != row.due_at:
            sentences.append(text("grace", at=when(row.breach_at)))
    if later := deadlines.closes_later(row):
        sentences.append(text("late_reminder", at=when(later)))
    return sentences


def _other_hours(stretches: list[Any], zone: str) -> dict[date, list[str]]:
    """{day: ["08:00–10:00"]}: what an own day's hours or a break took from the week's (ZP02)."""
    found: dict[date, list[str]] = {}
    for stretch in stretches:
        if stretch.why in ("override", "break"):
            from_at, to_at = (each.astimezone(ZoneInfo(zone)) for each in (stretch.from_at, stretch.to_at))
            to = "24:00" if to_at.date() > from_at.date() else f"{to_at:%H:%M}"
            found.setdefault(from_at.date(), []).append(f"{from_at:%H:%M}–{to}")
    return found


def _counted(row: Clock, value: Any, at: datetime, language: str) -> list[str]:
    """What a clock without a target has measured, in whole minutes."""
    length = timedelta(minutes=value.consumed(at) // timedelta(minutes=1))
    if value.target is not None or value.business_days is not None or not length:
        return []
    said = duration_text(length, "business" if row.calendar_key else "elapsed")
    return [say(TEXTS["counted"], language).format(length=say(said, language))]


def _rule(row: Clock, value: Any, target: Target | None, language: str) -> str:
    if value.target is None and value.business_days is None:
        return say(TEXTS["measured"], language).format(what=_label(row, language))
    if row.metric == "silence":
        return say(TEXTS["silence"], language).format(length=_length(value, target, language))
    if value.target == timedelta(0):
        return say(TEXTS["at_once"], language).format(what=_label(row, language))
    return say(TEXTS["target"], language).format(
        what=_label(row, language), length=_length(value, target, language)
    )


def _length(value: Any, target: Target | None, language: str) -> str:
    unit = target.unit if target else "elapsed"
    return say(duration_text(value.target, unit, value.business_days), language)


def _target_of(row: Clock, policy: Policy) -> Target | None:
    return next((target for target in policy.targets if target.key == row.target_key), None)


def _label(row: Clock, language: str) -> str:
    return say(METRIC_NAMES.get(row.metric, SILENCE), language)


def _calendar_name(row: Clock, policy: Policy, language: str) -> str:
    return next((say(c.name, language) for c in policy.calendars if c.key == row.calendar_key), "")


def _zone(row: Clock, policy: Policy) -> str:
    """The calendar's; around the clock the reader's own, for no hours are read from it."""
    reader = timezone.get_current_timezone_name()
    return next((c.tz for c in policy.calendars if c.key == row.calendar_key), reader)
