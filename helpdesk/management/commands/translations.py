"""manage.py translations [LANGUAGE ...] [--customers]: what the product says and a language lacks, with the files that say it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk import catalogues, wording


class Command(BaseCommand):
    help = "List what the catalogues lack; exit status 1 where something is missing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("language", nargs="*", help="such as de; all without one")
        parser.add_argument("--customers", action="store_true", help="only what meets customers")

    def handle(self, *args: Any, language: list[str], customers: bool, **options: Any) -> None:
        known = catalogues.languages()
        if unknown := set(language) - set(known):
            raise CommandError(
                f"No language of this product: {', '.join(sorted(unknown))}. There are: {', '.join(known)}"
            )
        lacking = 0
        for tag in language or known:
            missing = {
                key: paths
                for key, paths in catalogues.missing(tag).items()
                if not customers or wording.meets_customers(paths)
            }
            lacking += len(missing)
            self.stderr.write(f"{tag}: {len(missing)} missing")
            for (context, said), paths in sorted(missing.items(), key=lambda each: sorted(each[1])):
                where = ", ".join(sorted(paths)[:2])
                self.stdout.write(f"{tag}\t{where}\t{f'[{context}] ' if context else ''}{said!r}")
        if lacking:
            raise SystemExit(1)
