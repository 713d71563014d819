"""Whose a ticket is and what it is taken for: owner, team, priority, topic, scope, situation; the promises follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from policies.decisions import decide
from policies.document import Policy, Text, say
from policies.facts import Facts
from policies.sentences import METRIC_NAMES
from sla import deadlines
from sla.models import Clock
from tenants.customers.models import Team
from tenants.people.models import User
from tickets import promises
from tickets.audience import tell_customers, tell_staff
from tickets.duty import emergencies as duty
from tickets.facts import facts_of
from tickets.lifecycle import opening
from tickets.lifecycle.secrets import Mask
from tickets.lifecycle.steps import (
    BY_HAND,
    Status,
    locked,
    need,
    pause_for,
    policy_of,
    refuse_unless,
    running,
    save,
)
from tickets.models import Ticket
from tickets.timeline import record
from tickets.words import promise_words


def assign(ticket: Ticket, *, owner: User | None, by: User | None, at: datetime) -> None:
    """Give the ticket to somebody, or to nobody. The new owner is told, unless they took it themselves."""
    refuse_unless(
        owner is None or (owner.is_agent and owner.is_active),
        "owner",
        _("Only an active agent can own a ticket."),
    )
    with transaction.atomic():
        ticket = locked(ticket)
        if ticket.owner == owner:
            return
        before, ticket.owner = ticket.owner, owner
        if ticket.status == Status.NEW and owner is not None:
            ticket.status = Status.OPEN
        save(ticket, at)
        event = record(ticket, "assigned", at, by, owner=str(owner or ""), before=str(before or ""))
        if owner is not None:
            tell_staff(
                ticket,
                ["owner"],
                "assigned",
                str(event.pk),
                at,
                but=by,
                author=str(by or ""),
                due_at=ticket.due_at,
            )
            duty.taken(ticket, owner, at)


def triage(
    ticket: Ticket,
    *,
    by: User | None,
    at: datetime,
    priority: str | None = None,
    team: Team | None = None,
    topic: str | None = None,
) -> None:
    """Set priority, team or topic (None: unchanged). Another priority or topic is another promise (S12)."""
    with transaction.atomic():
        ticket = locked(ticket)
        policy = policy_of(ticket)
        _retriage(ticket, policy, by, at, priority, team, topic)


def _retriage(
    ticket: Ticket,
    policy: Policy,
    by: User | None,
    at: datetime,
    priority: str | None,
    team: Team | None,
    topic: str | None,
) -> None:
    refuse_unless(
        priority is None or policy.priority(priority) is not None,
        "priority",
        _("The policy has no such priority."),
    )
    refuse_unless(not topic or policy.topic(topic) is not None, "topic", _("The policy has no such topic."))
    changes: dict[str, Any] = {}
    if priority is not None and priority != ticket.priority:
        changes["priority"], ticket.priority = [ticket.priority, priority], priority
    if topic is not None and topic != ticket.topic:
        changes["topic"], ticket.topic = [ticket.topic, topic], topic
    if team is not None and team.pk != ticket.team_id:
        changes["team"], ticket.team = [str(ticket.team or ""), str(team)], team
    if not changes:
        return
    before, is_decided_anew = due_of(ticket), False
    if "topic" in changes:
        _swap_situations(ticket, policy, *changes["topic"])
        is_decided_anew = redecide(ticket, policy, at)
    elif "priority" in changes:
        retarget(ticket, policy, facts_of(ticket, at), at)
    save(ticket, at)
    event = record(ticket, "triaged", at, by, public="priority" in changes, **changes)
    if is_decided_anew:
        _tell_decided(ticket, policy, f"triaged:{event.pk}", at)
    else:
        tell_moved(ticket, before, at, by, reason_words(policy, changes))
    if "topic" in changes:
        duty.follow(ticket, policy, at, by=by)


def _swap_situations(ticket: Ticket, policy: Policy, before: str, after: str) -> None:
    """What the old topic stated holds no longer, what the new one states does (TD08, SL06)."""
    old, new = policy.topic(before), policy.topic(after)
    stated = set(ticket.situations) - {old.situation if old else ""} | {new.situation if new else ""}
    ticket.situations = sorted(stated - {""})


def overrule(ticket: Ticket, *, by: User, at: datetime, because: str) -> None:
    """An agent puts a ticket in scope that the rules had put out of it, with a reason (ZP09). Its clocks start now."""
    because = need(because, "because", _("Say why it is in scope after all."))
    with transaction.atomic():
        ticket = locked(ticket)
        refuse_unless(ticket.outcome != "in_scope", "because", _("The ticket is in scope already."))
        policy = policy_of(ticket)
        because = Mask.under(policy).text(because)
        ticket.overruled_because = because
        ticket.declined_outcome, ticket.declined_rule = ticket.outcome, ticket.scope_rule
        decision = decide(policy, facts_of(ticket, at))
        ticket.outcome, ticket.scope_rule, ticket.sentence = (
            decision.outcome,
            decision.rule,
            decision.told,
        )
        ticket.because = list(decision.because)
        before = {"outcome": ticket.declined_outcome, "rule": ticket.declined_rule}
        record(ticket, "overruled", at, by, public=True, because=because, **before)
        if decision.sla and Clock.objects.filter(subject_id=ticket.pk).exclude(metric="silence").exists():
            _go_on_from(ticket, policy, ticket.declined_outcome, at)  # it had been in scope before
            retarget(ticket, policy, facts_of(ticket, at), at)
        elif decision.sla:
            opening.start_clocks(ticket, policy, decision, at, adequate=not ticket.missing)
        save(ticket, at)
        tell_customers(
            ticket,
            "ticket_opened",
            "overruled",
            at,
            scope=ticket.sentence,
            promise=promise_words(ticket, policy),
        )
        duty.follow(ticket, policy, at, by=by)


def state_situation(
    ticket: Ticket, *, by: User | None, at: datetime, situation: str, holds: bool, because: str = ""
) -> None:
    """Say that a situation holds for this ticket, or no longer: an emergency, a third party's problem (R18, TD08, SL06).

    It changes what was promised: whoever says so gives the reason, which the customer reads.
    """
    with transaction.atomic():
        ticket = locked(ticket)
        stated = set(ticket.situations) | {situation} if holds else set(ticket.situations) - {situation}
        if stated == set(ticket.situations):
            return
        if by is not None:
            because = need(because, "because", _("Give the reason: it stays in the timeline."))
        ticket.situations = sorted(stated)
        policy = policy_of(ticket)
        is_decided_anew = redecide(ticket, policy, at)
        save(ticket, at)
        because = Mask.under(policy).text(because)
        said = {"situation": situation, "holds": holds} | ({"because": because} if because else {})
        event = record(ticket, "situation_stated", at, by, public=True, **said)
        if is_decided_anew:
            _tell_decided(ticket, policy, f"stated:{event.pk}", at)
        duty.follow(ticket, policy, at, by=by, because=because)


def redecide(ticket: Ticket, policy: Policy, at: datetime) -> bool:
    """Facts changed: decide again, and bring the clocks in line (S3). True when the outcome is another one now.

    Out of scope the clocks end; in scope again they go on, and the time between does not count (TD08).
    """
    facts = facts_of(ticket, at)
    decision = decide(policy, facts)
    if ticket.scope_rule == BY_HAND:
        return False  # an agent has decided
    if not decision.accepted:
        return False  # it was accepted when it came: it stays a ticket, under the promises it has
    before, is_new = ticket.outcome, decision.outcome != ticket.outcome
    if is_new:
        ticket.outcome, ticket.scope_rule, ticket.sentence = (
            decision.outcome,
            decision.rule,
            decision.told,
        )
        ticket.because = list(decision.because)
        if before == "in_scope":
            deadlines.end([row for row in running(ticket) if row.metric != "silence"], at, decision.outcome)
        elif decision.outcome == "in_scope":
            _go_on_from(ticket, policy, before, at)
    retarget(ticket, policy, facts, at)
    return is_new


def _go_on_from(ticket: Ticket, policy: Policy, outcome: str, at: datetime) -> None:
    ended = Clock.objects.filter(subject_id=ticket.pk, status=Clock.Status.ENDED).order_by("pk")
    deadlines.take_up(ended, at, outcome)
    if waiting := {Status.PENDING: "customer", Status.ON_HOLD: "third_party"}.get(ticket.status):
        pause_for(ticket, policy, waiting, at)


def _tell_decided(ticket: Ticket, policy: Policy, key: str, at: datetime) -> None:
    """The customer hears at once that the promise is another one, or gone, and why (TD11)."""
    tell_customers(
        ticket, "ticket_opened", key, at, scope=ticket.sentence, promise=promise_words(ticket, policy)
    )


def retarget(ticket: Ticket, policy: Policy, facts: Facts, at: datetime) -> None:
    """What the policy promises for the ticket as it is now, from `at` on (R15)."""
    if ticket.outcome == "in_scope":
        promises.retarget_all(ticket, policy, facts, at)


@dataclass(frozen=True, slots=True)
class Due:
    """What was promised before a change: the nearest deadline, and the resolution's."""

    nearest: datetime | None
    resolution: datetime | None


