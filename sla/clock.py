"""PURE. A clock: one promise to one customer, from its start to its verdict.

A `Clock` is the stored events and nothing else: when it started, what was promised, under which hours, what paused
it, when it was kept. Its due time, its warnings, what is consumed and whether it is breached are computed from those
(R14), so they may be thrown away and rebuilt at any time with the same result. What happens to it returns a new
clock: `pause`, `resume`, `fulfil`, `withdraw`, `end`, `retarget`, `rehours`.

Knows nothing of tickets and never asks what time it is. Datetimes in must be aware (TypeError if not) and are cut down
to whole seconds; datetimes out are UTC (R1). `sla.business_time` does the counting; the rule ids are those of the
semantics of time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from sla.business_time import BusinessHours, Stretch

METRICS = (
    "acknowledgement",
    "first_response",
    "next_response",
    "periodic_update",
    "resolution",
    "silence",  # the customer's: its warnings are the reminders, its breach moment the close (S14)
)

_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Segment:
    """The hours that count from an instant on, until the next segment (R16, R17). The first also counts what is before."""

    from_at: datetime
    hours: BusinessHours

    def __post_init__(self) -> None:
        object.__setattr__(self, "from_at", _cut(self.from_at))


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count, and the status that caused it (R13). `to_at` None: still paused."""

    from_at: datetime
    to_at: datetime | None
    reason: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "from_at", _cut(self.from_at))
        object.__setattr__(self, "to_at", self.to_at and _cut(self.to_at))


