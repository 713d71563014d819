"""Who hears of agreements, in words of every language that notices are written in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import override

from notifications import outbox
from notifications.outbox import Recipient
from notifications.texts.kinds import TEXTS
from policies import words
from tenants.people.models import User
from tickets.agreements.models import Quote, QuoteReader
from tickets.audience import is_reachable, over, staff_of
from tickets.intake.ways import way_to_requester
from tickets.models import Ticket

GUEST = {"purpose": "guest", "path": "/t/{token}/", "days": 90}


def in_languages(label: Any) -> dict[str, str]:
    """A lazy text in every language of the notices."""
    said = {}
    for language in TEXTS:
        with override(language):
            said[language] = str(label)
    return said


def money(minor: int, currency: str) -> dict[str, str]:
    return {language: words.money(minor, currency, language) for language in TEXTS}


def lasting(minutes: int) -> dict[str, str]:
    return {language: hours(minutes) for language in TEXTS}


def hours(minutes: int) -> str:
    """90: "1 h 30 min"; a sign where it is less than nothing."""
    whole, rest = divmod(abs(minutes), 60)
    said = " ".join([f"{whole} h"] * bool(whole) + [f"{rest} min"] * bool(rest)) or "0 h"
    return f"−{said}" if minutes < 0 else said


def about(ticket: Ticket) -> dict[str, Any]:
    return {
        "number": str(ticket.number),
        "summary": ticket.summary,
        "requester": ticket.requester.name or ticket.requester.email,
        "company": ticket.company.name if ticket.company else "",
    }


def ours_of(ticket: Ticket, audiences: Iterable[str]) -> list[Recipient]:
    """Our side; the account manager's part is the supervisors' where the company has none."""
    wanted = set(audiences)
    manager = ticket.company.account_manager if ticket.company else None
    if "account_manager" in wanted and (manager is None or not manager.is_active):
        wanted = wanted - {"account_manager"} | {"supervisors"}
    return staff_of(ticket, wanted)


def tell_ours(
    ticket: Ticket,
    audiences: Iterable[str],
    kind: str,
    key: str,
    at: datetime,
    *,
    links: Mapping[str, Mapping[str, Any]] | None = None,
    but: User | None = None,
    **said: Any,
) -> None:
    """Our side, with the way to the ticket at the desk."""
    people = [person for person in ours_of(ticket, audiences) if but is None or person.person != but]
    ways = {"ticket_url": {"path": f"/desk/tickets/{ticket.number}/"}, **(links or {})}
    _tell(people, ticket, kind, key, at, said, ways)


def tell_readers(
    quote: Quote, readers: Iterable[QuoteReader], kind: str, key: str, at: datetime, **said: Any
) -> None:
    """Each by a link of their own; whoever wrote by a messenger hears there."""
    ticket = quote.ticket
    way = way_to_requester(ticket)
    for reader in readers:
        ways = {
            "ticket_url": {**GUEST, "row": ticket.pk}
            if reader.person_id == ticket.requester_id
            else {"path": f"/quotes/{quote.pk}/"},
            "quote_url": {"purpose": "quote", "row": reader.pk, "path": "/q/{token}/", "days": 90},
        }
        if way is not None and not way.is_group and reader.person_id == ticket.requester_id:
            _tell([over(way, reader.person)], ticket, kind, key, at, said, ways, [way.channel])
        elif is_reachable(reader.person):
            _tell([Recipient.of(reader.person)], ticket, kind, key, at, said, ways)


def _tell(
    people: list[Recipient],
    ticket: Ticket,
    kind: str,
    key: str,
    at: datetime,
    said: Mapping[str, Any],
    links: Mapping[str, Mapping[str, Any]],
    channels: list[str] | None = None,
) -> None:
    if people:
        outbox.tell(
            people, kind=kind, key=f"{kind}:{ticket.pk}:{key}", words=about(ticket) | dict(said), at=at,
            about_id=ticket.pk, links=links, channels=channels,
        )  # fmt: skip
