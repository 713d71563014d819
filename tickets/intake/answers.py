"""What a door's web hook answers to what it refuses."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from tickets.intake.models import Door

log = logging.getLogger(__name__)


def refused(door: Door, status: int, detail: str, **headers: str) -> HttpResponse:
    """A refusal, noted in the log by the door's number: its address holds a key."""
    log.warning("door %s (%s) refused a request: %s %s", door.pk, door.kind, status, detail)
    return problem(status, detail, **headers)


def problem(status: int, detail: str, **headers: str) -> HttpResponse:
    """application/problem+json (RFC 9457)."""
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    answer = HttpResponse(
        json.dumps(told), status=status, content_type="application/problem+json", headers=headers
    )
    answer._has_been_logged = True  # Django's own line would name the path, and with it the key
    return answer
