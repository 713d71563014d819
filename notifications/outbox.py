"""The outbox: `tell` writes rows in the transaction of their cause, `deliver` hands them over after the commit.

What holds, whatever is killed and whenever:

* A notice exists exactly when its cause was committed. The same cause told twice is one notice (`key` is unique).
* A notice is claimed by one worker at a time: lease and attempt number are committed before it is sent, and it is marked
  as sent only by the attempt that sent it. An unclear answer is tried again with the same Message-ID.
* Notices about one subject reach one address in the order in which they were told, however many connections send.
* What is refused for good (`Refused`) is parked at once and reported; an address that gets no mail is sent none.
* What was sent is yielded to the caller at least once: a caller that died over it gets it again (`settled_at`).
* `deliver` never ends without a hint for whatever is still waiting.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, Exists, F, Min, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Greatest, Now

from notifications import delivery, sending
from notifications.channels import Channels, Refused
from notifications.models import Delivery, Notification, Suppression
from notifications.texts import NEVER_MUTED, kind_for
from tenants import gathering, links, wakeups
from tenants.people.models import User

LEASE = timedelta(seconds=60)
TURN = timedelta(seconds=8)  # then another tenant's turn comes, however slow this one's mail server is
BACK_OFF = [timedelta(seconds=s) for s in (10, 30, 60, 5 * 60, 15 * 60, 3600, 4 * 3600)]
ATTEMPTS = len(BACK_OFF) + 1  # then it is parked

EMAIL, IN_APP = Notification.Channel.EMAIL, Notification.Channel.IN_APP
State = Notification.State


@dataclass(frozen=True)
class Recipient:
    """Who hears: a person of this tenant, or just an address (somebody in copy). `links` are theirs alone."""

    address: str = ""
    language: str = ""
    person: User | None = None
    links: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, person: User, links: Mapping[str, Mapping[str, Any]] | None = None) -> Recipient:
        return cls(person.email, person.language, person, links or {})


def tell(
    recipients: Iterable[Recipient],
    *,
    kind: str,
    key: str,
    words: Mapping[str, Any],
    at: datetime,
    about_id: int | None = None,
    part_id: int | None = None,
    links: Mapping[str, Mapping[str, Any]] | None = None,
    channels: Iterable[str] | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Tell each recipient once, over each of their channels, because of `key`. Inside the caller's transaction.

    words: placeholder -> text, or {language: text}, or an aware datetime (shown in the reader's language and zone).
    links: placeholder -> {"path": "/tickets/12/"}, or, signed when rendered, {"purpose", "row", "path": "/t/{token}/", "days"}.
    channels: by default e-mail for customers and addresses; in the app and e-mail, unless muted, for agents.
    about_id, part_id: what the caller will recognise; answers to a mail about a subject carry its token (`tenants.links`).
    expires_at: from then on the notice has lost its sense and is dropped (C10).
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("tell() belongs in the transaction of its cause.")
    common = {
        "words": {name: stored_word(word) for name, word in words.items()},
        "links": {name: dict(link) for name, link in (links or {}).items()},
        "about_id": about_id,
        "part_id": part_id,
        "created_at": at,
        "due_at": at,
        "expires_at": expires_at,
    }
    chosen = list(channels) if channels is not None else None
    rows = [
        notice(recipient, channel, kind_of(recipient, kind), key, at, common)
        for recipient in recipients
        if recipient.person is None or recipient.person.is_active
        for channel in (channels_of(recipient, kind_of(recipient, kind)) if chosen is None else chosen)
    ]
    if rows:
        gathering.insert(rows, ignore_conflicts=True)
    if any(row.channel != IN_APP for row in rows):
        wakeups.wake("outbox", at)


def kind_of(recipient: Recipient, kind: str) -> str:
    return kind_for(kind, is_agent=recipient.person is not None and recipient.person.is_agent)


def channels_of(recipient: Recipient, kind: str) -> list[str]:
    person = recipient.person
    if person is None or not person.is_agent or kind in NEVER_MUTED:
        return [EMAIL]
    return [IN_APP] if kind in person.muted_notices else [IN_APP, EMAIL]


def notice(
    recipient: Recipient, channel: str, kind: str, key: str, at: datetime, common: dict[str, Any]
) -> Notification:
    person = recipient.person
    who = f"person-{person.pk}" if person else recipient.address.lower()
    row = Notification(
        key=unique_key(f"{key}/{channel}/{who}"),
        kind=kind,
        channel=channel,
        person=person,
        address=recipient.address or (person.email if person else ""),
        language=recipient.language or (person.language if person else settings.LANGUAGE_CODE),
        **common | {"links": common["links"] | {name: dict(link) for name, link in recipient.links.items()}},
    )
    if channel == IN_APP:  # it has arrived as soon as it is written, and no loop acts on it
        row.state, row.sent_at, row.settled_at = State.SENT, at, at
    elif channel == EMAIL:
        token = f".{links.reply_token(row.about_id)}" if row.about_id is not None else ""
        row.message_id = f"<{uuid.uuid4().hex}{token}@{settings.BASE_DOMAIN}>"
    else:  # what a provider recognises a repeated request by
        row.message_id = uuid.uuid4().hex
    return row


def unique_key(key: str) -> str:
    return key if len(key) <= 200 else hashlib.sha256(key.encode()).hexdigest()


def stored_word(word: Any) -> Any:
    """As JSON. A moment stays a moment until it is read: its reader's zone decides how it looks."""
    if isinstance(word, datetime):
        return {"moment": word.isoformat()}
    if isinstance(word, Mapping):
        return dict(word)
    return "" if word is None else str(word)


