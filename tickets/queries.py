"""Reads that the desk's pages and the API share: the queue and its counters.

The queue is read by keyset, never by OFFSET: a page deep in 100,000 tickets costs what the first one costs. Counters stop
counting at `CAP`, so that they cost the same however much is waiting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from tenants.customers.models import Team
from tenants.people.models import User

from .access import visible_to
from .models import Ticket

CAP = 100
PAGE = 50
FINISHED = (Ticket.Status.RESOLVED, Ticket.Status.CLOSED)
RUNNING_STATES = ("running", "warned", "breached")

VIEWS = ("unresolved", "mine", "unassigned", "teams", "breached", "hour", "waiting", "finished", "everything")

COLUMNS = (
    "id", "number", "summary", "status", "plan", "priority", "outcome", "updated_at", "due_at", "due_metric",
    "clock_state", "last_word", "last_word_by", "escalated_at", "missing", "resolved_at", "closed_at", "owner_id",
    "company__name", "owner__name", "owner__email", "requester__name", "requester__email", "language",
)  # fmt: skip


class Line(NamedTuple):
    """What a line of the queue shows of a ticket, in the order of `COLUMNS`: read without making a model of each."""

    pk: int
    number: int
    summary: str
    status: str
    plan: str
    priority: str
    outcome: str
    updated_at: datetime
    due_at: datetime | None
    due_metric: str
    clock_state: str
    last_word: str
    last_word_by: str
    escalated_at: datetime | None
    missing: str
    resolved_at: datetime | None
    closed_at: datetime | None
    owner_id: int | None
    company_name: str | None
    owner_name: str | None
    owner_email: str | None
    requester_name: str
    requester_email: str
    language: str

    @property
    def is_unresolved(self) -> bool:
        return self.status in Ticket.UNRESOLVED


@dataclass(frozen=True)
class Filters:
    """What the reader wants to see. Empty text: no wish. `owner` is a person's id or "none"; `team` a team's key."""

    view: str = "unresolved"
    team: str = ""
    plan: str = ""
    priority: str = ""
    channel: str = ""
    status: str = ""
    owner: str = ""
    topic: str = ""
    language: str = ""
    text: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything beside the view is asked for."""
        return replace(self, view="unresolved") != Filters()


@dataclass(frozen=True)
class Page:
    tickets: list[Line]
    next: str = ""  # the `after` of the next page; "" where this is the last


@dataclass(frozen=True)
class Share:
    """What belongs to a person's teams: the teams, and unresolved tickets that an escalation added one of them to."""

    teams: tuple[int, ...] = ()
    joined: tuple[int, ...] = ()


def queue(
    person: User,
    filters: Filters,
    *,
    at: datetime,
    order: str = "urgency",
    after: str = "",
    limit: int = PAGE,
    share: Share | None = None,
) -> Page:
    """One page of the tickets that `person` may see. `order` is the policy's queue_order, "urgency" or "opening" (CH08).

    By urgency: the earliest deadline first, tickets without one after them in order of opening. What is finished is read
    the other way round, the last change first. `after` is the `next` of the page before; a broken one is the first page.
    """
    tickets = of_view(visible_to(person), filters.view, person, at, share)
    tickets = narrowed(tickets, filters).values_list(*COLUMNS)
    by = sorted_after_search if filters.text else F
    if filters.view == "everything":
        found = _slice(tickets.order_by(by("id").desc()), _place(after), limit, newest_id)
    elif filters.view == "finished":
        found = _slice(tickets.order_by(by("updated_at").desc(), "-id"), _place(after), limit, newest_change)
    elif order == "opening":
        found = _slice(tickets.order_by(by("id").asc()), _place(after), limit, oldest_id)
    else:
        found = _by_urgency(tickets.order_by(by("due_at").asc(nulls_last=True), "id"), _place(after), limit)
    if len(found) <= limit:
        return Page(found)
    found = found[:limit]
    return Page(found, next=_token(found[-1], filters.view, order))


