"""A ticket's promise in words, for the notice that confirms it."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from policies.document import Policy, Text, say
from policies.sentences import METRIC_NAMES, spoken_by
from tickets.models import Ticket

PATTERNS = {
    "pt-br": "EEEE, d 'de' MMMM, HH:mm",
    "en": "EEEE d MMMM, HH:mm",
    "es": "EEEE, d 'de' MMMM, HH:mm",
    "de": "EEEE, d. MMMM, HH:mm",
    "ru": "EEEE, d MMMM, HH:mm",
}
MONTHS = {"pt-br": "MMMM 'de' y", "es": "MMMM 'de' y"}  # where it is not the month's name and the year
LOCALES = {"pt-br": "pt_BR", "en": "en_GB", "es": "es", "de": "de", "ru": "ru"}
PROMISES = {
    "pt-br": "Nossa meta para {metric}: {when} ({zone}).",
    "en": "Our target for the {metric}: {when} ({zone}).",
    "es": "Nuestro objetivo ({metric}): {when} ({zone}).",
    "de": "Unser Ziel ({metric}): {when} ({zone}).",
    "ru": "Наш целевой срок ({metric}): {when} ({zone}).",
}


def promise_words(ticket: Ticket, policy: Policy, tz: str = "") -> Text:
    """ "Our target for the first response: Wednesday 25 November, 12:00 (America/Sao_Paulo)." {} without a deadline.

    tz: the zone of the one person who reads it; without it the policy's.
    """
    if ticket.due_at is None:
        return {}
    tz = tz or policy.tz
    languages = dict.fromkeys((*spoken_by(policy), near(ticket.language)))
    return {
        language: PROMISES[language].format(
            metric=say(METRIC_NAMES[ticket.due_metric], language),
            when=written(ticket.due_at, tz, language),
            zone=tz,
        )
        for language in languages
    }


def written(at: datetime, tz: str, language: str) -> str:
    """`at` in the zone `tz`, as people of that language write it."""
    known = near(language)
    return format_datetime(at.astimezone(ZoneInfo(tz)), PATTERNS[known], locale=LOCALES[known])


def day_of(day: date, language: str) -> str:
    """`day` with its weekday, as people of that language write it."""
    known = near(language)
    return format_date(day, PATTERNS[known].removesuffix(", HH:mm"), locale=LOCALES[known])


def months(first: date) -> Text:
    """The month that begins on `first`, in each language: "November 2026"."""
    return {
        language: format_date(first, MONTHS.get(language, "LLLL y"), locale=LOCALES[language])
        for language in LOCALES
    }


def near(language: str) -> str:
    """The language of PATTERNS for a tag: itself, another region of it, else English."""
    language = language.lower()
    return next((tag for tag in PATTERNS if tag.split("-")[0] == language.split("-")[0]), "en")
