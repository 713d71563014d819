"""Who asks: an integration by its key, or a signed-in person by their session (whose writes need the CSRF token)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from tenants.moment import now
from tickets.api import keys


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer hd_<prefix>_<secret>`. Keys live in the tenant's own tables: elsewhere they are unknown."""

    def authenticate(self, request: Request) -> tuple[Any, keys.ApiKey] | None:
        header = get_authorization_header(request).decode("latin-1").strip()
        if not header:
            return None
        scheme, _, written = header.partition(" ")
        at = now()
        key = keys.find(written.strip(), at) if scheme.lower() == "bearer" else None
        if key is None:
            raise AuthenticationFailed("This key is not valid here: unknown, expired or revoked.")
        keys.note_use(key, at)
        return key.person, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class KeyInTheDocs(OpenApiAuthenticationExtension):
    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A key made in the admin under “API keys”: `Authorization: Bearer hd_…`.",
        }
