"""Notices as rows: one per person, channel and cause. A retry is recognisable by its Message-ID."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Notification(models.Model):
    """One notice to one recipient over one channel. `key` makes a repeated cause harmless."""

    class State(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"
        PARKED = "parked"  # gave up after many attempts, visible to the admin
        DROPPED = "dropped"  # lost its sense before it could be sent (C10)

    class Channel(models.TextChoices):
        EMAIL = "email"
        IN_APP = "in_app"
        WHATSAPP = "whatsapp"
        SMS = "sms"

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)  # the template's key, e.g. "ticket_opened"
    channel = models.CharField(max_length=10, choices=Channel.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    address = models.CharField(max_length=320, blank=True)
    language = models.CharField(max_length=10)
    words = models.JSONField(default=dict)  # the values of the template's placeholders
    # name -> {"path"} or {"purpose", "row", "path", "days"}: signed when rendered, never stored signed
    links = models.JSONField(default=dict)
    about_id = models.BigIntegerField(null=True)  # what the caller will recognise when it is delivered
    part_id = models.BigIntegerField(null=True)  # and which part of it: the message that this notice brings
    message_id = models.CharField(max_length=200, blank=True)  # made here; the same in every attempt
    provider_id = models.CharField(
        max_length=200, blank=True
    )  # what took it calls it, once it was handed over
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)  # when whoever asked for the delivery had acted on it
    read_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="notices_to_send", condition=models.Q(state="pending")),
            models.Index(
                fields=["person", "-id"], name="notices_in_app", condition=models.Q(channel="in_app")
            ),
            models.Index(
                fields=["person"], name="notices_unread", condition=models.Q(channel="in_app", read_at=None)
            ),
            models.Index(fields=["about_id", "address"], name="notices_by_subject"),
            models.Index(
                fields=["message_id"], name="notices_by_message_id", condition=~models.Q(message_id="")
            ),
            models.Index(
                fields=["provider_id"], name="notices_by_provider_id", condition=~models.Q(provider_id="")
            ),
            models.Index(
                fields=["sent_at"],
                name="notices_to_settle",
                condition=models.Q(state="sent", settled_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.address or self.person} by {self.channel}"


class Template(models.Model):
    """A tenant's own text for a notice. Placeholders are allow-listed words in braces, never a template language."""

    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    body = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "language"], name="one_text_per_notice_and_language")
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"
