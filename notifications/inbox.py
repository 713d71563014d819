"""What a person finds under the bell: their notices in the app, and which of them they have read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from notifications.models import Notification
from notifications.rendering import Stationery
from tenants.compiled import Compiled, Given
from tenants.people.models import User

PAGE = 50


def notices_of(person: User | Given) -> QuerySet[Notification]:
    return Notification.objects.filter(person=person, channel=Notification.Channel.IN_APP)


def unread(person: User | Given) -> QuerySet[Notification]:
    return notices_of(person).filter(read_at=None)


def page_of(person: User, before: int | None = None) -> tuple[list[Notification], int | None]:
    """The latest notices before an id, each with `.line` and `.path`, and the id that the next page begins before."""
    rows = notices_of(person).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows[: PAGE + 1])
    stationery = Stationery()
    for notice in found:
        notice.person, notice.language = (
            person,
            person.language,
        )  # read in today's language, whatever it was then
        notice.line = stationery.subject(notice)
        notice.path = path_of(notice)
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def path_of(notice: Notification) -> str:
    """Where a notice leads inside the product; signed links are for mails only."""
    return next((link["path"] for link in notice.links.values() if "purpose" not in link), "")


def read(person: User, at: datetime, *, pk: int | None = None, about_id: int | None = None) -> int:
    """Mark as read: one notice, all about a subject, or, with neither, everything. Returns how many were unread."""
    rows = unread(person)
    if pk is not None:
        rows = rows.filter(pk=pk)
    if about_id is not None:
        rows = rows.filter(about_id=about_id)
    return rows.update(read_at=at)


def read_about(person: User, about_id: int, at: datetime) -> int:
    """Who looks at a subject has read the notices about it. Returns how many others are unread."""
    every, here = counts(person, about_id)
    if here:
        read(person, at, about_id=about_id)
    return every - here


def counts(person: User, about_id: int = 0) -> tuple[int, int]:
    """How many are unread, and how many of them are about a subject."""
    return COUNTS.first(person=person.pk, about=about_id) or (0, 0)


def _counts() -> QuerySet[Any, tuple[int, int]]:
    rows = unread(Given("person")).order_by().values("person")
    return rows.annotate(every=Count("id"), here=Count("id", filter=Q(about_id=Given("about")))).values_list(
        "every", "here"
    )


COUNTS = Compiled(_counts)
