"""What an escalation step changes: priority, team, further teams; and who is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from notifications.outbox import Recipient
from policies.document import EscalationStep, Policy, Priority, Text, say
from policies.facts import Facts
from policies.sentences import METRIC_NAMES
from tenants import gathering
from tenants.customers.models import Team
from tickets.audience import staff_of, tell_people
from tickets.lifecycle.routing import due_of, reason_words, retarget, tell_moved
from tickets.lifecycle.steps import (
    save,
)
from tickets.models import Ticket
from tickets.timeline import record


def escalate(
    ticket: Ticket,
    policy: Policy,
    facts: Facts,
    steps: Iterable[EscalationStep],
    metric: str,
    at: datetime,
    key: str,
) -> None:
    """Carry out escalation steps: raise the priority, hand over, add teams; tell; then save. The ticket is locked (TD19).

    All steps are one moment: whoever stands in several of them hears of it once. `key` says which moment.
    """
    before, taken = due_of(ticket), list(steps)
    told: dict[str, Recipient] = {}
    changed: list[str] = []
    for step in taken:
        ticket.escalated_at = ticket.escalated_at or at
        changes = _carry_out(ticket, policy, step)
        changed += [say(text, policy.language) for text in changes.values()]
        record(
            ticket, "escalated", at, public=True, step=step.key, metric=metric, changes=list(changes.values())
        )
        if "priority" in changes:
            facts = replace(facts, priority=ticket.priority)
            retarget(ticket, policy, facts, at)
        told |= {each.address: each for each in staff_of(ticket, step.notify)}
    if taken:
        tell_people(
            ticket, told.values(), "escalated", f"{key}:{'+'.join(step.key for step in taken)}", at,
            because=_cause(taken[0], metric), change=_change_words(changed), owner=str(ticket.owner or ""),
        )  # fmt: skip
    save(ticket, at)
    if due_of(ticket) != before:
        tell_moved(ticket, before, at, None, reason_words(policy, {"priority": [None, ticket.priority]}))


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
    sentence, names = NEAR if step.on == "warning" else MISSED, METRIC_NAMES[metric]
    return {language: words.format(say(names, language)) for language, words in sentence.items()}


NEAR = {
    "pt-br": "O prazo está perto: {}.",
    "en": "Due soon: {}.",
    "es": "El plazo está próximo: {}.",
    "de": "Bald fällig: {}.",
    "ru": "Срок близко: {}.",
}
MISSED = {
    "pt-br": "Prazo não cumprido: {}.",
    "en": "Missed: {}.",
    "es": "Plazo vencido: {}.",
    "de": "Versäumt: {}.",
    "ru": "Срок пропущен: {}.",
}
CHANGED = {
    "pt-br": "Mudou: {}.",
    "en": "Changed: {}.",
    "es": "Cambió: {}.",
    "de": "Geändert: {}.",
    "ru": "Изменено: {}.",
}


def _change_words(changes: list[str]) -> Text:
    """What the steps changed, for the notice, a team that several of them add once; {} when they only tell."""
    what = ", ".join(dict.fromkeys(part for change in changes for part in change.split(", ")))
    return {language: words.format(what) for language, words in CHANGED.items()} if what else {}


def _more_urgent(policy: Policy, priority: str) -> Priority | None:
    """The priority just above; None at the top."""
    keys = [p.key for p in policy.priorities]
    place = keys.index(priority) if priority in keys else 0
    return policy.priorities[place - 1] if place > 0 else None
