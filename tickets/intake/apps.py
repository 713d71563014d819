from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "tickets.intake"
    label = "intake"
    verbose_name = _("Doors")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Channels send from doors, which they do not know: they ask here."""
        from notifications.channels import accounts
        from tickets.intake.accounts import account_of

        accounts.use(account_of)
