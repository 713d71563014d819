"""What is agreed about a ticket at all, read along with it, so that a ticket without agreements asks nothing more."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from tickets.agreements.models import DeveloperAccess, Meeting, Quote, TimeEntry
from tickets.models import Ticket

KINDS = {"quotes": Quote, "meetings": Meeting, "developers": DeveloperAccess, "entries": TimeEntry}


def with_kinds(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Tickets that know which of KINDS they have."""
    return tickets.annotate(
        **{
            f"has_{kind}": Exists(model.objects.filter(ticket=OuterRef("pk")))
            for kind, model in KINDS.items()
        }
    )


def kinds_of(ticket: Ticket) -> frozenset[str]:
    """Of KINDS: which there are. Asks only where the ticket was read without."""
    if not hasattr(ticket, "has_quotes"):
        ticket = with_kinds(Ticket.objects.filter(pk=ticket.pk).only("pk")).get()
    return frozenset(kind for kind in KINDS if getattr(ticket, f"has_{kind}"))
