"""The register of purchases (ZP04): whose address holds a licence on a day, and what may be changed in it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from tenants.compiled import Compiled, Given
from tenants.customers.models import Licence
from tenants.people.models import User


def licences_of(address: str, on: date) -> QuerySet[Licence]:
    """Active licences of `address` that are valid on that day; the one that lasts longest first."""
    valid = Q(valid_until=None) | Q(valid_until__gte=on)
    found = Licence.objects.filter(valid, email=address.strip().lower(), is_active=True)
    return found.order_by(F("valid_until").desc(nulls_first=True), "id")


def holds_licence(address: str, on: date) -> bool:
    return LICENCE.first(address=address.strip().lower(), on=on) is not None


LICENCE = Compiled(
    lambda: Licence.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=Given("on")), email=Given("address"), is_active=True
    ).values_list("id")[:1]
)


def accounts_among(addresses: Collection[str]) -> set[str]:
    """Those of `addresses` with which somebody signs in."""
    people = User.objects.filter(email__in=addresses, is_active=True)
    return {person.email for person in people if person.has_usable_password()}


def other_holder(number: str, old: str) -> str:
    """Why the address of a purchase stays as it is: it identifies somebody, and is changed as theirs (ZP05)."""
    return _(
        "The holder of %(number)s signs in as %(old)s. Change the address on the page of that person, with a reason."
    ) % {"number": number, "old": old}


def enter_licence(**given: Any) -> Licence:
    """A new purchase. ValidationError, by field, for a number that is taken."""
    licence = Licence(**given | {"email": given["email"].strip().lower()})
    try:
        with transaction.atomic():
            licence.save(force_insert=True)
    except IntegrityError:
        raise ValidationError({"number": _("A purchase with this number is in the register.")}) from None
    return licence


def change_licence(licence: Licence, **given: Any) -> None:
    """Change what is given. ValidationError, by field, for a taken number or the address of somebody's account."""
    if "email" in given:
        given["email"] = given["email"].strip().lower()
        if given["email"] != licence.email and accounts_among([licence.email]):
            raise ValidationError({"email": other_holder(licence.number, licence.email)})
    for name, value in given.items():
        setattr(licence, name, value)
    try:
        with transaction.atomic():
            licence.save()
    except IntegrityError:
        raise ValidationError({"number": _("A purchase with this number is in the register.")}) from None
