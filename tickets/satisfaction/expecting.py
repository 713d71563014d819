"""By when we expect to solve a ticket: stated by an agent, told at once, and told again at each change with the reason (TD11).

It promises nothing that a clock counts: the policy's deadlines run beside it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.compiled import Compiled, Given
from tenants.people.models import User
from tickets.audience import tell_customers
from tickets.lifecycle.steps import locked, need, refuse_unless
from tickets.models import Ticket
from tickets.satisfaction.models import Expectation
from tickets.timeline import record


def expect(ticket: Ticket, *, by: User, at: datetime, expected_at: datetime, because: str = "") -> None:
    """The customer's side hears it at once. A change needs a reason, which they read."""
    with transaction.atomic():
        ticket = locked(ticket)
        refuse_unless(ticket.is_unresolved, "expected_at", _("The ticket is resolved: reopen it first."))
        refuse_unless(expected_at > at, "expected_at", _("This moment is over: give one to come."))
        before = current(ticket)
        if before is not None:
            is_other = expected_at != before.expected_at
            refuse_unless(is_other, "expected_at", _("The customer knows this time already."))
            because = need(because, "because", _("Say why it changes: the customer is told."))
        forget(ticket, at)
        now = Expectation.objects.create(
            ticket=ticket, expected_at=expected_at, because=because.strip(), by=by, at=at
        )
        was = before.expected_at if before else None
        record(ticket, "expected", at, by, public=True, because=now.because, expected_at=expected_at.isoformat(),
               before=was.isoformat() if was else "")  # fmt: skip
        tell_customers(ticket, "expected_by", str(now.pk), at, expected_at=expected_at,
                       was_expected_at=was or "", because=now.because, author=by.name)  # fmt: skip


def current(ticket: Ticket) -> Expectation | None:
    return CURRENT.first(ticket=ticket.pk)


CURRENT = Compiled(lambda: Expectation.objects.filter(ticket_id=Given("ticket"), ended_at=None)[:1])


def forget(ticket: Ticket, at: datetime) -> None:
    """The ticket has ended, or another time takes its place."""
    Expectation.objects.filter(ticket=ticket, ended_at=None).update(ended_at=at)
