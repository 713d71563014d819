"""The words of an alert, and by which ways it reaches each person: in the app, by mail, and by messenger where a number and a
door are there. An alert is never muted; its link is the person's own and needs no sign-in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from notifications import outbox
from notifications.channels import MESSENGERS
from notifications.models import Notification
from notifications.outbox import Recipient
from policies.document import Policy, say
from tenants import links
from tenants.people.models import User
from tickets.duty.models import Alert, Emergency
from tickets.intake.addresses import e164, region_of
from tickets.intake.models import Door
from tickets.models import Ticket

PURPOSE, DAYS = "duty", 2
EMAIL, IN_APP = Notification.Channel.EMAIL, Notification.Channel.IN_APP


def path_of(alert: Alert, at: datetime) -> str:
    return f"/duty/{links.sign(PURPOSE, alert.pk, at, DAYS)}/"


def opened_by(token: str, at: datetime) -> Alert | None:
    """The alert of a link of ours; None for a forged, foreign or expired one, or one of somebody who has left."""
    row = links.read(token, PURPOSE, at)
    if row is None:
        return None
    rows = Alert.objects.select_related(
        "person", "emergency__ticket__company", "emergency__ticket__requester"
    )
    alert = rows.filter(pk=row).first()
    return alert if alert and alert.person.is_active and alert.person.is_agent else None


def tell_alerted(
    row: Emergency, alerts: Iterable[Alert], ticket: Ticket, policy: Policy, at: datetime
) -> None:
    doors = Door.objects.filter(kind__in=list(MESSENGERS), is_active=True).order_by("-pk")
    ours = dict(doors.values_list("kind", "address"))  # one door of each kind
    words = _words(ticket) | {
        "conditions": _conditions(row, policy),
        "phone": ticket.requester.phone,
        "round": str(row.round) if row.round > 1 else "",
    }
    for alert in alerts:
        person = alert.person
        theirs = {"claim_url": {"purpose": PURPOSE, "row": alert.pk, "path": "/duty/{token}/", "days": DAYS}}
        told = {
            "kind": "emergency_alert", "key": f"emergency:{row.pk}:{row.round}", "words": words, "at": at,
            "about_id": ticket.pk, "links": _links(ticket),
        }  # fmt: skip
        outbox.tell([Recipient.of(person, theirs)], channels=[IN_APP, EMAIL], **told)
        for channel, address in ours.items():
            if number := e164(person.phone, region_of(address)):
                outbox.tell([Recipient(number, person.language, person, theirs)], channels=[channel], **told)


def tell_taken(row: Emergency, people: Iterable[User], ticket: Ticket, person: User, at: datetime) -> None:
    """The others who were alerted can lie down again."""
    outbox.tell(
        [Recipient.of(each) for each in people],
        kind="emergency_taken",
        key=f"emergency:{row.pk}:taken",
        words=_words(ticket) | {"author": str(person), "free": ""},
        links=_links(ticket),
        channels=[IN_APP, EMAIL],
        about_id=ticket.pk,
        at=at,
    )


def _words(ticket: Ticket) -> dict[str, Any]:
    return {
        "number": str(ticket.number),
        "summary": ticket.summary,
        "requester": ticket.requester.name or ticket.requester.email,
        "company": ticket.company.name if ticket.company else "",
    }


def _links(ticket: Ticket) -> dict[str, Any]:
    return {"ticket_url": {"path": f"/desk/tickets/{ticket.number}/"}}


def _conditions(row: Emergency, policy: Policy) -> dict[str, str]:
    """What was ticked, by language."""
    ticked = [each.name for each in policy.emergencies if each.key in row.conditions]
    languages = dict.fromkeys(tag for name in ticked for tag in name)
    return {tag: "; ".join(say(name, tag) for name in ticked) for tag in languages}
