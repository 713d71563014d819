"""The trail: insert-only, each entry linked to the one before (reliability.md, 'Accounts and admin')."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """`id` counts without gaps, `previous` and `digest` link: the database sets all three when the row is written."""

    class Action(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        DELETED = "deleted", _("deleted")
        SIGNED_IN = "signed_in", _("signed in")
        SIGNED_OUT = "signed_out", _("signed out")
        CHOSE_PASSWORD = "chose_password", _("chose a password")
        PUBLISHED = "published", _("published")
        EXPORTED = "exported", _("exported")

    at = models.DateTimeField(_("at"))
    who = models.CharField(
        _("who"), max_length=254, blank=True
    )  # "": the system. Stays when the person goes.
    person_id = models.BigIntegerField(null=True)
    action = models.CharField(_("action"), max_length=20, choices=Action.choices)
    subject = models.CharField(_("what"), max_length=300, blank=True)
    detail = models.JSONField(_("detail"), default=dict)
    source = models.CharField(_("from address"), max_length=45, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("entry of the audit trail")
        verbose_name_plural = _("audit trail")
        indexes = [models.Index(fields=["person_id", "-id"], name="audit_of_a_person")]

    def __str__(self) -> str:
        return f"{self.id} {self.who} {self.action} {self.subject}".strip()
