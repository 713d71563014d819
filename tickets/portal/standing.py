"""Where a ticket stands, for its customer: what happens next, by when and why, and what they can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from policies import publishing
from policies.document import Policy
from sla import deadlines
from sla.models import Clock
from tickets import explaining
from tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Standing:
    """`kind` names the sentence: missing, out_of_scope, late, at_once, promised, working, waiting, on_hold, resolved,
    closed, merged."""

    kind: str
    metric: str = ""
    due_at: datetime | None = None
    tz: str = ""
    why: Sequence[str] = ()
    closes_at: datetime | None = None  # by itself, if the customer stays silent
    reopen_until: datetime | None = None
    may_reopen: bool = False
    may_close: bool = False

    @property
    def is_history(self) -> bool:
        """Ended, and too long ago to go on: it continues in a linked new ticket (CH09)."""
        return self.kind in ("resolved", "closed") and not self.may_reopen


def standing_of(ticket: Ticket, at: datetime) -> Standing:
    """A few queries, whatever the ticket went through."""
    policy = publishing.policy_of(ticket.policy_version)
    if ticket.status in (Ticket.Status.RESOLVED, Ticket.Status.CLOSED):
        return _ended(ticket, policy, at)
    may_close = policy.customer_may_close
    if ticket.missing:
        return Standing("missing", may_close=may_close)
    if ticket.status == Ticket.Status.PENDING:
        return Standing("waiting", closes_at=_closes_at(ticket), may_close=may_close)
    if ticket.status == Ticket.Status.ON_HOLD and ticket.clock_state in ("", "paused"):
        return Standing("on_hold", may_close=may_close)
    if ticket.outcome != "in_scope" and not ticket.overruled_because:
        return Standing("out_of_scope", may_close=may_close)
    if ticket.due_at is None:
        return Standing("working", may_close=may_close)
    return _promised(ticket, at, may_close)


def _promised(ticket: Ticket, at: datetime, may_close: bool) -> Standing:
    reasons = explaining.why_all(ticket, at, get_language() or "en", long=False)
    nearest = [r for r in reasons if r["metric"] == ticket.due_metric and r["due_at"] == ticket.due_at]
    missed_at = (nearest[0]["breach_at"] if nearest else None) or ticket.due_at
    kind = "promised"
    if (
        ticket.due_at and at >= ticket.due_at
    ):  # within the grace of what was promised at once nobody is late yet (R9)
        kind = "late" if at > missed_at else "at_once"
    return Standing(
        kind,
        metric=ticket.due_metric,
        due_at=ticket.due_at,
        tz=nearest[0]["tz"] if nearest else "",
        why=nearest[0]["sentences"] if nearest else (),
        may_close=may_close,
    )


def _ended(ticket: Ticket, policy: Policy, at: datetime) -> Standing:
    if ticket.merged_into_id is not None:
        return Standing("merged", may_reopen=False)
    ended = ticket.closed_at or ticket.resolved_at or ticket.updated_at
    within = policy.reopen_within
    may_reopen = within is None or at - ended <= within
    return Standing(
        "resolved" if ticket.status == Ticket.Status.RESOLVED else "closed",
        reopen_until=None if within is None else ended + within,
        may_reopen=may_reopen,
        may_close=policy.customer_may_close and ticket.status == Ticket.Status.RESOLVED,
        closes_at=_closes_at(ticket) if ticket.status == Ticket.Status.RESOLVED else None,
    )


def _closes_at(ticket: Ticket) -> datetime | None:
    silence = Clock.objects.filter(subject_id=ticket.pk, metric="silence", status=Clock.Status.RUNNING)
    last = silence.order_by("-id").first()
    return (deadlines.closes_later(last) or last.due_at) if last else None
