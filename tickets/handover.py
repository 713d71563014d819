"""Somebody leaves: their open tickets and companies go to a colleague, or back to the teams; they sign in no more."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tenants.customers.models import Company
from tenants.people.models import User
from tickets import lifecycle
from tickets.models import Ticket


def open_tickets_of(person: User) -> QuerySet[Ticket]:
    return Ticket.objects.filter(owner=person, status__in=Ticket.UNRESOLVED)


def deactivate(person: User, *, heir: User | None, by: User, at: datetime) -> int:
    """All of it or nothing. `heir` None leaves the tickets to their teams. Returns how many tickets went over."""
    refuse_to_lock_everybody_out(person, by)
    if heir is not None and (heir == person or not heir.is_active or not heir.is_agent):
        raise ValidationError({"heir": _("Choose an active colleague, or nobody.")})
    with transaction.atomic():
        User.objects.filter(pk=person.pk).update(is_active=False)
        person.is_active = False
        tickets = list(open_tickets_of(person).order_by("pk"))
        for ticket in tickets:
            lifecycle.assign(ticket, owner=heir, by=by, at=at)
        Company.objects.filter(account_manager=person).update(account_manager=heir)
    return len(tickets)


def refuse_to_lock_everybody_out(person: User, by: User) -> None:
    if person == by:
        raise ValidationError(_("You cannot deactivate yourself; ask another admin."))
    others = User.objects.filter(role=User.Role.ADMIN, is_active=True).exclude(pk=person.pk)
    if person.role == User.Role.ADMIN and not others.exists():
        raise ValidationError(_("This is the last admin; make somebody else one first."))


def activate(person: User) -> None:
    """Back again: with the old password, and without the tickets that were handed over."""
    User.objects.filter(pk=person.pk).update(is_active=True)
