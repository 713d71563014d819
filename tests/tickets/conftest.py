"""A desk that promises every answer, which no pack does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from policies import publishing
from policies.document import Target
from policies.packs import load_pack


@pytest.fixture
def answers_all(desk_of):
    """360dialog's, around the clock, but that any message of ours is the first response (in 30 minutes), and that every message
    of the customer is answered within two hours."""
    desk_of("360dialog")
    policy = load_pack("360dialog")
    rules = tuple(rule for rule in policy.clock_rules if rule.metric != "first_response")
    answer = Target("answer", "next_response", timedelta(hours=2), "elapsed")
    publishing.publish_pack(
        replace(policy, clock_rules=rules, targets=(*policy.targets, answer)),
        datetime(2027, 3, 1, tzinfo=UTC),
    )
