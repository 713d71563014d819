"""An emergency: everybody on duty is alerted, and again with the supervisors, until somebody takes it (SL06, TD02).

* Whether a ticket is one is said by its situations; `follow` brings the row of the emergency in line, behind the ticket's lock,
  wherever these may have changed.
* Out of hours people are alerted in the same transaction. Within them the row waits for the closing: if nobody has taken it by
  then, whoever owns the ticket, people are alerted as well.
* Whoever is on duty at that moment is alerted; where the rota has a hole, the team and the supervisors. An alert is a row that
  the person's link points to, so that the button knows who presses it.
* `alarm_at` and a hint of kind "duty" carry it on; nothing is looked for. An alarm that fails three times is parked.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from policies.document import Policy, say
from sla.calendars import hours_at
from tenants.customers.models import Team
from tenants.people.models import User
from tenants.wakeups import wake
from tickets.audience import staff_of, tell_customers
from tickets.duty.alerting import tell_alerted, tell_taken
from tickets.duty.facts import alerts_at, is_emergency
from tickets.duty.models import Alert, Emergency
from tickets.duty.standing import plan_of
from tickets.lifecycle.steps import locked, policy_of
from tickets.models import Ticket
from tickets.timeline import record

log = logging.getLogger(__name__)
BATCH, TRIES = 50, 3
FREE = {
    "pt-br": "Este atendimento não tem custo para você.",
    "en": "This costs you nothing.",
    "es": "Esto no tiene ningún coste para usted.",
    "de": "Das kostet Sie nichts.",
    "ru": "Это ничего Вам не стоит.",
}


def of(ticket: Ticket) -> Emergency | None:
    """The ticket's emergency as it stands, None where it is none."""
    rows = Emergency.objects.filter(ticket=ticket, ended_at=None)
    return rows.select_related("claimed_by", "declared_by").first()


def follow(
    ticket: Ticket,
    policy: Policy,
    at: datetime,
    *,
    by: User | None = None,
    because: str = "",
    conditions: Iterable[str] = (),
    anew: bool = False,
) -> None:
    """The ticket, locked, may be an emergency now, or none any more. `anew`: it was over and comes again."""
    row = of(ticket)
    wanted = (
        is_emergency(ticket)
        and ticket.outcome == "in_scope"
        and ticket.is_unresolved
        and policy.knows_emergencies
    )
    if row is not None and (anew or not wanted):
        end(row, at, "again" if wanted else "withdrawn")
        row = None
    if wanted and row is None:
        _begin(ticket, policy, at, by, because, list(conditions))


def end(row: Emergency, at: datetime, because: str) -> None:
    row.ended_at, row.ended_because, row.alarm_at = at, because, None
    row.save(update_fields=["ended_at", "ended_because", "alarm_at"])


def _begin(
    ticket: Ticket, policy: Policy, at: datetime, by: User | None, because: str, conditions: list[str]
) -> None:
    row = Emergency.objects.create(
        ticket=ticket, conditions=conditions, declared_at=at, declared_by=by, because=because[:500]
    )
    record(ticket, "emergency_declared", at, by, public=True, because=because,
           conditions=[each.name for each in policy.emergencies if each.key in conditions])  # fmt: skip
    if alerts_at(policy, at):
        alert(row, ticket, policy, at)
    elif policy.emergency_again_after is not None:
        _ring_at(row, hours_at(policy.emergency_calendar, at).next_closing(at))


def alert(row: Emergency, ticket: Ticket, policy: Policy, at: datetime) -> None:
    """One round: whoever is on duty; from the second on the supervisors too. Then again, while nobody has taken it."""
    row.round += 1
    team = _team(ticket, policy)
    on_duty = plan_of(team, at).at(at) if team else []
    people = on_duty or _stand_ins(ticket, team)
    if row.round > 1:
        people = _with_supervisors(ticket, people)
    row.alerted_at = row.alerted_at or at
    alerts = Alert.objects.bulk_create(
        [Alert(emergency=row, person=person, round=row.round, at=at) for person in people]
    )
    record(ticket, "duty_alerted", at, public=True, round=row.round, names=[str(p) for p in people],
           is_hole=not on_duty)  # fmt: skip
    tell_alerted(row, alerts, ticket, policy, at)
    if row.round == 1:
        free = FREE if policy.emergency_is_free else ""
        tell_customers(ticket, "emergency_alerted", str(row.pk), at, free=free)
    row.attempts, row.parked_because = 0, ""
    _ring_at(row, at + policy.emergency_again_after if policy.emergency_again_after else None)


