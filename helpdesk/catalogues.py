"""Message catalogues: .po files in git, compiled to .mo beside them when they are newer; by Babel, no gettext is needed.

English stands in the code. Every other language of the product has a catalogue; what one lacks is listed by
`manage.py translations`, and the tests fail on it.
"""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import gettext_noop as _
from django.utils.translation import to_locale

from helpdesk import wording

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


def languages() -> list[str]:
    """The tags that need a catalogue: all of the product's but English."""
    return [tag for tag, _name in settings.LANGUAGES if tag != "en"]


def file_of(language: str) -> Path:
    return FOLDER / to_locale(language) / "LC_MESSAGES" / "django.po"


def read(source: Path) -> Catalog:
    with source.open("rb") as po:
        return read_po(po, locale=source.parts[-3], domain="django")


def key_of(message: Message) -> wording.Key:
    return message.context or "", message.id[0] if message.pluralizable else message.id


def missing(language: str) -> dict[wording.Key, set[str]]:
    """What the product says and `language` lacks - no entry, an empty or a fuzzy one -, with the files that say it."""
    there = {
        key_of(message)
        for message in read(file_of(language))
        if message.id
        and not message.fuzzy
        and all(message.string if message.pluralizable else [message.string])
    }
    return {key: paths for key, paths in wording.in_use().items() if key not in there}


def compile_stale() -> None:
    for source in FOLDER.glob("*/LC_MESSAGES/django.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        draft = target.with_suffix(f".{os.getpid()}.tmp")
        with draft.open("wb") as mo:
            write_mo(mo, read(source))
        draft.replace(target)  # in one step: several processes may start at once
