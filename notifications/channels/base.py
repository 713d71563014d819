"""What every channel can do."""

from __future__ import annotations

from notifications.models import Notification


class Refused(Exception):
    """The other side will never take this notice: it is parked at once, with these words, and not tried again.

    what: "rejected", or "bounced" where it was the recipient that was refused (`Delivery.What`).
    """

    def __init__(self, said: str = "", what: str = "rejected", is_dead_mailbox: bool = False) -> None:
        super().__init__(said)
        self.what, self.is_dead_mailbox = what, is_dead_mailbox


class Channel:
    is_down = (
        False  # the other side could not be reached: in this turn nothing more is tried over this connection
    )

    def send(self, notice: Notification) -> None:
        """Hand the notice over, or raise: a return means that the other side has taken it.

        Raises `Refused` for good; anything else raised is tried again, later and later. What the other side calls it
        goes to `notice.provider_id`: later reports about it name that (`notifications.delivery`).
        """
        raise NotImplementedError

    def close(self) -> None:
        """Let go of what was opened. Never raises."""
