"""What is an emergency, and when is out of hours: questions that others ask too."""

from __future__ import annotations

from tickets.models import Ticket

EMERGENCY = "emergency"


def is_emergency(ticket: Ticket) -> bool:
    """Whether it is one now: the topic, the form's checklist or an agent said so. An emergency is attended free (SL06)."""
    return EMERGENCY in ticket.situations
