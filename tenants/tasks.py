"""Tasks that carry their tenant, and the tick that wakes those with something due.

Redis and Celery only wake workers: a lost message costs until the next tick or sweep, never data.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from celery import Task, current_app
from django.db import connection

from tenants.models import Tenant

log = logging.getLogger(__name__)


class TenantRefused(Exception):
    """A task came without a tenant, or for one that is unknown or not active."""


class TenantTask(Task):
    """Runs in the schema given as its keyword argument `schema`, and refuses to run without an active one."""

    abstract = True

    def __call__(self, *args: Any, schema: str = "", **kwargs: Any) -> Any:
        with active_tenant(schema):
            return self.run(*args, **kwargs)


@contextmanager
def active_tenant(schema: str) -> Iterator[Tenant]:
    """The connection belongs to this tenant inside the block, and to nobody after it."""
    if not schema:
        raise TenantRefused("no tenant was given")
    connection.set_schema_to_public()
    try:
        tenant = Tenant.objects.filter(schema_name=schema, status=Tenant.Status.ACTIVE).first()
        if tenant is None:
            raise TenantRefused(f"{schema} is unknown or not active")
        connection.set_tenant(tenant)
        yield tenant
    finally:
        connection.belong_to_nobody()


@contextmanager
def public() -> Iterator[None]:
    """An explicit block in the public schema."""
    connection.set_schema_to_public()
    try:
        yield
    finally:
        connection.belong_to_nobody()


@contextmanager
def lease(kind: str, seconds: int = 120) -> Iterator[bool]:
    """True while this process alone drains `kind` of the current tenant; False when another does.

    A killed holder's lease is free at once: its connection is gone. A frozen one's is after `seconds`.
    """
    token, key = uuid.uuid4(), f"{connection.schema_name}:{kind}"
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO public.tenants_lease (schema_name, token, until, holder)
               VALUES (%s, %s, clock_timestamp() + %s, pg_backend_pid())
               ON CONFLICT (schema_name) DO UPDATE
               SET token = excluded.token, until = excluded.until, holder = excluded.holder
               WHERE tenants_lease.until < clock_timestamp()
                  OR NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = tenants_lease.holder)""",
            [key, token, timedelta(seconds=seconds)],
        )
        held = cursor.rowcount == 1
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute(
                    "DELETE FROM public.tenants_lease WHERE schema_name = %s AND token = %s", [key, token]
                )


def publish(name: str, **kwargs: Any) -> bool:
    """Send a task to the broker, best effort: at most two seconds, no retry. False when it could not be sent."""
    try:
        current_app.send_task(name, kwargs=kwargs, retry=False, ignore_result=True)
    except Exception as error:  # whatever a broker's driver raises: the sweep is the net
        log.warning("could not wake the workers (%s); the sweep will do it", error)
        return False
    return True
