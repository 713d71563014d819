"""PURE: when a delivery is tried again, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID

PAUSES = [timedelta(seconds=s) for s in (10, 60, 300, 1800, 2 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)]
GIVES_UP_AFTER = timedelta(days=3)  # from the first failure on
LONGEST_WISH = timedelta(hours=24)


def next_try(
    event_id: UUID, attempts: int, failed_at: datetime, at: datetime, wish: timedelta | None = None
) -> datetime | None:
    """The moment after `attempts` tries, the last of which failed at `at`. None: it was the last one.

    10 s, 1 min, 5 min, 30 min, 2 h, 6 h, 12 h, then every 24 h, each up to a tenth longer (by the event's id, so that what
    failed together does not return together); at least as long as the receiver wishes; the last try is three days after the
    first failure, exactly.
    """
    ends = failed_at + GIVES_UP_AFTER
    if at >= ends:
        return None
    pause = PAUSES[min(attempts, len(PAUSES)) - 1]
    pause += pause * (event_id.int % 101) / 1000
    pause = timedelta(seconds=round(pause.total_seconds()))
    return min(at + max(pause, wish or timedelta()), ends)


def wished_pause(status: int, headers: Mapping[str, str], at: datetime) -> timedelta | None:
    """What `Retry-After` of a 429 or 503 says, in seconds or as a date (RFC 9110 10.2.3), within a day; None without one."""
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
    if status not in (429, 503) or not said:
        return None
    if said.isascii() and said.isdecimal():
        pause = timedelta(seconds=min(int(said[:12]), 10**9))
    else:
        try:
            moment = parsedate_to_datetime(said)
        except (ValueError, TypeError, OverflowError):
            return None
        pause = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - at
    return min(max(pause, timedelta()), LONGEST_WISH)