@dataclass(frozen=True, slots=True)
class Warning:
    """Something to say before it is due: an elapsed time `before` that, or once a `share` of the target is consumed.

    Exactly one of the two; the share lies between 0 and 1 and is counted in the clock's own hours. ValueError otherwise.
    """

    before: timedelta | None = None
    share: float | None = None

    def __post_init__(self) -> None:
        if (self.before is None) == (self.share is None):
            raise ValueError("A warning has either a time before or a share, and not both.")
        if self.before is not None and self.before <= _ZERO:
            raise ValueError(f"A warning comes before the due time, not {self.before} before it.")
        if self.share is not None and not 0 < self.share < 1:
            raise ValueError(f"A warning's share lies between 0 and 1: {self.share}.")


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant at which a clock wants attention: a "warning" (with its `before` or `share`) or the "breach"."""

    kind: str
    at: datetime
    before: timedelta | None = None
    share: float | None = None

    @property
    def label(self) -> str:
        """Which one it is, stable enough for a key: "75%", "7200s", or "" for the breach."""
        if self.share is not None:
            return f"{self.share * 100:g}%"
        return "" if self.before is None else f"{_whole(self.before)}s"


@dataclass(frozen=True)
class Clock:
    """One instance of one metric. `target` None and `business_days` None: measured, but nothing is promised.

    Raises ValueError for an unknown metric, a negative target or grace, both kinds of target, or no segment.
    """

    metric: str
    started_at: datetime
    target: timedelta | None  # open time, by the hours of `segments` (R7); zero is "immediate" (R8)
    segments: tuple[Segment, ...]
    grace: timedelta = _ZERO  # elapsed time between due and breach (R8)
    warnings: tuple[Warning, ...] = ()
    pauses: tuple[Pause, ...] = ()
    fulfilled_at: datetime | None = None
    ended_at: datetime | None = None
    ended_as: str = ""  # ended without a verdict: "merged", "replaced", "void", ...
    retargeted_at: datetime | None = None  # the last change of target (R15)
    business_days: int | None = None  # instead of `target`: same local time on the n-th next open date (R20)
    verdict: str = ""  # "met", "missed", "none": fixed because the target changed after fulfilment (R15)

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise ValueError(f"{self.metric!r} is not a metric; they are {', '.join(METRICS)}.")
        if not self.segments:
            raise ValueError("A clock needs hours: at least one segment.")
        if self.target is not None and self.business_days is not None:
            raise ValueError("A target is either a duration or a number of business days.")
        if (
            (self.target is not None and self.target < _ZERO)
            or (self.business_days or 0) < 0
            or self.grace < _ZERO
        ):
            raise ValueError("Targets and grace cannot be negative.")
        self._set("started_at", _cut(self.started_at))
        if self.target is not None and self.target.microseconds:
            self._set("target", timedelta(seconds=_whole(self.target)))
        if self.grace.microseconds:
            self._set("grace", timedelta(seconds=_whole(self.grace)))
        if self.fulfilled_at is not None:
            self._set("fulfilled_at", _cut(self.fulfilled_at))
        if self.ended_at is not None:
            self._set("ended_at", _cut(self.ended_at))
        if self.retargeted_at is not None:
            self._set("retargeted_at", _cut(self.retargeted_at))
        if len(self.segments) > 1:
            self._set("segments", tuple(sorted(self.segments, key=lambda segment: segment.from_at)))
        if self.pauses:
            self._set("pauses", _tidy(self.pauses, self.started_at))

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    # -- what is promised ---------------------------------------------------------------------------------------

    @cached_property
    def due_at(self) -> datetime | None:
        """When the target is used up (R7, R9), or the instant of the change that left nothing of it (R15).

        None: no target, no deadline to be named (R11), or an open pause that began first (R13).
        """
        target = self._open_target
        if target is None:
            return None
        changed_at = self.retargeted_at
        if changed_at is not None and target <= self.consumed(changed_at):
            due = changed_at
        else:
            used_up = self._used_up(target)
            if used_up is None:
                return None
            nth_day = self._nth_day
            due = used_up if nth_day is None or nth_day < used_up else nth_day
        last = self.pauses[-1] if self.pauses else None
        return None if last and last.to_at is None and last.from_at < due else due

    @property
    def breach_at(self) -> datetime | None:
        """The last instant that keeps the promise: due plus grace, which is elapsed time (R8)."""
        due = self.due_at
        return due and due + self.grace

    # -- how it stands ------------------------------------------------------------------------------------------

    @property
    def is_paused(self) -> bool:
        return self._is_open and bool(self.pauses) and self.pauses[-1].to_at is None

    @property
    def is_running(self) -> bool:
        """Neither kept nor ended nor paused; it may have no target, and it may be breached."""
        return self._is_open and not self.is_paused

    def is_breached(self, at: datetime) -> bool:
        """Whether the promise is broken by `at`: later than `breach_at`, and not kept until then (R9)."""
        breach = self.breach_at
        return breach is not None and self._until(_cut(at)) > breach

    @property
    def was_met(self) -> bool | None:
        """The verdict: fulfilled not later than `breach_at` (R9). None: not fulfilled, ended, or nothing was promised.

        By the target in force at fulfilment, whatever it became later (R15).
        """
        if self.fulfilled_at is None or self.ended_at is not None or self.verdict == "none":
            return None
        if self.verdict:
            return self.verdict == "met"
        breach = self.breach_at
        return None if breach is None else self.fulfilled_at <= breach

    def consumed(self, at: datetime) -> timedelta:
        """Open, unpaused time since the start, until `at`, its fulfilment or its end, whichever is first."""
        return self._counted(self.started_at, self._until(_cut(at)))

    def remaining(self, at: datetime) -> timedelta | None:
        """Open time until due; negative once it has passed: how late, in open time (S15). None without a target.

        In a pause it is frozen (R13), after fulfilment and end too.
        """
        target = self._open_target
        if target is None:
            return None
        until, due = self._until(_cut(at)), self.due_at
        if due is not None and until >= due:
            return -self._counted(due, until)
        return max(_ZERO, target - self._counted(self.started_at, until))

    def moments(self) -> tuple[Moment, ...]:
        """Its warnings and its breach, sorted. Empty unless it is running towards (or past) a due time.

        A warning never lies before the start or the last change of target: one that the change jumped over is due at the
        change. Those that would not come before the due time are left out.
        """
        due = self.due_at
        if due is None or not self.is_running:
            return ()
        earliest = self.retargeted_at or self.started_at
        moments = [Moment("breach", due + self.grace)]
        for warning in self.warnings:
            at = self._warning_at(warning, due)
            if at is not None and (at := max(at, earliest)) < due:
                moments.append(Moment("warning", at, warning.before, warning.share))
        return tuple(sorted(moments, key=lambda moment: (moment.at, moment.kind == "breach")))

    def next_moment(self, after: datetime | None) -> Moment | None:
        """The first moment later than `after` (None: the first of all), None when there is none."""
        since = after and _cut(after)
        return next((moment for moment in self.moments() if since is None or moment.at > since), None)

    def stretches(self, until: datetime | None = None) -> list[Stretch]:
        """What makes up the due time (S16): from the start to `until`, each stretch with its reason and calendar.

        Without `until`, to the due time (what counted then sums up to the target), in an open pause to its begin; empty
        where neither is known.
        """
        end = _cut(until) if until else self.due_at
        if end is None:
            end = self.pauses[-1].from_at if self.is_paused else self.started_at
        pauses = [(pause.from_at, pause.to_at, pause.reason) for pause in self.pauses]
        return [
            stretch
            for hours, begins, ends in self._spans(self.started_at, end)
            for stretch in hours.stretches(begins, ends, pauses)
        ]

    # -- what happens to it -------------------------------------------------------------------------------------

    def pause(self, at: datetime, reason: str) -> Clock:
        """Stop counting; in a pause, go on pausing for another reason. No effect once it is fulfilled or ended.

        Changes within one second net out (S8), here and in `resume`.
        """
        if not self._is_open or (self.is_paused and self.pauses[-1].reason == reason):
            return self
        return replace(self, pauses=(*self._resumed(at), Pause(at, None, reason)))

    def resume(self, at: datetime) -> Clock:
        """Count again; the due time follows from what is left (R13). No effect unless paused."""
        return replace(self, pauses=self._resumed(at)) if self.is_paused else self

    def fulfil(self, at: datetime) -> Clock:
        """The promise is kept, or broken, at `at` (R9); a pause ends with it. No effect the second time, or once ended."""
        return replace(self, fulfilled_at=at, pauses=self._resumed(at)) if self._is_open else self

    def withdraw(self, at: datetime | None = None) -> Clock:
        """Take the fulfilment back. No effect unless fulfilled.

        With `at`, reopened then: what lies between does not count and becomes a pause "resolved" (S9). Without, it was
        never one (a bounced notice, S1), and all of the time counts.
        """
        if self.fulfilled_at is None or self.ended_at is not None:
            return self
        resolved = () if at is None else (Pause(self.fulfilled_at, at, "resolved"),)
        return replace(self, fulfilled_at=None, verdict="", pauses=(*self.pauses, *resolved))

    def end(self, at: datetime, how: str) -> Clock:
        """Stop without a verdict: "merged" (S10), "replaced", "void"... No effect once fulfilled or ended."""
        if not how:
            raise ValueError("Say how the clock ended.")
        return replace(self, ended_at=at, ended_as=how, pauses=self._resumed(at)) if self._is_open else self

    def take_up(self, at: datetime) -> Clock:
        """Take the end back: what lies between becomes a pause, named as the end was. No effect unless ended."""
        if self.ended_at is None:
            return self
        between = Pause(self.ended_at, at, self.ended_as)
        return replace(self, ended_at=None, ended_as="", pauses=(*self.pauses, between))

    def retarget(
        self,
        at: datetime,
        *,
        target: timedelta | None,
        hours: BusinessHours,
        grace: timedelta | None = None,
        warnings: tuple[Warning, ...] | None = None,
        business_days: int | None = None,
    ) -> Clock:
        """Another target, by other hours, from `at` on; start, pauses and consumed time stay (R15, R17).

        Due is `hours.after(at, target - consumed(at))`, or `at` itself when nothing is left. Grace and warnings stay
        unless given. A fulfilled clock keeps the verdict it had; an ended one is left alone.
        """
        if self.ended_at is not None:
            return self
        verdict = self.verdict
        if self.fulfilled_at is not None and not verdict:
            verdict = {True: "met", False: "missed", None: "none"}[self.was_met]
        return replace(
            self,
            target=target,
            business_days=business_days,
            segments=self._segments_with(at, hours),
            grace=self.grace if grace is None else grace,
            warnings=self.warnings if warnings is None else warnings,
            retargeted_at=at,
            verdict=verdict,
        )

    def rehours(self, at: datetime, hours: BusinessHours) -> Clock:
        """Another version of its hours from `at` on (R16): what was counted stays, what is left counts under the new.

        Replaces hours that were to follow after `at`: apply versions in the order in which they take effect.
        """
        return self if self.ended_at is not None else replace(self, segments=self._segments_with(at, hours))

    def counted_from(self, at: datetime, segments: Sequence[Segment] = ()) -> Clock:
        """As if it had started at `at`, by the hours of `segments` where given: a merged ticket's earlier start (S10)."""
        return replace(self, started_at=at, segments=tuple(segments) or self.segments)

    # -- stored -------------------------------------------------------------------------------------------------

    def to_state(self) -> dict[str, Any]:
        """All of it, JSON-safe: instants as ISO 8601 with Z, durations in seconds, hours by their fingerprint."""
        return {
            "metric": self.metric,
            "started_at": _iso(self.started_at),
            "target": None if self.target is None else _whole(self.target),
            "business_days": self.business_days,
            "grace": _whole(self.grace),
            "warnings": [
                {"share": warning.share} if warning.before is None else {"before": _whole(warning.before)}
                for warning in self.warnings
            ],
            "segments": [
                {"from": _iso(segment.from_at), "calendar": segment.hours.fingerprint}
                for segment in self.segments
            ],
            "pauses": [
                {"from": _iso(pause.from_at), "to": _iso(pause.to_at), "reason": pause.reason}
                for pause in self.pauses
            ],
            "fulfilled_at": _iso(self.fulfilled_at),
            "ended_at": _iso(self.ended_at),
            "ended_as": self.ended_as,
            "retargeted_at": _iso(self.retargeted_at),
            "verdict": self.verdict,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any], hours_by_fingerprint: Mapping[str, BusinessHours]) -> Clock:
        """The clock of `to_state`. KeyError when a calendar is not in the mapping."""
        return cls(
            metric=state["metric"],
            started_at=_instant(state["started_at"]),
            target=_duration(state["target"]),
            business_days=state["business_days"],
            grace=timedelta(seconds=state["grace"]),
            warnings=tuple(
                Warning(_duration(each.get("before")), each.get("share")) for each in state["warnings"]
            ),
            segments=tuple(
                Segment(_instant(each["from"]), hours_by_fingerprint[each["calendar"]])
                for each in state["segments"]
            ),
            pauses=tuple(
                Pause(_instant(each["from"]), _maybe(each["to"]), each["reason"]) for each in state["pauses"]
            ),
            fulfilled_at=_maybe(state["fulfilled_at"]),
            ended_at=_maybe(state["ended_at"]),
            ended_as=state["ended_as"],
            retargeted_at=_maybe(state["retargeted_at"]),
            verdict=state["verdict"],
        )

    # -- inside -------------------------------------------------------------------------------------------------

    @property
    def _is_open(self) -> bool:
        return self.fulfilled_at is None and self.ended_at is None

    @property
    def _pairs(self) -> Sequence[tuple[datetime, datetime | None]]:
        return [(pause.from_at, pause.to_at) for pause in self.pauses] if self.pauses else ()

    @property
    def _target_hours(self) -> BusinessHours:
        """The hours in force when the present target was given."""
        given_at = self.retargeted_at or self.started_at
        hours = [segment.hours for segment in self.segments[1:] if segment.from_at <= given_at]
        return hours[-1] if hours else self.segments[0].hours

    @property
    def _nth_day(self) -> datetime | None:
        """The due time of a target in business days before pauses and changed hours, by the hours of its target."""
        if self.business_days is None:
            return None
        return self._target_hours.after_days(self.started_at, self.business_days)

    @property
    def _open_target(self) -> timedelta | None:
        """The target in open time. Business days are what is open until their due time, so that pauses can move it."""
        if self.business_days is None:
            return self.target
        nth_day = self._nth_day
        return None if nth_day is None else self._target_hours.between(self.started_at, nth_day)

    def _until(self, at: datetime) -> datetime:
        """`at`, but not after the clock stopped."""
        stopped = self.fulfilled_at or self.ended_at
        return at if stopped is None or at < stopped else stopped

    def _spans(self, first: datetime, last: datetime) -> Iterator[tuple[BusinessHours, datetime, datetime]]:
        """The hours in force in [first, last), piece by piece."""
        for number, segment in enumerate(self.segments):
            begins = max(first, segment.from_at) if number else first
            ends = min(last, self.segments[number + 1].from_at) if number + 1 < len(self.segments) else last
            if begins < ends:
                yield segment.hours, begins, ends

    def _counted(self, first: datetime, last: datetime) -> timedelta:
        if len(self.segments) == 1:
            return self.segments[0].hours.between(first, last, self._pairs)
        return sum((hours.between(a, b, self._pairs) for hours, a, b in self._spans(first, last)), _ZERO)

    def _used_up(self, target: timedelta) -> datetime | None:
        """When so much open time has passed since the start, across the segments."""
        begins, left = self.started_at, target
        if len(self.segments) == 1:
            return self.segments[0].hours.after(begins, left, self._pairs)
        for number, segment in enumerate(self.segments[:-1]):
            ends = self.segments[number + 1].from_at
            if ends <= begins:
                continue
            counted = segment.hours.between(begins, ends, self._pairs)
            if left <= counted:
                at = segment.hours.after(begins, left, self._pairs)
                if at is not None and (left or at < ends):
                    return at
            left, begins = left - counted, ends
        return self.segments[-1].hours.after(begins, left, self._pairs)

    def _warning_at(self, warning: Warning, due: datetime) -> datetime | None:
        target = self._open_target
        if warning.share is None or target is None:
            return due - (warning.before or _ZERO)
        return self._used_up(timedelta(seconds=int(target.total_seconds() * warning.share)))

    def _resumed(self, at: datetime) -> tuple[Pause, ...]:
        """The pauses, the open one ended at `at`."""
        if not self.is_paused:
            return self.pauses
        last = self.pauses[-1]
        return (*self.pauses[:-1], Pause(last.from_at, at, last.reason))

    def _segments_with(self, at: datetime, hours: BusinessHours) -> tuple[Segment, ...]:
        before = tuple(segment for segment in self.segments if segment.from_at < _cut(at))
        if before and before[-1].hours == hours:
            return before
        return (*before, Segment(at, hours))


