"""What is read before asking.

{% incidents_now as incidents %}  {% shelf_of topic as articles %}  {% suggested form topic as found %}  {{ text|tongue }}
"""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.db import connection
from django.utils.translation import get_language

from policies.document import Text, Topic, say
from policies.guidance import articles, incidents
from policies.guidance.models import Article, Incident
from tenants.moment import now
from tickets.portal.suggesting import suggest, texts_of

SHOWN = 6  # articles of a topic, above its form

register = template.Library()


@register.simple_tag(takes_context=True)
def incidents_now(context: template.Context) -> list[Incident]:
    """What is wrong right now, the worst first (TD18)."""
    return incidents.running(context.get("at") or now())


@register.simple_tag
def shelf_of(topic: Topic | None) -> list[Article]:
    """The guidance of a topic (CH02)."""
    return articles.of_topic(topic.key, SHOWN) if topic else []


@register.simple_tag
def suggested(form: Any, topic: Topic | None) -> list[Article]:
    """What answers the words typed so far, in a form that is shown again."""
    return suggest(texts_of(form), topic.key if topic else "")


@register.simple_tag
def guidance_offered() -> dict[str, bool]:
    """Whether there are articles and a status page to lead to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM guidance_article WHERE published_id IS NOT NULL),"
            " EXISTS (SELECT 1 FROM guidance_component) OR EXISTS (SELECT 1 FROM guidance_incident)"
        )
        return dict(zip(("articles", "status"), cursor.fetchone(), strict=True))


@register.filter
def tongue(text: Text) -> str:
    """The language in which a text is said to this reader, where it is not the reader's own; else ""."""
    reader = get_language() or "en"
    found = next((tag for tag, said in text.items() if said == say(text, reader)), reader)
    return "" if found.split("-")[0] == reader.split("-")[0] else found


@register.filter
def plainly(body: str) -> str:
    """The beginning of a Markdown text without its signs, for a list."""
    return re.sub(r"[#*_`>\[\]|]+|\(https?:[^)]*\)", "", body[:400]).strip()
