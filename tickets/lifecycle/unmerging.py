"""A merge undone (S10): two tickets again, as if they had never been one, and what was said meanwhile where it belongs.

What holds, beside what `merging` says:

* The source's clocks run on as if they had never ended. What its people wrote meanwhile goes back with them and counts as said
  to the source: it is ours again from then on, and waits for an answer.
* The target has its own starts, pauses and silence again, but where it has gone on by itself: its own customer wrote, somebody
  changed its status, a clock was kept or got another target.
* No breach is left that came of the earlier start alone, and none is hidden that is the target's own.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from sla import deadlines
from sla.models import Clock
from tenants.people.models import User
from tickets.lifecycle.conversation import go_on_after, go_on_unconfirmed
from tickets.lifecycle.merging import KEPT, REPLIES, Before, tell
from tickets.lifecycle.steps import (
    Status,
    locked_pair,
    oldest_unanswered,
    policy_of,
    refuse_unless,
    running,
    save,
    say_last_word,
)
from tickets.models import Event, Message, Participant, Ticket
from tickets.regrouping import Regrouping
from tickets.timeline import record

UNDO = timedelta(hours=24)
NOTHING_RUNG: dict[str, Any] = {"steps_done": [], "agenda": [], "breached_at": None}
TURNS = (  # whatever of these happened to the target meanwhile, by itself or by hand, holds
    "waiting_on_customer", "waiting_on_third_party", "resumed", "resolved", "closed", "reopened", "still_needed",
)  # fmt: skip


def unmerge(source: Ticket, *, by: User, at: datetime) -> None:
    """Two tickets again: messages, people and clocks as if they had never been one (S10)."""
    with transaction.atomic():
        joint = Regrouping.objects.filter(source=source, kind=Regrouping.Kind.MERGE).last()
        if joint is not None:
            source, target = locked_pair(joint.source, joint.target)
            joint.refresh_from_db(fields=["undone_at"])  # somebody may have undone it meanwhile
        if joint is None or joint.undone_at is not None:
            raise ValidationError({"status": _("This ticket is not merged into another.")})
        in_time = at - joint.at <= UNDO
        refuse_unless(in_time, "status", _("A merge can be undone for 24 hours; this one is older."))
        refuse_unless(
            target.merged_into_id is None, "status", _("The other ticket was merged itself: undo that first.")
        )
        before = Before(**joint.before)
        said_since = _move_back(source, target, joint, before)
        _part_target(source, target, joint, before, at)
        _part_source(source, joint, before, said_since)
        for ticket in (source, target):
            say_last_word(ticket)
            save(ticket, at)
        Regrouping.objects.filter(pk=joint.pk).update(undone_at=at)
        record(source, "unmerged", at, by, public=True, number=target.number)
        record(target, "unmerged", at, by, public=True, number=source.number)
        tell(source, target, "ticket_unmerged", joint, at)


def _move_back(source: Ticket, target: Ticket, joint: Regrouping, before: Before) -> Message | None:
    """What came along, and what the source's people have said since: the first of that."""
    there = Message.objects.filter(ticket=target)
    there.filter(pk__in=before.own_messages).update(came_from=None)
    there.filter(pk__in=before.messages).update(ticket=source)
    theirs = Q(author__email__in=before.people)
    if source.requester_id != target.requester_id:
        theirs |= Q(author=source.requester_id)
    since = list(there.filter(theirs, by_customer=True, at__gte=joint.at).order_by("at", "id"))
    Message.objects.filter(pk__in=[message.pk for message in since]).update(ticket=source)
    Participant.objects.filter(pk__in=before.participants, ticket=target).delete()
    return since[0] if since else None


def _put_back(ticket: Ticket, kept: dict[str, Any]) -> None:
    for name in KEPT:
        value = kept[name]
        setattr(ticket, name, parse_datetime(value) if name.endswith("_since") and value else value)


def _part_source(source: Ticket, joint: Regrouping, before: Before, said_since: Message | None) -> None:
    """As it was; and what its people have said meanwhile, the first of which is given, was said to it."""
    for row in Clock.objects.filter(pk__in=[int(pk) for pk in before.ended], subject_id=source.pk):
        deadlines.restore(row, before.ended[str(row.pk)])
    if Event.objects.filter(ticket=source, kind="confirmation_bounced", at__gte=joint.at).exists():
        go_on_unconfirmed(source)
    _put_back(source, before.source)
    source.merged_into, source.closed_at, source.close_reason = None, None, ""
    if said_since is not None and said_since.author is not None:
        go_on_after(source, policy_of(source), said_since.author, said_since.at)