def due_of(ticket: Ticket) -> Due:
    return Due(ticket.due_at, _resolution_due(ticket))


def _resolution_due(ticket: Ticket) -> datetime | None:
    return min((row.due_at for row in running(ticket, "resolution") if row.due_at), default=None)


def tell_moved(
    ticket: Ticket, before: Due, at: datetime, by: User | None, because: dict[str, str], key: str = ""
) -> None:
    """The customer hears of another deadline at once: the nearest one, and the solution's wherever it stands (TD11)."""
    moved = {ticket.due_metric: (before.nearest, ticket.due_at)} if ticket.due_at else {}
    moved.setdefault("resolution", (before.resolution, _resolution_due(ticket)))
    for metric, (was_due_at, due_at) in moved.items():
        if due_at is not None and was_due_at is not None and due_at != was_due_at:
            words = {"metric": METRIC_NAMES[metric], "due_at": due_at, "was_due_at": was_due_at}
            told = f"{key or at.isoformat()}:{metric}"
            tell_customers(ticket, "deadline_moved", told, at, but=by, because=because, **words)


def reason_words(policy: Policy, changes: dict[str, Any]) -> Text:
    """Why a promised time has moved, in the customer's words."""
    if "priority" not in changes:
        return TOPIC_CORRECTED
    priority = policy.priority(changes["priority"][1])
    name = priority.name if priority else {}
    return {language: words.format(say(name, language)) for language, words in PRIORITY_NOW.items()}


TOPIC_CORRECTED: Text = {
    "pt-br": "O assunto do chamado foi corrigido.",
    "en": "The topic of the ticket was corrected.",
    "es": "Se ha corregido el tema de la solicitud.",
    "de": "Das Thema der Anfrage wurde berichtigt.",
    "ru": "Тема обращения исправлена.",
}
PRIORITY_NOW: Text = {
    "pt-br": "A prioridade agora é “{}”.",
    "en": "The priority is now “{}”.",
    "es": "La prioridad ahora es «{}».",
    "de": "Die Priorität ist jetzt „{}“.",
    "ru": "Приоритет теперь «{}».",
}
