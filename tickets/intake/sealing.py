"""What lies encrypted in this tenant's tables: a door's secrets, and whatever came in until it is understood."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import connection

__all__ = ["InvalidToken", "open_sealed", "seal", "tenant_key"]


def tenant_key(purpose: str) -> Fernet:
    """A key of this purpose and tenant, derived from SECRET_KEY: another tenant's text does not open with it."""
    material = f"{purpose}:{connection.schema_name}:{settings.SECRET_KEY}".encode()
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(material).digest()))


def seal(raw: bytes) -> tuple[bytes, bytes]:
    """(`raw` encrypted under a key made for it alone, that key wrapped in the tenant's)."""
    key = Fernet.generate_key()
    return Fernet(key).encrypt(raw), tenant_key("intake").encrypt(key)


def open_sealed(sealed: bytes, wrapped: bytes) -> bytes:
    """What `seal` took. InvalidToken where SECRET_KEY has changed meanwhile, or the row is another tenant's."""
    return Fernet(tenant_key("intake").decrypt(bytes(wrapped))).decrypt(bytes(sealed))
