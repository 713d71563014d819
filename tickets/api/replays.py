"""Idempotency keys: what a request did is kept with its answer, in the transaction that did it; sent again it is only answered.

A key belongs to who sent it (API key or person, in that role) and to one address and method. A refused request keeps nothing,
so that it may be corrected and sent again. Of two at once, the second waits and gets the answer of the first.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError as Refusal
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, models
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from tickets.api.limits import who

HEADER = "Idempotency-Key"
SENT = re.compile(r"[\x21-\x7e]{1,255}")
KEPT = timedelta(hours=24)
HEADERS_KEPT = ("Location", "ETag")


class Replay(models.Model):
    """The answer to a request that was done, by its key. `body` is JSON, "" where there was none."""

    digest = models.CharField(max_length=64, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.status} at {self.at}"


def sent_key(request: Request) -> str | None:
    sent = request.headers.get(HEADER)
    if sent is not None and not SENT.fullmatch(sent):
        raise ValidationError({HEADER: ["Use 1 to 255 printable ASCII characters without blanks."]})
    return sent


def claim(request: Request, sent: str, at: datetime) -> tuple[str, Response | None]:
    """(digest, None) where this request is the first with its key, else (digest, the answer that the first one got).

    Inside the transaction of the request: another one with the same key waits here until this one's is over.
    """
    digest, fingerprint = digest_of(request, sent), fingerprint_of(request.data)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO tickets_replay (digest, fingerprint, at, status, headers, body)
               VALUES (%s, %s, %s, 0, '{}', '') ON CONFLICT (digest) DO NOTHING RETURNING 1""",
            [digest, fingerprint, at],
        )
        if cursor.fetchone():
            return digest, None
    earlier = Replay.objects.get(digest=digest)
    if earlier.fingerprint != fingerprint:
        raise Refusal({HEADER: "This key was used for another request."})
    return digest, answer_again(earlier)


def keep(digest: str, response: Response) -> None:
    """`response.kept` stands for an answer with a secret in it, which is told only once."""
    data = getattr(response, "kept", response.data)
    body = "" if data is None else JSONRenderer().render(data).decode()
    headers = {name: response.headers[name] for name in HEADERS_KEPT if name in response.headers}
    Replay.objects.filter(digest=digest).update(status=response.status_code, headers=headers, body=body)


def answer_again(earlier: Replay) -> Response:
    data = json.loads(earlier.body) if earlier.body else None
    return Response(data, status=earlier.status, headers=earlier.headers | {"Idempotency-Replayed": "true"})


def digest_of(request: Request, sent: str) -> str:
    parts = (who(request), request.user.role, request.method, request.path, sent)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def fingerprint_of(data: Any) -> str:
    """What was asked, whatever the order of its fields or the boundary of its form: files count by their content."""
    if hasattr(data, "lists"):
        data = {name: [_plain(value) for value in values] for name, values in data.lists()}
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return [value.name, digest.hexdigest()]


def forget(at: datetime) -> int:
    """The slow pass: keys are good for a day. How many went."""
    return Replay.objects.filter(at__lt=at - KEPT).delete()[0]
