"""What holds for every calendar: laws of the arithmetic (R10), and agreement with the minute-by-minute walk."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from sla.business_time import BusinessHours
from sla.clock import Clock, Segment
from tests.sla.reference import WEEKDAYS, Reference, dates

DAYS = 12
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)  # to shrink a slow walk would take minutes
SCENES = [
    ("UTC", date(2024, 2, 24)),  # a leap day
    ("America/New_York", date(2024, 3, 5)),  # 10 March, 02:00 becomes 03:00
    ("America/New_York", date(2024, 10, 29)),  # 3 November, 02:00 becomes 01:00
    ("America/Sao_Paulo", date(2018, 10, 30)),  # 4 November, 00:00 becomes 01:00: no midnight
    ("America/Sao_Paulo", date(2018, 2, 12)),  # 18 February, 00:00 becomes 23:00 of the day before
    ("Australia/Lord_Howe", date(2024, 4, 2)),  # 7 April, half an hour back
    ("Australia/Lord_Howe", date(2024, 10, 1)),  # 6 October, half an hour on
    ("Pacific/Apia", date(2011, 12, 24)),  # no 30 December
    ("Africa/Casablanca", date(2024, 3, 5)),  # 10 March, Ramadan: back to UTC
    ("Africa/Casablanca", date(2024, 4, 9)),  # 14 April, and on again
    ("America/Havana", date(2024, 10, 29)),  # 3 November, 01:00 becomes 00:00: midnight twice
    ("Asia/Kathmandu", date(2024, 6, 1)),  # a quarter of an hour off
]
MINUTES = st.one_of(
    st.integers(0, 95).map(lambda n: n * 15),
    st.integers(0, 1439),
    st.sampled_from([0, 60, 90, 120, 150, 180]),
)


def hh_mm(minute):
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def intervals(draw, most=3):
    pairs = []
    for _ in range(draw(st.integers(0, most))):
        opens, closes = draw(MINUTES), draw(st.one_of(MINUTES, st.just(1440)))
        if opens != closes:
            pairs.append([hh_mm(opens), hh_mm(closes)])
    return pairs


@st.composite
def scenes(draw):
    """A calendar, and dates around a change of its zone: (document, first_day, start)."""
    tz, first_day = draw(st.sampled_from(SCENES))
    day = st.sampled_from([str(each) for each in dates(first_day, DAYS)])
    moment = st.integers(2 * 1440, (DAYS - 3) * 1440).map(
        lambda n: datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC) + timedelta(minutes=n)
    )
    weekly = draw(
        st.one_of(
            st.fixed_dictionaries({name: intervals() for name in WEEKDAYS}),
            intervals().map(lambda pairs: dict.fromkeys(WEEKDAYS, pairs)),
        )
    )
    assume(any(weekly.values()))
    windows = []
    for opens in draw(st.lists(moment, max_size=2)):
        windows.append(
            [opens.isoformat(), (opens + timedelta(minutes=draw(st.integers(1, 3000)))).isoformat()]
        )
    document = {
        "tz": tz,
        "weekly": weekly,
        "holidays": draw(st.lists(day, max_size=2)),
        "overrides": draw(st.dictionaries(day, intervals(2), max_size=2)),
        "breaks": draw(st.dictionaries(day, intervals(2), max_size=2)),
        "windows": windows,
    }
    start = draw(moment) + timedelta(seconds=draw(st.integers(0, 59)))
    return document, first_day, start


DURATIONS = st.one_of(st.integers(1, 3 * 86400), st.integers(1, 600)).map(lambda n: timedelta(seconds=n))


@st.composite
def pauses(draw, start):
    result = []
    for _ in range(draw(st.integers(0, 4))):
        begins = start + timedelta(seconds=draw(st.integers(-86400, 3 * 86400)))
        result.append((begins, begins + timedelta(seconds=draw(st.integers(0, 86400)))))
    return result


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_agrees_with_a_walk_along_the_wall_clock(data):
    document, first_day, start = data.draw(scenes())
    duration, paused = data.draw(DURATIONS), data.draw(pauses(start))
    hours, reference = BusinessHours.from_dict(document), Reference(document, first_day, DAYS)
    end = min(start + timedelta(seconds=data.draw(st.integers(0, 2 * 86400))), reference.ends_at)

    assert hours.is_open(start) == reference.counts(start, ())
    assert hours.between(start, end) == reference.between(start, end)
    assert hours.between(start, end, paused) == reference.between(start, end, paused)
    due, expected = hours.after(start, duration, paused), reference.after(start, duration, paused)
    if expected is None:
        assert due is None or due > reference.ends_at - timedelta(seconds=1)
    else:
        assert due == expected


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_r10_between_start_and_due_lies_the_target(data):
    document, _, start = data.draw(scenes())
    duration, paused = data.draw(DURATIONS), data.draw(pauses(start))
    hours = BusinessHours.from_dict(document)
    due = hours.after(start, duration, paused)
    assume(due is not None)
    assert hours.between(start, due, paused) == duration
    assert (
        hours.between(start, due - timedelta(seconds=1), paused) < duration
    )  # R7: the earliest such instant


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_r10_between_is_additive(data):
    document, _, start = data.draw(scenes())
    hours, paused = BusinessHours.from_dict(document), data.draw(pauses(start))
    middle = start + timedelta(seconds=data.draw(st.integers(0, 4 * 86400)))
    end = middle + timedelta(seconds=data.draw(st.integers(0, 4 * 86400)))
    assert hours.between(start, middle, paused) + hours.between(middle, end, paused) == hours.between(
        start, end, paused
    )
    assert hours.between(end, start, paused) == timedelta(0)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_after_grows_with_start_target_and_pauses(data):
    document, _, start = data.draw(scenes())
    hours, duration = BusinessHours.from_dict(document), data.draw(DURATIONS)
    later, longer = start + data.draw(DURATIONS), duration + data.draw(DURATIONS)
    due, due_if_later, due_if_longer = (
        hours.after(start, duration),
        hours.after(later, duration),
        hours.after(start, longer),
    )
    assume(due and due_if_later and due_if_longer)
    assert due <= due_if_later
    assert due < due_if_longer
    paused = hours.after(start, duration, data.draw(pauses(start)))
    assert paused is None or paused >= due


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_pauses_may_come_in_any_order_and_overlap(data):
    document, _, start = data.draw(scenes())
    hours, duration, paused = (
        BusinessHours.from_dict(document),
        data.draw(DURATIONS),
        data.draw(pauses(start)),
    )
    shuffled = data.draw(st.permutations(paused + paused[:1]))
    assert hours.after(start, duration, shuffled) == hours.after(start, duration, paused)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_s16_stretches_cover_the_time_and_add_up(data):
    document, _, start = data.draw(scenes())
    hours, paused = BusinessHours.from_dict(document), data.draw(pauses(start))
    end = start + timedelta(seconds=data.draw(st.integers(1, 6 * 86400)))
    stretches = hours.stretches(start, end, [(*pause, "pending") for pause in paused])
    assert stretches[0].from_at == start
    assert stretches[-1].to_at == end
    for one, following in itertools.pairwise(stretches):
        assert one.to_at == following.from_at
        assert one.why != following.why
    for stretch in stretches:
        assert stretch.from_at < stretch.to_at
        assert stretch.counted == (
            stretch.to_at - stretch.from_at if stretch.why in ("open", "window") else timedelta(0)
        )
        assert stretch.counted == hours.between(stretch.from_at, stretch.to_at, paused)
    assert sum((stretch.counted for stretch in stretches), timedelta(0)) == hours.between(start, end, paused)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_answers_do_not_depend_on_what_was_asked_before(data):
    document, _, start = data.draw(scenes())
    fresh, used = BusinessHours.from_dict(document), BusinessHours.from_dict(document)
    for years in data.draw(st.lists(st.integers(-80, 80), max_size=3)):
        used.is_open(start + timedelta(days=365 * years))
    duration = data.draw(DURATIONS)
    assert used.after(start, duration) == fresh.after(start, duration)
    assert used.next_opening(start) == fresh.next_opening(start)
    assert used.next_closing(start) == fresh.next_closing(start)


@given(scenes())
@settings(max_examples=40, deadline=None)
def test_the_canonical_form_reads_back_as_the_same_hours(scene):
    hours = BusinessHours.from_dict(scene[0])
    again = BusinessHours.from_dict(hours.to_dict())
    assert again == hours
    assert again.to_dict() == hours.to_dict()


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_r14_a_clock_is_the_same_however_it_came_about(data):
    """Events one after the other, stored and read in between, give the due time of the bare arithmetic."""
    document, _, start = data.draw(scenes())
    hours, duration = BusinessHours.from_dict(document), data.draw(DURATIONS)
    clock = Clock("resolution", start, duration, (Segment(start, hours),))
    at, paused = start, []
    for _ in range(data.draw(st.integers(0, 4))):
        begins = at + timedelta(seconds=data.draw(st.integers(0, 40000)))
        at = begins + timedelta(seconds=data.draw(st.integers(0, 40000)))
        clock = clock.pause(begins, "pending").resume(at)
        clock = Clock.from_state(clock.to_state(), {hours.fingerprint: hours})
        paused.append((begins, at))
    assert clock.due_at == hours.after(start, duration, paused)
    assert clock.consumed(at) == hours.between(start, at, paused)
    if clock.due_at is not None:
        assert sum((stretch.counted for stretch in clock.stretches()), timedelta(0)) == duration
        assert clock.remaining(clock.due_at) == timedelta(0)
        assert not clock.is_breached(clock.due_at)
        assert clock.is_breached(clock.due_at + timedelta(seconds=1))


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_r15_r16_a_change_keeps_what_is_consumed(data):
    document, _, start = data.draw(scenes())
    other = BusinessHours.from_dict(
        {"tz": "Europe/Lisbon", "weekly": {"tue": [["07:00", "19:00"]], "sat": [["22:00", "03:00"]]}}
    )
    hours, first, second = BusinessHours.from_dict(document), data.draw(DURATIONS), data.draw(DURATIONS)
    at = start + timedelta(seconds=data.draw(st.integers(0, 3 * 86400)))
    clock = Clock("resolution", start, first, (Segment(start, hours),))
    consumed = clock.consumed(at)

    retargeted = clock.retarget(at, target=second, hours=other)
    assert retargeted.consumed(at) == consumed
    assert retargeted.due_at == (at if second <= consumed else other.after(at, second - consumed))

    rehoured = clock.rehours(at, other)
    assert rehoured.due_at == (clock.due_at if first <= consumed else other.after(at, first - consumed))


@pytest.mark.parametrize(("tz", "first_day"), SCENES)
def test_r19_elapsed_time_is_the_same_in_every_zone(tz, first_day):
    hours = BusinessHours.from_dict({"tz": tz, "weekly": {day: [["00:00", "24:00"]] for day in WEEKDAYS}})
    start = datetime(first_day.year, first_day.month, first_day.day, 5, 7, 11, tzinfo=UTC)
    assert hours.after(start, timedelta(days=9)) == start + timedelta(days=9)
    assert hours.next_closing(start) is None
