"""The command `up` as somebody types it, without the demo's data: real processes, killed for real."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request

import psutil
import psycopg
import pytest

from helpdesk.bootstrap import ROOT
from helpdesk.processes import wait_until

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    """One data directory for all: only the first start has to migrate."""
    return tmp_path_factory.mktemp("up") / "var"


@pytest.fixture
def up(var):
    """Starts `up` on a free port; call it again for the next start."""
    started = []

    def start(**environment):
        ours = {"HELPDESK_VAR": str(var), "HELPDESK_NO_VENV": "1", "DEMO": "0", **environment}
        theirs = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
        command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(free_port())]
        run = subprocess.Popen(
            command, env=theirs | ours, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        run.port = int(command[-1])
        run.var = var
        started.append(run)
        return run

    yield start
    for run in started:
        if run.poll() is None:
            run.terminate()
            run.wait(60)
        run.stderr.close()


# what the test run set for itself, see tests/servers.py
FROM_OUTSIDE = {
    "DATABASE_URL",
    "REDIS_URL",
    "MEDIA_ROOT",
    "EMAIL_URL",
    "SECRET_KEY",
    "PORT",
    "DEMO",
    "HELPDESK_TESTING",
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(run, path):
    request = urllib.request.Request(f"http://127.0.0.1:{run.port}{path}", headers={"Host": "localhost"})
    try:
        with urllib.request.urlopen(request, timeout=3) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def is_up(run):
    assert run.poll() is None, run.stderr.read()
    programs = psutil.Process(run.pid).children()
    return len(programs) == 6 and ask(run, "/healthz") == "ok"  # PostgreSQL, Valkey, web, worker, beat, sweep


def test_killed_it_leaves_nothing_behind_and_loses_nothing(up):
    first = up()
    assert wait_until(lambda: is_up(first), patience=120)
    with psycopg.connect(json.loads((first.var / "running.json").read_text())["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
    family = psutil.Process(first.pid).children(recursive=True)
    first.kill()
    first.wait()
    psutil.wait_procs(family, timeout=30)
    assert [process for process in family if process.is_running()] == []

    second = up()
    assert wait_until(lambda: is_up(second), patience=60)
    with psycopg.connect(json.loads((second.var / "running.json").read_text())["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_signal_ends_everything_in_order(up):
    run = up()
    assert wait_until(lambda: is_up(run), patience=120)
    family = psutil.Process(run.pid).children(recursive=True)
    run.send_signal(signal.SIGTERM)
    assert run.wait(60) == 0
    assert [process for process in family if process.is_running()] == []
    assert (run.var / "log" / "postgresql.log").read_text().rstrip().endswith("database system is shut down")


def test_servers_and_programs_that_die_come_back(up):
    run = up()
    assert wait_until(lambda: is_up(run), patience=120)
    children = psutil.Process(run.pid).children()
    for child in children:
        child.kill()
    psutil.wait_procs(children, timeout=10)
    assert wait_until(
        lambda: is_up(run) and json.loads(ask(run, "/readyz") or "{}").get("database") == "ok", patience=60
    )


def test_an_unreachable_database_is_one_sentence(up):
    run = up(DATABASE_URL="postgres://a:b@127.0.0.1:1/x")
    assert run.wait(30) == 1
    assert run.stderr.read().count("\n") == 1
