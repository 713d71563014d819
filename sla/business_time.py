"""PURE. Business time: opening hours as instants, and what follows from counting only them.

Three steps, read downwards:

1. `BusinessHours` holds what people wrote: a zone, weekly hours, holidays, special openings, breaks, windows.
2. It is compiled, a calendar year at a time and on demand, to a `_Table`: sorted UTC intervals with running totals.
3. Every question is a binary search in that table: "how many open seconds lie before this instant", or back.

Outside, aware datetimes and timedeltas; inside, whole seconds since 1970 in UTC as `int` (R1, R12), because they
compare, subtract and bisect ten times faster. Answers are always in UTC.

Nothing here asks what time it is. The rule ids (R1 to R20) are those of the semantics of time: an instant belongs
to an interval `[from, to)`; window beats break beats special opening beats holiday beats week (R6).
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import re
import zoneinfo
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from pathlib import Path

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HORIZON = timedelta(days=30 * 365 + 8)
"""How far after its start a search looks (R11). What lies beyond is "no deadline", whatever is compiled already."""

Pause = tuple[datetime, datetime | None] | tuple[datetime, datetime | None, str]
"""Time that does not count: from, to (None: not over yet), and for `stretches` the reason."""

Span = tuple[int, int]
"""[from, to): seconds since 1970 in a table and in its questions, minutes of a local day in hours as written."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HORIZON = HORIZON.days * 86400
_FOR_EVER = 1 << 60
_FIRST_YEAR, _LAST_YEAR = 2, 9998  # a year of room at both ends of datetime, for offsets
_TIME_BEGINS = (date(_FIRST_YEAR, 1, 1).toordinal() - _EPOCH.toordinal()) * 86400
_TIME_ENDS = (date(_LAST_YEAR + 1, 1, 1).toordinal() - _EPOCH.toordinal()) * 86400
_FAR = 60  # years between two tables, rather than one that spans the gap
_MIDNIGHT = 24 * 60
_DAY = timedelta(days=1)
_MINUTES = tuple(timedelta(minutes=minute) for minute in range(_MIDNIGHT + 1))


class CalendarError(ValueError):
    """Hours that cannot be: `field` is a path such as `weekly.mon[0]`, `message` a sentence for whoever wrote it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an explanation (S16): [from_at, to_at), how much of it counted (all or nothing), and why.

    `why`: "open"; "window" (open by an event window alone); or what kept it closed: "closed" (no hours then),
    "holiday" or "holiday:Name", "override" (closed by a special opening), "break", "paused" or "paused:reason".
    `calendar` is the fingerprint of the hours that said so.
    """

    from_at: datetime
    to_at: datetime
    counted: timedelta
    why: str
    calendar: str = ""


