"""An iCalendar file of a stranger, read in a bounded process of its own (`ics.py`); what it says, or why it is refused."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.duty.ics import DATES, EVENTS, LARGEST, OCCURRENCES

READER = Path(__file__).with_name("ics.py")
WALL = 15.0  # seconds; the process itself may compute for 5
AT_A_TIME = BoundedSemaphore(2)
log = logging.getLogger(__name__)
SAID = {
    "too_large": gettext_lazy("The calendar is too large: at most %(megabytes)s MB are read."),
    "too_many": gettext_lazy(
        "The calendar has too many events: at most %(events)s entries, and %(occurrences)s within the time looked at."
    ),
    "too_often": gettext_lazy("An event repeats within a day. Only daily or rarer repetition is read."),
    "too_slow": gettext_lazy("The calendar takes too long to work out: its repetitions are too many or too odd."),
    "no_calendar": gettext_lazy("This is not a calendar: an iCalendar file (.ics) begins with BEGIN:VCALENDAR."),
    "cut_off": gettext_lazy("The calendar is cut off: its end has not arrived."),
    "unreadable": gettext_lazy("The calendar is damaged: %(about)s"),
    "incomplete": gettext_lazy("The event “%(about)s” has no UID or no beginning."),
    "unknown_zone": gettext_lazy("The calendar uses the time zone “%(about)s”, which it does not define and nobody knows."),
    "floating": gettext_lazy(
        "The event “%(about)s” names no time zone: choose in which zone such times are meant."
    ),
    "far_away": gettext_lazy("The event “%(about)s” begins or ends in a year that makes no sense here."),
    "all_day": gettext_lazy("The event “%(about)s” lasts whole days: choose in which zone its days are meant."),
}  # fmt: skip


class Unreadable(Exception):
    """In words for whoever gave the calendar."""


@dataclass(frozen=True, slots=True)
class Said:
    """One event, or one occurrence of it. `key`: the same one whenever and wherever it is moved."""

    key: str
    name: str
    starts_at: datetime
    ends_at: datetime
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class Read:
    events: list[Said]
    left_out: int  # without a length


def read(raw: bytes, start: datetime, until: datetime, zone: str = "") -> Read:
    """What takes place in [start, until). Raises Unreadable."""
    if len(raw) > LARGEST:
        raise refused("too_large")
    if not AT_A_TIME.acquire(timeout=WALL):
        raise refused("too_slow")
    try:
        answer = _run(raw, [start.isoformat(), until.isoformat(), *([zone] if zone else [])])
    finally:
        AT_A_TIME.release()
    if "refused" in answer:
        raise refused(answer["refused"], answer.get("about", ""))
    events = [
        Said(
            each["key"],
            each["name"],
            datetime.fromisoformat(each["from"]),
            datetime.fromisoformat(each["to"]),
            each["cancelled"],
        )
        for each in answer["events"]
    ]
    return Read(sorted(events, key=lambda event: (event.starts_at, event.key)), answer["left_out"])


def _run(raw: bytes, asked: list[str]) -> dict:
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(READER), *asked],
            input=raw, capture_output=True, timeout=WALL, env={}, cwd="/", check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise refused("too_slow") from None
    if done.returncode in (-24, -9):  # SIGXCPU, SIGKILL: it computed for too long
        raise refused("too_slow")
    try:
        return json.loads(done.stdout)
    except ValueError:
        log.info("a calendar could not be read (%s): %s", done.returncode, done.stderr[-500:])
        raise refused("too_many" if done.returncode else "unreadable") from None


def refused(code: str, about: str = "") -> Unreadable:
    said = {
        "about": about or _("(no name)"),
        "megabytes": LARGEST // 1_000_000,
        "events": EVENTS,
        "dates": DATES,
        "occurrences": OCCURRENCES,
    }
    return Unreadable(str(SAID.get(code, SAID["unreadable"])) % said)
