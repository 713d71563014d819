"""Who hears of a ticket, and the words that every notice about it may use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from notifications import outbox
from notifications.outbox import Recipient
from tenants.people.models import User
from tickets.models import Ticket


def customers_of(ticket: Ticket) -> list[Recipient]:
    """The requester and everybody in copy."""
    people = [Recipient.of(ticket.requester)]
    for copy in ticket.participants.select_related("person"):
        people.append(Recipient.of(copy.person) if copy.person else Recipient(copy.address, ticket.language))
    return people


def staff_of(ticket: Ticket, audiences: Iterable[str]) -> list[Recipient]:
    """The people behind the audiences of an escalation step ("owner", "team", "supervisors", ...), each once."""
    wanted, rule = set(audiences), Q(pk__in=[])
    if "owner" in wanted and ticket.owner_id:
        rule |= Q(pk=ticket.owner_id)
    if "team" in wanted:
        teams = [team for team in (ticket.team_id, *ticket.extra_teams.values_list("pk", flat=True)) if team]
        rule |= Q(teams__in=teams)
    if "supervisors" in wanted:
        rule |= Q(role=User.Role.SUPERVISOR)
    if "admins" in wanted:
        rule |= Q(role=User.Role.ADMIN)
    if "agents" in wanted:
        rule |= ~Q(role=User.Role.CUSTOMER)
    if "account_manager" in wanted and ticket.company and ticket.company.account_manager_id:
        rule |= Q(pk=ticket.company.account_manager_id)
    people = (
        User.objects.filter(rule, is_active=True).exclude(role=User.Role.CUSTOMER).distinct().order_by("pk")
    )
    return [Recipient.of(person) for person in people]


def tell_customers(
    ticket: Ticket, kind: str, key: str, at: datetime, *, but: User | None = None, **words: Any
) -> None:
    """Everybody of the customer's side but the one who did it, with a link that needs no sign-in (CH06)."""
    people = [p for p in customers_of(ticket) if but is None or p.address != but.email]
    links = {
        "ticket_url": {"purpose": "guest", "row": ticket.pk, "path": "/t/{token}/", "days": 90},
        "still_url": {"purpose": "guest", "row": ticket.pk, "path": "/t/{token}/still-needed/", "days": 90},
    }
    _tell(people, ticket, kind, key, at, links, words)


def tell_staff(
    ticket: Ticket,
    audiences: Iterable[str],
    kind: str,
    key: str,
    at: datetime,
    *,
    but: User | None = None,
    **words: Any,
) -> None:
    people = [p for p in staff_of(ticket, audiences) if but is None or p.person != but]
    _tell(people, ticket, kind, key, at, {"ticket_url": {"path": f"/desk/tickets/{ticket.number}/"}}, words)


def _tell(
    people: list[Recipient],
    ticket: Ticket,
    kind: str,
    key: str,
    at: datetime,
    links: dict[str, Any],
    words: dict[str, Any],
) -> None:
    known = {
        "number": str(ticket.number),
        "summary": ticket.summary,
        "requester": ticket.requester.name or ticket.requester.email,
        "company": ticket.company.name if ticket.company else "",
    }
    if people:
        outbox.tell(
            people,
            kind=kind,
            key=f"{kind}:{ticket.pk}:{key}",
            words=known | words,
            at=at,
            about_id=ticket.pk,
            links=links,
        )
