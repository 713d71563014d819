"""How a notice leaves the house: one small class a channel, `send` or raise.

A new channel is a class with `send(notice)` and a line in `MESSENGERS`.
"""

from __future__ import annotations

from notifications.channels.base import Channel, Refused
from notifications.channels.email import EmailChannel
from notifications.channels.in_app import InAppChannel
from notifications.channels.sms import SmsChannel
from notifications.channels.whatsapp import WhatsAppChannel
from notifications.models import Notification

__all__ = ["MESSENGERS", "Channel", "Channels", "Refused"]

# To send over another messenger: a file with its class, and a line here. To hear from it: `tickets.intake.doors`.
MESSENGERS: dict[str, type[Channel]] = {
    "whatsapp": WhatsAppChannel,
    "sms": SmsChannel,
}


class Channels:
    """The channels of one round of deliveries: connections are opened once and closed at its end."""

    def __init__(self) -> None:
        self.by_name: dict[str, Channel] = {
            Notification.Channel.EMAIL: EmailChannel(),
            Notification.Channel.IN_APP: InAppChannel(),
            **{name: messenger() for name, messenger in MESSENGERS.items()},
        }

    def __enter__(self) -> Channels:
        return self

    def __exit__(self, *failure: object) -> None:
        for channel in self.by_name.values():
            channel.close()

    def down(self) -> list[str]:
        """Whom it makes no sense to ask again in this round."""
        return [name for name, channel in self.by_name.items() if channel.is_down]

    def send(self, notice: Notification) -> None:
        self.by_name[notice.channel].send(notice)
