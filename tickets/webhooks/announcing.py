"""From a happening to rows: inside its transaction, for the active subscriptions that want it.

Where nobody wants it, it costs one small read (one for a whole batch of alarms). Subscriptions are read each time and kept
nowhere: one that was switched on or off a moment ago counts at once, in every process.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from policies.explanation import moment
from policies.models import PolicyVersion
from tenants import gathering, wakeups
from tenants.compiled import Compiled
from tickets.models import Contact, Event, Message, Ticket
from tickets.webhooks import payloads
from tickets.webhooks.events import OF_KIND
from tickets.webhooks.models import Delivery, Subscription


def announce_event(ticket: Ticket, event: Event, message: Message | None = None) -> None:
    """What the timeline records of `ticket`. `message`: the public words that came with it."""
    told: dict[str, dict[str, Any]] = {}
    if name := OF_KIND.get(event.kind):
        told[name] = {"change": event.data}
    if message is not None:
        told["ticket.opened" if event.kind == "opened" else "message.created"] = {
            "message": message, "change": event.data,
        }  # fmt: skip
    if ticket.known_status and ticket.status != ticket.known_status:
        told["ticket.status_changed"] = {"change": {"from": ticket.known_status, "to": ticket.status}}
        ticket.known_status = ticket.status
    wanted = {name: found for name, found in wanting(told).items() if found}
    if not wanted:
        return
    ticket_as_it_is, actor = payloads.of_ticket(ticket), payloads.of_person(event.actor)
    for name, subscriptions in wanted.items():
        said = told[name]
        if "message" in said:
            said = said | {"message": payloads.of_message(said["message"])}
        _write(subscriptions, name, event.at, {"ticket": ticket_as_it_is, "actor": actor, **said}, ticket.pk)


def announce_contact(contact: Contact) -> None:
    """A contact that became no ticket (ZP01, SL04)."""
    name = "ticket.declined"
    _write(wanting([name])[name], name, contact.at, {"contact": payloads.of_contact(contact)})


def announce_version(version: PolicyVersion, at: datetime) -> None:
    """A version of the policy has come into force."""
    name = "policy.published"
    _write(wanting([name])[name], name, at, {"version": payloads.of_version(version)})


def wanting(names: Collection[str]) -> dict[str, list[int]]:
    """Ids of the active subscriptions that want each of these events."""
    active = gathering.once("webhook subscriptions", ACTIVE.all) if names else []
    return {name: [pk for pk, events in active if name in events] for name in names}


ACTIVE = Compiled(
    lambda: Subscription.objects.filter(is_active=True).order_by("id").values_list("id", "events")
)


def _write(
    subscriptions: list[int], name: str, at: datetime, data: Mapping[str, Any], about_id: int | None = None
) -> None:
    if not subscriptions:
        return
    event_id = uuid.uuid4()
    payload = {"type": name, "occurred_at": moment(at), "data": data}
    gathering.insert(
        Delivery(
            subscription_id=pk, event_id=event_id, event=name, about_id=about_id, payload=payload, created_at=at,
            due_at=at,
        )
        for pk in subscriptions
    )  # fmt: skip
    gathering.once("webhooks woken", lambda: wakeups.wake("webhook", at))
