"""Signed links that let a person in: an invitation, a new password. Each works once, for one person, in one tenant.

A token is a signed link (tenants.links) whose purpose also carries a fingerprint of the person's password and last
sign-in: choosing a password or signing in changes it, and with it every earlier link ends.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.crypto import salted_hmac

from tenants import links
from tenants.people.models import User

INVITATION = "invitation"
PASSWORD_RESET = "password-reset"
PURPOSES = (INVITATION, PASSWORD_RESET)
DAYS = {INVITATION: 7, PASSWORD_RESET: 1}


def token(purpose: str, person: User, at: datetime, days: int | None = None) -> str:
    signed = links.sign(bound(purpose, person), person.pk, at, days or DAYS[purpose])
    return f"{person.pk}-{signed}"


def person_at(token: str, at: datetime) -> User | None:
    """Whom a token of either purpose lets in at `at`; None where it is forged, foreign, used or too old."""
    row, _, signed = token.partition("-")
    if not (row.isascii() and row.isdecimal() and len(row) < 19):
        return None
    person = User.objects.filter(pk=int(row), is_active=True).first()
    if person is None:
        return None
    opens = any(links.read(signed, bound(purpose, person), at) == person.pk for purpose in PURPOSES)
    return person if opens else None


def bound(purpose: str, person: User) -> str:
    """The purpose, tied to what changes when the link is used."""
    state = (
        f"{person.pk}:{person.email}:{person.password}:{person.last_login and person.last_login.timestamp()}"
    )
    return f"{purpose}:{salted_hmac('tenants.people.doors', state, algorithm='sha256').hexdigest()}"