def _part_target(source: Ticket, target: Ticket, joint: Regrouping, before: Before, at: datetime) -> None:
    merges = Regrouping.objects.filter(target=target, kind=Regrouping.Kind.MERGE, undone_at=None)
    later = merges.filter(pk__gt=joint.pk).order_by("pk").first()
    waits = _waits_as_before(source, target, joint, before)
    if later is not None:
        _hand_down(before, later, waits)
    elif waits:
        _put_back(target, before.target)
        _wait_again(target, before, at)
    for row in Clock.objects.filter(pk__in=[int(pk) for pk in before.moved], subject_id=target.pk):
        start = parse_datetime(before.moved[str(row.pk)])
        if start is not None:
            deadlines.count_again(row, start, before.rung[str(row.pk)], at)
    _await_answer(target, before, _owed_since(target, merges.exclude(pk=joint.pk)), at)


def _hand_down(before: Before, later: Regrouping, waits: bool) -> None:
    """A further ticket has become a part of the target since: to undo that, too, gives back what was before both."""
    theirs = Before(**later.before)
    for pk in before.moved.keys() & theirs.moved.keys():
        theirs.moved[pk], theirs.rung[pk] = before.moved.pop(pk), before.rung[pk]
    theirs.open = {
        pk: state
        for pk, state in theirs.open.items()
        if pk in before.open or state["metric"] != "next_response"
    }
    if waits:
        theirs.target, theirs.open = before.target, theirs.open | before.open
        theirs.rung = before.rung | theirs.rung
    Regrouping.objects.filter(pk=later.pk).update(before=theirs.as_json())


def _waits_as_before(source: Ticket, target: Ticket, joint: Regrouping, before: Before) -> bool:
    """It waited for its customer until the merge, or its new part, ended that; nothing of its own has happened since."""
    if (before.target["status"], target.status) != (Status.PENDING, Status.OPEN):
        return False
    events = Event.objects.filter(ticket=target)
    merged = events.filter(kind="merged_in", data__number=source.number).latest("pk")
    answered = Message.objects.filter(
        ticket=target, kind=Message.Kind.PUBLIC, by_customer=True, at__gt=joint.at
    )
    return not events.filter(kind__in=TURNS, pk__gt=merged.pk).exists() and not answered.exists()


def _wait_again(target: Ticket, before: Before, at: datetime) -> None:
    """What was paused is paused since then, and the customer's silence is timed on; but what was kept or got another target
    meanwhile stays so."""
    for row in Clock.objects.filter(pk__in=[int(pk) for pk in before.open], subject_id=target.pk):
        state = before.open[str(row.pk)]
        was_silent = row.metric == "silence" and row.state["ended_as"] == "answered"
        was_paused = bool(state["pauses"]) and state["pauses"][-1]["to"] is None
        if was_silent or (was_paused and _is_as_promised(row, state)):
            deadlines.restore(row, state, before.rung[str(row.pk)])
        elif was_paused:
            deadlines.pause([row], at, state["pauses"][-1]["reason"])


def _is_as_promised(row: Clock, state: dict[str, Any]) -> bool:
    return all(
        row.state[name] == value for name, value in state.items() if name not in ("pauses", "started_at")
    )


def _owed_since(target: Ticket, others: QuerySet[Regrouping]) -> datetime | None:
    """Since when the target owes an answer: to who wrote last, or to a part of it that had none yet and got none since."""
    oldest = oldest_unanswered(target)
    starts = [oldest.at.replace(microsecond=0)] if oldest else []  # as clocks have it
    ours = Message.objects.filter(ticket=target, kind=Message.Kind.PUBLIC, by_customer=False)
    for other in others:
        if not ours.filter(at__gt=other.at).exists():
            ended = [state for state in other.before["ended"].values() if state["metric"] in REPLIES]
            starts += [datetime.fromisoformat(state["started_at"]) for state in ended]
    return min(starts, default=None)


def _await_answer(target: Ticket, before: Before, since: datetime | None, at: datetime) -> None:
    """A clock that began since the merge waits for what is owed without it, or for nothing."""
    for row in running(target, "next_response"):
        if str(row.pk) in before.open or (since is not None and since <= row.started_at):
            continue
        deadlines.count_again(row, since or row.started_at, NOTHING_RUNG, at)
        if since is None:
            deadlines.end([row], at, "unmerged")
