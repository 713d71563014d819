"""Notices as rows: one per person, channel and cause. A retry is recognisable by its Message-ID.

Beside them what became of each (Delivery), who gets no mail (Suppression), and how mail leaves (MailAccount).
"""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Notification(models.Model):
    """One notice to one recipient over one channel. `key` makes a repeated cause harmless."""

    class State(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"
        PARKED = "parked"  # gave up after many attempts, visible to the admin
        DROPPED = "dropped"  # lost its sense before it could be sent (C10)

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        IN_APP = "in_app", _("in the app")
        WHATSAPP = "whatsapp", "WhatsApp"
        SMS = "sms", "SMS"

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
        verbose_name, verbose_name_plural = _("notice"), _("notices")
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="notices_to_send", condition=models.Q(state="pending")
            ),
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


class Delivery(models.Model):
    """What became of a notice after it was handed over, as a server or a provider reported it. Rows are only added."""

    class What(models.TextChoices):
        SENT = "sent"
        DELIVERED = "delivered"
        DEFERRED = "deferred"  # the other side tries on
        BOUNCED = "bounced"
        COMPLAINED = "complained"
        REJECTED = "rejected"  # never left the house, or was not let in, by somebody's rule

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="deliveries")
    what = models.CharField(max_length=10, choices=What.choices)
    at = models.DateTimeField()
    address = models.CharField(max_length=320, blank=True)
    detail = models.TextField(blank=True)
    event_id = models.CharField(max_length=200, unique=True)  # a report that is repeated is one row
    settled_at = models.DateTimeField(null=True)  # when whoever asked for the notice had acted on it
    attempts = models.PositiveSmallIntegerField(default=0)  # to act on it, that failed
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], name="deliveries_to_settle", condition=models.Q(settled_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.notification_id}"


class Suppression(models.Model):
    """An address that gets no mail any more, until somebody allows it again."""

    class Reason(models.TextChoices):
        HARD_BOUNCE = "hard_bounce", _("the mailbox does not exist")
        COMPLAINT = "complaint", _("its owner reported a mail as spam")
        MANUAL = "manual", _("entered by hand")

    address = models.EmailField(_("address"), max_length=320, unique=True)  # in lower case
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices, default=Reason.MANUAL)
    since = models.DateTimeField(_("since"))
    detail = models.TextField(_("what was said"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("address without mail"), _("addresses without mail")

    def __str__(self) -> str:
        return self.address


class MailAccount(models.Model):
    """How this tenant's mail leaves: one row, or none for the installation's own server."""

    class Security(models.TextChoices):
        STARTTLS = "starttls", _("STARTTLS (usually port 587)")
        TLS = "tls", _("TLS from the first byte (usually port 465)")
        NONE = "none", _("none")

    id = models.SmallIntegerField(primary_key=True, default=1)
    way = models.CharField(_("way"), max_length=20, blank=True)  # a key of `notifications.accounts.WAYS`
    host = models.CharField(_("server"), max_length=255, blank=True)
    port = models.PositiveIntegerField(
        _("port"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    security = models.CharField(
        _("encryption"), max_length=10, choices=Security.choices, default=Security.STARTTLS
    )
    username = models.CharField(_("user name"), max_length=255, blank=True)
    connections = models.PositiveSmallIntegerField(
        _("connections at a time"), default=5, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    options = models.JSONField(default=dict)  # what a provider needs and everybody may know
    secrets = models.TextField(blank=True)  # sealed: `notifications.accounts.secrets_of`
    hook_digest = models.CharField(
        max_length=64, blank=True
    )  # SHA-256 of the key in the address of our web hook
    checked_at = models.DateTimeField(null=True)
    checked_said = models.TextField(blank=True)  # what the server answered to the last test mail

    class Meta:
        verbose_name, verbose_name_plural = _("mail server"), _("mail server")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_mail_account_per_tenant")]

    def __str__(self) -> str:
        return str(_("How mail leaves"))
