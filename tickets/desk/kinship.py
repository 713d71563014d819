"""What a ticket was merged or split with, and what of that can still be undone, for its page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from tickets.lifecycle.unmerging import UNDO
from tickets.models import Ticket
from tickets.regrouping import Regrouping

TOLD_BY = {
    "merged",
    "merged_in",
    "split",
    "split_off",
}  # a ticket without such an event has nothing to look up


def of(ticket: Ticket, story: Iterable[dict[str, Any]], at: datetime) -> list[dict[str, Any]]:
    """One entry for each: how it is related, the other's number and summary, and where it is undone ("" where it is too late).

    One query, and none where its `story` tells of no such thing.
    """
    if TOLD_BY.isdisjoint(entry.get("kind", "") for entry in story):
        return []
    rows = Regrouping.objects.filter(Q(source=ticket) | Q(target=ticket), undone_at=None)
    rows = rows.select_related("source", "target").only(
        "kind", "at", "source__number", "source__summary", "target__number", "target__summary"
    )
    return [_entry(row, ticket, at) for row in rows.order_by("id")]


def _entry(row: Regrouping, ticket: Ticket, at: datetime) -> dict[str, Any]:
    is_source = row.source_id == ticket.pk
    other = row.target if is_source else row.source
    is_merge = row.kind == Regrouping.Kind.MERGE
    how = (
        ("merged_into" if is_source else "merged_in") if is_merge else ("split" if is_source else "split_off")
    )
    may_undo = at - row.at <= UNDO if is_merge else not is_source and ticket.is_unresolved
    undone = row.source.number if is_merge else row.target.number
    return {"how": how, "number": other.number, "summary": other.summary, "undo": undone if may_undo else ""}
