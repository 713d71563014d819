"""Who of a team is on duty: its rotas and their changes, read once, asked of `rota`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla.business_time import BusinessHours
from sla.calendars import hours_at
from tenants.customers.models import Team
from tenants.people.models import User
from tickets.duty import rota
from tickets.duty.models import DutyChange, Rota

AHEAD = timedelta(days=28)  # how far "next" and holes are looked for


@dataclass(frozen=True, slots=True)
class Plan:
    """The rotas of one team, ready to be asked. `people` are those who can be on duty: the others leave holes."""

    patterns: tuple[rota.Pattern, ...]
    changes: tuple[rota.Change, ...]
    people: dict[int, User]

    def at(self, at: datetime) -> list[User]:
        return self._known(rota.on_duty(self.patterns, self.changes, at))

    def duties(self, start: datetime, end: datetime) -> list[rota.Duty]:
        found: list[rota.Duty] = []
        for duty in rota.duties(self.patterns, self.changes, start, end):
            people = tuple(pk for pk in duty.people if pk in self.people)
            if found and found[-1].people == people:
                found[-1] = rota.Duty(found[-1].from_at, duty.to_at, people)
            else:
                found.append(rota.Duty(duty.from_at, duty.to_at, people))
        return found

    def _known(self, ids: Iterable[int]) -> list[User]:
        return [self.people[pk] for pk in ids if pk in self.people]


def plan_of(team: Team, since: datetime) -> Plan:
    """The rotas of `team`, with the changes that are not over at `since`."""
    return plans_of([team], since)[team.pk]


def plans_of(teams: Iterable[Team], since: datetime) -> dict[int, Plan]:
    """The same for several teams, in a handful of queries."""
    ids = [team.pk for team in teams]
    rows = list(Rota.objects.filter(team__in=ids, is_active=True).prefetch_related("places").order_by("id"))
    changes = list(DutyChange.objects.filter(team__in=ids, ends_at__gt=since).order_by("id"))
    named = {place.person_id for row in rows for place in row.places.all()}
    named |= {pk for change in changes for pk in (change.person_id, change.instead_id) if pk}
    people = {
        person.pk: person
        for person in User.objects.filter(pk__in=named, is_active=True).exclude(role=User.Role.CUSTOMER)
    }
    return {
        pk: Plan(
            tuple(pattern_of(row) for row in rows if row.team_id == pk),
            tuple(change_of(change) for change in changes if change.team_id == pk),
            people,
        )
        for pk in ids
    }


def pattern_of(row: Rota) -> rota.Pattern:
    return rota.Pattern(
        hours=BusinessHours.from_dict({"tz": row.timezone, "weekly": row.weekly}),
        people=tuple(place.person_id for place in row.places.all()),
        first_day=row.first_on,
        turn_days=row.turn_days,
        hands_over=row.hands_over_at,
        at_once=row.at_once,
    )


def change_of(row: DutyChange) -> rota.Change:
    return rota.Change(row.kind, row.person_id, row.starts_at, row.ends_at, row.instead_id)


def attended_hours(calendar: str, at: datetime) -> BusinessHours | None:
    """The hours in which nobody need be on duty; None where somebody always must be."""
    return hours_at(calendar, at) if calendar else None
