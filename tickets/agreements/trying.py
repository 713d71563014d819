"""What happens by itself - a quote or a night ends, a report is sent - is tried, tried again later, and parked in the end.

The attempt is counted before the work and committed, as an alarm's is: a row that raises is put off, and so is one that kills
its worker; after TRIES it is parked with its reason, for the admin to see and to try again. What has happened leaves no row.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Min, Q, QuerySet

from tenants.wakeups import wake
from tickets.agreements.models import Trial

log = logging.getLogger(__name__)

PAUSES = (timedelta(minutes=15), timedelta(hours=1))  # after the first failure, after the second
TRIES = len(PAUSES) + 1
KILLED = "The worker was killed each time that it was tried."


def held(what: str, now: datetime, month: date | None = None) -> QuerySet[Any]:
    """Ids of what is parked, or put off until later than `now`: to be excluded, so that it stands in nobody's way."""
    rows = Trial.objects.filter(Q(due_at=None) | Q(due_at__gt=now), what=what, month=month)
    return rows.values("subject_id")


def attempt(
    what: str, subject_id: int, now: datetime, act: Callable[[], Any], month: date | None = None
) -> bool:
    """Whether `act` was done, and had something to do. `act` is a transaction of its own."""
    trial = Trial.objects.get_or_create(what=what, subject_id=subject_id, month=month)[0]
    if trial.attempts >= TRIES:
        _park(trial, trial.error or KILLED)
        return False
    trial.attempts += 1
    trial.due_at = now + PAUSES[min(trial.attempts, len(PAUSES)) - 1]
    trial.save(update_fields=["attempts", "due_at"])
    try:
        done = act()
    except Exception as error:  # one that fails stops no other
        log.exception("%s of %s failed", what, subject_id)
        _failed(trial, f"{type(error).__name__}: {error}")
        return False
    trial.delete()
    return bool(done)


def _failed(trial: Trial, error: str) -> None:
    if trial.attempts >= TRIES:
        _park(trial, error)
        return
    trial.error = error[:2000]
    trial.save(update_fields=["error"])
    wake("agreement", trial.due_at)


def _park(trial: Trial, error: str) -> None:
    trial.due_at, trial.error = None, error[:2000]
    trial.save(update_fields=["due_at", "error"])


def forget(now: datetime) -> None:
    """After a round at `now`: what was put off until then and was not tried has lost its reason (answered, withdrawn)."""
    Trial.objects.filter(due_at__lte=now).delete()


def look_again() -> None:
    """A hint for the next that is tried again, where one was lost with its worker."""
    soonest = Trial.objects.aggregate(at=Min("due_at"))["at"]
    if soonest is not None:
        wake("agreement", soonest)


def again(ids: Iterable[int], at: datetime) -> int:
    """Let parked ones be tried again, as if for the first time. How many there were."""
    count = Trial.objects.filter(pk__in=list(ids), due_at=None).update(attempts=0, due_at=at, error="")
    if count:
        wake("agreement", at)
    return count
