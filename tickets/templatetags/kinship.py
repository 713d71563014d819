"""{% kinship_of ticket as kin %}: what it was merged or split with, and what of that can still be undone. One query."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Q

from tenants.moment import now
from tickets.lifecycle.merging import UNDO
from tickets.models import Ticket
from tickets.regrouping import Regrouping

register = template.Library()


@register.simple_tag(takes_context=True)
def kinship_of(context: template.Context, ticket: Ticket) -> list[dict[str, Any]]:
    """One entry for each: how it is related, the other's number and summary, and where it is undone ("" where it is too late)."""
    at = context.get("at") or now()
    rows = Regrouping.objects.filter(Q(source=ticket) | Q(target=ticket), undone_at=None)
    rows = rows.select_related("source", "target").only(
        "kind", "at", "source__number", "source__summary", "target__number", "target__summary"
    )
    return [_entry(row, ticket, at) for row in rows.order_by("id")]


def _entry(row: Regrouping, ticket: Ticket, at: Any) -> dict[str, Any]:
    is_source = row.source_id == ticket.pk
    other = row.target if is_source else row.source
    is_merge = row.kind == Regrouping.Kind.MERGE
    how = (
        ("merged_into" if is_source else "merged_in") if is_merge else ("split" if is_source else "split_off")
    )
    may_undo = at - row.at <= UNDO if is_merge else not is_source and ticket.is_unresolved
    undone = row.source.number if is_merge else row.target.number
    return {"how": how, "number": other.number, "summary": other.summary, "undo": undone if may_undo else ""}
