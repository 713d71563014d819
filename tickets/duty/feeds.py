"""Customers' calendars: each event is an event window, by which the company's open tickets are timed anew (SL02).

* A feed is fetched through the guarded door, bounded in size and time, and asked with the tags of its last answer. It is looked
  at every so often, less often while it fails; after three failures in a row the admins hear of it, once until it works again.
* An event is known by its UID and occurrence. New: a window; moved: its window moves; cancelled or gone: its window is
  cancelled. What is over stays as it was. Windows that staff entered belong to no event and are never touched.
* A window that staff moved stays so until the feed says something new about its event.
* One feed that cannot be read changes nothing: its windows stay, the others are read.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications import outbox
from notifications.outbox import Recipient
from sla.models import EventWindow
from tenants import outside, wakeups
from tenants.customers.models import Company, Desk
from tenants.people.models import User
from tickets.duty.ics import LARGEST, OCCURRENCES, plain
from tickets.duty.models import Feed, FeedEvent
from tickets.duty.reading import Said, Unreadable, read
from tickets.windows import cancel_window, move_window, open_window

log = logging.getLogger(__name__)
AHEAD, BEHIND = timedelta(days=90), timedelta(days=1)  # what of a calendar is looked at
AT_LEAST, AT_MOST, LONGEST = timedelta(minutes=5), timedelta(days=1), timedelta(days=1)
FAILURES_TOLD = 3
AT_ONCE, SECONDS = 10, 300  # feeds of a turn, which ends before the lease of those who look at them
CHANGES = 200  # windows of a feed in its turn
NOTHING_NEW = 304


@dataclass(slots=True)
class Changes:
    entered: int = 0
    moved: int = 0
    cancelled: int = 0
    left_out: int = 0
    is_cut_short: bool = False

    @property
    def count(self) -> int:
        return self.entered + self.moved + self.cancelled


def counted() -> QuerySet[Feed]:
    """Feeds with their company, and as `event_count` how many events each has at present."""
    at_present = Count("events", filter=Q(events__gone_at=None))
    return Feed.objects.select_related("company").annotate(event_count=at_present)


# --- the loop over feeds ----------------------------------------------------------------------------------------------


def poll_due(now: datetime) -> int:
    """Look at the feeds whose turn it is. How many windows were entered, moved or cancelled."""
    until, changed = time.monotonic() + SECONDS, 0
    due = Feed.objects.filter(next_at__lte=now, is_active=True).exclude(url="")
    for feed in due.select_related("company").order_by("next_at", "id")[:AT_ONCE]:
        changed += poll(feed, now)
        if time.monotonic() > until:
            break
    return changed


def look_again(now: datetime) -> None:
    soonest = Feed.objects.filter(next_at__isnull=False, is_active=True).order_by("next_at").first()
    if soonest is not None and soonest.next_at is not None:
        wakeups.wake("feed", max(soonest.next_at, now))


def begin(feed: Feed, at: datetime) -> None:
    """A feed that is new, changed or switched on again is looked at soon; one that is switched off no more."""
    wanted = feed.is_active and feed.url
    fresh = {
        "next_at": at if wanted else None,
        "etag": "",
        "last_modified": "",
        "failures": 0,
        "last_error": "",
    }
    Feed.objects.filter(pk=feed.pk).update(**fresh)
    if wanted:
        wakeups.wake("feed", at)


def poll(feed: Feed, now: datetime) -> int:
    """One feed; never raises for what a server or a file does. How many windows changed."""
    Feed.objects.filter(pk=feed.pk).update(polled_at=now, next_at=now + feed.every)
    with override(_language()):
        try:
            return _take_in(feed, now)
        except Unreadable as trouble:
            _failed(feed, str(trouble), now)
        except Gone:
            log.info("feed %s was changed or taken away while it was read", feed.pk)
        except Exception as trouble:  # the next feed is not held up by this one
            log.exception("feed %s failed", feed.pk)
            _failed(feed, f"{type(trouble).__name__}: {trouble}", now)
    return 0


def _take_in(feed: Feed, now: datetime) -> int:
    """Read whole at least once a day, whatever its tags say: with the days new occurrences come into sight."""
    is_fresh = feed.read_at is not None and now - feed.read_at < BEHIND and feed.failures == 0
    answer = _fetched(feed, tags=is_fresh)
    changes = Changes()
    known: dict[str, Any] = {"failures": 0, "last_error": "", "told_at": None}
    if answer.status != NOTHING_NEW:
        changes = enact(feed, answer.body, now, is_whole=True, most=CHANGES)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        known |= {
            "read_at": now,
            "etag": headers.get("etag", "")[:300],
            "last_modified": headers.get("last-modified", "")[:100],
        }
    if changes.is_cut_short:
        known |= {
            "next_at": now,
            "etag": "",
            "last_modified": "",
        }  # the rest at its next turn, behind the others
    _same(feed).update(**known)
    return changes.count


def _same(feed: Feed) -> QuerySet[Feed]:
    """The feed, unless it was taken away, or leads elsewhere, since it was read."""
    return Feed.objects.filter(pk=feed.pk, url=feed.url)


def _fetched(feed: Feed, *, tags: bool) -> outside.Answer:
    headers = [("Accept", "text/calendar, */*;q=0.1")]
    if tags and feed.etag:
        headers.append(("If-None-Match", feed.etag))
    if tags and feed.last_modified:
        headers.append(("If-Modified-Since", feed.last_modified))
    try:
        answer = outside.get(feed.url, headers, largest=LARGEST + 1, total=30.0)
    except outside.Refused as refusal:
        raise Unreadable(str(refusal)) from None
    except outside.TooLong:
        raise Unreadable(_("The server takes too long to send the calendar.")) from None
    except httpx.HTTPError as trouble:
        raise Unreadable(
            _("The server does not answer (%(why)s).") % {"why": type(trouble).__name__}
        ) from None
    if answer.status == 200 or (answer.status == NOTHING_NEW and tags):
        return answer
    if 300 <= answer.status < 400:
        raise Unreadable(_("The calendar has moved: enter the address to which its own now leads."))
    raise Unreadable(_("The server answers with the error %(status)s.") % {"status": answer.status})


def _failed(feed: Feed, said: str, now: datetime) -> None:
    """Tried again later, later every time, at most a day; the admins are told once."""
    with transaction.atomic():
        row = _same(feed).select_related("company").select_for_update(of=("self",)).first()
        if row is None:
            return
        row.failures, row.last_error = row.failures + 1, plain(said)[:2000]
        row.next_at = now + max(min(row.every * 2 ** min(row.failures, 10), LONGEST), row.every)
        if row.failures >= FAILURES_TOLD and row.told_at is None:
            row.told_at = now
            _tell_admins(row, now)
        row.save(update_fields=["failures", "last_error", "next_at", "told_at"])


def _tell_admins(feed: Feed, now: datetime) -> None:
    admins = User.objects.filter(role=User.Role.ADMIN, is_active=True).order_by("pk")
    outbox.tell(
        [Recipient.of(person) for person in admins],
        kind="feed_failed",
        key=f"feed:{feed.pk}:{now.isoformat()}",
        words={"feed": feed.name, "company": feed.company.name, "reason": feed.last_error},
        links={"feed_url": {"path": reverse("admin:duty_feed_change", args=[feed.pk])}},
        at=now,
    )


def _language() -> str:
    """The desk's own: what goes wrong is told to its admins."""
    languages = Desk.objects.values_list("languages", flat=True).first()
    return languages[0] if languages else settings.LANGUAGE_CODE


