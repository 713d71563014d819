"""An example under each target: "Monday 08:00 gives Wednesday 12:00" (R20), worked out by the engine, never written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from policies import words
from policies.codec import WEEKDAYS
from policies.document import Policy
from sla.business_time import BusinessHours

EIGHT = time(8)


@dataclass(frozen=True, slots=True)
class Example:
    """Both moments local to the calendar. `due_at` None: no deadline can be named."""

    from_at: datetime
    due_at: datetime | None

    def __str__(self) -> str:
        """ "Monday 08:00 gives Wednesday 12:00"; with the date where it is more than six days off."""
        if self.due_at is None:
            return ""
        far = self.due_at - self.from_at > timedelta(days=6)
        to = f"{_day(self.due_at.date())} {_time(self.due_at)}"
        if far:
            to = f"{to} ({date_format(self.due_at, 'SHORT_DATE_FORMAT')})"
        return _("%(from)s gives %(to)s") % {
            "from": f"{_day(self.from_at.date())} {_time(self.from_at)}",
            "to": to,
        }


def example_of(
    policy: Policy,
    hours: dict[str, BusinessHours],
    at: datetime,
    *,
    duration: timedelta | None,
    unit: str,
    calendar: str,
    days: int | None = None,
) -> Example | None:
    """What a target gives to a request of an ordinary Monday after `at`; None for one without a deadline."""
    compiled = hours.get(calendar)
    if compiled is None or (duration is None and days is None):
        return None
    zone = _zone(policy, calendar)
    start = ordinary_monday(policy, compiled, calendar, at)
    if unit == "business_days" and days is not None:
        due = compiled.after_days(start, days)
    elif duration is not None:
        due = compiled.after(start, duration)
    else:
        return None
    return Example(start.astimezone(zone), due and due.astimezone(zone))


def ordinary_monday(policy: Policy, hours: BusinessHours, calendar: str, at: datetime) -> datetime:
    """The opening of the next Monday whose week has no holiday and no changed hours; 08:00 round the clock."""
    zone = _zone(policy, calendar)
    today = at.astimezone(zone).date()
    monday = today + timedelta(days=(7 - today.weekday()) % 7 or 7)
    spec = next((each for each in policy.calendars if each.key == calendar), None)
    if spec is None:
        return datetime.combine(monday, EIGHT, tzinfo=zone)
    for week in range(26):
        first = monday + timedelta(weeks=week)
        if all(_is_ordinary(hours, spec.weekly, first + timedelta(days=n)) for n in range(7)):
            break
    openings = hours.opening_of(first)
    if not openings:
        return hours.next_opening(datetime.combine(first, time(), tzinfo=zone)) or datetime.combine(
            first, EIGHT, zone
        )
    opens = openings[0][0]
    return datetime.combine(first, EIGHT if opens == "00:00" else time.fromisoformat(opens), tzinfo=zone)


def _is_ordinary(hours: BusinessHours, weekly: dict[str, tuple[tuple[str, str], ...]], day: date) -> bool:
    return bool(hours.opening_of(day)) == bool(weekly.get(WEEKDAYS[day.weekday()]))


def _zone(policy: Policy, calendar: str) -> ZoneInfo:
    spec = next((each for each in policy.calendars if each.key == calendar), None)
    return ZoneInfo(spec.tz if spec else policy.tz)


def _day(day: date) -> str:
    return str(words.DAYS[WEEKDAYS[day.weekday()]])


def _time(moment: datetime) -> str:
    return moment.strftime("%H:%M")
