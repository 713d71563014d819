"""`manage.py bench [--json FILE] [--only arithmetic work background outbound inbound starting]`: the table of measured speed."""

from __future__ import annotations

import json
import logging
import os
import platform
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

PARTS = ("arithmetic", "work", "background", "outbound", "inbound", "starting")


class Command(BaseCommand):
    help = "Measure speed on throw-away servers and print a table with the goals beside the figures."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", dest="file", type=Path, help="write the figures to this file as well")
        parser.add_argument(
            "--only", nargs="+", choices=PARTS, default=PARTS, help="measure just these parts"
        )

        parser.add_argument(
            "--scale", type=float, default=1.0, help="a share of the many (mails), for a quick look"
        )

    def handle(self, *args: Any, file: Path | None, only: list[str], scale: float, **options: Any) -> None:
        from bench import rows as rows_of_bench
        from bench.desks import prepare

        rows_of_bench.scale = scale
        if set(only) & {"work", "background", "outbound", "inbound"}:
            self.stderr.write("making the database ...")
            prepare()
        logging.disable(logging.INFO)
        rows = []
        for part in only:
            self.stderr.write(f"measuring {part} ...")
            for row in import_module(f"bench.{part}").measure():
                rows.append(row)
                goal = f"goal {row.goal}" if row.goal else ""
                self.stdout.write(f"{row.what:<66} {row.figure:>12,.2f} {row.unit:<10} {goal}")
        if file is not None:
            machine = {
                "cores": os.cpu_count(),
                "python": platform.python_version(),
                "system": platform.platform(),
            }
            file.write_text(
                json.dumps({"machine": machine, "rows": [row.as_dict() for row in rows]}, indent=2) + "\n"
            )
