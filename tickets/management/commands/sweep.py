"""`manage.py sweep`: the net below the broker. Needs nothing but PostgreSQL."""

from __future__ import annotations

import logging
import signal
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, connection

from tickets.tasks import sweep_once

log = logging.getLogger(__name__)
QUIET = 15  # seconds without a tick after which the sweep does the work itself
EVERY = 5


class Command(BaseCommand):
    help = "Find and do due work when no tick of the workers came for 15 seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one pass, whatever the workers do, then end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if once:
            self.stdout.write(f"{sweep_once()} turns")
            return
        self.is_over = False
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self.is_over:
            try:
                if workers_are_silent():
                    sweep_once()
            except OperationalError as error:
                log.warning("the database does not answer (%s); trying again", error)
                connection.close()
            for _ in range(EVERY):
                if not self.is_over:
                    time.sleep(1)

    def _stop(self, *args: Any) -> None:
        self.is_over = True


def workers_are_silent() -> bool:
    """No tick ran within QUIET seconds. Says at the same time that the sweep lives."""
    connection.set_schema_to_public()
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO public.tenants_heartbeat (name, seen_at) VALUES ('sweep', clock_timestamp())
                   ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at"""
            )
            cursor.execute(
                """SELECT coalesce(max(seen_at) < clock_timestamp() - make_interval(secs => %s), true)
                   FROM public.tenants_heartbeat WHERE name = 'worker'""",
                [QUIET],
            )
            return bool(cursor.fetchone()[0])
    finally:
        connection.belong_to_nobody()
