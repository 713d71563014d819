"""`manage.py delete_demo`: take the demo desks away, with everything in them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tenants.models import Tenant
from tenants.provisioning import delete_tenant


class Command(BaseCommand):
    help = "Delete every demo desk and all of its data."

    def handle(self, *args: Any, **options: Any) -> None:
        for tenant in Tenant.objects.filter(is_demo=True).order_by("pk"):
            delete_tenant(tenant)
            self.stdout.write(f"{tenant.slug} is gone.")
