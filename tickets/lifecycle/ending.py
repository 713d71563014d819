"""How a ticket ends and begins again: resolved with a written solution, closed by a person or by silence, reopened."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from policies.document import Policy
from sla import deadlines
from sla.models import Clock
from tenants.people.models import User
from tickets.audience import tell_customers, tell_staff
from tickets.chat import presence
from tickets.duty import emergencies as duty
from tickets.lifecycle.conversation import meet_responses
from tickets.lifecycle.secrets import Mask, tell_of_masks
from tickets.lifecycle.steps import (
    Status,
    end_silence,
    go_on,
    locked,
    need,
    policy_of,
    promised,
    refuse_unless,
    running,
    said,
    save,
    start_again,
    take_up_again,
)
from tickets.models import Message, Ticket
from tickets.satisfaction import expecting, ratings
from tickets.timeline import record

SILENT = {
    "pt-br": "Não recebemos resposta.",
    "en": "We received no answer.",
    "es": "No hemos recibido respuesta.",
    "de": "Wir haben keine Antwort erhalten.",
    "ru": "Мы не получили ответа.",
}
SETTLED = "resolved"  # the key of the clock that closes what is resolved
STILL = {
    "pt-br": "Ainda preciso de ajuda.",
    "en": "I still need help.",
    "es": "Todavía necesito ayuda.",
    "de": "Ich brauche noch Hilfe.",
    "ru": "Мне ещё нужна помощь.",
}


def resolve(ticket: Ticket, *, by: User, at: datetime, solution: str) -> None:
    """Resolved: the written solution goes to the customer as our message, and meets what a message of ours meets (TD12)."""
    with transaction.atomic():
        ticket = locked(ticket)
        policy = policy_of(ticket)
        refuse_unless(ticket.is_unresolved, "solution", _("The ticket is resolved already."))
        if policy.solution_required:
            solution = need(solution, "solution", _("Write the solution: the customer receives it."))
        mask = Mask.under(policy)
        message, solution = None, mask.text(solution)
        if solution:
            message = Message.objects.create(
                ticket=ticket, author=by, by_customer=False, body=solution, finding=solution, at=at
            )
            meet_responses(ticket, policy, at, finding=solution)
            said(ticket, solution, "agent")
        _stop_clocks(ticket, at)
        ticket.status, ticket.resolved_at, ticket.solution = Status.RESOLVED, at, solution
        ticket.owner = ticket.owner or by
        ticket.waiting_since = None
        save(ticket, at)
        event = record(ticket, "resolved", at, by, public=True, message=message)
        tell_customers(
            ticket, "ticket_resolved", str(event.pk), at, solution=solution, author=by.name,
            closes_at=_await_close(ticket, policy, at) or "",
            for_requester=ratings.link_of(ratings.ask(ticket, policy, at)),
        )  # fmt: skip
        if message is not None:
            tell_of_masks(mask, ticket, message, by, at)


def _await_close(ticket: Ticket, policy: Policy, at: datetime) -> datetime | None:
    """A resolved ticket closes by itself after the policy's time, unless it goes on before (TD12). When."""
    if policy.closes_resolved_after is None:
        return None
    start_again(
        ticket, deadlines.Promise(metric="silence", target=policy.closes_resolved_after, key=SETTLED), at
    )
    return at + policy.closes_resolved_after


def _stop_clocks(ticket: Ticket, at: datetime) -> None:
    expecting.forget(ticket, at)
    rows = running(ticket)
    deadlines.fulfil([row for row in rows if row.metric == "resolution"], at)
    deadlines.end([row for row in rows if row.metric == "next_response"], at, "solved without reply")
    deadlines.end([row for row in rows if row.metric == "first_response"], at, "solved without reply")
    deadlines.end([row for row in rows if row.metric == "periodic_update"], at, "resolved")
    end_silence(rows, at, "resolved")


