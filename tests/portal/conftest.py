"""The portal's clock, stopped."""

from datetime import UTC, datetime

import pytest

MONDAY_8 = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # 08:00 in Sao Paulo (UTC-3)


@pytest.fixture
def at(monkeypatch):
    """at(moment): the portal's views are asked at that moment; to begin with, Monday 08:00."""

    def stop(moment):
        for view in ("home", "listing", "asking", "conversation", "guest"):
            monkeypatch.setattr(f"tickets.portal.{view}.now", lambda: moment)

    stop(MONDAY_8)
    return stop
