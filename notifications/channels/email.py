"""E-mail by the tenant's own server or provider, or the installation's, all through Django's interface."""

from __future__ import annotations

import contextlib
import smtplib
from email.utils import formataddr
from typing import Any

from anymail.exceptions import (
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection as database

from notifications import accounts, invitations, leaving, rendering, verdicts
from notifications.channels.base import Channel, Refused
from notifications.models import Notification
from notifications.smtp import Backend
from tenants import links


class NotTaken(Exception):
    """The mail server was asked, and took nothing."""


class EmailChannel(Channel):
    """One connection for a round of mails; after a failure that is not one mail's own the next mail opens a new one."""

    def __init__(self) -> None:
        self.connection: Any = None
        self.stationery: rendering.Stationery | None = None

    def send(self, notice: Notification) -> None:
        if self.stationery is None:
            self.stationery = rendering.Stationery()
        message = mail(notice, self.stationery)
        if self.connection is None:
            self.connection = accounts.opened(accounts.current())
        message.connection = self.connection
        if not hasattr(self.connection, "esp_name"):  # a mail server, and no provider
            invitations.show(message, notice)
        with bounded(self.connection):
            self.hand_over(message)
        notice.provider_id = provider_id(message)

    def hand_over(self, message: EmailMultiAlternatives) -> None:
        try:
            self.connection.open()
        except Exception:
            self.is_down = True
            self.close()
            raise
        try:
            if not message.send():
                raise NotTaken("The mail server took nothing.")
        except Exception as failure:
            if refusal := refusal_of(failure):  # the connection is as good as before
                raise refusal from failure
            self.close()
            raise

    def close(self) -> None:
        if self.connection is not None:
            with contextlib.suppress(Exception):  # a server that hangs up first is no news
                self.connection.close()
            self.connection = None


def bounded(connection: Any) -> contextlib.AbstractContextManager[None]:
    return connection.bounded() if isinstance(connection, Backend) else contextlib.nullcontext()


def refusal_of(failure: Exception) -> Refused | None:
    """The refusal for good that this failure is; None where it makes sense to try again.

    Of SMTP, what the server says of the recipient (RCPT) or of the mail itself (DATA) counts. What it says of us (sign-in,
    sender) is for the admin to mend: it is tried again meanwhile.
    """
    match failure:
        case smtplib.SMTPRecipientsRefused(recipients=answers):
            code, said = next(iter(answers.values()))
            return _refused(code, said, "bounced")
        case smtplib.SMTPDataError(smtp_code=code, smtp_error=said):
            return _refused(code, said, "rejected")
        case AnymailRecipientsRefused():
            return Refused(_short(failure), "bounced")
        case AnymailInvalidAddress():
            return Refused(_short(failure), "bounced", is_dead_mailbox=True)
        case AnymailUnsupportedFeature() | AnymailSerializationError():
            return Refused(_short(failure))
        case AnymailRequestsAPIError(status_code=400 | 404 | 406 | 413 | 422):
            return Refused(_short(failure))
    return None


def _refused(code: int, said: Any, what: str) -> Refused | None:
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    if not verdicts.is_final(code):
        return None
    return Refused(f"{code} {text}", what, what == "bounced" and verdicts.is_dead_mailbox(text))


def _short(failure: Exception) -> str:
    return f"{type(failure).__name__}: {failure}"[:2000]


def provider_id(message: EmailMultiAlternatives) -> str:
    """What anymail's provider calls the mail; our own server calls it by its Message-ID, as we do."""
    status = getattr(message, "anymail_status", None)
    found = getattr(status, "message_id", None)
    return found if isinstance(found, str) else ""


def mail(notice: Notification, stationery: rendering.Stationery) -> EmailMultiAlternatives:
    """The notice as a mail: text and HTML, its Message-ID, its place in the thread of its subject, and the way out."""
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
        headers=headers | leaving.headers(notice),
    )
    message.attach_alternative(letter.html, "text/html")
    invitations.attach(message, notice)
    message.metadata = {
        "notice": notice.message_id
    }  # a provider's reports carry it back, whatever it calls the mail
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
