"""The moments of a story ("14d 09:12", "-35m", "~3m", "+25m") and its durations, of working time ("2h") or not ("~20h")."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sla.business_time import BusinessHours

UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
DAY = re.compile(r"(\+?)(\d+)d (\d\d:\d\d)")
LONGEST = timedelta(days=60)


class Pace:
    """When the people of a desk are at work, and what the present is."""

    def __init__(self, hours: BusinessHours, tz: str, now: datetime) -> None:
        self.hours, self.zone, self.now = hours, ZoneInfo(tz), now

    def moment(self, said: str) -> datetime:
        """ "14d 09:12": on the 14th working day back; "+1d 09:12": on the next one; "-35m" (worked), "~3m", "+25m": from now."""
        if day := DAY.fullmatch(said):
            return self._on_working_day(1 if day[1] else -1, int(day[2]), time.fromisoformat(day[3]))
        if said.startswith("+"):
            return self.now + length(said[1:])
        if said.startswith("~"):
            return self.now - length(said[1:])
        return self._back(length(said.removeprefix("-")))

    def later(self, at: datetime, said: str) -> datetime:
        if said.startswith("~"):
            return at + length(said[1:])
        return self.hours.after(at, length(said)) or at + length(said)

    def _on_working_day(self, direction: int, count: int, clock: time) -> datetime:
        day = self.now.astimezone(self.zone).date()
        while count:
            day += timedelta(days=direction)
            count -= self._is_worked(datetime.combine(day, time(), self.zone))
        return datetime.combine(day, clock, self.zone)

    def _is_worked(self, midnight: datetime) -> bool:
        return self.hours.between(midnight, midnight + timedelta(hours=23)) > timedelta(0)

    def _back(self, worked: timedelta) -> datetime:
        """The last moment from which `worked` of working time has passed until now."""
        early, late = self.now - LONGEST, self.now
        while late - early > timedelta(seconds=1):
            middle = (early + (late - early) / 2).replace(microsecond=0)
            if middle <= early:
                break
            early, late = (
                (middle, late) if self.hours.between(middle, self.now) >= worked else (early, middle)
            )
        return early


def length(said: str) -> timedelta:
    parts = re.findall(r"(\d+)([dhms])", said)
    if not parts or "".join(number + unit for number, unit in parts) != said:
        raise ValueError(f"“{said}” is no duration.")
    return sum((timedelta(**{UNITS[unit]: int(number)}) for number, unit in parts), timedelta())
