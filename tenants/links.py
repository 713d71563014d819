"""Addresses and signed links of the current tenant. Links are signed, not stored: derived again whenever a mail is rendered.

A token holds a row and an expiry under a key of its purpose and its tenant, so that it is worth nothing elsewhere.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import connection


def absolute(path: str) -> str:
    """`path` on the current tenant's stored domain; never from a request's header."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT d.domain FROM public.tenants_domain d JOIN public.tenants_tenant t ON t.id = d.tenant_id
               WHERE t.schema_name = %s ORDER BY d.is_primary DESC, d.id LIMIT 1""",
            [connection.schema_name],
        )
        row = cursor.fetchone()
    host = row[0] if row else settings.BASE_DOMAIN
    return f"{settings.SCHEME}://{with_port(host)}{path}"


def with_port(host: str) -> str:
    return f"{host}:{settings.PORT}" if settings.PORT else host


def sign(purpose: str, row: int, at: datetime, days: int = 90) -> str:
    """A token for `row` that `read` accepts for `days` from `at`."""
    expires = int((at + timedelta(days=days)).timestamp())
    return _signer(purpose).sign(f"{row}.{expires}")


def read(token: str, purpose: str, at: datetime) -> int | None:
    """The row of a token of this purpose and tenant, or None for a forged, foreign or expired one."""
    try:
        row, expires = _signer(purpose).unsign(token).split(".")
    except (signing.BadSignature, ValueError):
        return None
    return int(row) if int(expires) > at.timestamp() else None


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=f"link:{purpose}:{connection.schema_name}", sep="~")
