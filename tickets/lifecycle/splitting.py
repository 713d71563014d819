"""A message that asks for something else becomes a ticket of its own (TD16), which starts when it was written (S11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from policies.document import say
from sla import deadlines
from sla.models import Clock
from tenants.people.models import User
from tickets.audience import tell_customers
from tickets.intake.models import Inbound
from tickets.lifecycle import opening
from tickets.lifecycle.steps import (
    Status,
    locked,
    locked_pair,
    oldest_unanswered,
    refuse_unless,
    running,
    save,
    say_last_word,
)
from tickets.models import Attachment, Event, Message, Ticket
from tickets.origin import Origin
from tickets.regrouping import Regrouping
from tickets.timeline import record

SPLIT = "split"  # how a clock ends whose question has moved
BY_ITSELF = ("warned", "breached", "escalated", "secret_masked", "decided", "opened", "deadline_moved")


def split(
    ticket: Ticket,
    *,
    messages: Sequence[int],
    by: User,
    at: datetime,
    summary: str,
    topic: str = "",
    priority: str = "",
    keeps: bool = False,
) -> Ticket:
    """Open a ticket from these messages of the customer. `keeps`: they stay here too, as they speak of both matters.

    It starts at the first of them, with its own decision by the policy in force then. The customer is told its number.
    """
    with transaction.atomic():
        ticket = locked(ticket)
        chosen = _chosen(ticket, messages, keeps)
        first = chosen[0]
        new = _open(ticket, first, by, summary, topic, priority)
        _fill(new, chosen, keeps)
        before = {"messages": list(new.messages.values_list("pk", flat=True)), "kept": keeps, "ended": {}}
        if not keeps:
            before["ended"] = _end_answered(ticket, at)
        new.split_from = ticket
        say_last_word(new)
        say_last_word(ticket)
        save(new, at)
        save(ticket, at)
        Regrouping.objects.create(
            kind=Regrouping.Kind.SPLIT, source=ticket, target=new, at=at, by=by, before=before
        )
        record(ticket, "split", at, by, public=True, number=new.number)
        record(new, "split_off", at, by, public=True, number=ticket.number)
        return new


def unsplit(new: Ticket, *, by: User, at: datetime) -> None:
    """Back into the ticket that it came from, while nobody has done anything with it. Its number stays, closed."""
    with transaction.atomic():
        joint = Regrouping.objects.filter(target=new, kind=Regrouping.Kind.SPLIT).last()
        if joint is not None:
            source, new = locked_pair(joint.source, joint.target)
            joint.refresh_from_db(fields=["undone_at"])  # somebody may have undone it meanwhile
        if joint is None or joint.undone_at is not None:
            raise ValidationError({"status": _("This ticket was not split off another.")})
        refuse_unless(
            not _was_touched(new) and new.is_unresolved,
            "status",
            _("Somebody has worked on it since: merge it instead."),
        )
        refuse_unless(
            source.is_unresolved, "status", _("The ticket that it came from has ended: reopen it first.")
        )
        if not joint.before["kept"]:
            Message.objects.filter(pk__in=joint.before["messages"], ticket=new).update(ticket=source)
        _wait_again(source, joint.before["ended"], at)
        deadlines.end(running(new), at, "merged")
        new.status, new.closed_at, new.close_reason, new.merged_into = Status.CLOSED, at, "merged", source
        new.waiting_since = None
        say_last_word(source)
        save(source, at)
        save(new, at)
        Regrouping.objects.filter(pk=joint.pk).update(undone_at=at)
        record(source, "unsplit", at, by, public=True, number=new.number)
        record(new, "unsplit", at, by, public=True, number=source.number)
        tell_customers(new, "ticket_merged", f"unsplit:{joint.pk}", at, other_number=str(source.number),
                       other_summary=source.summary)  # fmt: skip


def _chosen(ticket: Ticket, keys: Sequence[int], keeps: bool) -> list[Message]:
    refuse_unless(ticket.is_unresolved, "messages", _("The ticket has ended: reopen it first."))
    theirs = Message.objects.filter(ticket=ticket, kind=Message.Kind.PUBLIC, by_customer=True)
    chosen = list(theirs.filter(pk__in=list(keys)).select_related("author").order_by("at", "id"))
    refuse_unless(
        bool(chosen) and len(chosen) == len(set(keys)),
        "messages",
        _("Choose messages of the customer in this ticket."),
    )
    first = theirs.order_by("at", "id").first()
    refuse_unless(
        keeps or chosen[0] != first,
        "keeps",
        _("The first message is what this ticket is about: let it stay here too."),
    )
    return chosen


def _open(ticket: Ticket, first: Message, by: User, summary: str, topic: str, priority: str) -> Ticket:
    """Opened as if its first message had come alone, at its own moment."""
    requester = first.author if first.author is not None and not first.author.is_agent else ticket.requester
    theirs = requester.pk == ticket.requester_id
    with translation.override(requester.language):
        remark = _("It was part of your request #%(number)s, and is now a request of its own.") % {
            "number": ticket.number
        }
    asked = opening.open_ticket(
        requester=requester, summary=summary, body=first.body, at=first.at, channel=ticket.channel, topic=topic,
        priority=priority, by=by, copies=[copy.address for copy in ticket.participants.all()],
        origin=Origin(
            sender_address=ticket.sender_address if theirs else "", received_on=ticket.received_on if theirs else "",
            remark=remark,
        ),
    )  # fmt: skip
    if asked.ticket is None:
        why = [say(text, by.language) for text in asked.decision.because]
        raise ValidationError({"topic": [_("The policy opens no ticket for this."), *why]})
    return locked(asked.ticket)


def _fill(new: Ticket, chosen: Sequence[Message], keeps: bool) -> None:
    """The first message was written anew; what came with it goes over, or is copied."""
    opened = new.messages.get(by_customer=True)
    first, *others = chosen
    if keeps:
        for file in first.attachments.filter(redacted_at=None).order_by("id"):
            _copy(file, opened)
        for message in others:
            copy = Message.objects.create(
                ticket=new, author=message.author, by_customer=True, channel=message.channel, body=message.body, at=message.at
            )  # fmt: skip
            for file in message.attachments.filter(redacted_at=None).order_by("id"):
                _copy(file, copy)
        return
    key, taken = first.key, {"quoted": first.quoted, "html": first.html, "channel": first.channel}
    first.attachments.update(message=opened)
    Inbound.objects.filter(message=first).update(message=opened)
    first.delete()
    Message.objects.filter(pk=opened.pk).update(key=key, **taken)
    Message.objects.filter(pk__in=[message.pk for message in others]).update(ticket=new)


def _copy(file: Attachment, message: Message) -> None:
    with file.file.open() as content:
        Attachment.objects.create(
            message=message, file=ContentFile(content.read(), name=file.name), name=file.name, kind=file.kind,
            size=file.size,
        )  # fmt: skip


def _end_answered(ticket: Ticket, at: datetime) -> dict[str, Any]:
    """Where nothing is left that waits for an answer, nothing is due for it (S7). The clocks' states, for undoing."""
    rows = [] if oldest_unanswered(ticket) else running(ticket, "next_response")
    states = {str(row.pk): row.state for row in rows}
    deadlines.end(rows, at, SPLIT)
    return states


def _wait_again(ticket: Ticket, ended: dict[str, Any], at: datetime) -> None:
    """What was due for the message that is back is due again, from the message on. Where we have answered since, that
    answered it; where the customer has written since, the older message's clock is the one that runs on (S7)."""
    answered = Message.objects.filter(ticket=ticket, kind=Message.Kind.PUBLIC, by_customer=False)
    for row in Clock.objects.filter(pk__in=[int(pk) for pk in ended], subject_id=ticket.pk):
        deadlines.restore(row, ended[str(row.pk)])
        reply = answered.filter(at__gte=row.started_at).order_by("at", "id").first()
        if reply is not None:
            deadlines.fulfil([row], reply.at)
            deadlines.enter_if_late(row, at)
    waiting = sorted(running(ticket, "next_response"), key=lambda row: row.started_at)
    deadlines.end(waiting[1:], at, "merged")


def _was_touched(new: Ticket) -> bool:
    split_off = Event.objects.filter(ticket=new, kind="split_off").order_by("-pk").first()
    since = Event.objects.filter(ticket=new, pk__gt=split_off.pk) if split_off else Event.objects.none()
    return since.exclude(kind__in=BY_ITSELF).exists()
