"""Articles to read before asking: the shelf with its search, an article, and "this solved it" (CH02)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from policies.document import Policy
from policies.guidance import articles, searching
from policies.guidance.models import Article, Edition
from tenants.moment import now
from tenants.people import throttle
from tickets.portal.home import policy_at

LONGEST = 200  # characters of a search
MOST = 500  # articles on the shelf's page
SOLVED_AN_HOUR = 30  # from one address: the count is for us, and not worth inflating


@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """All articles by topic; with `q`, those that answer it."""
    at = now()
    policy = policy_at(at)
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    context: dict[str, Any] = {
        "at": at,
        "asked": asked,
        "policy": policy,
        "ask_url": ask_url(request, policy),
    }
    if asked:
        context["found"] = searching.find(asked, articles.languages(get_language() or "en"))
    else:
        context["groups"] = by_topic(policy)
    return render(request, "portal/help.html", context)


def by_topic(policy: Policy | None) -> list[tuple[Any, list[Article]]]:
    """(the topic's name, its articles), in the policy's order; at the end, under no name, what belongs to no topic."""
    rows = list(articles.published()[:MOST])
    topics = policy.topics if policy else ()
    groups = [(topic.name, [row for row in rows if topic.key in row.topics]) for topic in topics]
    known = {topic.key for topic in topics}
    groups.append((None, [row for row in rows if not known.intersection(row.topics)]))
    return [(name, found) for name, found in groups if found]


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """One article. `edition`: for agents, as it was or will be."""
    at = now()
    found = Article.objects.select_related("published").filter(slug=slug).first()
    edition = _edition(request, found) if found else None
    if found is None or edition is None:
        raise Http404
    policy = policy_at(at)
    topic = policy.topic(request.GET.get("topic", "") or next(iter(found.topics), "")) if policy else None
    context = {"at": at, "article": found, "edition": edition, "topic": topic, "policy": policy,
               "is_preview": edition.pk != found.published_id, "ask_url": ask_url(request, policy)}  # fmt: skip
    return render(request, "portal/help_article.html", context)


def _edition(request: HttpRequest, article: Article) -> Edition | None:
    number = request.GET.get("edition", "")
    may_preview = request.user.is_authenticated and request.user.is_agent
    if may_preview and re.fullmatch(r"[0-9]{1,6}", number):
        return article.editions.filter(number=number).first()
    return article.published


@require_POST
def solved(request: HttpRequest, slug: str) -> HttpResponse:
    """ "This solved it": counted, and no ticket is opened. What was typed in the form is not kept."""
    at = now()
    found = articles.published().filter(slug=slug).first()
    if found is None:
        raise Http404
    _count(request, found, at)
    return redirect("portal:help-thanks", slug)


@transaction.atomic
def _count(request: HttpRequest, article: Article, at: datetime) -> None:
    source = throttle.source_of(request)
    if throttle.allows("solved", source, at, most=SOLVED_AN_HOUR, period=timedelta(hours=1)):
        key = request.POST.get("key", "")
        articles.solved(
            article,
            at=at,
            person=request.user if request.user.is_authenticated else None,
            topic=request.POST.get("topic", "").replace("\x00", ""),
            key=key if re.fullmatch(r"[0-9a-f]{32}", key) else "",
        )


@require_safe
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    found = articles.published().filter(slug=slug).first()
    if found is None:
        raise Http404
    return render(request, "portal/help_thanks.html", {"at": now(), "article": found})


def ask_url(request: HttpRequest, policy: Policy | None) -> str:
    """Where somebody asks whom an article did not help."""
    if policy is None:
        return ""
    has_form = policy.channel("form") is not None
    return reverse("portal:contact" if has_form and not request.user.is_authenticated else "portal:new")
