"""Hints of due work: written in the transaction of their cause, read by the tick, deleted by whoever did the work.

An idle tick is one indexed query whatever the number of tenants. A hint may be early or double, never missing: so the
drainer notes the ids it saw, works the tenant off, and deletes just these.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.db import connection

SAFETY = timedelta(minutes=2)
GATHERED = (
    "alarm",
    "outbox",
)  # other kinds are rare in such a loop: their hints are written with their causes
_gathered: ContextVar[dict[str, datetime] | None] = ContextVar("gathered hints", default=None)


def wake(kind: str, due_at: datetime) -> None:
    """Say that the current tenant has work of `kind` ("alarm", "outbox", "publish", "webhook", ...) at `due_at`."""
    gathered = _gathered.get()
    if gathered is not None and kind in GATHERED:
        gathered[kind] = min(due_at, gathered.get(kind, due_at))
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO public.tenants_wakeup (schema_name, kind, due_at) VALUES (%s, %s, %s)",
            [connection.schema_name, kind, due_at],
        )


@contextmanager
def gathered(now: datetime) -> Iterator[None]:
    """For a loop of many transactions in one tenant: one hint of these kinds at the end instead of one with each cause.

    Before it, committed, a hint for a little later: a process that dies inside leaves nothing without one.
    """
    for kind in GATHERED:
        wake(kind, now + SAFETY)
    token = _gathered.set({})
    try:
        yield
    finally:
        hints = _gathered.get() or {}
        _gathered.reset(token)
        for kind, due_at in hints.items():
            wake(kind, due_at)


def due_tenants(now: datetime, limit: int = 200) -> list[tuple[str, str]]:
    """(schema, kind) pairs with a hint due at `now`, the longest waiting first, at most `limit`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT schema_name, kind FROM (
                   SELECT schema_name, kind, due_at FROM public.tenants_wakeup
                   WHERE due_at <= %s ORDER BY due_at LIMIT 5000) hints
               GROUP BY schema_name, kind ORDER BY min(due_at) LIMIT %s""",
            [now, limit],
        )
        return cursor.fetchall()


def seen_hints(kind: str, now: datetime) -> list[int]:
    """Ids of the current tenant's hints of `kind` that are due: to be noted before the work and cleared after it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM public.tenants_wakeup WHERE due_at <= %s AND schema_name = %s AND kind = %s",
            [now, connection.schema_name, kind],
        )
        return [row[0] for row in cursor.fetchall()]


def clear_hints(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM public.tenants_wakeup WHERE id = ANY(%s)", [ids])
