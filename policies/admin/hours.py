"""Hours as a week and holidays as a year: the calendars of the draft, read and written."""

from __future__ import annotations

import calendar as months
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import holidays as library
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from policies import models, words
from policies.calendars import holiday_names
from policies.codec import WEEKDAYS
from policies.document import CalendarSpec

Interval = tuple[str, str]
INTERVAL = re.compile(
    r"(\d{1,2})(?:[:h](\d{2}))?h?\s*(?:-|–|—|to|às|a|até)\s*(\d{1,2})(?:[:h](\d{2}))?h?", re.I
)
CLOSED = {"", "-", "–", "closed", "fechado"}
CATEGORIES = ("public", "optional", "bank", "government", "half_day", "school", "unofficial", "workday")


# --- the week ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Day:
    key: str
    name: str
    said: str  # as typed: "08:00-12:00, 13:00-18:00"
    bars: list[tuple[float, float]] = field(default_factory=list)  # (from, width) in percent of the day
    error: str = ""


def week_of(spec: CalendarSpec) -> list[Day]:
    return [
        Day(
            day,
            str(words.DAYS[day]),
            write_intervals(spec.weekly.get(day, ())),
            bars(spec.weekly.get(day, ())),
        )
        for day in WEEKDAYS
    ]


def bars(intervals: Iterable[Interval]) -> list[tuple[float, float]]:
    """For drawing; one that runs past midnight ends with its day here and begins anew on the next."""
    drawn = []
    for opens, closes in intervals:
        start, end = _minutes(opens), _minutes(closes)
        drawn.append((start / 14.4, ((end if end > start else 1440) - start) / 14.4))
    return drawn


def write_intervals(intervals: Iterable[Interval]) -> str:
    return ", ".join(f"{opens}-{closes}" for opens, closes in intervals)


def read_intervals(said: str) -> tuple[Interval, ...]:
    """ "8-12, 13:00-18:00" -> (("08:00", "12:00"), ("13:00", "18:00")); empty or "closed": none. ValidationError."""
    if said.strip().lower() in CLOSED:
        return ()
    found = []
    for part in re.split(r"[,;]", said):
        match = INTERVAL.fullmatch(part.strip())
        if match is None:
            raise ValidationError(_("Write hours such as 08:00-12:00, 13:00-18:00."))
        opens, closes = _wall(match[1], match[2]), _wall(match[3], match[4])
        if opens == closes:
            raise ValidationError(
                _("From %(at)s to %(at)s is no time; the whole day is 00:00-24:00.") % {"at": opens}
            )
        found.append((opens, closes))
    return tuple(found)


def _wall(hour: str, minute: str | None) -> str:
    if int(hour) > 24 or int(minute or 0) > 59 or (int(hour) == 24 and int(minute or 0)):
        raise ValidationError(_("%(time)s is not a time of day.") % {"time": f"{hour}:{minute or '00'}"})
    return f"{int(hour):02d}:{minute or '00'}"


def _minutes(wall: str) -> int:
    hour, _colon, minute = wall.partition(":")
    return int(hour) * 60 + int(minute)


# --- the year ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Square:
    """A day of the year calendar; `kind` "" for an ordinary one, else holiday, own, changed, break."""

    day: date | None
    kind: str = ""
    name: str = ""
    is_today: bool = False


def year_of(spec: CalendarSpec, year: int, today: date) -> list[tuple[str, list[list[Square]]]]:
    """Twelve (month, weeks of seven squares), Monday first."""
    marked = marks(spec, (year,))
    found = []
    for month in range(1, 13):
        weeks = [
            [
                Square(day if day.month == month else None, *_mark(marked, day, month), day == today)
                for day in week
            ]
            for week in months.Calendar().monthdatescalendar(year, month)
        ]
        found.append((str(MONTHS[month]), weeks))
    return found


def marks(spec: CalendarSpec, years: Iterable[int]) -> dict[date, tuple[str, str]]:
    """What is not ordinary: day -> (kind, name). A special opening beats a holiday (R6)."""
    named = holiday_names(spec, years)
    marked = {day: ("own" if day in spec.own_holidays else "holiday", name) for day, name in named.items()}
    for day, intervals in spec.breaks.items():
        marked.setdefault(day, ("break", _("break %(hours)s") % {"hours": write_intervals(intervals)}))
    for day, intervals in spec.overrides.items():
        was = f"{named[day]}: " if day in named else ""
        marked[day] = ("changed", was + (write_intervals(intervals) or _("closed")))
    return marked


