"""A ticket as one line of the queue: words made ready, so that the template only places them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from jinja2 import Environment, FileSystemLoader

from policies.document import Policy, say
from tickets import moments
from tickets.models import Ticket

ROWS = Environment(
    loader=FileSystemLoader(settings.BASE_DIR / "templates"), autoescape=True, auto_reload=settings.DEBUG
)

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
        self.grace = {
            metric: max(target.grace for target in policy.targets if target.metric == metric)
            for metric in {target.metric for target in policy.targets if target.grace}
        }


@dataclass(frozen=True, slots=True)
class Row:
    """`stamp`, `exact`: the moment of the clock (its deadline, or when the ticket ended), for programs and for a title.
    `breach`: when the clock can be missed at the earliest."""

    ticket: Ticket
    state: str
    plan: str
    priority: str
    owner: str
    whose: str
    clock: str  # running, warned, breached, paused, met or none
    shape: str
    clock_words: str
    due_at: datetime | None
    ended_at: datetime | None
    stamp: str
    breach: str  # "" where that is the deadline itself
    exact: str
    relative: str
    near: str
    outcome: str
    word: str
    word_by: str


def row_of(ticket: Ticket, names: Names, at: datetime) -> Row:
    clock, words = clock_of(ticket, at)
    due_at = ticket.due_at if clock in RUNNING else None
    ended_at = None if ticket.is_unresolved else ticket.closed_at or ticket.resolved_at
    moment = due_at or ended_at
    return Row(
        ticket=ticket,
        state=str(STATES[ticket.status]),
        plan=names.plans.get(ticket.plan, ticket.plan),
        priority=names.priorities.get(ticket.priority, ticket.priority),
        owner=str(ticket.owner) if ticket.owner else "",
        whose=ticket.company.name if ticket.company else str(ticket.requester),
        clock=clock,
        shape="paused" if clock == "none" else clock,
        clock_words=str(words),
        due_at=due_at,
        ended_at=ended_at,
        stamp=stamped(moment) if moment else "",
        breach=stamped(due_at + names.grace[ticket.due_metric])
        if due_at and ticket.due_metric in names.grace
        else "",
        exact=exact(moment, get_current_timezone_name(), get_language() or "en") if moment else "",
        relative=moments.relative(due_at, at) if due_at else "",
        near=moments.near(ended_at, at) if ended_at else "",
        outcome="" if ticket.outcome == "in_scope" else str(OUTCOMES.get(ticket.outcome, ticket.outcome)),
        word="" if ticket.last_word == ticket.summary[:160] else last_word_of(ticket),
        word_by=str(WORD_BY.get(ticket.last_word_by, "")),
    )


def stamped(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=10_000)
def exact(at: datetime, zone: str, language: str) -> str:
    """The title of a moment; asked again and again for the same ones, in the same zone and language."""
    return moments.exact(at)


def rendered(rows: list[Row]) -> SafeString:
    """The rows as HTML, everything in them escaped."""
    words = {"escalated": _("escalated"), "breached": _("breached"), "nobody": _("nobody")}
    return mark_safe(
        ROWS.get_template("desk/rows.jinja").render(rows=rows, words=words, icons=static("img/icons.svg"))
    )


def last_word_of(ticket: Ticket) -> str:
    by_itself = ticket.last_word_by == "system" and ticket.last_word
    return gettext(ticket.last_word) if by_itself else ticket.last_word


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
