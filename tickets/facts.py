"""A ticket in the words of policies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from policies.facts import Facts
from sla.models import EventWindow
from tenants import gathering
from tenants.compiled import Compiled, Given
from tenants.customers.models import Company
from tickets.models import Message, Ticket


def facts_of(ticket: Ticket, at: datetime) -> Facts:
    first = gathering.once(("first words", ticket.pk), lambda: first_words(ticket))
    return Facts(
        channel=ticket.channel,
        plan=ticket.plan,
        priority=ticket.priority,
        topic=ticket.topic,
        text=f"{ticket.summary}\n{first or ''}",
        situations=situations_at(ticket.company, ticket.situations, at),
        overruled=bool(ticket.overruled_because),
    )


def first_words(ticket: Ticket) -> str | None:
    own = Message.objects.filter(ticket=ticket, came_from=None)  # not what merging brought
    return own.order_by("at", "id").values_list("body", flat=True).first()


def first_words_of(ticket_ids: Iterable[int]) -> dict[int, str | None]:
    """The description of each of these tickets, in one query."""
    firsts = (
        Message.objects.filter(ticket__in=list(ticket_ids), came_from=None)
        .order_by("ticket_id", "at", "id")
        .distinct("ticket_id")
    )
    return dict.fromkeys(ticket_ids) | dict(firsts.values_list("ticket_id", "body"))


def situations_at(company: Company | None, stated: Iterable[str], at: datetime) -> frozenset[str]:
    """What was stated for the ticket, and what an event window of its company says (SL02)."""
    if company is None:
        return frozenset(stated)
    running = gathering.once(("windows", company.pk, at), lambda: running_windows(company, at))
    return frozenset(stated) | running


def windows_of(companies: set[Company], at: datetime) -> dict[int, frozenset[str]]:
    """`running_windows` of each of these companies, by its id, in one query."""
    by_reference = {company.reference: company.pk for company in companies}
    kinds: dict[int, set[str]] = {company.pk: set() for company in companies}
    windows = EventWindow.objects.filter(
        company_key__in=by_reference, starts_at__lte=at, ends_at__gt=at, cancelled_at__isnull=True
    )
    for reference, kind in windows.values_list("company_key", "kind"):
        kinds[by_reference[reference]].add(kind)
    return {pk: frozenset(running) for pk, running in kinds.items()}


def running_windows(company: Company, at: datetime) -> frozenset[str]:
    """Kinds of the windows that are open for the company at `at`."""
    return frozenset(kind for (kind,) in RUNNING.all(company=company.reference, at=at))


RUNNING = Compiled(
    lambda: EventWindow.objects.filter(
        company_key=Given("company"), starts_at__lte=Given("at"), ends_at__gt=Given("at"), cancelled_at=None
    ).values_list("kind")
)
