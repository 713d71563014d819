"""Who may do what about quotes, meetings and hours. Read anew at each request: a link does not keep a right."""

from __future__ import annotations

from django.db.models import Q

from tenants.customers.models import Company, Membership
from tenants.people.models import User
from tickets.agreements.models import Quote
from tickets.models import Ticket

Role = User.Role
MANAGES = Q(is_manager=True, person__is_active=True, person__role=Role.CUSTOMER)  # a membership


def deciders(ticket: Ticket) -> list[User]:
    """Who answers a quote for the ticket's company: its managers; where it has named none, the requester."""
    if ticket.company_id is not None:
        if found := managers_of(ticket.company_id):
            return found
    return [ticket.requester] if belongs(ticket.requester, ticket) else []


def managers_of(company: int) -> list[User]:
    """Who manages the company, of its key, today."""
    memberships = Membership.objects.filter(MANAGES, company=company).select_related("person")
    return [each.person for each in memberships.order_by("person_id")]


def belongs(person: User, ticket: Ticket) -> bool:
    """Whether a customer still is of the company that the ticket is of."""
    if not person.is_active or person.is_agent:
        return False
    if ticket.company_id is None:
        return person.pk == ticket.requester_id
    return Membership.objects.filter(person=person, company=ticket.company_id).exists()


def may_answer(person: User, quote: Quote) -> bool:
    return person.pk in {each.pk for each in deciders(quote.ticket)}


def may_read(person: User, quote: Quote) -> bool:
    """Our side; of the customer's, who answers it, and whoever asked, as long as they are of the company."""
    if person.is_agent:
        return True
    asked = person.pk == quote.ticket.requester_id and belongs(person, quote.ticket)
    return asked or may_answer(person, quote)


def may_quote(person: User, company: Company | None) -> bool:
    """The company's account manager; supervisors and admins in their stead, and any account manager where it has none."""
    if person.role in (Role.SUPERVISOR, Role.ADMIN):
        return True
    manager = company.account_manager_id if company else None
    return person.pk == manager or (manager is None and person.role == Role.ACCOUNT_MANAGER)


def may_decide_meetings(person: User) -> bool:
    return person.role in (Role.SUPERVISOR, Role.ADMIN)


def is_manager(person: User) -> Company | None:
    """The company that this customer manages."""
    membership = (
        Membership.objects.select_related("company__account_manager")
        .filter(person=person, is_manager=True)
        .first()
    )
    return membership.company if membership else None
