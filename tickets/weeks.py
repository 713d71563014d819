"""Opening hours in words: "Mon-Fri 08:00-18:00, Sat 09:00-12:00", and whether they are open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from sla.business_time import WEEKDAYS, BusinessHours


@dataclass(frozen=True, slots=True)
class OpenSign:
    """The sign at the door. `closes_at` None while open: it never closes."""

    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    always: bool
    words: str
    tz: str


def sign_of(hours: BusinessHours, at: datetime) -> OpenSign:
    is_open, always = hours.is_open(at), never_closes(hours)
    return OpenSign(
        is_open=is_open,
        opens_at=None if is_open else hours.next_opening(at),
        closes_at=None if always or not is_open else hours.next_closing(at),
        always=always,
        words=in_words(hours),
        tz="" if always else hours.zone.key,
    )


def never_closes(hours: BusinessHours) -> bool:
    weekly = hours.to_dict().get("weekly", {})
    return isinstance(weekly, dict) and all(_whole_day(weekly.get(day, ())) for day in WEEKDAYS)


def in_words(hours: BusinessHours) -> str:
    """Days with the same hours side by side are one range; closed days are not named."""
    if never_closes(hours):
        return _("round the clock, every day")
    weekly = hours.to_dict().get("weekly", {})
    groups: list[tuple[int, int, str]] = []
    for number, day in enumerate(WEEKDAYS):
        spans = ", ".join(f"{_short(start)}–{_short(end)}" for start, end in weekly.get(day, ()))
        if not spans:
            continue
        if groups and groups[-1][1] == number - 1 and groups[-1][2] == spans:
            groups[-1] = (groups[-1][0], number, spans)
        else:
            groups.append((number, number, spans))
    return "; ".join(f"{_days(first, last)} {spans}" for first, last, spans in groups) or _("by appointment")


def _days(first: int, last: int) -> str:
    names = [str(WEEKDAYS_ABBR[first]), str(WEEKDAYS_ABBR[last])]
    return names[0] if first == last else "–".join(names)


def _short(clock: str) -> str:
    """ "08:00" as people say it, "8"; "08:30" stays."""
    hour, minute = clock.split(":")[:2]
    return f"{int(hour)}" if minute == "00" else f"{int(hour)}:{minute}"


def _whole_day(spans: Sequence[Sequence[str]]) -> bool:
    return any(start == "00:00" and end in ("24:00", "00:00") for start, end in spans)
