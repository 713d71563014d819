"""What every channel can do."""

from __future__ import annotations

from notifications.models import Notification


class Refused(Exception):
    """The other side will never take this notice: it is parked at once, with these words, and not tried again."""


class Channel:
    def send(self, notice: Notification) -> None:
        """Hand the notice over, or raise: a return means that the other side has taken it.

        Raises `Refused` for good; anything else raised is tried again, later and later. What the other side calls it
        goes to `notice.provider_id`: later reports about it name that (`notifications.delivery`).
        """
        raise NotImplementedError

    def close(self) -> None:
        """Let go of what was opened. Never raises."""
