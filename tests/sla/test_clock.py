"""The clock: rules R8, R9, R12 to R18 and the clocks' rules S that pure code can keep. Worked out by hand."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sla.business_time import BusinessHours
from sla.clock import METRICS, Clock, Moment, Pause, Segment, Warning, earliest_due

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = BusinessHours.always()


def office(opens="08:00", closes="18:00", **rest):
    weekly = {day: [[opens, closes]] for day in WEEK[:5]}
    return BusinessHours.from_dict({"tz": "UTC", "weekly": weekly, **rest})


OFFICE = office()


def at(text):
    """2026-03-02 is a Monday: "02 09:00"."""
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=UTC)


def h(number=0, minutes=0, seconds=0):
    return timedelta(hours=number, minutes=minutes, seconds=seconds)


FOUR_HOURS = h(4)


def clock(start="02 09:00", target=FOUR_HOURS, hours=OFFICE, metric="resolution", **rest):
    return Clock(metric, at(start), target, (Segment(at(start), hours),), **rest)


# -- R1, R12: instants -----------------------------------------------------------------------------------------------


def test_r01_moments_are_cut_to_whole_seconds_in_utc():
    sao_paulo = datetime.fromisoformat("2026-03-02T06:00:00.999-03:00")
    started = Clock("resolution", sao_paulo, h(4), (Segment(sao_paulo, OFFICE),))
    assert started == clock("02 09:00")
    assert started.pause(at("02 10:00:00.7"), "pending").pauses == (
        Pause(at("02 10:00:00"), None, "pending"),
    )
    assert started.fulfil(at("02 10:00:00.7")).fulfilled_at == at("02 10:00:00")


def test_r01_naive_moments_are_refused():
    naive = datetime(2026, 3, 2, 9)
    for act in (
        lambda: Clock("resolution", naive, h(1), (Segment(at("02 09:00"), OFFICE),)),
        lambda: Segment(naive, OFFICE),
        lambda: Pause(at("02 09:00"), naive, "pending"),
        lambda: clock().fulfil(naive),
        lambda: clock().consumed(naive),
        lambda: clock().is_breached(naive),
    ):
        with pytest.raises(TypeError):
            act()


def test_r12_due_times_are_exact_to_the_second():
    paused = clock().pause(at("02 09:00:07"), "pending").resume(at("02 09:00:59"))
    assert paused.due_at == at("02 13:00:52")


def test_a_clock_that_cannot_be_is_refused():
    for wrong in (
        {"metric": "first_reply"},
        {"target": -h(1)},
        {"grace": -h(1)},
        {"business_days": 1},  # and a target too
        {"segments": ()},
    ):
        with pytest.raises(ValueError):
            replace(clock(), **wrong)
    for wrong in ({}, {"before": h(1), "share": 0.5}, {"share": 1.0}, {"share": 0.0}, {"before": h(0)}):
        with pytest.raises(ValueError):
            Warning(**wrong)
    with pytest.raises(ValueError, match="how"):
        clock().end(at("02 10:00"), "")


def test_s01_the_metrics_have_their_names():
    assert METRICS == (
        "acknowledgement",
        "first_response",
        "next_response",
        "periodic_update",
        "resolution",
        "silence",
    )


# -- R8, R9: due, breach, verdict ------------------------------------------------------------------------------------


def test_r08_immediate_is_a_target_of_zero_with_a_grace():
    immediate = clock("07 20:00", h(0), grace=h(0, 5))  # a Saturday
    assert immediate.due_at == at("09 08:00")
    assert immediate.breach_at == at("09 08:05")
    assert not immediate.is_breached(at("09 08:05"))
    assert immediate.is_breached(at("09 08:05:01"))


def test_r08_grace_is_elapsed_time():
    assert clock("06 14:00", h(4), grace=h(1)).breach_at == at("06 19:00")  # due at Friday's closing


def test_r09_met_at_the_very_second_and_breached_a_second_later():
    running = clock()
    assert running.due_at == at("02 13:00")
    assert running.fulfil(at("02 13:00")).was_met is True
    assert running.fulfil(at("02 13:00:01")).was_met is False
    assert not running.is_breached(at("02 13:00"))
    assert running.is_breached(at("02 13:00:01"))


def test_r09_due_at_closing_is_breached_all_night():
    """Elapsed time stands still at exactly the target; only the comparison of instants counts."""
    evening = clock("02 14:00")
    assert evening.due_at == at("02 18:00")
    assert evening.consumed(at("03 07:00")) == h(4)
    assert evening.is_breached(at("02 18:00:01"))
    assert evening.fulfil(at("03 07:00")).was_met is False


def test_r09_a_verdict_stands_still_after_fulfilment():
    met = clock().fulfil(at("02 12:00"))
    assert not met.is_breached(at("20 00:00"))
    assert met.consumed(at("20 00:00")) == h(3)
    assert met.remaining(at("20 00:00")) == h(1)
    late = clock().fulfil(at("02 15:00"))
    assert not late.is_breached(at("02 12:00"))
    assert late.is_breached(at("20 00:00"))
    assert late.remaining(at("20 00:00")) == -h(2)


def test_s02_without_a_target_there_is_no_due_time():
    measured = clock(target=None)
    assert (measured.due_at, measured.breach_at, measured.remaining(at("02 10:00"))) == (None, None, None)
    assert measured.moments() == ()
    assert measured.is_running
    assert not measured.is_breached(at("20 00:00"))
    assert measured.consumed(at("02 10:00")) == h(1)
    assert measured.fulfil(at("02 10:00")).was_met is None


def test_r11_no_deadline_is_no_breach():
    rare = BusinessHours.from_dict({"tz": "UTC", "overrides": {"2020-01-01": [["08:00", "09:00"]]}})
    never = clock(hours=rare)
    assert never.due_at is None
    assert never.moments() == ()
    assert not never.is_breached(at("20 00:00"))
    assert never.remaining(at("20 00:00")) == h(4)
    assert never.stretches() == []


# -- R13, S8: pauses -------------------------------------------------------------------------------------------------


def test_r13_a_pause_freezes_what_remains_and_its_end_recomputes():
    paused = clock().pause(at("02 10:00"), "pending")
    assert paused.is_paused
    assert not paused.is_running
    assert paused.due_at is None
    assert paused.moments() == ()
    assert paused.remaining(at("02 10:00")) == paused.remaining(at("06 10:00")) == h(3)
    assert not paused.is_breached(at("20 00:00"))
    # Resumed on Tuesday at 17:00: one hour that day, two on Wednesday.
    assert paused.resume(at("03 17:00")).due_at == at("04 10:00")


def test_r13_a_pause_outside_hours_moves_nothing():
    assert clock("02 17:00").pause(at("02 18:00"), "pending").resume(at("03 08:00")).due_at == at("03 11:00")


def test_r13_a_breach_before_the_pause_stays_where_it_was():
    paused = clock().pause(at("02 15:00"), "pending")
    assert paused.due_at == at("02 13:00")
    assert paused.is_breached(at("02 16:00"))
    assert paused.remaining(at("06 10:00")) == -h(2)


def test_r13_used_up_at_the_very_second_of_the_pause_it_is_due_then():
    assert clock().pause(at("02 13:00"), "pending").due_at == at("02 13:00")
    assert clock().pause(at("02 12:59:59"), "pending").due_at is None


def test_r13_pauses_are_merged_and_clipped_to_the_clocks_life():
    pauses = (
        Pause(at("02 11:00"), at("02 12:00"), "third party"),
        Pause(at("02 08:00"), at("02 09:30"), "pending"),
        Pause(at("02 10:30"), at("02 11:30"), "pending"),
        Pause(at("01 08:00"), at("02 09:00"), "pending"),
    )
    merged = clock(pauses=pauses)
    assert merged.pauses == (
        Pause(at("02 09:00"), at("02 09:30"), "pending"),
        Pause(at("02 10:30"), at("02 11:30"), "pending"),
        Pause(at("02 11:30"), at("02 12:00"), "third party"),
    )
    assert merged.due_at == at("02 15:00")  # two hours later than 13:00


def test_s08_two_changes_within_one_second_net_out():
    running = clock()
    assert running.pause(at("02 10:00:00.1"), "pending").resume(at("02 10:00:00.9")) == running
    paused = running.pause(at("02 10:00"), "pending")
    assert paused.resume(at("02 11:00")).pause(at("02 11:00"), "pending") == paused


def test_s08_a_pause_may_go_on_for_another_reason():
    changed = clock().pause(at("02 10:00"), "pending").pause(at("02 11:00"), "third party")
    assert changed.pauses == (
        Pause(at("02 10:00"), at("02 11:00"), "pending"),
        Pause(at("02 11:00"), None, "third party"),
    )
    assert changed.resume(at("02 12:00")).due_at == at("02 15:00")
    assert changed.pause(at("02 13:00"), "third party") is changed


def test_what_is_over_is_left_alone():
    fulfilled, ended = clock().fulfil(at("02 10:00")), clock().end(at("02 10:00"), "merged")
    for over in (fulfilled, ended):
        assert over.pause(at("02 11:00"), "pending") is over
        assert over.resume(at("02 11:00")) is over
        assert over.fulfil(at("02 11:00")) is over
        assert over.end(at("02 11:00"), "void") is over
        assert not over.is_running
        assert over.moments() == ()
    assert ended.withdraw() is ended
    assert ended.retarget(at("02 11:00"), target=h(1), hours=OFFICE) is ended
    assert ended.rehours(at("02 11:00"), ALWAYS) is ended
    running = clock()
    assert running.resume(at("02 11:00")) is running
    assert running.withdraw(at("02 11:00")) is running


def test_fulfilling_ends_a_pause():
    fulfilled = clock().pause(at("02 10:00"), "pending").fulfil(at("05 10:00"))
    assert fulfilled.was_met is True
    assert fulfilled.due_at == at("05 13:00")


# -- R15, R17, S12: changes of target --------------------------------------------------------------------------------


def test_r15_a_new_target_keeps_start_pauses_and_consumed_time():
    # Two hours consumed by 12:00 (9-10, 11-12). Eight are promised now, six are left: 18:00.
    running = clock().pause(at("02 10:00"), "pending").resume(at("02 11:00"))
    changed = running.retarget(at("02 12:00"), target=h(8), hours=OFFICE)
    assert changed.started_at == running.started_at
    assert changed.pauses == running.pauses
    assert changed.due_at == at("02 18:00")
    assert changed.retargeted_at == at("02 12:00")


def test_r15_nothing_left_is_due_at_the_change():
    raised = clock().retarget(at("02 12:00"), target=h(1), hours=OFFICE)
    assert raised.due_at == at("02 12:00")
    assert raised.is_breached(at("02 12:00:01"))
    assert raised.remaining(at("02 14:00")) == -h(2)
    at_night = clock("02 14:00").retarget(at("02 22:00"), target=h(1), hours=OFFICE)
    assert at_night.due_at == at("02 22:00")  # not the next opening
    exactly = clock().retarget(at("02 12:00"), target=h(3), hours=OFFICE)
    assert exactly.due_at == at("02 12:00")


def test_r15_lowering_takes_the_active_breach_back():
    breached = clock(target=h(1))
    assert breached.is_breached(at("02 12:00"))
    lowered = breached.retarget(at("02 12:00"), target=h(8), hours=OFFICE)
    assert not lowered.is_breached(at("02 12:00"))
    assert lowered.due_at == at("02 17:00")


def test_r15_raised_in_a_pause_it_is_due_at_the_change_once_resumed():
    paused = clock().pause(at("02 12:00"), "pending").retarget(at("02 15:00"), target=h(1), hours=OFFICE)
    assert paused.due_at is None
    assert paused.resume(at("03 09:00")).due_at == at("02 15:00")


def test_r15_the_verdict_is_by_the_target_in_force_at_fulfilment():
    met = clock().fulfil(at("02 12:00")).retarget(at("02 14:00"), target=h(1), hours=OFFICE)
    assert met.was_met is True
    missed = clock(target=h(1)).fulfil(at("02 12:00")).retarget(at("02 14:00"), target=h(9), hours=OFFICE)
    assert missed.was_met is False
    unpromised = clock(target=None).fulfil(at("02 12:00")).retarget(at("02 14:00"), target=h(9), hours=OFFICE)
    assert unpromised.was_met is None
    # Reopened, the new target holds: three hours consumed, nothing left since the change.
    assert met.withdraw(at("02 16:00")).due_at == at("02 14:00")


def test_r15_grace_and_warnings_stay_unless_given():
    warned = clock(grace=h(0, 5), warnings=(Warning(share=0.5),))
    same = warned.retarget(at("02 10:00"), target=h(2), hours=OFFICE)
    assert (same.grace, same.warnings) == (warned.grace, warned.warnings)
    other = warned.retarget(at("02 10:00"), target=h(2), hours=OFFICE, grace=h(0), warnings=())
    assert (other.grace, other.warnings) == (h(0), ())


def test_r15_a_target_may_be_taken_away():
    assert clock().retarget(at("02 10:00"), target=None, hours=OFFICE).due_at is None


def test_r17_the_new_targets_calendar_counts_from_the_change():
    # One hour by office hours until Monday 18:00, then round the clock: three hours more are 21:00.
    raised = clock("02 17:00").retarget(at("02 18:00"), target=h(4), hours=ALWAYS)
    assert raised.due_at == at("02 21:00")
    assert raised.consumed(at("02 20:00")) == h(3)
    assert [segment.hours for segment in raised.segments] == [OFFICE, ALWAYS]
    # And back on Monday 20:00, three hours consumed: five of eight are left, Tuesday 13:00.
    lowered = raised.retarget(at("02 20:00"), target=h(8), hours=OFFICE)
    assert lowered.due_at == at("03 13:00")


# -- R16: versions of the hours --------------------------------------------------------------------------------------


def test_r16_a_new_holiday_moves_the_rest_and_nothing_already_counted():
    running = clock("02 16:00")  # two hours on Monday, due on Tuesday at 10:00
    assert running.due_at == at("03 10:00")
    holiday = office(holidays=["2026-03-03", "2026-03-02"])
    moved = running.rehours(at("02 17:00"), holiday)
    assert moved.consumed(at("02 18:00")) == h(1)  # the hour before the change stays counted
    assert moved.due_at == at("04 11:00")  # three hours of Wednesday


def test_r16_hours_that_take_effect_later_change_only_what_is_after():
    running = clock("02 16:00")
    assert running.rehours(at("03 10:00"), ALWAYS).due_at == at("03 10:00")
    assert running.rehours(at("03 09:00"), office("09:30", "18:00")).due_at == at("03 10:30")


def test_r16_the_same_hours_are_no_new_segment():
    assert clock().rehours(at("02 10:00"), office()) == clock()


def test_r16_what_was_due_at_closing_stays_due_then():
    assert clock("02 14:00").rehours(at("02 18:00"), office("10:00", "18:00")).due_at == at("02 18:00")
    assert clock("02 14:00").rehours(at("03 00:00"), ALWAYS).due_at == at("02 18:00")


def test_r16_of_two_changes_at_one_instant_the_last_holds():
    twice = clock().rehours(at("02 10:00"), ALWAYS).rehours(at("02 10:00"), office("09:00", "12:00"))
    assert [segment.hours for segment in twice.segments] == [OFFICE, office("09:00", "12:00")]
    assert clock().rehours(at("02 09:00"), ALWAYS) == clock(hours=ALWAYS)


def test_r16_a_target_of_zero_waits_for_the_next_opening_of_the_hours_then():
    immediate = clock("02 20:00", h(0))
    assert immediate.due_at == at("03 08:00")
    assert immediate.rehours(at("03 00:00"), office("10:00", "18:00")).due_at == at("03 10:00")
    assert immediate.rehours(at("02 22:00"), ALWAYS).due_at == at("02 22:00")


# -- R18: windows ----------------------------------------------------------------------------------------------------


def test_r18_in_an_event_window_the_earlier_of_two_clocks_is_due():
    """Opened on Sunday at 20:00 in a window: immediate with five minutes' grace; ordinarily 30 minutes, 8 to 18."""
    ordinary = clock("08 20:00", h(0, 30), metric="first_response")
    window = clock("08 20:00", h(0), ALWAYS, "first_response", grace=h(0, 5))
    first = earliest_due([ordinary, window])
    assert (first.due_at, first.breach_at) == (at("08 20:00"), at("08 20:05"))
    assert first.is_breached(at("08 20:05:01"))

    over = earliest_due([ordinary, window.end(at("08 20:03"), "window over")])
    assert over is ordinary
    assert over.due_at == at("09 08:30")


