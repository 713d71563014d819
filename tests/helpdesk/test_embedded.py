"""PostgreSQL and Valkey from their wheels: where they live, and that they survive and end as promised."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from helpdesk import embedded, processes
from helpdesk.bootstrap import ROOT
from helpdesk.embedded import Trouble


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("help", False),
        ("check", False),
        ("makemigrations --check", False),
        ("policy explain pack:zoom --at 2026-11-20T10:00:00Z", False),
        ("policy lint zoom", False),
        ("policy explain tenant:zoom", True),
        ("policy publish tenant:zoom", True),
        ("create_desk --help", False),
        ("create_desk acme --blank --admin a@example.org", True),
        ("migrate_schemas", True),
    ],
)
def test_only_commands_that_need_the_database_start_it(command, answer):
    assert embedded.needs_database(["manage.py", *command.split()]) is answer


def test_the_socket_of_a_deep_checkout_has_a_short_private_place(tmp_path):
    home = tmp_path / ("deep" * 30)
    home.mkdir()
    place = embedded.socket_directory(home, embedded.POSTGRES_SOCKET)
    try:
        assert len(str(place / embedded.POSTGRES_SOCKET)) < embedded.LONGEST_SOCKET_PATH
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        assert embedded.socket_directory(home, embedded.POSTGRES_SOCKET) == place
    finally:
        embedded.remove_home(home)
    assert not place.exists()


def test_what_the_environment_says_wins(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/x")
    monkeypatch.setenv("SECRET_KEY", "of the deployment")
    settings = embedded.settings_for_this_machine({"DATABASE_URL": "postgres://embedded/x"}, keep=False)
    assert settings["DATABASE_URL"] == "postgres://elsewhere/x"
    assert settings["SECRET_KEY"] == "of the deployment"


@pytest.fixture
def home(tmp_path):
    yield tmp_path / "home"
    embedded.remove_elsewhere(tmp_path / "home")


@pytest.mark.faults
def test_a_killed_postgresql_comes_back_with_what_was_committed(home):
    postgres = embedded.Postgres(home)
    postgres.start()
    try:
        with psycopg.connect(postgres.url()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        processes.stop(postgres.child, signal.SIGKILL)
        postgres.start()
        with psycopg.connect(postgres.url()) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert stat.S_IMODE((home / "postgres_password").stat().st_mode) == 0o600
    finally:
        postgres.stop()


@pytest.mark.faults
def test_data_of_another_postgresql_are_refused_and_kept(home):
    postgres = embedded.Postgres(home, durable=False)
    postgres.start()
    postgres.stop()
    data = embedded.data_directory(home)
    (data / "PG_VERSION").write_text("17\n")
    with pytest.raises(Trouble, match="written by PostgreSQL 17"):
        embedded.Postgres(home).start()
    assert (data / "base").is_dir()


@pytest.mark.faults
def test_the_servers_of_a_killed_owner_end_with_it(home):
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from pathlib import Path; from helpdesk.embedded import Postgres, Valkey\n"
            "p, v = Postgres(Path(sys.argv[1])), Valkey(Path(sys.argv[1])); p.start(); v.start()\n"
            "print(p.child.pid, v.child.pid, v.url(), flush=True); time.sleep(600)",
            str(home),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with owner.stdout:
        *pids, valkey_url = owner.stdout.readline().split()
    assert redis.from_url(valkey_url).ping()
    owner.kill()
    owner.wait()
    assert processes.wait_until(lambda: not any(runs(int(pid)) for pid in pids), patience=10)


def runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.faults
@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_without_user_namespaces_runs_postgresql_as_nobody(home, monkeypatch):
    monkeypatch.setenv("HELPDESK_POSTGRES_AS", "nobody")
    processes.ordinary_user.cache_clear()
    try:
        postgres = embedded.Postgres(home, durable=False)
        postgres.start()
        with psycopg.connect(postgres.url()) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("helpdesk",)
        assert os.stat(f"/proc/{postgres.child.pid}").st_uid == embedded.nobodys_uid()
        postgres.stop()
    finally:
        processes.ordinary_user.cache_clear()
