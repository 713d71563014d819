"""By which door a customer is reached: the one that they came in by. Read by `audience`, and before an agent writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.channels import MESSENGERS  # the kinds of doors that we can answer by
from tenants import gathering
from tenants.people.models import User
from tickets.intake.addresses import NO_MAILBOX
from tickets.intake.models import Door, Group, Heard
from tickets.models import Ticket

FREELY = timedelta(hours=24)  # WhatsApp: after their last message


@dataclass(frozen=True, slots=True)
class Way:
    """`channel`: a channel of notifications; `address`: their number, or the group that they wrote in."""

    channel: str
    address: str
    door_id: int
    is_group: bool = False


def way_to_requester(ticket: Ticket) -> Way | None:
    """The messenger by which the requester came; None: by e-mail, as anybody with a mailbox."""
    came_by = way_back(ticket.sender_address, ticket.received_on, ticket.channel)
    return came_by or way_to_person(ticket.requester)


def way_back(address: str, ours: str, channel: str) -> Way | None:
    """To a number that came in at a number of ours, or in a group; None for anything else."""
    if not address.startswith("+") or not ours:
        return None
    return gathering.once(("way", address, ours, channel), lambda: _way(address, ours, channel))


def way_to_person(person: User) -> Way | None:
    """For somebody without a mailbox: the door that they wrote to last."""
    if not person.email.endswith(f"@{NO_MAILBOX}"):
        return None
    numbers = list(person.correspondents.values_list("address", flat=True))
    heard = (
        Heard.objects.filter(address__in=numbers, door__kind__in=list(MESSENGERS), door__is_active=True)
        .select_related("door")
        .order_by("-at")
        .first()
    )
    return Way(heard.door.kind, heard.address, heard.door_id) if heard else None


def _way(address: str, ours: str, channel: str) -> Way | None:
    group = Group.objects.select_related("door").filter(group_id=ours).first()
    if group is not None:
        return Way(group.door.kind, ours, group.door_id, is_group=True)
    doors = Door.objects.filter(address=ours, kind__in=list(MESSENGERS))
    # Of two doors with one number the one whose policy channel it is; a closed one still says how they came.
    door = min(doors, key=lambda d: (d.channel != channel, not d.is_active, d.pk), default=None)
    return Way(door.kind, address, door.pk) if door else None


@dataclass(frozen=True, slots=True)
class Window:
    """WhatsApp's 24 hours: until when we may write freely, and whether a template stands in afterwards."""

    is_open: bool
    closes_at: datetime | None
    has_template: bool


def window_of(ticket: Ticket, at: datetime) -> Window | None:
    """None where nothing limits what an agent may write."""
    way = way_to_requester(ticket)
    if way is None or way.channel != "whatsapp":
        return None
    heard_at = (
        Heard.objects.filter(door=way.door_id, address=way.address).values_list("at", flat=True).first()
    )
    closes_at = heard_at + FREELY if heard_at else None
    config = Door.objects.values_list("config", flat=True).get(pk=way.door_id)
    templates = config.get("templates") or {}
    return Window(
        is_open=closes_at is not None and at < closes_at,
        closes_at=closes_at,
        has_template=bool(templates.get("ticket_replied") or templates.get("*")),
    )
