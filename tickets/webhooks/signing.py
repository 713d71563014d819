"""PURE: what a delivery is signed with (Standard Webhooks): an HMAC-SHA256 over its id, its moment and its body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"


def new_secret() -> str:
    """`whsec_` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, webhook_id: str, timestamp: int, body: bytes) -> str:
    """v1,<base64>: of `id.timestamp.body`, under the bytes that the secret stands for."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(keys: Iterable[str], webhook_id: str, timestamp: int, body: bytes) -> list[tuple[str, str]]:
    """A signature for each secret that is valid, the newest first, so that a receiver may change over in its own time."""
    return [
        ("Webhook-Id", webhook_id),
        ("Webhook-Timestamp", str(timestamp)),
        ("Webhook-Signature", " ".join(signature(key, webhook_id, timestamp, body) for key in keys)),
    ]
