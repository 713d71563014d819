"""What is not solved at once goes to the right team, with a note for it (TD10)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.customers.models import Team
from tenants.people.models import User
from tickets.audience import tell_staff
from tickets.lifecycle.secrets import Mask, tell_of_masks
from tickets.lifecycle.steps import locked, need, policy_of, refuse_unless, save
from tickets.models import Message, Ticket
from tickets.timeline import record


def hand_over(ticket: Ticket, *, team: Team, note: str, by: User, at: datetime) -> None:
    """Pass the ticket to `team`, who are told with the note. Its owner keeps it only as one of them.

    No clock stops or starts: what was promised to the customer is promised by all of us.
    """
    note = need(note, "note", _("Write what they need to know."))
    with transaction.atomic():
        ticket = locked(ticket)
        refuse_unless(ticket.is_unresolved, "team", _("The ticket has ended: reopen it first."))
        refuse_unless(team.pk != ticket.team_id, "team", _("It is theirs already: choose another team."))
        mask = Mask.under(policy_of(ticket))
        note = mask.text(note)
        message = Message.objects.create(
            ticket=ticket, kind=Message.Kind.NOTE, author=by, by_customer=False, body=note, at=at
        )
        before, ticket.team = ticket.team, team
        if ticket.owner_id is not None and not team.members.filter(pk=ticket.owner_id).exists():
            ticket.owner = None
        save(ticket, at)
        event = record(
            ticket, "handed_over", at, by, team=[str(before or ""), str(team)], owner=str(ticket.owner or "")
        )
        tell_of_masks(mask, ticket, message, by, at)
        tell_staff(
            ticket, ["team"], "handed_over", str(event.pk), at, but=by, author=str(by), message=note, team=str(team),
            due_at=ticket.due_at,
        )  # fmt: skip
