"""PURE. A meeting as an iCalendar invitation (RFC 5545, 5546): one UID for its life, SEQUENCE counting its versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Event, vCalAddress, vText

ATTACHED = {  # said where the invitation comes with the letter: a messenger brings none
    "en": "The invitation is attached.",
    "pt-br": "O convite está anexo.",
    "es": "La invitación va adjunta.",
    "de": "Die Einladung hängt an.",
    "ru": "Приглашение приложено.",
}
ATTACHED_ANEW = {  # of a meeting that was moved, or is held elsewhere now
    "en": "This has changed: the attached invitation takes the place of the one before.",
    "pt-br": "Isto mudou: o convite anexo substitui o anterior.",
    "es": "Esto ha cambiado: la invitación adjunta sustituye a la anterior.",
    "de": "Das hat sich geändert: Die Einladung im Anhang ersetzt die vorige.",
    "ru": "Это изменилось: приложенное приглашение заменяет прежнее.",
}


@dataclass(frozen=True, slots=True)
class Invitation:
    uid: str
    sequence: int
    summary: str
    agenda: str
    place: str
    starts_at: datetime
    ends_at: datetime
    organizer: tuple[str, str]  # name, address
    attendees: tuple[tuple[str, str], ...]


def as_text(said: Invitation, at: datetime, *, cancelled: bool = False) -> str:
    """METHOD:REQUEST for the first version and every change, METHOD:CANCEL when it is called off. Times in UTC."""
    event = Event()
    event.add("uid", said.uid)
    event.add("sequence", said.sequence)
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", said.starts_at.astimezone(UTC))
    event.add("dtend", said.ends_at.astimezone(UTC))
    event.add("summary", said.summary)
    event.add("description", said.agenda)
    if said.place:
        event.add("location", said.place)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("organizer", _address(*said.organizer), encode=0)
    for name, address in _once(said.attendees):
        attendee = _address(name, address)
        attendee.params["ROLE"], attendee.params["PARTSTAT"] = vText("REQ-PARTICIPANT"), vText("NEEDS-ACTION")
        attendee.params["RSVP"] = vText("TRUE")
        event.add("attendee", attendee, encode=0)
    calendar = Calendar()
    calendar.add("prodid", "-//Helpdesk//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    calendar.add_component(event)
    return calendar.to_ical().decode()


def _address(name: str, address: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{address}")
    if name:
        found.params["CN"] = vText(name)
    return found


def _once(people: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return list({address.lower(): (name, address) for name, address in people}.values())
