"""In which language somebody reads: one of the desk's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation.trans_real import parse_accept_lang_header

from tenants.customers.context import DESK
from tenants.customers.models import Desk

COOKIE = "language"
WITHOUT_A_DESK = ("en", *(tag for tag, _name in settings.LANGUAGES if tag != "en"))  # English first
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


def of_desk(request: HttpRequest) -> list[str]:
    """The desk's; for a visitor the middleware has read them already."""
    if not hasattr(request, "desk_languages"):
        request.desk_languages = (DESK.first() or Desk()).languages
    return list(request.desk_languages)


@contextmanager
def reading(request: HttpRequest, language: str, zone: str = "") -> Iterator[None]:
    """A page for somebody who is known by a link: in what they chose here, else in `language`; and in `zone`, if one is given.

    The middleware reads `request.LANGUAGE_CODE` for Content-Language.
    """
    chosen = request.COOKIES.get(COOKIE, "")
    wanted = chosen if chosen in dict(settings.LANGUAGES) else language
    with translation.override(wanted), timezone.override(zone or timezone.get_current_timezone()):
        request.LANGUAGE_CODE = translation.get_language()
        yield


def nearest(wanted: str, allowed: Sequence[str]) -> str | None:
    """`wanted` itself, else the same language of another region."""
    if wanted in allowed:
        return wanted
    return next((tag for tag in allowed if tag.split("-")[0] == wanted.split("-")[0]), None)
