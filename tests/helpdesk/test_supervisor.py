"""`up`: ports, children that die, and one owner of a checkout's servers."""

import json
import signal
import socket
import sys

import pytest

from helpdesk import embedded, processes, supervisor
from helpdesk.embedded import Trouble


@pytest.fixture
def var(tmp_path, monkeypatch):
    for module in (embedded, supervisor):
        monkeypatch.setattr(module, "VAR", tmp_path)
    (tmp_path / "log").mkdir()
    return tmp_path


@pytest.fixture
def taken_port():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_asked_for_and_taken_is_an_error(taken_port):
    with pytest.raises(Trouble, match=f"Port {taken_port} is taken"):
        supervisor.listen(taken_port)


def test_without_a_wish_the_next_free_port_is_taken_and_said(taken_port, monkeypatch, capsys):
    monkeypatch.setattr(supervisor, "USUAL_PORT", taken_port)
    listeners, port = supervisor.listen(None)
    for listener in listeners:
        listener.close()
    assert port > taken_port
    assert f"Port {taken_port} is taken; this is port {port}." in capsys.readouterr().err


def test_a_second_up_is_refused_with_the_port_of_the_first(var):
    with open(var / "lock", "a") as first, open(var / "lock", "a") as second:
        supervisor.own(first)
        embedded.announce("up", {"PORT": "8123"})
        with pytest.raises(Trouble, match="already up on port 8123"):
            supervisor.own(second)


def test_what_a_killed_owner_announced_is_forgotten(var):
    embedded.announce("up", {"PORT": "8123"})
    with open(var / "lock", "a") as lock:
        supervisor.own(lock)
        assert embedded.announced() == {}


def child_that_dies(var, **options):
    def start():
        return processes.spawn([sys.executable, "-c", "pass"], log=var / "log" / "web.log")

    return supervisor.Child("web", start, start(), signal.SIGTERM, patience=1, **options)


def test_a_dead_child_is_started_again_after_a_pause(var):
    child = child_that_dies(var)
    first = child.process
    first.wait()
    child.look()
    assert child.again_at is not None and child.process is first
    assert processes.wait_until(lambda: child.look() or child.process is not first, patience=5)
    processes.stop(child.process)


def test_a_server_that_keeps_dying_stops_everything(var, monkeypatch):
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE", 0.0)
    child = child_that_dies(var, is_server=True)
    with pytest.raises(Trouble, match="web keeps dying"):
        processes.wait_until(child.look, patience=20)


def test_a_full_disk_is_named_when_a_child_dies_of_it(var, monkeypatch):
    child = child_that_dies(var)
    child.process.wait()
    monkeypatch.setattr(supervisor.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 0}))
    with pytest.raises(Trouble, match="disk is full"):
        child.look()


def test_sign_ins_carry_the_port_of_this_run(var):
    entry = {"tenant": "zoom", "url": "http://zoom.localhost:8000/desk/", "email": "a@example.org"}
    embedded.write_private(var / "demo.json", json.dumps([entry]))
    assert supervisor.sign_ins(8123)[0]["url"] == "http://zoom.localhost:8123/desk/"
    assert json.loads((var / "demo.json").read_text())[0]["url"] == "http://zoom.localhost:8123/desk/"
    assert (var / "demo.json").stat().st_mode & 0o777 == 0o600


def test_reset_without_consent_throws_nothing_away(var, monkeypatch):
    (var / "kept").write_text("x")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr("builtins.input", lambda question: "")
    with pytest.raises(Trouble, match="Nothing was thrown away"):
        supervisor.reset(ask=True)
    assert (var / "kept").exists()


def test_reset_leaves_servers_that_are_not_ours_alone(var, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/x")
    with pytest.raises(Trouble, match="yours to remove"):
        supervisor.reset(ask=False)
