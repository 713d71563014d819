"""Moments and durations in words, in the active language and the reader's zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from policies.document import Field, say


def near(at: datetime, now: datetime) -> str:
    """`at` in the reader's zone, no longer than needed: "today 14:20", "tomorrow 09:00", "Wed 12 Mar, 12:00"."""
    return _near(timezone.localtime(at).replace(tzinfo=None), timezone.localdate(now), get_language())


@lru_cache(maxsize=10_000)
def _near(local: datetime, today: date, language: str | None) -> str:
    """Said again and again of the same moments; `language` is the active one."""
    clock = date_format(local, "H:i")
    distance = (local.date() - today).days
    if distance == 0:
        return _("today %(time)s") % {"time": clock}
    if distance == 1:
        return _("tomorrow %(time)s") % {"time": clock}
    if distance == -1:
        return _("yesterday %(time)s") % {"time": clock}
    return _("%(day)s, %(time)s") % {"day": day(local.date(), today), "time": clock}


def day(on: date, today: date) -> str:
    """A date with its weekday, with the year only when it is another one."""
    # Translators: a day in Django's date format, e.g. "Wed 12 Mar"
    short, long = _("D j M"), _("D j M Y")
    return _dated(on, short if on.year == today.year else long)


def stated(answer: Any, field: Field | None, now: datetime) -> Any:
    """An answer of a topic's field for reading: a date and time as people write it, by the clock of who answered; choices in
    the reader's language, of which a checklist has several or none."""
    kind, choices = (field.kind, field.choices) if field else ("", ())
    if isinstance(answer, list):
        return ", ".join(str(stated(each, field, now)) for each in answer) or _("nothing of it ticked")
    if kind in ("choice", "checklist"):
        chosen = next((choice for choice in choices if answer in choice.values()), None)
        return say(chosen, get_language() or "en") if chosen else answer
    at = parse_datetime(answer) if kind == "datetime" and isinstance(answer, str) else None
    if at is None:
        return answer
    return _("%(day)s, %(time)s") % {
        "day": day(at.date(), timezone.localdate(now)),
        "time": date_format(at, "H:i"),
    }


def exact(at: datetime) -> str:
    """`at` to the minute with its zone, for a title: "Wednesday 12 March 2026, 12:00 (America/Sao_Paulo)"."""
    zone = timezone.get_current_timezone_name()
    return _exact(timezone.localtime(at).replace(tzinfo=None), zone, get_language())


@lru_cache(maxsize=10_000)
def _exact(local: datetime, zone: str, language: str | None) -> str:
    # Translators: a moment in Django's date format, e.g. "Wednesday 12 March 2026, 12:00"
    return f"{_dated(local, _('l j F Y, H:i'))} ({zone})"


def _dated(on: date, pattern: str) -> str:
    """Days and months without a capital where the language writes them so; Django's catalogue has one."""
    written = date_format(on, pattern)
    return written.lower() if (get_language() or "").startswith(("pt", "es", "ru")) else written


def elsewhere(at: datetime, tz: str) -> str:
    """The wall time in the calendar's zone where it differs from the reader's, with the zone's name; else ""."""
    if not tz:
        return ""
    there, here = at.astimezone(ZoneInfo(tz)), timezone.localtime(at)
    if there.utcoffset() == here.utcoffset():
        return ""
    clock = _dated(there, "H:i" if there.date() == here.date() else "D H:i")
    return _("%(time)s in %(place)s") % {"time": clock, "place": place(tz)}


def place(tz: str) -> str:
    """A zone as people say it: "America/Sao_Paulo" -> "São Paulo"."""
    return {"America/Sao_Paulo": "São Paulo"}.get(tz, tz.split("/")[-1].replace("_", " "))


def lasting(length: timedelta, *, parts: int = 2) -> str:
    """A duration in its largest whole units: "3 days", "1 hour 30 minutes". Hours stay hours up to 72 of them."""
    seconds = max(0, int(length.total_seconds()))
    if seconds > 72 * 3600:
        days, rest = divmod(seconds, 86400)
        said = [(days, "day"), (rest // 3600, "hour")]
    elif seconds >= 3600:
        said = [(seconds // 3600, "hour"), (seconds % 3600 // 60, "minute")]
    elif seconds >= 60 or seconds == 0:
        said = [(seconds // 60, "minute")]
    else:
        said = [(seconds, "second")]
    words = [_counted(number, unit) for number, unit in said if number] or [_counted(0, "minute")]
    return " ".join(words[:parts])


def _counted(number: int, unit: str) -> str:
    if unit == "day":
        return ngettext("%(number)d day", "%(number)d days", number) % {"number": number}
    if unit == "hour":
        return ngettext("%(number)d hour", "%(number)d hours", number) % {"number": number}
    if unit == "second":
        return ngettext("%(number)d second", "%(number)d seconds", number) % {"number": number}
    return ngettext("%(number)d minute", "%(number)d minutes", number) % {"number": number}


def counted_time(length: timedelta, unit: str, days: int | None = None) -> str:
    """A target in words: "24 business hours", "30 minutes in business hours", "1 business day", "24 hours"."""
    if unit == "business_days" and days:
        return ngettext("%(number)d business day", "%(number)d business days", days) % {"number": days}
    if unit == "business":
        hours, rest = divmod(int(length.total_seconds()), 3600)
        if hours and not rest:
            return ngettext("%(number)d business hour", "%(number)d business hours", hours) % {
                "number": hours
            }
        return _("%(duration)s in business hours") % {"duration": lasting(length)}
    return lasting(length)


def relative(at: datetime, now: datetime) -> str:
    """ "in 23 minutes" or "4 minutes ago": what countdown.js keeps in step."""
    length = abs(at - now)
    if length > timedelta(hours=72):  # whole sentences: days are declined here
        days = length.days
        said = (
            ngettext("in %(number)d day", "in %(number)d days", days)
            if at >= now
            else ngettext("%(number)d day ago", "%(number)d days ago", days)
        )
        return said % {"number": days}
    distance = lasting(length, parts=1)
    return (_("in %(duration)s") if at >= now else _("%(duration)s ago")) % {"duration": distance}
