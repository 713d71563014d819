"""In which language somebody reads: one of the desk's."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

COOKIE = "language"
COOKIE_SECONDS = 365 * 24 * 3600


def choices(languages: Sequence[str]) -> list[tuple[str, str]]:
    """(tag, its own name) for the desk's languages, or for all that the product knows."""
    names = dict(settings.LANGUAGES)
    return [(tag, names[tag]) for tag in dict.fromkeys(languages) if tag in names] or list(settings.LANGUAGES)


def of_visitor(request: HttpRequest, languages: Sequence[str]) -> str:
    """What a visitor chose, else what their browser asks for, else the desk's first."""
    allowed = [tag for tag, _ in choices(languages)]
    chosen = request.COOKIES.get(COOKIE, "")
    if chosen in allowed:
        return chosen
    for wanted, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500]):
        if found := nearest(wanted, allowed):
            return found
    return allowed[0]


def nearest(wanted: str, allowed: Sequence[str]) -> str | None:
    """`wanted` itself, else the same language of another region."""
    if wanted in allowed:
        return wanted
    return next((tag for tag in allowed if tag.split("-")[0] == wanted.split("-")[0]), None)
