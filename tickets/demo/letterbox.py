"""Where the mails of the past go: they count as handed over and are kept in the outbox alone, none is really sent."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend


class Letterbox(BaseEmailBackend):
    """Takes every mail, but for the addresses whose server refuses it at that moment of the past."""

    refusals: list[tuple[str, datetime, datetime]] = []  # (address, from, until)
    moment: datetime | None = None

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        for message in email_messages:
            for address, start, end in self.refusals:
                if address in message.to and self.moment is not None and start <= self.moment < end:
                    raise smtplib.SMTPRecipientsRefused(
                        {address: (451, b"4.7.1 Greylisted, try again later")}
                    )
        return len(email_messages)


@contextmanager
def in_use() -> Iterator[None]:
    real = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Letterbox"
    Letterbox.refusals = []
    try:
        yield
    finally:
        settings.EMAIL_BACKEND = real
