"""Whom a ticket waits for: the customer to complete the request or to answer, a third party to move."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from policies.document import Policy
from sla import deadlines
from tenants.people.models import User
from tickets import promises
from tickets.audience import tell_customers
from tickets.facts import facts_of
from tickets.lifecycle.secrets import Mask
from tickets.lifecycle.steps import (
    Status,
    go_on,
    locked,
    need,
    pause_for,
    policy_of,
    refuse_unless,
    running,
    save,
    start_again,
    start_silence,
)
from tickets.models import Ticket
from tickets.timeline import record
from tickets.words import promise_words


def ask_for_missing(ticket: Ticket, *, by: User, at: datetime, missing: str) -> None:
    """The request is not adequate: what waits for an adequate one stops, and the customer is told what is missing (ZM05)."""
    missing = need(missing, "missing", _("Say what is missing."))
    with transaction.atomic():
        ticket = locked(ticket)
        policy = policy_of(ticket)
        waiting = [
            r
            for r in running(ticket)
            if r.metric != "silence" and promises.waits_for_completion(policy, r.metric)
        ]
        deadlines.end(waiting, at, "inadequate")
        ticket.missing, ticket.adequate_at = missing, None
        save(ticket, at)
        event = record(ticket, "found_inadequate", at, by, public=True, missing=missing)
        tell_customers(ticket, "request_incomplete", str(event.pk), at, missing=missing, author=by.name)


def complete(ticket: Ticket, *, by: User, at: datetime) -> None:
    """The request is adequate now: its clocks start, and it is confirmed again (ZM05)."""
    with transaction.atomic():
        ticket = locked(ticket)
        now_adequate(ticket, policy_of(ticket), by, at)
        save(ticket, at)


def now_adequate(ticket: Ticket, policy: Policy, by: User, at: datetime) -> None:
    if ticket.adequate_at is not None:
        return
    ticket.missing, ticket.adequate_at = "", at
    if ticket.outcome == "in_scope":
        for (metric, _), promise in promises.wanted(policy, facts_of(ticket, at)).items():
            if metric in promises.AT_OPENING and promises.waits_for_completion(policy, metric):
                start_again(ticket, promise, at)
    promises.refresh(ticket)
    event = record(ticket, "completed", at, by, public=True)
    tell_customers(
        ticket,
        "ticket_opened",
        f"completed:{event.pk}",
        at,
        scope=ticket.sentence,
        promise=promise_words(ticket, policy),
    )


def wait_on_customer(ticket: Ticket, *, by: User, at: datetime) -> None:
    """Pending: clocks that the policy pauses pause, the customer's silence is timed."""
    with transaction.atomic():
        ticket = locked(ticket)
        refuse_unless(ticket.is_unresolved, "status", _("The ticket is resolved: reopen it first."))
        begin_waiting(ticket, policy_of(ticket), by, at)


def begin_waiting(ticket: Ticket, policy: Policy, by: User | None, at: datetime) -> None:
    if ticket.status == Status.PENDING:
        return
    if ticket.status == Status.ON_HOLD:
        go_on(ticket, at)
    ticket.status, ticket.waiting_since = Status.PENDING, at
    pause_for(ticket, policy, "customer", at)
    start_silence(ticket, policy)
    save(ticket, at)
    record(ticket, "waiting_on_customer", at, by, public=True)


def wait_on_third_party(ticket: Ticket, *, by: User, at: datetime, because: str) -> None:
    because = need(because, "because", _("Say whom you are waiting for, and why."))
    with transaction.atomic():
        ticket = locked(ticket)
        refuse_unless(ticket.is_unresolved, "status", _("The ticket is resolved: reopen it first."))
        if ticket.status == Status.PENDING:
            go_on(ticket, at)
        ticket.status = Status.ON_HOLD
        policy = policy_of(ticket)
        because = Mask.under(policy).text(because)
        pause_for(ticket, policy, "third_party", at)
        save(ticket, at)
        record(ticket, "waiting_on_third_party", at, by, public=True, because=because)


def resume_work(ticket: Ticket, *, by: User, at: datetime) -> None:
    """Ours again, after a wait."""
    with transaction.atomic():
        ticket = locked(ticket)
        refuse_unless(
            ticket.status in (Status.PENDING, Status.ON_HOLD), "status", _("Nobody is being waited for.")
        )
        ticket.status = Status.OPEN
        go_on(ticket, at)
        save(ticket, at)
        record(ticket, "resumed", at, by, public=True)