def _ring_at(row: Emergency, at: datetime | None) -> None:
    row.alarm_at = at
    row.save(update_fields=["alarm_at", "round", "alerted_at", "attempts", "parked_because"])
    if at is not None:
        wake("duty", at)


def _team(ticket: Ticket, policy: Policy) -> Team | None:
    """Whose duty it is."""
    named = Team.objects.filter(key=policy.emergency_team).first() if policy.emergency_team else None
    return named or ticket.team


def _stand_ins(ticket: Ticket, team: Team | None) -> list[User]:
    """Nobody is on duty: the team's people and the supervisors; in a desk without either, everybody of ours."""
    ours = User.objects.filter(is_active=True).exclude(role=User.Role.CUSTOMER)
    members = list(ours.filter(teams=team)) if team else []
    return _with_supervisors(ticket, members) or list(ours.order_by("pk"))


def _with_supervisors(ticket: Ticket, people: list[User]) -> list[User]:
    supervisors = [each.person for each in staff_of(ticket, ["supervisors"]) if each.person]
    return list({person.pk: person for person in (*people, *supervisors)}.values())


# --- somebody has it --------------------------------------------------------------------------------------------------


def taken(ticket: Ticket, person: User, at: datetime) -> None:
    """`person` attends to it: they pressed the button, answered, or were given the ticket (locked). The first one counts."""
    row = of(ticket)
    if row is None or row.claimed_at is not None:
        return
    row.claimed_by, row.claimed_at, row.alarm_at = person, at, None
    row.save(update_fields=["claimed_by", "claimed_at", "alarm_at"])
    record(ticket, "emergency_taken", at, person, public=True)
    if row.alerted_at is None:
        return
    policy = policy_of(ticket)
    free = FREE if policy.emergency_is_free else ""
    tell_customers(ticket, "emergency_taken", str(row.pk), at, author=str(person), free=free)
    others = User.objects.filter(
        pk__in=row.alerts.exclude(person=person).values("person_id"), is_active=True
    ).order_by("pk")
    tell_taken(row, others, ticket, person, at)


# --- the alarms -------------------------------------------------------------------------------------------------------


def ring_due(now: datetime) -> int:
    """Alert again where nobody has taken it. How many alarms were dealt with."""
    due = list(
        Emergency.objects.filter(alarm_at__lte=now)
        .order_by("alarm_at")
        .values_list("pk", "ticket_id")[:BATCH]
    )
    return sum(ring(pk, ticket_id, now) for pk, ticket_id in due)


def ring(pk: int, ticket_id: int, now: datetime) -> bool:
    """One alarm, its attempt counted before the work: one that raises, or kills its worker, is parked and not picked for ever."""
    Emergency.objects.filter(pk=pk).update(attempts=F("attempts") + 1)
    if _park(pk, "The worker was killed each time that it rang.", after=TRIES + 1):
        return True
    try:
        with transaction.atomic():
            if not Ticket.objects.select_for_update(skip_locked=True).filter(pk=ticket_id).exists():
                Emergency.objects.filter(pk=pk).update(attempts=F("attempts") - 1)
                return False
            _act(pk, now)
    except Exception as error:
        log.exception("alarm of emergency %s failed", pk)
        _park(pk, f"{type(error).__name__}: {error}", after=TRIES)
    return True


def _park(pk: int, because: str, *, after: int) -> bool:
    """No alarm any more after so many attempts; the admin shows why."""
    tried = Emergency.objects.filter(pk=pk, attempts__gte=after)
    return bool(tried.update(alarm_at=None, parked_because=because[:2000]))


def _act(pk: int, now: datetime) -> None:
    """Read again behind the ticket's lock: an alarm whose reason is gone is void (C7).

    An owner is no reason: who owned the ticket before may know nothing of the emergency, or be asleep. Who answered it, or was
    given it since, has taken it already.
    """
    row = Emergency.objects.get(pk=pk)
    if row.alarm_at is None or row.alarm_at > now:
        return
    ticket = locked(row.ticket)
    if not ticket.is_unresolved:
        end(row, now, "resolved")
    else:
        alert(row, ticket, policy_of(ticket), now)


def look_again() -> None:
    """Leave a hint for the next alarm, should one have been lost."""
    soonest = (
        Emergency.objects.filter(alarm_at__isnull=False)
        .order_by("alarm_at")
        .values_list("alarm_at", flat=True)
        .first()
    )
    if soonest is not None:
        wake("duty", soonest)


def conditions_of(row: Emergency, policy: Policy, language: str) -> list[str]:
    """What was ticked, in words."""
    return [say(each.name, language) for each in policy.emergencies if each.key in row.conditions]
