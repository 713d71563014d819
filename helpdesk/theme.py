"""How the admin looks (unfold): its colours, its side bar and its home page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

BLUE = {
    "50": "oklch(97% .012 250)",
    "100": "oklch(93.5% .028 250)",
    "200": "oklch(88% .05 250)",
    "300": "oklch(80% .08 250)",
    "400": "oklch(72% .105 250)",
    "500": "oklch(62% .12 250)",
    "600": "oklch(50% .115 250)",
    "700": "oklch(44% .105 250)",
    "800": "oklch(38% .09 250)",
    "900": "oklch(32% .07 250)",
    "950": "oklch(24% .05 250)",
}


def stylesheet(request: HttpRequest) -> str:
    from django.templatetags.static import static  # reads the settings, which are not there yet up here

    return static("css/policy-admin.css")


def favicon(request: HttpRequest) -> str:
    from django.templatetags.static import static

    return static("img/favicon.svg")


UNFOLD = {
    "SITE_TITLE": "policies.admin.navigation.site_title",
    "SITE_HEADER": "policies.admin.navigation.site_title",
    "SITE_SYMBOL": "support_agent",
    "SITE_URL": "/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": favicon}],
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_HISTORY": False,
    "DASHBOARD_CALLBACK": "policies.admin.views.dashboard",
    "STYLES": [stylesheet],
    "COLORS": {"primary": BLUE},
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": "policies.admin.navigation.navigation",
    },
}
