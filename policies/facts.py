"""PURE. The words a rule may use: what a decision knows of a request. Knows no ticket and no Django."""

from __future__ import annotations

from dataclasses import dataclass

STRANGERS = ("unregistered", "pending")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a request when a rule looks at it. Keys are those of the policy document."""

    channel: str = ""  # "": the policy's first channel that opens tickets
    plan: str = ""  # "": the policy's first plan
    priority: str = ""  # "": the topic's, else the policy's default
    topic: str = ""
    text: str = ""  # summary and description, as typed
    situations: frozenset[str] = frozenset()
    overruled: bool = False  # an agent put it in scope, with a reason (ZP09)
    received_on: str = ""  # the number of ours that was called; "" where nobody said (SL11)
    stranger: str = ""  # of STRANGERS: why the policy does not serve the asker (ZP04, CH04); "": it does


@dataclass(frozen=True, slots=True)
class AlarmFacts:
    """What is known when an alarm rings."""

    facts: Facts
    metric: str
    kind: str  # "warning" | "breach"
    steps_done: frozenset[str] = frozenset()  # keys of the escalation steps that this clock has already taken
