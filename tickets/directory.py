"""People and companies as programs keep them: made, changed, let go. A refusal is a ValidationError that names the field.

Agents keep customers; whoever works on our side is kept by admins alone, so that no key raises anybody's rights.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from notifications.people_pages import invite as send_invitation
from tenants.customers.models import Company, Desk, Membership
from tenants.people.models import User
from tenants.wakeups import wake
from tickets import handover
from tickets.entitlement import why_no_account

CUSTOMER = User.Role.CUSTOMER


def make_person(
    *, by: User, at: datetime, email: str, name: str, role: str = CUSTOMER, invite: bool = False, **known: Any
) -> User:
    """Somebody new, without a password; `known`: language, timezone, phone, company (a reference)."""
    refuse_other_roles(by, role)
    company, joins = company_named(known.pop("company", None)), "company" in known
    refuse_bad_places(known, joins and company is not None, role)
    email = email.strip().lower()
    if role == CUSTOMER and (reason := why_no_account(email, at, unlicensed=invite)):
        raise ValidationError({"email": reason})
    known = {**_defaults(), **known}
    if User.objects.filter(email__iexact=email).exists():
        raise ValidationError({"email": _("Somebody with this address is known already: search for them.")})
    try:
        with transaction.atomic():
            person = User.objects.create_user(email, name=name, role=role, **known)
            if company is not None:
                Membership.objects.create(person=person, company=company)
            if invite:
                send_invitation(person, by=by, at=at)
    except IntegrityError:  # somebody else was quicker
        raise ValidationError(
            {"email": _("Somebody with this address is known already: search for them.")}
        ) from None
    return person


def change_person(person: User, *, by: User, **given: Any) -> None:
    refuse_other_roles(by, person.role)
    role = given.get("role", person.role)
    refuse_other_roles(by, role)
    if person == by and role != person.role:
        raise ValidationError({"role": _("You cannot change your own role; ask another admin.")})
    if role != person.role:
        handover.refuse_to_lock_everybody_out(person, by)
    joins = "company" in given
    company = company_named(given.pop("company", None))
    refuse_bad_places(given, company is not None, role)
    with transaction.atomic():
        for name, value in given.items():
            setattr(person, name, value)
        person.save(update_fields=list(given))
        if joins and company is not None:
            Membership.objects.update_or_create(person=person, defaults={"company": company})
        elif joins or role != CUSTOMER:
            Membership.objects.filter(person=person).delete()


def let_go(person: User, *, heir: str | None, by: User, at: datetime) -> None:
    """Deactivated; done twice it is done once."""
    refuse_other_roles(by, person.role)
    colleague = User.objects.filter(email__iexact=heir).first() if heir else None
    if heir and colleague is None:
        raise ValidationError({"heir": _("Nobody here has this address.")})
    if person.is_active:
        handover.deactivate(person, heir=colleague, by=by, at=at)


def let_in(person: User, *, by: User) -> None:
    refuse_other_roles(by, person.role)
    handover.activate(person)


def make_company(*, name: str, account_manager: str | None = None, **known: Any) -> Company:
    return Company.objects.create(name=name, account_manager=manager_named(account_manager), **known)


def change_company(company: Company, *, at: datetime, **given: Any) -> None:
    """Another plan: the workers bring the company's open tickets in line (S12)."""
    moves = given.get("plan", company.plan) != company.plan
    if "account_manager" in given:
        given["account_manager"] = manager_named(given["account_manager"])
    with transaction.atomic():
        for name, value in given.items():
            setattr(company, name, value)
        company.save(update_fields=list(given))
        if moves:
            wake("publish", at)


# --- refusals ---------------------------------------------------------------------------------------------------------


def refuse_other_roles(by: User, role: str) -> None:
    """PermissionDenied where somebody who is no admin touches who works here."""
    if role != CUSTOMER and by.role != User.Role.ADMIN:
        raise PermissionDenied(_("People of our own side are kept by admins alone."))


def refuse_bad_places(given: dict[str, Any], joins: bool, role: str) -> None:
    errors = {}
    desk = Desk.objects.first() or Desk()
    known = {"en", "pt-br", *desk.languages}
    if given.get("language", "en") not in known:
        errors["language"] = _("This desk does not speak this language.")
    if set(given.get("spoken_languages", ())) - known:
        errors["spoken_languages"] = _("This desk does not speak this language.")
    if given.get("timezone", "UTC") not in available_timezones():
        errors["timezone"] = _("There is no such time zone.")
    if joins and role != CUSTOMER:
        errors["company"] = _("Companies are for customers.")
    if errors:
        raise ValidationError(errors)


def company_named(reference: UUID | None) -> Company | None:
    if reference is None:
        return None
    company = Company.objects.filter(reference=reference).first()
    if company is None:
        raise ValidationError({"company": _("There is no such company.")})
    return company


def manager_named(address: str | None) -> User | None:
    if address is None:
        return None
    manager = User.objects.exclude(role=CUSTOMER).filter(email__iexact=address, is_active=True).first()
    if manager is None:
        raise ValidationError({"account_manager": _("Nobody of our side has this address.")})
    return manager


def _defaults() -> dict[str, str]:
    """A new person speaks the desk's own language and lives in its zone, until something else is said."""
    desk = Desk.objects.first()
    if desk is None:
        return {}
    return {"timezone": desk.timezone} | ({"language": desk.languages[0]} if desk.languages else {})
