"""What tickets were merged or split, with what undoing it needs: the clocks and states as they were (S10, S11).

Rows are kept. `current_of` and `locked_current` lead from a merged ticket to the one that it became a part of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from tickets.models import Ticket

CHAIN = 20  # tickets merged into tickets that were merged; far beyond what people do


class Regrouping(models.Model):
    """A merge of `source` into `target`, or the split of `target` off `source`.

    `before` for undoing: ids of the messages moved, states of clocks, the source's fields, the participants added.
    """

    class Kind(models.TextChoices):
        MERGE = "merge"
        SPLIT = "split"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    source = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="given")
    target = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="taken")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=models.Q(kind="merge", undone_at=None),
                name="a_ticket_is_merged_into_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.source_id} and {self.target_id}"


def current_of(ticket: Ticket) -> Ticket:
    """The ticket itself, or the one that it was merged into."""
    for _ in range(CHAIN):
        if ticket.merged_into_id is None:
            break
        ticket = type(ticket)._default_manager.get(pk=ticket.merged_into_id)
    return ticket