def test_r18_of_two_due_at_once_the_one_that_breaches_first():
    patient, strict = clock(grace=h(1)), clock()
    assert earliest_due([patient, strict]) is strict
    assert earliest_due([clock(target=None), clock().pause(at("02 10:00"), "pending")]) is None
    assert earliest_due([]) is None


# -- S9, S10, S1: taken back, ended ----------------------------------------------------------------------------------


def test_s09_time_in_resolved_does_not_count_after_reopening():
    resolved = clock().fulfil(at("02 12:00"))
    assert resolved.was_met is True
    reopened = resolved.withdraw(at("04 09:00"))
    assert reopened.was_met is None
    assert reopened.is_running
    assert reopened.pauses == (Pause(at("02 12:00"), at("04 09:00"), "resolved"),)
    assert reopened.due_at == at("04 10:00")  # three of four hours were consumed
    assert resolved.withdraw(at("02 12:00")) == clock()


def test_s09_a_breach_stays_after_reopening():
    reopened = clock().fulfil(at("02 15:00")).withdraw(at("04 09:00"))
    assert reopened.due_at == at("02 13:00")
    assert reopened.is_breached(at("04 09:00"))


def test_s01_a_bounce_withdraws_an_acknowledgement_as_if_it_had_not_been():
    assert clock(metric="acknowledgement").fulfil(at("02 09:01")).withdraw() == clock(
        metric="acknowledgement"
    )


