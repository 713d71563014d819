"""Keys of integrations: each acts as a person of this tenant. Random; only the digest is kept, the key is shown once."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from tickets.api.scopes import SCOPES

WRITTEN = re.compile(r"hd_([0-9a-f]{12})_([A-Za-z0-9_-]{20,100})")
NOTED_EVERY = timedelta(minutes=1)


class ApiKey(models.Model):
    """`hd_<prefix>_<secret>`. The prefix finds the row, the SHA-256 of the whole decides."""

    name = models.CharField(_("name"), max_length=100, help_text=_("What uses it, for example “ERP”."))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("acts as"),
        on_delete=models.CASCADE,
        related_name="api_keys",
        help_text=_("The key may do and see what this person may."),
    )
    scopes = models.JSONField(
        _("may be used for"), default=list, help_text=_("Give it no more than what uses it needs.")
    )
    prefix = models.CharField(_("begins with"), max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("made"), editable=False)
    expires_at = models.DateTimeField(
        _("works until"), null=True, blank=True, help_text=_("Empty: until it is revoked.")
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} (hd_{self.prefix}_…)"

    def allows(self, scope: str) -> bool:
        """Whether it was made for this; "" is what every key may do."""
        return not scope or scope in self.scopes

    def works(self, at: datetime) -> bool:
        expired = self.expires_at is not None and self.expires_at <= at
        return self.revoked_at is None and not expired and self.person.is_active


def issue(key: ApiKey, at: datetime) -> str:
    """Give an unsaved key its secret, save it, and return what its owner must write down: it cannot be read again."""
    key.scopes = [scope for scope in SCOPES if scope in key.scopes]
    key.prefix, key.created_at = secrets.token_hex(6), at
    written = f"hd_{key.prefix}_{secrets.token_urlsafe(32)}"
    key.digest = digest_of(written)
    key.save()
    return written


def find(written: str, at: datetime) -> ApiKey | None:
    """The key that `written` is, while it works; None for anything else, without saying what was wrong."""
    match = WRITTEN.fullmatch(written)
    if match is None:
        return None
    key = ApiKey.objects.select_related("person").filter(prefix=match[1]).first()
    if key is None or not constant_time_compare(key.digest, digest_of(written)) or not key.works(at):
        return None
    return key


def note_use(key: ApiKey, at: datetime) -> None:
    """When it was last used, to the minute, so that a busy integration does not write at every request."""
    if key.last_used_at is None or at - key.last_used_at >= NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)


def revoke(keys: models.QuerySet[ApiKey], at: datetime) -> int:
    """From now on they are worth nothing. How many of them were worth something until now."""
    return keys.filter(revoked_at=None).update(revoked_at=at)


def digest_of(written: str) -> str:
    return hashlib.sha256(written.encode()).hexdigest()
