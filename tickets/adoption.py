"""A policy version, or a calendar, meets the open tickets: whose deadlines would move, and moving them.

Previewing computes and writes nothing. Adopting goes ticket by ticket, each in a transaction of its own; a second run
skips what the first one did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from policies import decisions, publishing
from policies.document import Policy, Text
from policies.models import PolicyVersion
from sla import deadlines
from sla.business_time import BusinessHours
from sla.calendars import hours_at
from sla.models import Clock
from tickets import promises
from tickets.audience import tell_customers
from tickets.facts import facts_of
from tickets.lifecycle.steps import BY_HAND, locked, policy_of, save
from tickets.models import Ticket
from tickets.timeline import record
from tickets.webhooks.announcing import announce_version

HOURS_CHANGED: Text = {
    "pt-br": "O horário de atendimento mudou.",
    "en": "The opening hours have changed.",
    "es": "El horario de atención ha cambiado.",
    "de": "Die Geschäftszeiten haben sich geändert.",
    "ru": "Часы работы изменились.",
}
PLAN_CHANGED: Text = {
    "pt-br": "O plano contratado mudou.",
    "en": "The plan has changed.",
    "es": "El plan ha cambiado.",
    "de": "Der Tarif hat sich geändert.",
    "ru": "Тариф изменился.",
}
POLICY_CHANGED: Text = {
    "pt-br": "A política de suporte mudou.",
    "en": "The support policy has changed.",
    "es": "La política de soporte ha cambiado.",
    "de": "Die Support-Richtlinie hat sich geändert.",
    "ru": "Правила поддержки изменились.",
}


@dataclass(frozen=True, slots=True)
class Move:
    """One deadline that would be another: `before` or `after` None means that there is none."""

    ticket: Ticket
    metric: str
    before: datetime | None
    after: datetime | None


def preview_moves(
    policy: Policy, at: datetime, *, adopts_open: bool, hours: Mapping[str, BusinessHours], limit: int = 500
) -> list[Move]:
    """Whose open deadlines `policy` would move if it came into force at `at`, with `hours` by calendar key."""
    moves: list[Move] = []
    for ticket, rows in _open_tickets():
        moves.extend(_moves_of(ticket, rows, policy, at, adopts_open, hours))
        if len(moves) >= limit:
            break
    return moves[:limit]


def _open_tickets() -> Iterator[tuple[Ticket, list[Clock]]]:
    """Unresolved tickets with their open clocks, in chunks: two queries for a hundred tickets."""
    last = 0
    while True:
        chunk = list(
            Ticket.objects.filter(status__in=Ticket.UNRESOLVED, pk__gt=last)
            .select_related("company", "requester")
            .order_by("pk")[:100]
        )
        if not chunk:
            return
        last = chunk[-1].pk
        rows: dict[int, list[Clock]] = {ticket.pk: [] for ticket in chunk}
        open_rows = Clock.objects.filter(subject_id__in=rows, status__in=["running", "paused"]).exclude(
            metric="silence"
        )
        for row in open_rows.order_by("pk"):
            rows[row.subject_id].append(row)
        for ticket in chunk:
            yield ticket, rows[ticket.pk]


def _moves_of(
    ticket: Ticket,
    rows: list[Clock],
    policy: Policy,
    at: datetime,
    adopts_open: bool,
    hours: Mapping[str, BusinessHours],
) -> Iterator[Move]:
    """As `enact_publications` does it: new hours first; then what is promised otherwise than before."""
    promised = promises.wanted(policy, facts_of(ticket, at)) if adopts_open else {}
    for row in rows:
        promise = promised.get((row.metric, row.situation))
        if adopts_open and promise is None:
            yield Move(ticket, row.metric, row.due_at, None)
            continue
        value = deadlines.value_of(row)
        new_hours = hours.get(row.calendar_key) if row.calendar_key else None
        if new_hours and new_hours != value.segments[-1].hours:
            value = value.rehours(at, new_hours)
        if promise is not None and promises.changed(row, promise):
            value = value.retarget(
                at, target=promise.target, hours=hours.get(promise.calendar) or hours_at(promise.calendar, at),
                grace=promise.grace, business_days=promise.business_days,
            )  # fmt: skip
        if value.due_at != row.due_at:
            yield Move(ticket, row.metric, row.due_at, value.due_at)


def enact_publications(now: datetime) -> int:
    """Versions whose moment has come: their calendars count from then, and open tickets adopt them where they shall (R16, S3)."""
    coming = PolicyVersion.objects.defer("document").filter(in_force_at__isnull=True, effective_from__lte=now)
    moved = 0
    for version in coming.order_by("number"):
        policy = publishing.policy_of(version)
        for calendar in policy.calendars:
            moved += apply_calendar(calendar.key, version.effective_from)
        if version.adopts_open:
            moved += adopt(version, now)
        with transaction.atomic():
            if PolicyVersion.objects.filter(pk=version.pk, in_force_at=None).update(in_force_at=now):
                announce_version(version, now)
    return moved


def apply_calendar(key: str, at: datetime) -> int:
    """The hours in force at `at` count from then in every open clock of this calendar (R16). How many moved."""
    hours, moved, last = hours_at(key, at), 0, 0
    open_rows = Clock.objects.filter(calendar_key=key, status__in=["running", "paused"]).order_by("pk")
    while chunk := list(open_rows.filter(pk__gt=last).values_list("pk", "subject_id", "state")[:200]):
        last = chunk[-1][0]
        for pk, ticket_id, state in chunk:
            if state["segments"][-1]["calendar"] != hours.fingerprint:
                moved += _rehours(pk, ticket_id, at, hours)
    return moved


def _rehours(clock_id: int, ticket_id: int, at: datetime, hours: BusinessHours) -> int:
    with transaction.atomic():
        ticket = locked(Ticket(pk=ticket_id))
        row = Clock.objects.get(pk=clock_id)
        before = ticket.due_at
        deadlines.rehours(row, max(at, row.started_at), hours)
        save(ticket, at)
        if row.metric != "silence":
            _tell_moved(ticket, before, at, HOURS_CHANGED, f"hours:{hours.fingerprint[:16]}")
        return 1


def adopt_plans(at: datetime) -> int:
    """Open tickets of companies whose plan was changed live by the new plan from `at` on (S12). How many moved."""
    other = Ticket.objects.filter(status__in=Ticket.UNRESOLVED).exclude(company__plan="")
    moved = 0
    for pk in list(other.exclude(company__plan=F("plan")).exclude(company=None).values_list("pk", flat=True)):
        with transaction.atomic():
            ticket = locked(Ticket(pk=pk))
            plan_before, due_before = ticket.plan, ticket.due_at
            policy = policy_of(ticket)
            if ticket.company is None or policy.plan(ticket.company.plan) is None:
                continue  # the version it lives by does not know the plan
            ticket.plan = ticket.company.plan
            if ticket.outcome == "in_scope":
                promises.retarget_all(ticket, policy, facts_of(ticket, at), at)
            save(ticket, at)
            record(ticket, "plan_changed", at, public=True, plan=[plan_before, ticket.plan])
            _tell_moved(ticket, due_before, at, PLAN_CHANGED, f"plan:{ticket.plan}:{at.isoformat()}")
            moved += 1
    return moved


def adopt(version: PolicyVersion, at: datetime) -> int:
    """Open tickets live by `version` from `at` on (R15). How many adopted it."""
    policy, adopted = publishing.policy_of(version), 0
    pending = Ticket.objects.filter(
        status__in=Ticket.UNRESOLVED, policy_version__number__lt=version.number
    ).order_by("pk")
    for pk in list(pending.values_list("pk", flat=True)):
        with transaction.atomic():
            ticket = locked(Ticket(pk=pk))
            before = ticket.due_at
            number, ticket.policy_version = ticket.policy_version.number, version
            _decide_anew(ticket, policy, at)
            save(ticket, at)
            record(ticket, "adopted", at, public=True, version=version.number, before=number)
            _tell_moved(ticket, before, at, POLICY_CHANGED, f"version:{version.number}")
            adopted += 1
    return adopted


def _decide_anew(ticket: Ticket, policy: Policy, at: datetime) -> None:
    facts = facts_of(ticket, at)
    decision = decisions.decide(policy, facts)
    if not decision.accepted or ticket.scope_rule == BY_HAND:
        return  # it was accepted when it came: it stays a ticket, under the promises it has
    ticket.outcome, ticket.scope_rule = decision.outcome, decision.rule
    ticket.sentence, ticket.because = decision.told, list(decision.because)
    promises.retarget_all(ticket, policy, facts, at)


def _tell_moved(ticket: Ticket, before: datetime | None, at: datetime, because: Text, key: str) -> None:
    if ticket.due_at is None or before is None or ticket.due_at == before:
        return
    record(
        ticket, "deadline_moved", at, public=True, before=before.isoformat(), after=ticket.due_at.isoformat()
    )
    tell_customers(
        ticket, "deadline_moved", key, at, metric=decisions.METRIC_NAMES[ticket.due_metric],
        due_at=ticket.due_at, was_due_at=before, because=because,
    )  # fmt: skip
