"""visible_to(person): the only way to a ticket. What may not be seen answers 404, like what does not exist."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from tenants.compiled import Compiled, Given
from tenants.people.models import User
from tickets.agreements.standing import with_kinds
from tickets.models import Participant, Ticket

NEEDED = ("requester", "company", "owner", "team", "policy_version")


def visible_to(person: User) -> QuerySet[Ticket]:
    """Agents: every ticket of their tenant. Customers: their own, those they are in copy of, and those of their company
    where it lets its members see each other's tickets."""
    if not person.is_authenticated or not person.is_active:
        return Ticket.objects.none()
    if person.is_agent:
        return Ticket.objects.all()
    own = Q(requester=person) | Q(id__in=person_copies(person))
    membership = getattr(person, "membership", None)
    if membership is not None and membership.company.members_see_each_other:
        own |= Q(company=membership.company)
    return Ticket.objects.filter(own)


def person_copies(person: User) -> QuerySet[Ticket]:
    return Participant.objects.filter(person=person).values("ticket_id")


def ticket_or_404(person: User, number: int) -> Ticket:
    if person.is_authenticated and person.is_active and person.is_agent:
        ticket = NUMBERED.first(number=number)
    else:
        ticket = whole(visible_to(person)).filter(number=number).first()
    if ticket is None:
        raise Http404("There is no such ticket.")
    return ticket


def whole(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """With whom and what every page of a ticket names."""
    return with_kinds(tickets).select_related(*NEEDED).defer("policy_version__document")


NUMBERED = Compiled(lambda: whole(Ticket.objects.filter(number=Given("number"))))