# --- events become windows --------------------------------------------------------------------------------------------


def upload(
    company: Company, kind: str, zone: str, name: str, raw: bytes, *, by: User, at: datetime
) -> Changes:
    """A file that staff uploads adds to what was uploaded before for the company; an event that comes again is moved.

    Raises Unreadable, with nothing changed.
    """
    feed, _is_new = Feed.objects.get_or_create(
        company=company, url="", kind=kind, defaults={"name": name or company.name, "timezone": zone}
    )
    feed.timezone = zone
    try:
        changes = enact(feed, raw, at, is_whole=False)
    except Gone:  # an admin has just taken away what was uploaded before
        return upload(company, kind, zone, name, raw, by=by, at=at)
    Feed.objects.filter(pk=feed.pk).update(polled_at=at, read_at=at, last_error="")
    return changes


class Gone(Exception):
    """The feed was taken away, or leads elsewhere, while it was read."""


def enact(feed: Feed, raw: bytes, at: datetime, *, is_whole: bool, most: int = OCCURRENCES) -> Changes:
    """Bring the windows in line with what the calendar says; `is_whole`: what it says no more is gone.

    Each change is a transaction of its own; after `most` of them it is cut short, and the rest is for the next time.
    Raises Unreadable with nothing changed, Gone.
    """
    said = read(raw, at - BEHIND, at + AHEAD, feed.timezone)
    in_sight = Q(ends_at__gt=at - BEHIND, starts_at__lt=at + AHEAD)
    keys = Q(key__in=[event.key for event in said.events])
    known = {row.key: row for row in feed.events.filter(in_sight | keys)}
    changes = Changes(left_out=said.left_out)
    news: list[tuple[str, Said | None]] = [
        (event.key, None if event.is_cancelled else event)
        for event in said.events
        if _is_news(known.pop(event.key, None), event, at)
    ]
    if is_whole:
        news += [(row.key, None) for row in known.values() if row.gone_at is None]
    for key, event in news[:most]:
        _enact(feed, key, event, at, changes)
    changes.is_cut_short = len(news) > most
    return changes


