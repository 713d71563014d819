"""A ticket's promise in words, for the notice that confirms it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from policies.decisions import METRIC_NAMES
from policies.document import Policy, Text, say
from tickets.models import Ticket

PATTERNS = {"pt-br": "EEEE, d 'de' MMMM, HH:mm", "en": "EEEE d MMMM, HH:mm"}
PROMISES = {
    "pt-br": "Nossa meta para {metric}: {when} ({zone}).",
    "en": "Our target for the {metric}: {when} ({zone}).",
}


def promise_words(ticket: Ticket, policy: Policy) -> Text:
    """ "Our target for the first response: Wednesday 25 November, 12:00 (America/Sao_Paulo)." {} without a deadline."""
    if ticket.due_at is None:
        return {}
    return {
        language: sentence.format(
            metric=say(METRIC_NAMES[ticket.due_metric], language),
            when=written(ticket.due_at, policy.tz, language),
            zone=policy.tz,
        )
        for language, sentence in PROMISES.items()
    }


def written(at: datetime, tz: str, language: str) -> str:
    """`at` in the zone `tz`, as people of that language write it."""
    base = "pt-br" if language.lower().startswith("pt") else "en"
    local = at.astimezone(ZoneInfo(tz))
    return format_datetime(local, PATTERNS[base], locale="pt_BR" if base == "pt-br" else "en_GB")
