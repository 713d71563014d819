"""Steps that several use cases take: lock the ticket, know its policy and clocks, save it with its deadline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError

from policies import publishing
from policies.decisions import closing_for
from policies.document import Policy
from sla import deadlines
from sla.models import Clock
from tenants import gathering
from tenants.people.models import User
from tickets import promises
from tickets.agreements.models import Quote
from tickets.facts import facts_of
from tickets.models import Message, Ticket
from tickets.regrouping import current_of
from tickets.timeline import record

BY_HAND = "by_hand"  # instead of a rule's key: an agent put the ticket out of scope, with a reason

Status = Ticket.Status
CHANGING = [
    field.name for field in Ticket._meta.concrete_fields if field.name not in ("id", "number", "opened_at")
]


def locked(ticket: Ticket) -> Ticket:
    """The ticket as it is now, its row locked until the end of the transaction."""
    ticket = (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("requester", "company__account_manager", "owner", "team", "policy_version")
        .defer("policy_version__document")
        .get(pk=ticket.pk)
    )
    ticket.known_status = ticket.status
    return ticket


def locked_current(ticket: Ticket) -> Ticket:
    """The ticket, or the one that it was merged into, locked: what is said to a merged ticket is heard there (S10).

    One that was merged between being read and being locked is locked first; only undoing that merge locks the two the other
    way round, and PostgreSQL ends such a knot.
    """
    ticket = locked(current_of(ticket))
    return ticket if ticket.merged_into_id is None else locked(current_of(ticket))


def locked_pair(one: Ticket, other: Ticket) -> tuple[Ticket, Ticket]:
    """Both locked, in order of their ids; returned as they were given."""
    found = {pk: locked(Ticket(pk=pk)) for pk in sorted({one.pk, other.pk})}
    return found[one.pk], found[other.pk]


def policy_of(ticket: Ticket) -> Policy:
    """The policy under which the ticket was opened (or which it has adopted since)."""
    return publishing.policy_of(ticket.policy_version)


def refuse_unless(holds: bool, field: str, message: str) -> None:
    if not holds:
        raise ValidationError({field: message})


def need(text: str, field: str, message: str) -> str:
    """`text` without blanks at its ends; a refusal at `field` when nothing is left."""
    refuse_unless(bool(text.strip()), field, message)
    return text.strip()


def save(ticket: Ticket, at: datetime) -> None:
    promises.refresh(ticket)
    ticket.updated_at = max(ticket.updated_at, at)
    gathering.update(ticket, CHANGING)


def running(ticket: Ticket, *metrics: str) -> list[Clock]:
    """Open clocks of these metrics (all when none is named), paused ones among them."""
    rows = [row for row in promises.clocks_of(ticket) if row.status in promises.OPEN]
    return [row for row in rows if not metrics or row.metric in metrics]


def pause_for(ticket: Ticket, policy: Policy, reason: str, at: datetime) -> None:
    """Pause what the policy pauses while waiting on `reason`: "customer" or "third_party" (S1)."""
    rows = [
        r for r in running(ticket) if r.metric != "silence" and reason in policy.clock_rule(r.metric).pauses
    ]
    deadlines.pause(rows, at, reason)


def go_on(ticket: Ticket, at: datetime) -> None:
    """The ticket is ours to work on again: pauses end, the customer's silence is over."""
    rows = running(ticket)
    deadlines.resume([row for row in rows if row.metric != "silence"], at)
    end_silence(rows, at, "answered")
    ticket.waiting_since = None


def end_silence(rows: Iterable[Clock], at: datetime, how: str) -> None:
    deadlines.end([row for row in rows if row.metric == "silence"], at, how)


def start_silence(ticket: Ticket, policy: Policy) -> None:
    """The silence timer runs from the later of waiting and the hand-over of our last public message (S14, C4).

    Called when the wait begins and again when a message is handed over; it starts at the second of the two.
    """
    if ticket.status != Status.PENDING or ticket.waiting_since is None or running(ticket, "silence"):
        return
    if Quote.objects.filter(ticket=ticket, state__in=Quote.OPEN).exists():
        return  # it begins anew when the quote has ended
    rule = closing_for(policy, facts_of(ticket, ticket.waiting_since))
    if rule is None:
        return
    last = (
        Message.objects.filter(ticket=ticket, kind=Message.Kind.PUBLIC, by_customer=False)
        .order_by("-at", "-id")
        .first()
    )
    if last is not None and last.delivered_at is None:
        return
    begins = (
        max(ticket.waiting_since, last.delivered_at) if last and last.delivered_at else ticket.waiting_since
    )
    start_again(ticket, promises.silence(rule), begins)


def start_again(ticket: Ticket, promise: deadlines.Promise, at: datetime) -> None:
    """A further instance of a clock that may run many times."""
    latest = (
        Clock.objects.filter(subject_id=ticket.pk, metric=promise.metric, situation=promise.situation)
        .order_by("-instance")
        .values_list("instance", flat=True)
        .first()
    )
    deadlines.start(ticket.pk, [promise], at, instance=(latest or 0) + 1)


def promised(ticket: Ticket, policy: Policy, metric: str, at: datetime) -> deadlines.Promise | None:
    if ticket.outcome != "in_scope":
        return None
    return promises.wanted(policy, facts_of(ticket, at)).get((metric, ""))


def oldest_unanswered(ticket: Ticket) -> Message | None:
    """The first public message of the customer after our last one: since then they wait for an answer (S7)."""
    spoken = Message.objects.filter(ticket=ticket, kind=Message.Kind.PUBLIC)
    ours = spoken.filter(by_customer=False).order_by("-at", "-id").first()
    theirs = spoken.filter(by_customer=True, **({"at__gt": ours.at} if ours else {}))
    return theirs.order_by("at", "id").first()


def say_last_word(ticket: Ticket) -> None:
    last = ticket.messages.filter(kind=Message.Kind.PUBLIC).order_by("-at", "-id").first()
    if last is not None:
        said(ticket, last.body, "customer" if last.by_customer else "agent")


def said(ticket: Ticket, body: str, who: str) -> None:
    ticket.last_word, ticket.last_word_by = " ".join(body.split())[:160], who


def side(person: User | None) -> str:
    return "system" if person is None else "agent" if person.is_agent else "customer"


def take_up_again(ticket: Ticket, by: User, at: datetime, because: str = "") -> None:
    """The mark of the resolution is withdrawn; the time in between does not count; a breach stays (S9)."""
    resolution = Clock.objects.filter(subject_id=ticket.pk, metric="resolution").order_by("-instance").first()
    if resolution is not None and resolution.status == Clock.Status.FULFILLED:
        deadlines.withdraw([resolution], at)
    ticket.status, ticket.resolved_at, ticket.closed_at = Status.OPEN, None, None
    ticket.closed_by_system, ticket.close_reason = False, ""
    go_on(ticket, at)
    record(ticket, "reopened", at, by, public=True, because=because)
