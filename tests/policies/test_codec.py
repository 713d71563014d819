"""A policy as text and back: nothing lost, one way to write it, and precise about what it cannot read."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies import codec
from policies.codec import DocumentError, read_duration, write_duration
from policies.document import Channel, Plan, Policy, Target
from policies.packs import load_pack, pack_names, pack_text
from tests.policies.documents import durations, policies

ANY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
SMALL = Policy(key="small", name={"en": "Small"}, language="en", tz="UTC")


@ANY
@given(policies)
def test_any_policy_survives_toml_json_and_the_plain_dict(policy):
    text = codec.dump(policy)
    assert codec.load(text) == policy
    assert codec.dump(codec.load(text)) == text
    assert tomllib.loads(text) == json.loads(codec.dump_json(policy))
    assert codec.load_json(codec.dump_json(policy)) == policy
    assert codec.from_dict(codec.to_dict(policy)) == policy


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_survives(text):
    policy = replace(SMALL, note=text, channels=(Channel("portal", {"en": text}),))
    assert codec.load(codec.dump(policy)) == policy


@given(durations)
def test_any_duration_survives(duration):
    assert read_duration(write_duration(duration)) == duration


@pytest.mark.parametrize("name", pack_names())
def test_a_pack_is_in_canonical_form(name):
    assert codec.dump(load_pack(name)) == pack_text(name)


def test_the_order_of_languages_days_and_teams_does_not_matter():
    one = replace(SMALL, name={"en": "a", "pt-br": "b"}, teams={"x": {"en": "X"}, "a": {"en": "A"}})
    two = replace(SMALL, name={"pt-br": "b", "en": "a"}, teams={"a": {"en": "A"}, "x": {"en": "X"}})
    assert codec.dump(one) == codec.dump(two)
    assert codec.fingerprint(one) == codec.fingerprint(two)


def test_another_word_is_another_fingerprint():
    assert codec.fingerprint(SMALL) != codec.fingerprint(replace(SMALL, note="."))
    assert len(codec.fingerprint(SMALL)) == 64


@pytest.mark.parametrize(
    ("duration", "written"),
    [
        (timedelta(hours=24), "24h"),
        (timedelta(minutes=30), "30m"),
        (timedelta(minutes=90), "90m"),
        (timedelta(seconds=90), "90s"),
        (timedelta(days=14), "336h"),
        (timedelta(0), "0s"),
        (timedelta(hours=-1), "-1h"),
    ],
)
def test_there_is_one_way_to_write_a_duration(duration, written):
    assert write_duration(duration) == written
    assert read_duration(written) == duration


def test_days_and_compounds_are_read_too():
    assert read_duration("2d") == timedelta(hours=48)
    assert read_duration("1h30m") == timedelta(minutes=90)


def test_none_is_said_where_it_means_something():
    target = Target("work", "resolution", None)
    text = codec.dump(replace(SMALL, targets=(target,), reopen_within=None))
    assert 'duration = "none"' in text
    assert 'reopen_within = "none"' in text


def test_a_bare_toml_date_is_read():
    text = codec.dump(SMALL).replace('tz = "UTC"', 'tz = "UTC"\neffective_on = 2025-01-19')
    assert codec.load(text).effective_on == date(2025, 1, 19)


@pytest.mark.parametrize(
    ("change", "path", "says"),
    [
        ({"colour": "red"}, "colour", "unknown key"),
        ({"langauge": "en"}, "langauge", "did you mean 'language'?"),
        ({"plans": [{"key": "a", "name": {}}, {"key": 5, "name": {}}]}, "plans[1].key", "expected a text"),
        ({"plans": [{"key": "a"}]}, "plans[0].name", "is missing"),
        ({"plans": {"key": "a"}}, "plans", "expected a list, not a table"),
        ({"plans": ["a"]}, "plans[0]", "expected a table"),
        ({"customer_may_close": "yes"}, "customer_may_close", "expected true or false"),
        ({"customer_may_close": 1}, "customer_may_close", "expected true or false"),
        ({"reopen_within": "soon"}, "reopen_within", "expected a duration"),
        ({"reopen_within": 14}, "reopen_within", "expected a duration"),
        ({"effective_on": "2025-02-30"}, "effective_on", "expected a date"),
        ({"name": "Small"}, "name", "expected a table"),
        ({"name": {"en": 1}}, "name.en", "expected a text"),
        ({"schema_version": 99}, "schema_version", "newer than this program"),
        ({"schema_version": "1"}, "schema_version", "say which version"),
        (
            {"targets": [{"key": "t", "metric": "resolution", "duration": "4 h"}]},
            "targets[0].duration",
            "expected a duration",
        ),
        (
            {"calendars": [{"key": "c", "name": {}, "tz": "UTC", "weekly": {"mon": [["08:00"]]}}]},
            "calendars[0].weekly.mon[0]",
            "expected 2 values",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(change, path, says):
    with pytest.raises(DocumentError) as refused:
        codec.from_dict(codec.to_dict(SMALL) | change)
    assert refused.value.path == path
    assert says in refused.value.message


@pytest.mark.parametrize("text", ["= 1", "", "key = 'a'", "[]"])
def test_what_is_no_policy_is_refused(text):
    with pytest.raises(DocumentError):
        codec.load(text)
    with pytest.raises(DocumentError):
        codec.load_json(text)


def test_an_older_version_is_lifted_when_it_is_read(monkeypatch):
    def plans_were_called_tiers(data):
        return {("plans" if key == "tiers" else key): value for key, value in data.items()}

    monkeypatch.setattr(codec, "UPGRADERS", [plans_were_called_tiers])
    old = codec.to_dict(SMALL) | {"tiers": [{"key": "free", "name": {"en": "Free"}}]}
    assert codec.from_dict(old).plans == (Plan("free", {"en": "Free"}),)
