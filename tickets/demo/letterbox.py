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

    refused_until: dict[str, datetime] = {}
    moment: datetime | None = None

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        for message in email_messages:
            for address in message.to:
                until = self.refused_until.get(address)
                if until is not None and self.moment is not None and self.moment < until:
                    refusal = (451, b"4.7.1 Greylisted, please try again later")
                    raise smtplib.SMTPRecipientsRefused({address: refusal})
        return len(email_messages)


@contextmanager
def in_use() -> Iterator[None]:
    real = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Letterbox"
    Letterbox.refused_until = {}
    try:
        yield
    finally:
        settings.EMAIL_BACKEND = real
