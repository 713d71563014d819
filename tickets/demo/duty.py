"""Who is on duty on a demo desk: the rotas of its story, and what departs from them."""

from __future__ import annotations

from datetime import datetime, timedelta

from tenants.customers.models import Team
from tenants.people.models import User
from tickets.demo.pace import Pace
from tickets.demo.script import Script
from tickets.duty.models import DutyChange, Rota

WEEK = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def furnish(script: Script, people: dict[str, User], pace: Pace) -> None:
    """Turns of a week began on a Monday five weeks ago."""
    monday = pace.now.astimezone(pace.zone).date()
    monday -= timedelta(days=monday.weekday() + 35)
    for said in script.rotas:
        team = Team.objects.get(key=said["team"])
        rota = Rota.objects.create(
            team=team, name=said["name"], timezone=script.desk["timezone"], weekly=said.get("weekly", WEEK), first_on=monday,
            at_once=said.get("at_once", 1),
        )  # fmt: skip
        for position, key in enumerate(said["people"]):
            rota.places.create(person=people[key], position=position)
        for change in said.get("changes", ()):
            DutyChange.objects.create(**_change(change, team, people, pace))


def _change(said: dict, team: Team, people: dict[str, User], pace: Pace) -> dict:
    def moment(name: str) -> datetime:
        return pace.moment(said[name])

    return {
        "team": team,
        "kind": "instead",
        "person": people[said["person"]],
        "instead": people[said["instead"]],
        "starts_at": moment("from"),
        "ends_at": moment("to"),
        "because": said.get("because", ""),
        "by": people[said["by"]],
        "at": pace.now - timedelta(days=2),
    }
