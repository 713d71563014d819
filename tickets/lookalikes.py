"""Open tickets and chats that look like what somebody is about to say (TD16): theirs, or their company's.

Likeness is the mean of three trigram similarities, accents and case aside: of the summaries, of summary and first message
together, and of either summary within all that the other says. It is asked of the latest `LOOKED_AT` open tickets of one
company (or person), which an index finds: what it costs does not grow with the desk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from policies.document import Policy
from tenants.customers.models import Membership
from tenants.people.models import User
from tickets.access import visible_to
from tickets.models import Ticket

LOOKED_AT = 200
SHOWN = 3
ALIKE = 0.5  # pairs about one issue reach 0.55, others stay below 0.47 (tests/tickets/test_lookalikes.py)

LIKENESS = """
    SELECT t.id, t.number, t.summary, t.status, t.channel, t.opened_at, of_both.likeness
    FROM tickets_ticket t
    LEFT JOIN LATERAL (
        SELECT left(m.body, 600) AS body FROM tickets_message m
        WHERE m.ticket_id = t.id AND m.kind = 'public' AND m.by_customer ORDER BY m.at, m.id LIMIT 1) first ON true
    CROSS JOIN LATERAL (
        SELECT public.hd_plain(t.summary) AS summary,
               public.hd_plain(t.summary || ' ' || coalesce(first.body, '')) AS said,
               public.hd_plain(%(summary)s) AS new_summary, public.hd_plain(%(said)s) AS new_said) plain
    CROSS JOIN LATERAL (
        SELECT (extensions.similarity(plain.summary, plain.new_summary)
                + extensions.similarity(plain.said, plain.new_said)
                + greatest(extensions.word_similarity(plain.new_summary, plain.said),
                           extensions.word_similarity(plain.summary, plain.new_said))) / 3 AS likeness) of_both
    WHERE t.id = ANY(%(open)s) AND of_both.likeness >= %(least)s
    ORDER BY of_both.likeness DESC, t.id DESC
    LIMIT %(most)s"""


@dataclass(frozen=True, slots=True)
class Lookalike:
    """An open ticket of the same company, and how much it is alike, from `ALIKE` to 1."""

    pk: int
    number: int
    summary: str
    status: str
    channel: str
    opened_at: datetime
    likeness: float

    @property
    def is_chat(self) -> bool:
        return self.channel == "chat"

    @property
    def percent(self) -> int:
        return round(100 * self.likeness)


def lookalikes(
    reader: User,
    requester: User,
    summary: str,
    body: str,
    *,
    but: Ticket | None = None,
    least: float = ALIKE,
    most: int = SHOWN,
) -> list[Lookalike]:
    """Open tickets of the requester's company (or their own) that `reader` may open, the most alike first. Three queries."""
    if not summary.strip():
        return []
    found = visible_to(reader).filter(status__in=Ticket.UNRESOLVED)
    company = Membership.objects.filter(person=requester).values_list("company_id", flat=True).first()
    of = (
        {"company_id": but.company_id}
        if but and but.company_id
        else {"company_id": company}
        if company
        else None
    )
    found = found.filter(**(of or {"requester": requester}))
    if but is not None:
        found = found.exclude(pk=but.pk)
    ids = list(found.order_by("-id").values_list("pk", flat=True)[:LOOKED_AT])
    return _the_most_alike(ids, summary, body, least, most) if ids else []


def _the_most_alike(ids: list[int], summary: str, body: str, least: float, most: int) -> list[Lookalike]:
    given = {"summary": _bounded(summary, 200), "said": _bounded(f"{summary} {body}", 800)}
    with connection.cursor() as cursor:
        cursor.execute(LIKENESS, given | {"open": ids, "least": least, "most": most})
        return [Lookalike(*row) for row in cursor.fetchall()]


def _bounded(text: str, most: int) -> str:
    return " ".join(text.replace("\0", " ").split())[:most]


def worth_a_look(policy: Policy, reader: User, requester: User, summary: str, body: str) -> list[Lookalike]:
    """What is to be shown before a ticket is made; nothing where the policy does not want it (TD16)."""
    return lookalikes(reader, requester, summary, body) if policy.shows_duplicates else []


def likely_targets(reader: User, ticket: Ticket, most: int = 8) -> list[Lookalike]:
    """Where a ticket may belong: the same company's open tickets, the most alike first, however little that is."""
    first = (
        ticket.messages.filter(by_customer=True).order_by("at", "id").values_list("body", flat=True).first()
    )
    return lookalikes(reader, ticket.requester, ticket.summary, first or "", but=ticket, least=0, most=most)


def is_theirs(ticket: Ticket, person: User) -> bool:
    """Their own ticket, or one of their company."""
    if ticket.requester_id == person.pk:
        return True
    return (
        ticket.company_id is not None
        and Membership.objects.filter(person=person, company_id=ticket.company_id).exists()
    )
