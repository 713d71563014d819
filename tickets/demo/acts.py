"""What a step of a story does: each act is one use case, called at the step's moment."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifications import inbox
from tenants.customers.models import Team
from tenants.people.models import User
from tickets import lifecycle
from tickets.chat import talking
from tickets.demo import agreed
from tickets.demo.pictures import file_named
from tickets.demo.script import Step, Story
from tickets.duty import claims
from tickets.models import Ticket


@dataclass
class Scene:
    """A story while it is played: its ticket, once it is opened, and everybody of the desk."""

    story: Story
    people: dict[str, User]
    ticket: Ticket | None = None

    def open(self, at: datetime) -> None:
        story, day = self.story, f"{at:%Y-%m-%d}"
        given = dict(story.given)
        given["fields"] = {
            key: said.replace("{day}", day) if isinstance(said, str) else said
            for key, said in given.get("fields", {}).items()
        }
        opening = lifecycle.open_ticket(
            requester=self.people[story.who],
            summary=story.summary,
            body=story.body,
            at=at,
            by=self.people[story.by] if story.by else None,
            files=[file_named(name, day) for name in story.files],
            **given,
        )
        self.ticket = opening.ticket
        if self.ticket is not None and self.ticket.channel == "chat":
            talking.begun(self.ticket, secrets.token_hex(32), "", at)

    def play(self, step: Step, at: datetime) -> None:
        if self.ticket is None:
            raise ValueError(f"“{self.story.summary}” became no ticket and can have no steps.")
        by = self.people[step.actor]
        inbox.read(by, at, about_id=self.ticket.pk)
        ACTS[step.act](self, self.ticket, by, step, at)


Act = Callable[[Scene, Ticket, User, Step, datetime], None]


def reply(scene: Scene, ticket: Ticket, by: User, step: Step, at: datetime, **more: Any) -> None:
    files = [file_named(name, f"{at:%Y-%m-%d}") for name in step.more.get("files", ())]
    message = lifecycle.reply(ticket, author=by, body=step.said, at=at, files=files, **more)
    scene.ticket = message.ticket  # another one, where the first was history


def ask(scene: Scene, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
    reply(scene, ticket, by, step, at, wait=True, finding=step.more.get("finding", ""))


def found(scene: Scene, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
    reply(scene, ticket, by, step, at, finding=step.more["finding"])


def note(scene: Scene, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
    lifecycle.add_note(ticket, author=by, body=step.said, at=at)


def assign(scene: Scene, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
    lifecycle.assign(ticket, owner=scene.people[step.said] if step.said else by, by=by, at=at)


def triage(scene: Scene, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
    team = Team.objects.get(key=step.more["team"]) if "team" in step.more else None
    lifecycle.triage(
        ticket, by=by, at=at, team=team, priority=step.more.get("priority"), topic=step.more.get("topic")
    )


def situation(scene: Scene, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
    holds = step.more.get("holds", True)
    lifecycle.state_situation(
        ticket, by=by, at=at, situation=step.said, holds=holds, because=step.more["because"]
    )


def merge(scene: Scene, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
    """`said`: the summary of the ticket that it becomes a part of."""
    lifecycle.merge(ticket, into=Ticket.objects.filter(summary=step.said).latest("pk"), by=by, at=at)


def split(scene: Scene, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
    """The customer's last message; `said`: the summary of what is made of it, which is solved at once by `solution`."""
    last = ticket.messages.filter(by_customer=True).latest("at")
    new = lifecycle.split(
        ticket, messages=[last.pk], by=by, at=at, summary=step.said, topic=step.more.get("topic", "")
    )
    lifecycle.resolve(new, by=by, at=at, solution=step.more["solution"])


def hand_over(scene: Scene, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
    lifecycle.hand_over(ticket, team=Team.objects.get(key=step.more["team"]), note=step.said, by=by, at=at)


def simply(use_case: Callable[..., None], word: str = "") -> Act:
    """An act whose use case takes `by` and `at`, and what was said as `word`."""

    def act(scene: Scene, ticket: Ticket, by: User, step: Step, at: datetime) -> None:
        use_case(ticket, by=by, at=at, **({word: step.said} if word else {}))

    return act


ACTS: dict[str, Act] = {
    "reply": reply,
    "ask": ask,
    "found": found,
    "note": note,
    "assign": assign,
    "triage": triage,
    "situation": situation,
    "merge": merge,
    "split": split,
    "handover": hand_over,
    "claim": simply(claims.claim),
    **agreed.ACTS,
    "pend": simply(lifecycle.wait_on_customer),
    "hold": simply(lifecycle.wait_on_third_party, "because"),
    "resume": simply(lifecycle.resume_work),
    "resolve": simply(lifecycle.resolve, "solution"),
    "close": simply(lifecycle.close),
    "reopen": simply(lifecycle.reopen, "because"),
    "overrule": simply(lifecycle.overrule, "because"),
    "missing": simply(lifecycle.ask_for_missing, "missing"),
    "complete": simply(lifecycle.complete),
    "copy": simply(lifecycle.add_participant, "address"),
    "still": simply(lifecycle.still_need_help),
}
