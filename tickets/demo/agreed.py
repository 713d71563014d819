"""What a story agrees beside support: quotes and their answers, meetings, hours (SL07-SL10). Each act is one use case."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from policies.publishing import policy_of
from tenants.people.models import User
from tickets.agreements import hours, meetings, night, quotes
from tickets.demo.pace import length
from tickets.demo.script import Step
from tickets.models import Ticket


def ask_for_night(scene: Any, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
    night.ask(ticket, by=by, at=at, wish=step.said)


def want_quote(scene: Any, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
    quotes.want(ticket, kind=step.more["kind"], by=by, at=at, wish=step.said)


def send_quote(scene: Any, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
    """What is said is the text; `minutes`, `rate`, and for how long it is valid."""
    more = step.more
    end = at + length(more.get("valid", "72h"))
    quotes.send(
        _quote(ticket),
        by=by,
        at=at,
        minutes=more["minutes"],
        rate=more["rate"],
        text=step.said,
        valid_until=end,
    )


def accept_quote(scene: Any, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
    quotes.answer(_quote(ticket), person=by, accepts=True, at=at, way="signed in", source="203.0.113.24")


def begin_night(scene: Any, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
    night.begin(ticket, by=by, at=at)


def log_time(scene: Any, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
    day = at.astimezone(ZoneInfo(policy_of(ticket.policy_version).tz)).date()
    more = step.more
    hours.enter(ticket, kind=more["kind"], minutes=more["minutes"], on=day, by=by, at=at, note=step.said)


def ask_for_meeting(scene: Any, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
    more = step.more
    meetings.ask_on(
        ticket, kind=more.get("kind", "meeting"), agenda=step.said, wished_at=at + length(more["ahead"]),
        minutes=more["minutes"], by=by, at=at,
    )  # fmt: skip


def schedule_meeting(scene: Any, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
    meeting = ticket.meetings.latest("pk")
    meetings.schedule(meeting, by=by, at=at, starts_at=meeting.wished_at, place=step.said)


def _quote(ticket: Ticket) -> Any:
    return ticket.quotes.latest("pk")


ACTS = {
    "night": ask_for_night,
    "want-quote": want_quote,
    "quote": send_quote,
    "accept": accept_quote,
    "begin-night": begin_night,
    "time": log_time,
    "ask-meeting": ask_for_meeting,
    "schedule": schedule_meeting,
}