def _is_news(row: FeedEvent | None, event: Said, at: datetime) -> bool:
    """Told of for the first time, moved, cancelled or back. What was over before it was told of is no window any more."""
    if row is None:
        return event.ends_at > at and not event.is_cancelled
    if event.is_cancelled or row.gone_at is not None:
        return event.is_cancelled == (row.gone_at is None)
    return (row.starts_at, row.ends_at, row.name) != (event.starts_at, event.ends_at, event.name)


def _enact(feed: Feed, key: str, event: Said | None, at: datetime, changes: Changes) -> None:
    """One event as the feed says it now; None: it is gone. Of two who read the same feed one waits here for the other."""
    with transaction.atomic():
        if _same(feed).select_for_update(no_key=True).first() is None:
            raise Gone
        row = feed.events.select_related("window").select_for_update(of=("self",)).filter(key=key).first()
        if event is None:
            if row is not None:
                _gone(row, at, changes)
        elif row is None:
            _new(feed, event, at, changes)
        else:
            _again(row, event, at, changes)


def _new(feed: Feed, event: Said, at: datetime, changes: Changes) -> None:
    FeedEvent.objects.create(
        feed=feed, key=event.key, name=event.name, starts_at=event.starts_at, ends_at=event.ends_at,
        window=_opened(feed, event, at),
    )  # fmt: skip
    changes.entered += 1


def _opened(feed: Feed, event: Said, at: datetime) -> EventWindow:
    return open_window(company=feed.company, kind=feed.kind, name=event.name, starts_at=event.starts_at,
                       ends_at=event.ends_at, by=None, at=at)  # fmt: skip


def _again(row: FeedEvent, event: Said, at: datetime, changes: Changes) -> None:
    """Told of again: moved, or back after it was gone, or named otherwise."""
    is_back = row.gone_at is not None
    is_moved = (row.starts_at, row.ends_at) != (event.starts_at, event.ends_at)
    window = row.window
    if (is_back or window is None or window.cancelled_at is not None) and event.ends_at > at:
        if is_back or is_moved:  # one that staff took away stays away until the feed moves it
            row.window = _opened(row.feed, event, at)
            changes.entered += 1
    elif is_moved and window is not None and (event.ends_at > at or window.ends_at > at):
        move_window(window, starts_at=event.starts_at, ends_at=event.ends_at, by=None, at=at)
        changes.moved += 1
    if row.window_id:
        EventWindow.objects.filter(pk=row.window_id).update(name=event.name)
    row.name, row.starts_at, row.ends_at, row.gone_at = event.name, event.starts_at, event.ends_at, None
    row.save(update_fields=["name", "starts_at", "ends_at", "gone_at", "window"])


def _gone(row: FeedEvent, at: datetime, changes: Changes) -> None:
    """Cancelled, or no longer in the calendar. One that is over stays as it was."""
    if row.gone_at is not None:
        return
    window = row.window
    if window is not None and window.cancelled_at is None and window.ends_at > at:
        cancel_window(window, by=None, at=at)
        changes.cancelled += 1
    row.gone_at = at
    row.save(update_fields=["gone_at"])


def forget(feed: Feed, at: datetime) -> None:
    """The feed is taken away, and with it what it has brought that is not over yet; what runs now ends for its tickets."""
    with transaction.atomic():
        if Feed.objects.select_for_update().filter(pk=feed.pk).first() is None:
            return
        brought = EventWindow.objects.filter(feed_event__feed=feed, cancelled_at=None, ends_at__gt=at)
        windows = EventWindow.objects.filter(
            pk__in=list(brought.values_list("pk", flat=True)), cancelled_at=None
        )
        windows.filter(opened_at=None).update(cancelled_at=at, closed_at=at)
        for window in windows.all():
            cancel_window(window, by=None, at=at)
        feed.delete()
