"""The public page of the policy in force. Needs no sign-in; every figure comes from the field that the engine reads."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language

from policies import publishing
from policies.document import Policy
from policies.public.page import page_of
from tenants import links
from tenants.moment import now
from tenants.people import languages


def page(request: HttpRequest) -> HttpResponse:
    """In the reader's language; `?language=de` is an address of its own for one language, to link to and to be found by."""
    offered = [tag for tag, _name in languages.choices(languages.of_desk(request))]
    asked = languages.nearest(request.GET.get("language", "").lower(), offered)
    with translation.override(asked or request.LANGUAGE_CODE):
        request.LANGUAGE_CODE = translation.get_language()
        return _page(request, offered)


def _page(request: HttpRequest, offered: list[str]) -> HttpResponse:
    at = now()
    try:
        version = publishing.version_in_force(at)
    except publishing.NoPolicy:
        return render(request, "policy/none.html", status=404)
    policy = publishing.policy_of(version)
    language = get_language() or policy.language
    context = page_of(policy, at, language) | {"standing": standing(policy, language), "tongues": offered}
    began_on = version.effective_from.astimezone(ZoneInfo(policy.tz)).date()
    context |= {"version": version, "policy": policy, "is_dated_alike": began_on == policy.effective_on}
    context["address"] = links.absolute(reverse("policy:page"))
    return render(request, "policy/page.html", context)


def standing(policy: Policy, language: str) -> dict[str, str] | None:
    """What the text is that is read: None for the original; else which language prevails, and in which the texts are.

    `texts` is empty for a translation; a policy without texts in `language` has them in English, else in its original.
    """
    if language == policy.language:
        return None
    texts = "" if language in policy.languages else "en" if "en" in policy.name else policy.language
    return {
        "prevails": policy.language,
        "name": named(policy.language, language),
        "texts": texts,
        "texts_name": named(texts, language) if texts else "",
    }


def named(tag: str, language: str) -> str:
    """ "en" in German is "Englisch"."""
    try:
        return str(Locale.parse(tag, sep="-").get_display_name(Locale.parse(language, sep="-")) or tag)
    except (UnknownLocaleError, ValueError):
        return tag
