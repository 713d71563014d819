"""What every channel can do."""

from __future__ import annotations

from notifications.models import Notification


class Channel:
    def send(self, notice: Notification) -> None:
        """Hand the notice over, or raise: a return means that the other side has taken it."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of what was opened. Never raises."""
