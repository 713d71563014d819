"""Articles that answer what somebody is about to ask, while they type it (CH02)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from policies.guidance import articles, searching
from policies.guidance.models import Article
from tenants.moment import now

MOST = 3
TEXTS = 3  # the summary, and the first answers to the topic's questions, such as an error message
SHORTEST = 4  # characters: less says nothing yet


def suggest(texts: Iterable[str], topic: str) -> list[Article]:
    """At most three, those that answer the summary first."""
    found: dict[int, Article] = {}
    typed = [text for text in texts if len(text.strip()) >= SHORTEST][:TEXTS]
    languages = articles.languages(get_language() or "en") if typed else []
    for text in typed:
        for article in searching.find(text, languages, topic=topic, limit=MOST):
            found.setdefault(article.pk, article)
    return list(found.values())[:MOST]


def texts_of(form: Any) -> list[str]:
    """What was typed so far, as a form knows it."""
    names = ["summary", *(name for name in form.fields if name.startswith("field_"))]
    values = (form[name].value() for name in names if name in form.fields)
    return [value for value in values if isinstance(value, str)]


@require_POST
def suggestions(request: HttpRequest) -> HttpResponse:
    """The part under the summary. 204 where it would show what it shows already, so that nothing moves while it is read."""
    typed = [request.POST.get("summary", "")]
    typed += [value for name, value in request.POST.items() if name.startswith("field_")]
    topic = request.POST.get("topic", "")[:80]
    found = suggest(typed, topic)
    if request.POST.get("suggested", "") == ",".join(str(article.pk) for article in found):
        return HttpResponse(status=204)
    return render(request, "portal/_suggestions.html", {"at": now(), "found": found, "topic_key": topic})
