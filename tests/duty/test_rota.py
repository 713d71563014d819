"""Who is on duty: turns, hours, changes, holes; across the days on which clocks are put forward and back."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from sla.business_time import BusinessHours
from tickets.duty.rota import (
    ABSENT,
    EXTRA,
    INSTEAD,
    Change,
    Pattern,
    duties,
    handed_over_at,
    holes,
    on_duty,
    turn_of,
)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHOLE = {day: [["00:00", "24:00"]] for day in DAYS}
NIGHTS = {day: [["18:00", "08:00"]] for day in DAYS}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SAO_PAULO, BERLIN = "America/Sao_Paulo", "Europe/Berlin"


def hours(weekly=WHOLE, tz=SAO_PAULO):
    return BusinessHours.from_dict({"tz": tz, "weekly": weekly})


def utc(*when):
    return datetime(*when, tzinfo=UTC)


def local(tz, *when):
    return datetime(*when, tzinfo=ZoneInfo(tz))


# Monday 2 November 2026, 08:00 in Sao Paulo (UTC-3 all year) is 11:00 UTC.
WEEKLY = Pattern(hours(), (1, 2, 3), date(2026, 11, 2))


def test_turns_follow_each_other_and_are_handed_over_at_their_hour():
    assert on_duty([WEEKLY], [], utc(2026, 11, 2, 10, 59, 59)) == (), "before the first day nobody is"
    assert on_duty([WEEKLY], [], utc(2026, 11, 2, 11)) == (1,)
    assert on_duty([WEEKLY], [], utc(2026, 11, 9, 10, 59, 59)) == (1,)
    assert on_duty([WEEKLY], [], utc(2026, 11, 9, 11)) == (2,)
    assert on_duty([WEEKLY], [], utc(2026, 11, 16, 11)) == (3,)
    assert on_duty([WEEKLY], [], utc(2026, 11, 23, 11)) == (1,), "and from the beginning"


def test_two_at_once_are_the_turn_and_the_next_one():
    pair = Pattern(hours(), (1, 2, 3), date(2026, 11, 2), at_once=2)
    assert on_duty([pair], [], utc(2026, 11, 2, 12)) == (1, 2)
    assert on_duty([pair], [], utc(2026, 11, 17)) == (3, 1)
    everybody = Pattern(hours(), (1, 2), date(2026, 11, 2), at_once=9)
    assert on_duty([everybody], [], utc(2026, 11, 3)) == (1, 2)


def test_a_night_runs_past_midnight_and_ends_at_its_minute():
    nights = Pattern(hours(NIGHTS), (1,), date(2026, 11, 1), turn_days=1, hands_over=time(0))
    seen = duties([nights], [], utc(2026, 11, 2, 15), utc(2026, 11, 3, 15))  # 12:00 to 12:00 in Sao Paulo
    assert [(d.from_at, d.to_at, d.people) for d in seen] == [
        (utc(2026, 11, 2, 15), utc(2026, 11, 2, 21), ()),
        (utc(2026, 11, 2, 21), utc(2026, 11, 3, 11), (1,)),
        (utc(2026, 11, 3, 11), utc(2026, 11, 3, 15), ()),
    ]


def test_the_hand_over_stays_at_its_hour_on_the_wall_when_the_clocks_are_put_back():
    # Berlin: Sunday 25 October 2026, 03:00 becomes 02:00. A day's turn of that night lasts 25 hours, in spring 23.
    daily = Pattern(hours(tz=BERLIN), (1, 2), date(2026, 10, 24), turn_days=1, hands_over=time(8))
    assert handed_over_at(daily, 0) == utc(2026, 10, 24, 6)
    assert handed_over_at(daily, 1) == utc(2026, 10, 25, 7)
    spring = Pattern(hours(tz=BERLIN), (1, 2), date(2026, 3, 28), turn_days=1, hands_over=time(8))
    assert handed_over_at(spring, 1) - handed_over_at(spring, 0) == 23 * HOUR
    # 02:30 does not exist on 29 March 2026: it is read with the offset before, 03:30 summer time (R3).
    odd = Pattern(hours(tz=BERLIN), (1, 2), date(2026, 3, 28), turn_days=1, hands_over=time(2, 30))
    assert handed_over_at(odd, 1) == utc(2026, 3, 29, 1, 30)
    assert turn_of(odd, utc(2026, 3, 29, 1, 29, 59)) == 0
    assert turn_of(odd, utc(2026, 3, 29, 1, 30)) == 1


def test_who_stands_in_is_on_duty_for_exactly_that_time():
    change = Change(INSTEAD, 1, utc(2026, 11, 3), utc(2026, 11, 4), instead=3)
    seen = duties([WEEKLY], [change], utc(2026, 11, 2, 12), utc(2026, 11, 5))
    assert [d.people for d in seen] == [(1,), (3,), (1,)]
    assert (seen[1].from_at, seen[1].to_at) == (change.starts_at, change.ends_at)


def test_a_swap_is_two_changes():
    first = Change(INSTEAD, 1, utc(2026, 11, 3), utc(2026, 11, 4), instead=2)
    back = Change(INSTEAD, 2, utc(2026, 11, 10), utc(2026, 11, 11), instead=1)
    assert on_duty([WEEKLY], [first, back], utc(2026, 11, 3, 5)) == (2,)
    assert on_duty([WEEKLY], [first, back], utc(2026, 11, 10, 5)) == (1,)


def test_an_absence_leaves_a_hole_and_later_changes_apply_to_what_is_left():
    away = Change(ABSENT, 1, utc(2026, 11, 3), utc(2026, 11, 4))
    assert on_duty([WEEKLY], [away], utc(2026, 11, 3)) == ()
    besides = Change(EXTRA, 3, utc(2026, 11, 3), utc(2026, 11, 3, 12))
    assert on_duty([WEEKLY], [away, besides], utc(2026, 11, 3)) == (3,)
    instead = Change(INSTEAD, 3, utc(2026, 11, 3), utc(2026, 11, 3, 6), instead=2)
    assert on_duty([WEEKLY], [away, besides, instead], utc(2026, 11, 3)) == (2,)
    assert on_duty([WEEKLY], [besides, instead], utc(2026, 11, 3)) == (1, 2)
    already = Change(INSTEAD, 1, utc(2026, 11, 3), utc(2026, 11, 4), instead=2)
    pair = Pattern(hours(), (1, 2), date(2026, 11, 2), at_once=2)
    assert on_duty([pair], [already], utc(2026, 11, 3)) == (2,), "nobody is on duty twice"


def test_holes_count_only_outside_the_hours_of_the_desk():
    office = hours({day: [["08:00", "18:00"]] for day in DAYS[:5]})
    # Friday 6 November 12:00 to Monday 9 November 12:00 in Sao Paulo, nobody on duty: Friday 18:00 to Monday 08:00.
    seen = duties([], [], utc(2026, 11, 6, 15), utc(2026, 11, 9, 15))
    assert holes(seen) == [(utc(2026, 11, 6, 15), utc(2026, 11, 9, 15))]
    assert holes(seen, office) == [(utc(2026, 11, 6, 21), utc(2026, 11, 9, 11))]
    assert holes(duties([WEEKLY], [], utc(2026, 11, 6, 15), utc(2026, 11, 9, 15)), office) == []


zones = st.sampled_from([SAO_PAULO, BERLIN, "America/New_York", "Australia/Lord_Howe", "UTC"])
clocks = st.sampled_from(["00:00", "02:30", "08:00", "18:00", "22:15"])
spans = st.tuples(clocks, clocks | st.just("24:00")).filter(lambda s: s[0] != s[1]).map(list)
weeks = st.dictionaries(st.sampled_from(DAYS), st.lists(spans, min_size=1, max_size=2), min_size=1)
patterns = st.builds(
    lambda tz, weekly, people, first, days, over, size: Pattern(
        hours(weekly, tz), tuple(people), first, days, over, size
    ),
    zones,
    weeks,
    st.lists(st.integers(1, 5), unique=True, max_size=4),
    st.dates(date(2026, 2, 20), date(2026, 4, 10)),
    st.integers(1, 10),
    st.sampled_from([time(0), time(2, 30), time(8), time(23, 59)]),
    st.integers(1, 3),
)
moments = st.datetimes(datetime(2026, 3, 1), datetime(2026, 4, 20), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=0)
)


@st.composite
def changes(draw):
    begins = draw(moments)
    kind = draw(st.sampled_from([ABSENT, INSTEAD, EXTRA]))
    instead = draw(st.integers(1, 6)) if kind == INSTEAD else None
    return Change(
        kind, draw(st.integers(1, 5)), begins, begins + draw(st.integers(1, 400)) * HOUR / 4, instead
    )


@settings(max_examples=150, deadline=None)
@given(
    st.lists(patterns, max_size=2), st.lists(changes(), max_size=3), moments, st.integers(1, 500), st.data()
)
def test_the_plan_has_no_gap_and_says_at_each_moment_what_the_moment_says(
    rotas, departing, start, quarters, data
):
    end = start + quarters * HOUR / 4
    plan = duties(rotas, departing, start, end)
    assert (plan[0].from_at, plan[-1].to_at) == (start, end)
    for before, after in pairwise(plan):
        assert before.to_at == after.from_at
        assert before.people != after.people
    for duty in plan:
        assert duty.from_at < duty.to_at
        inside = duty.from_at + data.draw(
            st.integers(0, int((duty.to_at - duty.from_at).total_seconds()) - 1)
        ) * timedelta(seconds=1)
        for at in (duty.from_at, inside, duty.to_at - timedelta(seconds=1)):
            assert on_duty(rotas, departing, at) == duty.people


@settings(max_examples=80, deadline=None)
@given(
    st.lists(patterns, max_size=2),
    st.lists(changes(), max_size=2),
    moments,
    st.integers(1, 200),
    st.integers(1, 200),
)
def test_the_plan_of_two_spans_side_by_side_is_the_plan_of_both(rotas, departing, start, first, second):
    middle = start + first * HOUR / 4
    end = middle + second * HOUR / 4
    whole = duties(rotas, departing, start, end)
    halves = [*duties(rotas, departing, start, middle), *duties(rotas, departing, middle, end)]
    if len(halves) > 1:
        for place in range(len(halves) - 1, 0, -1):
            if halves[place - 1].people == halves[place].people:
                joined = type(halves[0])(halves[place - 1].from_at, halves[place].to_at, halves[place].people)
                halves[place - 1 : place + 1] = [joined]
    assert whole == halves


@settings(max_examples=100, deadline=None)
@given(patterns, moments)
def test_a_turn_begins_at_its_hour_on_the_wall_and_contains_its_moments(pattern, at):
    turn = turn_of(pattern, at)
    begins, ends = handed_over_at(pattern, turn), handed_over_at(pattern, turn + 1)
    assert begins <= at < ends
    wall = begins.astimezone(pattern.hours.zone)
    meant = datetime.combine(wall.date(), pattern.hands_over, tzinfo=pattern.hours.zone)
    assert (
        meant.astimezone(UTC) == begins or wall.time() != pattern.hands_over
    )  # one that the clocks left out
