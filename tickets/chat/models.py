"""The desk's chat settings, its running and past chats, and how fast they were answered of late."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ChatSettings(models.Model):
    """Who may chat, from which sites, and with which words they are met: one row, off until an admin says otherwise."""

    class Audience(models.TextChoices):
        EVERYBODY = "everybody", _("every customer")
        CHOSEN = "chosen", _("customers for whom it is enabled: by plan or by company")

    id = models.SmallIntegerField(primary_key=True, default=1)
    is_on = models.BooleanField(_("chat is on"), default=False)
    audience = models.CharField(
        _("who may chat"), max_length=10, choices=Audience.choices, default=Audience.EVERYBODY
    )
    plans = models.JSONField(_("enabled for these plans"), default=list, blank=True)
    companies = models.ManyToManyField(
        "customers.Company", verbose_name=_("enabled for these companies"), blank=True, related_name="+"
    )
    visitors = models.BooleanField(_("visitors who give their name and e-mail"), default=False)
    sites = models.TextField(_("sites that may show the chat"), blank=True)  # origins, one a line
    greeting = models.JSONField(_("greeting"), default=dict, blank=True)
    pointer = models.JSONField(_("for those who may not chat"), default=dict, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("chat settings"), _("chat settings")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_chat_settings_row")]

    def __str__(self) -> str:
        return str(_("Chat"))


class Chat(models.Model):
    """A live conversation and its ticket. Whoever holds the token goes on with it; only the token's hash is here."""

    ticket = models.OneToOneField("tickets.Ticket", on_delete=models.CASCADE, related_name="chat")
    secret_hash = models.CharField(max_length=64, unique=True)
    is_visitor = models.BooleanField(default=False)  # not signed in: who they are is what they say
    given_address = models.EmailField(blank=True)  # the e-mail address that a visitor gave
    opened_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)  # the first message of a person of ours
    waiting_since = models.DateTimeField(null=True)  # the customer's oldest unanswered message
    ended_at = models.DateTimeField(null=True)
    is_left = models.BooleanField(default=False)  # ended by the customer: the token is worth nothing any more

    # Who is there now; ephemeral, each written at most every few seconds.
    seen_id = models.BigIntegerField(default=0)  # the last message that the widget has shown
    customer_seen_at = models.DateTimeField(null=True)
    customer_typing_at = models.DateTimeField(null=True)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    agent_seen_at = models.DateTimeField(null=True)
    agent_typing_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("chat"), _("chats")
        indexes = [
            models.Index(
                fields=["waiting_since", "id"], name="running_chats", condition=models.Q(ended_at=None)
            ),
            models.Index(
                fields=["-answered_at"], name="answered_chats", condition=models.Q(answered_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"chat of ticket {self.ticket_id}"


class Pace(models.Model):
    """How long customers waited for the first answer of late (`pace.measure`): one row, absent until it was measured."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seconds = models.PositiveIntegerField()  # the median
    samples = models.PositiveIntegerField()
    measured_at = models.DateTimeField()
    valid_until = models.DateTimeField()  # from then on too few of the samples are fresh

    def __str__(self) -> str:
        return f"{self.seconds} s over {self.samples} chats"
