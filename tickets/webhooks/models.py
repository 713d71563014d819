"""Who is told what, where; and each telling, with what became of it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Subscription(models.Model):
    """An address of another system and the events that it wants. Its secrets lie encrypted."""

    name = models.CharField(_("name"), max_length=100, help_text=_("What receives it, for example “ERP”."))
    url = models.CharField(
        _("address"),
        max_length=2000,
        help_text=_("Receives a POST for every event, for example https://erp.example.com/helpdesk."),
    )
    events = models.JSONField(_("events"), default=list)
    secret = models.TextField(editable=False)
    old_secret = models.TextField(
        blank=True, editable=False
    )  # signs beside the new one until `old_secret_until`
    old_secret_until = models.DateTimeField(null=True, editable=False)
    is_active = models.BooleanField(_("switched on"), default=True)
    created_at = models.DateTimeField(_("made"), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    delivered_at = models.DateTimeField(_("last delivered"), null=True, editable=False)
    failing_since = models.DateTimeField(
        _("failing since"), null=True, editable=False
    )  # nothing arrived since
    failures = models.PositiveIntegerField(default=0, editable=False)  # since then
    rests_until = models.DateTimeField(null=True, editable=False)  # not called before
    switched_off_at = models.DateTimeField(_("switched off"), null=True, editable=False)
    switched_off_because = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("webhook"), _("webhooks")

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One event for one subscription. The event's id is the same over all tries and all subscriptions."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        DELIVERED = "delivered", _("delivered")
        PARKED = "parked", _("gave up")

    # Without a constraint: an event that is written while its subscription is deleted must not fail for it.
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="deliveries", db_constraint=False
    )
    event_id = models.UUIDField(_("event id"), default=uuid.uuid4)
    event = models.CharField(_("event"), max_length=40)
    about_id = models.BigIntegerField(null=True)  # the ticket; deliveries about it go in order
    payload = models.JSONField(_("payload"))  # as it was at the moment of the event
    is_test = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("happened"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    deaths = models.PositiveSmallIntegerField(default=0)  # tries that ended without a word
    due_at = models.DateTimeField(_("next try"))
    lease_until = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)  # the first failure: three days later it is given up
    tried_at = models.DateTimeField(_("last try"), null=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    status = models.PositiveSmallIntegerField(_("answer"), null=True)
    answer = models.TextField(_("answer's text"), blank=True)  # its first 2 kB
    milliseconds = models.PositiveIntegerField(_("took"), null=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("webhook delivery"), _("webhook deliveries")
        constraints = [
            models.UniqueConstraint(fields=["subscription", "event_id"], name="an_event_once_a_subscription")
        ]
        indexes = [
            models.Index(fields=["due_at"], name="webhooks_to_send", condition=models.Q(state="pending")),
            models.Index(
                fields=["subscription", "about_id", "id"],
                name="webhooks_in_order",
                condition=models.Q(state="pending"),
            ),
            models.Index(fields=["subscription", "-id"], name="webhooks_of_subscription"),
            models.Index(fields=["created_at"], name="webhooks_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.event_id}"
