"""What a customer's calendar says, and what is refused of it. Moments are worked out by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from tickets.duty import ics
from tickets.duty.reading import Unreadable, read

START, UNTIL = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 12, 30, tzinfo=UTC)


def calendar(*events, head=""):
    inner = "".join(f"BEGIN:VEVENT\r\n{event.strip()}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\n{head}{inner}END:VCALENDAR\r\n".encode()


def event(uid="a", start="DTSTART:20261105T230000Z", end="DTEND:20261106T010000Z", more=""):
    return "\r\n".join(filter(None, [f"UID:{uid}", "SUMMARY:Leilão", start, end, more]))


def said(raw, zone="", start=START, until=UNTIL):
    return [(e.starts_at, e.ends_at) for e in read(raw, start, until, zone).events if not e.is_cancelled]


def utc(month, day, hour, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_an_event_with_its_zone_is_a_moment():
    raw = calendar(
        event(
            start="DTSTART;TZID=America/Sao_Paulo:20261105T200000",
            end="DTEND;TZID=America/Sao_Paulo:20261105T220000",
        )
    )
    [found] = read(raw, START, UNTIL).events
    assert (found.starts_at, found.ends_at, found.name) == (utc(11, 5, 23), utc(11, 6, 1), "Leilão")


def test_sl02_a_weekly_auction_stays_at_its_hour_when_the_clocks_are_put_back():
    # Berlin: summer time ends on Sunday 25 October 2026. 19:00 is 17:00 UTC on the 19th and 18:00 UTC on the 26th.
    weekly = event(
        start="DTSTART;TZID=Europe/Berlin:20261019T190000", end="DTEND;TZID=Europe/Berlin:20261019T210000",
        more="RRULE:FREQ=WEEKLY;COUNT=3",
    )  # fmt: skip
    assert said(calendar(weekly)) == [
        (utc(10, 19, 17), utc(10, 19, 19)),
        (utc(10, 26, 18), utc(10, 26, 20)),
        (utc(11, 2, 18), utc(11, 2, 20)),
    ]


def test_an_occurrence_that_is_moved_or_left_out_keeps_the_others_keys():
    weekly = event(more="RRULE:FREQ=WEEKLY;COUNT=3")
    moved = event(
        start="DTSTART:20261114T150000Z", end="DTEND:20261114T160000Z", more="RECURRENCE-ID:20261112T230000Z"
    )
    before, after = read(calendar(weekly), START, UNTIL), read(calendar(weekly, moved), START, UNTIL)
    assert {e.key for e in before.events} == {e.key for e in after.events}
    assert (utc(11, 14, 15), utc(11, 14, 16)) in said(calendar(weekly, moved))
    shorter = calendar(event(more="RRULE:FREQ=WEEKLY;COUNT=3\r\nEXDATE:20261112T230000Z"))
    assert said(shorter) == [(utc(11, 5, 23), utc(11, 6, 1)), (utc(11, 19, 23), utc(11, 20, 1))]


def test_an_event_keeps_its_key_when_it_is_moved_and_says_that_it_is_cancelled():
    [first] = read(calendar(event()), START, UNTIL).events
    [moved] = read(
        calendar(event(start="DTSTART:20261107T100000Z", end="DURATION:PT90M")), START, UNTIL
    ).events
    assert first.key == moved.key and moved.ends_at - moved.starts_at == timedelta(minutes=90)
    [gone] = read(calendar(event(more="STATUS:CANCELLED")), START, UNTIL).events
    assert gone.is_cancelled
    [withdrawn] = read(calendar(event(), head="METHOD:CANCEL\r\n"), START, UNTIL).events
    assert withdrawn.is_cancelled


def test_times_without_a_zone_and_whole_days_need_one_that_is_chosen():
    floating = calendar(event(start="DTSTART:20261105T200000", end="DTEND:20261105T220000"))
    days = calendar(event(start="DTSTART;VALUE=DATE:20261105", end="DTEND;VALUE=DATE:20261107"))
    for raw in (floating, days):
        with pytest.raises(Unreadable, match=r"“Leilão”.*zone"):
            read(raw, START, UNTIL)
    assert said(floating, "America/Sao_Paulo") == [(utc(11, 5, 23), utc(11, 6, 1))]
    assert said(days, "America/Sao_Paulo") == [(utc(11, 5, 3), utc(11, 7, 3))]
    old = calendar(event(start="DTSTART;VALUE=DATE:20200101", end="DTEND;VALUE=DATE:20200102"), event("b"))
    assert len(said(old)) == 1, "what is long over refuses nothing"


def test_what_takes_no_time_is_left_out_and_counted():
    found = read(calendar(event(end="")), START, UNTIL)
    assert (found.events, found.left_out) == ([], 1)


REFUSED = {
    "not a calendar": (b"<html>Sign in</html>", "not a calendar"),
    "nothing": (b"", "not a calendar"),
    "half of one": (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n", "cut off"),
    "no beginning": (calendar("UID:a\r\nSUMMARY:Leilão"), "“Leilão” has no UID or no beginning"),
    "a zone that is nowhere": (
        calendar(event(start="DTSTART;TZID=Mars/Olympus:20261105T200000", end="DTEND;TZID=Mars/Olympus:20261105T210000")),
        "Mars/Olympus",
    ),
    "until the year 2500": (calendar(event(end="DTEND:25001231T230000Z")), "“Leilão” begins or ends in a year"),
    "every second": (calendar(event(more="RRULE:FREQ=SECONDLY")), "repeats within a day"),
    "every minute, folded": (calendar(event(more="RRULE:FREQ=MI\r\n NUTELY")), "repeats within a day"),
    "many times a day": (calendar(event(more="RRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6")), "repeats within a day"),
    "a million events": (calendar(*[event(str(n)) for n in range(2_500)]), "too many events"),
    "very long": (calendar(event(more="DESCRIPTION:" + "x" * 2_100_000)), "too large"),
    "too many occurrences": (
        calendar(*[event(str(n), more="RRULE:FREQ=DAILY") for n in range(20)]),
        "too many events",
    ),
    "rules since the year 1": (
        calendar(*[
            event(str(n), "DTSTART:00010101T000000Z", "DTEND:00010101T010000Z", "RRULE:FREQ=DAILY;INTERVAL=7")
            for n in range(1_500)
        ]),
        "too long to work out|too many",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_hostile_calendar_is_refused_with_the_reason(what):
    raw, reason = REFUSED[what]
    with pytest.raises(Unreadable, match=reason):
        read(raw, START, UNTIL)


def test_half_a_character_is_no_text():
    """A lone surrogate cannot be written as UTF-8: not to the database, and not to the log."""
    assert ics.plain("odd \ud800 bytes\x00") == "odd bytes"
