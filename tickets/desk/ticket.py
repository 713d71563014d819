"""The ticket: its thread in the middle, what was decided and what runs at the side, the composer below."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from notifications import delivery, inbox
from policies import words
from policies.decisions import attachment_rule
from policies.document import Policy, say
from policies.publishing import policy_of
from tenants.compiled import Compiled, Given
from tenants.moment import now
from tickets import explaining, moments, queries, tongues
from tickets.access import ticket_or_404
from tickets.attachments.hints import hint
from tickets.canned import texts as canned
from tickets.intake.ways import window_of
from tickets.jinja import part
from tickets.lifecycle.redacting import may_redact
from tickets.models import Attachment, Event, Message, Ticket

from . import kinship
from .forms import NoteForm, ReplyForm
from .guard import agents_only
from .rows import Names
from .sentences import SAID_BY_THE_MESSAGE, sentence_of
from .situations import SITUATION_NAMES
from .standing import marks

Composer = TypeVar("Composer", ReplyForm, NoteForm)
OTHERS = 6
OPEN_CLOCKS = ("running", "warned", "breached", "paused")


@agents_only
@require_safe
def ticket_page(request: HttpRequest, number: int) -> HttpResponse:
    return show(request, ticket_or_404(request.user, number))


@agents_only
@require_safe
def clock(request: HttpRequest, number: int, metric: str) -> HttpResponse:
    """Why this deadline: the sentences and the stretches that add up to it (S16)."""
    ticket = ticket_or_404(request.user, number)
    at, language = now(), get_language() or "en"
    reasons = reasons_of(ticket, metric, request.GET.get("situation", ""), at, language)
    if not reasons:
        raise Http404
    stretches = [stretch_of(part) for part in reasons.get("stretches", [])]
    context = {"ticket": ticket, "why": reasons, "stretches": stretches, "at": at}
    return render(request, "desk/_clock.html" if request.htmx else "desk/clock.html", context)


def reasons_of(ticket: Ticket, metric: str, situation: str, at: datetime, language: str) -> dict[str, Any]:
    """Of the clock that runs because of `situation`, or of the ordinary one; an ended one stands in when none runs."""
    for told in reversed(explaining.why_all(ticket, at, language, long=True)):
        if (told["metric"], told["situation"]) == (metric, situation):
            return told
    return explaining.why(ticket, metric, at, language, long=True)


def stretch_of(part: dict[str, Any]) -> dict[str, Any]:
    """A stretch as a table's row. A part without a length says no more than its moment does."""
    return {
        "begin": part["from"],
        "end": part["to"],
        "counted": timedelta(seconds=part["counted_seconds"]),
        "why": words.stretch(part["why"]),
    }


def show(
    request: HttpRequest, ticket: Ticket, *, reply: ReplyForm | None = None, note: NoteForm | None = None
) -> HttpResponse:
    """The page; with a refused `reply` or `note` what was typed stands in the composer, the error at its field."""
    at, language = now(), get_language() or "en"
    policy = policy_of(ticket.policy_version)
    names = Names(policy)
    clocks = explaining.clocks_of(ticket, at, language)
    beside = queries.beside(ticket)
    story = thread(ticket, names, at)
    context = {
        "ticket": ticket,
        "at": at,
        "policy": policy,
        "thread": part(
            "desk/thread.jinja",
            thread=story,
            at=at,
            ticket_number=ticket.number,
            redacts=may_redact(request.user),
        ),
        "is_short": len(story) < 4,
        "kin": kinship.of(ticket, story, at),
        "clocks": [c for c in clocks if c.status in OPEN_CLOCKS],
        "past_clocks": [c for c in clocks if c.status not in OPEN_CLOCKS],
        "extra_teams": beside["team"],
        "participants": beside["copy"],
        "others": other_tickets(ticket),
        "can": what_can_be_done(ticket, policy),
        "window": window_of(ticket, at),
        "composing": "note" if note else "reply",
        "reply": hinting(reply or begun_reply(request, ticket, policy, at), ticket, policy),
        "note": hinting(note or NoteForm(prefix="note"), ticket, policy),
        "unread_notices": inbox.read_about(request.user, ticket.pk, at),
    }
    context |= in_words(ticket, policy, names, at, language)
    refused = (reply and reply.errors) or (note and note.errors)
    return render(request, "desk/ticket.html", context, status=422 if refused else 200)


def in_words(ticket: Ticket, policy: Policy, names: Names, at: datetime, language: str) -> dict[str, Any]:
    """What the ticket is and what was decided about it, as the reader calls it."""
    return {
        "plan": names.plans.get(ticket.plan, ticket.plan),
        "priority": names.priorities.get(ticket.priority, ticket.priority),
        "topic": names.topics.get(ticket.topic, ticket.topic),
        "channel": names.channels.get(ticket.channel, ticket.channel),
        "language": tongues.name_of(ticket.language),
        "owner_does_not_speak": bool(ticket.owner) and not ticket.owner.speaks(ticket.language),
        "outcome": names.outcomes.get(ticket.outcome, ticket.outcome),
        "because": [say(text, language) if isinstance(text, dict) else text for text in ticket.because],
        "told": say(ticket.sentence, language) if ticket.sentence else "",
        "situations": [SITUATION_NAMES.get(key, key) for key in ticket.situations],
        "answers": answers(ticket, policy, language, at),
    }


