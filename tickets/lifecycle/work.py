"""What agents (and escalations) do with an open ticket: assign, triage, wait, overrule, escalate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from policies.decisions import METRIC_NAMES, decide
from policies.document import EscalationStep, Policy, Priority, Text, say
from policies.facts import Facts
from sla import deadlines
from sla.models import Clock
from tenants import gathering
from tenants.customers.models import Team
from tenants.people.models import User
from tickets import promises
from tickets.audience import tell_customers, tell_staff
from tickets.facts import facts_of
from tickets.lifecycle import opening
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
    before, is_decided_anew = ticket.due_at, False
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
        _tell_moved(ticket, before, at, by, _because(policy, changes))


def _swap_situations(ticket: Ticket, policy: Policy, before: str, after: str) -> None:
    """What the old topic stated holds no longer, what the new one states does (TD08, SL06)."""
    old, new = policy.topic(before), policy.topic(after)
    stated = set(ticket.situations) - {old.situation if old else ""} | {new.situation if new else ""}
    ticket.situations = sorted(stated - {""})


def retarget(ticket: Ticket, policy: Policy, facts: Facts, at: datetime) -> None:
    """What the policy promises for the ticket as it is now, from `at` on (R15)."""
    if ticket.outcome == "in_scope":
        promises.retarget_all(ticket, policy, facts, at)


def _tell_moved(
    ticket: Ticket, before: datetime | None, at: datetime, by: User | None, because: dict[str, str]
) -> None:
    """The customer hears of another deadline at once (TD11)."""
    if ticket.due_at is not None and before is not None and ticket.due_at != before:
        words = {"metric": METRIC_NAMES[ticket.due_metric], "due_at": ticket.due_at, "was_due_at": before}
        tell_customers(ticket, "deadline_moved", at.isoformat(), at, but=by, because=because, **words)


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
        pause_for(ticket, policy_of(ticket), "third_party", at)
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


def overrule(ticket: Ticket, *, by: User, at: datetime, because: str) -> None:
    """An agent puts a ticket in scope that the rules had put out of it, with a reason (ZP09). Its clocks start now."""
    because = need(because, "because", _("Say why it is in scope after all."))
    with transaction.atomic():
        ticket = locked(ticket)
        refuse_unless(ticket.outcome != "in_scope", "because", _("The ticket is in scope already."))
        policy = policy_of(ticket)
        ticket.overruled_because = because
        decision = decide(policy, facts_of(ticket, at))
        ticket.outcome, ticket.scope_rule, ticket.sentence = (
            decision.outcome,
            decision.rule,
            decision.sentence,
        )
        ticket.because = list(decision.because)
        record(ticket, "overruled", at, by, public=True, because=because)
        if decision.sla:
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


def state_situation(ticket: Ticket, *, by: User | None, at: datetime, situation: str, holds: bool) -> None:
    """Say that a situation holds for this ticket, or no longer: an emergency, a third party's problem (R18, TD08)."""
    with transaction.atomic():
        ticket = locked(ticket)
        stated = set(ticket.situations) | {situation} if holds else set(ticket.situations) - {situation}
        if stated == set(ticket.situations):
            return
        ticket.situations = sorted(stated)
        policy = policy_of(ticket)
        is_decided_anew = redecide(ticket, policy, at)
        save(ticket, at)
        event = record(ticket, "situation_stated", at, by, public=True, situation=situation, holds=holds)
        if is_decided_anew:
            _tell_decided(ticket, policy, f"stated:{event.pk}", at)


