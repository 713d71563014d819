"""The conversation as one story: messages, and between them what happened, in sentences for customers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from policies.words import SITUATIONS
from tickets import moments
from tickets.agreements import sentences as agreements
from tickets.models import Attachment, Event, Message, Ticket
from tickets.satisfaction.ratings import WORDS

SHOWN = 60
REGROUPED = {  # with the number of the other ticket
    "merged": lambda: _("It goes on in ticket #%(number)s: both were about the same."),
    "merged_in": lambda: _("Ticket #%(number)s was about the same and is a part of this one now."),
    "unmerged": lambda: _("This ticket and #%(number)s are two again."),
    "split": lambda: _("A further request in it is ticket #%(number)s now."),
    "split_off": lambda: _("This was a part of ticket #%(number)s."),
    "unsplit": lambda: _("This ticket and #%(number)s are one again."),
}


@dataclass(slots=True)
class Entry:
    """A message, or else a sentence about an event."""

    at: datetime
    message: Message | None = None
    sentence: str = ""
    files: list[tuple[Attachment, str]] = field(default_factory=list)  # with the address that serves each


@dataclass(frozen=True, slots=True)
class Story:
    entries: list[Entry]
    earlier: int  # messages before the shown ones


def story_of(ticket: Ticket, file_url: Callable[[int], str], *, everything: bool = False) -> Story:
    """The last messages with public events, oldest first. Two queries and one for the files, however long it is."""
    said = Message.objects.filter(ticket=ticket).exclude(kind=Message.Kind.NOTE)
    rows = said.select_related("author").prefetch_related(
        Prefetch("attachments", Attachment.objects.order_by("id"))
    )
    rows = rows.order_by("-at", "-id")
    shown = list(rows if everything else rows[: SHOWN + 1])
    earlier = 0
    if not everything and len(shown) > SHOWN:
        shown, earlier = shown[:SHOWN], said.count() - SHOWN
    entries = [
        Entry(m.at, message=m, files=[(file, file_url(file.pk)) for file in m.attachments.all()])
        for m in reversed(shown)
    ]
    since = shown[-1].at if earlier else ticket.opened_at
    events = (
        Event.objects.filter(ticket=ticket, is_public=True, at__gte=since)
        .select_related("actor")
        .order_by("at", "id")
    )
    entries += [Entry(e.at, sentence=words) for e in events if (words := sentence_of(e))]
    entries.sort(key=lambda entry: (entry.at, entry.message is None))
    return Story(entries, earlier=earlier)


PLAIN = {
    "resolved": gettext_noop("%(who)s marked it as solved."),
    "reopened": gettext_noop("%(who)s opened it again."),
    "waiting_on_customer": gettext_noop("We are waiting for an answer from you."),
    "waiting_on_third_party": gettext_noop("We are waiting for a third party."),
    "resumed": gettext_noop("Work goes on."),
    "found_inadequate": gettext_noop("%(who)s asked for what is still missing."),
    "completed": gettext_noop("Everything needed is here now."),
    "overruled": gettext_noop("%(who)s took this request on after all."),
    "ruled_out": gettext_noop("%(who)s said that no time is promised for this."),
    "still_needed": gettext_noop("%(who)s still needs help."),
    "escalated": gettext_noop("More people of ours have been told, so that the promise is kept."),
    "reminded": gettext_noop("We reminded you of our question."),
    "triaged": gettext_noop("%(who)s changed the priority."),
}


def sentence_of(event: Event) -> str:
    """What happened, for customers; "" for what a message beside it says already."""
    who = str(event.actor) if event.actor else ""
    data = event.data
    if event.kind == "situation_stated":
        return situation_stated(data, who or _("Our team"))
    if event.kind == "duty_alerted" and data.get("round") == 1:
        return _("Everybody on duty was alerted.")
    if event.kind == "emergency_taken":
        return _("%(who)s attends to the emergency.") % {"who": who}
    if event.kind in PLAIN:
        return _(PLAIN[event.kind]) % {"who": who or _("Our team")}
    if event.kind == "closed":
        if data.get("reason") == "silence":
            return _("Closed, because no answer came for a long time.")
        if data.get("reason") == "settled":
            return _("Closed by itself: it was solved.")
        return _("%(who)s closed it.") % {"who": who or _("The system")}
    if event.kind in REGROUPED:
        return REGROUPED[event.kind]() % {"number": data.get("number", "")}
    if event.kind == "continued":
        return _("Continued in ticket #%(number)s.") % {"number": data.get("number", "")}
    if event.kind == "expected":
        at = parse_datetime(data["expected_at"])
        said = _("We expect to solve it by %(when)s.") % {"when": moments.near(at, event.at)}
        return f"{said} {data['because']}".strip()
    if event.kind == "rated":
        return _("%(who)s rated our help: %(words)s.") % {"who": who, "words": WORDS[data["score"]]}
    if event.kind == "participant_added":
        return _("%(who)s put %(address)s in copy.") % {
            "who": who or _("Our team"),
            "address": data.get("address", ""),
        }
    if event.kind == "participant_left":
        return _("%(address)s is no longer in copy.") % {"address": data.get("address", "")}
    agreed = agreements.sentence_of(event.kind, data | {"who": who or _("Our team")}, for_us=False)
    return f"{agreed[0]}." if agreed else ""


def situation_stated(data: dict[str, Any], who: str) -> str:
    """With the reason, which is asked for because customers read it; nothing where none was given."""
    if not data.get("because"):
        return ""
    said = (
        _("%(who)s stated: %(situation)s")
        if data["holds"]
        else _("%(who)s stated: no longer - %(situation)s")
    )
    situation = SITUATIONS.get(data["situation"], data["situation"])
    return f"{said % {'who': who, 'situation': situation}}: {data['because']}"
