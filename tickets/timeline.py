"""record(): write down what happened, and have it told to other systems. Which people hear of it is for `audience`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tenants.gathering import insert
from tenants.people.models import User
from tickets.models import Event, Message, Ticket
from tickets.webhooks.announcing import announce_event


def record(
    ticket: Ticket,
    kind: str,
    at: datetime,
    actor: User | None = None,
    *,
    public: bool = False,
    message: Message | None = None,
    **data: Any,
) -> Event:
    """One event of the timeline. `data` holds what the sentence needs (keys, names, moments as ISO texts); `message`: the
    public words that it came with."""
    event = Event(ticket=ticket, kind=kind, at=at, actor=actor, is_public=public, data=data)
    insert([event])
    announce_event(ticket, event, message)
    return event
