"""What people do with an emergency: say that a ticket is one, or is none; take it. Of many at once the first has it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.people.models import User
from tickets.duty import emergencies
from tickets.duty.facts import EMERGENCY
from tickets.duty.models import Emergency
from tickets.lifecycle.routing import assign, state_situation, triage
from tickets.lifecycle.steps import locked, need, policy_of, refuse_unless
from tickets.models import Ticket


def claim(ticket: Ticket, *, by: User, at: datetime) -> Emergency:
    """The emergency as it is then: `claimed_by` is whoever was first, which may be somebody else."""
    with transaction.atomic():
        ticket = locked(ticket)
        row = emergencies.of(ticket)
        refuse_unless(ticket.is_unresolved, "ticket", _("The ticket is resolved already."))
        refuse_unless(row is not None, "ticket", _("This ticket is no emergency any more."))
        assert row is not None
        if row.claimed_at is None:
            if ticket.owner_id == by.pk:
                emergencies.taken(ticket, by, at)
            else:
                assign(ticket, owner=by, by=by, at=at)  # by which it is taken
            row.refresh_from_db()
        return row


def declare(ticket: Ticket, *, by: User, at: datetime, because: str) -> None:
    """An agent says that it is one: most urgent from now on, and alerted like any (R15, R18)."""
    because = need(because, "because", _("Say why it is an emergency."))
    with transaction.atomic():
        ticket = locked(ticket)
        refuse_unless(ticket.is_unresolved, "because", _("The ticket is resolved: reopen it first."))
        policy = policy_of(ticket)
        if policy.priorities:
            triage(ticket, by=by, at=at, priority=policy.priorities[0].key)
        state_situation(ticket, by=by, at=at, situation=EMERGENCY, holds=True, because=because)


def withdraw(ticket: Ticket, *, by: User, at: datetime, because: str) -> None:
    """It was none, or is none any more. Its priority stays what it is."""
    because = need(because, "because", _("Say why it is no emergency."))
    state_situation(ticket, by=by, at=at, situation=EMERGENCY, holds=False, because=because)
