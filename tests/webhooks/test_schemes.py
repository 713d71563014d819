"""What is signed with what, and when is tried again: worked out by hand, without a database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tickets.webhooks import retries, signing

MONDAY = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
NO_JITTER, MOST_JITTER = UUID(int=0), UUID(int=100)  # the id modulo 101 is how many thousandths longer


def test_the_published_example_of_standard_webhooks_is_signed_alike():
    """The vector of the specification's own libraries."""
    found = signing.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_secrets_are_long_and_never_the_same():
    made = {signing.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(each.startswith("whsec_") and len(each) == 6 + 44 for each in made)  # 32 bytes in base64


def test_tries_are_spread_over_three_days():
    """10 s, 1 min, 5 min, 30 min, 2 h, 6 h, 12 h, 24 h, 24 h; the next 24 h would end beyond 72 h, so the last is at 72 h."""
    at, tries = MONDAY, [timedelta()]
    for attempts in range(1, 50):
        following = retries.next_try(NO_JITTER, attempts, MONDAY, at)
        if following is None:
            break
        at = following
        tries.append(at - MONDAY)
    hours = timedelta(hours=1)
    assert tries == [
        timedelta(),
        timedelta(seconds=10),
        timedelta(minutes=1, seconds=10),
        timedelta(minutes=6, seconds=10),
        timedelta(minutes=36, seconds=10),
        2 * hours + timedelta(minutes=36, seconds=10),
        8 * hours + timedelta(minutes=36, seconds=10),
        20 * hours + timedelta(minutes=36, seconds=10),
        44 * hours + timedelta(minutes=36, seconds=10),
        68 * hours + timedelta(minutes=36, seconds=10),
        72 * hours,
    ]


def test_what_failed_together_does_not_return_together():
    assert retries.next_try(MOST_JITTER, 2, MONDAY, MONDAY) == MONDAY + timedelta(
        seconds=66
    )  # 60 s and a tenth
    assert retries.next_try(MOST_JITTER, 8, MONDAY, MONDAY) == MONDAY + timedelta(hours=26, minutes=24)


@pytest.mark.parametrize(
    ("status", "said", "pause"),
    [
        (503, "120", timedelta(minutes=2)),
        (429, "Mon, 23 Nov 2026 11:10:00 GMT", timedelta(minutes=10)),
        (429, "Mon, 23 Nov 2026 10:00:00 GMT", timedelta()),
        (503, "999999999999999999999", timedelta(hours=24)),
        (503, "soon", None),
        (503, "Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        (503, "-5", None),
        (503, "", None),
        (500, "120", None),
        (503, "²", None),
    ],
)
def test_a_receiver_may_wish_for_a_pause(status, said, pause):
    assert retries.wished_pause(status, {"Retry-After": said}, MONDAY) == pause


def test_a_wish_makes_a_pause_longer_never_shorter_and_never_the_whole_longer():
    minute, day = timedelta(minutes=1), timedelta(hours=24)
    assert retries.next_try(NO_JITTER, 1, MONDAY, MONDAY, minute) == MONDAY + minute
    assert retries.next_try(NO_JITTER, 4, MONDAY, MONDAY, minute) == MONDAY + 30 * minute
    late = MONDAY + timedelta(hours=60)
    assert retries.next_try(NO_JITTER, 9, MONDAY, late, day) == MONDAY + timedelta(hours=72)
