"""The address that identifies a person is changed by staff alone, with a reason, on record (ZP05)."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from notifications.outbox import Recipient, tell
from notifications.people_pages import invite
from tenants.customers.models import AddressChange, Licence
from tenants.people.models import User
from tickets.entitlement import refuse_department


def change_address(person: User, *, to: str, because: str, by: User, at: datetime) -> AddressChange:
    """From now on `person` signs in as `to`, and their purchases are registered under it. Both addresses are told.

    ValidationError, by field, for an address that somebody has, a department's, or a missing reason.
    """
    to, because = to.strip().lower(), because.strip()
    if not because:
        raise ValidationError({"because": _("Say why: it is kept, and both addresses are told.")})
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        old = person.email
        if to == old:
            raise ValidationError({"email": _("This is the address already.")})
        if User.objects.filter(email__iexact=to).exists():
            raise ValidationError({"email": _("Somebody with this e-mail is here already.")})
        if not person.is_agent:
            refuse_department(to, at)
        person.email = to
        try:
            with transaction.atomic():
                person.save(update_fields=["email"])
        except IntegrityError:  # somebody else was quicker
            raise ValidationError({"email": _("Somebody with this e-mail is here already.")}) from None
        Licence.objects.filter(email=old).update(email=to, changed_at=at)
        change = AddressChange.objects.create(person=person, old=old, new=to, because=because, by=by, at=at)
        _tell(change, person)
        if not person.has_usable_password():  # the link in the old mailbox has ended with the address
            invite(person, by=by, at=at)
    return change


def _tell(change: AddressChange, person: User) -> None:
    tell(
        [Recipient(change.old, person.language), Recipient.of(person)],
        kind="address_changed",
        key=f"address_changed:{change.pk}",
        words={"old": change.old, "new": change.new, "because": change.because},
        channels=["email"],
        at=change.at,
    )
