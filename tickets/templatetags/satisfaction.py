"""{% rating_of ticket as rating %}, {{ score|dots }}, {% expected_of ticket as expected %}: on the pages of both sides."""

from __future__ import annotations

from typing import Any

from django import template

from tenants.moment import now
from tickets.models import Ticket
from tickets.satisfaction import expecting, ratings
from tickets.satisfaction.models import Expectation

register = template.Library()


@register.simple_tag(takes_context=True)
def rating_of(context: template.Context, ticket: Ticket) -> dict[str, Any] | None:
    """The rating that was asked for last, with the page on which its customer may give it. None: nobody was asked.

    While a ticket is open its timeline alone tells of earlier ones.
    """
    rating = None if ticket.is_unresolved else ratings.latest_of(ticket)
    if rating is None:
        return None
    at = context.get("at") or now()
    reader = context.get("reader")
    is_theirs = reader is not None and reader.pk == ticket.requester_id
    is_open = rating.is_open(at) and is_theirs
    if not is_open and rating.score is None and is_theirs:
        return None
    return {"row": rating, "path": ratings.path_of(rating, at) if is_open else ""}


@register.simple_tag
def expected_of(ticket: Ticket) -> Expectation | None:
    """By when we expect to solve it; None where nobody stated it, or the ticket has ended."""
    return expecting.current(ticket) if ticket.is_unresolved else None


@register.simple_tag
def continued_in(ticket: Ticket) -> list[int]:
    """Numbers of the tickets that continue this one (CH09)."""
    if ticket.is_unresolved:
        return []
    return list(ticket.followers.order_by("number").values_list("number", flat=True)[:5])


@register.filter
def dots(score: Any) -> str:
    """Four of five: ●●●●○. For eyes; the word stands beside it."""
    given = int(score or 0)
    return "●" * given + "○" * (5 - given)


@register.filter
def score_word(score: Any) -> str:
    return str(ratings.WORDS.get(int(score or 0), ""))
