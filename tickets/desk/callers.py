"""Who is calling (CH07): found by name, e-mail, phone or company, or made known."""

from __future__ import annotations

import re
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tenants.customers.models import Company, Membership
from tenants.people.models import User
from tickets.entitlement import refuse_department
from tickets.registration import welcome

SHOWN = 12


def find_callers(text: str) -> list[User]:
    """Customers with each word of `text` in their name, e-mail, phone or company; at most `SHOWN`."""
    found = User.objects.filter(role=User.Role.CUSTOMER, is_active=True)
    words = text.split()[:6]
    if not words:
        return []
    for word in words:
        rule = (
            Q(name__icontains=word) | Q(email__icontains=word) | Q(membership__company__name__icontains=word)
        )
        if digits := re.sub(r"\D", "", word):
            rule |= Q(phone__regex=r"\D*".join(digits))
        found = found.filter(rule)
    return list(found.select_related("membership__company").order_by("name", "id")[:SHOWN])


def caller(key: str) -> User | None:
    if not key.isdecimal() or len(key) > 18:
        return None
    people = User.objects.filter(role=User.Role.CUSTOMER, is_active=True).select_related(
        "membership__company"
    )
    return people.filter(pk=int(key)).first()


def make_caller(
    *, name: str, email: str, phone: str, company: Company | None, language: str, by: User, at: datetime
) -> User:
    """Staff makes a customer known: `make_known`, and where only invited people may ask, they are invited at once (CH04).
    Refuses a department's mailbox, too."""
    refuse_department(email, at)
    with transaction.atomic():
        person = make_known(name=name, email=email, phone=phone, company=company, language=language)
        welcome(person, by=by, at=at)
        return person


def make_known(*, name: str, email: str, phone: str, company: Company | None, language: str) -> User:
    """A customer without a password: they get one when they are invited or ask for it. Refuses a known address."""
    email = email.strip().lower()
    if User.objects.filter(email__iexact=email).exists():
        raise ValidationError({"email": _("Somebody with this address is known already: search for them.")})
    with transaction.atomic():
        person = User.objects.create_user(email, name=name, phone=phone, language=language)
        if company is not None:
            Membership.objects.create(person=person, company=company)
        return person
