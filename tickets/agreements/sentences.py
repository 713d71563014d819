"""What happened about agreements, as a sentence of the timeline: for both sides, or for ours alone."""

from __future__ import annotations

from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from policies import words
from tickets.agreements.models import Meeting, Quote
from tickets.agreements.telling import hours

GOOD, WARN, BAD = "good", "warn", "bad"


def sentence_of(kind: str, data: dict[str, Any], *, for_us: bool = True) -> tuple[str, str] | None:
    """(words, tone) of an event of this package, None for any other. `data` has `who`.

    A customer's timeline is read by people who may not read the quote: its price and what was said about it are told to us
    alone. Who may read them finds them in the quote.
    """
    said = dict(data)
    if "work" in data:
        said["work"] = _label(data["work"])
    if data.get("minutes"):
        said["time"] = hours(data["minutes"])
    for name in ("valid_until", "starts_at"):
        if data.get(name):
            said[name] = _written(data[name])
    found = _sentences().get(kind)
    if found is None:
        return None
    sentence, tone = found
    said.setdefault("time", "-")
    sentence = sentence % said
    if kind.startswith("quote_"):
        if not for_us:
            return sentence, tone
        if data.get("amount") is not None:
            sentence = f"{sentence}, {said['time']}, {words.money(data['amount'], data.get('currency', ''))}"
    return (f"{sentence}: {data['because']}" if data.get("because") else sentence), tone


def _sentences() -> dict[str, tuple[str, str]]:
    return {
        "quote_wanted": (_("%(who)s asked for a quote: %(work)s"), ""),
        "quote_sent": (_("%(who)s sent a quote: %(work)s"), ""),
        "quote_accepted": (_("%(who)s accepted the quote: %(work)s"), GOOD),
        "quote_declined": (_("%(who)s declined the quote: %(work)s"), BAD),
        "quote_lapsed": (_("The quote lapsed without an answer: %(work)s"), WARN),
        "quote_withdrawn": (_("%(who)s withdrew the quote: %(work)s"), ""),
        "quote_paid": (_("%(who)s marked the quote as paid: %(work)s"), GOOD),
        "night_work_begun": (_("%(who)s began to work out of hours, as authorised"), GOOD),
        "time_entered": (_("%(who)s entered %(time)s: %(work)s"), ""),
        "time_corrected": (_("%(who)s took back %(time)s: %(work)s"), WARN),
        "meeting_asked": (_("%(who)s asked for: %(work)s"), ""),
        "meeting_refused": (_("%(who)s did not approve: %(work)s"), BAD),
        "meeting_insisted": (_("%(who)s insists, for a quote: %(work)s"), WARN),
        "meeting_scheduled": (_("%(who)s scheduled for %(starts_at)s: %(work)s"), GOOD),
        "meeting_cancelled": (_("%(who)s called off: %(work)s"), BAD),
        "developer_asked": (_("%(who)s asked to bring in the developer %(developer)s"), ""),
        "developer_approved": (_("%(who)s let the developer %(developer)s see this ticket"), ""),
        "developer_refused": (_("%(who)s did not let the developer %(developer)s see this ticket"), BAD),
        "developer_left": (_("The developer %(developer)s sees this ticket no longer"), ""),
    }


def _label(work: str) -> str:
    for choices in (Quote.Kind, Meeting.Kind):
        if work in choices.values:
            return str(choices(work).label)
    return work


def _written(moment: str) -> str:
    at = parse_datetime(moment)
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT") if at else "-"