def test_s10_a_merged_clock_ends_without_a_verdict():
    merged = clock().end(at("02 15:00"), "merged")
    assert merged.was_met is None
    assert (merged.ended_at, merged.ended_as) == (at("02 15:00"), "merged")
    assert clock().pause(at("02 10:00"), "pending").end(at("02 15:00"), "merged").is_paused is False


def test_s10_the_earlier_of_two_starts():
    earlier = replace(clock("02 11:00"), started_at=at("02 09:00"))
    assert earlier.due_at == at("02 13:00")


# -- moments: warnings, breach, S14 ----------------------------------------------------------------------------------


def test_s02_warnings_by_share_and_by_time_before():
    # Due on Tuesday 11:00; a half (2 h) is used up on Tuesday at 09:00 of open time; an hour before is 10:00.
    warned = clock("02 17:00", grace=h(0, 5), warnings=(Warning(before=h(1)), Warning(share=0.5)))
    assert warned.moments() == (
        Moment("warning", at("03 09:00"), share=0.5),
        Moment("warning", at("03 10:00"), before=h(1)),
        Moment("breach", at("03 11:05")),
    )
    assert [moment.label for moment in warned.moments()] == ["50%", "3600s", ""]
    assert warned.next_moment(None).at == at("03 09:00")
    assert warned.next_moment(at("03 09:00")).at == at("03 10:00")
    assert warned.next_moment(at("03 10:00")).kind == "breach"
    assert warned.next_moment(at("03 11:05")) is None


