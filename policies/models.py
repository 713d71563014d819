"""The published versions (immutable, numbered) and the admin's editable draft (its tables: `draft_tables`)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from policies.draft_tables import (
    AttachmentRule,
    Budget,
    Calendar,
    Channel,
    ClockRule,
    ClosingRule,
    Emergency,
    EscalationStep,
    General,
    Holiday,
    OpeningHours,
    Plan,
    PolicyTeam,
    Priority,
    ScopeRule,
    Target,
    Topic,
    TopicField,
)

__all__ = [
    "AttachmentRule",
    "Budget",
    "Calendar",
    "Channel",
    "ClockRule",
    "ClosingRule",
    "DraftState",
    "Emergency",
    "EscalationStep",
    "General",
    "Holiday",
    "OpeningHours",
    "Plan",
    "PolicyTeam",
    "PolicyVersion",
    "Priority",
    "ScopeRule",
    "Target",
    "Topic",
    "TopicField",
]


class PolicyVersion(models.Model):
    """A policy as it was published. In force at a moment: the highest number whose `effective_from` is not later."""

    number = models.PositiveIntegerField(unique=True)
    document = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    effective_from = models.DateTimeField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    adopts_open = models.BooleanField(default=False)  # "open tickets too"; else new tickets only
    in_force_at = models.DateTimeField(null=True)  # when the job that puts it into force ran
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        indexes = [models.Index(fields=["-effective_from", "-number"], name="version_in_force")]

    def __str__(self) -> str:
        return f"version {self.number}"


class DraftState(models.Model):
    """One row. `revision` grows with every change of the draft: only the revision that was shown can be published."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    revision = models.PositiveIntegerField(default=0)
    touched_at = models.DateTimeField(null=True)
    touched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_draft_per_tenant")]

    def __str__(self) -> str:
        return f"revision {self.revision}"
