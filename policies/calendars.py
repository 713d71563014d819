"""PURE. A policy's calendars as the engine's opening hours, with the library's holidays written out year by year.

The `holidays` library is asked here and nowhere else. Deployed calendars keep what it said when they were
saved (a yearly job adds the next year), so that its upgrade moves no past deadline; for a pack, which is not
saved, it is asked anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays as library

from policies.document import CalendarSpec, HolidaySource, Policy
from sla.business_time import BusinessHours

ALWAYS = ""
"""The key under which `hours_of` gives round-the-clock hours: the calendar of every elapsed target."""


def hours_of(policy: Policy, years: Iterable[int]) -> dict[str, BusinessHours]:
    """The opening hours of each calendar key, and round the clock under "". Compiled once per content.

    Raises ValueError (from `BusinessHours.from_dict`) for an impossible calendar, e.g. one that never opens
    (R11).
    """
    wanted = tuple(sorted(set(years)))
    return {ALWAYS: BusinessHours.always()} | {
        spec.key: hours_of_calendar(spec, wanted) for spec in policy.calendars
    }


def hours_of_calendar(spec: CalendarSpec, years: Iterable[int]) -> BusinessHours:
    return _compiled(json.dumps(spec_dict(spec, years), sort_keys=True))


def spec_dict(spec: CalendarSpec, years: Iterable[int]) -> dict[str, Any]:
    """`spec` in the words of `BusinessHours.from_dict`, its library holidays written out for `years`."""
    return {
        "tz": spec.tz,
        "weekly": {day: _lists(intervals) for day, intervals in spec.weekly.items()},
        "holidays": {day.isoformat(): name for day, name in sorted(holiday_names(spec, years).items())},
        "overrides": _dated(spec.overrides),
        "breaks": _dated(spec.breaks),
    }


def holiday_names(spec: CalendarSpec, years: Iterable[int]) -> dict[date, str]:
    """Closed days with their names: the library's for `years` and the calendar's own, which win."""
    wanted = tuple(sorted(set(years)))
    named: dict[date, str] = {}
    for source in spec.holidays:
        named |= library_holidays(source, wanted)
    return named | spec.own_holidays


@lru_cache(maxsize=256)
def library_holidays(source: HolidaySource, years: tuple[int, ...]) -> Mapping[date, str]:
    """What the library says for one source, named in the country's language.

    ValueError for a country, subdivision or category it does not know. The language is asked for by name:
    left out, the library takes that of the machine, and the same calendar would have another fingerprint
    elsewhere.
    """
    try:
        native = getattr(library.country_holidays(source.country), "default_language", None)
        found = library.country_holidays(
            source.country,
            subdiv=source.subdivision or None,
            years=years,
            categories=source.categories,
            language=native,
            expand=False,
        )
    except (NotImplementedError, ValueError, AttributeError) as error:
        place = f"{source.country}/{source.subdivision}" if source.subdivision else source.country
        raise ValueError(
            f"no holidays for {place}, categories {', '.join(source.categories)}: {error}"
        ) from None
    return dict(found.items())


def years_around(at: datetime, spec_tz: str = "UTC") -> tuple[int, ...]:
    """The years whose holidays a deadline from `at` on can meet: the one before (night shifts) and three after."""
    year = at.astimezone(ZoneInfo(spec_tz)).year
    return tuple(range(year - 1, year + 4))


@lru_cache(maxsize=512)
def _compiled(content: str) -> BusinessHours:
    return BusinessHours.from_dict(json.loads(content))


def _dated(days: Mapping[date, tuple[tuple[str, str], ...]]) -> dict[str, list[list[str]]]:
    return {day.isoformat(): _lists(intervals) for day, intervals in sorted(days.items())}


def _lists(intervals: Iterable[tuple[str, str]]) -> list[list[str]]:
    return [[start, end] for start, end in intervals]
