"""A notice in the app: the row itself is what is read, under the bell."""

from __future__ import annotations

from notifications.channels.base import Channel
from notifications.models import Notification


class InAppChannel(Channel):
    def send(self, notice: Notification) -> None:
        """It arrived when it was written."""