def test_warnings_never_lie_before_the_start_or_the_change():
    early = clock(warnings=(Warning(before=h(72)),))
    assert early.moments()[0] == Moment("warning", at("02 09:00"), before=h(72))
    raised = clock(target=h(40), warnings=(Warning(share=0.5),)).retarget(
        at("02 12:00"), target=h(4), hours=OFFICE
    )
    assert raised.moments()[0] == Moment(
        "warning", at("02 12:00"), share=0.5
    )  # half of four hours was over by 11:00
    used_up = raised.retarget(at("02 12:30"), target=h(1), hours=OFFICE)
    assert used_up.moments() == (Moment("breach", at("02 12:30")),)
    assert [moment.kind for moment in clock(target=h(0), warnings=(Warning(share=0.5),)).moments()] == [
        "breach"
    ]


def test_s14_silence_reminds_and_closes_after_72_elapsed_hours():
    silence = clock(
        "06 17:00", h(72), ALWAYS, "silence", warnings=(Warning(before=h(48)), Warning(before=h(24)))
    )
    assert [(moment.kind, moment.at) for moment in silence.moments()] == [
        ("warning", at("07 17:00")),
        ("warning", at("08 17:00")),
        ("breach", at("09 17:00")),
    ]
    assert silence.end(at("08 10:00"), "customer wrote").moments() == ()


