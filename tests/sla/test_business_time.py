"""The arithmetic rules (R), one by one, with moments worked out by hand. `Z` is UTC; local times name their zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sla.business_time import HORIZON, BusinessHours, CalendarError, Stretch, zone_database_version

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEW_YORK, SAO_PAULO, LORD_HOWE = "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe"
APIA, CASABLANCA, HAVANA = "Pacific/Apia", "Africa/Casablanca", "America/Havana"


def hours(tz="UTC", weekly=None, days=WEEK[:5], **rest):
    """Monday to Friday at `weekly` ("08:00-18:00"), or a mapping of days."""
    if not isinstance(weekly, dict):
        weekly = dict.fromkeys(days, pairs(weekly or "08:00-18:00"))
    return BusinessHours.from_dict({"tz": tz, "weekly": weekly, **rest})


def pairs(text):
    return [pair.split("-") for pair in text.split()]


def at(text, tz="UTC", fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz), fold=fold)


def h(number=0, minutes=0, seconds=0):
    return timedelta(hours=number, minutes=minutes, seconds=seconds)


def whys(stretches):
    return [(f"{each.from_at:%d %H:%M}", f"{each.to_at:%d %H:%M}", each.why) for each in stretches]


# 2026-03-02 is a Monday, 2026-03-06 a Friday.


# -- R1: instants, whole seconds, half-open --------------------------------------------------------------------------


def test_r01_open_at_opening_and_closed_at_closing():
    office = hours()
    assert not office.is_open(at("2026-03-02 07:59:59"))
    assert office.is_open(at("2026-03-02 08:00:00"))
    assert office.is_open(at("2026-03-02 17:59:59"))
    assert not office.is_open(at("2026-03-02 18:00:00"))


def test_r01_finer_input_is_cut_down_to_the_second():
    office = hours()
    late = at("2026-03-02 17:59:59.999999")
    assert office.is_open(late)
    assert office.next_opening(late) == at("2026-03-02 17:59:59")
    assert office.after(late, h(seconds=1)) == at("2026-03-02 18:00:00")
    assert office.between(at("2026-03-02 09:00:00.9"), at("2026-03-02 09:00:01.1")) == h(seconds=1)
    assert office.after(at("2026-03-02 09:00"), timedelta(seconds=60, microseconds=999)) == at(
        "2026-03-02 09:01"
    )
    before_1970 = at("1969-12-31 08:00:00.5")  # a Wednesday; cut down, not towards 1970
    assert office.next_opening(before_1970) == at("1969-12-31 08:00:00")


def test_r01_naive_datetimes_are_refused():
    office, naive = hours(), datetime(2026, 3, 2, 9)
    for ask in (
        office.is_open,
        office.next_opening,
        office.next_closing,
        lambda day: office.after(day, h(1)),
    ):
        with pytest.raises(TypeError):
            ask(naive)
    with pytest.raises(TypeError):
        office.between(naive, at("2026-03-02 10:00"))
    with pytest.raises(TypeError):
        office.after(at("2026-03-02 10:00"), h(1), [(naive, None)])


def test_r01_answers_are_utc_whatever_zone_asks():
    office = hours(SAO_PAULO)
    due = office.after(at("2026-03-02 21:30", "Asia/Tokyo"), h(1))  # 12:30Z is 09:30 in São Paulo (-3)
    assert due == at("2026-03-02 13:30")
    assert due.tzinfo is UTC


# -- R2: what a calendar is ------------------------------------------------------------------------------------------


def test_r02_24_00_is_midnight_and_not_a_minute_before():
    late = hours(weekly={"mon": [["20:00", "24:00"]], "tue": [["00:00", "02:00"]]})
    assert late.is_open(at("2026-03-02 23:59:59"))
    assert late.next_closing(at("2026-03-02 20:00")) == at("2026-03-03 02:00")  # touching ends are one
    assert late.between(at("2026-03-02 00:00"), at("2026-03-04 00:00")) == h(6)


def test_r02_an_end_before_its_start_runs_past_midnight():
    night = hours(weekly={"fri": [["22:00", "06:00"]]})
    assert night.after(at("2026-03-06 12:00"), h(3)) == at("2026-03-07 01:00")  # 22, 23, 24 o'clock, then 1
    assert night.opening_of(date(2026, 3, 6)) == [("22:00", "24:00")]
    assert night.opening_of(date(2026, 3, 7)) == [("00:00", "06:00")]


def test_r02_a_sunday_night_runs_into_monday():
    night = hours(weekly={"sun": [["22:00", "02:00"]]})
    assert night.is_open(at("2026-03-02 01:59:59"))
    assert night.opening_of(date(2026, 3, 2)) == [("00:00", "02:00")]


def test_r02_overlaps_and_touching_ends_are_counted_once():
    office = hours(weekly="08:00-12:00 11:00-15:00 15:00-18:00")
    assert office.between(at("2026-03-02 00:00"), at("2026-03-03 00:00")) == h(10)
    assert office.opening_of(date(2026, 3, 2)) == [("08:00", "18:00")]


def test_r02_an_end_at_00_00_is_the_midnight_that_ends_the_date():
    assert hours(weekly={"mon": [["20:00", "00:00"]]}).opening_of(date(2026, 3, 2)) == [("20:00", "24:00")]
    assert hours(weekly={"mon": [["20:00", "00:00"]]}).opening_of(date(2026, 3, 3)) == []


WRONG = [
    ({"weekly": {"mon": [["08:00", "18:00"]]}}, "tz", "must name an IANA time zone"),
    ({"tz": "Mars/Olympus"}, "tz", "'Mars/Olympus' is not a known IANA time zone"),
    ({"tz": "../../etc/passwd"}, "tz", "is not a known IANA time zone"),
    ({"tz": "America"}, "tz", "is not a known IANA time zone"),
    ({"weekly": {}}, "weekly", "no opening at all"),  # R11
    ({"weekly": {"mon": []}, "overrides": {"2026-12-24": []}}, "weekly", "no opening at all"),
    ({"weekly": {"monday": [["08:00", "18:00"]]}}, "weekly.monday", "is not a weekday"),
    ({"weekly": [["08:00", "18:00"]]}, "weekly", "must be a mapping"),
    ({"weekly": {"mon": "08:00-18:00"}}, "weekly.mon", "must be a list"),
    ({"weekly": {"mon": [["08:00"]]}}, "weekly.mon[0]", "must be two times"),
    (
        {"weekly": {"mon": [["08:00", "12:00"], ["13:00", "13:00"]]}},
        "weekly.mon[1]",
        "starts and ends at 13:00",
    ),
    ({"weekly": {"mon": [["8:00", "18:00"]]}}, "weekly.mon[0]", "'8:00' is not a time of day"),
    ({"weekly": {"mon": [["08:00", "18:60"]]}}, "weekly.mon[0]", "'18:60' is not a time of day"),
    ({"weekly": {"mon": [["08:00", "24:01"]]}}, "weekly.mon[0]", "'24:01' is not a time of day"),
    ({"weekly": {"mon": [["24:00", "08:00"]]}}, "weekly.mon[0]", "cannot start at 24:00"),
    ({"weekly": {"mon": [[8, 18]]}}, "weekly.mon[0]", "8 is not a time of day"),
    ({"holidays": ["2026-02-30"]}, "holidays[0]", "'2026-02-30' is not a date"),
    ({"holidays": ["25/12/2026"]}, "holidays[0]", "is not a date"),
    ({"holidays": {"2026-12-25": 1}}, "holidays.2026-12-25", "must be the holiday's name"),
    ({"overrides": {"24.12.": [["08:00", "12:00"]]}}, "overrides.24.12.", "is not a date"),
    ({"overrides": {"2026-12-24": [["12:00", "12:00"]]}}, "overrides.2026-12-24[0]", "starts and ends"),
    ({"breaks": {"2026-12-24": [["12:00", "x"]]}}, "breaks.2026-12-24[0]", "'x' is not a time of day"),
    (
        {"windows": [["2026-12-24T20:00:00Z", "2026-12-24T20:00:00Z"]]},
        "windows[0]",
        "must end after its start",
    ),
    ({"windows": [["2026-12-24T20:00:00", "2026-12-24T21:00:00Z"]]}, "windows[0]", "with its offset"),
    ({"windows": [["soon", "2026-12-24T21:00:00Z"]]}, "windows[0]", "is not an ISO 8601 instant"),
    ({"holiday": []}, "holiday", "is not a part of a calendar"),
]


@pytest.mark.parametrize(("change", "field", "message"), WRONG)
def test_r02_wrong_hours_are_refused_with_the_field_and_the_reason(change, field, message):
    document = {"tz": "UTC", "weekly": {"mon": [["08:00", "18:00"]]}} | change
    if field == "tz" and "tz" not in change:
        del document["tz"]
    with pytest.raises(CalendarError) as refused:
        BusinessHours.from_dict(document)
    assert refused.value.field == field
    assert message in refused.value.message
    assert isinstance(refused.value, ValueError)


# -- R3: wall time and the zone's changes ----------------------------------------------------------------------------


def test_r03_new_york_spring_a_night_shift_is_an_hour_shorter():
    night = hours(
        NEW_YORK, {"sat": [["22:00", "06:00"]]}
    )  # 9 March 2024 is a Saturday, 02:00 EST becomes 03:00 EDT
    assert night.between(at("2024-03-09 12:00", NEW_YORK), at("2024-03-10 12:00", NEW_YORK)) == h(7)
    # 22:00 EST is 03:00Z; five hours later, 08:00Z, it is 04:00 EDT.
    assert night.after(at("2024-03-09 12:00", NEW_YORK), h(5)) == at("2024-03-10 04:00", NEW_YORK)


def test_r03_new_york_spring_a_time_that_does_not_exist_is_read_with_the_offset_before():
    early = hours(NEW_YORK, {"sun": [["02:30", "05:00"]]})
    # 02:30 EST would be 07:30Z, which is shown as 03:30 EDT; 05:00 EDT is 09:00Z.
    assert early.next_opening(at("2024-03-10 00:00", NEW_YORK)) == at("2024-03-10 07:30")
    assert early.opening_of(date(2024, 3, 10)) == [("03:30", "05:00")]
    assert early.between(at("2024-03-10 00:00"), at("2024-03-11 00:00")) == h(1, 30)


def test_r03_an_interval_whose_end_is_then_not_after_its_start_is_empty():
    # 02:30 is 03:30 EDT that day, 03:15 is before it. A week later it has its 45 minutes.
    early = hours(NEW_YORK, {"sun": [["02:30", "03:15"]]})
    assert early.opening_of(date(2024, 3, 10)) == []
    assert early.next_opening(at("2024-03-10 00:00", NEW_YORK)) == at("2024-03-17 02:30", NEW_YORK)


def test_r03_new_york_autumn_a_time_that_occurs_twice_is_its_first_occurrence():
    early = hours(NEW_YORK, {"sun": [["00:30", "01:30"]]})  # 3 November 2024: 02:00 EDT becomes 01:00 EST
    assert early.between(at("2024-11-03 00:00", NEW_YORK), at("2024-11-03 12:00", NEW_YORK)) == h(1)
    assert early.is_open(at("2024-11-03 01:29", NEW_YORK))
    assert not early.is_open(at("2024-11-03 01:29", NEW_YORK, fold=1))
    longer = hours(NEW_YORK, {"sun": [["01:30", "03:00"]]})  # 05:30Z to 08:00Z
    assert longer.between(at("2024-11-03 00:00", NEW_YORK), at("2024-11-03 12:00", NEW_YORK)) == h(2, 30)


@pytest.mark.parametrize(
    ("tz", "day", "length"),
    [
        (NEW_YORK, "2024-03-10", h(23)),
        (NEW_YORK, "2024-11-03", h(25)),
        (NEW_YORK, "2024-02-29", h(24)),
        (LORD_HOWE, "2024-04-07", h(24, 30)),
        (LORD_HOWE, "2024-10-06", h(23, 30)),
        (SAO_PAULO, "2018-11-04", h(23)),  # begins at 01:00
        (SAO_PAULO, "2018-02-17", h(25)),  # its last hour comes twice
        (HAVANA, "2024-11-03", h(25)),  # 00:00 to 01:00 comes twice
        (CASABLANCA, "2024-03-10", h(25)),  # Ramadan begins: 03:00 becomes 02:00
        (CASABLANCA, "2024-04-14", h(23)),  # and ends: 02:00 becomes 03:00
    ],
)
def test_r03_a_whole_day_has_the_seconds_that_pass(tz, day, length):
    today = date.fromisoformat(day)
    whole = hours(tz, {WEEK[today.weekday()]: [["00:00", "24:00"]]})
    noon = at(day + " 12:00", tz)
    assert whole.between(noon - h(36), noon + h(36)) == length
    assert whole.opening_of(today)[0][1] == "24:00"


def test_r03_lord_howe_02_10_is_02_40_when_half_an_hour_is_left_out():
    early = hours(LORD_HOWE, {"sun": [["02:10", "04:00"]]})
    # 02:10 at +10:30 is 15:40Z, shown as 02:40 at +11; 04:00 at +11 is 17:00Z.
    assert early.next_opening(at("2024-10-05 20:00", LORD_HOWE)) == at("2024-10-05 15:40")
    assert early.opening_of(date(2024, 10, 6)) == [("02:40", "04:00")]


def test_r03_sao_paulo_a_date_without_midnight_begins_at_one():
    whole = hours(SAO_PAULO, {"sun": [["00:00", "24:00"]]})
    assert whole.next_opening(at("2018-11-03 12:00", SAO_PAULO)) == at("2018-11-04 03:00")  # 01:00 at -2
    assert whole.opening_of(date(2018, 11, 4)) == [("01:00", "24:00")]


def test_r03_morocco_keeps_office_hours_through_ramadan():
    office = hours(CASABLANCA)
    # Friday 8 March 2024 16:00 at +1 is 15:00Z; two hours until 18:00 (17:00Z), two on Monday 11 March from 08:00Z (+0).
    assert office.after(at("2024-03-08 16:00", CASABLANCA), h(4)) == at("2024-03-11 10:00")
    assert office.after(at("2024-04-12 16:00", CASABLANCA), h(4)) == at(
        "2024-04-15 09:00"
    )  # and back: 08:00 is 07:00Z


def test_r03_a_leap_day_is_a_day():
    office = hours()  # 29 February 2024 is a Thursday
    assert office.after(at("2024-02-28 17:00"), h(2)) == at("2024-02-29 09:00")
    assert office.between(at("2024-02-01 00:00"), at("2024-03-01 00:00")) == 21 * h(10)


# -- R4: a date that is left out -------------------------------------------------------------------------------------


def test_r04_apia_had_no_30_december_2011():
    office = hours(APIA)  # Thursday 29 December at -10, then Saturday 31 at +14
    assert office.opening_of(date(2011, 12, 29)) == [("08:00", "18:00")]
    assert office.opening_of(date(2011, 12, 30)) == []
    # Thursday 17:00 (03:00Z on the 30th): one hour, then Monday 2 January 2012 at 08:00+14, 18:00Z on Sunday.
    assert office.after(at("2011-12-29 17:00", APIA), h(2)) == at("2012-01-01 19:00")
    whole = hours(APIA, {"fri": [["00:00", "24:00"]]})
    assert whole.between(at("2011-12-28 12:00", APIA), at("2012-01-02 12:00", APIA)) == h(0)
    night = hours(APIA, {"thu": [["22:00", "02:00"]]})
    assert night.between(at("2011-12-28 12:00", APIA), at("2012-01-02 12:00", APIA)) == h(2)


# -- R5: holidays and nights -----------------------------------------------------------------------------------------


def test_r05_a_holiday_closes_the_civil_date_in_the_calendars_zone():
    whole = hours(SAO_PAULO, "00:00-24:00", WEEK, holidays=["2026-03-04"])
    closes = whole.next_closing(at("2026-03-03 12:00"))
    assert closes == at("2026-03-04 03:00")  # 00:00 at -3, neither UTC's midnight nor the agent's
    assert whole.next_opening(closes) == at("2026-03-05 03:00")


def test_r05_a_holiday_on_friday_closes_thursdays_night_after_midnight():
    nights = hours(weekly={"thu": [["22:00", "06:00"]], "fri": [["22:00", "06:00"]]}, holidays=["2026-03-06"])
    assert nights.opening_of(date(2026, 3, 5)) == [("22:00", "24:00")]
    assert nights.opening_of(date(2026, 3, 6)) == []
    assert nights.opening_of(date(2026, 3, 7)) == [("00:00", "06:00")]  # the holiday's own night goes on
    both = hours(weekly={"fri": [["22:00", "06:00"]]}, holidays=["2026-03-06", "2026-03-07"])
    assert both.next_opening(at("2026-03-06 00:00")) == at("2026-03-13 22:00")


# -- R6: precedence --------------------------------------------------------------------------------------------------


def test_r06_a_special_opening_beats_a_holiday_and_the_week():
    office = hours(holidays=["2026-12-24", "2026-12-25"], overrides={"2026-12-24": [["08:00", "12:00"]]})
    assert office.opening_of(date(2026, 12, 24)) == [("08:00", "12:00")]
    assert office.opening_of(date(2026, 12, 25)) == []
    # Thursday 24th 11:00: one hour, then Monday 28th.
    assert office.after(at("2026-12-24 11:00"), h(2)) == at("2026-12-28 09:00")


def test_r06_an_empty_special_opening_closes():
    assert hours(overrides={"2026-03-02": []}).opening_of(date(2026, 3, 2)) == []


def test_r06_a_special_opening_opens_a_weekend():
    assert hours(overrides={"2026-03-07": [["09:00", "11:00"]]}).opening_of(date(2026, 3, 7)) == [
        ("09:00", "11:00")
    ]


def test_r06_a_special_opening_replaces_the_night_before_too():
    nights = hours(weekly={"thu": [["22:00", "06:00"]]}, overrides={"2026-03-06": [["10:00", "12:00"]]})
    assert nights.opening_of(date(2026, 3, 6)) == [("10:00", "12:00")]


def test_r06_the_night_of_a_special_opening_adds_to_the_next_date():
    # New Year's Eve until 02:00: special, so the holiday does not empty it; but 2 January keeps to its own.
    party = hours(holidays=["2027-01-01"], overrides={"2026-12-31": [["20:00", "02:00"]]})
    assert party.opening_of(date(2026, 12, 31)) == [("20:00", "24:00")]
    assert party.opening_of(date(2027, 1, 1)) == [("00:00", "02:00")]
    plain = hours(overrides={"2026-03-03": [["20:00", "02:00"]]})
    assert plain.opening_of(date(2026, 3, 4)) == [("00:00", "02:00"), ("08:00", "18:00")]
    shut = hours(overrides={"2026-03-03": [["20:00", "02:00"]], "2026-03-04": []})
    assert shut.opening_of(date(2026, 3, 4)) == []


def test_r06_breaks_are_taken_out_of_special_openings():
    office = hours(
        overrides={"2026-03-02": [["10:00", "16:00"]]}, breaks={"2026-03-02": [["12:00", "13:00"]]}
    )
    assert office.opening_of(date(2026, 3, 2)) == [("10:00", "12:00"), ("13:00", "16:00")]


def test_r06_windows_are_put_in_last():
    office = hours(
        overrides={"2026-03-02": []},
        breaks={"2026-03-02": [["00:00", "24:00"]]},
        windows=[["2026-03-02T12:00:00Z", "2026-03-02T12:30:30Z"]],
    )
    assert office.opening_of(date(2026, 3, 2)) == [("12:00", "12:30:30")]
    assert office.after(at("2026-03-02 00:00"), h(1)) == at("2026-03-03 08:29:30")


# -- R7, R8, R9: due times -------------------------------------------------------------------------------------------


def test_r07_counting_begins_at_the_next_opening():
    office = hours()
    for start in ("2026-03-06 18:00", "2026-03-07 12:00", "2026-03-09 07:59:59", "2026-03-09 08:00"):
        assert office.after(at(start), h(4)) == at("2026-03-09 12:00")


def test_r07_hours_run_over_nights_and_weekends():
    # Friday 16:30 to 18:00 is 1:30; Monday's 10 hours make 11:30; half an hour of Tuesday makes 12.
    assert hours().after(at("2026-03-06 16:30"), h(12)) == at("2026-03-10 08:30")


def test_r08_zero_is_the_next_opening():
    office = hours()
    assert office.after(at("2026-03-02 09:15:07"), h(0)) == at("2026-03-02 09:15:07")
    assert office.after(at("2026-03-02 18:00"), h(0)) == at("2026-03-03 08:00")
    assert office.after(at("2026-03-07 12:00"), h(0)) == office.next_opening(at("2026-03-07 12:00"))
    paused = [(at("2026-03-02 09:00"), at("2026-03-02 18:00"))]
    assert office.after(at("2026-03-02 09:15"), h(0), paused) == at("2026-03-03 08:00")
    assert office.after(at("2026-03-02 09:15"), h(0), [(at("2026-03-02 09:00"), None)]) is None


def test_r08_negative_targets_are_refused():
    with pytest.raises(ValueError, match="negative"):
        hours().after(at("2026-03-02 09:00"), -h(seconds=1))


def test_r09_a_target_used_up_at_closing_is_due_at_closing():
    assert hours().after(at("2026-03-02 08:00"), h(10)) == at("2026-03-02 18:00")
    assert hours().after(at("2026-03-02 08:00"), h(10, 0, 1)) == at("2026-03-03 08:00:01")
    assert hours().after(at("2026-03-02 08:00"), h(50)) == at("2026-03-06 18:00")


# -- R10, R11, R13 ---------------------------------------------------------------------------------------------------


def test_r10_between_counts_open_time_and_nothing_backwards():
    office = hours()
    assert office.between(at("2026-03-06 17:00"), at("2026-03-09 09:00")) == h(2)
    assert office.between(at("2026-03-09 09:00"), at("2026-03-06 17:00")) == h(0)
    assert office.between(at("2026-03-07 00:00"), at("2026-03-09 00:00")) == h(0)


def test_r11_all_dates_closed_for_years_is_no_deadline():
    first = date(2026, 1, 1)
    closed = hours(holidays=[str(first + timedelta(days=n)) for n in range(40 * 366)])
    start = at("2026-03-02 09:00")
    assert closed.after(start, h(1)) is None
    assert closed.after(start, h(0)) is None
    assert closed.next_opening(start) is None
    assert closed.next_closing(start) is None
    assert not closed.is_open(start)
    assert closed.between(start, start + HORIZON) == h(0)
    assert closed.after_days(start, 1) is None
    # It was open in 2025: asking for that first changes nothing.
    assert closed.after(at("2025-12-31 17:00"), h(1)) == at("2025-12-31 18:00")
    assert closed.after(at("2025-12-31 17:00"), h(2)) is None


def test_r11_the_horizon_does_not_move_with_what_is_compiled():
    rare = BusinessHours.from_dict({"tz": "UTC", "overrides": {"2070-01-01": [["08:00", "09:00"]]}})
    assert rare.next_opening(at("2026-01-01 00:00")) is None
    assert rare.next_opening(at("2069-01-01 00:00")) == at("2070-01-01 08:00")
    assert rare.next_opening(at("2026-01-01 00:00")) is None
    assert rare.after(at("2026-01-01 00:00"), h(1)) is None


def test_r11_the_ends_of_time_are_no_error():
    for calendar in (BusinessHours.always(), hours(NEW_YORK)):
        assert calendar.after(at("9998-12-01 00:00"), timedelta(days=9000)) is None
        assert calendar.between(at("0001-01-01 00:00"), at("0001-01-02 00:00")) == h(0)


def test_r13_only_the_open_part_of_a_pause_matters():
    office, start = hours(), at("2026-03-02 17:00")
    assert office.after(start, h(2), [(at("2026-03-02 18:00"), at("2026-03-03 08:00"))]) == at(
        "2026-03-03 09:00"
    )
    # 17:00-17:30 counts, paused until 09:00 (half an hour and an hour of it were open), then 1:30.
    assert office.after(start, h(2), [(at("2026-03-02 17:30"), at("2026-03-03 09:00"))]) == at(
        "2026-03-03 10:30"
    )


def test_r13_pauses_are_merged_and_clipped():
    office, start = hours(), at("2026-03-02 09:00")
    pauses = [
        (at("2026-03-02 10:30"), at("2026-03-02 12:00")),
        (at("2026-03-02 08:00"), at("2026-03-02 09:30")),  # half an hour of it
        (at("2026-03-02 10:00"), at("2026-03-02 11:00")),  # with the first: 10:00 to 12:00
        (at("2026-03-02 14:00"), at("2026-03-02 14:00")),  # none
        (at("2026-03-02 15:00"), at("2026-03-02 14:00")),  # none
        (at("2026-03-02 17:00"), at("2026-03-02 17:30")),  # after the due time
    ]
    assert office.after(start, h(2), pauses) == at("2026-03-02 13:30")  # 9:30 to 10:00, 12:00 to 13:30
    assert office.between(start, at("2026-03-02 18:00"), pauses) == h(6)  # 9 less 0:30, 2:00, 0:30


def test_r13_an_open_ended_pause_leaves_no_deadline_unless_it_was_reached_before():
    office, start = hours(), at("2026-03-02 09:00")
    assert office.after(start, h(2), [(at("2026-03-02 10:00"), None)]) is None
    assert office.after(start, h(1), [(at("2026-03-02 10:00"), None)]) == at("2026-03-02 10:00")
    assert office.between(start, at("2026-03-04 09:00"), [(at("2026-03-02 10:00"), None)]) == h(1)


# -- R19, R20 --------------------------------------------------------------------------------------------------------


def test_r19_elapsed_time_is_a_calendar_that_never_closes():
    always = BusinessHours.always()
    assert always.after(at("2026-03-07 23:59:59"), h(48)) == at("2026-03-09 23:59:59")
    assert always.next_closing(at("2026-03-07 00:00")) is None
    assert always.is_open(at("2026-12-25 03:00"))
    assert always.opening_of(date(2026, 12, 25)) == [("00:00", "24:00")]
    assert len(always.stretches(at("2026-03-01 00:00"), at("2026-04-01 00:00"))) == 1


def test_r20_24_business_hours_from_monday_8_are_due_wednesday_noon():
    assert hours(SAO_PAULO).after(at("2026-03-02 08:00", SAO_PAULO), h(24)) == at(
        "2026-03-04 12:00", SAO_PAULO
    )


def test_r20_a_business_day_is_the_same_local_time_on_the_next_open_date():
    office = hours(NEW_YORK, holidays=["2024-03-11"])
    # Friday 8 March 10:00 EST; Monday 11 is a holiday; Tuesday 12 at 10:00 EDT is 14:00Z.
    assert office.after_days(at("2024-03-08 10:00", NEW_YORK), 1) == at("2024-03-12 14:00")
    assert office.after_days(at("2024-03-08 20:00", NEW_YORK), 1) == at("2024-03-12 20:00", NEW_YORK)
    assert office.after_days(at("2024-03-09 10:00", NEW_YORK), 2) == at("2024-03-13 10:00", NEW_YORK)
    assert office.after_days(at("2024-03-09 10:00", NEW_YORK), 0) == at("2024-03-12 08:00", NEW_YORK)
    with pytest.raises(ValueError, match="negative"):
        office.after_days(at("2024-03-09 10:00"), -1)


def test_r20_the_version_of_the_zone_database_can_be_told():
    assert zone_database_version() == "" or zone_database_version()[:4].isdigit()


# -- closings, data, explanations ------------------------------------------------------------------------------------


def test_next_closing_is_the_end_of_the_opening_one_is_in():
    office = hours(weekly="08:00-12:00 13:00-18:00")
    assert office.next_closing(at("2026-03-02 09:00")) == at("2026-03-02 12:00")
    assert office.next_closing(at("2026-03-02 12:00")) is None
    over_new_year = hours(weekly={"thu": [["20:00", "04:00"]]})
    assert over_new_year.next_closing(at("2026-12-31 21:00")) == at("2027-01-01 04:00")


def test_fingerprints_name_what_is_written_and_nothing_else():
    one = hours(
        weekly={"tue": pairs("13:00-18:00 08:00-12:00"), "mon": []}, holidays=["2026-12-25", "2026-01-01"]
    )
    same = hours(weekly={"tue": pairs("08:00-12:00 13:00-18:00")}, holidays=["2026-01-01", "2026-12-25"])
    other = hours(weekly={"tue": pairs("08:00-12:00 13:00-18:00")}, holidays=["2026-01-01"])
    assert one == same
    assert hash(one) == hash(same)
    assert len(one.fingerprint) == 64
    assert one != other


def test_to_dict_is_canonical_and_keeps_names_of_holidays():
    document = {
        "tz": SAO_PAULO,
        "weekly": {"fri": [["22:00", "06:00"]], "sat": [["08:00", "24:00"]]},
        "holidays": {"2026-12-25": "Natal", "2026-01-01": ""},
        "overrides": {"2026-12-24": []},
        "breaks": {"2026-12-26": [["12:00", "13:00"]]},
        "windows": [["2026-12-27T17:00:00-03:00", "2026-12-27T20:30:00Z"]],
    }
    written = BusinessHours.from_dict(document).to_dict()
    assert written["windows"] == [["2026-12-27T20:00:00Z", "2026-12-27T20:30:00Z"]]
    assert written["holidays"] == {"2026-01-01": "", "2026-12-25": "Natal"}
    assert {**written, "windows": 0, "holidays": 0} == {**document, "windows": 0, "holidays": 0}


def test_s16_a_weekend_is_one_stretch():
    stretches = hours().stretches(at("2026-03-06 17:00"), at("2026-03-09 09:00"))
    office = hours().fingerprint
    assert stretches == [
        Stretch(at("2026-03-06 17:00"), at("2026-03-06 18:00"), h(1), "open", office),
        Stretch(at("2026-03-06 18:00"), at("2026-03-09 08:00"), h(0), "closed", office),
        Stretch(at("2026-03-09 08:00"), at("2026-03-09 09:00"), h(1), "open", office),
    ]
    assert hours().stretches(at("2026-03-09 09:00"), at("2026-03-06 17:00")) == []


def test_s16_every_reason_has_its_name():
    office = hours(
        weekly="08:00-12:00 13:00-18:00",
        holidays={"2026-03-03": "Carnival"},
        overrides={"2026-03-04": [["08:00", "10:00"]]},
        breaks={"2026-03-02": [["15:00", "16:00"]]},
        windows=[["2026-03-02T17:00:00Z", "2026-03-02T20:00:00Z"]],
    )
    assert whys(office.stretches(at("2026-03-02 11:00"), at("2026-03-04 20:00"))) == [
        ("02 11:00", "02 12:00", "open"),
        ("02 12:00", "02 13:00", "closed"),
        ("02 13:00", "02 15:00", "open"),
        ("02 15:00", "02 16:00", "break"),
        ("02 16:00", "02 18:00", "open"),
        ("02 18:00", "02 20:00", "window"),
        ("02 20:00", "03 00:00", "closed"),
        ("03 00:00", "04 00:00", "holiday:Carnival"),
        ("04 00:00", "04 08:00", "closed"),
        ("04 08:00", "04 10:00", "open"),
        ("04 10:00", "04 12:00", "override"),
        ("04 12:00", "04 13:00", "closed"),
        ("04 13:00", "04 18:00", "override"),
        ("04 18:00", "04 20:00", "closed"),
    ]


def test_s16_a_pause_covers_what_it_overlaps():
    pauses = [
        (at("2026-03-02 17:00"), at("2026-03-03 09:00"), "pending"),
        (at("2026-03-03 08:30"), at("2026-03-03 10:00"), "on hold"),
        (at("2026-03-03 11:00"), None),
    ]
    assert whys(hours().stretches(at("2026-03-02 16:00"), at("2026-03-03 12:00"), pauses)) == [
        ("02 16:00", "02 17:00", "open"),
        ("02 17:00", "03 09:00", "paused:pending"),
        ("03 09:00", "03 10:00", "paused:on hold"),
        ("03 10:00", "03 11:00", "open"),
        ("03 11:00", "03 12:00", "paused"),
    ]
