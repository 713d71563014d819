"""What stands on the shelf of a demo desk, and what its status page shows: one TOML file a desk, carried out by the use cases."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from policies.guidance import articles, incidents
from policies.guidance.models import Component
from tenants.people.models import User
from tickets.demo.pace import Pace

FOLDER = Path(__file__).parent


def told(slug: str) -> dict[str, Any]:
    path = FOLDER / f"{slug}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def furnish(slug: str, people: dict[str, User], pace: Pace) -> None:
    """What lies in the past by now; the rest has not happened."""
    script = told(slug)
    for each in script.get("articles", ()):
        _write(each, people, pace)
    parts = {}
    for place, each in enumerate(script.get("components", ())):
        parts[each["key"]] = Component.objects.create(
            name=each["name"], note=each.get("note", {}), position=place
        )
    for each in script.get("incidents", ()):
        _tell(each, parts, people, pace)


def _write(each: dict[str, Any], people: dict[str, User], pace: Pace) -> None:
    article = articles.write(
        title=each["title"], body=each["body"], topics=each["topics"], by=people[each["by"]],
        at=pace.moment(each["at"]),
    )  # fmt: skip
    for who, at in each.get("solved", ()):
        articles.solved(article, person=people.get(who), topic=each["topics"][0], at=pace.moment(at))


def _tell(each: dict[str, Any], parts: dict[str, Component], people: dict[str, User], pace: Pace) -> None:
    first, *later = [(pace.moment(update.pop("at")), update) for update in each["updates"]]
    moments: dict[str, datetime] = {}
    if "from" in each:
        moments = {"starts_at": pace.moment(each["from"]), "ends_at": pace.moment(each["to"])}
    at, update = first
    incident = incidents.open_incident(
        title=each["title"], impact=each["impact"], components=[parts[key] for key in each["components"]], at=at,
        by=people[update.pop("by")], state=update.pop("state"), body=update, **moments,
    )  # fmt: skip
    for at, update in later:
        if at <= pace.now:
            incidents.post_update(
                incident, by=people[update.pop("by")], state=update.pop("state"), at=at, body=update
            )
