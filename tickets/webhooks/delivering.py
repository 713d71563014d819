"""Deliveries leave the house: claimed, sent several at a time, tried again, given up.

What holds, whatever is killed and whenever:

* A delivery exists exactly when its cause was committed, once for each subscription.
* It is claimed by one worker at a time, with a lease and a counted try that are committed before it is sent, and its result
  is recorded only by the try that had it. A worker that dies in between leaves it to be sent again: the receiver may get an
  event twice, with the same Webhook-Id; it gets it at least once, or the delivery is parked where the admins see it.
* About one ticket a subscription hears in order, as long as an earlier event failed no more than three times; then later ones
  overtake it.
* A subscription that failed three times running is tried one at a time, every half minute: a dead receiver costs little.
* `deliver` never ends without a hint for whatever is still waiting.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Exists, Min, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils.translation import gettext as _

from policies.explanation import moment
from tenants import outside, wakeups
from tickets.webhooks import retries, signing, subscriptions
from tickets.webhooks.events import TEST
from tickets.webhooks.models import Delivery, Subscription

State = Delivery.State
TURN = timedelta(seconds=10)  # then another tenant's turn comes, however slow this one's receivers are
LEASE = timedelta(seconds=60)
BATCH = 200
AT_ONCE, AT_ONCE_EACH = 8, 4  # in one tenant's turn; to one subscription
IN_ORDER_UNTIL = 3  # failed tries that later events about the same ticket wait for
STRUGGLING, REST = 3, timedelta(seconds=30)
DEATHS = 3
CONNECT, READ, TOTAL = 5.0, 10.0, 15.0  # seconds
ANSWER = 2048  # bytes of it that are kept
KEPT = timedelta(days=30)
LONGEST_REST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try. `status` None: no answer, and `error` says why."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    answer: str = ""
    milliseconds: int = 0
    error: str = ""

    @property
    def arrived(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


# --- one tenant's turn ------------------------------------------------------------------------------------------------


def deliver(now: datetime, limit: int = BATCH) -> int:
    """Send what is due, at most `limit`, outside any transaction. How many tries were made."""
    started, tried = time.monotonic(), 0

    def present() -> datetime:
        return now + timedelta(seconds=int(time.monotonic() - started))

    with ThreadPoolExecutor(AT_ONCE, "webhook") as pool:
        flying: dict[Future[Outcome], Delivery] = {}
        while True:
            if tried < limit and present() < now + TURN:
                while rows := claim(
                    present(), min(AT_ONCE - len(flying), limit - tried), list(flying.values())
                ):
                    flying |= {pool.submit(prepared(row, present())): row for row in rows}
                    tried += len(rows)
            if not flying:
                break
            for landed in wait(flying, return_when=FIRST_COMPLETED).done:
                settle(flying.pop(landed), landed.result(), present())
    look_again(present())
    return tried


def claim(now: datetime, limit: int, flying: list[Delivery]) -> list[Delivery]:
    """Due deliveries, leased and their try counted: committed, so that a crash counts as well.

    Leases run by the database's own clock: a demo's clock that is moved while something is sent frees nothing.
    """
    if limit <= 0:
        return []
    busy = Counter(row.subscription_id for row in flying)
    full = [row.subscription_id for row in flying if busy[row.subscription_id] >= room(row.subscription)]
    due = (
        unhindered()
        .filter(Q(lease_until=None) | Q(lease_until__lte=Now()), due_at__lte=now)
        .exclude(subscription_id__in=full)
        .exclude(subscription__rests_until__gt=now)
        .select_related("subscription")
        .order_by("due_at", "id")
        .select_for_update(skip_locked=True, of=("self",))
    )
    claimed = []
    with transaction.atomic(durable=True):
        for row in due[:limit]:
            if row.lease_until is not None:
                row.deaths += 1
            if row.deaths >= DEATHS:
                row.state, row.lease_until = State.PARKED, None
                row.error = "The worker died while it was sending this, three times."
                row.save(update_fields=["state", "lease_until", "error", "deaths"])
            elif busy[row.subscription_id] < room(row.subscription):
                busy[row.subscription_id] += 1
                row.attempts += 1
                row.tried_at = now
                claimed.append(row)
                Delivery.objects.filter(pk=row.pk).update(
                    attempts=row.attempts, deaths=row.deaths, tried_at=now, lease_until=Now() + LEASE
                )
    return claimed


def room(subscription: Subscription) -> int:
    """How many deliveries may be on their way to it at once."""
    return 1 if subscription.failures >= STRUGGLING else AT_ONCE_EACH


def unhindered() -> QuerySet[Delivery]:
    """What waits for a receiver that is switched on, and for no earlier event about the same ticket."""
    waiting = Delivery.objects.filter(state=State.PENDING)
    earlier = waiting.filter(
        subscription_id=OuterRef("subscription_id"), about_id=OuterRef("about_id"), id__lt=OuterRef("id"),
        attempts__lte=IN_ORDER_UNTIL,
    )  # fmt: skip
    return waiting.filter(~Exists(earlier), subscription__is_active=True)


def look_again(now: datetime) -> None:
    """Leave a hint for what still waits: put off, resting, leased by another, or beyond the limit."""
    rested = Coalesce("subscription__rests_until", "due_at")
    leased = When(lease_until__gt=Now(), then=Greatest("due_at", Value(now + LEASE)))
    ready_at = Greatest(Case(leased, default="due_at"), rested)
    soonest = unhindered().aggregate(at=Min(ready_at))["at"]
    if soonest:
        wakeups.wake("webhook", soonest)


# --- one try ----------------------------------------------------------------------------------------------------------


def prepared(row: Delivery, now: datetime) -> Callable[[], Outcome]:
    """The try as a function that needs neither database nor tenant: it runs in a thread."""
    try:
        secrets = subscriptions.secrets_of(row.subscription, now)
    except subscriptions.InvalidToken:
        error = "The secret cannot be read any more (SECRET_KEY was changed): give the webhook a new one."
        return lambda: Outcome(error=error)
    url, webhook_id, body = row.subscription.url, str(row.event_id), body_of(row)
    return lambda: send(url, webhook_id, body, secrets)


def body_of(row: Delivery) -> bytes:
    """The same bytes at every try. `sequence` rises from event to event about one ticket."""
    said = {"id": str(row.event_id), "sequence": row.pk, **row.payload}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def send(url: str, webhook_id: str, body: bytes, secrets: list[str]) -> Outcome:
    """One POST. Never raises: what went wrong is part of the outcome.

    The signature's moment is the machine's own, whatever a demo's clock says: receivers compare it with theirs.
    """
    began = time.monotonic()
    signed = signing.headers(secrets, webhook_id, int(time.time()), body)
    headers = [("Content-Type", "application/json"), ("User-Agent", "helpdesk-webhooks/1"), *signed]
    try:
        answer = outside.post(url, body, headers, connect=CONNECT, read=READ, total=TOTAL, largest=ANSWER)
    except Exception as failure:  # whatever went wrong is this delivery's own matter
        return Outcome(milliseconds=since(began), error=said_of(failure))
    error = "" if 200 <= answer.status < 300 else f"The answer was {answer.status}, not 2xx."
    if 300 <= answer.status < 400:
        error = (
            f"The answer was {answer.status}: redirects are not followed. Enter the address that it leads to."
        )
    text = answer.body.decode("utf-8", "replace").replace("\x00", "\ufffd")
    return Outcome(answer.status, dict(answer.headers), text, since(began), error)


def since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


def said_of(failure: Exception) -> str:
    """In one sentence, for the admin."""
    if isinstance(failure, outside.Refused):
        return str(failure)
    if isinstance(failure, httpx.TimeoutException | outside.TooLong):
        return "No complete answer in time."
    if isinstance(failure, httpx.ConnectError):
        return f"No connection: {failure}"[:500]
    return f"{type(failure).__name__}: {failure}"[:500]


# --- what follows -----------------------------------------------------------------------------------------------------


def settle(row: Delivery, outcome: Outcome, now: datetime) -> None:
    """Record the try; put the delivery off, or give it up; see how its receiver is."""
    with transaction.atomic(durable=True):
        subscription = Subscription.objects.select_for_update().filter(pk=row.subscription_id).first()
        if subscription is None or not mine(row).exists():
            return  # deleted meanwhile, or another try took over
        seen: dict[str, Any] = {
            "status": outcome.status, "answer": outcome.answer, "milliseconds": outcome.milliseconds,
            "error": outcome.error, "lease_until": None,
        }  # fmt: skip
        if outcome.arrived:
            mine(row).update(state=State.DELIVERED, delivered_at=now, **seen)
            recovered(subscription, now)
        else:
            wish = retries.wished_pause(outcome.status or 0, outcome.headers, now)
            failed(subscription, outcome, wish, now)
            put_off(row, subscription, seen, wish, now)
        row.subscription = subscription  # as it is now: claim asks it how much room there is


def put_off(
    row: Delivery, subscription: Subscription, seen: dict[str, Any], wish: timedelta | None, now: datetime
) -> None:
    failed_at = row.failed_at or now
    again_at = retries.next_try(row.event_id, row.attempts, failed_at, now, wish)
    if again_at is None or not subscription.is_active:
        mine(row).update(state=State.PARKED, failed_at=failed_at, **seen)
        return
    mine(row).update(due_at=again_at, failed_at=failed_at, **seen)
    wakeups.wake("webhook", again_at)


def recovered(subscription: Subscription, now: datetime) -> None:
    subscription.delivered_at, subscription.failing_since = now, None
    subscription.failures, subscription.rests_until = 0, None
    subscription.save(update_fields=["delivered_at", "failing_since", "failures", "rests_until"])


def failed(subscription: Subscription, outcome: Outcome, wish: timedelta | None, now: datetime) -> None:
    """410 Gone switches off at once, three days of nothing but failures as well."""
    subscription.failing_since = subscription.failing_since or now
    subscription.failures += 1
    if wish or subscription.failures >= STRUGGLING:
        subscription.rests_until = now + max(REST, min(wish or REST, LONGEST_REST))
    subscription.save(update_fields=["failing_since", "failures", "rests_until"])
    if outcome.status == 410:
        subscriptions.switch_off(subscription, now, "gone")
    elif now - subscription.failing_since >= retries.GIVES_UP_AFTER:
        subscriptions.switch_off(subscription, now, "dead")


def mine(row: Delivery) -> QuerySet[Delivery]:
    """The row, as long as no other try took it over."""
    return Delivery.objects.filter(pk=row.pk, state=State.PENDING, attempts=row.attempts)


# --- by hand ----------------------------------------------------------------------------------------------------------


def replay(row: Delivery, at: datetime) -> bool:
    """Send it once more, with the same event id and all tries anew; False where it waits already, or was only a test.

    Refused while its webhook is switched off.
    """
    with transaction.atomic():
        if not Subscription.objects.filter(pk=row.subscription_id, is_active=True).exists():
            raise ValidationError({"subscription": _("The webhook is switched off: switch it on first.")})
        settled = Delivery.objects.filter(pk=row.pk, is_test=False).exclude(state=State.PENDING)
        anew = {"attempts": 0, "deaths": 0, "failed_at": None, "delivered_at": None, "lease_until": None}
        if not settled.update(state=State.PENDING, due_at=at, **anew):
            return False
        Subscription.objects.filter(pk=row.subscription_id).update(rests_until=None)
        wakeups.wake("webhook", at)
        return True


def send_test(subscription: Subscription, at: datetime) -> Delivery:
    """A test event, sent while somebody waits, tried once; it says nothing about the receiver's health."""
    payload = {"type": TEST, "occurred_at": moment(at), "data": {"says": "It works: this is a test event."}}
    row = Delivery.objects.create(
        subscription=subscription, event=TEST, payload=payload, is_test=True, created_at=at, due_at=at, tried_at=at,
        attempts=1, state=State.PARKED, error="It was interrupted.",
    )  # fmt: skip
    outcome = prepared(row, at)()
    row.status, row.answer, row.milliseconds = outcome.status, outcome.answer, outcome.milliseconds
    row.error = outcome.error
    if outcome.arrived:
        row.state, row.delivered_at = State.DELIVERED, at
    row.save()
    return row


def forget_old(now: datetime, limit: int = 5000) -> int:
    """Deliveries older than thirty days that wait for nothing are forgotten, a bounded number at a time."""
    old = Delivery.objects.filter(created_at__lt=now - KEPT)
    settled = old.exclude(state=State.PENDING) | old.exclude(subscription__in=Subscription.objects.all())
    ids = list(settled.order_by("created_at").values_list("pk", flat=True)[:limit])
    return Delivery.objects.filter(pk__in=ids).delete()[0] if ids else 0
