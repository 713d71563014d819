"""Addresses and signed links of the current tenant. Links are signed, not stored: derived again whenever a mail is rendered.

A token holds a row and an expiry under a key of its purpose and its tenant, so that it is worth nothing elsewhere.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import connection
from django.utils.crypto import constant_time_compare, salted_hmac


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


# --- reply tokens -----------------------------------------------------------------------------------------------------

REPLY_TOKEN = re.compile(r"r([0-9]{1,18})-([a-z2-7]{16})", re.IGNORECASE)


def reply_token(row: int) -> str:
    """What an answer by mail shows for `row`: r<row>-<16 base32 characters, 80 bits of HMAC>. Any case; it never expires.

    It alone opens nothing: whoever sends it must be a participant besides (TD14).
    """
    return f"r{row}-{_reply_mac(row)}"


def read_reply_token(text: str) -> int | None:
    """The row of the first token of this tenant in `text` (an address, a Message-ID), None where there is none."""
    for row, mac in REPLY_TOKEN.findall(text):
        if constant_time_compare(_reply_mac(int(row)), mac.lower()):
            return int(row)
    return None


def _reply_mac(row: int) -> str:
    digest = salted_hmac(f"reply:{connection.schema_name}", str(row), algorithm="sha256").digest()
    return base64.b32encode(digest[:10]).decode().lower()


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=f"link:{purpose}:{connection.schema_name}", sep="~")
