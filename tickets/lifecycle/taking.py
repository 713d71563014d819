"""Next ticket: the most urgent one that waits for somebody like me. Of two who ask at once, each gets another."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from policies import publishing
from tenants.people.models import User
from tickets import queries
from tickets.lifecycle.routing import assign
from tickets.lifecycle.steps import Status
from tickets.models import Ticket

WAITING_FOR_US = (Status.NEW, Status.OPEN)


def take_next(*, by: User, at: datetime) -> Ticket | None:
    """The first ticket of the queue without an owner, assigned to `by`; None where nothing waits.

    Of the teams of `by`, or of no team yet; somebody who is in no team takes from all. The order is the policy's queue_order.
    A ticket that somebody else is taking at this moment is passed over, not waited for.
    """
    policy = publishing.policy_of(publishing.version_in_force(at))
    order = ["id"] if policy.queue_order == "opening" else [F("due_at").asc(nulls_last=True), "id"]
    share = queries.share_of(by)
    mine = Q(team=None) | Q(team__in=share.teams) | Q(id__in=share.joined) if share.teams else Q()
    waiting = Ticket.objects.filter(mine, owner=None, status__in=WAITING_FOR_US).order_by(*order)
    with transaction.atomic():
        ticket = waiting.select_for_update(skip_locked=True, of=("self",)).first()
        if ticket is not None:
            assign(ticket, owner=by, by=by, at=at)
        return ticket
