"""A policy's calendars as opening hours, with the library's holidays written out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from policies.calendars import holiday_names, hours_of, spec_dict, years_around
from policies.document import CalendarSpec, HolidaySource
from policies.packs import load_pack
from sla.business_time import BusinessHours, CalendarError

WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), (("08:00", "18:00"),))
BRAZIL = CalendarSpec("br", {"en": "Brazil"}, "America/Sao_Paulo", WEEK, holidays=(HolidaySource("BR"),))


def test_holidays_are_written_out_for_the_years_asked_for():
    named = holiday_names(BRAZIL, [2026])
    assert named[date(2026, 11, 20)]  # Consciência Negra, national since 2024
    assert date(2026, 2, 17) not in named  # Carnival is optional: off by default (ZP02)
    assert {day.year for day in named} == {2026}


def test_carnival_is_one_category_more():
    with_carnival = replace(BRAZIL, holidays=(HolidaySource("BR", "", ("public", "optional")),))
    assert date(2026, 2, 17) in holiday_names(with_carnival, [2026])


def test_own_days_are_added_and_name_the_day():
    own = replace(BRAZIL, own_holidays={date(2026, 7, 9): "Inventário", date(2026, 12, 25): "Recesso"})
    named = holiday_names(own, [2026])
    assert named[date(2026, 7, 9)] == "Inventário"
    assert named[date(2026, 12, 25)] == "Recesso"


def test_names_are_the_countrys_own_whatever_the_machine_speaks(monkeypatch):
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("LANGUAGE", "en_US")
    assert holiday_names(BRAZIL, [2027])[date(2027, 12, 25)] == "Natal"


def test_everything_written_reaches_the_hours():
    spec = replace(
        BRAZIL,
        overrides={date(2026, 12, 24): (("08:00", "12:00"),)},
        breaks={date(2026, 12, 23): (("12:00", "13:00"),)},
    )
    hours = BusinessHours.from_dict(spec_dict(spec, [2026]))
    assert hours.opening_of(date(2026, 12, 24)) == [("08:00", "12:00")]
    assert hours.opening_of(date(2026, 12, 23)) == [("08:00", "12:00"), ("13:00", "18:00")]
    assert hours.opening_of(date(2026, 12, 25)) == []


def test_hours_are_compiled_once_per_content():
    pack = load_pack("z-pro")
    first, again = hours_of(pack, [2026]), hours_of(replace(pack, note="other"), [2026])
    assert first["business"] is again["business"]
    assert first[""] == BusinessHours.always()


def test_an_impossible_calendar_is_refused():
    with pytest.raises(CalendarError):
        hours_of(replace(load_pack("z-pro"), calendars=(replace(BRAZIL, weekly={}, holidays=()),)), [2026])


@pytest.mark.parametrize(
    "source", [HolidaySource("XX"), HolidaySource("BR", "XX"), HolidaySource("BR", "", ("x",))]
)
def test_unknown_holidays_are_refused_by_name(source):
    with pytest.raises(ValueError, match="no holidays for"):
        holiday_names(replace(BRAZIL, holidays=(source,)), [2026])


def test_years_around_a_moment_reach_as_far_as_a_deadline():
    assert years_around(datetime(2026, 1, 1, 1, tzinfo=UTC), "America/Sao_Paulo") == (
        2024,
        2025,
        2026,
        2027,
        2028,
    )
