"""The draft between its tables and the document: load_draft and export_draft, losslessly.

Guarantees: `load_draft(p); export_draft() == p` for every policy whose lists have unique keys (property-tested), from the
tables and not from a stored copy. All of a load is one transaction. Whoever changes a row of the draft calls `touch` in the
same transaction: it locks the draft's one state row, so that a publication sees either all of a change or nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from django.db import models as columns
from django.db import transaction
from django.db.models import F

from policies import codec, document, models
from policies.document import CalendarSpec, Condition, HolidaySource, Policy

LISTS: dict[str, tuple[type, type[columns.Model]]] = {
    "channels": (document.Channel, models.Channel),
    "plans": (document.Plan, models.Plan),
    "budgets": (document.Budget, models.Budget),
    "priorities": (document.Priority, models.Priority),
    "clock_rules": (document.ClockRule, models.ClockRule),
    "targets": (document.Target, models.Target),
    "scope_rules": (document.ScopeRule, models.ScopeRule),
    "closing_rules": (document.ClosingRule, models.ClosingRule),
    "escalation": (document.EscalationStep, models.EscalationStep),
    "attachments": (document.AttachmentRule, models.AttachmentRule),
    "emergencies": (document.Emergency, models.Emergency),
}
"""The policy's lists whose parts are one row each."""

GENERAL = [f.name for f in fields(Policy) if f.name not in {*LISTS, "teams", "calendars", "topics"}]


class NoDraft(Exception):
    """This desk has no draft yet: nothing was loaded."""


# --- revisions --------------------------------------------------------------------------------------------------------


def touch(at: datetime, by: Any = None) -> int:
    """Note that the draft changed, and by whom; the new revision. Inside the transaction of the change."""
    models.DraftState.objects.get_or_create(id=1)
    models.DraftState.objects.update(revision=F("revision") + 1, touched_at=at, touched_by=by)
    return models.DraftState.objects.get().revision


def state() -> models.DraftState:
    return models.DraftState.objects.select_related("touched_by").first() or models.DraftState()


def locked_state() -> models.DraftState:
    """The state row, locked until the end of the transaction: nobody changes the draft meanwhile."""
    models.DraftState.objects.get_or_create(id=1)
    return models.DraftState.objects.select_for_update(of=("self",)).get()


# --- document -> tables -----------------------------------------------------------------------------------------------


@transaction.atomic
def load_draft(policy: Policy, *, at: datetime, by: Any = None) -> int:
    """Replace the whole draft by `policy`; the new revision. IntegrityError where a list names a key twice."""
    locked_state()
    _empty()
    models.General.objects.create(**{name: _column(getattr(policy, name)) for name in GENERAL})
    teams = enumerate(policy.teams.items())
    models.PolicyTeam.objects.bulk_create(models.PolicyTeam(key=k, name=n, position=i) for i, (k, n) in teams)
    for name, (_, table) in LISTS.items():
        table.objects.bulk_create(_rows(table, getattr(policy, name)))
    _load_topics(policy.topics)
    for position, spec in enumerate(policy.calendars):
        calendar = models.Calendar.objects.create(
            key=spec.key, name=spec.name, tz=spec.tz, note=spec.note, position=position
        )
        write_week(calendar, spec.weekly)
        write_departures(calendar, spec)
    return touch(at, by)


def write_week(calendar: models.Calendar, weekly: Mapping[str, Iterable[tuple[str, str]]]) -> None:
    """Replace the opening hours of `calendar`."""
    calendar.opening_hours.all().delete()
    rows = [
        (day, *interval)
        for day, intervals in weekly.items()
        for interval in (tuple(intervals) or (("", ""),))
    ]
    models.OpeningHours.objects.bulk_create(
        models.OpeningHours(calendar=calendar, weekday=day, opens=opens, closes=closes, position=position)
        for position, (day, opens, closes) in enumerate(rows)
    )


def write_departures(calendar: models.Calendar, spec: CalendarSpec) -> None:
    """Replace the holidays, changed hours and breaks of `calendar` by those of `spec`."""
    kind, rows = models.Holiday.Kind, []
    for source in spec.holidays:
        where = {
            "country": source.country,
            "subdivision": source.subdivision,
            "categories": list(source.categories),
        }
        rows.append(models.Holiday(calendar=calendar, kind=kind.LIBRARY, **where))
    for day, name in spec.own_holidays.items():
        rows.append(models.Holiday(calendar=calendar, kind=kind.OWN, day=day, name=name))
    for which, dated in ((kind.CHANGED, spec.overrides), (kind.BREAK, spec.breaks)):
        for day, intervals in dated.items():
            row = models.Holiday(
                calendar=calendar, kind=which, day=day, intervals=[list(pair) for pair in intervals]
            )
            rows.append(row)
    for position, row in enumerate(rows):
        row.position = position
    calendar.departures.all().delete()
    models.Holiday.objects.bulk_create(rows)


