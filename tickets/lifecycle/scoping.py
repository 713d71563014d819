"""An agent takes a ticket out of scope, or its promise away, with a reason that the customer reads (item of ZP09, TD08).

The other way, putting in scope what the rules had put out of it, is `routing.overrule`.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sla import deadlines
from tenants.people.models import User
from tickets.audience import tell_customers
from tickets.lifecycle.secrets import Mask
from tickets.lifecycle.steps import BY_HAND, locked, need, policy_of, refuse_unless, running, save
from tickets.models import Ticket
from tickets.timeline import record

OUTCOMES = ("out_of_scope", "other_service", "third_party", "no_sla")


def rule_out(ticket: Ticket, *, by: User, at: datetime, outcome: str, because: str) -> None:
    """It stays a ticket, without a promise in time: its clocks end and count in no rate. No rule decides it anew."""
    because = need(because, "because", _("Say why: the customer reads it."))
    refuse_unless(outcome in OUTCOMES, "outcome", _("Choose what it is."))
    with transaction.atomic():
        ticket = locked(ticket)
        refuse_unless(ticket.is_unresolved, "outcome", _("The ticket has ended: reopen it first."))
        because = Mask.under(policy_of(ticket)).text(because)
        before = {"outcome": ticket.outcome, "rule": ticket.scope_rule}
        ticket.outcome, ticket.scope_rule = outcome, BY_HAND
        ticket.sentence, ticket.because = {ticket.language: because}, [{ticket.language: because}]
        ticket.overruled_because = ticket.declined_outcome = ticket.declined_rule = ""
        deadlines.end([row for row in running(ticket) if row.metric != "silence"], at, outcome)
        save(ticket, at)
        event = record(
            ticket, "ruled_out", at, by, public=True, because=because, outcome=outcome, before=before
        )
        tell_customers(
            ticket, "ticket_opened", f"ruled_out:{event.pk}", at, scope=ticket.sentence, promise={}
        )
