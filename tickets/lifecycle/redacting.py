"""What must not stand in a conversation any more: a supervisor takes a message's text or a file out of it, for good.

In its place stands that it was taken out. Everything that had copied the words loses them in the same transaction: notices
(those not yet sent go out without them), events for other systems, answers kept for repeated requests, the ticket's own last
word, solution and summary. A file is served to nobody from then on; its bytes are destroyed after the commit, by a drain that
tries until they are gone. The trace says who, when and why, and nothing of what it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from notifications.models import Notification
from tenants.people.models import User
from tenants.wakeups import wake
from tickets.api.replays import Replay
from tickets.intake.models import Inbound
from tickets.lifecycle.secrets import Mask
from tickets.lifecycle.steps import locked, need, policy_of, refuse_unless
from tickets.models import Attachment, Message, Ticket
from tickets.timeline import record
from tickets.webhooks.models import Delivery

SHORT = 12  # characters: a shorter text is replaced where it is the whole of a word, not where it is a part of one
MAY = (User.Role.SUPERVISOR, User.Role.ADMIN)


def may_redact(person: Any) -> bool:
    return bool(person.is_authenticated and person.is_active and person.role in MAY)


def redact(
    message: Message,
    *,
    by: User,
    at: datetime,
    because: str,
    text: bool = True,
    files: Sequence[int] = (),
    summary: str = "",
) -> None:
    """Take out the message's text, files of it (by id), or both. `summary`: the ticket's from now on, where that told it too."""
    refuse_unless(may_redact(by), "text", _("Only supervisors take something out of a conversation."))
    because = need(because, "because", _("Say why it is taken out: the trace keeps it."))
    with transaction.atomic():
        ticket = locked(message.ticket)
        message = Message.objects.select_for_update().get(pk=message.pk, ticket=ticket)
        because = Mask.under(policy_of(ticket)).text(because)
        chosen = list(message.attachments.filter(pk__in=list(files), redacted_at=None))
        refuse_unless(len(chosen) == len(set(files)), "files", _("One of these files is not there any more."))
        has_text = text and message.redacted_at is None
        refuse_unless(has_text or bool(chosen) or bool(summary), "text", _("Choose what is to be taken out."))
        if summary.strip():
            _rename(ticket, summary.strip()[:200])
        if has_text:
            _take_out_text(ticket, message, at)
        for file in chosen:
            _take_out_file(ticket, file, at)
        ticket.updated_at = max(ticket.updated_at, at)
        ticket.save(update_fields=["summary", "last_word", "solution", "updated_at"])
        record(
            ticket, "redacted", at, by, because=because, message_id=message.pk, text=has_text,
            files=[file.pk for file in chosen], written_by=str(message.author or ""),
        )  # fmt: skip
        if chosen:
            wake("shred", at)


def _take_out_text(ticket: Ticket, message: Message, at: datetime) -> None:
    with translation.override(ticket.language):
        instead = _("[This text was removed by our team.]")
    gone = [text for text in (message.body, message.finding, message.quoted) if text.strip()]
    if message.body.strip().startswith(ticket.summary.rstrip("…").strip()) and ticket.summary.strip():
        _rename(ticket, instead)
    if ticket.last_word and ticket.last_word == " ".join(message.body.split())[:160]:
        ticket.last_word = instead[:160]
    if ticket.solution in gone:
        ticket.solution = instead
    Message.objects.filter(pk=message.pk).update(
        body=instead, quoted="", html="", finding=instead if message.finding else "", redacted_at=at
    )
    Inbound.objects.filter(message=message).update(subject="")
    _forget_copies(ticket, gone, instead)


def _take_out_file(ticket: Ticket, file: Attachment, at: datetime) -> None:
    with translation.override(ticket.language):
        instead = _("removed file")
    name = file.name
    Attachment.objects.filter(pk=file.pk).update(name=instead, kind="", size=0, redacted_at=at)
    Message.objects.filter(pk=file.message_id).update(html="")  # it may show the picture
    _forget_copies(ticket, [name], instead)


def _rename(ticket: Ticket, summary: str) -> None:
    before, ticket.summary = ticket.summary, summary
    _forget_copies(ticket, [before], summary)


# --- what had copied it -----------------------------------------------------------------------------------------------


def _forget_copies(ticket: Ticket, gone: Iterable[str], instead: str) -> None:
    gone = sorted({text for text in gone if text}, key=len, reverse=True)
    about = [ticket.pk, *ticket.merged.values_list("pk", flat=True)]
    for notice in Notification.objects.filter(about_id__in=about).only("pk", "words"):
        words = without(notice.words, gone, instead)
        if words != notice.words:
            Notification.objects.filter(pk=notice.pk).update(words=words)
    for delivery in Delivery.objects.filter(about_id__in=about).only("pk", "payload"):
        payload = without(delivery.payload, gone, instead)
        if payload != delivery.payload:
            Delivery.objects.filter(pk=delivery.pk).update(payload=payload)
    for text in gone:
        if len(text) >= SHORT:
            Replay.objects.filter(body__contains=json.dumps(text, ensure_ascii=False)[1:-1]).delete()


def without(said: Any, gone: Sequence[str], instead: str) -> Any:
    """`said`, plain JSON, with `instead` for each of the texts in it."""
    if isinstance(said, dict):
        return {name: without(value, gone, instead) for name, value in said.items()}
    if isinstance(said, list):
        return [without(value, gone, instead) for value in said]
    if not isinstance(said, str):
        return said
    for text in gone:
        if said.strip() == text.strip():
            said = instead
        elif len(text) >= SHORT:
            said = said.replace(text, instead)
    return said


# --- the bytes --------------------------------------------------------------------------------------------------------


def destroy_files(limit: int = 100) -> int:
    """Remove the bytes of files that were taken out; what fails stays to be tried again. How many went."""
    destroyed = 0
    waiting = Attachment.objects.filter(redacted_at__isnull=False).exclude(file="")
    for file in waiting.order_by("id")[:limit]:
        file.file.storage.delete(file.file.name)
        destroyed += Attachment.objects.filter(pk=file.pk).update(file="")
    return destroyed


def message_of(ticket: Ticket, key: int) -> Message:
    """A message of the ticket; ValidationError where it has none such."""
    message = Message.objects.filter(ticket=ticket, pk=key).first()
    if message is None:
        raise ValidationError({"message": _("There is no such message in this ticket.")})
    return message
