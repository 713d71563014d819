"""Run as a program: the events of an iCalendar file on standard input, as JSON on standard output. Nothing of ours is imported.

    python -I ics.py FROM UNTIL [ZONE] < file   ->   {"events": [...], "left_out": 0}   or   {"refused": CODE, "about": TEXT}

The file is a stranger's, and a rule of a few words says a billion events: so it is read here, with little time and memory,
and what makes too many is refused before it is worked out. FROM and UNTIL are ISO moments; ZONE is what times are meant in
that name none (RFC 5545, form 1) and days without a time; without ZONE such an event is refused.
"""

import hashlib
import json
import re
import resource
import sys
import zoneinfo
from datetime import UTC, date, datetime, time

CPU = 5  # seconds
MEMORY = 1_000_000_000  # bytes of addresses
LARGEST = 2_000_000  # bytes of the file
EVENTS, LINES, DATES, OCCURRENCES = 2_000, 60_000, 5_000, 1_000
FIRST_YEAR, LAST_YEAR = 2000, 2100  # as `tenants.moment`


class Refused(Exception):
    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code)
        self.code, self.about = code, plain(about)[:100]


def plain(text: str) -> str:
    """One line, without what no text may hold: control characters (PostgreSQL refuses NUL) and halves of characters."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+", " ", text).split())


def confine() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    zoneinfo.reset_tzpath(to=())  # the zones of the locked package, as everywhere here


def events_of(raw: bytes, start: datetime, until: datetime, zone: str = "") -> dict:
    """What takes place in [start, until): key, name, from, to (UTC), cancelled. Raises Refused."""
    refuse_bombs(raw)
    calendars = parsed(raw)
    home = zoneinfo.ZoneInfo(zone) if zone else None
    found, left_out = {}, 0
    for calendar in calendars:
        is_cancelled = str(calendar.get("METHOD", "")).upper() == "CANCEL"
        recurring, zoneless = kinds_of(calendar)
        for event in occurrences(calendar, start, until):
            begins, ends = span(event, zoneless, home)
            if ends <= begins:
                left_out += 1
                continue
            key = key_of(event, recurring)
            cancelled = is_cancelled or str(event.get("STATUS", "")).upper() == "CANCELLED"
            found[key] = {"key": key, "name": name_of(event), "from": begins.isoformat(), "to": ends.isoformat(),
                          "cancelled": cancelled}  # fmt: skip
            if len(found) > OCCURRENCES:
                raise Refused("too_many")
    return {"events": list(found.values()), "left_out": left_out}


def refuse_bombs(raw: bytes) -> None:
    """What can be seen without reading it: size, number, and rules that repeat within a day."""
    if len(raw) > LARGEST or raw.count(b"\n") > LINES:
        raise Refused("too_large")
    if b"BEGIN:VCALENDAR" not in raw.upper():
        raise Refused("no_calendar")
    text = re.sub(rb"\r?\n[ \t]", b"", raw).upper()  # unfolded
    if text.count(b"BEGIN:VEVENT") > EVENTS:
        raise Refused("too_many")
    if any(text.count(b"BEGIN:" + part) != text.count(b"END:" + part) for part in (b"VCALENDAR", b"VEVENT")):
        raise Refused("cut_off")
    dates = 0
    for line in re.findall(rb"^(?:RRULE|EXRULE|RDATE|EXDATE)[;:].*$", text, re.MULTILINE):
        dates += line.count(b",")
        if re.search(rb"FREQ=(?:SECONDLY|MINUTELY|HOURLY)|BYSECOND=|BYMINUTE=|BYHOUR=", line):
            raise Refused("too_often")
    if dates > DATES:
        raise Refused("too_many")


def parsed(raw: bytes) -> list:
    import icalendar

    try:
        found = icalendar.Calendar.from_ical(raw, multiple=True)
    except (ValueError, IndexError, KeyError, TypeError) as error:
        raise Refused("unreadable", str(error)) from None
    return [each for each in found if each.name == "VCALENDAR"]


def kinds_of(calendar) -> tuple[set, dict]:
    """UIDs of what repeats, and of what names a zone that is nowhere defined."""
    recurring, zoneless = set(), {}
    for event in calendar.walk("VEVENT"):
        uid, begins = str(event.get("UID", "")), event.get("DTSTART")
        if not uid or begins is None or isinstance(begins, list):
            raise Refused("incomplete", name_of(event))
        if any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
            recurring.add(uid)
        if begins.params.get("TZID") and isinstance(begins.dt, datetime) and begins.dt.tzinfo is None:
            zoneless[uid] = str(begins.params["TZID"])
    return recurring, zoneless


def occurrences(calendar, start: datetime, until: datetime):
    import recurring_ical_events

    try:
        asked = recurring_ical_events.of(calendar, keep_recurrence_attributes=True)
        return asked.between(start, until)
    except (ValueError, TypeError, KeyError, OverflowError, AttributeError) as error:
        raise Refused("unreadable", f"{type(error).__name__}: {error}") from None


def span(event, zoneless: dict, home) -> tuple[datetime, datetime]:
    begins, ends = event["DTSTART"].dt, event["DTEND"].dt
    if str(event.get("UID", "")) in zoneless:
        raise Refused("unknown_zone", zoneless[str(event["UID"])])
    for moment in (begins, ends):
        is_day = not isinstance(moment, datetime)
        if home is None and (is_day or moment.tzinfo is None):
            raise Refused("all_day" if is_day else "floating", name_of(event))
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise Refused("far_away", name_of(event))
    return in_utc(begins, home), in_utc(ends, home)


def in_utc(moment: date, home) -> datetime:
    """A day is its local midnight. What occurs twice or never on a wall is read as everywhere here (R3)."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time.min)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=home)
    return moment.astimezone(UTC).replace(microsecond=0)


def key_of(event, recurring: set) -> str:
    """An event stays the same when it is moved; an occurrence is named by the moment at which it would have been."""
    uid = str(event["UID"])
    if uid in recurring:
        meant = event["RECURRENCE-ID"].dt
        if isinstance(meant, datetime) and meant.tzinfo is not None:
            meant = meant.astimezone(UTC)
        uid = f"{uid}\n{meant.isoformat()}"
    return hashlib.sha256(uid.encode("utf-8", "replace")).hexdigest()


def name_of(event) -> str:
    return plain(str(event.get("SUMMARY", "")))[:200]


if __name__ == "__main__":
    confine()
    try:
        begins, ends = (datetime.fromisoformat(each) for each in sys.argv[1:3])
        answer = events_of(sys.stdin.buffer.read(LARGEST + 1), begins, ends, *sys.argv[3:4])
    except Refused as refusal:
        answer = {"refused": refusal.code, "about": refusal.about}
    except (MemoryError, RecursionError):
        answer = {"refused": "too_many", "about": ""}
    except Exception as error:
        answer = {"refused": "unreadable", "about": plain(f"{type(error).__name__}: {error}")[:100]}
    print(json.dumps(answer))