class BusinessHours:
    """One version of one calendar. Immutable, hashable, equal when written alike; safe to share between threads.

    Build it with `from_dict` or `always`. Datetimes in must be aware (TypeError if not) and are cut down to the
    second (R1); datetimes out are UTC. `pauses` are `(from, to or None)` in any order; they may overlap.
    """

    def __init__(
        self,
        zone: zoneinfo.ZoneInfo,
        *,
        weekly: Mapping[str, Sequence[Span]],
        holidays: Mapping[date, str],
        overrides: Mapping[date, Sequence[Span]],
        breaks: Mapping[date, Sequence[Span]],
        windows: Sequence[Span],
    ) -> None:
        """Not for callers: takes checked parts, minutes (an end after 1440 is on the next day) and epoch seconds."""
        self.zone = zone
        self._weekly = {day: tuple(sorted(set(weekly.get(day, ())))) for day in WEEKDAYS}
        self._holidays = dict(sorted(holidays.items()))
        self._overrides = {day: tuple(sorted(set(spans))) for day, spans in sorted(overrides.items())}
        self._breaks = {day: tuple(sorted(set(spans))) for day, spans in sorted(breaks.items()) if spans}
        self._windows = _merged(windows)
        self._week = self._weekly_pieces()
        self._exceptions = self._dated_pieces()
        self._breaks_by_date = _split_by_date({day.toordinal(): spans for day, spans in self._breaks.items()})
        self._table = _ALWAYS if self._never_closes() else _EMPTY

    # -- as data ------------------------------------------------------------------------------------------------

    @classmethod
    def from_dict(cls, document: Mapping[str, object]) -> BusinessHours:
        """Hours from JSON or TOML.

        `{"tz": "America/Sao_Paulo", "weekly": {"mon": [["08:00", "18:00"]], ...}, "holidays": ["2026-12-25"],
        "overrides": {"2026-12-24": [["08:00", "12:00"]]}, "breaks": {date: [[from, to]]},
        "windows": [[instant, instant]]}`; only `tz` is required, but some opening must be said (R11). `holidays`
        may be a mapping of date to name. An end before its start runs past midnight, `24:00` is a legal end (R2).
        Raises CalendarError, which names the field.
        """
        return _read(document)

    def to_dict(self) -> dict[str, object]:
        """The hours in canonical form, JSON-safe; `from_dict` of it is equal to this."""
        named = any(self._holidays.values())
        return {
            "tz": self.zone.key,
            "weekly": {day: _written(spans) for day, spans in self._weekly.items() if spans},
            "holidays": (
                {str(day): name for day, name in self._holidays.items()}
                if named
                else [str(day) for day in self._holidays]
            ),
            "overrides": {str(day): _written(spans) for day, spans in self._overrides.items()},
            "breaks": {str(day): _written(spans) for day, spans in self._breaks.items()},
            "windows": [[_iso(opens), _iso(closes)] for opens, closes in self._windows],
        }

    @classmethod
    def always(cls) -> BusinessHours:
        """Elapsed time: open round the clock, no holidays (R19). The same code path as every other calendar."""
        return _ALWAYS_OPEN

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical form, in hex: names this version of the hours for ever."""
        canonical = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, BusinessHours) and self.fingerprint == other.fingerprint)

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        return f"<BusinessHours {self.zone.key} {self.fingerprint[:8]}>"

    # -- questions ----------------------------------------------------------------------------------------------

    def after(self, start: datetime, duration: timedelta, pauses: Iterable[Pause] = ()) -> datetime | None:
        """The earliest instant at which `duration` of open, unpaused time has passed since `start` (R7, R9).

        Zero is the next open, unpaused instant, `start` itself included (R8). None where no deadline can be
        named: an open-ended pause comes first (R13) or nothing is open within `HORIZON` (R11). A negative
        duration raises ValueError. A duration is cut down to whole seconds like everything else.
        """
        since = start - _EPOCH
        at = since.days * 86400 + since.seconds
        seconds = duration.days * 86400 + duration.seconds
        if seconds < 0:
            raise ValueError(f"A target cannot be negative: {duration}.")
        spans = _pause_spans(pauses, at, at + _HORIZON + 1) if pauses else ()
        due = self._after(at, seconds, spans) if seconds else self._opening(at, spans)
        return None if due is None else _EPOCH + timedelta(0, due)

    def between(self, start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> timedelta:
        """Open, unpaused time in [start, end); zero when the end is not after the start. Additive (R10)."""
        since, until = start - _EPOCH, end - _EPOCH
        first, last = since.days * 86400 + since.seconds, until.days * 86400 + until.seconds
        if last <= first:
            return timedelta(0)
        table = self._table
        if not (table.from_at <= first and last < table.to_at):
            table = self._covering(first, last)
        counted = table.counted(last) - table.counted(first)
        if pauses:
            for paused, resumed in _pause_spans(pauses, first, last):
                counted -= table.counted(min(resumed, last)) - table.counted(paused)
        return timedelta(0, counted)

    def is_open(self, at: datetime) -> bool:
        """Whether this instant is in the hours: open at 08:00:00, closed at 18:00:00 (R1)."""
        return self._is_open(_seconds(at))

    def next_opening(self, at: datetime) -> datetime | None:
        """The first open instant from `at` on, `at` itself when open (R8); None when there is none (R11)."""
        opens = self._opening(_seconds(at))
        return None if opens is None else _moment(opens)

    def next_closing(self, at: datetime) -> datetime | None:
        """The end of the opening that `at` lies in. None when closed at `at`, and when it never closes."""
        instant = _seconds(at)
        if not self._is_open(instant):
            return None
        table = self._covering(instant, instant)
        while True:
            closes = table.ends[bisect_right(table.ends, instant)]
            if closes < table.to_at:
                return None if closes - instant > _HORIZON else _moment(closes)
            if table.to_at - instant > _HORIZON:
                return None
            table = self._covering(instant, table.to_at)

    def after_days(self, start: datetime, days: int) -> datetime | None:
        """The same local time on the n-th next open date: business days, which are not a unit of `after` (R20).

        A date is open if any of it is, however briefly; the local time may lie outside its hours (a ticket of
        Friday 20:00 with one business day: Monday 20:00). Zero days is `next_opening(start)`. None when the horizon
        has too few open dates; ValueError when negative.
        """
        if days < 0:
            raise ValueError(f"Business days cannot be negative: {days}.")
        if days == 0:
            return self.next_opening(start)
        local = start.astimezone(self.zone)
        day = local.toordinal()
        latest = min(_seconds(start) + _HORIZON, _TIME_ENDS)
        while days:
            day += 1
            opens, closes = self._midnight(day), self._midnight(day + 1)
            if opens > latest:
                return None
            table = self._covering(opens, closes)
            days -= table.counted(closes) > table.counted(opens)
        wall = datetime.combine(date.fromordinal(day), local.time(), tzinfo=self.zone).replace(fold=0)  # R3
        return _moment(_seconds(wall))

    def opening_of(self, day: date) -> list[tuple[str, str]]:
        """The hours that apply on this local date after holidays, special openings, breaks and windows.

        Local wall times as ("08:00", "18:00"), "24:00" for the midnight that ends the date, with seconds only where
        a window has some. Empty: closed, or a date that the zone left out (R4).
        """
        opens, closes = self._midnight(day.toordinal()), self._midnight(day.toordinal() + 1)
        return [
            (self._wall(start), "24:00" if end == closes else self._wall(end))
            for start, end in self._covering(opens, closes).spans(opens, closes)
        ]

    def stretches(self, start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> list[Stretch]:
        """[start, end) without gaps as the stretches that counted and those that did not, each with its reason (S16).

        Neighbours of the same kind are one stretch, so a weekend is one. What counted sums up to
        `between(start, end, pauses)`. A pause covers what it overlaps, open or not; where two overlap, the one that
        began first gives the reason.
        """
        first, last = _seconds(start), _seconds(end)
        parts = list(self._labelled(first, last)) if first < last else []
        for paused, resumed, reason in _named_pauses(pauses, first, last):
            parts = _painted(parts, [(paused, resumed)], f"paused:{reason}" if reason else "paused")
        return [
            Stretch(
                _moment(opens),
                _moment(closes),
                timedelta(seconds=closes - opens if why in ("open", "window") else 0),
                why,
                self.fingerprint,
            )
            for opens, closes, why in _joined_alike(parts)
        ]

    # -- searching ----------------------------------------------------------------------------------------------

    def _after(self, at: int, seconds: int, pauses: Sequence[Span]) -> int | None:
        """`after` for seconds > 0. Counts from the table's own beginning: due is where the table has counted
        what it had at `at`, plus the target, plus the open part of every pause before that."""
        table = self._table
        if not table.from_at <= at < table.to_at:
            table = self._covering(at, at)
        if pauses:
            began, ended = pauses[-1]
            table = self._covering(at, max(at, began if ended == _FOR_EVER else ended))
        while True:
            needed = table.counted(at) + seconds
            for paused, resumed in pauses:
                before = table.counted(paused)
                if needed <= before:
                    break
                if resumed == _FOR_EVER:
                    return None
                needed += table.counted(resumed) - before
            opening = bisect_left(table.totals, needed, 1)
            if opening < len(table.totals):
                due = (
                    table.ends[opening - 1] - table.totals[opening] + needed
                )  # a closing, where it can be (R9)
                return due if due - at <= _HORIZON else None
            if table.to_at - at > _HORIZON:
                return None
            table = self._covering(at, table.to_at)

    def _opening(self, at: int, pauses: Sequence[Span] = ()) -> int | None:
        """The first open instant from `at` on that is in no pause (R8)."""
        opens = self._next_open(at, at + _HORIZON)
        for paused, resumed in pauses:
            if opens is None or opens < paused:
                break
            if opens < resumed:
                opens = None if resumed == _FOR_EVER else self._next_open(resumed, at + _HORIZON)
        return opens

    def _is_open(self, at: int) -> bool:
        table = self._covering(at, at)
        opening = bisect_right(table.ends, at)
        return opening < len(table.starts) and table.starts[opening] <= at

    def _next_open(self, at: int, latest: int) -> int | None:
        table = self._table
        if not table.from_at <= at < table.to_at:
            table = self._covering(at, at)
        while True:
            opening = bisect_right(table.ends, at)
            if opening < len(table.ends):
                opens = max(at, table.starts[opening])
                return opens if opens <= latest else None
            if table.to_at > latest:
                return None
            table = self._covering(at, table.to_at)

    # -- compiling ----------------------------------------------------------------------------------------------

    def _covering(self, first: int, last: int) -> _Table:
        """A table that knows at least [first, last]. It replaces the kept one as a whole: threads see old or new."""
        kept = self._table
        if kept.from_at <= first and last < kept.to_at:
            return kept
        low, high = _year(first - 2 * 86400), _year(last + 2 * 86400)
        if kept is _EMPTY or low > kept.last_year + _FAR or high < kept.first_year - _FAR:
            spans = self._compiled(low, high)
        else:
            spans = list(zip(kept.starts, kept.ends, strict=True))
            if low < kept.first_year:
                spans = self._compiled(low, kept.first_year - 1) + spans
            if high > kept.last_year:
                spans += self._compiled(kept.last_year + 1, high)
            low, high = min(low, kept.first_year), max(high, kept.last_year)
        self._table = table = _Table(
            _merged(spans),
            -_FOR_EVER if low <= _FIRST_YEAR else self._new_year(low),
            _FOR_EVER if high >= _LAST_YEAR else self._new_year(high + 1),
            low,
            high,
        )
        return table

    def _compiled(self, first_year: int, last_year: int) -> list[Span]:
        """The openings of these local calendar years: hours, less breaks, plus windows (R6)."""
        begins, ends = self._new_year(first_year), self._new_year(last_year + 1)
        ordinary = self._ordinary(date(first_year, 1, 1).toordinal(), date(last_year + 1, 1, 1).toordinal())
        windows = [(max(opens, begins), min(closes, ends)) for opens, closes in self._windows]
        windows = [(opens, closes) for opens, closes in windows if opens < closes]
        return _merged(ordinary + windows) if windows else ordinary

    def _ordinary(self, first_day: int, end_day: int) -> list[Span]:
        """Hours less breaks on these dates, without windows; sorted and merged."""
        hours = _merged(self._spans(first_day, end_day, self._pieces))
        if not self._breaks_by_date:
            return hours
        breaks = _merged(self._spans(first_day, end_day, lambda day: self._breaks_by_date.get(day, ())))
        return _without(hours, breaks)

    def _spans(self, first_day: int, end_day: int, pieces_of: Callable[[int], Sequence[Span]]) -> list[Span]:
        """Wall times of these dates as instants (R3). A date that the zone left out has none (R4).

        Where a date is 24 hours long and begins and ends with its zone at one offset, wall time is arithmetic;
        else each wall time is asked of the zone, whose `fold=0` is the rule's "first, or by the offset before".
        """
        spans: list[Span] = []
        wall = datetime.combine(date.fromordinal(first_day), time.min, tzinfo=self.zone)
        today = _seconds(wall)
        for day in range(first_day, end_day):
            tomorrow = wall + _DAY
            since = tomorrow - _EPOCH
            midnight, today = today, since.days * 86400 + since.seconds
            pieces = pieces_of(day)
            if today - midnight == 86400:
                for opens, closes in pieces:
                    spans.append((midnight + opens * 60, midnight + closes * 60))
            elif pieces and midnight < today:
                spans += self._asked(wall, pieces)
            wall = tomorrow
        return spans

    def _asked(self, midnight: datetime, pieces: Sequence[Span]) -> list[Span]:
        """Pieces of one date in wall time, each end of each asked of the zone; empty ones are gone (R3)."""
        spans = [
            (_seconds(midnight + _MINUTES[opens]), _seconds(midnight + _MINUTES[closes]))
            for opens, closes in pieces
        ]
        return [(opens, closes) for opens, closes in spans if opens < closes]

    def _pieces(self, day: int) -> Sequence[Span]:
        """The hours of a local date, in minutes, before breaks and windows."""
        pieces = self._exceptions.get(day)
        return self._week[(day - 1) % 7] if pieces is None else pieces

    def _weekly_pieces(self) -> tuple[tuple[Span, ...], ...]:
        """Per weekday, what lies on it: its own hours to midnight and the rest of the night before (R5)."""
        nights = _split_by_date({number: self._weekly[day] for number, day in enumerate(WEEKDAYS)})
        return tuple(
            tuple(_merged([*nights.get(n, ()), *(nights.get(7, ()) if n == 0 else ())])) for n in range(7)
        )

    def _dated_pieces(self) -> dict[int, tuple[Span, ...]]:
        """Dates whose hours are not those of their weekday: holidays empty them, special openings replace both.

        The part after midnight of a special opening adds to the next date and, being special, is not emptied by a
        holiday there; a date that a special opening of its own declares closed stays closed.
        """
        own = {day.toordinal(): spans for day, spans in self._overrides.items()}
        special = _split_by_date(own)
        closed = {day.toordinal() for day in self._holidays}
        pieces: dict[int, tuple[Span, ...]] = {}
        for day in closed | own.keys() | special.keys():
            if day in own and not own[day]:
                pieces[day] = ()
            else:
                usual = () if day in own or day in closed else self._week[(day - 1) % 7]
                pieces[day] = tuple(_merged([*usual, *special.get(day, ())]))
        return pieces

    def _never_closes(self) -> bool:
        whole_week = all(pieces == ((0, _MIDNIGHT),) for pieces in self._week)
        return whole_week and not self._exceptions and not self._breaks_by_date

    def _midnight(self, day: int) -> int:
        """The instant at which a local date begins (R3)."""
        since = datetime.combine(date.fromordinal(day), time.min, tzinfo=self.zone) - _EPOCH
        return since.days * 86400 + since.seconds

    def _new_year(self, year: int) -> int:
        return self._midnight(date(year, 1, 1).toordinal())

    def _wall(self, instant: int) -> str:
        local = _moment(instant).astimezone(self.zone)
        return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"

    # -- explaining ---------------------------------------------------------------------------------------------

    def _labelled(self, first: int, last: int) -> Iterator[tuple[int, int, str]]:
        """[first, last) cut into parts with their reason, before pauses."""
        cursor = first
        for opens, closes in [*self._covering(first, last).spans(first, last), (last, last)]:
            yield from self._reasons(cursor, opens)
            yield from self._openings(opens, closes)
            cursor = closes

    def _openings(self, opens: int, closes: int) -> list[tuple[int, int, str]]:
        """An open part, cut where only a window opens it."""
        windows = [(max(a, opens), min(b, closes)) for a, b in self._windows if a < closes and opens < b]
        parts = [(opens, closes, "open")] if opens < closes else []
        if not windows:
            return parts
        first_day, last_day = self._local_day(opens), self._local_day(closes)
        return _painted(parts, _without(windows, self._ordinary(first_day - 1, last_day + 2)), "window")

    def _reasons(self, first: int, last: int) -> Iterator[tuple[int, int, str]]:
        """A closed part, date by date."""
        if first >= last:
            return
        day = self._local_day(first) - 1
        begins = self._midnight(day)
        while begins < last:
            ends = self._midnight(day + 1)
            if max(begins, first) < min(ends, last):
                yield from self._reasons_of_date(day, max(begins, first), min(ends, last))
            day, begins = day + 1, ends

    def _reasons_of_date(self, day: int, first: int, last: int) -> list[tuple[int, int, str]]:
        today = date.fromordinal(day)
        special = self._overrides.get(today)
        holiday = self._holidays.get(today)
        parts = [(first, last, "closed")]
        if special is not None and not special:
            parts = [(first, last, "override")]
        elif holiday is not None:
            parts = [(first, last, f"holiday:{holiday}" if holiday else "holiday")]
        elif special is not None:
            usual = self._spans(day, day + 1, lambda _: self._week[(day - 1) % 7])
            parts = _painted(parts, usual, "override")
        if day in self._breaks_by_date:
            breaks = _merged(self._spans(day, day + 1, lambda _: self._breaks_by_date[day]))
            hours = _merged(self._spans(day, day + 1, self._pieces))
            parts = _painted(parts, _without(hours, _without(hours, breaks)), "break")
        return parts

    def _local_day(self, instant: int) -> int:
        return _moment(instant).astimezone(self.zone).toordinal()


class _Table:
    """Openings as sorted, disjoint, never touching spans, complete for [from_at, to_at).

    `totals[n]` is what was open in the first n of them, so that both directions are a bisection.
    """

    __slots__ = ("ends", "first_year", "from_at", "last_year", "starts", "to_at", "totals")

    def __init__(
        self, spans: Sequence[Span], from_at: int, to_at: int, first_year: int, last_year: int
    ) -> None:
        self.starts = [opens for opens, _ in spans]
        self.ends = [closes for _, closes in spans]
        self.totals = list(accumulate((closes - opens for opens, closes in spans), initial=0))
        self.from_at, self.to_at = from_at, to_at
        self.first_year, self.last_year = first_year, last_year

    def counted(self, at: int) -> int:
        """Open seconds before `at`."""
        ends = self.ends
        opening = bisect_right(ends, at)
        if opening == len(ends) or at <= (opens := self.starts[opening]):
            return self.totals[opening]
        return self.totals[opening] + at - opens

    def spans(self, first: int, last: int) -> Iterator[Span]:
        """The openings in [first, last), clipped to it."""
        for opening in range(bisect_right(self.ends, first), bisect_left(self.starts, last)):
            yield max(first, self.starts[opening]), min(last, self.ends[opening])


_EMPTY = _Table([], 0, 0, 0, 0)
_ALWAYS = _Table([(_TIME_BEGINS, _TIME_ENDS)], -_FOR_EVER, _FOR_EVER, _FIRST_YEAR, _LAST_YEAR)


# -- spans ----------------------------------------------------------------------------------------------------------


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Sorted, with overlapping and touching ones made one (R2)."""
    result: list[Span] = []
    for begins, ends in sorted(spans):
        if result and begins <= result[-1][1]:
            if ends > result[-1][1]:
                result[-1] = (result[-1][0], ends)
        else:
            result.append((begins, ends))
    return result


