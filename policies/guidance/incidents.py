"""What is wrong right now, and what was: incidents and maintenance, opened and updated here, read by every page (TD18)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from policies.document import Text
from policies.guidance.articles import LONGEST_TITLE, plain
from policies.guidance.models import Component, Incident, Update
from tenants.people.models import User

LONGEST_UPDATE = 10_000
State, Impact = Incident.State, Incident.Impact
RANKS = {Impact.MAINTENANCE: 1, Impact.MINOR: 2, Impact.PARTIAL: 3, Impact.MAJOR: 4}


def open_incident(
    *, title: Text, body: Text, impact: str, at: datetime, by: User | None = None, components: Iterable[Component] = (),
    state: str = "", starts_at: datetime | None = None, ends_at: datetime | None = None,
) -> Incident:  # fmt: skip
    """An incident with its first update; with `impact` "maintenance" it is planned and has an end."""
    title, body = plain(title), plain(body)
    planned = impact == Impact.MAINTENANCE
    state = state or (State.PLANNED if planned else State.INVESTIGATING)
    starts_at = starts_at or at
    _refuse(
        faults(
            title=title, body=body, impact=impact, state=state, starts_at=starts_at, ends_at=ends_at, at=at
        )
    )
    with transaction.atomic():
        incident = Incident.objects.create(
            title=title, impact=impact, state=state, starts_at=starts_at, ends_at=ends_at, updated_at=at,
            resolved_at=at if state == State.RESOLVED else None,
        )  # fmt: skip
        incident.components.set(components)
        Update.objects.create(incident=incident, state=state, body=body, by=by, at=at)
    return incident


def post_update(
    incident: Incident, *, state: str, body: Text, at: datetime, by: User | None = None
) -> Update:
    """What is new. "resolved" ends it, anything else after that opens it again."""
    body = plain(body)
    with transaction.atomic():
        incident = Incident.objects.select_for_update().get(pk=incident.pk)
        _refuse(faults_of_update(incident, state, body))
        incident.state, incident.updated_at = state, at
        incident.resolved_at = (incident.resolved_at or at) if state == State.RESOLVED else None
        incident.save(update_fields=["state", "updated_at", "resolved_at"])
        return Update.objects.create(incident=incident, state=state, body=body, by=by, at=at)


def faults_of_update(incident: Incident, state: str, body: Text) -> dict[str, Any]:
    wrong = _wrong_body(plain(body))
    if state == State.PLANNED and not incident.is_maintenance:
        wrong["state"] = _("Only maintenance is planned.")
    return wrong


def correct(
    incident: Incident, *, title: Text | None = None, impact: str | None = None,
    components: Iterable[Component] | None = None, starts_at: datetime | None = None, ends_at: datetime | None = None,
) -> None:  # fmt: skip
    """Put right what was said when it was opened. An incident stays one, maintenance stays maintenance."""
    with transaction.atomic():
        incident = Incident.objects.select_for_update().get(pk=incident.pk)
        _refuse(
            faults_of_correction(incident, title=title, impact=impact, starts_at=starts_at, ends_at=ends_at)
        )
        incident.title = incident.title if title is None else plain(title)
        incident.impact = impact or incident.impact
        incident.starts_at = starts_at or incident.starts_at
        incident.ends_at = ends_at or incident.ends_at
        incident.save(update_fields=["title", "impact", "starts_at", "ends_at"])
        if components is not None:
            incident.components.set(components)


def faults_of_correction(
    incident: Incident, *, title: Text | None = None, impact: str | None = None,
    starts_at: datetime | None = None, ends_at: datetime | None = None,
) -> dict[str, Any]:  # fmt: skip
    planned = incident.is_maintenance
    wrong = {} if title is None else _wrong_title(plain(title))
    if impact is not None and (impact == Impact.MAINTENANCE) != planned:
        wrong["impact"] = _("Maintenance and incidents do not turn into each other: enter another one.")
    if ends_at is not None and not planned:
        wrong["ends_at"] = _("Only maintenance has a planned end.")
    if planned and (ends_at or incident.ends_at) <= (starts_at or incident.starts_at):
        wrong["ends_at"] = _("The end must be after the start.")
    return wrong


def faults(
    *, title: Text, body: Text, impact: str, state: str, starts_at: datetime, ends_at: datetime | None, at: datetime
) -> dict[str, Any]:  # fmt: skip
    """What is wrong with an incident that is about to be opened, by field."""
    planned = impact == Impact.MAINTENANCE
    return (
        _wrong_title(plain(title))
        | _wrong_body(plain(body))
        | _wrong_times(planned, state, starts_at, ends_at, at)
    )


def _refuse(wrong: Mapping[str, Any]) -> None:
    if wrong:
        raise ValidationError(dict(wrong))


def _wrong_title(title: Text) -> dict[str, Any]:
    if not title:
        return {"title": _("Write a title.")}
    if any(len(said) > LONGEST_TITLE for said in title.values()):
        return {"title": _("Keep the title under %(most)d characters.") % {"most": LONGEST_TITLE}}
    return {}


def _wrong_body(body: Text) -> dict[str, Any]:
    if not body:
        return {"body": _("Say what customers should know.")}
    if any(len(said) > LONGEST_UPDATE for said in body.values()):
        return {"body": _("Keep the text under %(most)d characters.") % {"most": LONGEST_UPDATE}}
    return {}


def _wrong_times(
    planned: bool, state: str, starts_at: datetime, ends_at: datetime | None, at: datetime
) -> dict[str, Any]:
    if not planned:
        if ends_at is not None:
            return {"ends_at": _("Only maintenance has a planned end.")}
        if starts_at > at:
            return {"starts_at": _("An incident cannot begin in the future: plan maintenance instead.")}
        return {"state": _("Only maintenance is planned.")} if state == State.PLANNED else {}
    if ends_at is None:
        return {"ends_at": _("Say until when it lasts.")}
    return {"ends_at": _("The end must be after the start.")} if ends_at <= starts_at else {}


# --- reading ----------------------------------------------------------------------------------------------------------


def are_running(at: datetime) -> Q:
    return Q(resolved_at=None, starts_at__lte=at) & (Q(ends_at=None) | Q(ends_at__gt=at))


def running(at: datetime) -> list[Incident]:
    """What is wrong at `at`, the worst first, with components and updates. One query where nothing is."""
    return _worst_first(_told(Incident.objects.filter(are_running(at))))


def to_come(at: datetime) -> list[Incident]:
    """Maintenance that is planned, the next first."""
    return list(_told(Incident.objects.filter(resolved_at=None, starts_at__gt=at)).order_by("starts_at"))


def over(at: datetime) -> QuerySet[Incident]:
    """What was, the last first: resolved, or maintenance whose time has passed."""
    return _told(Incident.objects.filter(Q(resolved_at__isnull=False) | Q(ends_at__lte=at)))


def recent() -> QuerySet[Incident]:
    """What was said lately, whatever came of it: for the feed."""
    return _told(Incident.objects.order_by("-updated_at", "-id"))


def _told(rows: QuerySet[Incident]) -> QuerySet[Incident]:
    return rows.prefetch_related("components", "updates")


def _worst_first(rows: Iterable[Incident]) -> list[Incident]:
    return sorted(rows, key=lambda each: -RANKS[each.impact])


@dataclass(frozen=True, slots=True)
class Standing:
    """A component, and how it is: an impact, or "" where everything works."""

    component: Component
    impact: str

    @property
    def said(self) -> str:
        return str(Impact(self.impact).label) if self.impact else pgettext("component", "works")


def standing(now: Iterable[Incident]) -> list[Standing]:
    """Every component with the worst of what is running now (`running`)."""
    worst: dict[int, str] = {}
    for incident in now:
        for component in incident.components.all():
            if RANKS[incident.impact] > RANKS.get(worst.get(component.pk), 0):
                worst[component.pk] = incident.impact
    return [Standing(each, worst.get(each.pk, "")) for each in Component.objects.all()]
