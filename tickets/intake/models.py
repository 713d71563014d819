"""Doors of a tenant, what came in through them, and whose contacts are not wanted."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.intake import sealing


class Door(models.Model):
    """One way in: a mailbox, a WhatsApp number, an SMS gateway. `kind` is a key of `doors.KINDS`.

    A contact through it counts as the policy's channel `channel`. What is secret is sealed in `secrets`; of the key in
    its web hook's address only the SHA-256 is kept.
    """

    kind = models.CharField(_("kind"), max_length=20)
    name = models.CharField(_("name"), max_length=100)
    address = models.CharField(_("our address"), max_length=320, blank=True)
    channel = models.CharField(_("counts as channel"), max_length=20)
    config = models.JSONField(default=dict, blank=True)
    secrets = models.TextField(blank=True, editable=False)
    hook_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    is_active = models.BooleanField(_("open"), default=True)
    polled_at = models.DateTimeField(_("last looked"), null=True, editable=False)
    last_error = models.TextField(_("last trouble"), blank=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("door"), _("doors")
        indexes = [models.Index(fields=["kind", "address"], name="doors_by_address")]

    def __str__(self) -> str:
        return self.name

    def keep_secrets(self, values: Mapping[str, Any]) -> None:
        """Seal all of the door's secrets anew; the caller saves."""
        text = json.dumps(dict(values)).encode()
        self.secrets = sealing.tenant_key("door").encrypt(text).decode()

    def read_secrets(self) -> dict[str, Any]:
        """`sealing.InvalidToken` where SECRET_KEY has changed since they were typed."""
        return json.loads(sealing.tenant_key("door").decrypt(self.secrets.encode())) if self.secrets else {}

    def secrets_left(self) -> dict[str, Any] | None:
        """None where they can be read no longer: they must be typed again."""
        try:
            return self.read_secrets()
        except sealing.InvalidToken:
            return None

    def new_hook_key(self) -> str:
        """A new key for the address of its web hook; shown this once. The caller saves."""
        key = secrets.token_urlsafe(24)
        self.hook_digest = digest_of(key)
        return key


class Inbound(models.Model):
    """One thing that came in, kept as it was until it is understood. `raw` is sealed under `raw_key`, a key of its own;
    both are destroyed when it was understood, and after 7 days when it was not."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("understood")
        PARKED = "parked", _("not understood")
        HELD = "held", _("held back")
        SPAM = "spam", _("unwanted")
        IGNORED = "ignored", _("needs nothing")

    door = models.ForeignKey(Door, verbose_name=_("door"), on_delete=models.PROTECT, related_name="inbound")
    external_id = models.CharField(max_length=200)
    received_at = models.DateTimeField(_("came in"))
    raw = models.BinaryField(null=True)
    raw_key = models.BinaryField(null=True)
    size = models.PositiveBigIntegerField(_("bytes"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.TextField(_("reason"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    let_through = models.BooleanField(default=False)  # an admin has said that it is wanted
    sender = models.CharField(_("sender"), max_length=320, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    ticket = models.ForeignKey("tickets.Ticket", null=True, on_delete=models.SET_NULL, related_name="+")
    message = models.ForeignKey("tickets.Message", null=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey("tickets.Contact", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = _("thing that came in"), _("what came in")
        constraints = [models.UniqueConstraint(fields=["door", "external_id"], name="stored_once_per_door")]
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="inbound_to_understand", condition=models.Q(state="waiting")
            ),
            models.Index(
                fields=["received_at"],
                name="inbound_to_forget",
                condition=models.Q(raw__isnull=False) & ~models.Q(state="waiting"),
            ),
            models.Index(fields=["state", "-id"], name="inbound_by_state"),
            models.Index(
                fields=["message"], name="inbound_by_message", condition=models.Q(message__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.external_id

    def read_raw(self) -> bytes:
        """As it came in. ValueError once it was destroyed."""
        if self.raw is None or self.raw_key is None:
            raise ValueError("It was destroyed: it had been understood, or had waited for more than 7 days.")
        return sealing.open_sealed(self.raw, self.raw_key)


class Correspondent(models.Model):
    """Somebody known by an address that is no e-mail address: which person writes from it."""

    kind = models.CharField(max_length=20)  # the kind of door: "whatsapp", "sms"
    address = models.CharField(max_length=320)  # a number as E.164
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="correspondents"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "address"], name="one_person_per_kind_and_address")
        ]

    def __str__(self) -> str:
        return f"{self.address} ({self.kind})"


class Heard(models.Model):
    """When somebody last wrote to a door: WhatsApp lets us write freely for 24 hours after it. Locked while a message of
    theirs is understood, so that two at once do not open two tickets."""

    door = models.ForeignKey(Door, on_delete=models.CASCADE, related_name="heard")
    address = models.CharField(max_length=320)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["door", "address"], name="heard_once_per_door")]

    def __str__(self) -> str:
        return f"{self.address} at {self.at}"


class Group(models.Model):
    """A messenger's group and the one company that is served in it (SL03)."""

    door = models.ForeignKey(Door, verbose_name=_("door"), on_delete=models.CASCADE, related_name="groups")
    group_id = models.CharField(
        _("group id"), max_length=200, help_text=_("As the provider names it in its messages.")
    )
    company = models.ForeignKey(
        "customers.Company", verbose_name=_("company"), on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(_("name"), max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("messenger group"), _("messenger groups")
        constraints = [models.UniqueConstraint(fields=["door", "group_id"], name="one_company_per_group")]

    def __str__(self) -> str:
        return self.name or self.group_id


class Sent(models.Model):
    """What a provider calls a message of ours: its receipts, and answers that quote it, name it so."""

    door = models.ForeignKey(Door, on_delete=models.CASCADE, related_name="sent")
    external_id = models.CharField(max_length=200)
    notice = models.ForeignKey("notifications.Notification", on_delete=models.CASCADE, related_name="+")
    part = models.PositiveSmallIntegerField(default=0)  # 0: the words; then each file

    class Meta:
        constraints = [models.UniqueConstraint(fields=["door", "external_id"], name="sent_once_per_door")]

    def __str__(self) -> str:
        return self.external_id


class BlockedSender(models.Model):
    """Whose contacts go to the box of unwanted ones: an address, a number, or a whole "@domain"."""

    address = models.CharField(
        _("address"),
        max_length=320,
        unique=True,
        help_text=_("An e-mail address, a telephone number such as +5511912345678, or @domain.example."),
    )
    because = models.CharField(_("why"), max_length=200, blank=True)
    blocked_at = models.DateTimeField(_("since"), editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("blocked sender"), _("blocked senders")

    def __str__(self) -> str:
        return self.address


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
