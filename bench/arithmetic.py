"""Deadlines and elapsed times a second, beside pandas' CustomBusinessHour and workclock in the same run.

The task of all: Monday to Friday 08-18 in Sao Paulo, Brazil's public holidays, starts spread over two years, 24 business hours.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall
from zoneinfo import ZoneInfo

import holidays
import pandas
import workclock
from pandas.tseries.offsets import CustomBusinessHour

from bench.rows import Row, per_call
from sla.business_time import BusinessHours

ZONE = ZoneInfo("America/Sao_Paulo")
YEARS = range(2025, 2031)
DAY = [["08:00", "18:00"]]
TARGET = timedelta(hours=24)


def measure() -> Iterator[Row]:
    dates = sorted(holidays.country_holidays("BR", years=YEARS))
    hours = our_hours(dates)
    starts = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=1051 * n) for n in range(1000)]
    ends = [start + timedelta(days=9) for start in starts]
    pauses = [
        [(s + timedelta(hours=5 * n + 1), s + timedelta(hours=5 * n + 3)) for n in range(5)] for s in starts
    ]
    hours.after(starts[0], TARGET)

    ours = per_call(lambda n: hours.after(starts[n], TARGET), 1000)
    yield Row("deadline, ours", ours * 1e6, "µs", "3")
    yield Row(
        "elapsed time, ours", per_call(lambda n: hours.between(starts[n], ends[n]), 1000) * 1e6, "µs", "3"
    )
    yield Row(
        "deadline with five pauses, ours",
        per_call(lambda n: hours.after(starts[n], TARGET, pauses[n]), 1000) * 1e6,
        "µs",
        "15",
    )
    yield Row("compile, per calendar-year", compile_time(dates) * 1e3, "ms", "2")

    clock = workclock.Schedule(
        [workclock.WorkDay(days=range(5), start=wall(8), end=wall(18)), workclock.Holidays(dates)],
        time_zone=str(ZONE),
    )
    theirs = per_call(lambda n: clock.add(starts[n], TARGET), 1000)
    yield Row("deadline, workclock", theirs * 1e6, "µs")
    yield Row("deadline, workclock / ours", theirs / ours, "times")

    offset = 24 * CustomBusinessHour(start="08:00", end="18:00", holidays=dates)
    local = [pandas.Timestamp(start.astimezone(ZONE).replace(tzinfo=None)) for start in starts]
    slow = per_call(lambda n: local[n] + offset, 100, rounds=2)
    yield Row("deadline, pandas CustomBusinessHour", slow * 1e6, "µs")
    yield Row("deadline, pandas / ours", slow / ours, "times")
    agree = sum(hours.after(s, TARGET) == clock.add(s, TARGET) for s in starts)
    yield Row("starts on which workclock and ours agree", agree, "of 1000", "1000")


def our_hours(dates: list[date]) -> BusinessHours:
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), DAY)
    return BusinessHours.from_dict(
        {"tz": str(ZONE), "weekly": week, "holidays": [d.isoformat() for d in dates]}
    )


def compile_time(dates: list[date]) -> float:
    begun = time.perf_counter()
    hours = our_hours(dates)
    for year in YEARS:
        hours.after(datetime(year, 6, 1, tzinfo=UTC), TARGET)
    return (time.perf_counter() - begun) / len(YEARS)