# -- R20: business days ----------------------------------------------------------------------------------------------


def test_r20_a_target_in_business_days():
    days = clock("06 15:00", None, business_days=1)  # Friday
    assert days.due_at == at("09 15:00")
    assert days.remaining(at("09 14:00")) == h(1)
    assert days.remaining(at("09 17:00")) == -h(2)
    assert days.fulfil(at("09 15:00")).was_met is True
    assert sum((stretch.counted for stretch in days.stretches()), h(0)) == h(10)
    evening = clock("06 20:00", None, business_days=1)
    assert evening.due_at == at("09 20:00")


def test_r20_business_days_wait_in_pauses_and_move_with_holidays():
    days = clock("06 15:00", None, business_days=1)
    assert days.pause(at("06 16:00"), "pending").due_at is None
    assert days.pause(at("06 16:00"), "pending").resume(at("09 09:00")).due_at == at(
        "09 18:00"
    )  # three hours later
    assert days.rehours(at("06 18:00"), office(holidays=["2026-03-09"])).due_at == at("10 15:00")
    assert clock("06 15:00").retarget(
        at("06 16:00"), target=None, hours=OFFICE, business_days=2
    ).due_at == at("10 15:00")
    assert clock("02 09:00").retarget(
        at("06 16:00"), target=None, hours=OFFICE, business_days=1
    ).due_at == at("06 16:00")


