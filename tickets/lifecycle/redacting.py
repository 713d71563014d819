"""What must not stand in a conversation any more: a supervisor takes a message's text or a file out of it, for good.

In its place stands that it was taken out. Everything that had copied the words loses them in the same transaction, in the
ticket and in all that it was merged with, split into or continued by (`copies`): other messages that repeat them, notices (those
not yet sent go out without them), events for other systems, answers kept for repeated requests, last words, solutions and
summaries. A file is served to nobody from then on, nor is a copy of it; the bytes are destroyed after the commit, by a drain
that tries until they are gone. The trace says who, when and why, and nothing of what it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from tenants.people.models import User
from tenants.wakeups import wake
from tickets.blotting import Blot, Gone
from tickets.chat import transcript
from tickets.intake.models import Inbound
from tickets.lifecycle import copies
from tickets.lifecycle.secrets import Mask
from tickets.lifecycle.steps import need, policy_of, refuse_unless
from tickets.models import Attachment, Message, Ticket
from tickets.timeline import record

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
    """Take out the message's text, files of it (by id), or both. `summary`: the ticket's from now on, where that told it too.

    Refuses where the message was moved to another ticket since it was read.
    """
    refuse_unless(may_redact(by), "text", _("Only supervisors take something out of a conversation."))
    because = need(because, "because", _("Say why it is taken out: the trace keeps it."))
    with transaction.atomic():
        tickets = copies.locked_conversation(message.ticket)
        ticket = tickets[message.ticket_id]
        found = Message.objects.select_for_update().filter(pk=message.pk, ticket=ticket).first()
        if found is None:
            raise ValidationError({"message": copies.moved()})
        message = found
        because = Mask.under(policy_of(ticket)).text(because)
        chosen = list(message.attachments.filter(pk__in=list(files), redacted_at=None))
        refuse_unless(len(chosen) == len(set(files)), "files", _("One of these files is not there any more."))
        has_text = text and message.redacted_at is None
        refuse_unless(has_text or bool(chosen) or bool(summary), "text", _("Choose what is to be taken out."))
        if summary.strip():
            _rename(tickets, ticket.summary, summary.strip()[:200], at)
        taken = _Taken(tickets, at)
        if has_text:
            because = taken.text(message, because, kept=summary.strip()[:200])
        for file in chosen:
            because = taken.file(file, because)
        taken.note(message, by, because)
        if taken.files:
            wake("shred", at)


def _rename(tickets: dict[int, Ticket], before: str, summary: str, at: datetime) -> None:
    """Another summary, wherever the one before was told. One word of it stays where it is a part of other words."""
    gone, alone = ([before], []) if Gone(before).is_long else ([], [before])
    copies.take_out(tickets, Blot(gone, summary, alone=alone), at)


class _Taken:
    """What is taken out of a conversation, and of which messages: theirs, and those that were copies of theirs."""

    def __init__(self, tickets: dict[int, Ticket], at: datetime) -> None:
        self.tickets, self.at = tickets, at
        self.texts: list[Message] = []
        self.files: list[Attachment] = []

    def text(self, message: Message, because: str, kept: str) -> str:
        """`because` without it: the trace is kept. `kept`: the summary that was chosen for the ticket."""
        with translation.override(self.tickets[message.ticket_id].language):
            instead = _("[This text was removed by our team.]")
        gone = [message.body, message.body[: transcript.LARGEST // 2], message.finding]
        summaries = {each.summary for each in self.tickets.values()} - {kept}
        told = [each for each in summaries if _tells(each, message.body)]
        copied = Blot([*gone, *told], instead, kept=kept)
        Message.objects.filter(pk=message.pk).update(
            body=instead, quoted="", html="", finding=instead if message.finding else "", redacted_at=self.at
        )
        Inbound.objects.filter(message=message).update(subject="")
        self.texts += [message, *copies.take_out_of_messages(self.tickets, Blot(gone, instead), self.at)]
        copies.take_out(self.tickets, copied, self.at)
        return copied.out_of_text(because)

    def file(self, file: Attachment, because: str) -> str:
        with translation.override(self.tickets[file.message.ticket_id].language):
            instead = _("removed file")
        same = Attachment.objects.filter(
            message__ticket__in=self.tickets, name=file.name, size=file.size, kind=file.kind, redacted_at=None
        )
        found = list(same.select_related("message__author").order_by("pk"))
        Attachment.objects.filter(pk__in=[each.pk for each in found]).update(
            name=instead, kind="", size=0, redacted_at=self.at
        )
        Message.objects.filter(attachments__in=found).update(html="")  # it may show the picture
        self.files += found
        blot = Blot([file.name], instead)
        copies.take_out_of_messages(self.tickets, blot, self.at)
        copies.take_out(self.tickets, blot, self.at)
        return blot.out_of_text(because)

    def note(self, asked: Message, by: User, because: str) -> None:
        """One entry for each message that lost its text or a file, in the ticket where it stands."""
        for message in {
            each.pk: each for each in (asked, *self.texts, *(file.message for file in self.files))
        }.values():
            ticket = self.tickets[message.ticket_id]
            ticket.updated_at = max(ticket.updated_at, self.at)
            ticket.save(update_fields=["updated_at"])
            record(
                ticket, "redacted", self.at, by, because=because, message_id=message.pk,
                text=message.pk in {each.pk for each in self.texts},
                files=[file.pk for file in self.files if file.message_id == message.pk],
                written_by=str(message.author or ""),
            )  # fmt: skip


def _tells(summary: str, body: str) -> bool:
    """The summary was made of the message: its first line, or what a cut left of it."""
    lines = body.strip().splitlines()
    return Gone(body).begins_with(summary) or bool(lines and Gone(lines[0]).is_whole(summary))


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
