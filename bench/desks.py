"""Tenants to measure in: made once a run, by the same steps as any desk."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.db import connection

from bench import filling
from policies.packs import load_pack
from tenants.models import Tenant
from tenants.moment import now
from tickets.desks import create_desk


def prepare() -> None:
    call_command("migrate_schemas", shared=True, verbosity=0, skip_checks=True)
    connection.set_schema_to_public()


def desk(slug: str, pack: str = "z-pro") -> Tenant:
    """A desk of that name in the connection, with agents and companies; the connection is its own afterwards."""
    connection.set_schema_to_public()
    tenant = Tenant.objects.filter(slug=slug).first()
    is_new = tenant is None
    if tenant is None:
        at = now()
        tenant = create_desk(
            slug,
            name=slug,
            policy=load_pack(pack),
            admin="admin@example.com",
            at=at,
            effective_from=at - timedelta(days=400),
        )
    connection.set_tenant(tenant)
    if is_new:
        filling.people()
    return tenant
