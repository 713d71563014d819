"""A ticket in the words of policies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from policies.facts import Facts
from sla.models import EventWindow
from tenants.customers.models import Company
from tickets.models import Message, Ticket


def facts_of(ticket: Ticket, at: datetime) -> Facts:
    first = Message.objects.filter(ticket=ticket).order_by("at", "id").values_list("body", flat=True).first()
    return Facts(
        channel=ticket.channel,
        plan=ticket.plan,
        priority=ticket.priority,
        topic=ticket.topic,
        text=f"{ticket.summary}\n{first or ''}",
        situations=situations_at(ticket.company, ticket.situations, at),
        overruled=bool(ticket.overruled_because),
    )


def situations_at(company: Company | None, stated: Iterable[str], at: datetime) -> frozenset[str]:
    """What was stated for the ticket, and what an event window of its company says (SL02)."""
    if company is None:
        return frozenset(stated)
    running = EventWindow.objects.filter(
        company_key=company.reference, starts_at__lte=at, ends_at__gt=at, cancelled_at__isnull=True
    )
    return frozenset(stated) | frozenset(running.values_list("kind", flat=True))
