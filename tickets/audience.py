"""Who hears of a ticket, and the words that every notice about it may use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from notifications import leaving, outbox
from notifications.models import Notification
from notifications.outbox import Recipient
from tenants import gathering
from tenants.compiled import Compiled, Given
from tenants.people.models import User
from tickets.intake.ways import Way, way_to_requester
from tickets.models import Participant, Ticket

GUEST_COPY = "guest-copy"  # the purpose of a link whose row is a participation


def customers_of(ticket: Ticket) -> list[Recipient]:
    """The requester and everybody in copy."""
    people = [Recipient.of(ticket.requester)] if is_reachable(ticket.requester) else []
    for copy in gathering.once(("copies", ticket.pk), lambda: COPIES.all(ticket=ticket.pk)):
        way_out = {
            leaving.LEAVE: {"purpose": "leave", "row": copy.pk, "path": "/t/{token}/leaving/", "days": 365}
        }
        ways = ways_in(ticket, copy) | way_out
        if copy.person:
            people.append(Recipient.of(copy.person, ways))
        else:
            people.append(Recipient(copy.address, ticket.language, links=ways))
    return people


def ways_in(ticket: Ticket, copy: Participant | None = None) -> dict[str, dict[str, Any]]:
    """Links that need no sign-in (CH06): the requester's, or those of somebody in copy, who acts in nobody's name but their
    own and only as long as they are in copy. An agent in copy reads at the desk."""
    if copy is None:
        pages = {"ticket_url": "", "still_url": "still-needed/", "solved_url": "solved/"}
        return {
            name: {"purpose": "guest", "row": ticket.pk, "path": f"/t/{{token}}/{page}", "days": 90}
            for name, page in pages.items()
        }
    if copy.person is not None and copy.person.is_agent:
        way: dict[str, Any] = {"path": f"/desk/tickets/{ticket.number}/"}
    else:
        way = {"purpose": GUEST_COPY, "row": copy.pk, "path": "/t/{token}/", "days": 90}
    return dict.fromkeys(("ticket_url", "still_url", "solved_url"), way)


COPIES = Compiled(
    lambda: Participant.objects.filter(ticket_id=Given("ticket")).select_related("person").order_by("id")
)


def is_reachable(person: User) -> bool:
    """Not where nobody knows their address: one under .invalid stands for it (RFC 2606)."""
    return not person.email.endswith(".invalid")


def participants_of(ticket_ids: Iterable[int]) -> dict[int, list[Participant]]:
    """Who is in copy of each of these tickets, in one query."""
    copies: dict[int, list[Participant]] = {pk: [] for pk in ticket_ids}
    for copy in Participant.objects.filter(ticket__in=copies).select_related("person"):
        copies[copy.ticket_id].append(copy)
    return copies


def added_teams_of(ticket_ids: Iterable[int]) -> dict[int, list[int]]:
    """Ids of the teams that were added to each of these tickets, in one query."""
    teams: dict[int, list[int]] = {pk: [] for pk in ticket_ids}
    for ticket_id, team_id in Ticket.extra_teams.through.objects.filter(ticket__in=teams).values_list(
        "ticket_id", "team_id"
    ):
        teams[ticket_id].append(team_id)
    return teams


def staff_of(ticket: Ticket, audiences: Iterable[str]) -> list[Recipient]:
    """The people behind the audiences of an escalation step ("owner", "team", "supervisors", ...), each once."""
    wanted = frozenset(audiences)
    owner = ticket.owner_id if "owner" in wanted else None
    teams = frozenset(teams_of(ticket)) if "team" in wanted else frozenset()
    manager = ticket.company.account_manager_id if "account_manager" in wanted and ticket.company else None
    roles = frozenset(role for audience, role in ROLES.items() if audience in wanted)
    if "agents" in wanted:
        roles = frozenset(set(User.Role.values) - {User.Role.CUSTOMER})
    return gathering.once(
        ("staff", owner, teams, manager, roles), lambda: _staff(owner, teams, manager, roles)
    )


ROLES = {"supervisors": User.Role.SUPERVISOR, "admins": User.Role.ADMIN}


def teams_of(ticket: Ticket) -> list[int]:
    """Ids of the ticket's own team and of those that were added to it."""
    added = gathering.once(
        ("teams", ticket.pk), lambda: list(ticket.extra_teams.values_list("pk", flat=True))
    )
    return [*([ticket.team_id] if ticket.team_id else []), *added]