def of_view(tickets: QuerySet, view: str, person: User, at: datetime, share: Share | None = None) -> QuerySet:
    """The tickets of one of `VIEWS`; an unknown one is "unresolved"."""
    if view == "everything":
        return tickets
    if view == "finished":
        return tickets.filter(status__in=FINISHED)
    tickets = tickets.filter(status__in=Ticket.UNRESOLVED)
    if view == "mine":
        return tickets.filter(owner=person)
    if view == "unassigned":
        return tickets.filter(owner=None)
    if view == "teams":
        share = share or share_of(person)
        return tickets.filter(Q(team__in=share.teams) | Q(id__in=share.joined))
    if view == "breached":
        return tickets.filter(due_at__lte=at, clock_state="breached")
    if view == "hour":
        return tickets.filter(
            due_at__gt=at, due_at__lte=at + timedelta(hours=1), clock_state__in=RUNNING_STATES
        )
    if view == "waiting":
        return tickets.filter(status=Ticket.Status.PENDING)
    return tickets


def narrowed(tickets: QuerySet, filters: Filters) -> QuerySet:
    """`tickets` cut down to the fields and words of `filters`."""
    for name in ("plan", "priority", "channel", "status", "topic", "language"):
        if wanted := getattr(filters, name):
            tickets = tickets.filter(**{name: wanted})
    if filters.team:
        tickets = tickets.filter(team_id=Team.objects.filter(key=filters.team).values("id")[:1])
    if filters.owner == "none":
        tickets = tickets.filter(owner=None)
    elif filters.owner.isdecimal():
        tickets = tickets.filter(owner_id=int(filters.owner))
    return with_text(tickets, filters.text) if filters.text else tickets


def with_text(tickets: QuerySet, text: str) -> QuerySet:
    """Tickets whose summary has words beginning with each word of `text`, or whose number it is."""
    words = re.findall(r"\w+", text)
    if not words:
        return tickets.none()
    query = SearchQuery(" & ".join(f"{word}:*" for word in words), search_type="raw", config="simple")
    found = Q(words=query)
    if number := number_in(text):
        found |= Q(number=number)
    return tickets.annotate(words=SearchVector("summary", config="simple")).filter(found)


def sorted_after_search(name: str) -> Coalesce:
    """`name` as an order that no index has: words are then looked up in theirs, and what they found is sorted. Left the
    choice, PostgreSQL walks the queue's index and parses 100,000 summaries to find none."""
    return Coalesce(name, name)


def number_in(text: str) -> int | None:
    """The ticket's number that `text` is, with or without #."""
    match = re.fullmatch(r"\s*#?\s*(\d{1,15})\s*", text)
    return int(match[1]) if match else None


UNRESOLVED = "status IN ('new', 'open', 'pending', 'on_hold')"
COUNTED = {  # a counter's view in SQL, for agents, who see every ticket; a test holds them against `of_view`
    "unresolved": "",
    "mine": "AND owner_id = %(person)s",
    "unassigned": "AND owner_id IS NULL",
    "teams": "AND (team_id = ANY(%(teams)s) OR id = ANY(%(joined)s))",
    "breached": "AND due_at <= %(at)s AND clock_state = 'breached'",
    "hour": "AND due_at > %(at)s AND due_at <= %(hour)s AND clock_state IN ('running', 'warned', 'breached')",
    "waiting": "AND status = 'pending'",
}
COUNTERS = "SELECT " + ", ".join(
    f"(SELECT count(*) FROM (SELECT FROM tickets_ticket WHERE {UNRESOLVED} {which} LIMIT %(cap)s) AS {view})"
    for view, which in COUNTED.items()
)


def counters(person: User, at: datetime, share: Share | None = None) -> dict[str, int]:
    """How many tickets each view has for an agent, by one query; `CAP` means that many or more. What is finished, and
    everything, is not counted."""
    share = share or share_of(person)
    given = {"person": person.pk, "teams": list(share.teams), "joined": list(share.joined),
             "at": at, "hour": at + timedelta(hours=1), "cap": CAP}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(COUNTERS, given)
        return dict(zip(COUNTED, cursor.fetchone(), strict=True))


