"""now(): the one door to the time. The database's clock, in demo and tests plus an offset (`manage.py travel +3h`)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

REAL = "SELECT date_trunc('second', clock_timestamp())"
MOVED = """SELECT date_trunc('second', clock_timestamp() + coalesce(
    (SELECT "offset" FROM public.tenants_clockoffset WHERE id = 1), interval '0'))"""

FIRST_YEAR, LAST_YEAR = 2000, 2100  # of what people enter; near the ends of the calendar zones have no sums


class TravelRefused(Exception):
    """The clock may only be moved in the demo and in tests."""


def now() -> datetime:
    """This moment, aware, in UTC, whole seconds (semantics R1)."""
    with connection.cursor() as cursor:
        cursor.execute(MOVED if settings.TIME_TRAVEL else REAL)
        return cursor.fetchone()[0]


def travel(by: timedelta) -> datetime:
    """Move the clock by `by`, for web, worker and sweep alike, and return the new moment."""
    if not settings.TIME_TRAVEL:
        raise TravelRefused("The clock can only be moved in the demo and in tests (DEMO=1).")
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO public.tenants_clockoffset (id, "offset") VALUES (1, %s)
               ON CONFLICT (id) DO UPDATE SET "offset" = tenants_clockoffset."offset" + excluded."offset" """,
            [by],
        )
    return now()


def within_years(value: date) -> None:
    """For fields: a mistyped year is refused where it is written."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(
            _("Only moments of the years %(first)s to %(last)s make sense here.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