def _staff(
    owner: int | None, teams: frozenset[int], manager: int | None, roles: frozenset[str]
) -> list[Recipient]:
    rule = Q(pk__in=[pk for pk in (owner, manager) if pk]) | Q(role__in=roles)
    if teams:
        rule |= Q(pk__in=User.teams.through.objects.filter(team_id__in=teams).values("user_id"))
    people = User.objects.filter(rule, is_active=True).exclude(role=User.Role.CUSTOMER).order_by("pk")
    return [Recipient.of(person) for person in people]


def tell_customers(
    ticket: Ticket,
    kind: str,
    key: str,
    at: datetime,
    *,
    but: User | None = None,
    part_id: int | None = None,
    for_requester: Mapping[str, Mapping[str, Any]] | None = None,
    **words: Any,
) -> None:
    """Everybody of the customer's side but the one who did it, with a link that needs no sign-in (CH06).

    for_requester: links for the requester alone, and never for a group.
    """
    people = [p for p in customers_of(ticket) if but is None or p.address != but.email]
    if for_requester:
        people = [
            replace(p, links={**p.links, **for_requester}) if p.person == ticket.requester else p
            for p in people
        ]
    links = ways_in(ticket)
    way = way_to_requester(ticket)
    if way is not None and ticket.requester != but:
        people = [p for p in people if p.person != ticket.requester]
        if way.is_group:  # whoever is in the group would act as the requester
            page = {"ticket_url": {"path": f"/tickets/{ticket.number}/"}}
            _tell([over(way, ticket.requester)], ticket, kind, key, at, page, words, part_id, [way.channel])
        else:
            theirs = links | {name: dict(link) for name, link in (for_requester or {}).items()}
            _tell([over(way, ticket.requester)], ticket, kind, key, at, theirs, words, part_id, [way.channel])
    _tell(people, ticket, kind, key, at, links, words, part_id)


def over(way: Way, person: User) -> Recipient:
    """The requester at the number that they wrote from: they hear over the door that they came by, and over no other."""
    return Recipient(way.address, person.language, person)


def tell_person(person: User, way: Way | None, kind: str, key: str, at: datetime, **said: Any) -> None:
    """Somebody whose contact became no ticket, by the door that they used; nobody where they cannot be reached."""
    if way is not None:
        outbox.tell([over(way, person)], kind=kind, key=key, at=at, channels=[way.channel], **said)
    elif is_reachable(person):
        outbox.tell([Recipient.of(person)], kind=kind, key=key, at=at, **said)


def is_for_requester(notice: Notification, ticket: Ticket) -> bool:
    """Whether this notice, once handed over, has reached the requester."""
    if notice.channel == Notification.Channel.EMAIL:
        return notice.address == ticket.requester.email
    return notice.channel != Notification.Channel.IN_APP and notice.person_id == ticket.requester_id


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
    tell_people(ticket, people, kind, key, at, **words)


def tell_people(
    ticket: Ticket, people: Iterable[Recipient], kind: str, key: str, at: datetime, **words: Any
) -> None:
    """People of ours, with a link to the desk."""
    links = {"ticket_url": {"path": f"/desk/tickets/{ticket.number}/"}}
    _tell(list(people), ticket, kind, key, at, links, words)


def _tell(
    people: list[Recipient],
    ticket: Ticket,
    kind: str,
    key: str,
    at: datetime,
    links: dict[str, Any],
    words: dict[str, Any],
    part_id: int | None = None,
    channels: list[str] | None = None,
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
            part_id=part_id,
            links=links,
            channels=channels,
        )
