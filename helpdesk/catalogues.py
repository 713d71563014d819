"""Message catalogues: .po files in git, compiled to .mo beside them when they are newer; by Babel, no gettext is needed."""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation import gettext_noop as _

FOLDER = Path(__file__).parent / "locale"

# Django's words in dates. Its Portuguese writes them with capitals, ours as they stand in a sentence.
DAYS_AND_MONTHS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    _("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"),
    _("January"), _("February"), _("March"), _("April"), _("May"), _("June"),
    _("July"), _("August"), _("September"), _("October"), _("November"), _("December"),
)  # fmt: skip
# Said by the theme of the admin, in English only.
THEME = (
    _("No results found"),
    _("This page yielded into no results. Create a new item or reset your filters."),
)


def compile_stale() -> None:
    for source in FOLDER.glob("*/LC_MESSAGES/django.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as po:
            catalogue = read_po(po, locale=source.parts[-3], domain="django")
        draft = target.with_suffix(f".{os.getpid()}.tmp")
        with draft.open("wb") as mo:
            write_mo(mo, catalogue)
        draft.replace(target)  # in one step: several processes may start at once
