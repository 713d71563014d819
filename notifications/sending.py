"""Several connections at a time in one tenant's turn, each in a thread of its own with its own database connection.

A thread claims, sends and marks one notice after the other; the caller's thread acts on what they sent. What keeps them apart
is the rows' own claims (`outbox.claim_next`), as between two processes: killing any of them at any moment costs what it
always costs.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Iterator
from typing import Any, Protocol

from django.db import connection

from notifications.channels import Channels
from notifications.models import Notification

log = logging.getLogger(__name__)
FOR_EACH = 4  # notices that are waiting make one more connection worth its while


class Turn(Protocol):
    is_over: bool

    def next(self, but: list[str]) -> Notification | None: ...

    def hand_over(self, row: Notification, channels: Channels) -> bool: ...


def sent(turn: Turn, senders: int) -> Iterator[Notification]:
    """Send what the turn gives, and yield what was handed over, by as many as are worth their while, at most `senders`."""
    wanted = min(senders, 1 + waiting(senders * FOR_EACH) // FOR_EACH) if senders > 1 else 1
    return one_by_one(turn) if wanted == 1 else side_by_side(turn, wanted)


def waiting(most: int) -> int:
    return Notification.objects.filter(state=Notification.State.PENDING)[:most].count()


def one_by_one(turn: Turn) -> Iterator[Notification]:
    """Until nothing is left or the turn is over. What cannot be reached is not asked again: each try would cost its timeout."""
    with Channels() as channels:
        while row := turn.next(channels.down()):
            if turn.hand_over(row, channels):
                yield row


def side_by_side(turn: Turn, senders: int) -> Iterator[Notification]:
    done: queue.SimpleQueue[Notification | None] = queue.SimpleQueue()
    tenant = connection.tenant
    threads = [
        threading.Thread(target=_share, args=(turn, tenant, done), name=f"sender {n}", daemon=True)
        for n in range(senders)
    ]
    for thread in threads:
        thread.start()
    try:
        working = senders
        while working:
            row = done.get()
            if row is None:
                working -= 1
            else:
                yield row
    finally:  # the caller may have had enough: what is being sent is sent to its end, and marked
        turn.is_over = True
        for thread in threads:
            thread.join()


def _share(turn: Turn, tenant: Any, done: queue.SimpleQueue[Notification | None]) -> None:
    try:
        connection.set_tenant(tenant)
        for row in one_by_one(turn):
            done.put(row)
    except Exception:  # the database went away: leases run out, others go on
        log.exception("a sender of %s stopped", tenant.schema_name)
    finally:
        connection.close()
        done.put(None)
