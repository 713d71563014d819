"""Deadlines of the five packs and the tour, each moment worked out by hand from the policy.

Brasília is three hours behind UTC all year. Monday 23 November 2026 is an ordinary Monday; Friday the 20th is a holiday.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.calendars import hours_of, years_around
from policies.document import METRICS
from policies.explanation import as_text, explain, moment
from policies.facts import Facts
from policies.packs import load_pack, pack_names

SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def brasilia(text):
    return datetime.fromisoformat(text).replace(tzinfo=SAO_PAULO)


def explained(pack, at, language="en", **facts):
    policy = load_pack(pack)
    facts["situations"] = frozenset(facts.get("situations", ()))
    return explain(policy, Facts(**facts), at, hours_of(policy, years_around(at)), language)


def deadlines(pack, at, **facts):
    found = {}
    for each in explained(pack, at, **facts)["deadlines"]:
        found.setdefault(each["metric"], []).append(each)
    return found


def due(pack, at, metric, **facts):
    return [each["due_at"] for each in deadlines(pack, at, **facts)[metric]]


# --- Z-PRO -----------------------------------------------------------------------------------------------------------


def test_z_pro_monday_at_eight_is_due_on_wednesday_at_noon():
    # 10 h on Monday, 10 h on Tuesday, 4 h on Wednesday: 12:00 in Brasília is 15:00 UTC (R20).
    assert due("z-pro", brasilia("2026-11-23T08:00"), "first_response") == ["2026-11-25T15:00:00Z"]


def test_z_pro_on_a_thursday_evening_before_a_holiday_counts_from_monday():
    # Thursday 19th 20:00 is closed, Friday 20th a holiday, then the weekend: Monday 08:00 starts, Wednesday 12:00.
    at = brasilia("2026-11-19T20:00")
    assert due("z-pro", at, "first_response") == ["2026-11-25T15:00:00Z"]
    [answer] = deadlines("z-pro", at)["first_response"]
    assert [part["counted_seconds"] for part in answer["stretches"] if part["counted_seconds"]] == [
        36000,
        36000,
        14400,
    ]
    assert any(part["why"].startswith("holiday: ") for part in answer["stretches"])


def test_z_pro_silence_is_counted_in_elapsed_hours():
    # From Friday 18:00 in Brasília (21:00 UTC): reminders after 24 h and 48 h, the close after 72 h.
    at = brasilia("2026-11-27T18:00")
    assert due("z-pro", at, "silence_reminder") == ["2026-11-28T21:00:00Z", "2026-11-29T21:00:00Z"]
    assert due("z-pro", at, "silence_close") == ["2026-11-30T21:00:00Z"]


def test_z_pro_out_of_scope_has_no_deadline_of_ours():
    answer = explained("z-pro", brasilia("2026-11-23T08:00"), text="Reiniciem a minha VPS")
    assert (answer["accepted"], answer["outcome"], answer["rule"]) == (True, "out_of_scope", "server")
    assert {each["metric"] for each in answer["deadlines"]} == {"silence_reminder", "silence_close"}


def test_z_pro_by_whatsapp_is_no_ticket():
    answer = explained("z-pro", brasilia("2026-11-23T08:00"), language="pt-br", channel="whatsapp")
    assert (answer["accepted"], answer["outcome"], answer["deadlines"]) == (False, "wrong_channel", [])
    assert "portal" in answer["pointer"]


# --- Zoom ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plan", ["pro", "business", "api", "education"])
@pytest.mark.parametrize(("priority", "hours"), [("1", 1), ("2", 4), ("3", 24), ("4", 24)])
def test_zoom_acknowledges_by_priority_round_the_clock(plan, priority, hours):
    at = datetime(2026, 12, 25, 3, tzinfo=UTC)  # Christmas night
    expected = moment(at + timedelta(hours=hours))
    assert due("zoom", at, "acknowledgement", plan=plan, priority=priority) == [expected]


@pytest.mark.parametrize("priority", ["1", "2", "3", "4"])
def test_zoom_acknowledges_the_free_plan_within_a_day(priority):
    at = datetime(2026, 12, 25, 3, tzinfo=UTC)
    assert due("zoom", at, "acknowledgement", plan="free", priority=priority) == ["2026-12-26T03:00:00Z"]


def test_zoom_works_on_other_hours_by_priority_and_promises_no_end():
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    [urgent] = deadlines("zoom", at, priority="1")["resolution"]
    [high] = deadlines("zoom", at, priority="2")["resolution"]
    assert (urgent["unit"], urgent["calendar"]) == ("elapsed", "24/7")
    assert (high["unit"], high["calendar"]) == ("business", "business")
    assert (high["target"], high["due_at"], high["breach_at"], high["stretches"]) == (None, None, None, [])


# --- ERP chamados ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["portal", "phone", "email", "other"])
def test_erp_chamados_takes_every_contact_and_promises_no_deadline(channel):
    answer = explained("erp-chamados", brasilia("2026-11-23T08:00"), channel=channel)
    assert (answer["accepted"], answer["outcome"], answer["deadlines"]) == (True, "in_scope", [])


# --- 360dialog -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "plan", "minutes"),
    [
        ("chat", "basic", 24 * 60),
        ("chat", "regular", 4 * 60),
        ("chat", "premium", 30),
        ("form", "premium", 24 * 60),
        ("email", "premium", 24 * 60),
        ("email", "basic", 24 * 60),
    ],
)
def test_360dialog_answers_by_plan_but_form_and_email_within_a_day(channel, plan, minutes):
    at = datetime(2026, 11, 22, 3, tzinfo=UTC)  # a Sunday night
    expected = moment(at + timedelta(minutes=minutes))
    assert due("360dialog", at, "first_response", channel=channel, plan=plan) == [expected]


def test_360dialog_resolves_within_48_hours_and_closes_a_silence_after_48():
    at = datetime(2026, 11, 22, 3, tzinfo=UTC)
    assert due("360dialog", at, "resolution") == ["2026-11-24T03:00:00Z"]
    assert due("360dialog", at, "silence_reminder") == ["2026-11-23T03:00:00Z"]
    assert due("360dialog", at, "silence_close") == ["2026-11-24T03:00:00Z"]


def test_360dialog_promises_nothing_for_meta():
    answer = explained("360dialog", datetime(2026, 11, 22, 3, tzinfo=UTC), language="de", topic="meta")
    assert answer["outcome"] == "third_party"
    assert not {each["metric"] for each in answer["deadlines"]} & set(METRICS)
    assert "Meta" in answer["sentence"]


# --- Suporte Leilões -------------------------------------------------------------------------------------------------


def test_suporte_leiloes_answers_within_30_minutes_of_business():
    # Friday 27 November 17:45: 15 minutes that day, 15 on Monday from 08:00. 08:15 in Brasília is 11:15 UTC.
    assert due("suporte-leiloes", brasilia("2026-11-27T17:45"), "first_response") == ["2026-11-30T11:15:00Z"]


def test_suporte_leiloes_answers_at_once_while_an_auction_runs():
    # Sunday 20:00 in a window: due 20:00, broken 20:05; the ordinary one would be Monday 08:30 (R18).
    at = brasilia("2026-11-22T20:00")
    [answer] = deadlines("suporte-leiloes", at, situations=["auction"])["first_response"]
    assert (answer["due_at"], answer["breach_at"]) == ("2026-11-22T23:00:00Z", "2026-11-22T23:05:00Z")
    assert (answer["target"], answer["unit"], answer["situation"]) == ("0s", "elapsed", "auction")
    assert any("2026-11-23T11:30:00Z" in reason for reason in answer["because"])


def test_suporte_leiloes_answers_an_emergency_at_once_at_night():
    at = brasilia("2026-11-22T03:00")
    [answer] = deadlines("suporte-leiloes", at, topic="server-down")["first_response"]
    assert (answer["due_at"], answer["breach_at"]) == ("2026-11-22T06:00:00Z", "2026-11-22T06:05:00Z")
    assert answer["situation"] == "emergency"


def test_suporte_leiloes_promises_nothing_on_another_number():
    answer = explained(
        "suporte-leiloes", brasilia("2026-11-23T08:00"), channel="other", situations=["auction"]
    )
    assert (answer["accepted"], answer["outcome"], answer["deadlines"]) == (True, "no_sla", [])


# --- the tour --------------------------------------------------------------------------------------------------------


def test_the_tour_shows_everything_within_five_minutes():
    at = datetime(2026, 11, 22, 3, 0, 0, tzinfo=UTC)
    assert due("tour", at, "first_response") == ["2026-11-22T03:02:00Z"]
    assert due("tour", at, "resolution") == ["2026-11-22T03:04:00Z"]
    assert due("tour", at, "silence_reminder") == ["2026-11-22T03:01:00Z"]
    assert due("tour", at, "silence_close") == ["2026-11-22T03:03:00Z"]


# --- every pack ------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(pack_names()),
    st.datetimes(datetime(2025, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC)),
    st.sampled_from(["1", "2", "3"]),
)
def test_the_stretches_add_up_to_the_target_without_gaps(pack, at, priority):
    at = at.replace(microsecond=0)
    for each in explained(pack, at, priority=priority)["deadlines"]:
        parts = each["stretches"]
        if each["due_at"] is None or not parts:
            continue
        assert sum(part["counted_seconds"] for part in parts) == each["target_seconds"]
        assert parts[0]["from"] == moment(at)
        assert parts[-1]["to"] == each["due_at"]
        assert [part["to"] for part in parts[:-1]] == [part["from"] for part in parts[1:]]


def test_a_deadline_in_business_days_is_the_same_time_on_a_later_open_date():
    # Thursday 19th 10:00 plus one business day: the 20th is a holiday, so Monday 10:00 = 13:00 UTC.
    pack = load_pack("z-pro")
    target = replace(pack.targets[0], unit="business_days", duration=None, days=1, warnings=())
    policy = replace(pack, targets=(target,))
    answer = explain(policy, Facts(), brasilia("2026-11-19T10:00"), hours_of(policy, [2026, 2027]))[
        "deadlines"
    ][0]
    assert (answer["target"], answer["due_at"]) == ("1 business days", "2026-11-23T13:00:00Z")


def test_the_version_is_named_where_there_is_one():
    pack, at = load_pack("tour"), datetime(2026, 11, 22, 3, tzinfo=UTC)
    assert explain(pack, Facts(), at, hours_of(pack, [2026]))["policy_version"] is None
    assert explain(pack, Facts(), at, hours_of(pack, [2026]), version=7)["policy_version"] == 7


@pytest.mark.parametrize("language", ["en", "pt-br", "de"])
@pytest.mark.parametrize("name", pack_names())
def test_it_can_be_read_by_people(name, language):
    answer = explained(name, datetime(2026, 11, 22, 3, tzinfo=UTC), language=language)
    text = as_text(answer, language)
    assert all(reason in text for reason in answer["because"])
