"""What of the tickets' world is edited in the admin: people and event windows. Tickets themselves are worked at the desk."""

from tickets import people_admin
from tickets.policy_admin import windows

__all__ = ["people_admin", "windows"]
