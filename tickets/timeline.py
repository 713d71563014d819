"""record(): write down what happened. Who hears of it is the business of `audience`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tenants.gathering import insert
from tenants.people.models import User
from tickets.models import Event, Ticket


def record(
    ticket: Ticket, kind: str, at: datetime, actor: User | None = None, *, public: bool = False, **data: Any
) -> Event:
    """One event of the timeline. `data` holds what the sentence needs (keys, names, moments as ISO texts)."""
    event = Event(ticket=ticket, kind=kind, at=at, actor=actor, is_public=public, data=data)
    insert([event])
    return event
