"""The targets as tables, plan by priority, for each metric and each group of channels that are promised the same.

A cell shows the rule that wins there, in words, with an example. For the admin's matrix and the public page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from policies import codec, words
from policies.calendars import hours_of, years_around
from policies.decisions import promises_for
from policies.document import METRICS, Policy, Target, say
from policies.examples import example_of
from policies.facts import Facts

NONE = "–"


@dataclass(slots=True)
class Cell:
    """What a plan is promised at a priority. `target` None: nothing."""

    name: str
    plan: str
    priority: str
    priority_said: str
    target: Target | None
    said: str = ""
    example: str = ""
    calendar: str = ""
    error: str = ""
    written: str = ""

    def value(self) -> str:
        """As it is typed: "24h"; "–" for a target without a deadline; empty where nothing is promised."""
        if self.target is None:
            return ""
        if self.target.unit == "business_days" and self.target.days is not None:
            return f"{self.target.days}d"
        return codec.write_duration(self.target.duration) if self.target.duration is not None else NONE


@dataclass(slots=True)
class Matrix:
    metric: str
    title: str
    channels: list[str]
    channels_said: str
    rows: list[tuple[str, list[Cell]]] = field(default_factory=list)

    def cells(self) -> Iterable[Cell]:
        return (cell for _plan, row in self.rows for cell in row)

    def promises_something(self) -> bool:
        return any(cell.target is not None for cell in self.cells())


def matrices(policy: Policy, at: datetime) -> list[Matrix]:
    """One for each metric that has targets and each group of channels with the same promises."""
    language, hours = get_language() or "en", hours_of(policy, years_around(at, policy.tz))
    doors = [channel for channel in policy.channels if channel.opens == "ticket" and channel.sla]
    found = []
    for metric in METRICS:
        if not any(target.metric == metric and not target.situation for target in policy.targets):
            continue
        for number, keys in enumerate(_groups(policy, metric, [door.key for door in doors])):
            names = [say(door.name, language) or door.key for door in doors if door.key in keys]
            said = _("all channels") if len(keys) == len(doors) else words.listed(names)
            matrix = Matrix(metric, str(words.METRICS[metric]), keys, said)
            for plan in policy.plans:
                row = [
                    Cell(
                        f"cell-{metric}-{number}-{plan.key}-{p.key}",
                        plan.key,
                        p.key,
                        f"{p.key} {say(p.name, language)}",
                        target,
                    )
                    for p, target in zip(
                        policy.priorities, _row(policy, metric, keys[0], plan.key), strict=True
                    )
                ]
                for cell in row:
                    _describe(cell, policy, hours, at, language)
                matrix.rows.append((say(plan.name, language) or plan.key, row))
            found.append(matrix)
    return found


def _describe(cell: Cell, policy: Policy, hours: Any, at: datetime, language: str) -> None:
    target = cell.target
    if target is None:
        cell.said = _("nothing promised")
        return
    said = {"duration": target.duration, "unit": target.unit, "days": target.days}
    cell.said = words.target(**said)
    spec = next((each for each in policy.calendars if each.key == target.calendar), None)
    cell.calendar = (say(spec.name, language) or spec.key) if spec else _("round the clock")
    cell.example = str(example_of(policy, hours, at, calendar=target.calendar, **said) or "")


def _groups(policy: Policy, metric: str, doors: list[str]) -> list[list[str]]:
    """The channels, those with the same promises together, in their order."""
    groups: dict[Any, list[str]] = {}
    for door in doors:
        promised = tuple(
            getattr(target, "key", None)
            for plan in policy.plans
            for target in _row(policy, metric, door, plan.key)
        )
        groups.setdefault(promised, []).append(door)
    return list(groups.values())


def _row(policy: Policy, metric: str, channel: str, plan: str) -> list[Target | None]:
    by_key = {target.key: target for target in policy.targets}
    row = []
    for priority in policy.priorities:
        promised = promises_for(policy, Facts(channel=channel, plan=plan, priority=priority.key))
        row.append(
            next((by_key.get(promise.target_key) for promise in promised if promise.metric == metric), None)
        )
    return row
