"""Accounts as customers begin them: asked for with the address of a purchase (ZP04), or made by staff on request (CH04)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from notifications.outbox import Recipient, tell
from notifications.people_pages import invite
from tenants.customers import register
from tenants.customers.models import Desk
from tenants.people import doors
from tenants.people.models import User
from tickets.entitlement import day_of, policy_at


def ask_for_account(email: str, *, at: datetime) -> None:
    """Mail a link to whoever may register with this address, and say nothing to anybody else.

    Who has an account is mailed that they have one. Whoever asks learns nothing from the answer.
    """
    policy = policy_at(at)
    if policy is None or policy.who_may_ask != "purchases":
        return
    person = User.objects.filter(email__iexact=email).first()
    if person is not None and not person.is_active:
        return
    if person is not None and person.has_usable_password():
        tell_of_account(person, at)
    elif register.holds_licence(email, day_of(policy, at)):
        invite(person or _made(email), by=None, at=at, kind="registration")


def tell_of_account(person: User, at: datetime) -> None:
    ends_at = at + timedelta(days=doors.DAYS[doors.PASSWORD_RESET])
    link = {"purpose": doors.PASSWORD_RESET, "path": "/account/new-password/{token}/", "days": 1}
    tell(
        [Recipient.of(person)],
        kind="account_known",
        key=f"account_known:{person.pk}:{at.isoformat()}",
        words={"expires_at": ends_at},
        links={"reset_url": link},
        channels=["email"],
        at=at,
        expires_at=ends_at,
    )


def _made(email: str) -> User:
    desk = Desk.objects.first() or Desk()
    person = User(
        email=email.strip().lower(),
        language=desk.languages[0] if desk.languages else "en",
        timezone=desk.timezone,
    )
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:  # asked for twice at once
        return User.objects.get(email=person.email)
    return person


def welcome(person: User, *, by: User | None, at: datetime) -> None:
    """Somebody was made known by staff: where only invited people may ask, they are invited at once."""
    policy = policy_at(at)
    if policy is not None and policy.who_may_ask == "invited":
        invite(person, by=by, at=at)
