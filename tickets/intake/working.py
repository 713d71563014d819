"""The loop over what came in: claim one, understand it, commit its effects together with its end.

* One worker has a row at a time: lease and attempt are committed before the work, so that what kills a worker counts too.
* The effects and the row's end are one transaction; a handler that runs twice has its effects once.
* Three failures park a row with the reason, for the admin to see and to try again. Nothing waits behind it.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, Min, Q, Value, When
from django.db.models.functions import Greatest, Now

from tenants import wakeups
from tickets.intake import doors
from tickets.intake.models import Inbound
from tickets.intake.result import ATTEMPTS, Result
from tickets.masking import masked

log = logging.getLogger(__name__)
State = Inbound.State

LEASE = timedelta(seconds=90)
TURN = 20.0  # seconds of one tenant, then another's turn comes
BACK_OFF = [timedelta(seconds=10), timedelta(seconds=60)]  # before the second and the third attempt


def work_off(now: datetime, limit: int) -> int:
    """Understand what waits, oldest first, at most `limit`. How many rows were dealt with. Outside any transaction."""
    until, count = time.monotonic() + TURN, 0
    while count < limit and time.monotonic() < until:
        inbound = claim_next(now)
        if inbound is None:
            break
        understand(inbound, now)
        count += 1
    look_again(now)
    return count


def claim_next(now: datetime) -> Inbound | None:
    due = (
        Inbound.objects.filter(Q(lease_until=None) | Q(lease_until__lte=Now()), state=State.WAITING, due_at__lte=now)
        .select_related("door")
        .order_by("due_at", "id")
        .select_for_update(skip_locked=True, of=("self",))
    )  # fmt: skip
    with transaction.atomic(durable=True):
        while row := due.first():
            if row.attempts >= ATTEMPTS:
                row.state, row.reason = State.PARKED, row.reason or "The worker died while it read this."
                row.save(update_fields=["state", "reason"])
                continue
            row.attempts += 1
            Inbound.objects.filter(pk=row.pk).update(attempts=row.attempts, lease_until=Now() + LEASE)
            return row
    return None


def understand(inbound: Inbound, now: datetime) -> None:
    kind = doors.KINDS.get(inbound.door.kind)
    try:
        if kind is None:
            raise LookupError(f"No door of kind {inbound.door.kind!r} is known.")
        raw = inbound.read_raw()
        if kind.fetch is not None:
            inbound.fetched = kind.fetch(inbound, raw)
        with transaction.atomic():
            if mine(inbound).select_for_update().exists():
                finish(inbound, kind.handle(inbound, raw, inbound.received_at))
    except Exception as failure:  # whatever it was, it is this row's own matter; the next one is read
        log.info("inbound %s was not understood", inbound.pk, exc_info=True)
        put_off(inbound, f"{type(failure).__name__}: {failure}"[:2000], now)


def mine(inbound: Inbound) -> object:
    """The row, as long as no other attempt took it over."""
    return Inbound.objects.filter(pk=inbound.pk, state=State.WAITING, attempts=inbound.attempts)


def finish(inbound: Inbound, result: Result) -> None:
    if not result.is_kept:
        inbound.delete()
        return
    inbound.state, inbound.reason, inbound.lease_until = result.state, result.reason[:2000], None
    inbound.ticket, inbound.message, inbound.contact = result.ticket, result.message, result.contact
    inbound.sender = result.sender[:320] or inbound.sender
    inbound.subject = masked(result.subject.replace("\0", "")).text[:200] or inbound.subject
    if result.state in (State.DONE, State.IGNORED) and not result.keeps_raw:
        inbound.raw = inbound.raw_key = None
    inbound.save()


def put_off(inbound: Inbound, reason: str, now: datetime) -> None:
    reason = reason.replace("\0", "")
    if inbound.attempts >= ATTEMPTS:
        mine(inbound).update(state=State.PARKED, lease_until=None, reason=reason)
        return
    again_at = now + BACK_OFF[inbound.attempts - 1]
    with transaction.atomic(durable=True):
        mine(inbound).update(due_at=again_at, lease_until=None, reason=reason)
        wakeups.wake("intake", again_at)


def look_again(now: datetime) -> None:
    """Leave a hint for what still waits: leased, put off, or beyond the limit."""
    leased = Q(lease_until__gt=Now())
    ready_at = Case(When(leased, then=Greatest("due_at", Value(now + LEASE))), default="due_at")
    soonest = Inbound.objects.filter(state=State.WAITING).aggregate(at=Min(ready_at))["at"]
    if soonest is not None:
        wakeups.wake("intake", soonest)
