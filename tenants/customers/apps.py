from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "tenants.customers"
    verbose_name = _("Companies and teams")
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"
