"""Doors, what came in through them with its reason, and blocked senders. Found by the admin itself."""

from __future__ import annotations

from tickets.intake import door_admin, group_admin, inbound_admin

__all__ = ["door_admin", "group_admin", "inbound_admin"]
