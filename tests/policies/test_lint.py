"""What lint finds: one small policy that is right, and one change for every rule that makes it wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from policies.document import (
    AttachmentRule,
    CalendarSpec,
    Channel,
    ClockRule,
    ClosingRule,
    Condition,
    EscalationStep,
    Field,
    HolidaySource,
    Plan,
    Policy,
    Priority,
    ScopeRule,
    Target,
    Topic,
    Warning,
)
from policies.lint import covers, errors, figure_in, lint
from policies.packs import load_pack, pack_names
from tests.policies.documents import policies

HOUR = timedelta(hours=1)
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), (("08:00", "18:00"),))


def text(said):
    return {"en": said, "pt-br": said}


OFFICE = CalendarSpec("office", text("Office"), "UTC", WEEK)
FIRST = Target("first", "first_response", 4 * HOUR, "business", "office", warnings=(Warning(share=75),))
RULE = ScopeRule("garden", "out_of_scope", text("No gardens."), Condition(words=("garden*",)))
SILENCE = ClosingRule("silence", 72 * HOUR, reminders=(24 * HOUR, 48 * HOUR))
RIGHT = Policy(
    key="right",
    name=text("Right 24"),
    language="en",
    tz="UTC",
    default_priority="2",
    default_team="support",
    teams={"support": text("Support")},
    channels=(Channel("portal", text("Portal")), Channel("chat", text("Chat"))),
    calendars=(OFFICE,),
    plans=(Plan("basic", text("Basic")), Plan("gold", text("Gold"))),
    priorities=(Priority("1", text("High")), Priority("2", text("Low"))),
    topics=(Topic("bug", text("Bug"), fields=(Field("code", text("The 6 digits")),)),),
    targets=(FIRST,),
    scope_rules=(RULE,),
    closing_rules=(SILENCE,),
    escalation=(EscalationStep("tell"), EscalationStep("warn", on="warning")),
    attachments=(AttachmentRule("files", kinds=("image/*",)),),
)


def test_a_right_policy_has_no_problem():
    assert lint(RIGHT) == []


@pytest.mark.parametrize("name", pack_names())
def test_a_pack_has_no_problem(name):
    assert [str(problem) for problem in lint(load_pack(name))] == []


def with_target(**change):
    return {"targets": (replace(FIRST, **change),)}


def with_rule(**change):
    return {"scope_rules": (replace(RULE, **change),)}


def with_silence(**change):
    return {"closing_rules": (replace(SILENCE, **change),)}


def with_office(**change):
    return {"calendars": (replace(OFFICE, **change),)}


def gold(key, **rest):
    return replace(FIRST, key=key, when=Condition(plans=("gold",), **rest))


WRONG = {
    "no channel opens tickets": ({"channels": (Channel("portal", text("P"), "silence"),)}, "channels"),
    "no plan": ({"plans": ()}, "plans"),
    "no priority": ({"priorities": (), "default_priority": ""}, "priorities"),
    "its own language is missing": ({"languages": ("pt-br",)}, "language"),
    "an unknown order": ({"queue_order": "alphabet"}, "queue_order"),
    "an unknown zone": ({"tz": "Mars/Base"}, "tz"),
    "a negative reopening": ({"reopen_within": -HOUR}, "reopen_within"),
    "a key that is none": ({"plans": (Plan("b c", text("B")),)}, "plans[0].key"),
    "a key twice": ({"plans": (Plan("a", text("A")), Plan("a", text("B")))}, "plans[1].key"),
    "a field twice": (
        {"topics": (Topic("t", text("T"), fields=(Field("a", text("A")),) * 2),)},
        "topics[0].fields[1].key",
    ),
    "a clock rule twice": ({"clock_rules": (ClockRule("resolution"),) * 2}, "clock_rules[1].metric"),
    "a default priority that is not there": ({"default_priority": "9"}, "default_priority"),
    "a default team that is not there": ({"default_team": "nobody"}, "default_team"),
    "an unknown channel": ({"channels": (*RIGHT.channels, Channel("fax", text("Fax")))}, "channels[2].key"),
    "an unknown way to open": (
        {"channels": (*RIGHT.channels, Channel("api", text("A"), "x"))},
        "channels[2].opens",
    ),
    "a channel for a plan that is not there": (
        {"channels": (*RIGHT.channels, Channel("api", text("A"), plans=("x",)))},
        "channels[2].plans",
    ),
    "a topic's priority": ({"topics": (Topic("t", text("T"), priority="9"),)}, "topics[0].priority"),
    "a topic's team": ({"topics": (Topic("t", text("T"), team="x"),)}, "topics[0].team"),
    "a topic's situation": ({"topics": (Topic("t", text("T"), situation="x"),)}, "topics[0].situation"),
    "a field's kind": (
        {"topics": (Topic("t", text("T"), fields=(Field("a", text("A"), "x"),)),)},
        "topics[0].fields[0].kind",
    ),
    "what starts a clock": ({"clock_rules": (ClockRule("resolution", starts="x"),)}, "clock_rules[0].starts"),
    "what pauses a clock": (
        {"clock_rules": (ClockRule("resolution", pauses=("x",)),)},
        "clock_rules[0].pauses",
    ),
    "what meets a clock": ({"clock_rules": (ClockRule("resolution", met_by="x"),)}, "clock_rules[0].met_by"),
    "an unknown metric": (with_target(metric="x"), "targets[0].metric"),
    "an unknown unit": (with_target(unit="x"), "targets[0].unit"),
    "a calendar that is not there": (with_target(calendar="x"), "targets[0].calendar"),
    "an unknown situation": (
        {"targets": (FIRST, Target("s", "first_response", HOUR, "elapsed", situation="x"))},
        "targets[1].situation",
    ),
    "a condition on a plan that is not there": (
        with_target(when=Condition(plans=("x",))),
        "targets[0].when.plans",
    ),
    "an unknown outcome": (with_rule(outcome="x"), "scope_rules[0].outcome"),
    "a rule's team": (with_rule(team="x"), "scope_rules[0].team"),
    "a closing calendar": (with_silence(calendar="x"), "closing_rules[0].calendar"),
    "an unknown alarm": (
        {"escalation": (EscalationStep("a", on="x"), *RIGHT.escalation)},
        "escalation[0].on",
    ),
    "an unknown audience": ({"escalation": (EscalationStep("a", notify=("x",)),)}, "escalation[0].notify"),
    "a team to add": ({"escalation": (EscalationStep("a", add_teams=("x",)),)}, "escalation[0].add_teams"),
    "an attachment's topic": (
        {"attachments": (AttachmentRule("a", topics=("x",)),)},
        "attachments[0].topics",
    ),
    "no name": ({"plans": (Plan("a", {}),)}, "plans[0].name"),
    "no sentence": (with_rule(sentence={}), "scope_rules[0].sentence"),
    "a figure in a sentence": (with_rule(sentence=text("Within 24 hours.")), "scope_rules[0].sentence.en"),
    "a figure in words": ({"summary": {"en": "Answered in half an hour.", "pt-br": "-"}}, "summary.en"),
    "a zone's calendar that is not there": (with_office(tz="Mars/Base"), "calendars[0].tz"),
    "a calendar that never opens (R11)": (with_office(weekly={}), "calendars[0].weekly"),
    "an interval that is none (R2)": (
        with_office(weekly={"mon": (("08:00", "08:00"),)}),
        "calendars[0].weekly.mon[0]",
    ),
    "holidays of nowhere": (with_office(holidays=(HolidaySource("XX"),)), "calendars[0].holidays"),
    "holidays of an unknown kind": (
        with_office(holidays=(HolidaySource("BR", "", ("x",)),)),
        "calendars[0].holidays",
    ),
    "a negative target": (with_target(duration=-HOUR, warnings=()), "targets[0].duration"),
    "a negative grace": (with_target(grace=-HOUR), "targets[0].grace"),
    "at once without a grace (R8)": (with_target(duration=0 * HOUR), "targets[0].grace"),
    "business time without a calendar": (with_target(calendar=""), "targets[0].calendar"),
    "days without a number": (with_target(unit="business_days", duration=None), "targets[0].days"),
    "days beside hours": (with_target(days=2), "targets[0].days"),
    "a situation on business time (R18)": (
        {"targets": (FIRST, replace(FIRST, key="s", situation="auction"))},
        "targets[1].unit",
    ),
    "an ordinary target in a situation (R18)": (
        {"targets": (replace(FIRST, key="s", when=Condition(situations=("auction",))), FIRST)},
        "targets[0].when.situations",
    ),
    "a warning that says nothing": (with_target(warnings=(Warning(),)), "targets[0].warnings[0]"),
    "a warning that says both": (with_target(warnings=(Warning(HOUR, 50),)), "targets[0].warnings[0]"),
    "a warning at the end": (with_target(warnings=(Warning(share=100),)), "targets[0].warnings[0].share"),
    "a warning before the start": (
        with_target(warnings=(Warning(9 * HOUR),)),
        "targets[0].warnings[0].before",
    ),
    "a warning of no deadline": (with_target(duration=None), "targets[0].warnings[0]"),
    "a target below one that takes all": ({"targets": (FIRST, gold("late"))}, "targets[1]"),
    "two targets for the same": ({"targets": (gold("a"), gold("b"), FIRST)}, "targets[1]"),
    "a target that the others leave nothing": (
        {"targets": (gold("a"), replace(FIRST, key="b", when=Condition(plans=("basic",))), FIRST)},
        "targets[2]",
    ),
    "a target for a channel without clocks": (
        {
            "channels": (*RIGHT.channels, Channel("other", text("O"), sla=False)),
            "targets": (replace(FIRST, key="o", when=Condition(channels=("other",))), FIRST),
        },
        "targets[0]",
    ),
    "a condition that contradicts itself": (
        {"targets": (gold("a", except_plans=("gold",)), FIRST)},
        "targets[0].when",
    ),
    "a rule below one that takes all": (
        {"scope_rules": (RULE, replace(RULE, key="again"))},
        "scope_rules[1]",
    ),
    "a closing rule below one that takes all": (
        {"closing_rules": (SILENCE, replace(SILENCE, key="b", when=Condition(plans=("gold",))))},
        "closing_rules[1]",
    ),
    "a step that never comes": (
        {
            "escalation": (
                *RIGHT.escalation,
                EscalationStep("x", when=Condition(words=("a",), except_words=("a",))),
            )
        },
        "escalation[2].when",
    ),
    "an attachment rule below one for all": (
        {"attachments": (AttachmentRule("a"), AttachmentRule("b", topics=("bug",)))},
        "attachments[1]",
    ),
    "a wrong channel that opens": (with_rule(outcome="wrong_channel"), "scope_rules[0].opens"),
    "in scope without a ticket": (with_rule(outcome="in_scope", opens=False), "scope_rules[0].opens"),
    "deadlines without a ticket": (with_rule(opens=False, sla=True), "scope_rules[0].sla"),
    "a ticket in silence": (with_rule(answer=False), "scope_rules[0].answer"),
    "an ignored one that is answered": (with_rule(outcome="ignored", opens=False), "scope_rules[0].answer"),
    "words that say nothing": (with_rule(when=Condition(words=("!spam",))), "scope_rules[0].when.words[0]"),
    "a close at once": (with_silence(after=0 * HOUR, reminders=()), "closing_rules[0].after"),
    "a negative gap": (with_silence(gap=-HOUR), "closing_rules[0].gap"),
    "a reminder after the close": (with_silence(reminders=(80 * HOUR,)), "closing_rules[0].reminders[0]"),
    "reminders out of order": (
        with_silence(reminders=(48 * HOUR, 24 * HOUR)),
        "closing_rules[0].reminders[1]",
    ),
    "a reminder at once": (with_silence(reminders=(0 * HOUR,)), "closing_rules[0].reminders[0]"),
    "a step before the breach": (
        {"escalation": (*RIGHT.escalation, EscalationStep("x", after=-HOUR))},
        "escalation[2].after",
    ),
    "a step that does nothing": (
        {"escalation": (*RIGHT.escalation, EscalationStep("x", notify=()))},
        "escalation[2]",
    ),
    "a negative limit": (
        {"attachments": (AttachmentRule("a", per_message=-1),)},
        "attachments[0].per_message",
    ),
    "a type that is none": (
        {"attachments": (AttachmentRule("a", kinds=("video",)),)},
        "attachments[0].kinds[0]",
    ),
}

DOUBTFUL = {
    "a pointer that points nowhere": (
        {"channels": (*RIGHT.channels, Channel("email", text("E"), "pointer"))},
        "channels[2].pointer",
    ),
    "a plan without a response deadline": ({"targets": (gold("a"),)}, "targets"),
    "elapsed time with a calendar": (with_target(unit="elapsed"), "targets[0].calendar"),
    "in scope without deadlines": (with_rule(outcome="in_scope"), "scope_rules[0].sla"),
    "no reminder": (with_silence(reminders=()), "closing_rules[0].reminders"),
    "a reminder that puts off the close": (with_silence(gap=30 * HOUR), "closing_rules[0].gap"),
    "a step to which nothing leads": (with_target(warnings=()), "escalation[1]"),
    "a breach that tells nobody": ({"escalation": ()}, "escalation"),
    "a text without translation": ({"plans": (Plan("a", {"en": "A"}),)}, "plans[0].name"),
}


@pytest.mark.parametrize("case", WRONG)
def test_an_error_is_found_at_its_place(case):
    change, path = WRONG[case]
    found = errors(lint(replace(RIGHT, **change)))
    assert path in [problem.path for problem in found], [str(p) for p in found]
    assert all(problem.say("pt-br") and problem.say("en") for problem in found)


@pytest.mark.parametrize("case", DOUBTFUL)
def test_a_warning_is_found_at_its_place(case):
    change, path = DOUBTFUL[case]
    found = lint(replace(RIGHT, **change))
    assert {p.severity for p in found if p.path == path} == {"warning"}
    assert errors(found) == []


def test_a_contradiction_is_called_one():
    found = lint(replace(RIGHT, targets=(gold("a"), gold("b"), FIRST)))
    assert "Contradicts “a”" in str(found[0])


def test_errors_come_first():
    found = lint(replace(RIGHT, escalation=(), default_team="x"))
    assert [problem.severity for problem in found] == ["error", "warning"]


def test_a_special_day_needs_no_weekly_hours():
    calendar = replace(OFFICE, weekly={}, overrides={date(2026, 12, 24): (("08:00", "12:00"),)})
    assert lint(replace(RIGHT, calendars=(calendar,))) == []


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(policies)
def test_any_document_is_checked_to_the_end(policy):
    lint(policy)


@pytest.mark.parametrize(
    ("said", "figure"),
    [
        ("Até 24 horas.", "24"),
        ("in 30m", "30m"),
        ("das 8h às 18h", "8h"),
        ("24/7", "24/7"),
        ("Ligue (31) 3271-0322", "31"),
        ("em duas horas", "duas horas"),
        ("within an hour", "an hour"),
        ("uma hora útil", "uma hora"),
        ("setenta e duas horas", "setenta e duas horas"),
        ("twenty-four business hours", "twenty"),
        ("O n8n e o 360dialog", ""),
        ("P1 e API v2", ""),
        ("Um problema de cada vez", ""),
        ("a toda hora", ""),
        ("dia e noite", ""),
        ("", ""),
    ],
)
def test_a_figure_is_found_and_a_name_is_not(said, figure):
    assert figure_in(said).startswith(figure) if figure else figure_in(said) == ""


@pytest.mark.parametrize(
    ("wide", "narrow", "covered"),
    [
        (Condition(), Condition(plans=("gold",)), True),
        (Condition(plans=("gold",)), Condition(), False),
        (Condition(plans=("gold", "basic")), Condition(plans=("gold",)), True),
        (Condition(except_plans=("gold",)), Condition(plans=("basic",)), True),
        (Condition(except_plans=("gold",)), Condition(plans=("gold", "basic")), False),
        (Condition(except_plans=("gold",)), Condition(except_plans=("gold",)), True),
        (Condition(words=("a", "b")), Condition(words=("a",)), True),
        (Condition(words=("a",)), Condition(words=("a", "b")), False),
        (Condition(except_words=("a",)), Condition(), False),
    ],
)
def test_one_condition_covers_another(wide, narrow, covered):
    assert covers(wide, narrow) is covered