def redecide(ticket: Ticket, policy: Policy, at: datetime) -> bool:
    """Facts changed: decide again, and bring the clocks in line (S3). True when the outcome is another one now.

    Out of scope the clocks end; in scope again they go on, and the time between does not count (TD08).
    """
    facts = facts_of(ticket, at)
    decision = decide(policy, facts)
    if not decision.accepted:
        return False  # it was accepted when it came: it stays a ticket, under the promises it has
    before, is_new = ticket.outcome, decision.outcome != ticket.outcome
    if is_new:
        ticket.outcome, ticket.scope_rule, ticket.sentence = (
            decision.outcome,
            decision.rule,
            decision.sentence,
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


def escalate(
    ticket: Ticket,
    policy: Policy,
    facts: Facts,
    steps: Iterable[EscalationStep],
    metric: str,
    at: datetime,
    key: str,
) -> None:
    """Carry out escalation steps: raise the priority, hand over, add teams, tell; then save. The ticket is locked (TD19)."""
    before = ticket.due_at
    for step in steps:
        ticket.escalated_at = ticket.escalated_at or at
        changes = _carry_out(ticket, policy, step)
        said = [say(text, policy.language) for text in changes.values()]
        record(
            ticket, "escalated", at, public=True, step=step.key, metric=metric, changes=list(changes.values())
        )
        words = {
            "because": _cause(step, metric),
            "change": _change_words(said),
            "owner": str(ticket.owner or ""),
        }
        if "priority" in changes:
            facts = replace(facts, priority=ticket.priority)
            retarget(ticket, policy, facts, at)
        tell_staff(ticket, step.notify, "escalated", f"{key}:{step.key}", at, **words)
    save(ticket, at)
    if ticket.due_at != before:
        _tell_moved(ticket, before, at, None, _because(policy, {"priority": [None, ticket.priority]}))


def _carry_out(ticket: Ticket, policy: Policy, step: EscalationStep) -> dict[str, Text]:
    """Change the ticket as the step says. What was changed, by subject, with its new name."""
    changes: dict[str, Text] = {}
    above = _more_urgent(policy, ticket.priority) if step.raise_priority else None
    if above is not None:
        ticket.priority, changes["priority"] = above.key, above.name
    if step.assign_team:
        team = gathering.once(
            ("team", step.assign_team), lambda: Team.objects.filter(key=step.assign_team).first()
        )
        if team is not None and team.pk != ticket.team_id:
            ticket.team, changes["team"] = team, {"en": team.name}
    if step.add_teams:
        wanted = Team.objects.all() if "*" in step.add_teams else Team.objects.filter(key__in=step.add_teams)
        teams = gathering.once(("teams of step", step.key), lambda: list(wanted))
        join = Ticket.extra_teams.through
        gathering.insert(
            [join(ticket_id=ticket.pk, team_id=team.pk) for team in teams], ignore_conflicts=True
        )
        gathering.once(("teams", ticket.pk), list).extend(team.pk for team in teams)
        changes["teams"] = {"en": ", ".join(team.name for team in teams)}
    return changes


def _cause(step: EscalationStep, metric: str) -> Text:
    names = METRIC_NAMES[metric]
    if step.on == "warning":
        return {
            "pt-br": f"O prazo está perto: {say(names, 'pt-br')}.",
            "en": f"Due soon: {say(names, 'en')}.",
        }
    return {"pt-br": f"Prazo não cumprido: {say(names, 'pt-br')}.", "en": f"Missed: {say(names, 'en')}."}


def _change_words(changes: list[str]) -> Text:
    """What the step changed, for the notice; {} when it only tells."""
    what = ", ".join(changes)
    return {"pt-br": f"Mudou: {what}.", "en": f"Changed: {what}."} if what else {}


def _because(policy: Policy, changes: dict[str, Any]) -> Text:
    """Why a promised time has moved, in the customer's words."""
    if "priority" not in changes:
        return {
            "pt-br": "O assunto do chamado foi corrigido.",
            "en": "The topic of the ticket was corrected.",
        }
    priority = policy.priority(changes["priority"][1])
    name = priority.name if priority else {}
    return {
        "pt-br": f"A prioridade agora é “{say(name, 'pt-br')}”.",
        "en": f"The priority is now “{say(name, 'en')}”.",
    }


def _more_urgent(policy: Policy, priority: str) -> Priority | None:
    """The priority just above; None at the top."""
    keys = [p.key for p in policy.priorities]
    place = keys.index(priority) if priority in keys else 0
    return policy.priorities[place - 1] if place > 0 else None
