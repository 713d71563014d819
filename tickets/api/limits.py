"""So many requests a minute, for each key or signed-in person; reading and writing are counted apart.

One statement a request on an unlogged table: it waits for no disk, and a crash forgives the present minute. The real clock
counts, not the one that a demo moves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, models
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

SAFE = ("GET", "HEAD", "OPTIONS")


class Allowance(models.Model):
    """What was used of the present minute: `key:7:read` is what the seventh key has read."""

    key = models.CharField(max_length=60, primary_key=True)
    since = models.DateTimeField()
    used = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.used} of {self.key}"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands: `reset` is the seconds until the next minute begins."""

    limit: int
    used: int
    reset: int

    def headers(self) -> dict[str, str]:
        """As in the IETF's draft-ietf-httpapi-ratelimit-headers, in the three fields that clients know."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "RateLimit-Reset": str(self.reset),
        }


class TooMany(Throttled):
    def __init__(self, standing: Standing) -> None:
        super().__init__(wait=standing.reset, detail=f"More than {standing.limit} requests in a minute.")


def count(request: Request) -> Standing:
    """Count this request of somebody known. Whether it is one too many is for the caller to say."""
    kind = "read" if request.method in SAFE else "write"
    limit = settings.API_READS_PER_MINUTE if kind == "read" else settings.API_WRITES_PER_MINUTE
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO tickets_allowance AS a (key, since, used) VALUES (%s, clock_timestamp(), 1)
               ON CONFLICT (key) DO UPDATE SET
                   used = CASE WHEN a.since <= excluded.since - interval '1 minute' THEN 1 ELSE a.used + 1 END,
                   since = CASE WHEN a.since <= excluded.since - interval '1 minute' THEN excluded.since
                           ELSE a.since END
               RETURNING used, extract(epoch FROM since + interval '1 minute' - clock_timestamp())""",
            [f"{who(request)}:{kind}"],
        )
        used, left = cursor.fetchone()
    return Standing(limit, used, max(1, math.ceil(left)))


def who(request: Request) -> str:
    """`key:7`, or in a browser's session `person:3`: two programs of one person do not eat each other's share."""
    return f"key:{request.auth.pk}" if request.auth is not None else f"person:{request.user.pk}"


def forget(at: datetime) -> int:
    """Counters of programs that went away. How many."""
    return Allowance.objects.filter(since__lt=at - timedelta(days=1)).delete()[0]
