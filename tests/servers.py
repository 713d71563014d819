"""An own PostgreSQL and Valkey for every pytest run, named in the environment before Django reads its settings.

Loaded by `-p tests.servers` (pyproject.toml). Importing it only chooses the places; the servers start with the first test that
asks for the database, so pure tests need none. The cluster is a copy of a template, migrated once per state of the
migrations and kept under var/test/: a second run is ready in about a second. Runs beside each other do not meet:
each has its own directory, and the template is built under a lock.

`tests/template.py`, where it exists, is run once (`python -m tests.template`) in the migrated template, to put in what every
test starts from. Its text is part of the template's key.

A test of real processes that must not disturb the run's own servers takes `private_servers()`.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from helpdesk import embedded
from helpdesk.bootstrap import DEVELOPMENT, ROOT

CACHE = ROOT / "var" / "test"
PREFIX = "helpdesk-test-"
TEMPLATES_KEPT = 3
TEMPLATE_STEPS = (["manage.py", "migrate_schemas", "--shared", "--skip-checks"],)
FIXED_PASSWORD = "only-reachable-through-a-private-socket"


class Servers:
    """A PostgreSQL made from the template, and a Valkey, in a private temporary directory."""

    def __init__(self):
        self.home = Path(tempfile.mkdtemp(prefix=PREFIX))
        self.alive = os.open(
            self.home / "alive", os.O_CREAT | os.O_RDWR, 0o600
        )  # locked as long as this process lives
        fcntl.flock(self.alive, fcntl.LOCK_EX)
        # A copied cluster knows the template's password, so all of them have the same.
        embedded.write_private(self.home / "postgres_password", FIXED_PASSWORD)
        self.postgres = embedded.Postgres(self.home, durable=False, make_database=False)
        self.valkey = embedded.Valkey(self.home, durable=False)
        self.postgres.sockets = embedded.socket_directory(self.home, embedded.POSTGRES_SOCKET)
        self.postgres.password = FIXED_PASSWORD
        self.is_running = False

    def environment(self):
        """What a program needs to use these servers."""
        return {
            "DATABASE_URL": self.postgres.url(),
            "REDIS_URL": self.valkey.url(),
            "MEDIA_ROOT": str(self.home / "media"),
            "EMAIL_URL": f"filemail:///{self.home / 'mail'}",
            "SECRET_KEY": "secret-of-the-tests",
            "BASE_DOMAIN": "localhost",
            "PORT": "8000",
            "DEBUG": "0",
            "DEMO": "0",
            "HELPDESK_TESTING": "1",
        }

    def start(self):
        if self.is_running:
            return
        copy_template(embedded.data_directory(self.home))
        self.postgres.start()
        self.valkey.start()
        self.is_running = True

    def stop(self):
        self.valkey.stop()
        self.postgres.stop()
        embedded.remove_home(self.home)
        os.close(self.alive)


def remove_what_killed_runs_left():
    for home in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), open(home / "alive") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
            embedded.remove_home(home)


@contextlib.contextmanager
def private_servers():
    """Further servers beside the run's own; yields Servers."""
    servers = Servers()
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


def copy_template(target):
    """Lay a copy of the migrated cluster at `target`, building the template first where there is none."""
    embedded.make_private_directory(CACHE.parent)
    CACHE.mkdir(exist_ok=True)
    template = CACHE / f"{template_key()[:16]}"
    with open(CACHE / "lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        if not template.exists():
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not template.exists():
                build_template(template)
                forget_old_templates()
        os.utime(template)
        # cp shares the blocks where the file system can
        subprocess.run(["cp", "-a", "--reflink=auto", template, target], check=True)


def template_key():
    """A hash of what decides the template's content."""
    sources = [path for path in ROOT.glob("*/**/migrations/*.py") if ".venv" not in path.parts]
    sources += [ROOT / DEVELOPMENT, ROOT / "tests" / "template.py", ROOT / "tests" / "servers.py"]
    sources += [ROOT / "tenants" / "provisioning.py", ROOT / "helpdesk" / "embedded.py"]
    sources += ROOT.glob("policies/packs/*.toml")
    digest = hashlib.sha256()
    for path in sorted(sources):
        if path.exists():
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def build_template(template):
    """Make a cluster, migrate it, stop it cleanly, and move it to its place in one step."""
    print("Building the test database (once per state of the migrations) ...", file=sys.stderr, flush=True)
    home = Path(tempfile.mkdtemp(prefix="helpdesk-template-"))
    embedded.write_private(home / "postgres_password", FIXED_PASSWORD)
    postgres = embedded.Postgres(home, durable=False)
    try:
        postgres.start()
        env = os.environ | {"DATABASE_URL": postgres.url(), "HELPDESK_NO_VENV": "1"}
        for step in template_steps():
            subprocess.run([sys.executable, *step], check=True, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        postgres.stop()
        fresh = template.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        subprocess.run(["cp", "-a", postgres.data, fresh], check=True)
        fresh.rename(template)
    finally:
        postgres.stop()
        embedded.remove_home(home)


def template_steps():
    own = (["-m", "tests.template"],) if (ROOT / "tests" / "template.py").exists() else ()
    return TEMPLATE_STEPS + own


def forget_old_templates():
    templates = [path for path in CACHE.iterdir() if path.is_dir()]
    for path in sorted(templates, key=lambda path: path.stat().st_mtime)[:-TEMPLATES_KEPT]:
        shutil.rmtree(path, ignore_errors=True)


# --- pytest

remove_what_killed_runs_left()
_servers = Servers()
os.environ.update(_servers.environment())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")


class Fixtures:
    """Registered late, so that its `django_db_setup` comes after pytest-django's and wins."""

    @pytest.fixture(scope="session")
    @classmethod
    def servers(cls):
        """The run's own PostgreSQL and Valkey, started."""
        try:
            _servers.start()
        except (subprocess.CalledProcessError, embedded.Trouble) as failure:
            pytest.fail(f"The test database could not be made: {failure}", pytrace=False)
        return _servers

    @pytest.fixture(scope="session")
    @classmethod
    def django_db_setup(cls, servers):
        """The database is there, migrated: Django makes none and destroys none."""

    @pytest.fixture(scope="session")
    @classmethod
    def browser_path(cls):
        """Where Chromium is; the marker `browser` has skipped the test where there is none."""
        return os.environ["HELPDESK_BROWSER"]


def pytest_configure(config):
    from helpdesk.testing import find_browser

    if browser := find_browser():
        os.environ["HELPDESK_BROWSER"] = browser
    config.pluginmanager.register(Fixtures(), "helpdesk-servers")


def pytest_collection_modifyitems(items):
    if "HELPDESK_BROWSER" in os.environ:
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    from django.db import connections

    connections.close_all()
    _servers.stop()
