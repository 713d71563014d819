"""Who says to be whom, without having signed in: in a chat, on the contact form."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from tenants.customers.models import Desk, Membership
from tenants.people.models import User

NOWHERE = "visitor.invalid"  # no mail ever goes there (RFC 2606)


@dataclass(frozen=True, slots=True)
class Visitor:
    name: str
    address: str
    language: str


def person_of(visitor: Visitor) -> User:
    """Who asks. The address of an account is not believed without a sign-in: then a person of their own speaks, in whose
    name nobody sees or says anything of the account's, and the address belongs in copy of what is said."""
    known = User.objects.filter(email__iexact=visitor.address).first()
    if known is None:
        return _made(visitor, visitor.address.lower())
    is_account = known.is_agent or known.has_usable_password() or not known.is_active
    if is_account or Membership.objects.filter(person=known).exists():
        return _made(visitor, f"{secrets.token_hex(8)}@{NOWHERE}")
    return known


def is_stand_in(person: User) -> bool:
    return person.email.endswith(f"@{NOWHERE}")


def _made(visitor: Visitor, email: str) -> User:
    desk = Desk.objects.first() or Desk()
    person = User(email=email, name=visitor.name, language=visitor.language, timezone=desk.timezone)
    person.set_unusable_password()
    person.save()
    return person