def deliver(now: datetime, limit: int = 50, senders: int = 1) -> Iterator[Notification]:
    """Send what is due, at most `limit`, and yield each notice that was handed over, with its `sent_at`.

    Outside any transaction. The caller acts on a notice before it asks for the next one: only then the notice is settled.
    senders: how many connections at a time, at most. Inside a transaction (the tests' outer one) there is one, the caller's.
    """
    turn = Turn(now, limit)
    with contextlib.closing(sending.sent(turn, 1 if connection.in_atomic_block else senders)) as sent:
        for row in sent:
            yield row
            settle(row, turn.moment())
    for row in unsettled(turn.moment(), limit):
        yield row
        settle(row, turn.moment())
    look_again(turn.moment())


class Turn:
    """One tenant's turn: `limit` notices or TURN, whichever comes first, shared by all who send in it."""

    def __init__(self, now: datetime, limit: int) -> None:
        self.now, self.left, self.is_over = now, limit, False
        self.started, self.lock = time.monotonic(), threading.Lock()

    def moment(self) -> datetime:
        return self.now + timedelta(seconds=int(time.monotonic() - self.started))

    def next(self, but: list[str]) -> Notification | None:
        """The next notice to send but by these channels, claimed for the caller; None when none is left or the turn is over."""
        with self.lock:
            if self.is_over or self.left <= 0 or self.moment() >= self.now + TURN:
                return None
            self.left -= 1
        return claim_next(self.moment(), but)

    def hand_over(self, row: Notification, channels: Channels) -> bool:
        return hand_over(row, channels, self.moment)


def claim_next(now: datetime, but: Iterable[str] = ()) -> Notification | None:
    """The next due notice, leased and its attempt counted: committed, so that a crash counts as well.

    Leases run by the database's own clock: a demo's clock that is moved while a notice is being sent frees nothing.
    """
    due = (
        next_of_each_subject()
        .exclude(channel__in=list(but))
        .filter(Q(lease_until=None) | Q(lease_until__lte=Now()), due_at__lte=now)
        .annotate(is_listed=delivery.is_listed())
        .select_related("person")
        .order_by("due_at", "id")
        .select_for_update(skip_locked=True, of=("self",))
    )
    with transaction.atomic(durable=True):
        while row := due.first():
            if row.expires_at and row.expires_at <= now:
                row.state, row.error = State.DROPPED, "It had lost its sense before it could be sent."
                row.save(update_fields=["state", "error"])
                continue
            if row.attempts >= ATTEMPTS:  # the last attempt died without a word
                row.state, row.error = State.PARKED, row.error or "The worker died while it was sending this."
                row.save(update_fields=["state", "error"])
                continue
            is_doubtful = row.channel == EMAIL and (row.is_listed or row.address.endswith(".invalid"))
            if is_doubtful and (reason := delivery.why_no_mail(row)):
                row.state, row.error = State.DROPPED, reason
                row.save(update_fields=["state", "error"])
                if row.is_listed:  # whoever asked for it learns that nobody reads it, as if it had come back
                    delivery.note(row, Delivery.What.REJECTED, now, detail=reason)
                continue
            row.attempts += 1
            Notification.objects.filter(pk=row.pk).update(attempts=row.attempts, lease_until=Now() + LEASE)
            return row
    return None


