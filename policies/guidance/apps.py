from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GuidanceConfig(AppConfig):
    name = "policies.guidance"
    label = "guidance"
    verbose_name = _("Guidance")
    default_auto_field = "django.db.models.BigAutoField"
