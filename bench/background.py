"""What nobody waits for, but everybody relies on: the idle tick, and ringing many alarms."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench import filling
from bench.desks import desk
from bench.rows import Row, each_call, percentile
from sla.models import Breach
from tenants import wakeups
from tenants.models import Wakeup
from tenants.moment import now
from tickets.tasks import ring_due

TENANTS = 1000
ALARMS = 10_000


def measure() -> Iterator[Row]:
    yield from idle_tick()
    yield from ringing()


def idle_tick() -> Iterator[Row]:
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE tenants_wakeup")
    at = now()
    rows = [
        {
            "schema_name": f"t_{n % TENANTS:016x}",
            "kind": "alarm",
            "due_at": at + timedelta(hours=1, seconds=n),
        }
        for n in range(TENANTS * 100)
    ]
    filling.copy(Wakeup, rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tenants_wakeup")
    with CaptureQueriesContext(connection) as context:
        assert wakeups.due_tenants(at) == []
    spent = each_call(lambda: wakeups.due_tenants(at), 200)
    yield Row(f"idle tick, hints of {TENANTS:,} tenants", percentile(spent, 0.5) * 1e3, "ms", "5")
    looked = sum("tenants_wakeup" in query["sql"] for query in context.captured_queries)
    yield Row("idle tick, queries", looked, "query", "1")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE tenants_wakeup")


def ringing() -> Iterator[Row]:
    """10,000 breaches and the delayed step after each, found a month later, with everything that follows: ledger, timeline,
    escalation, notices, the ticket's state."""
    desk("bench-alarms")
    at = now()
    filling.tickets(ALARMS * filling.OPEN_SHARE, at)
    later = at + timedelta(days=30)
    begun, rung, left = time.perf_counter(), 0, True
    while left:
        count, left = ring_due(later)
        rung += count
    spent = time.perf_counter() - begun
    assert Breach.objects.count() == ALARMS, Breach.objects.count()
    yield Row(f"ringing {rung:,} due alarms, with all effects", rung / spent, "a second", "300")