# -- S15, S16, R14: shown, explained, stored -------------------------------------------------------------------------


def test_s15_what_remains_is_open_time_and_how_late_too():
    running = clock("06 17:00")
    assert running.remaining(at("06 16:00")) == h(4)
    assert running.remaining(at("07 12:00")) == h(3)
    assert running.remaining(at("09 11:00")) == h(0)
    assert running.remaining(at("09 12:00")) == -h(1)
    assert running.remaining(at("10 08:00")) == -h(7)


def test_s16_stretches_add_up_to_the_target_over_versions_and_pauses():
    holiday = office(holidays={"2026-03-03": "Carnival"})
    explained = (
        clock("02 16:00")
        .rehours(at("02 17:00"), holiday)
        .pause(at("02 17:30"), "pending")
        .resume(at("02 20:00"))
    )
    assert [
        (f"{each.from_at:%d %H:%M}", each.why, each.counted, each.calendar == holiday.fingerprint)
        for each in explained.stretches()
    ] == [
        ("02 16:00", "open", h(1), False),
        ("02 17:00", "open", h(0, 30), True),
        ("02 17:30", "paused:pending", h(0), True),
        ("02 20:00", "closed", h(0), True),
        ("03 00:00", "holiday:Carnival", h(0), True),
        ("04 00:00", "closed", h(0), True),
        ("04 08:00", "open", h(2, 30), True),
    ]
    assert explained.due_at == at("04 10:30")


def test_s16_a_paused_clock_explains_what_it_consumed():
    paused = clock().pause(at("02 10:00"), "pending")
    assert [(each.why, each.counted) for each in paused.stretches()] == [("open", h(1))]
    assert [each.why for each in paused.stretches(at("02 12:00"))] == ["open", "paused:pending"]


def test_r14_a_clock_is_rebuilt_from_its_state():
    lived = (
        clock(grace=h(0, 5), warnings=(Warning(share=0.75), Warning(before=h(1))))
        .pause(at("02 10:00"), "pending")
        .resume(at("02 11:00"))
        .retarget(at("02 12:00"), target=h(8), hours=ALWAYS)
        .pause(at("02 13:00"), "third party")
        .fulfil(at("02 14:00"))
        .retarget(at("02 15:00"), target=h(1), hours=OFFICE)
    )
    days = clock(target=None, business_days=2).pause(at("02 10:00"), "pending")
    for one in (lived, days, clock().end(at("02 10:00"), "void"), clock(target=None)):
        state = json.loads(json.dumps(one.to_state()))
        again = Clock.from_state(state, {OFFICE.fingerprint: OFFICE, ALWAYS.fingerprint: ALWAYS})
        assert again == one
        assert (again.due_at, again.moments(), again.was_met) == (one.due_at, one.moments(), one.was_met)
    assert lived.to_state()["segments"][0] == {"from": "2026-03-02T09:00:00Z", "calendar": OFFICE.fingerprint}
    assert lived.to_state()["target"] == 3600
    with pytest.raises(KeyError):
        Clock.from_state(lived.to_state(), {})


def test_s03_a_clock_taken_up_again_goes_on_where_it_ended():
    ended = clock("02 09:00", h(4)).end(at("02 10:00"), "third_party")
    again = ended.take_up(at("02 15:00"))
    # one hour was used up by 10:00; the three that are left fit in before 18:00
    assert again.due_at == at("02 18:00")
    assert again.pauses == (Pause(at("02 10:00"), at("02 15:00"), "third_party"),)
    assert clock().take_up(at("02 15:00")) == clock()
