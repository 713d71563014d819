"""Business time again, slow and obvious: walk the minutes, look at the wall clock. Only for comparison in tests.

Shares no code with `sla.business_time`: it reads the dict itself, finds what wall time it is by asking the zone about every
UTC minute, and counts by walking. Everything lies on whole minutes except starts and pauses.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@lru_cache(maxsize=64)
def wall_clock(tz, first_day, days):
    """The UTC minutes of these dates and a day on either side, with the wall time that each of them shows."""
    at = datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC) - timedelta(days=2)
    zone = ZoneInfo(tz)
    shown = []
    for _ in range((days + 4) * 1440):
        shown.append((at, at.astimezone(zone).replace(tzinfo=None)))
        at += MINUTE
    first_showing = {}
    for at, wall in shown:
        first_showing.setdefault(wall, at)
    return shown, first_showing


class Reference:
    """The open minutes of `days` local dates from `first_day` on; every question must stay inside them."""

    def __init__(self, document, first_day, days):
        self.document = document
        self.shown, self.first_showing = wall_clock(document["tz"], first_day, days)
        self.open_minutes = set()
        for number in range(days):
            day = first_day + timedelta(days=number)
            if any(wall.date() == day for _, wall in self.shown):  # R4
                opened = self.instants(day, self.hours(day))
                self.open_minutes |= opened - self.instants(day, self.stated(day, "breaks"))
        for opens, closes in document.get("windows", []):
            self.open_minutes |= minutes(datetime.fromisoformat(opens), datetime.fromisoformat(closes))
        self.ends_at = datetime.combine(first_day + timedelta(days=days - 2), datetime.min.time(), UTC)

    def hours(self, day):
        """The wall minutes of a date, before breaks and windows (R6)."""
        special = self.document.get("overrides", {})
        if special.get(str(day)) == []:
            return set()
        usual = wall_minutes(self.weekly(day), self.weekly(day - timedelta(days=1)))
        if str(day) in self.document.get("holidays", []) or str(day) in special:
            usual = set()
        return usual | self.stated(day, "overrides")

    def weekly(self, day):
        return self.document.get("weekly", {}).get(WEEKDAYS[day.weekday()], [])

    def stated(self, day, field):
        dates = self.document.get(field, {})
        return wall_minutes(dates.get(str(day), []), dates.get(str(day - timedelta(days=1)), []))

    def instants(self, day, wall):
        """The UTC minutes of runs of wall minutes (R2, R3)."""
        found = set()
        for minute in sorted(wall):
            if minute - 1 not in wall:
                begins = minute
            if minute + 1 not in wall:
                found |= minutes(self.instant(day, begins), self.instant(day, minute + 1))
        return found

    def instant(self, day, minute):
        wall = datetime(day.year, day.month, day.day) + minute * MINUTE
        if wall in self.first_showing:
            return self.first_showing[wall]
        for number, (_, shown) in enumerate(self.shown):
            if shown > wall:  # jumped over: go on from the minute before the jump as if there were none
                before, showed = self.shown[number - 1]
                return before + (wall - showed)
        raise AssertionError(f"{wall} is not in the range of this reference.")

    def counts(self, at, pauses):
        paused = any(begins <= at and (ends is None or at < ends) for begins, ends in pauses)
        return at.replace(second=0) in self.open_minutes and not paused

    def steps(self, start, pauses):
        """From `start` on: [from, to) in which nothing changes, the minute or less."""
        edges = sorted(edge for pause in pauses for edge in pause if edge is not None)
        at = start
        while at < self.ends_at:
            following = [at.replace(second=0) + MINUTE, *(edge for edge in edges if edge > at)]
            yield at, min(following)
            at = min(following)

    def between(self, start, end, pauses=()):
        total = timedelta(0)
        for begins, ends in self.steps(start, pauses):
            if begins >= end:
                break
            if self.counts(begins, pauses):
                total += min(ends, end) - begins
        return total

    def after(self, start, duration, pauses=()):
        """None: not inside the dates of this reference."""
        left = duration
        for begins, ends in self.steps(start, pauses):
            if self.counts(begins, pauses):
                if left <= ends - begins:
                    return begins + left
                left -= ends - begins
        return None


def minutes(begins, ends):
    """The minutes in [begins, ends), in UTC; none when that is empty."""
    return {begins.astimezone(UTC) + n * MINUTE for n in range(max(0, (ends - begins) // MINUTE))}


def wall_minutes(today, yesterday):
    """Minutes of a date: the date's own intervals to midnight, and what runs over from the date before."""
    found = set()
    for opens, closes in today:
        found |= set(range(clock(opens), clock(closes) if clock(closes) > clock(opens) else 1440))
    for opens, closes in yesterday:
        if clock(closes) < clock(opens):
            found |= set(range(clock(closes)))
    return found


def clock(text):
    return int(text[:2]) * 60 + int(text[3:])


def dates(first_day, days):
    return [first_day + timedelta(days=n) for n in range(days)]
