"""One line of the table: what was measured, how much, and what was aimed at."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

scale = 1.0  # `manage.py bench --scale`: of the parts that say so


def scaled(count: int) -> int:
    return max(1, round(count * scale))


@dataclass(frozen=True)
class Row:
    what: str
    figure: float
    unit: str
    goal: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def each_call(call: Callable[[], Any], times: int) -> list[float]:
    """Seconds of each of `times` calls, sorted."""
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        call()
        spent.append(time.perf_counter() - begun)
    return sorted(spent)


def percentile(spent: list[float], share: float) -> float:
    return spent[min(len(spent) - 1, int(len(spent) * share))]


def per_call(call: Callable[[int], Any], times: int, rounds: int = 5) -> float:
    """Seconds of one call: the best of some rounds of `times` calls with 0..times-1."""
    best = float("inf")
    for _ in range(rounds):
        begun = time.perf_counter()
        for n in range(times):
            call(n)
        best = min(best, time.perf_counter() - begun)
    return best / times
