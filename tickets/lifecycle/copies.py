"""Where words of a conversation are copied to, and how they are taken out of there.

A conversation is a ticket with all that it was merged with, split into, or continued by: its words went over with it.
`COPIES` names every column that may hold them; a test holds it against all columns of the models.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from notifications.models import Delivery as Report
from notifications.models import Notification
from tickets.agreements.models import DeveloperAccess, Meeting, Quote
from tickets.api.replays import Replay
from tickets.blotting import Blot
from tickets.duty.models import Emergency
from tickets.intake.email import markup
from tickets.intake.models import Inbound
from tickets.lifecycle.steps import locked
from tickets.models import Event, Message, Ticket
from tickets.regrouping import Regrouping
from tickets.satisfaction.models import Expectation, Rating
from tickets.webhooks.models import Delivery


@dataclass(frozen=True)
class Copied:
    """Columns of a model whose rows belong to tickets."""

    model: type[Model]
    ticket: str
    columns: tuple[str, ...]


TICKET = ("summary", "fields", "last_word", "solution", "overruled_because")
MESSAGE = ("body", "finding", "quoted", "html")
COPIES = (
    Copied(Event, "ticket", ("data",)),
    Copied(Notification, "about_id", ("words",)),
    Copied(Report, "notification__about_id", ("detail",)),
    Copied(Delivery, "about_id", ("payload", "answer")),
    Copied(Inbound, "ticket", ("subject", "reason")),
    Copied(Rating, "ticket", ("comment",)),
    Copied(Expectation, "ticket", ("because",)),
    Copied(Emergency, "ticket", ("because",)),
    Copied(Meeting, "ticket", ("agenda", "because", "place")),
    Copied(Quote, "ticket", ("wish", "text")),
    Copied(DeveloperAccess, "ticket", ("because",)),
)


# --- the conversation -------------------------------------------------------------------------------------------------


def locked_conversation(ticket: Ticket) -> dict[int, Ticket]:
    """The ticket and its relatives by id, all locked in order of their ids. Refuses where they change meanwhile."""
    found = {pk: locked(Ticket(pk=pk)) for pk in sorted(_relatives(ticket.pk))}
    if _relatives(ticket.pk) - found.keys():
        raise ValidationError({"message": moved()})
    return found


def moved() -> str:
    return _("This conversation was just merged or split: look again where the message stands now.")


def _relatives(pk: int) -> set[int]:
    found, new = set[int](), {pk}
    while new:
        found |= new
        joint = Ticket.objects.filter(
            Q(pk__in=new) | Q(merged_into__in=new) | Q(split_from__in=new) | Q(follows__in=new)
        ).values_list("pk", "merged_into_id", "split_from_id", "follows_id")
        once = Regrouping.objects.filter(Q(source__in=new) | Q(target__in=new)).values_list(
            "source", "target"
        )
        new = {each for row in (*joint, *once) for each in row if each is not None} - found
    return found


# --- out of every place -----------------------------------------------------------------------------------------------


def take_out(tickets: dict[int, Ticket], blot: Blot, at: datetime) -> None:
    """Out of everything that copied it but the messages."""
    for ticket in tickets.values():
        if changed := changes(ticket, TICKET, blot):
            for column, value in changed.items():
                setattr(ticket, column, value)
            ticket.updated_at = max(ticket.updated_at, at)
            ticket.save(update_fields=[*changed, "updated_at"])
    for copied in COPIES:
        of_tickets = Q(**{f"{copied.ticket}__in": list(tickets)})
        if copied.model is Notification:
            of_tickets |= _invitations(tickets)
        if copied.model is Inbound:
            of_tickets |= _robots_mail(blot)
        for row in copied.model._default_manager.filter(of_tickets).only(*copied.columns):
            if changed := changes(row, copied.columns, blot):
                copied.model._default_manager.filter(pk=row.pk).update(**changed)
    _out_of_answers({ticket.number for ticket in tickets.values()}, blot)


def _invitations(tickets: Collection[int]) -> Q:
    """What developers were sent: an answer to it is no message to the ticket, hence it does not name the ticket."""
    found = Q(pk__in=[])
    for pk in DeveloperAccess.objects.filter(ticket__in=tickets).values_list("pk", flat=True):
        found |= Q(key__startswith=f"developer:{pk}/")
    return found


def _robots_mail(blot: Blot) -> Q:
    """What came in and was no message, such as an absence note: its subject repeats ours."""
    found = Q(pk__in=[])
    for each in blot.gone:
        if each.is_long:
            found |= Q(ticket=None, subject__icontains=each.longest)
    return found


def changes(row: Any, columns: Iterable[str], blot: Blot) -> dict[str, Any]:
    """What is to be written anew, not longer than its column."""
    changed = {}
    for column in columns:
        before = getattr(row, column)
        after = blot.out_of({column: before})[column]
        if after != before:
            changed[column] = (
                after[: row._meta.get_field(column).max_length] if isinstance(after, str) else after
            )
    return changed


def take_out_of_messages(tickets: Collection[int], blot: Blot, at: datetime) -> list[Message]:
    """Out of what others wrote, repeated or were handed a copy of. Those that were nothing else, which are gone as well."""
    gone = []
    rows = Message.objects.filter(ticket__in=tickets, redacted_at=None).select_related("author")
    for message in rows.order_by("pk"):
        body, finding = blot.out_of_text(message.body), blot.out_of_text(message.finding)
        quoted = blot.instead if blot.is_quoted_in(message.quoted) else message.quoted
        formatted = body != message.body or any(
            map(blot.is_quoted_in, (markup.as_text(message.html), message.html))
        )
        html = "" if formatted else message.html  # the body says the same
        if (body, finding, quoted, html) == tuple(getattr(message, column) for column in MESSAGE):
            continue
        is_gone = body == blot.instead
        Message.objects.filter(pk=message.pk).update(
            body=body, finding=finding, quoted="" if is_gone else quoted, html=html,
            redacted_at=at if is_gone else None,
        )  # fmt: skip
        gone += [message] if is_gone else []
    return gone


def _out_of_answers(numbers: set[int], blot: Blot) -> None:
    """Answers that are kept for repeated requests: a long text wherever it stands, a short one in those about the tickets."""
    about = re.compile(rf'"(?:number|ticket)":\s*(?:{"|".join(map(str, sorted(numbers)))})\b')
    for each in (*blot.gone, *blot.alone):
        for kept in Replay.objects.filter(body__icontains=each.longest):
            if each.is_long or about.search(kept.body):
                said = blot.out_of(json.loads(kept.body))
                body = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
                Replay.objects.filter(pk=kept.pk).update(body=body)
