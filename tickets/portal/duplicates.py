"""Before a ticket is made: is it one of these (TD16)? What was typed goes on in one of them, or opens a new one.

Everything typed stays in the form; a hidden field remembers what was shown, so that sending it again opens the ticket.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from policies.document import Policy, Topic, say
from tenants.people.models import User
from tickets import lifecycle
from tickets.access import ticket_or_404
from tickets.lookalikes import Lookalike, worth_a_look
from tickets.models import Message
from tickets.portal.forms import AskForm

SEEN = re.compile(r"[0-9]{1,15}(?:,[0-9]{1,15}){0,30}")


def seen_in(request: HttpRequest) -> list[int]:
    """Numbers that this form has shown before."""
    seen = request.POST.get("seen", "")
    return [int(number) for number in seen.split(",")] if SEEN.fullmatch(seen) else []


def unseen(request: HttpRequest, policy: Policy, requester: User, summary: str, body: str) -> list[Lookalike]:
    """Lookalikes, where one of them was not shown yet; for an agent on behalf of `requester`."""
    found = worth_a_look(policy, request.user, requester, summary, body)
    seen = seen_in(request)
    return found if any(each.number not in seen for each in found) else []


def shown(request: HttpRequest, alike: Iterable[Lookalike]) -> dict[str, Any]:
    """For the page: what looks alike, and what the next sending remembers as seen."""
    found = list(alike)
    seen = dict.fromkeys([*(each.number for each in found), *seen_in(request)])
    return {"alike": found, "seen": ",".join(str(number) for number in list(seen)[:30])}


def chosen(request: HttpRequest) -> int | None:
    """The number of the ticket to go on in, where that button was pressed."""
    into = request.POST.get("into", "")
    return int(into) if into.isascii() and into.isdecimal() and len(into) < 16 else None


def go_on_in(number: int, form: AskForm, topic: Topic | None, by: User, at: datetime) -> Message:
    """What was typed becomes a message of that ticket; who was to be in copy is."""
    ticket, said = ticket_or_404(by, number), form.cleaned_data
    message = lifecycle.reply(
        ticket, author=by, body=_as_one_text(ticket.summary, form, topic), at=at, files=said["files"],
        key=said["key"],
    )  # fmt: skip
    for address in said["copies"]:
        try:
            lifecycle.add_participant(message.ticket, by=by, at=at, address=address)
        except ValidationError:  # they hear of it already
            continue
    return message


def _as_one_text(summary: str, form: AskForm, topic: Topic | None) -> str:
    said, typed = form.cleaned_data, form.typed_fields()
    answers = [
        f"{say(field.label, form.language)}: {_in_words(typed[field.key])}"
        for field in (topic.fields if topic else ())
        if field.key in typed and not isinstance(typed[field.key], bool)
    ]
    first = [] if said["summary"].strip() == summary else [f"**{said['summary'].strip()}**"]
    return "\n\n".join([*first, said["body"], *answers])


def _in_words(value: Any) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