def columns_of(part: Any) -> dict[str, Any]:
    """A part of the document as values of its table's columns; a condition becomes its `when_...` columns."""
    values = {}
    for each in fields(part):
        value = getattr(part, each.name)
        if isinstance(value, Condition):
            values |= {f"when_{f.name}": list(getattr(value, f.name)) for f in fields(value)}
        else:
            values[each.name] = _column(value)
    return values


def _rows(table: type[columns.Model], parts: Iterable[Any]) -> list[columns.Model]:
    return [table(position=position, **columns_of(part)) for position, part in enumerate(parts)]


def _load_topics(topics: Iterable[document.Topic]) -> None:
    rows = [models.Topic(position=position, **_own_columns(topic)) for position, topic in enumerate(topics)]
    models.Topic.objects.bulk_create(rows)
    models.TopicField.objects.bulk_create(
        models.TopicField(topic=row, position=position, **columns_of(each))
        for row, topic in zip(rows, topics, strict=True)
        for position, each in enumerate(topic.fields)
    )


def _own_columns(topic: document.Topic) -> dict[str, Any]:
    return {each.name: _column(getattr(topic, each.name)) for each in fields(topic) if each.name != "fields"}


def _column(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_item(item) for item in value]
    return value


def _item(value: Any) -> Any:
    if isinstance(value, timedelta):
        return codec.write_duration(value)
    return codec.encode(value) if isinstance(value, document.Warning) else value


def _empty() -> None:
    tables = [table for _, table in LISTS.values()]
    for table in (*tables, models.General, models.PolicyTeam, models.Topic, models.Calendar):
        table.objects.all().delete()


# --- tables -> document -----------------------------------------------------------------------------------------------


def export_draft() -> Policy:
    """The draft as a document. NoDraft where nothing was loaded; codec.DocumentError where a row is unreadable."""
    general = models.General.objects.first()
    if general is None:
        raise NoDraft("This desk has no policy draft yet.")
    data = {name: _plain(getattr(general, name)) for name in GENERAL}
    data["teams"] = {team.key: team.name for team in models.PolicyTeam.objects.all()}
    for name, (kind, table) in LISTS.items():
        data[name] = [plain_part(kind, row) for row in table.objects.all()]
    topics = models.Topic.objects.prefetch_related("fields")
    data["topics"] = [_plain_topic(topic) for topic in topics]
    policy = codec.decode(Policy, data)
    calendars = models.Calendar.objects.prefetch_related("opening_hours", "departures")
    whole = codec.to_dict(policy) | {"calendars": [codec.encode(spec_of(row)) for row in calendars]}
    return codec.from_dict(whole)


def part_of(kind: type, row: columns.Model) -> Any:
    """The part of the document that one row says."""
    return codec.decode(kind, plain_part(kind, row))


def plain_part(kind: type, row: columns.Model) -> dict[str, Any]:
    data = {}
    for each in fields(kind):
        if each.name == "when":
            data["when"] = {f.name: getattr(row, f"when_{f.name}") for f in fields(Condition)}
        else:
            data[each.name] = _plain(getattr(row, each.name))
    return data


def spec_of(calendar: models.Calendar) -> CalendarSpec:
    """One calendar with its hours and departures."""
    weekly: dict[str, tuple[tuple[str, str], ...]] = {}
    for row in calendar.opening_hours.all():
        interval = ((row.opens, row.closes),) if row.opens or row.closes else ()
        weekly[row.weekday] = weekly.get(row.weekday, ()) + interval
    departures, kind = list(calendar.departures.all()), models.Holiday.Kind
    return CalendarSpec(
        key=calendar.key,
        name=calendar.name,
        tz=calendar.tz,
        weekly=weekly,
        holidays=tuple(
            HolidaySource(row.country, row.subdivision, tuple(row.categories))
            for row in departures
            if row.kind == kind.LIBRARY
        ),
        own_holidays={row.day: row.name for row in departures if row.kind == kind.OWN},
        overrides={row.day: _intervals(row) for row in departures if row.kind == kind.CHANGED},
        breaks={row.day: _intervals(row) for row in departures if row.kind == kind.BREAK},
        note=calendar.note,
    )


def _plain_topic(topic: models.Topic) -> dict[str, Any]:
    names = [each.name for each in fields(document.Topic) if each.name != "fields"]
    own = {name: _plain(getattr(topic, name)) for name in names}
    return own | {"fields": [plain_part(document.Field, row) for row in topic.fields.all()]}


def _intervals(row: models.Holiday) -> tuple[tuple[str, str], ...]:
    return tuple((opens, closes) for opens, closes in row.intervals)


def _plain(value: Any) -> Any:
    return codec.write_duration(value) if isinstance(value, timedelta) else value
