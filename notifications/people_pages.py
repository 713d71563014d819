"""Mails that let people in: the invitation, and the page where a forgotten password is asked for.

The pages behind the links are in tenants.people, which knows nothing of notices.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from notifications.forms import ForgottenForm
from notifications.outbox import Recipient, tell
from tenants import moment
from tenants.people import doors, throttle
from tenants.people.models import User

HOUR = timedelta(hours=1)
MAILS_PER_ACCOUNT, TRIES_PER_SOURCE = 3, 30


def invite(person: User, *, by: User | None, at: datetime, kind: str = "invitation") -> None:
    """Mail a link that lets `person` choose a first password; links mailed before are worth nothing then. Inside the
    transaction that made them. `kind`: "registration" where they asked for it themselves."""
    if not person.has_usable_password():  # what a link is tied to (doors): a new one ends those before
        person.set_unusable_password()
        person.save(update_fields=["password"])
    ends_at = at + timedelta(days=doors.DAYS[doors.INVITATION])
    tell(
        [Recipient.of(person)],
        kind=kind,
        key=f"{kind}:{person.pk}:{at.isoformat()}",
        words={"inviter": by.name if by else "", "expires_at": ends_at},
        links={
            "activate_url": {"purpose": doors.INVITATION, "path": "/account/activation/{token}/", "days": 7}
        },
        channels=["email"],
        at=at,
        expires_at=ends_at,
    )


def offer_new_password(person: User, *, at: datetime) -> None:
    ends_at = at + timedelta(days=doors.DAYS[doors.PASSWORD_RESET])
    tell(
        [Recipient.of(person)],
        kind="password_reset",
        key=f"password_reset:{person.pk}:{at.isoformat()}",
        words={"expires_at": ends_at},
        links={
            "reset_url": {
                "purpose": doors.PASSWORD_RESET,
                "path": "/account/new-password/{token}/",
                "days": 1,
            }
        },
        channels=["email"],
        at=at,
        expires_at=ends_at,
    )


def forgotten(request: HttpRequest, may_begin: Callable[[User, datetime], bool]) -> HttpResponse:
    """Ask for a new password. The answer is the same whether the address is known, unknown or asked for too often.

    may_begin: whether somebody who has none yet may choose their first one this way (the composition root knows).
    """
    form = ForgottenForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "people/forgotten.html", {"form": form})
    at = moment.now()
    email = form.cleaned_data["email"]
    with transaction.atomic():
        by_source = throttle.allows(
            "reset/source", throttle.source_of(request), at, most=TRIES_PER_SOURCE, period=HOUR
        )
        by_account = throttle.allows("reset/account", email, at, most=MAILS_PER_ACCOUNT, period=HOUR)
        person = User.objects.filter(email__iexact=email, is_active=True).first()
        if person and by_source and by_account and (person.has_usable_password() or may_begin(person, at)):
            offer_new_password(person, at=at)
    return redirect("notifications:forgotten-sent")


def forgotten_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "people/forgotten_sent.html")
