"""Ratings, one a resolution, and expected times, one open at a time. Facts for reports stand beside each."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

EDITABLE = timedelta(days=14)  # counted from the resolution; afterwards a rating is read-only


class Rating(models.Model):
    """Asked at a resolution, given later or never. `agent` and `team` are those of that moment."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="ratings")
    resolution = models.PositiveSmallIntegerField()  # 1 for the ticket's first one
    asked_at = models.DateTimeField()
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    team = models.ForeignKey("customers.Team", null=True, on_delete=models.SET_NULL, related_name="+")
    score = models.PositiveSmallIntegerField(null=True)  # 1 very bad .. 5 very good
    comment = models.TextField(blank=True)
    rated_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "resolution"], name="asked_once_per_resolution"),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__gte=1, score__lte=5),
                name="score_from_1_to_5",
            ),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True, rated_at__isnull=True)
                | models.Q(score__isnull=False, rated_at__isnull=False),
                name="rated_exactly_when_it_has_a_score",
            ),
        ]
        indexes = [
            models.Index(
                fields=["rated_at"], name="ratings_by_moment", condition=models.Q(rated_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.score or '-'} of 5 for {self.ticket_id}"

    @property
    def open_until(self) -> datetime:
        return self.asked_at + EDITABLE

    def is_open(self, at: datetime) -> bool:
        return at < self.open_until


class Expectation(models.Model):
    """By when we expect to solve a ticket, as an agent stated it. What was stated before stays as history."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="expectations")
    expected_at = models.DateTimeField()
    because = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # another one took its place, or the ticket ended

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                name="one_expected_time_per_ticket",
                condition=models.Q(ended_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} by {self.expected_at}"