def _without(spans: Iterable[Span], holes: Sequence[Span]) -> list[Span]:
    """`spans` less `holes`; both sorted and disjoint."""
    result: list[Span] = []
    first = 0
    for begins, ends in spans:
        while first < len(holes) and holes[first][1] <= begins:
            first += 1
        for hole_begins, hole_ends in holes[first:]:
            if hole_begins >= ends:
                break
            if begins < hole_begins:
                result.append((begins, hole_begins))
            begins = max(begins, hole_ends)
        if begins < ends:
            result.append((begins, ends))
    return result


def _split_by_date(hours: Mapping[int, Sequence[Span]]) -> dict[int, tuple[Span, ...]]:
    """Hours by the number of their day, as written, to pieces that end at midnight: a night is two of them (R5)."""
    pieces: dict[int, list[Span]] = {}
    for day, spans in hours.items():
        for opens, closes in spans:
            pieces.setdefault(day, []).append((opens, min(closes, _MIDNIGHT)))
            if closes > _MIDNIGHT:
                pieces.setdefault(day + 1, []).append((0, closes - _MIDNIGHT))
    return {day: tuple(_merged(spans)) for day, spans in pieces.items()}


def _painted(
    parts: Iterable[tuple[int, int, str]], spans: Sequence[Span], why: str
) -> list[tuple[int, int, str]]:
    """`parts` with a new reason where `spans` (sorted, disjoint) lie over them."""
    result: list[tuple[int, int, str]] = []
    for begins, ends, old in parts:
        for first, last in spans:
            if begins < min(last, ends) and max(first, begins) < ends:
                if begins < first:
                    result.append((begins, first, old))
                result.append((max(first, begins), min(last, ends), why))
                begins = min(last, ends)
        if begins < ends:
            result.append((begins, ends, old))
    return result


