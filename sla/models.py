"""Clocks as rows. The truth is `Clock.state` (what was promised, when it ran, what paused it); the moments are its caches.

A clock belongs to a `subject` that this package does not know (a ticket's id).
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Calendar(models.Model):
    """One version of one calendar, immutable. In force at a moment is the last whose `effective_from` is not later (R16)."""

    key = models.CharField(max_length=60)
    effective_from = models.DateTimeField()
    fingerprint = models.CharField(max_length=64)
    document = models.JSONField()  # for BusinessHours.from_dict
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "effective_from"], name="one_calendar_version_per_moment")
        ]

    def __str__(self) -> str:
        return f"{self.key} from {self.effective_from:%Y-%m-%d %H:%M}"


class Clock(models.Model):
    """One promise of one subject. `instance` counts repeated ones (each unanswered customer message starts a next response)."""

    class Status(models.TextChoices):
        RUNNING = "running"
        PAUSED = "paused"
        FULFILLED = "fulfilled"  # met or breached is told by `fulfilled_at <= breach_at`
        ENDED = "ended"  # without a verdict: merged, replaced, void

    subject_id = models.BigIntegerField()
    metric = models.CharField(max_length=20)
    instance = models.PositiveIntegerField(default=1)
    situation = models.CharField(
        max_length=20, blank=True
    )  # R18: runs beside the ordinary clock of its metric
    target_key = models.CharField(max_length=80, blank=True)
    calendar_key = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    started_at = models.DateTimeField()
    fulfilled_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    breach_at = models.DateTimeField(null=True)
    alarm_at = models.DateTimeField(null=True)  # the next moment of interest
    alarm_kind = models.CharField(
        max_length=200, blank=True
    )  # "warning:N", "breach", "step:KEY", "reminder:N", "close"
    rung_at = models.DateTimeField(null=True)  # the moment of the last alarm that was dealt with
    steps_done = models.JSONField(default=list)  # kinds of the alarms already dealt with
    agenda = models.JSONField(
        default=list
    )  # further alarms: [moment, kind], e.g. escalation steps, reminders, a close
    breached_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # of the present alarm; parked after three
    parked_because = models.TextField(blank=True)
    state = models.JSONField()  # sla.clock.Clock.to_state()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "metric", "situation", "instance"],
                name="one_clock_per_metric_and_instance",
            ),
            models.CheckConstraint(
                condition=models.Q(alarm_at__isnull=True) | models.Q(status="running"),
                name="alarm_only_while_running",
            ),
        ]
        indexes = [
            models.Index(
                fields=["alarm_at"], name="clock_alarms", condition=models.Q(alarm_at__isnull=False)
            ),
            models.Index(
                fields=["calendar_key"],
                name="open_clocks_by_calendar",
                condition=models.Q(status__in=["running", "paused"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} of {self.subject_id}: {self.status}, due {self.due_at}"


class EventWindow(models.Model):
    """A time in which a situation holds for a company, e.g. its auction runs (SL02). The company is an opaque key here."""

    company_key = models.UUIDField()
    kind = models.CharField(max_length=20, default="auction")
    name = models.CharField(_("name"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    cancelled_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, editable=False)  # when the open tickets were re-timed
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("event window"), _("event windows")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="window_ends_after_its_start"
            )
        ]
        indexes = [
            models.Index(fields=["company_key", "starts_at"], name="windows_of_company"),
            models.Index(
                fields=["starts_at"], name="windows_to_enact", condition=models.Q(closed_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_at:%Y-%m-%d %H:%M} to {self.ends_at:%Y-%m-%d %H:%M}"


class Breach(models.Model):
    """The ledger: each breach once, dated at its true moment (S13). Rows are only added; what is taken out again is a breach
    that came of a merge alone, when that is undone (S10)."""

    clock = models.OneToOneField(Clock, on_delete=models.PROTECT, related_name="breach")
    subject_id = models.BigIntegerField()
    metric = models.CharField(max_length=20)
    due_at = models.DateTimeField()
    breached_at = models.DateTimeField()  # the moment by the policy
    detected_at = models.DateTimeField()  # when the sweep noticed
    by_change = models.BooleanField(default=False)  # the target moved, not the work (S12)

    class Meta:
        verbose_name_plural = "breaches"
        indexes = [models.Index(fields=["breached_at"], name="breaches_by_moment")]

    def __str__(self) -> str:
        return f"{self.metric} of {self.subject_id} at {self.breached_at}"
