"""`manage.py travel +3h`: move the demo's clock, for web, worker and sweep alike."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.moment import TravelRefused, travel

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Command(BaseCommand):
    help = "Move the demo's clock forward, e.g. +90m, +3h, +2d12h. Refused outside the demo and tests."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("by", help="how far, e.g. +3h, +2d12h, +90m")

    def handle(self, *args: Any, by: str, **options: Any) -> None:
        if not re.fullmatch(r"\+?(\d+[smhd])+", by):
            raise CommandError(f"“{by}” is not a duration: write +90m, +3h or +2d12h.")
        parts = re.findall(r"(\d+)([smhd])", by)
        try:
            moment = travel(
                timedelta(**{UNITS[u]: sum(int(n) for n, v in parts if v == u) for _, u in parts})
            )
        except TravelRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"It is now {moment:%A %Y-%m-%d %H:%M:%S} UTC.")