SHARE = """
    SELECT array(SELECT team_id FROM customers_team_members WHERE user_id = %(person)s),
           array(SELECT x.ticket_id FROM tickets_ticket_extra_teams x
                 JOIN customers_team_members m ON m.team_id = x.team_id AND m.user_id = %(person)s
                 JOIN tickets_ticket t ON t.id = x.ticket_id AND t.status IN ('new', 'open', 'pending', 'on_hold')
                 LIMIT 500)"""


def share_of(person: User) -> Share:
    """What belongs to the person's teams, by one query; at most 500 joined tickets."""
    with connection.cursor() as cursor:
        cursor.execute(SHARE, {"person": person.pk})
        teams, joined = cursor.fetchone()
    return Share(teams=tuple(teams), joined=tuple(joined))


BESIDE = """
    SELECT 'copy' AS kind, address AS name, id FROM tickets_participant WHERE ticket_id = %(ticket)s
    UNION ALL
    SELECT 'team', t.name, 0 FROM customers_team t JOIN tickets_ticket_extra_teams x ON x.team_id = t.id
    WHERE x.ticket_id = %(ticket)s AND t.id IS DISTINCT FROM %(team)s
    ORDER BY kind, id, name"""


def beside(ticket: Ticket) -> dict[str, list[str]]:
    """Who is on a ticket beside requester, owner and team: "copy": addresses, "team": names. One query."""
    found: dict[str, list[str]] = {"copy": [], "team": []}
    with connection.cursor() as cursor:
        cursor.execute(BESIDE, {"ticket": ticket.pk, "team": ticket.team_id})
        for kind, name, _ in cursor.fetchall():
            found[kind].append(name)
    return found


def next_deadline(person: User, at: datetime) -> datetime | None:
    """The earliest deadline still to come, for the words on an empty screen."""
    coming = visible_to(person).filter(status__in=Ticket.UNRESOLVED, due_at__gt=at).order_by("due_at")
    return coming.values_list("due_at", flat=True).first()


# -- keyset ------------------------------------------------------------------------------------------------------------

Place = tuple[datetime | None, int]


def _by_urgency(tickets: QuerySet, place: Place | None, limit: int) -> list[Line]:
    """With a deadline, then without. From a place on these are two ranges of one index, each read from where it must."""
    if place is None:
        return _lines(tickets[: limit + 1])
    due_at, key = place
    without = tickets.filter(due_at=None)
    if due_at is None:
        return _lines(without.filter(id__gt=key)[: limit + 1])
    found = _lines(tickets.filter(Q(due_at__gt=due_at) | Q(id__gt=key), due_at__gte=due_at)[: limit + 1])
    if len(found) <= limit:
        found += _lines(without[: limit + 1 - len(found)])
    return found


def newest_id(place: Place) -> Q:
    return Q(id__lt=place[1])


def oldest_id(place: Place) -> Q:
    return Q(id__gt=place[1])


def newest_change(place: Place) -> Q:
    return (
        Q(updated_at__lte=place[0]) & (Q(updated_at__lt=place[0]) | Q(id__lt=place[1])) if place[0] else Q()
    )


def _slice(tickets: QuerySet, place: Place | None, limit: int, beyond) -> list[Line]:
    return _lines((tickets.filter(beyond(place)) if place else tickets)[: limit + 1])


def _lines(rows: QuerySet) -> list[Line]:
    return [Line._make(row) for row in rows]


def _token(ticket: Line, view: str, order: str) -> str:
    moment = ticket.updated_at if view == "finished" else ticket.due_at
    if view == "everything" or (order == "opening" and view != "finished"):
        moment = None
    return f"{moment.timestamp():.6f}_{ticket.pk}" if moment else f"_{ticket.pk}"


def _place(token: str) -> Place | None:
    match = re.fullmatch(r"(\d{1,12}\.\d{6})?_(\d{1,18})", token or "")
    if not match:
        return None
    return (datetime.fromtimestamp(float(match[1]), UTC) if match[1] else None), int(match[2])
