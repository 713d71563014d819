"""Making and removing a tenant: steps that a second run finishes; nothing half made is ever served."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, transaction
from django_tenants.utils import schema_exists

from tenants.models import Domain, Lease, Tenant, Wakeup

SLUG = re.compile(r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")
CHANGES = ("CREATE", "ALTER", "INSERT", "UPDATE", "DELETE", "COMMENT", "DROP")
_statements: list[tuple[str, Any]] = []
RESERVED = {"www", "public", "admin", "api", "static", "mail", "status"}


def create_tenant(slug: str, name: str, *, is_demo: bool = False) -> Tenant:
    """A tenant with its schema and host, not yet active: the caller fills it, then calls `activate`.

    Called again for an unfinished one it goes on; for an active one it raises ValidationError.
    """
    if not SLUG.match(slug) or slug in RESERVED:
        raise ValidationError(
            {"slug": f"“{slug}” cannot be a host name: use lower-case letters, digits and hyphens."}
        )
    tenant, _ = Tenant.objects.get_or_create(
        slug=slug, defaults={"name": name, "is_demo": is_demo, "schema_name": f"t_{secrets.token_hex(8)}"}
    )
    if tenant.status == Tenant.Status.ACTIVE:
        raise ValidationError({"slug": f"“{slug}” exists already."})
    Domain.objects.get_or_create(
        domain=f"{slug}.{settings.BASE_DOMAIN}", defaults={"tenant": tenant, "is_primary": True}
    )
    make_schema(tenant)
    return tenant


def make_schema(tenant: Tenant) -> None:
    """The tenant's tables: by the migrations, or, after the first new tenant of this process, by their statements again.

    Migrations take seconds a tenant, almost all of it spent on thinking; the statements they end in take a fraction of
    one. Only an empty schema is filled that way: one that was left half made is migrated.
    """
    if schema_exists(tenant.schema_name):
        _migrate(tenant)
    elif _statements:
        _replay(tenant)
    else:
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA "{tenant.schema_name}"')
        recorded: list[tuple[str, Any]] = []
        with connection.execute_wrapper(_recorder(recorded)):
            _migrate(tenant)
        _statements.extend(recorded)


def _migrate(tenant: Tenant) -> None:
    call_command("migrate_schemas", schema_name=tenant.schema_name, interactive=False, verbosity=0)
    connection.set_schema_to_public()


def _recorder(recorded: list[tuple[str, Any]]) -> Callable[..., Any]:
    def record(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if str(sql).lstrip().upper().startswith(CHANGES):
            recorded.append((str(sql), params))
        return execute(sql, params, many, context)

    return record


def _replay(tenant: Tenant) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA "{tenant.schema_name}"')
    connection.set_tenant(tenant)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for sql, params in _statements:
                cursor.execute(sql, params)
    finally:
        connection.set_schema_to_public()


def activate(tenant: Tenant) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(status=Tenant.Status.ACTIVE)
    tenant.status = Tenant.Status.ACTIVE


def suspend(tenant: Tenant) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(status=Tenant.Status.SUSPENDED)


def delete_tenant(tenant: Tenant) -> None:
    """Take a tenant away with everything it has. First nobody is served any more, then the data goes."""
    Tenant.objects.filter(pk=tenant.pk).update(status=Tenant.Status.DELETED)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA IF EXISTS "{tenant.schema_name}" CASCADE')
    shutil.rmtree(Path(settings.MEDIA_ROOT) / tenant.schema_name, ignore_errors=True)
    Wakeup.objects.filter(schema_name=tenant.schema_name).delete()
    Lease.objects.filter(schema_name__startswith=tenant.schema_name).delete()
    Domain.objects.filter(tenant_id=tenant.pk).delete()
    Tenant.objects.filter(pk=tenant.pk)._raw_delete("default")


def tenant_by_slug(slug: str) -> Tenant:
    """The active tenant of that slug; ValidationError naming the slug otherwise."""
    tenant = Tenant.objects.filter(slug=slug, status=Tenant.Status.ACTIVE).first()
    if tenant is None:
        raise ValidationError({"slug": f"There is no desk called “{slug}”."})
    return tenant
