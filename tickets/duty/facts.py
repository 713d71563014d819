"""What is an emergency, and when is out of hours: questions that others ask too."""

from __future__ import annotations

from datetime import datetime

from policies.document import Policy
from sla.calendars import hours_at
from tickets.models import Ticket

EMERGENCY = "emergency"


def is_emergency(ticket: Ticket) -> bool:
    """Whether it is one now: the topic, the form's checklist or an agent said so. An emergency is attended free (SL06)."""
    return EMERGENCY in ticket.situations


def alerts_at(policy: Policy, at: datetime) -> bool:
    """Whether an emergency at `at` alerts people on duty: outside the hours that the policy names, or always (TD02)."""
    if policy.emergency_again_after is None:
        return False
    return not policy.emergency_calendar or not hours_at(policy.emergency_calendar, at).is_open(at)
