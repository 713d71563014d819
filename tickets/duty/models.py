"""Rotas and what departs from them; emergencies, whom they alerted and who took them; calendars of customers."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL
# The years that forms take, in whatever zone they are written.
EARLIEST, LATEST = datetime(1999, 12, 31, tzinfo=UTC), datetime(2101, 1, 2, tzinfo=UTC)


class Rota(models.Model):
    """A weekly pattern of duty of a team, with people who take turns. A team may have several; their people add up."""

    team = models.ForeignKey(
        "customers.Team", verbose_name=_("team"), on_delete=models.CASCADE, related_name="rotas"
    )
    name = models.CharField(_("name"), max_length=100)
    timezone = models.CharField(_("time zone"), max_length=50, default="America/Sao_Paulo")
    weekly = models.JSONField(_("hours of duty"), default=dict)  # {"mon": [["18:00", "24:00"]], ...}
    first_on = models.DateField(_("first day of the first turn"))
    turn_days = models.PositiveSmallIntegerField(
        _("days of a turn"), default=7, validators=[MinValueValidator(1), MaxValueValidator(366)]
    )
    hands_over_at = models.TimeField(_("handed over at"), default=time(8))
    at_once = models.PositiveSmallIntegerField(
        _("on duty at once"), default=1, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("rota"), _("rotas")
        ordering = ["team__name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(turn_days__gte=1, at_once__gte=1), name="turns_have_days_and_people"
            )
        ]

    def __str__(self) -> str:
        return self.name


class RotaPlace(models.Model):
    """Somebody's place in the order of turns."""

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="places")
    person = models.ForeignKey(PERSON, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("person in turn"), _("people in turn")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["rota", "person"], name="one_place_in_a_rota")]

    def __str__(self) -> str:
        return str(self.person)


class DutyChange(models.Model):
    """What departs from the rotas of a team for some time. They apply in the order in which they were entered."""

    class Kind(models.TextChoices):
        INSTEAD = "instead", _("somebody stands in")
        ABSENT = "absent", _("absent, nobody stands in")
        EXTRA = "extra", _("on duty besides")

    team = models.ForeignKey(
        "customers.Team", verbose_name=_("team"), on_delete=models.CASCADE, related_name="duty_changes"
    )
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices, default=Kind.INSTEAD)
    person = models.ForeignKey(PERSON, verbose_name=_("who"), on_delete=models.CASCADE, related_name="+")
    instead = models.ForeignKey(
        PERSON, verbose_name=_("stands in"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    because = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = _("change of duty"), _("changes of duty")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="duty_change_ends_after_its_start"
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__gte=EARLIEST, ends_at__lt=LATEST),
                name="duty_change_of_our_times",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="instead", instead__isnull=False)
                | (~models.Q(kind="instead") & models.Q(instead__isnull=True)),
                name="somebody_stands_in_exactly_when_said",
            ),
        ]
        indexes = [models.Index(fields=["team", "ends_at"], name="duty_changes_of_team")]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind}"


class Emergency(models.Model):
    """A ticket that is an emergency, from when it was said to be one. `alarm_at`: when people are alerted, the next time.

    Who took it is written once, behind the ticket's lock.
    """

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="emergencies")
    conditions = models.JSONField(default=list)  # keys of the policy's checklist
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    because = models.CharField(max_length=500, blank=True)
    alarm_at = models.DateTimeField(null=True)
    round = models.PositiveIntegerField(default=0)  # how often people were alerted
    alerted_at = models.DateTimeField(null=True)  # the first time
    claimed_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=20, blank=True)  # withdrawn, resolved, again
    attempts = models.PositiveSmallIntegerField(default=0)
    parked_because = models.TextField(blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("emergency"), _("emergencies")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                name="one_open_emergency_per_ticket",
                condition=models.Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(alarm_at__isnull=True) | models.Q(claimed_at__isnull=True, ended_at__isnull=True),
                name="alerts_only_while_nobody_has_it",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["alarm_at"], name="emergencies_to_alert", condition=models.Q(alarm_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"emergency of {self.ticket_id}"


class Alert(models.Model):
    """One person alerted, once a round; their link says which of us presses the button."""

    emergency = models.ForeignKey(Emergency, on_delete=models.CASCADE, related_name="alerts")
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+")
    round = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["emergency", "person", "round"], name="alerted_once_in_a_round"
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person_id} of {self.emergency_id}"


class Feed(models.Model):
    """A company's calendar by its address, or (none) what was uploaded for it. Its events are event windows (SL02)."""

    company = models.ForeignKey(
        "customers.Company", verbose_name=_("company"), on_delete=models.CASCADE, related_name="feeds"
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("what its events are"), max_length=20, default="auction")
    url = models.CharField(_("address"), max_length=2000, blank=True)
    timezone = models.CharField(_("zone of times that name none"), max_length=50, blank=True)
    every = models.DurationField(_("looked at every"), default=timedelta(minutes=15))
    is_active = models.BooleanField(_("active"), default=True)
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    polled_at = models.DateTimeField(_("looked at"), null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)  # the last time that it could be
    failures = models.PositiveIntegerField(default=0)  # in a row
    last_error = models.TextField(_("last trouble"), blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # when the admins heard of it

    class Meta:
        verbose_name, verbose_name_plural = _("calendar feed"), _("calendar feeds")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind"], name="one_feed_for_uploads", condition=models.Q(url="")
            )
        ]
        indexes = [
            models.Index(fields=["next_at"], name="feeds_to_poll", condition=models.Q(next_at__isnull=False))
        ]

    def __str__(self) -> str:
        return self.name


class FeedEvent(models.Model):
    """One event as the feed said it last; its window. What staff did to the window stays until the feed says something new."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="events")
    key = models.CharField(max_length=64)  # digest of UID and recurrence
    name = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    window = models.OneToOneField(
        "sla.EventWindow", null=True, on_delete=models.SET_NULL, related_name="feed_event"
    )
    gone_at = models.DateTimeField(null=True)  # cancelled, or no longer in the feed

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "key"], name="one_event_per_key_and_feed")]

    def __str__(self) -> str:
        return self.name or self.key
