"""Calls (SL11): whether one is taken on its number is the policy's decision (`policies.decisions.is_wrong_number`); whose it
becomes is here."""

from __future__ import annotations

from datetime import datetime

from policies.document import Policy
from tickets.duty.facts import is_emergency
from tickets.models import Ticket


def route(ticket: Ticket, policy: Policy, at: datetime) -> None:
    """The call's ticket is the company's account manager's, where the plan says so. An emergency is whoever takes it first."""
    from tickets.lifecycle.routing import assign

    plan = policy.plan(ticket.plan)
    manager = ticket.company.account_manager if ticket.company else None
    if ticket.channel != "phone" or plan is None or not plan.calls_to_manager or is_emergency(ticket):
        return
    if manager is not None and manager.is_active:
        assign(ticket, owner=manager, by=None, at=at)
        ticket.refresh_from_db(fields=["owner", "status", "updated_at"])
