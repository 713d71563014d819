"""{{ unread_notices }}: how many notices wait under an agent's bell; asked only by pages that show it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notifications import inbox


def unread_notices(request: HttpRequest) -> dict[str, Any]:
    person = getattr(request, "user", None)
    if getattr(request, "tenant", None) is None or person is None:
        return {}
    return {
        "unread_notices": SimpleLazyObject(lambda: inbox.counts(person)[0] if person.is_authenticated else 0)
    }
