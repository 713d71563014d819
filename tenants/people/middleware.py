"""The language and the zone of whoever reads: the signed-in person's own, else what a visitor's browser tells."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from tenants.customers.context import DESK
from tenants.customers.models import Desk
from tenants.people import languages

Handler = Callable[[HttpRequest], HttpResponse]


class LanguageAndZoneMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language, zone = language_and_zone(request)
        with translation.override(language), timezone.override(zone):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response


def language_and_zone(request: HttpRequest) -> tuple[str, ZoneInfo]:
    if getattr(request, "tenant", None) is None:
        return languages.of_visitor(request, languages.WITHOUT_A_DESK), ZoneInfo("UTC")
    if request.user.is_authenticated:
        return request.user.language, zone_named(request.user.timezone)
    desk = DESK.first() or Desk()
    request.desk_languages = desk.languages
    return languages.of_visitor(request, desk.languages), zone_named(desk.timezone)


def zone_named(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
