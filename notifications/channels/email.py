"""E-mail through Django's own interface, and so through SMTP or any provider of anymail."""

from __future__ import annotations

import contextlib
from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection as database

from notifications import rendering
from notifications.channels.base import Channel
from notifications.models import Notification
from tenants import links


class NotTaken(Exception):
    """The mail server was asked, and took nothing."""


class EmailChannel(Channel):
    """One connection for a round of mails; after a failure the next mail opens a new one."""

    def __init__(self) -> None:
        self.connection: Any = None
        self.stationery: rendering.Stationery | None = None

    def send(self, notice: Notification) -> None:
        if self.stationery is None:
            self.stationery = rendering.Stationery()
        message = mail(notice, self.stationery)
        if self.connection is None:
            self.connection = get_connection()  # settings.EMAIL_TIMEOUT bounds every step of the talk
        message.connection = self.connection
        try:
            self.connection.open()
            if not message.send():
                raise NotTaken("The mail server took nothing.")
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        if self.connection is not None:
            with contextlib.suppress(Exception):  # a server that hangs up first is no news
                self.connection.close()
            self.connection = None


def mail(notice: Notification, stationery: rendering.Stationery) -> EmailMultiAlternatives:
    """The notice as a mail: text and HTML, its Message-ID, and its place in the thread of its subject."""
    letter = stationery.letter(notice)
    headers = {
        "Message-ID": notice.message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",  # Exchange's way of not answering with an absence note
    }
    if notice.about_id is not None:
        headers["In-Reply-To"] = headers["References"] = thread_id(notice.about_id)
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=sender(stationery),
        to=[notice.address],
        reply_to=reply_to(notice, stationery),
        headers=headers,
    )
    message.attach_alternative(letter.html, "text/html")
    return message


def thread_id(about_id: int) -> str:
    """The same for all mails about one ticket, so that mail programs show them as one conversation."""
    return f"<ticket-{about_id}.{database.schema_name}@{settings.BASE_DOMAIN}>"


def reply_to(notice: Notification, stationery: rendering.Stationery) -> list[str]:
    """Our own address with the subject's token in it, where the desk receives mail: an answer then finds its thread."""
    address = stationery.desk.reply_address
    if not address or notice.about_id is None:
        return [address] if address else []
    local, _, domain = address.rpartition("@")
    return [f"{local}+{links.reply_token(notice.about_id)}@{domain}"]


def sender(stationery: rendering.Stationery) -> str:
    desk = stationery.desk
    return formataddr((desk.sender_name or desk.name, desk.sender_address or settings.DEFAULT_FROM_EMAIL))
