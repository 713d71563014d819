"""`manage.py seed_demo`: the demo desks, each with people and some weeks of history. `up` calls it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from tickets.demo import seeding, side_by_side, signins
from tickets.demo.script import SLUGS


class Command(BaseCommand):
    help = "Make the demo desks that are not there yet. Run again after an interruption, it goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slugs", nargs="*", help="only these desks")

    def handle(self, *args: Any, slugs: list[str], **options: Any) -> None:
        if not settings.TIME_TRAVEL:
            raise CommandError("Demo desks are made in the demo only (DEMO=1).")
        unknown = set(slugs) - set(SLUGS)
        if unknown:
            raise CommandError(
                f"There is no demo desk {', '.join(sorted(unknown))}: choose of {', '.join(SLUGS)}."
            )
        try:
            missing = seeding.missing(tuple(slugs) or SLUGS)
            for line in side_by_side.run(seeding.make, missing) if missing else ():
                self._say(line)
            seeding.make_platform_admin()
            signins.write()
        finally:
            connection.belong_to_nobody()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