def _joined_alike(parts: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    result: list[tuple[int, int, str]] = []
    for begins, ends, why in parts:
        if result and result[-1][2] == why:
            result[-1] = (result[-1][0], ends, why)
        else:
            result.append((begins, ends, why))
    return result


def _pause_spans(pauses: Iterable[Pause], first: int, last: int) -> list[Span]:
    """Pauses as merged spans in [first, last] (R13); an open end stays `_FOR_EVER`, empty ones are gone."""
    spans: list[Span] = []
    latest, sorted_apart = first - 1, True
    for pause in pauses:
        since = pause[0] - _EPOCH
        begins = since.days * 86400 + since.seconds
        ends = _FOR_EVER
        if (to_at := pause[1]) is not None:
            since = to_at - _EPOCH
            ends = since.days * 86400 + since.seconds
            if ends > last:
                ends = last
        if begins < first:
            begins = first
        if begins < ends and begins < last:
            spans.append((begins, ends))
            if begins <= latest:
                sorted_apart = False
            latest = ends
    return spans if sorted_apart else _merged(spans)


def _named_pauses(pauses: Iterable[Pause], first: int, last: int) -> list[tuple[int, int, str]]:
    """Pauses in [first, last) with their reasons, cut so that none overlaps the one before."""
    cursor = first
    result: list[tuple[int, int, str]] = []
    spans = [
        (
            _seconds(pause[0]),
            last if pause[1] is None else _seconds(pause[1]),
            pause[2] if len(pause) == 3 else "",
        )
        for pause in pauses
    ]
    for begins, ends, reason in sorted(spans):
        begins, ends = max(begins, cursor), min(ends, last)
        if begins < ends:
            result.append((begins, ends, reason))
            cursor = ends
    return result


# -- instants -------------------------------------------------------------------------------------------------------


def _seconds(at: datetime) -> int:
    """Whole seconds since 1970, cut down (R1). A naive datetime raises TypeError."""
    since = at - _EPOCH
    return since.days * 86400 + since.seconds


def _moment(seconds: int) -> datetime:
    return _EPOCH + timedelta(0, seconds)


def _year(seconds: int) -> int:
    """A year that a table may have, near this instant."""
    return _moment(min(max(seconds, _TIME_BEGINS), _TIME_ENDS - 1)).year


def _iso(seconds: int) -> str:
    return f"{_moment(seconds):%Y-%m-%dT%H:%M:%SZ}"


# -- reading and writing --------------------------------------------------------------------------------------------

_FIELDS = ("tz", "weekly", "holidays", "overrides", "breaks", "windows")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _read(document: Mapping[str, object]) -> BusinessHours:
    for field in _mapping("calendar", document):
        if field not in _FIELDS:
            raise CalendarError(str(field), f"is not a part of a calendar, which has {', '.join(_FIELDS)}.")
    weekly = _mapping("weekly", document.get("weekly"))
    for name in weekly:
        if name not in WEEKDAYS:
            raise CalendarError(f"weekly.{name}", f"is not a weekday; they are {', '.join(WEEKDAYS)}.")
    hours = BusinessHours(
        _zone(document.get("tz")),
        weekly={str(name): _intervals(f"weekly.{name}", value) for name, value in weekly.items()},
        holidays=_read_holidays(document.get("holidays")),
        overrides=_dated_intervals("overrides", document.get("overrides")),
        breaks=_dated_intervals("breaks", document.get("breaks")),
        windows=_read_windows(document.get("windows")),
    )
    if not (any(hours._weekly.values()) or any(hours._overrides.values()) or hours._windows):
        raise CalendarError("weekly", "has no opening at all, and neither have overrides and windows.")  # R11
    return hours


def _zone(value: object) -> zoneinfo.ZoneInfo:
    if not isinstance(value, str) or not value:
        raise CalendarError("tz", "must name an IANA time zone such as America/Sao_Paulo.")
    try:
        return zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CalendarError("tz", f"{value!r} is not a known IANA time zone.") from error


def _read_holidays(value: object) -> dict[date, str]:
    if isinstance(value, Mapping):
        for day, name in value.items():
            if not isinstance(name, str):
                raise CalendarError(f"holidays.{day}", f"must be the holiday's name, not {name!r}.")
        return {_date(f"holidays.{day}", day): name.strip() for day, name in value.items()}
    return {_date(f"holidays[{n}]", day): "" for n, day in enumerate(_sequence("holidays", value))}


def _dated_intervals(field: str, value: object) -> dict[date, list[Span]]:
    return {
        _date(f"{field}.{day}", day): _intervals(f"{field}.{day}", intervals)
        for day, intervals in _mapping(field, value).items()
    }


def _intervals(field: str, value: object) -> list[Span]:
    return [_interval(f"{field}[{n}]", pair) for n, pair in enumerate(_sequence(field, value))]


def _interval(field: str, value: object) -> Span:
    """Minutes of the local day; an end before the start is on the next day, so beyond 1440 (R2)."""
    first, last = _pair(field, value, 'two times, such as ["08:00", "18:00"]')
    if first == "24:00":
        raise CalendarError(field, "cannot start at 24:00, which is 00:00 of the next day.")
    opens, closes = _minute(field, first), _MIDNIGHT if last == "24:00" else _minute(field, last)
    if opens == closes:
        raise CalendarError(field, f"starts and ends at {first}; a whole day is 00:00 to 24:00.")
    return opens, closes if opens < closes else closes + _MIDNIGHT


def _minute(field: str, value: object) -> int:
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise CalendarError(
            field, f"{value!r} is not a time of day as HH:MM, 00:00 to 23:59 (24:00 only as an end)."
        )
    return int(match[1]) * 60 + int(match[2])


def _date(field: str, value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        day = value
    else:
        try:
            day = date.fromisoformat(value if isinstance(value, str) and _DATE.fullmatch(value) else "")
        except ValueError:
            raise CalendarError(field, f"{value!r} is not a date as YYYY-MM-DD.") from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise CalendarError(field, f"{day} is outside the years {_FIRST_YEAR} to {_LAST_YEAR}.")
    return day


def _read_windows(value: object) -> list[Span]:
    windows = []
    for number, pair in enumerate(_sequence("windows", value)):
        field = f"windows[{number}]"
        first, last = _pair(field, pair, "two instants")
        opens, closes = _instant(field, first), _instant(field, last)
        if closes <= opens:
            raise CalendarError(field, "must end after its start.")
        windows.append((opens, closes))
    return windows


def _instant(field: str, value: object) -> int:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise CalendarError(field, f"{value!r} is not an ISO 8601 instant.") from None
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise CalendarError(
            field, f"{value!s} must be an instant with its offset, such as 2026-12-24T20:00:00Z."
        )
    seconds = _seconds(value)
    if not _TIME_BEGINS <= seconds <= _TIME_ENDS:
        raise CalendarError(field, f"{value!s} is outside the years {_FIRST_YEAR} to {_LAST_YEAR}.")
    return seconds


def _mapping(field: str, value: object) -> Mapping[object, object]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise CalendarError(field, "must be a mapping.")
    return value


def _sequence(field: str, value: object) -> Sequence[object]:
    if value is None:
        return ()
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise CalendarError(field, "must be a list.")
    return value


def _pair(field: str, value: object, shape: str) -> tuple[object, object]:
    pair = _sequence(field, value)
    if len(pair) != 2:
        raise CalendarError(field, f"must be {shape}.")
    return pair[0], pair[1]


def _written(spans: Iterable[Span]) -> list[list[str]]:
    return [
        [_hh_mm(opens), _hh_mm(closes if closes <= _MIDNIGHT else closes - _MIDNIGHT)]
        for opens, closes in spans
    ]


def _hh_mm(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


# -- the zone database ----------------------------------------------------------------------------------------------


def zone_database_version() -> str:
    """The version of the IANA rules that this process reads, such as "2026a"; "" where it cannot be told.

    Governments change rules; due times computed under another version are to be rebuilt (R20). `zoneinfo` takes
    the first directory of its path that has a zone, and the tzdata package only where none has.
    """
    for directory in zoneinfo.TZPATH:
        source = Path(directory, "tzdata.zi")
        if source.is_file():
            with source.open(encoding="utf-8") as lines:
                return lines.readline().removeprefix("# version").strip()
        if Path(directory, "UTC").is_file():
            return ""
    try:
        return importlib.metadata.version("tzdata")
    except importlib.metadata.PackageNotFoundError:
        return ""


_ALWAYS_OPEN = BusinessHours.from_dict(
    {"tz": "UTC", "weekly": {day: [["00:00", "24:00"]] for day in WEEKDAYS}}
)
