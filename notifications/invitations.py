"""A notice that brings a calendar invitation: as a file for every mail program, and as the part that some show with buttons."""

from __future__ import annotations

import re

from django.core.mail import EmailMultiAlternatives

from notifications.models import Notification

WORD = "calendar"  # the notice's word that holds the invitation, as iCalendar text
FILE = "invite.ics"


def kind_of(calendar: str) -> str:
    """Its MIME type names what it asks for (RFC 6047): REQUEST or CANCEL."""
    method = re.search(r"^METHOD:([A-Z]+)", calendar, re.MULTILINE)
    return f"text/calendar; method={method[1] if method else 'PUBLISH'}"


def attach(message: EmailMultiAlternatives, notice: Notification) -> None:
    if calendar := notice.words.get(WORD):
        message.attach(FILE, calendar, kind_of(calendar))


def show(message: EmailMultiAlternatives, notice: Notification) -> None:
    """Beside text and HTML. Providers' programs take no such part: with them the file has to do."""
    if calendar := notice.words.get(WORD):
        message.attach_alternative(calendar, kind_of(calendar))
