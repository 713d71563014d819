"""A ticket as one line of the queue: words made ready, so that the template only places them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from policies.document import Policy, say
from tenants.people.models import User
from tickets import moments, tongues
from tickets.jinja import part
from tickets.queries import Line
from tickets.templatetags.words import icon

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
    "not_a_customer": _("not a customer"),
}
NO_CLOCK = {"incomplete": _("not started: request incomplete"), "none": _("no deadline")}
SHOWN = {"live": _("live now"), "escalated": _("escalated"), "breached": _("breached"), "nobody": _("nobody")}
PAUSES = {"pending": _("paused: waiting for customer"), "on_hold": _("paused: waiting for third party")}
WORD_BY = {"customer": _("Customer"), "agent": _("We"), "system": _("System")}


Words = dict[str, dict[str, str]]


@lru_cache
def words_in(language: str) -> Words:
    """The tables above in `language`, the active one: a page of rows asks for them some hundred times."""
    tables = {"states": STATES, "metrics": METRICS, "outcomes": OUTCOMES, "pauses": PAUSES, "by": WORD_BY,
              "no_clock": NO_CLOCK, "shown": SHOWN}  # fmt: skip
    return {name: {key: str(word) for key, word in table.items()} for name, table in tables.items()}


class Names:
    """A policy's names in the reader's language; a key that the policy no longer has stands for itself."""

    states, metrics, outcomes = STATES, METRICS, OUTCOMES

    def __init__(self, policy: Policy, language: str | None = None, *, reader: User | None = None) -> None:
        language = language or get_language() or "en"
        self.reader, self.known_tongues = reader, dict[str, str]()
        self.words = words_in(language)
        for name in ("plans", "priorities", "channels", "topics"):
            setattr(self, name, {each.key: say(each.name, language) for each in getattr(policy, name)})
        self.teams = {key: say(name, language) for key, name in policy.teams.items()}
        self.grace = {
            metric: max(target.grace for target in policy.targets if target.metric == metric)
            for metric in {target.metric for target in policy.targets if target.grace}
        }

    def tongue(self, language: str) -> str:
        """The name of a ticket's language where the reader does not speak it (TD03)."""
        if language not in self.known_tongues:
            spoken = self.reader is None or self.reader.speaks(language)
            self.known_tongues[language] = "" if spoken else tongues.name_of(language)
        return self.known_tongues[language]


@dataclass(slots=True)
class Row:
    """`stamp`, `exact`: the moment of the clock (its deadline, or when the ticket ended), for programs and for a title.
    `breach`: when the clock can be missed at the earliest."""

    ticket: Line
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
    language: str  # its name, where the reader does not speak it


def row_of(ticket: Line, names: Names, at: datetime) -> Row:
    words = names.words
    clock, clock_words = clock_of(ticket, words)
    due_at = ticket.due_at if clock in RUNNING else None
    ended_at = None if ticket.is_unresolved else ticket.closed_at or ticket.resolved_at
    moment = due_at or ended_at
    return Row(
        ticket=ticket,
        state=words["states"][ticket.status],
        plan=names.plans.get(ticket.plan, ticket.plan),
        priority=names.priorities.get(ticket.priority, ticket.priority),
        owner=ticket.owner_name or ticket.owner_email or "",
        whose=ticket.company_name or ticket.requester_name or ticket.requester_email,
        clock=clock,
        shape="paused" if clock == "none" else clock,
        clock_words=clock_words,
        due_at=due_at,
        ended_at=ended_at,
        stamp=stamped(moment) if moment else "",
        breach=stamped(due_at + names.grace[ticket.due_metric])
        if due_at and ticket.due_metric in names.grace
        else "",
        exact=moments.exact(moment) if moment else "",
        relative=moments.relative(due_at, at) if due_at else "",
        near=moments.near(ended_at, at) if ended_at else "",
        outcome="" if ticket.outcome == "in_scope" else words["outcomes"].get(ticket.outcome, ticket.outcome),
        word="" if ticket.last_word == ticket.summary[:160] else last_word_of(ticket),
        word_by=words["by"].get(ticket.last_word_by, ""),
        language=names.tongue(ticket.language),
    )


def stamped(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rendered(rows: list[Row], names: Names, live: frozenset[int] = frozenset()) -> SafeString:
    """The rows as HTML, everything in them escaped. `live`: tickets whose customer is in a chat right now."""
    return part("desk/rows.jinja", rows=rows, live=live, words=names.words["shown"], shapes=shapes())


@lru_cache
def shapes() -> dict[str, SafeString]:
    """The symbols of states and clocks, as `{% icon %}` draws them."""
    return {name: mark_safe(icon(name)) for name in (*STATES, *RUNNING, "paused", "met")}


def last_word_of(ticket: Line) -> str:
    by_itself = ticket.last_word_by == "system" and ticket.last_word
    return gettext(ticket.last_word) if by_itself else ticket.last_word


RUNNING = ("running", "warned", "breached")


def clock_of(ticket: Line, words: Words) -> tuple[str, str]:
    """(status, words) of the clock that counts first. The moment itself is put beside the words, and kept in step."""
    if not ticket.is_unresolved:
        return "met", words["states"][ticket.status]
    if ticket.due_at is not None and ticket.clock_state in RUNNING:
        return ticket.clock_state, words["metrics"].get(ticket.due_metric, ticket.due_metric)
    if ticket.status in PAUSES:
        return "paused", words["pauses"][ticket.status]
    if ticket.missing:
        return "paused", words["no_clock"]["incomplete"]
    return "none", words["no_clock"]["none"]
