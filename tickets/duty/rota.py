"""PURE. Who is on duty from when to when: weekly patterns, turns among people, and what departs from them.

Everything is half-open, [from, to), in UTC instants. Wall times become instants as everywhere here (R3): a hand-over at 08:00
is at 08:00 on the wall, whatever the clocks did in the night. Before its first day a pattern has nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from sla.business_time import BusinessHours

ABSENT, INSTEAD, EXTRA = "absent", "instead", "extra"


@dataclass(frozen=True, slots=True)
class Pattern:
    """The hours of a duty in the week, and who takes turns in them.

    A turn lasts `turn_days` local days from `first_day` on and is handed over at `hands_over`, local time of the hours' zone.
    `at_once` people are on duty together: the one whose turn it is and those who come after, in order.
    """

    hours: BusinessHours
    people: tuple[int, ...]
    first_day: date
    turn_days: int = 7
    hands_over: time = time(8)
    at_once: int = 1


@dataclass(frozen=True, slots=True)
class Change:
    """For a span of time: `person` is absent; or absent, `instead` standing in; or on duty besides ("extra").

    Changes apply in their order, each to what those before it have left; a swap is two of them.
    """

    kind: str
    person: int
    starts_at: datetime
    ends_at: datetime
    instead: int | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """[from_at, to_at) and who is on duty then; nobody: a hole."""

    from_at: datetime
    to_at: datetime
    people: tuple[int, ...]


def on_duty(patterns: Iterable[Pattern], changes: Iterable[Change], at: datetime) -> tuple[int, ...]:
    """Who is on duty at `at`, each once."""
    people: list[int] = []
    for pattern in patterns:
        if pattern.hours.is_open(at):
            people += [person for person in taking_turns(pattern, at) if person not in people]
    for change in changes:
        if change.starts_at <= at < change.ends_at:
            people = _changed(people, change)
    return tuple(people)


def duties(
    patterns: Sequence[Pattern], changes: Sequence[Change], start: datetime, end: datetime
) -> list[Duty]:
    """[start, end) without gaps, cut where who is on duty changes."""
    found: list[Duty] = []
    moments = sorted({start, end, *_moments(patterns, changes, start, end)})
    for begins, ends in pairwise(moments):
        people = on_duty(patterns, changes, begins)
        if found and found[-1].people == people:
            found[-1] = Duty(found[-1].from_at, ends, people)
        else:
            found.append(Duty(begins, ends, people))
    return found


def holes(found: Iterable[Duty], attended: BusinessHours | None = None) -> list[tuple[datetime, datetime]]:
    """Where nobody is on duty. `attended`: hours in which nobody need be, because everybody is at work."""
    spans = []
    for duty in found:
        if duty.people:
            continue
        if attended is None:
            spans.append((duty.from_at, duty.to_at))
            continue
        stretches = attended.stretches(duty.from_at, duty.to_at)
        spans += [(each.from_at, each.to_at) for each in stretches if not each.counted]
    return _joined(spans)


def taking_turns(pattern: Pattern, at: datetime) -> tuple[int, ...]:
    """Whose turn it is at `at`, whatever the hours."""
    turn = turn_of(pattern, at)
    if not pattern.people or turn < 0:
        return ()
    size = len(pattern.people)
    return tuple(pattern.people[(turn + place) % size] for place in range(min(pattern.at_once, size)))


def turn_of(pattern: Pattern, at: datetime) -> int:
    """The number of the turn that `at` lies in, from 0; negative before the first day."""
    days = (at.astimezone(pattern.hours.zone).date() - pattern.first_day).days
    turn = days // pattern.turn_days
    if handed_over_at(pattern, turn) > at:
        return turn - 1
    return turn


def handed_over_at(pattern: Pattern, turn: int) -> datetime:
    """When turn number `turn` begins."""
    day = pattern.first_day + timedelta(days=turn * pattern.turn_days)
    return datetime.combine(day, pattern.hands_over, tzinfo=pattern.hours.zone).astimezone(UTC)


def _moments(
    patterns: Iterable[Pattern], changes: Iterable[Change], start: datetime, end: datetime
) -> Iterable[datetime]:
    """Where it may change within the span."""
    for pattern in patterns:
        for stretch in pattern.hours.stretches(start, end):
            yield stretch.from_at
        turn = turn_of(pattern, start) + 1
        while (moment := handed_over_at(pattern, turn)) < end:
            if moment > start:
                yield moment
            turn += 1
    for change in changes:
        yield from (moment for moment in (change.starts_at, change.ends_at) if start < moment < end)


def _changed(people: list[int], change: Change) -> list[int]:
    if change.kind == EXTRA:
        return people if change.person in people else [*people, change.person]
    if change.person not in people:
        return people
    stands_in = change.instead if change.kind == INSTEAD else None
    replaced = [stands_in if person == change.person else person for person in people]
    return list(dict.fromkeys(person for person in replaced if person is not None))


def _joined(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    for begins, ends in spans:
        if found and found[-1][1] == begins:
            found[-1] = (found[-1][0], ends)
        else:
            found.append((begins, ends))
    return found
