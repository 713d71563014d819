"""A ticket as one line of the queue: words made ready, so that the template only places them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from policies.document import Policy, say
from tickets.models import Ticket

STATES = {
    "new": pgettext_lazy("desk state", "New"),
    "open": pgettext_lazy("desk state", "Open"),
    "pending": pgettext_lazy("desk state", "Waiting for customer"),
    "on_hold": pgettext_lazy("desk state", "Waiting for third party"),
    "resolved": pgettext_lazy("desk state", "Resolved"),
    "closed": pgettext_lazy("desk state", "Closed"),
}
METRICS = {
    "acknowledgement": _("confirmation"),
    "first_response": _("first response"),
    "next_response": _("next response"),
    "periodic_update": _("update"),
    "resolution": _("resolution"),
    "silence": _("silence"),
}
OUTCOMES = {
    "in_scope": _("in scope"),
    "out_of_scope": _("out of scope"),
    "other_service": _("another service"),
    "third_party": _("third party"),
    "wrong_channel": _("wrong channel"),
    "ignored": _("ignored"),
    "no_sla": _("no promise"),
}
PAUSES = {"pending": _("paused: waiting for customer"), "on_hold": _("paused: waiting for third party")}
WORD_BY = {"customer": _("Customer"), "agent": _("We"), "system": _("System")}


class Names:
    """A policy's names in the reader's language; a key that the policy no longer has stands for itself."""

    states, metrics, outcomes = STATES, METRICS, OUTCOMES

    def __init__(self, policy: Policy, language: str | None = None) -> None:
        language = language or get_language() or "en"
        for part in ("plans", "priorities", "channels", "topics"):
            setattr(self, part, {each.key: say(each.name, language) for each in getattr(policy, part)})
        self.teams = {key: say(name, language) for key, name in policy.teams.items()}


@dataclass(frozen=True, slots=True)
class Row:
    ticket: Ticket
    state: Any
    plan: str
    priority: str
    whose: str
    clock: str  # running, warned, breached, paused, met or none
    shape: str
    clock_words: Any
    due_at: datetime | None
    ended_at: datetime | None
    outcome: Any
    word: str
    word_by: Any


def row_of(ticket: Ticket, names: Names, at: datetime) -> Row:
    clock, words = clock_of(ticket, at)
    return Row(
        ticket=ticket,
        state=STATES[ticket.status],
        plan=names.plans.get(ticket.plan, ticket.plan),
        priority=names.priorities.get(ticket.priority, ticket.priority),
        whose=ticket.company.name if ticket.company else str(ticket.requester),
        clock=clock,
        shape="paused" if clock == "none" else clock,
        clock_words=words,
        due_at=ticket.due_at if clock in RUNNING else None,
        ended_at=None if ticket.is_unresolved else ticket.closed_at or ticket.resolved_at,
        outcome="" if ticket.outcome == "in_scope" else OUTCOMES.get(ticket.outcome, ticket.outcome),
        word="" if ticket.last_word == ticket.summary[:160] else ticket.last_word,
        word_by=WORD_BY.get(ticket.last_word_by, ""),
    )


RUNNING = ("running", "warned", "breached")


def clock_of(ticket: Ticket, at: datetime) -> tuple[str, Any]:
    """(status, words) of the clock that counts first. The moment itself is put beside the words, and kept in step."""
    if not ticket.is_unresolved:
        return "met", STATES[ticket.status]
    if ticket.due_at is not None and ticket.clock_state in RUNNING:
        return ticket.clock_state, METRICS.get(ticket.due_metric, ticket.due_metric)
    if ticket.status in PAUSES:
        return "paused", PAUSES[ticket.status]
    if ticket.missing:
        return "paused", _("not started: request incomplete")
    return "none", _("no deadline")
