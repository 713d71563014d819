"""A policy's keys and figures in the words of people, in the active language: for the admin and the public page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name
from babel.numbers import format_currency, format_decimal, get_decimal_symbol
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from policies.codec import WEEKDAYS
from policies.document import Condition, Warning

METRICS = {
    "acknowledgement": gettext_lazy("Acknowledgement"),
    "first_response": gettext_lazy("First response"),
    "next_response": gettext_lazy("Next response"),
    "periodic_update": gettext_lazy("Regular update"),
    "resolution": gettext_lazy("Resolution"),
}
CHANNELS = {
    "portal": gettext_lazy("Portal"),
    "email": gettext_lazy("E-mail"),
    "form": gettext_lazy("Contact form"),
    "chat": gettext_lazy("Live chat"),
    "whatsapp": "WhatsApp",
    "whatsapp_group": gettext_lazy("WhatsApp group"),
    "phone": gettext_lazy("Telephone"),
    "api": "API",
    "other": gettext_lazy("Any other way"),
}
SITUATIONS = {
    "auction": gettext_lazy("an auction of the customer is running"),
    "emergency": gettext_lazy("it is an emergency"),
    "third_party": gettext_lazy("it depends on a third party"),
    "night_work": gettext_lazy("the customer has authorised work out of hours"),
}
HOUR_KINDS = {
    "training": gettext_lazy("Training"),
    "consulting": gettext_lazy("Consulting"),
    "development": gettext_lazy("Development"),
}
PERIODS = {"month": gettext_lazy("month"), "contract": gettext_lazy("contract period")}
UNITS = {
    "business": gettext_lazy("business hours"),
    "elapsed": gettext_lazy("hours by the clock"),
    "business_days": gettext_lazy("business days"),
}
OUTCOMES = {
    "in_scope": gettext_lazy("in scope"),
    "out_of_scope": gettext_lazy("out of scope"),
    "other_service": gettext_lazy("another service"),
    "third_party": gettext_lazy("a third party's problem"),
    "wrong_channel": gettext_lazy("wrong channel"),
    "ignored": gettext_lazy("ignored"),
    "no_sla": gettext_lazy("a ticket without deadlines"),
    "not_a_customer": gettext_lazy("not a customer"),
}
WHO_MAY_ASK = {
    "anybody": gettext_lazy("anybody"),
    "purchases": gettext_lazy("only addresses in the register of purchases, with an active licence"),
    "invited": gettext_lazy("only people whom our staff invited"),
}
AUDIENCES = {
    "owner": gettext_lazy("the ticket's owner"),
    "team": gettext_lazy("its team"),
    "supervisors": gettext_lazy("the supervisors"),
    "account_manager": gettext_lazy("the account manager"),
    "admins": gettext_lazy("the administrators"),
    "agents": gettext_lazy("all agents"),
    "requester": gettext_lazy("the customer"),
}
OPENS = {
    "ticket": gettext_lazy("opens a ticket"),
    "pointer": gettext_lazy("opens no ticket; the sender is told where to go"),
    "silence": gettext_lazy("opens no ticket and gets no answer"),
}
STARTS = {
    "receipt": gettext_lazy("when the request arrives"),
    "adequate": gettext_lazy("when the request is complete"),
}
PAUSES = {"customer": gettext_lazy("the customer"), "third_party": gettext_lazy("a third party")}
MET_BY = {
    "delivered_notice": gettext_lazy("a delivered notice that the request is registered"),
    "human_reply": gettext_lazy("a reply written by a person"),
    "finished_investigation": gettext_lazy("a finished investigation with its finding"),
    "resolved": gettext_lazy("a written solution"),
}
QUEUE_ORDERS = {
    "urgency": gettext_lazy("earliest deadline first"),
    "opening": gettext_lazy("in the order of opening"),
}
FIELD_KINDS = {
    "text": gettext_lazy("one line"),
    "textarea": gettext_lazy("several lines"),
    "choice": gettext_lazy("a choice"),
    "number": gettext_lazy("a number"),
    "datetime": gettext_lazy("date and time"),
    "url": gettext_lazy("a web address"),
    "checkbox": gettext_lazy("a tick box"),
    "checklist": gettext_lazy("a list of tick boxes"),
}
DAYS = {
    "mon": gettext_lazy("Monday"),
    "tue": gettext_lazy("Tuesday"),
    "wed": gettext_lazy("Wednesday"),
    "thu": gettext_lazy("Thursday"),
    "fri": gettext_lazy("Friday"),
    "sat": gettext_lazy("Saturday"),
    "sun": gettext_lazy("Sunday"),
}
STRETCHES = {  # what sla.business_time says of a stretch of time
    "open": gettext_lazy("open"),
    "window": gettext_lazy("open for an event"),
    "closed": gettext_lazy("closed"),
    "holiday": gettext_lazy("holiday"),
    "override": gettext_lazy("changed hours"),
    "break": gettext_lazy("break"),
    "paused": gettext_lazy("paused"),
    "paused:customer": gettext_lazy("waiting for the customer"),
    "paused:third_party": gettext_lazy("waiting for a third party"),
    "paused:resolved": gettext_lazy("resolved meanwhile"),
}
CONDITIONS = {
    "channels": gettext_lazy("channel"),
    "plans": gettext_lazy("plan"),
    "priorities": gettext_lazy("priority"),
    "topics": gettext_lazy("topic"),
    "situations": gettext_lazy("while"),
    "words": gettext_lazy("text with"),
    "except_channels": gettext_lazy("not channel"),
    "except_plans": gettext_lazy("not plan"),
    "except_topics": gettext_lazy("not topic"),
    "except_situations": gettext_lazy("not while"),
    "except_words": gettext_lazy("text without"),
}


def hours(duration: timedelta, *, business: bool = False) -> str:
    """ "24 hours", "30 minutes", "1 h 30 min", "at once"; with `business` "24 business hours"."""
    seconds = int(duration.total_seconds())
    if seconds == 0:
        return _("at once")
    if not business and seconds % 86400 == 0 and seconds > 72 * 3600:
        return ngettext("%(n)d day", "%(n)d days", seconds // 86400) % {"n": seconds // 86400}
    if seconds % 3600 == 0:
        count = seconds // 3600
        if business:
            return ngettext("%(n)d business hour", "%(n)d business hours", count) % {"n": count}
        return ngettext("%(n)d hour", "%(n)d hours", count) % {"n": count}
    if seconds % 60 == 0 and seconds < 3600:
        count = seconds // 60
        if business:
            return ngettext("%(n)d business minute", "%(n)d business minutes", count) % {"n": count}
        return ngettext("%(n)d minute", "%(n)d minutes", count) % {"n": count}
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s"))
    text = " ".join(f"{count} {unit}" for count, unit in parts if count)
    return _("%(time)s of business time") % {"time": text} if business else text


def target(duration: timedelta | None, unit: str, days: int | None = None) -> str:
    """The length of a target: "24 business hours", "2 business days", "4 hours", "no deadline"."""
    if unit == "business_days" and days is not None:
        return ngettext("%(n)d business day", "%(n)d business days", days) % {"n": days}
    if duration is None:
        return _("no deadline")
    return hours(duration, business=unit == "business")


def warning(each: Warning) -> str:
    said = [f"{each.share}%"] if each.share is not None else []
    return " / ".join(said + ([_("%(time)s before") % {"time": hours(each.before)}] if each.before else []))


def week(weekly: Mapping[str, Iterable[tuple[str, str]]]) -> list[tuple[str, str]]:
    """Neighbouring days with the same hours together: [("Monday to Friday", "08:00-18:00"), ("Saturday, Sunday", "closed")]."""
    groups: list[tuple[list[str], str]] = []
    for day in WEEKDAYS:
        said = ", ".join(interval(*pair) for pair in weekly.get(day, ())) or _("closed")
        if groups and groups[-1][1] == said:
            groups[-1][0].append(day)
        else:
            groups.append(([day], said))
    if len(groups) == 1 and groups[0][1] == interval("00:00", "24:00"):
        return [(_("Every day"), _("around the clock"))]
    return [(days(group), said) for group, said in groups]


def interval(opens: str, closes: str) -> str:
    return f"{opens}–{closes}"


def days(group: list[str]) -> str:
    names = [str(DAYS[day]) for day in group]
    if len(names) == 7:
        return _("Every day")
    if len(names) > 2:
        return _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    return ", ".join(names)


def stretch(why: str) -> str:
    """Why a stretch of time counted or not: "open", "closed", "holiday: Natal"."""
    if why in STRETCHES:
        return str(STRETCHES[why])
    kind, _colon, name = why.partition(":")
    return f"{STRETCHES.get(kind, kind)}: {name}" if name else kind


def size(count: int) -> str:
    """Bytes: "20 MB"."""
    for unit, scale in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000)):
        if count >= scale:
            return f"{number_format(f'{count / scale:.4g}')} {unit}"
    return f"{count} B"


def file_kinds(kinds: Iterable[str]) -> list[str]:
    """MIME types and their patterns as people name them, each once."""
    known = {
        "image/*": _("pictures"),
        "video/*": _("videos"),
        "audio/*": _("sound"),
        "text/*": _("text files"),
        "text/plain": _("text files"),
        "application/pdf": "PDF",
        "application/zip": "ZIP",
        "application/json": "JSON",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    }
    return list(dict.fromkeys(known.get(kind, kind.rpartition("/")[2].upper()) for kind in kinds))


def listed(items: Iterable[object]) -> str:
    """ "a, b and c"."""
    texts = [str(item) for item in items]
    if len(texts) < 2:
        return "".join(texts)
    return _("%(most)s and %(last)s") % {"most": ", ".join(texts[:-1]), "last": texts[-1]}


def condition(when: Condition, name: Callable[[str, str], str] = lambda kind, key: key) -> list[str]:
    """Each part of a condition in words; `name(kind, key)` names a key. Empty for one that matches everything."""
    said = []
    for kind, label in CONDITIONS.items():
        if values := getattr(when, kind):
            shown = [name(kind.removeprefix("except_"), value) for value in values]
            if kind.endswith("words"):
                shown = [shortened(value) for value in shown[:3]] + ["…"] * (len(shown) > 3)
            said.append(f"{label} {', '.join(shown)}")
    return said


def shortened(entry: str, length: int = 60) -> str:
    """An entry of words for a list: its beginning, with places where a line may break."""
    text = entry if len(entry) <= length else entry[:length].rstrip() + "…"
    return text.replace("|", "|\u200b")


def zone(tz: str, language: str) -> str:
    """A time zone as people call it: "America/Sao_Paulo" is "Brasilia Time", or "Horário de Brasília"."""
    if tz.startswith(("UTC", "Etc/", "GMT")):
        return tz
    said = get_timezone_name(ZoneInfo(tz), "long", locale=language.partition("-")[0], zone_variant="generic")
    return said[:1].upper() + said[1:]


# --- money ------------------------------------------------------------------------------------------------------------

LOCALES = {"pt-br": "pt_BR", "en": "en", "es": "es", "de": "de", "ru": "ru"}


def amount(minor: int) -> str:
    """An amount in hundredths for a form, as its reader writes it: 125000 is "1.250,00" in Portuguese, "1,250.00" in English."""
    return money(minor)


def amount_of(text: str) -> int | None:
    """What was written by hand, in hundredths: "250", "250,00", "250.00", "1.250,00"; None where it is no amount, or could be
    two ("1.250" in English). Thousands are parted as the reader's language parts them, or by what cannot be the decimals."""
    found = AMOUNT.fullmatch("".join(text.split()))
    if found is None or (found["parts"] is not None and found["parts"] == found["point"]):
        return None
    locale = LOCALES.get((get_language() or "en").lower(), "en")
    once = found["parts"] is not None and found["whole"].count(found["parts"]) == 1
    if once and found["point"] is None and found["parts"] == get_decimal_symbol(locale):
        return None
    return int(re.sub(r"\D", "", found["whole"])) * 100 + int(found["hundredths"] or 0)


AMOUNT = re.compile(
    r"(?P<whole>\d{1,3}(?P<parts>[.,'])\d{3}(?:(?P=parts)\d{3}){0,3}|\d{1,12})(?:(?P<point>[.,])(?P<hundredths>\d{2}))?",
    re.ASCII,
)


def money(minor: int, currency: str = "", language: str = "") -> str:
    """An amount in hundredths of its currency as its reader writes it: 25000 BRL is "R$ 250,00"."""
    locale = LOCALES.get((language or get_language() or "en").lower(), "en")
    amount = Decimal(minor) / 100
    if not currency:
        return format_decimal(amount, format="#,##0.00", locale=locale)
    return format_currency(amount, currency, locale=locale)