def earliest_due(clocks: Iterable[Clock]) -> Clock | None:
    """Of candidates for one promise, the one that is due first; of two at once the one that breaches first (R18).

    Fulfilled and ended candidates, and those without a due time, are passed over: end a situation's clock with its
    window, and the ordinary one alone decides.
    """
    open_clocks = [(clock.due_at, clock.breach_at, clock) for clock in clocks if clock._is_open]
    due = [(due_at, breach_at, clock) for due_at, breach_at, clock in open_clocks if due_at and breach_at]
    return min(due, key=lambda candidate: candidate[:2])[2] if due else None


def _tidy(pauses: Iterable[Pause], started_at: datetime) -> tuple[Pause, ...]:
    """Sorted, clipped to the clock's life, apart; empty ones gone, neighbours of one reason joined (R13, S8)."""
    tidy: list[Pause] = []
    cursor: datetime | None = started_at
    for pause in sorted(pauses, key=lambda pause: pause.from_at):
        if cursor is None:
            break
        begins, ends = max(pause.from_at, cursor), pause.to_at
        if ends is not None and ends <= begins:
            continue
        if tidy and tidy[-1].to_at == begins and tidy[-1].reason == pause.reason:
            begins = tidy.pop().from_at
        tidy.append(Pause(begins, ends, pause.reason))
        cursor = ends
    return tuple(tidy)


def _cut(at: datetime) -> datetime:
    """Whole seconds in UTC (R1)."""
    if at.tzinfo is UTC and not at.microsecond:
        return at
    if at.utcoffset() is None:
        raise TypeError(f"A moment needs its time zone: {at!r}.")
    return at.astimezone(UTC).replace(microsecond=0)


def _iso(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _whole(duration: timedelta) -> int:
    return duration.days * 86400 + duration.seconds


def _duration(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
