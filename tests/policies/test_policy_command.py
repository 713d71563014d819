"""`manage.py policy` as Django runs it: exit status, what goes where, and a desk from pack to published version."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from policies.packs import pack_names, pack_text


def run(*words):
    out, err = StringIO(), StringIO()
    call_command("policy", *words, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_explain_prints_one_json_object_and_nothing_else():
    out, err = run("explain", "pack:z-pro", "--at", "2026-11-23T08:00:00-03:00", "--json")
    assert json.loads(out)["deadlines"][0]["due_at"] == "2026-11-25T15:00:00Z"
    assert err == ""


def test_an_unknown_key_is_exit_status_two():
    with pytest.raises(CommandError, match="there are: standard") as refused:
        run("explain", "z-pro", "--plan", "gold")
    assert refused.value.returncode == 2


@pytest.mark.parametrize("name", pack_names())
def test_lint_of_a_pack_finds_nothing(name):
    out, err = run("lint", f"pack:{name}")
    assert (out, err) == ("", f"{name}: nothing wrong\n")


def test_lint_of_a_wrong_policy_is_exit_status_one(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(pack_text("tour").replace('default_priority = "3"', 'default_priority = "7"'))
    with pytest.raises(CommandError) as refused:
        run("lint", str(path))
    assert refused.value.returncode == 1


def test_export_of_a_pack_is_its_file():
    assert run("export", "pack:zoom")[0] == pack_text("zoom")


@pytest.mark.django_db
def test_a_desk_from_pack_to_published_version(tenant_a):
    connection.set_schema_to_public()  # where a command starts
    desk = f"tenant:{tenant_a.slug}"
    run("load", desk, "suporte-leiloes")
    assert run("export", desk)[0] == pack_text("suporte-leiloes")
    before = json.loads(run("explain", desk, "--json")[0])["policy_version"]
    run("publish", desk)
    after = json.loads(run("explain", desk, "--topic", "server-down", "--json")[0])
    assert after["policy_version"] == before + 1
    assert after["deadlines"][0]["situation"] == "emergency"


@pytest.mark.django_db
def test_a_desk_that_is_not_there_is_exit_status_two():
    with pytest.raises(CommandError, match="nowhere") as refused:
        run("explain", "tenant:nowhere")
    assert refused.value.returncode == 2