def next_departures(spec: CalendarSpec, at: datetime, limit: int = 8) -> list[tuple[date, str, str]]:
    """The next (day, kind, name) that depart from the week."""
    today = at.astimezone(ZoneInfo(spec.tz)).date()
    found = marks(spec, (today.year, today.year + 1))
    return [(day, *found[day]) for day in sorted(found) if day >= today][:limit]


def _mark(marked: dict[date, tuple[str, str]], day: date, month: int) -> tuple[str, str]:
    return marked.get(day, ("", "")) if day.month == month else ("", "")


# --- the library ------------------------------------------------------------------------------------------------------


def countries() -> list[str]:
    return sorted(library.list_supported_countries())


def places(country: str) -> list[tuple[str, str]]:
    """(code, name) of the states whose holidays the library knows."""
    known = getattr(library, country, None)
    codes = library.list_supported_countries().get(country, [])
    names = {code: alias for alias, code in getattr(known, "subdivisions_aliases", {}).items()}
    return [(code, f"{code} {names[code]}" if code in names else code) for code in codes]


def categories(country: str) -> list[str]:
    known = getattr(getattr(library, country, None), "supported_categories", ("public",))
    return [category for category in CATEGORIES if category in known]


def add_source(row: models.Calendar, country: str, subdivision: str, chosen: list[str]) -> models.Holiday:
    """The holidays of a place. The same place once: its categories are put together."""
    if country not in library.list_supported_countries():
        raise ValidationError(
            {"country": _("The library knows no holidays of “%(country)s”.") % {"country": country}}
        )
    if subdivision and subdivision not in library.list_supported_countries()[country]:
        raise ValidationError({"subdivision": _("“%(state)s” is not known there.") % {"state": subdivision}})
    chosen = [category for category in chosen if category in categories(country)] or ["public"]
    found = row.departures.filter(
        kind=models.Holiday.Kind.LIBRARY, country=country, subdivision=subdivision
    ).first()
    if found is None:
        found = models.Holiday(
            calendar=row,
            kind=models.Holiday.Kind.LIBRARY,
            country=country,
            subdivision=subdivision,
            position=_next(row),
        )
    found.categories = [category for category in CATEGORIES if category in {*found.categories, *chosen}]
    found.save()
    return found


def add_day(row: models.Calendar, kind: str, day: date | None, name: str, said: str) -> models.Holiday:
    """An own holiday, changed hours, or a break; the same kind on the same day is replaced."""
    kinds = models.Holiday.Kind
    if kind not in (kinds.OWN, kinds.CHANGED, kinds.BREAK):
        raise ValidationError({"kind": _("Choose what happens on that day.")})
    if day is None:
        raise ValidationError({"day": _("Choose a date.")})
    if kind == kinds.OWN and not name.strip():
        raise ValidationError({"name": _("Give the holiday a name: customers read it.")})
    try:
        intervals = [list(pair) for pair in read_intervals(said)] if kind != kinds.OWN else []
    except ValidationError as error:
        raise ValidationError({"hours": error.messages}) from None
    if kind == kinds.BREAK and not intervals:
        raise ValidationError({"hours": _("From when to when is the break?")})
    row.departures.filter(kind=kind, day=day).delete()
    name = name.strip() if kind == kinds.OWN else ""
    return models.Holiday.objects.create(
        calendar=row, kind=kind, day=day, name=name, intervals=intervals, position=_next(row)
    )


def _next(row: models.Calendar) -> int:
    return max([each.position for each in row.departures.all()], default=-1) + 1


def describe(row: models.Holiday) -> dict[str, Any]:
    """A departure for the list of the screen."""
    if row.kind == models.Holiday.Kind.LIBRARY:
        names = dict(places(row.country))
        place = (
            f"{row.country} · {names.get(row.subdivision, row.subdivision)}"
            if row.subdivision
            else row.country
        )
        names = {"public": _("public"), "optional": _("optional ones")}
        said = [names.get(category, category) for category in row.categories]
        return {"id": row.pk, "kind": row.kind, "title": place, "detail": words.listed(said)}
    hours = write_intervals(tuple(pair) for pair in row.intervals)
    detail = row.name or hours or _("closed")
    return {"id": row.pk, "kind": row.kind, "label": row.get_kind_display(), "day": row.day, "detail": detail}
