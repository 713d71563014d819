"""At most so many tries in a period, per account and per source. Kept in PostgreSQL: a flushed cache forgives nothing."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import connection
from django.http import HttpRequest


def allows(what: str, who: str, at: datetime, *, most: int, period: timedelta) -> bool:
    """Count a try of `what` by `who`; False beyond `most` in a period, which begins with its first try."""
    key = hashlib.sha256(f"{what}:{who.lower()}".encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO people_attempts AS a (key, since, count) VALUES (%s, %s, 1)
               ON CONFLICT (key) DO UPDATE SET
                   count = CASE WHEN a.since <= %s THEN 1 ELSE a.count + 1 END,
                   since = CASE WHEN a.since <= %s THEN excluded.since ELSE a.since END
               RETURNING count""",
            [key, at, at - period, at - period],
        )
        return cursor.fetchone()[0] <= most


def source_of(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR", "")