def next_of_each_subject() -> QuerySet[Notification]:
    """Notices that wait to leave the house, without those behind an earlier one about the same subject to the same
    address. What stays in the house (in the app) never waits."""
    waiting = Notification.objects.filter(state=State.PENDING)
    earlier = waiting.filter(
        about_id=OuterRef("about_id"), address=OuterRef("address"), id__lt=OuterRef("id")
    )
    return waiting.filter(~Exists(earlier))


def hand_over(row: Notification, channels: Channels, moment: Callable[[], datetime]) -> bool:
    """Send it, outside a transaction. True where this attempt sent it and nobody overtook it meanwhile."""
    try:
        channels.send(row)
    except Refused as refusal:
        give_up(row, refusal, moment())
        return False
    except Exception as failure:  # whatever went wrong, it is this notice's own matter; the next one is tried
        put_off(row, f"{type(failure).__name__}: {failure}"[:2000], moment())
        return False
    row.sent_at = moment()
    marked = mine(row).update(
        state=State.SENT, sent_at=row.sent_at, lease_until=None, error="", provider_id=row.provider_id[:200]
    )
    row.state = State.SENT
    return bool(marked)


def give_up(row: Notification, refusal: Refused, at: datetime) -> None:
    """It was refused for good: no further attempt, and a report of it, as if it had come back."""
    said = str(refusal)[:2000]
    with transaction.atomic(durable=True):
        if park(row, said):
            delivery.note(row, refusal.what, at, detail=said)
            if refusal.is_dead_mailbox:
                delivery.suppress(row.address, Suppression.Reason.HARD_BOUNCE, at, said)


def park(row: Notification, error: str) -> bool:
    """No further attempt, with the reason, for the admin to see."""
    return bool(mine(row).update(state=State.PARKED, lease_until=None, error=error))


def put_off(row: Notification, error: str, now: datetime) -> None:
    """Try again later, later every time; after the last attempt park it, with the reason, for the admin to see."""
    if row.attempts >= ATTEMPTS:
        park(row, error)
        return
    again_at = now + BACK_OFF[row.attempts - 1]
    if row.expires_at:
        again_at = min(again_at, max(row.expires_at, now))
    with transaction.atomic(durable=True):
        mine(row).update(due_at=again_at, lease_until=None, error=error)
        wakeups.wake("outbox", again_at)


def mine(row: Notification) -> Any:
    """The row, as long as no other attempt took it over."""
    return Notification.objects.filter(pk=row.pk, state=State.PENDING, attempts=row.attempts)


def settle(row: Notification, now: datetime) -> None:
    Notification.objects.filter(pk=row.pk).update(settled_at=now)


def unsettled(now: datetime, limit: int) -> list[Notification]:
    """Sent, but whoever asked died before acting on it."""
    waiting = Notification.objects.filter(state=State.SENT, settled_at=None, sent_at__lte=now - LEASE)
    return list(waiting.order_by("id")[:limit])


def look_again(now: datetime) -> None:
    """Leave a hint for what still waits: leased by another, behind an earlier one, put off, or beyond the limit."""
    leased = Q(lease_until__gt=Now())
    ready_at = Case(When(leased, then=Greatest("due_at", Value(now + LEASE))), default="due_at")
    soonest = next_of_each_subject().aggregate(at=Min(ready_at))["at"]
    handed_over = Notification.objects.filter(state=State.SENT, settled_at=None).aggregate(
        at=Min(F("sent_at"))
    )["at"]
    moments = [at for at in (soonest, handed_over and handed_over + LEASE) if at]
    if moments:
        wakeups.wake("outbox", min(moments))


def send_again(row: Notification, *, at: datetime) -> None:
    """A parked notice is given all its attempts anew. Its Message-ID stays: whoever has it already recognises it."""
    with transaction.atomic():
        parked = Notification.objects.filter(pk=row.pk, state=State.PARKED)
        if parked.update(state=State.PENDING, due_at=at, attempts=0, lease_until=None):
            wakeups.wake("outbox", at)
