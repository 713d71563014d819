"""A desk's story as one TOML file: the desk, its staff, companies, event windows, and what happened to each ticket.

    [[stories]]
    who = "camila"                    # a customer's key
    at = "14d 09:12"                  # the 14th working day back, in the desk's zone; or "-35m": that much working time ago
    summary = "..."
    body = "..."
    steps = [
      ["25m", "bruno", "assign"],                   # after 25 minutes of working time
      ["2h", "bruno", "ask", "Which version?"],     # a reply that then waits on the customer
      ["~20h", "camila", "reply", "2.14"],          # ~: on the wall clock, whatever the hours
    ]

What would lie in the future has not happened yet and is left out.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "stories"
ORDER = ("z-pro", "zoom", "erp-chamados", "360dialog", "suporte-leiloes", "tour")
SLUGS = tuple(slug for slug in ORDER if (FOLDER / f"{slug}.toml").exists())


@dataclass(frozen=True, slots=True)
class Step:
    after: str
    actor: str
    act: str
    said: str = ""
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """How one ticket began, as arguments of open_ticket, and the steps that followed."""

    who: str
    at: str
    summary: str
    body: str
    given: dict[str, Any]
    by: str = ""  # the agent who opened it for a caller
    files: tuple[str, ...] = ()
    mail_refused_for: str = ""  # the customer's mail server takes nothing for that long
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    slug: str
    desk: dict[str, Any]
    staff: tuple[dict[str, Any], ...]
    companies: tuple[dict[str, Any], ...]
    windows: tuple[dict[str, Any], ...]
    stories: tuple[Story, ...]
    rotas: tuple[dict[str, Any], ...] = ()


@cache
def script_of(slug: str) -> Script:
    told = tomllib.loads((FOLDER / f"{slug}.toml").read_text(encoding="utf-8"))
    return Script(
        slug=slug,
        desk=told["desk"],
        staff=tuple(told["staff"]),
        companies=tuple(told["companies"]),
        windows=tuple(told.get("windows", ())),
        stories=tuple(story_from(each) for each in told["stories"]),
        rotas=tuple(told.get("rotas", ())),
    )


def story_from(told: dict[str, Any]) -> Story:
    given = dict(told)
    return Story(
        who=given.pop("who"),
        at=given.pop("at"),
        summary=given.pop("summary"),
        body=given.pop("body"),
        by=given.pop("by", ""),
        files=tuple(given.pop("files", ())),
        mail_refused_for=given.pop("mail_refused_for", ""),
        steps=tuple(Step(*each) for each in given.pop("steps", ())),
        given=given,
    )