def begun_reply(request: HttpRequest, ticket: Ticket, policy: Policy, at: datetime) -> ReplyForm:
    """An empty reply, or one that begins with the canned answer that the address names."""
    words = canned.begun_with(request.GET.get("canned", ""), ticket, request.user, at)
    investigates = asks_for_investigation(ticket, policy)
    return ReplyForm(investigates=investigates, prefix="reply", initial={"body": words})


def hinting(form: Composer, ticket: Ticket, policy: Policy) -> Composer:
    """With what may be attached said beside the clip (ZP06)."""
    hint(form.fields["files"], attachment_rule(policy, ticket.topic))
    return form


def thread(ticket: Ticket, names: Names, at: datetime) -> list[dict[str, Any]]:
    """Messages and events in the order in which they happened. An event that only says that a message came is left out."""
    entries: list[dict[str, Any]] = []
    standing, files = delivery.standing_of(ticket.pk), files_of(ticket)
    for message in MESSAGES.all(ticket=ticket.pk):
        entries.append(
            {
                "order": (message.at, 1, message.pk),
                "message": message,
                "files": files.get(message.pk, ()),
                "marks": marks(standing.get(message.pk, ()), at),
            }
        )
    for event in EVENTS.all(ticket=ticket.pk):
        if sentence := sentence_of(event, names):
            first = 0 if event.kind == "opened" else 2
            entries.append(
                {
                    "at": event.at,
                    "order": (event.at, first, event.pk),
                    "sentence": sentence,
                    "kind": event.kind,
                }
            )
    return sorted(entries, key=lambda entry: entry["order"])


def files_of(ticket: Ticket) -> dict[int, list[Attachment]]:
    """Message's id -> its files."""
    found: dict[int, list[Attachment]] = {}
    for file in FILES.all(ticket=ticket.pk):
        found.setdefault(file.message_id, []).append(file)
    return found


MESSAGES = Compiled(lambda: Message.objects.filter(ticket_id=Given("ticket")).select_related("author"))
FILES = Compiled(lambda: Attachment.objects.filter(message__ticket_id=Given("ticket")).order_by("id"))
EVENTS = Compiled(
    lambda: (
        Event.objects.filter(ticket_id=Given("ticket"))
        .exclude(kind__in=SAID_BY_THE_MESSAGE)
        .select_related("actor")
    )
)


def answers(ticket: Ticket, policy: Policy, language: str, at: datetime) -> list[tuple[str, Any]]:
    """The topic's questions with what was answered, in the topic's order; what the topic no longer asks comes last."""
    topic = policy.topic(ticket.topic)
    asked = {field.key: field for field in topic.fields} if topic else {}
    known = [
        (say(field.label, language), moments.stated(ticket.fields[key], field, at))
        for key, field in asked.items()
        if ticket.fields.get(key) not in (None, "")
    ]
    gone = [(key, value) for key, value in ticket.fields.items() if key not in asked and value]
    return known + [(key, moments.stated(value, None, at)) for key, value in gone]


def other_tickets(ticket: Ticket) -> list[Ticket]:
    """Open tickets of the same company, or of the same person where there is none; agents may see them all."""
    if ticket.company_id:
        return OF_COMPANY.all(ticket=ticket.pk, company=ticket.company_id)
    return OF_REQUESTER.all(ticket=ticket.pk, requester=ticket.requester_id)


def _others(**of: Given) -> QuerySet[Ticket]:
    rows = Ticket.objects.filter(status__in=Ticket.UNRESOLVED, **of).exclude(pk=Given("ticket"))
    return rows.order_by("-id").only("number", "summary", "status")[: OTHERS + 1]


OF_COMPANY = Compiled(lambda: _others(company=Given("company")))
OF_REQUESTER = Compiled(lambda: _others(requester=Given("requester")))


def asks_for_investigation(ticket: Ticket, policy: Policy) -> bool:
    """Whether a finished investigation is what meets the first response (TD05)."""
    return policy.clock_rule("first_response").met_by == "finished_investigation"


def what_can_be_done(ticket: Ticket, policy: Policy) -> dict[str, bool]:
    """The actions that make sense now; `lifecycle` has the last word."""
    working = ticket.is_unresolved
    starts_when_adequate = any(rule.starts == "adequate" for rule in policy.clock_rules)
    return {
        "work": working,
        "wait": ticket.status in ("new", "open"),
        "resume": ticket.status in ("pending", "on_hold"),
        "close": ticket.status == "resolved",
        "reopen": not working,
        "ask": working and starts_when_adequate and not ticket.missing,
        "complete": working and starts_when_adequate and (bool(ticket.missing) or ticket.adequate_at is None),
        "overrule": working and ticket.outcome != "in_scope" and not ticket.overruled_because,
    }
