"""What lies encrypted in a tenant's tables: passwords and keys of others, opened only with SECRET_KEY and in this tenant."""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.db import connection
from django.utils.crypto import salted_hmac

__all__ = ["InvalidToken", "open_words", "seal_words"]


def seal_words(purpose: str, words: dict[str, Any]) -> str:
    """`words` (JSON) as text that says nothing to who cannot open it."""
    return _key(purpose).encrypt(json.dumps(words).encode()).decode()


def open_words(purpose: str, sealed: str) -> dict[str, Any]:
    """What `seal_words` took; {} for nothing. InvalidToken after a change of SECRET_KEY, or in another tenant."""
    return json.loads(_key(purpose).decrypt(sealed.encode())) if sealed else {}


def _key(purpose: str) -> Fernet:
    digest = salted_hmac(f"seal:{purpose}", connection.schema_name, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(digest))
