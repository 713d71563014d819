"""Articles are written, published and withdrawn; what one of them solved is counted (CH02)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from policies.document import Text
from policies.guidance.models import Article, Deflection, Edition
from policies.guidance.wording import without_accents
from tenants.customers.models import Desk
from tenants.people.models import User

LONGEST_TITLE, LONGEST_BODY = 200, 40_000
TAGS = ("pt-br", "en", "es", "de", "ru")
TAKEN = {"suggestions"}  # addresses of pages


def write(
    *, title: Text, body: Text, at: datetime, by: User | None = None, topics: Iterable[str] = (), slug: str = "",
    publish: bool = True,
) -> Article:  # fmt: skip
    """A new article with its first edition. Refuses, at its field, what cannot be read or found."""
    title, body = checked(title, body)
    with transaction.atomic():
        article = Article.objects.create(slug=_slug(slug, title), topics=list(topics), created_at=at)
        _add_edition(article, title, body, by, at, publish)
    return article


def rewrite(
    article: Article, *, at: datetime, by: User | None = None, title: Text | None = None, body: Text | None = None,
    topics: Iterable[str] | None = None, slug: str | None = None, publish: bool = True,
) -> Edition:  # fmt: skip
    """What is given takes the place of what was; other words are another edition, the same words are none."""
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=article.pk)
        last = article.editions.order_by("-number").first()
        title, body = checked(last.title if title is None else title, last.body if body is None else body)
        if topics is not None:
            article.topics = list(topics)
        if slug is not None and slug != article.slug:
            article.slug = _slug(slug, title, besides=article)
        article.save(update_fields=["topics", "slug"])
        if (title, body) != (last.title, last.body):
            return _add_edition(article, title, body, by, at, publish)
        if publish:
            show(article, last)
        return last


def show(article: Article, edition: Edition | None) -> None:
    """This edition is what everybody reads from now on; None: nobody reads the article any more."""
    article.published = edition
    article.save(update_fields=["published"])


def _add_edition(
    article: Article, title: Text, body: Text, by: User | None, at: datetime, publish: bool
) -> Edition:
    before = article.editions.aggregate(last=Max("number"))["last"] or 0
    edition = Edition.objects.create(article=article, number=before + 1, title=title, body=body, by=by, at=at)
    if publish:
        show(article, edition)
    return edition


def checked(title: Text, body: Text) -> tuple[Text, Text]:
    """Both as they are kept; ValidationError at the field for what cannot be read."""
    title, body = plain(title), plain(body)
    errors = {}
    if not title:
        errors["title"] = _("Write a title.")
    elif any(len(said) > LONGEST_TITLE for said in title.values()):
        errors["title"] = _("Keep the title under %(most)d characters.") % {"most": LONGEST_TITLE}
    if not body:
        errors["body"] = _("Write what helps.")
    elif any(len(said) > LONGEST_BODY for said in body.values()):
        errors["body"] = _("Keep the text under %(most)d characters.") % {"most": LONGEST_BODY}
    elif missing := set(title) ^ set(body):
        errors["body"] = _("Write title and text in the same languages: look at %(languages)s.") % {
            "languages": ", ".join(sorted(missing))
        }
    if errors:
        raise ValidationError(errors)
    return title, body


CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def plain(text: Text) -> Text:
    """As it is kept: no empty language, no sign that a JSON column or a feed's XML refuses."""
    return {tag: kept for tag, said in text.items() if (kept := CONTROL.sub("", said).strip())}


def _slug(wanted: str, title: Text, besides: Article | None = None) -> str:
    """`wanted`, which must be free; or one made from the title, with a number where it is taken."""
    take_turns()
    others = Article.objects.exclude(pk=besides.pk) if besides else Article.objects.all()
    if wanted:
        if wanted in TAKEN or others.filter(slug=wanted).exists():
            raise ValidationError({"slug": _("Another page has this address.")})
        return wanted
    made = slugify(without_accents(next(iter(title.values()))))[:60].strip("-") or "article"
    number, slug = 1, made
    while slug in TAKEN or others.filter(slug=slug).exists():
        number += 1
        slug = f"{made}-{number}"
    return slug


def take_turns() -> None:
    """Addresses are chosen one after the other, until the commit of each: two at once would be given the same one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(current_schema()), hashtext('guidance_article'))"
        )


# --- reading ----------------------------------------------------------------------------------------------------------


def published() -> QuerySet[Article]:
    return Article.objects.filter(published__isnull=False).select_related("published").order_by("id")


def of_topic(topic: str, limit: int) -> list[Article]:
    """What answers the questions of `topic`."""
    return list(published().filter(topics__contains=[topic])[:limit]) if topic else []


def languages(reader: str) -> list[str]:
    """In which articles are looked for: the reader's first, then the desk's."""
    desk = Desk.objects.values_list("languages", flat=True).first() or ["en"]
    return [tag for tag in dict.fromkeys([reader, *desk]) if tag in TAGS]


# --- what was solved --------------------------------------------------------------------------------------------------


def solved(
    article: Article, *, at: datetime, person: User | None = None, topic: str = "", key: str = ""
) -> Deflection | None:
    """Somebody needs no ticket any more. None where it was counted before: the same form, or the same person that day."""
    again = Q(key=key) if key else Q(pk=None)
    if person is not None:
        again |= Q(person=person, at__date=timezone.localdate(at))
    with transaction.atomic():
        Article.objects.select_for_update().get(pk=article.pk)
        if Deflection.objects.filter(again, article=article).exists():
            return None
        return Deflection.objects.create(
            article=article,
            edition_id=article.published_id,
            person=person,
            topic=topic[:80],
            at=at,
            key=key or None,
        )
