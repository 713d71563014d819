"""From which door a notice leaves, as `notifications.channels` asks it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from notifications.channels import Refused
from notifications.channels.accounts import File
from notifications.models import Notification
from tenants.moment import now
from tickets.intake.models import Door, Group, Heard, Sent
from tickets.intake.ways import FREELY, way_to_requester
from tickets.models import Attachment, Ticket


class DoorAccount:
    """A door as the number that a notice is sent from."""

    def __init__(self, door: Door) -> None:
        self.door, self.address = door, door.address
        self.config: Mapping[str, Any] = door.config
        self.secrets: Mapping[str, Any] = door.read_secrets()

    def may_write_freely(self, address: str) -> bool:
        """Asked at the moment of sending: a notice that was put off may find the window closed."""
        return is_open(self.door, address, now())

    def is_group(self, address: str) -> bool:
        return Group.objects.filter(door=self.door, group_id=address).exists()

    def files(self, notice: Notification) -> list[File]:
        return [File(file.name, file.kind, file.size, file.file.read) for file in files_with(notice)]

    def sent_parts(self, notice: Notification) -> set[int]:
        return set(Sent.objects.filter(notice=notice).values_list("part", flat=True))

    def note_sent(self, notice: Notification, part: int, external_id: str) -> None:
        Sent.objects.get_or_create(
            door=self.door, external_id=external_id[:200], defaults={"notice": notice, "part": part}
        )

    def note_trouble(self, said: str) -> None:
        if said != self.door.last_error:
            Door.objects.filter(pk=self.door.pk).update(last_error=said[:2000])
            self.door.last_error = said


def files_with(notice: Notification) -> QuerySet[Attachment]:
    """What goes out with this notice, each in a message of its own."""
    if notice.part_id is None or notice.kind != "ticket_replied":
        return Attachment.objects.none()
    return Attachment.objects.filter(message=notice.part_id, redacted_at=None).order_by("pk")


def is_open(door: Door, address: str, at: datetime) -> bool:
    return Heard.objects.filter(door=door, address=address, at__gt=at - FREELY).exists()


def account_of(notice: Notification) -> DoorAccount:
    """By the ticket that the notice is about; a notice about none answers at the door that was last written to."""
    door = _door_of(notice)
    if door is None or not door.is_active:
        raise Refused("The door that this customer came by is closed: they cannot be reached through it.")
    return DoorAccount(door)


def _door_of(notice: Notification) -> Door | None:
    if notice.about_id is not None:
        ticket = Ticket.objects.select_related("requester").filter(pk=notice.about_id).first()
        way = way_to_requester(ticket) if ticket else None
        if way is not None and way.address == notice.address:
            return Door.objects.get(pk=way.door_id)
    heard = Heard.objects.filter(address=notice.address, door__kind=notice.channel)
    last = heard.select_related("door").order_by("-at").first()
    if (
        last is None and notice.person is not None and notice.person.is_agent
    ):  # one of us, who never wrote there
        return Door.objects.filter(kind=notice.channel, is_active=True).order_by("-pk").first()
    return last.door if last else None
