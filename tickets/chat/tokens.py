"""The token of a chat: a random secret, signed for this tenant, so that a forged or foreign one is refused without a look
into the tables. Minted with the page, stored (as a hash) with the first message: sent twice, that is still one chat.
"""

from __future__ import annotations

import hashlib
import secrets

from django.core import signing
from django.db import connection


def mint() -> str:
    """A token for a chat that is yet to begin."""
    return _signer().sign(secrets.token_urlsafe(24))


def digest_of(token: str) -> str | None:
    """What is stored of a token of this tenant; None for a forged or foreign one."""
    try:
        secret = _signer().unsign(token[:200])
    except signing.BadSignature:
        return None
    return hashlib.sha256(f"{connection.schema_name}:{secret}".encode()).hexdigest()


def _signer() -> signing.Signer:
    return signing.Signer(salt=f"chat:{connection.schema_name}", sep="~")
