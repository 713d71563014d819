"""`manage.py policy explain|lint` for packs and files: what it takes, what it refuses, what it prints."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime, timedelta

import pytest

from policies import command
from policies.codec import dump
from policies.command import UsageError
from policies.packs import load_pack, pack_names, pack_text


def options(*words):
    parser = argparse.ArgumentParser()
    command.add_explain_arguments(parser)
    return vars(parser.parse_args(words))


def explained(*words):
    return command.explain_source(options(*words))


def test_a_bare_name_is_the_pack():
    monday = "--at", "2026-11-23T08:00:00-03:00"
    assert explained("z-pro", *monday) == explained("pack:z-pro", *monday)


def test_every_option_reaches_the_decision():
    answer = explained(
        "pack:suporte-leiloes", "--plan", "premium", "--priority", "1", "--channel", "whatsapp_group",
        "--topic", "no-access", "--text", "x", "--situation", "auction", "--at", "2026-11-22T20:00:00-03:00",
    )  # fmt: skip
    assert (answer["accepted"], answer["plan"], answer["priority"]) == (True, "premium", "1")
    assert answer["deadlines"][0]["due_at"] == "2026-11-22T23:00:00Z"


def test_a_moment_without_offset_is_read_in_the_policys_zone():
    assert explained("z-pro", "--at", "2026-11-23T08:00:00")["at"] == "2026-11-23T11:00:00Z"


def test_without_a_moment_it_is_now():
    at = datetime.fromisoformat(explained("tour")["at"])
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)


def test_json_is_one_object_with_what_other_programs_rely_on():
    asked = options("360dialog", "--json")
    answer = json.loads(command.printed(command.explain_source(asked), asked))
    assert {"accepted", "outcome", "plan", "priority", "policy_version", "because", "deadlines"} <= set(
        answer
    )
    for deadline in answer["deadlines"]:
        assert {"metric", "target", "unit", "calendar", "due_at", "because", "stretches", "breach_at"} <= set(
            deadline
        )


def test_without_json_it_is_text():
    asked = options("tour")
    assert "first response" in command.printed(command.explain_source(asked), asked)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["pack:nowhere"], "there are: 360dialog, erp-chamados"),
        (["nowhere"], "There is no pack 'nowhere'"),
        (["z-pro", "--plan", "gold"], "there are: standard"),
        (["z-pro", "--priority", "9"], "there are: 1, 2, 3, 4"),
        (["z-pro", "--channel", "fax"], "There is no channel 'fax'"),
        (["z-pro", "--topic", "x"], "there are: question, bug"),
        (["z-pro", "--situation", "flood"], "there are: auction, emergency, third_party"),
        (["z-pro", "--at", "tomorrow"], "is no moment"),
        (["missing.toml"], "cannot be read"),
    ],
)
def test_what_is_not_there_is_refused_in_one_sentence(words, says):
    with pytest.raises(UsageError) as refused:
        explained(*words)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_channel_that_the_policy_does_not_declare_is_answered_not_refused():
    assert explained("tour", "--channel", "whatsapp")["outcome"] == "wrong_channel"


def test_a_file_is_a_policy_too(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(pack_text("tour"), encoding="utf-8")
    assert explained(str(path), "--at", "2026-11-23T08:00:00")["policy"] == "tour"
    path.write_text(pack_text("tour").replace('unit = "elapsed"', "unit = 5"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"targets\[0\].unit: expected a text"):
        explained(str(path))


@pytest.mark.parametrize("name", pack_names())
def test_every_pack_can_be_published(name):
    assert command.lint_report(load_pack(name)) == ([], True)


def test_an_error_is_a_line_with_its_place(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(dump(load_pack("tour")).replace('default_priority = "3"', 'default_priority = "7"'))
    lines, publishable = command.lint_report(command.read_source(str(path)))
    assert lines[0].startswith("error: default_priority: There is no “7”")
    assert not publishable
