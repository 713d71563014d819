"""`manage.py audit [--tenant SLUG]`: follow every tenant's chain of audit entries. Exit status 1 where one is broken."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from tenants.audit import trail
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Check that no entry of the audit trail was changed or taken out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", help="the slug of one desk; without it, all")

    def handle(self, *args: Any, tenant: str | None, **options: Any) -> None:
        connection.set_schema_to_public()
        known = Tenant.objects.filter(status=Tenant.Status.ACTIVE).order_by("slug")
        chosen = list(known.filter(slug=tenant) if tenant else known)
        if tenant and not chosen:
            raise CommandError(f"There is no active desk {tenant!r}.")
        broken = [each.slug for each in chosen if not self.holds(each)]
        connection.set_schema_to_public()
        if broken:
            raise CommandError(f"The audit trail is broken: {', '.join(broken)}.")

    def holds(self, tenant: Tenant) -> bool:
        connection.set_schema_to_public()
        connection.set_tenant(tenant)
        broken = trail.broken_at()
        number, digest = trail.last()
        if broken is not None:
            self.stdout.write(f"{tenant.slug}: broken at entry {broken} of {number}")
            return False
        self.stdout.write(f"{tenant.slug}: {number} entries, unbroken; the last is {digest or '-'}")
        return True