def close(ticket: Ticket, *, by: User, at: datetime) -> None:
    """Closed by a person. A customer closes what is solved for them; an agent closes what is resolved (CH01)."""
    with transaction.atomic():
        ticket = locked(ticket)
        policy = policy_of(ticket)
        refuse_unless(ticket.status != Status.CLOSED, "status", _("The ticket is closed already."))
        if by.is_agent:
            needed = policy.solution_required and not ticket.solution
            refuse_unless(not needed, "solution", _("Resolve it with a written solution first."))
        else:
            refuse_unless(
                policy.customer_may_close,
                "status",
                _("Our team closes tickets here; tell us that it is solved."),
            )
        is_solution = not by.is_agent and ticket.resolved_at is None  # then nobody of ours has resolved it
        _close(ticket, by, at, "solved" if ticket.resolved_at or not by.is_agent else "by agent")
        if is_solution:
            ratings.ask(ticket, policy, at)  # on the ticket's page: whoever closes it is there
        words = {"author": by.name, "solution": ticket.solution}
        tell_customers(ticket, "ticket_closed", at.isoformat(), at, but=by, **words)
        tell_staff(ticket, ["owner"], "ticket_closed", f"staff:{at.isoformat()}", at, but=by, **words)


def _close(ticket: Ticket, by: User | None, at: datetime, reason: str) -> None:
    _stop_clocks(ticket, at)
    deadlines.end(running(ticket), at, "closed")
    ticket.status, ticket.closed_at, ticket.close_reason = Status.CLOSED, at, reason
    ticket.closed_by_system, ticket.waiting_since = by is None, None
    save(ticket, at)
    record(ticket, "closed", at, by, public=True, reason=reason)
    presence.ended(ticket, at)


def remind(ticket: Ticket, clock: Clock, at: datetime, closes_at: datetime | None) -> None:
    """The customer has been silent: ask once more, with two buttons. The ticket is locked already (S14)."""
    said(ticket, gettext_noop("A reminder was sent"), "system")  # shown in the reader's language
    record(ticket, "reminded", at, public=True, closes_at=closes_at.isoformat() if closes_at else "")
    links = f"{clock.pk}:{at.isoformat()}"
    tell_customers(ticket, "silence_reminder", links, at, closes_at=closes_at)
    save(ticket, at)


def close_by_silence(ticket: Ticket, clock: Clock, at: datetime) -> None:
    """Closed by the system after the customer's silence; it meets no reply metric. The ticket is locked already (ZP07)."""
    _close(ticket, None, at, "silence")
    tell_customers(ticket, "silence_closed", str(clock.pk), at, reason=SILENT)
    tell_staff(ticket, ["owner"], "silence_closed", f"staff:{clock.pk}", at, reason=SILENT)


def close_settled(ticket: Ticket, at: datetime) -> None:
    """A resolved ticket that nobody took up again (TD12). Its customer was told when, with the solution. It is locked already."""
    _close(ticket, None, at, "settled")


def reopen(ticket: Ticket, *, by: User, at: datetime, because: str = "") -> None:
    """Back to work. Within the policy's window for customers; agents may always (S9)."""
    with transaction.atomic():
        ticket = locked(ticket)
        policy = policy_of(ticket)
        refuse_unless(not ticket.is_unresolved, "status", _("The ticket is open."))
        refuse_unless(
            ticket.merged_into_id is None,
            "status",
            _("It was merged into another ticket: undo that instead."),
        )
        ended = ticket.closed_at or ticket.resolved_at
        in_time = policy.reopen_within is None or ended is None or at - ended <= policy.reopen_within
        refuse_unless(
            by.is_agent or in_time, "status", _("This ticket is history now: continue in a new one.")
        )
        because = Mask.under(policy).text(because)
        take_up_again(ticket, by, at, because)
        if not by.is_agent and not running(ticket, "next_response"):
            promise = promised(ticket, policy, "next_response", at)
            if promise is not None:
                start_again(ticket, promise, at)
        save(ticket, at)
        tell_staff(ticket, ["owner", "team"] if ticket.owner_id is None else ["owner"], "ticket_reopened",
                   f"staff:{at.isoformat()}", at, but=by, author=str(by), because=because)  # fmt: skip
        if by.is_agent:
            tell_customers(ticket, "ticket_reopened", at.isoformat(), at, author=by.name, because=because)
        else:
            duty.follow(ticket, policy, at, by=by, anew=True)


def still_need_help(ticket: Ticket, *, by: User, at: datetime) -> None:
    """The button in the reminder: the customer is not silent any more (S14)."""
    with transaction.atomic():
        ticket = locked(ticket)
        if ticket.status != Status.PENDING:
            return
        ticket.status = Status.OPEN
        go_on(ticket, at)
        save(ticket, at)
        record(ticket, "still_needed", at, by, public=True)
        tell_staff(ticket, ["owner"] if ticket.owner_id else ["team"], "customer_replied",
                   f"still:{at.isoformat()}", at, author=str(by), message=STILL)  # fmt: skip
