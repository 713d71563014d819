"""Errors at the field: a row is saved as if for real, the whole draft is linted, and what it says of this row comes back."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from django.db import models as columns
from django.db import transaction
from django.db.models import Max
from django.utils.translation import get_language

from policies import codec, draft, lint, models
from policies.document import say

HEADS: dict[type[columns.Model], str] = {
    **{table: name for name, (_kind, table) in draft.LISTS.items()},
    models.Topic: "topics",
    models.Calendar: "calendars",
}
PATH = re.compile(r"(?P<head>\w+)\[(?P<index>\d+)\]\.?(?P<rest>.*)")


def problems_of(row: columns.Model) -> list[tuple[str, str]]:
    """(column, message) for each error that saving `row` would leave at it. Column "" where none is to blame alone."""
    trial = copy.copy(row)
    with transaction.atomic():
        if trial.pk is None and hasattr(trial, "position"):
            trial.position = next_position(type(trial))
        trial.save()
        found = list(_at(trial))
        transaction.set_rollback(True)
    return found


def problems_of_draft() -> list[lint.Problem]:
    """What is wrong with the draft as it stands; a row that cannot even be read is an error too."""
    try:
        return lint.lint(draft.export_draft())
    except codec.DocumentError as error:
        return [lint.Problem(error.path, "error", {"en": error.message})]
    except draft.NoDraft:
        return []


def next_position(table: type[columns.Model]) -> int:
    last = table.objects.aggregate(n=Max("position"))["n"]
    return 0 if last is None else last + 1


def _at(row: columns.Model) -> Iterator[tuple[str, str]]:
    head = HEADS.get(type(row))
    index = _index_of(row) if head else None
    for problem in problems_of_draft():
        if problem.severity != "error":
            continue
        message = say(problem.message, get_language() or "en")
        match = PATH.fullmatch(problem.path)
        if head and match and match["head"] == head and int(match["index"]) == index:
            yield column_of(row, match["rest"]), message
        elif isinstance(row, models.General) and not match and problem.path.split(".")[0] in draft.GENERAL:
            yield problem.path.split(".")[0], message


def column_of(row: columns.Model, rest: str) -> str:
    """ "when.plans[0]" -> "when_plans"; "duration" -> "duration"; "when" or nothing: the condition's first filled column."""
    names = {field.name for field in row._meta.fields}
    parts = [re.sub(r"\[\d+\]", "", part) for part in rest.split(".") if part]
    if parts[:1] == ["when"] and len(parts) > 1:
        return f"when_{parts[1]}"
    if parts and parts[0] in names:
        return parts[0]
    filled: list[Any] = [name for name in sorted(names) if name.startswith("when_") and getattr(row, name)]
    return filled[0] if filled else ""


def _index_of(row: columns.Model) -> int | None:
    order = list(type(row).objects.values_list("pk", flat=True))
    return order.index(row.pk) if row.pk in order else None


def row_of(path: str) -> columns.Model | None:
    """The row that a path such as "targets[2].duration" is about."""
    match = PATH.fullmatch(path)
    table = next((table for table, head in HEADS.items() if match and head == match["head"]), None)
    if match is None or table is None:
        return None
    index = int(match["index"])
    return next(iter(table.objects.all()[index : index + 1]), None)
