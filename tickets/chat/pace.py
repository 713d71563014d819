"""How fast we usually answer, only if it was measured: the median of the first answers of the last chats of a week.

Kept by the jobs; a page reads one row.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median

from tickets.chat.models import Chat, Pace

WINDOW = timedelta(days=7)
LAST = 50
LEAST = 10


def measure(at: datetime) -> Pace | None:
    """Work the pace out anew. None, and no row, where fewer than `LEAST` chats were answered within the week."""
    found = list(
        Chat.objects.filter(answered_at__gt=at - WINDOW, answered_at__lte=at)
        .order_by("-answered_at")
        .values_list("opened_at", "answered_at")[:LAST]
    )
    if len(found) < LEAST:
        Pace.objects.filter(id=1).delete()
        return None
    seconds = median((answered - opened).total_seconds() for opened, answered in found)
    known = {
        "seconds": int(seconds),
        "samples": len(found),
        "measured_at": at,
        "valid_until": found[LEAST - 1][1] + WINDOW,
    }
    return Pace.objects.update_or_create(id=1, defaults=known)[0]


def usual(at: datetime) -> timedelta | None:
    """How long the first answer usually takes; None where that is not known."""
    pace = Pace.objects.filter(id=1, valid_until__gt=at).first()
    return None if pace is None else timedelta(seconds=max(60, round(pace.seconds / 60) * 60))
