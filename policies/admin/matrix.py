"""Writing into the matrix of targets.

Another length in all cells of a rule changes the rule; in some of them it puts a new rule before it, for just these
cells. So the list, where the first match wins, remains the one truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from policies import draft, models
from policies.admin.checking import problems_of_draft
from policies.admin.fields import read_length
from policies.document import say
from policies.tables import NONE, Cell, Matrix


@dataclass(frozen=True, slots=True)
class Length:
    """What was typed into a cell."""

    duration: timedelta | None
    days: int | None = None


def read_cell(said: str) -> Length:
    """ "24h", "30m"; "–" or "none": measured, no deadline; "2d": two business days where the rule counts these."""
    said = said.strip().lower()
    if said in (NONE, "-", "none"):
        return Length(None)
    if not said:
        raise ValidationError(_("To take a promise away, delete its rule in the list below."))
    return Length(read_length(said), int(said[:-1]) if said[:-1].isdigit() and said.endswith("d") else None)


def save_matrices(found: list[Matrix], posted: Mapping[str, str], *, at: datetime, by: Any) -> int:
    """Write the changed cells into the draft's targets; how many changed. ValidationError: nothing was written.

    Errors of single cells stand in the cells (`error`, `written`).
    """
    changed: list[tuple[Matrix, Cell, Length]] = []
    wrong = False
    for matrix in found:
        for cell in matrix.cells():
            written = posted.get(cell.name, cell.value())
            if written.strip() == cell.value():
                continue
            try:
                changed.append((matrix, cell, read_cell(written)))
            except ValidationError as error:
                cell.error, cell.written, wrong = error.messages[0], written, True
    if wrong:
        raise ValidationError(_("Nothing was saved: look at the marked cells."))
    if not changed:
        return 0
    with transaction.atomic():
        draft.locked_state()
        before = {problem.path for problem in problems_of_draft() if problem.severity == "error"}
        for target, cells in _by_rule(changed).items():
            _write(found, target, cells)
        after = [p for p in problems_of_draft() if p.severity == "error" and p.path not in before]
        if after:
            raise ValidationError([say(problem.message, get_language() or "en") for problem in after])
        draft.touch(at, by)
    return len(changed)


def _by_rule(changed: list[tuple[Matrix, Cell, Length]]) -> dict[str, list[tuple[Matrix, Cell, Length]]]:
    rules: dict[str, list[tuple[Matrix, Cell, Length]]] = {}
    for matrix, cell, length in changed:
        rules.setdefault(cell.target.key if cell.target else f" {matrix.metric}", []).append(
            (matrix, cell, length)
        )
    return rules


def _write(found: list[Matrix], key: str, changed: list[tuple[Matrix, Cell, Length]]) -> None:
    """Change rule `key` itself where all its cells got one length, else put rules for these cells before it."""
    row = models.Target.objects.filter(key=key).first()
    shown = [c for matrix in found for c in matrix.cells() if c.target is not None and c.target.key == key]
    lengths = {length for _m, _c, length in changed}
    if row is not None and len(lengths) == 1 and len(changed) == len(shown):
        _lengthen(row, lengths.pop())
        row.save()
        return
    for matrix in found:
        for length in dict.fromkeys(length for m, _c, length in changed if m is matrix):
            cells = [cell for m, cell, its in changed if m is matrix and its == length]
            for plans, priorities in rectangles(cells):
                _insert_before(row, matrix, plans, priorities, length)


def rectangles(cells: list[Cell]) -> list[tuple[list[str], list[str]]]:
    """The cells as (plans, priorities), each a whole rectangle: plans with the same priorities go together."""
    by_plan: dict[str, list[str]] = {}
    for cell in cells:
        by_plan.setdefault(cell.plan, []).append(cell.priority)
    together: dict[tuple[str, ...], list[str]] = {}
    for plan, priorities in by_plan.items():
        together.setdefault(tuple(priorities), []).append(plan)
    return [(plans, list(priorities)) for priorities, plans in together.items()]


def _insert_before(
    row: models.Target | None, matrix: Matrix, plans: list[str], priorities: list[str], length: Length
) -> None:
    rows = list(models.Target.objects.all())
    new = models.Target(metric=matrix.metric)
    place = len(rows)
    if row is not None:
        place = next(index for index, each in enumerate(rows) if each.pk == row.pk)
        for each in models.Target._meta.concrete_fields:
            if not each.primary_key:
                setattr(new, each.attname, getattr(row, each.attname))
    else:
        calendar = models.Calendar.objects.first()
        new.calendar, new.unit = (calendar.key, "business") if calendar else ("", "elapsed")
    new.key = _free_key(
        "-".join((matrix.metric.replace("_", "-"), *plans, *priorities)), {each.key for each in rows}
    )
    new.when_plans, new.when_priorities = plans, priorities
    if matrix.channels_said != _("all channels"):
        new.when_channels = matrix.channels
    _lengthen(new, length)
    new.save()
    rows.insert(place, new)
    for position, each in enumerate(rows):
        each.position = position
    models.Target.objects.bulk_update(rows, ["position"])


def _lengthen(row: models.Target, length: Length) -> None:
    if row.unit == "business_days":
        if length.days is None:
            row.unit, row.days, row.duration = "business", None, length.duration
        else:
            row.days = length.days
        return
    row.duration = length.duration
    if row.duration is not None and row.unit == "business" and not row.calendar:
        calendar = models.Calendar.objects.first()
        row.calendar, row.unit = (calendar.key, "business") if calendar else ("", "elapsed")


def _free_key(wish: str, taken: set[str]) -> str:
    base = slugify(wish)[:70] or "target"
    return next(key for key in (base, *(f"{base}-{n}" for n in range(2, 1000))) if key not in taken)
