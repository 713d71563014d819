from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CannedConfig(AppConfig):
    name = "tickets.canned"
    label = "canned"
    verbose_name = _("Canned answers")
    default_auto_field = "django.db.models.BigAutoField"
