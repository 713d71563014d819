"""`python3 manage.py up`: everything that the product is made of, as children of one process.

    servers -> migrations -> demo desks -> web, worker, beat, sweep -> "/healthz answers" -> addresses and sign-ins

A child that dies is started again, after a pause that grows. PostgreSQL and Valkey too; only when one of them keeps dying
does everything stop. Ctrl-C or SIGTERM ends all, those first that need the others; a second Ctrl-C does not wait.
A `kill -9` of this process ends its children through the kernel (see processes.py), and starting again loses nothing.

No Django in here: settings are read by the children, from the environment that `serve` makes for them.
"""

import argparse
import contextlib
import errno
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import sys
import time
from collections import deque
from urllib.parse import urlsplit

from helpdesk import embedded, processes
from helpdesk.bootstrap import ROOT, RUNTIME
from helpdesk.embedded import VAR, Trouble

USUAL_PORT = 8000
ROOM_NEEDED = 300 * 1024 * 1024
SLOW_TO_ANSWER = 120
DEATHS_OF_A_SERVER = 5  # within a minute; then everything stops
LONGEST_PAUSE = 30.0


class Stopped(Exception):
    """Somebody asked us to end."""


def main(arguments):
    options = parser().parse_args(arguments)
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _stop)
    try:
        run(options)
    except Stopped:
        return 0
    except Trouble as trouble:
        complain(trouble)
        return 1
    except OSError as failure:
        complain("The disk is full." if failure.errno == errno.ENOSPC else f"That did not work: {failure}")
        return 1
    return 0


def parser():
    parser = argparse.ArgumentParser(
        prog="manage.py up", description="Start the helpdesk with everything it needs, and demo desks in it."
    )
    parser.add_argument(
        "--port", type=int, help=f"the web port (otherwise {USUAL_PORT} or the next free one)"
    )
    parser.add_argument(
        "--reset", action="store_true", help="start from nothing: throws away all data in var/"
    )
    parser.add_argument("--yes", action="store_true", help="with --reset: do not ask")
    return parser


def run(options):
    """Own this checkout's servers until somebody ends us. Raises Stopped, or Trouble with its one sentence."""
    started = time.monotonic()
    embedded.make_private_directory(VAR)
    with open(VAR / "lock", "a") as lock:
        own(lock)
        if options.reset:
            reset(ask=not options.yes)
        refuse_full_disk()
        listeners, port = listen(options.port)
        supervisor = Supervisor()
        try:
            serve(supervisor, listeners, port, started)
            supervisor.watch()
        finally:
            supervisor.end()


def serve(supervisor, listeners, port, started):
    addresses = {"PORT": str(port)} | start_servers(supervisor)
    env = (
        os.environ
        | embedded.settings_for_this_machine(addresses)
        | {"PYTHONUNBUFFERED": "1", "PORT": str(port)}
    )
    embedded.announce("up", addresses)

    prepare_database(supervisor, env)
    start_web(supervisor, env, listeners)
    wait_for_web(supervisor, port)
    start_background(supervisor, env)  # after the first page: four starts at once would delay it
    introduce(port, time.monotonic() - started)


# --- before anything starts


def own(lock):
    """Be the one `up` of this checkout; a passing command that owns the servers is waited for."""
    if embedded.take(lock):
        return
    owner = embedded.announced()
    if owner.get("command") in (None, "up"):
        where = f" on port {owner['PORT']}" if "PORT" in owner else ""
        raise Trouble(
            f"The helpdesk of this checkout is already up{where} (process {owner.get('pid', '?')})."
        )
    say(f"Waiting for `manage.py {owner['command']}` (process {owner['pid']}) to end ...")
    while not embedded.take(lock):
        time.sleep(0.2)


def reset(*, ask):
    if os.environ.get("DATABASE_URL"):
        raise Trouble("--reset throws away the data in var/; those of DATABASE_URL are yours to remove.")
    if ask and not agreed(f"Throw away every desk, ticket and file in {VAR}? [y/N] "):
        raise Trouble("Nothing was thrown away.")
    embedded.end_leftover(embedded.data_directory(VAR))
    embedded.remove_elsewhere(VAR)
    for path in VAR.iterdir():
        if path.name in ("lock", "borrowed", "test"):  # the first two are held open, the third is the tests'
            continue
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def agreed(question):
    try:
        return input(question).strip().lower() in ("y", "yes", "s", "sim")
    except EOFError:
        return False


def refuse_full_disk():
    free = shutil.disk_usage(VAR).free
    if free < ROOM_NEEDED:
        raise Trouble(f"The disk is full: the helpdesk needs 300 MB to work, {free // 2**20} MB are free.")


def listen(asked):
    """(listening sockets, port). Held by us, so that nobody takes the port while the web process restarts."""
    if asked is not None:
        if not 0 < asked < 65536:
            raise Trouble(f"{asked} is no port: ports are 1 to 65535.")
        try:
            return bind(asked), asked
        except OSError as failure:
            why = (
                "is taken by another program"
                if failure.errno == errno.EADDRINUSE
                else f"is closed: {failure.strerror}"
            )
            raise Trouble(f"Port {asked} {why}; `--port N` chooses another.") from failure
    for port in range(USUAL_PORT, USUAL_PORT + 100):
        with contextlib.suppress(OSError):
            listeners = bind(port)
            if port != USUAL_PORT:
                say(f"Port {USUAL_PORT} is taken; this is port {port}.")
            return listeners, port
    raise Trouble(f"No free port from {USUAL_PORT} to {USUAL_PORT + 99}; `--port N` chooses another.")


def bind(port):
    """Listen on this machine's own addresses. Browsers try both for *.localhost, so both must be ours."""
    listeners = []
    try:
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            if family == socket.AF_INET6 and not has_ipv6():
                continue
            listener = socket.socket(family, socket.SOCK_STREAM)
            listeners.append(listener)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address, port))
            listener.listen(512)
    except OSError:
        for listener in listeners:
            listener.close()
        raise
    return listeners


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


# --- servers


def start_servers(supervisor):
    """Start, or reach, PostgreSQL and Valkey. Returns the addresses of those that are ours."""
    addresses = {}
    if os.environ.get("DATABASE_URL"):
        refuse_unfit_database(os.environ["DATABASE_URL"])
    if os.environ.get("REDIS_URL"):
        refuse_unreachable_broker(os.environ["REDIS_URL"])
    if not os.environ.get("DATABASE_URL"):
        postgres = start_server("PostgreSQL", embedded.Postgres(VAR))
        supervisor.keep_server("PostgreSQL", postgres, signal.SIGINT)
        addresses["DATABASE_URL"] = postgres.url()
    if not os.environ.get("REDIS_URL"):
        valkey = start_server("Valkey", embedded.Valkey(VAR))
        supervisor.keep_server("Valkey", valkey, signal.SIGTERM)
        addresses["REDIS_URL"] = valkey.url()
    return addresses


def start_server(name, server):
    with step(name):
        try:
            server.start()
        except BaseException:
            server.stop()  # not yet among the supervisor's children
            raise
    return server


def refuse_unfit_database(url):
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version // 10000
    except (psycopg.Error, ValueError) as failure:
        reason = (str(failure).strip().splitlines() or ["no reason given"])[0]
        raise Trouble(f"The database of DATABASE_URL cannot be reached: {reason}") from failure
    if version < embedded.OLDEST_POSTGRES:
        # Older ones do not report search_path to poolers: a pooled connection would read another tenant.
        raise Trouble(
            f"DATABASE_URL leads to PostgreSQL {version}; {embedded.OLDEST_POSTGRES} or newer is needed."
        )


def refuse_unreachable_broker(url):
    import redis

    try:
        redis.from_url(url, socket_connect_timeout=3, socket_timeout=3).ping()
    except (redis.RedisError, ValueError, OSError) as failure:
        raise Trouble(f"The server of REDIS_URL cannot be reached: {failure}") from failure


def prepare_database(supervisor, env):
    """Migrate, and fill in the demo desks. Both are skipped when a stamp says that nothing changed since."""
    outside = bool(os.environ.get("DATABASE_URL"))
    code = fingerprint(ROOT.glob("*/**/migrations/*.py"), [ROOT / RUNTIME])
    if outside or stamp("migrated") != code:
        with step("Tables"):
            manage(supervisor, env, "migrate_schemas", shows=lambda line: False)
        write_stamp("migrated", code)
    if env["DEMO"] != "1":
        return
    demo = fingerprint(ROOT.glob("policies/packs/*.toml"), []) + env["DATABASE_URL"]
    if stamp("seeded") != demo or not (VAR / "demo.json").exists():
        with step("Demo desks"):
            manage(supervisor, env, "seed_demo")
        write_stamp("seeded", demo)


def fingerprint(paths, more):
    digest = hashlib.sha256()
    for path in sorted({*paths, *more}):
        if ".venv" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def stamp(name):
    try:
        return (VAR / f"{name}.stamp").read_text()
    except OSError:
        return None


def write_stamp(name, text):
    embedded.write_private(VAR / f"{name}.stamp", text)


def manage(supervisor, env, *command, shows=bool):
    """Run one management command to its end, showing those lines of its progress that `shows` picks."""
    log = VAR / "log" / f"{command[0]}.log"
    processes.rotate(log)
    seen = log.stat().st_size if log.exists() else 0
    child = processes.spawn([sys.executable, ROOT / "manage.py", *command], log=log, env=env, cwd=ROOT)
    supervisor.passing = child
    with open(log, errors="replace") as output:
        output.seek(seen)
        while True:
            ended = child.poll() is not None
            for line in output:
                if shows(line.strip()):
                    say(f"    {line.strip()[:110]}")
            if ended:
                break
            supervisor.look()
            time.sleep(0.2)
    supervisor.passing = None
    if child.returncode != 0:
        raise Trouble(f"`manage.py {command[0]}` failed: {embedded.last_words(log)}")


# --- the programs


def start_web(supervisor, env, listeners):
    numbers = [listener.fileno() for listener in listeners]
    bindings = [part for number in numbers for part in ("--bind", f"fd://{number}")]
    supervisor.keep(
        "web",
        [
            sys.executable, "-m", "gunicorn", "helpdesk.wsgi:application", *bindings,
            "--worker-class", "gthread", "--workers", "1", "--threads", "8", "--timeout", "60",
            "--graceful-timeout", "5", "--worker-tmp-dir", VAR, "--no-control-socket",
        ],
        env=env, pass_fds=numbers, patience=10,
    )  # fmt: skip


def start_background(supervisor, env):
    celery = [sys.executable, "-m", "celery", "-A", "helpdesk"]
    supervisor.keep(
        "worker",
        [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO"],
        env=env, patience=20,
    )  # fmt: skip
    schedule = ["--schedule", VAR / "beat-schedule", "--pidfile", ""]
    supervisor.keep("beat", [*celery, "beat", *schedule, "--loglevel", "INFO"], env=env, patience=5)
    supervisor.keep("sweep", [sys.executable, ROOT / "manage.py", "sweep"], env=env, patience=5)


def wait_for_web(supervisor, port):
    with step("Web"):
        deadline = time.monotonic() + SLOW_TO_ANSWER
        while not healthy(port):
            supervisor.look()
            if time.monotonic() > deadline:
                log = VAR / "log" / "web.log"
                raise Trouble(f"The web server does not answer: {embedded.last_words(log)}")
            time.sleep(0.1)


def healthy(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Supervisor:
    """The children, in the order of their start; each is started again when it dies."""

    def __init__(self):
        self.children = []
        self.passing = None  # a command that runs to its end: migrations, demo desks

    def keep(self, name, command, *, env, pass_fds=(), patience):
        log = VAR / "log" / f"{name}.log"
        processes.rotate(log)

        def start():
            return processes.spawn(command, log=log, env=env, cwd=ROOT, pass_fds=pass_fds)

        self.children.append(Child(name, start, start(), signal.SIGTERM, patience))

    def keep_server(self, name, server, stop_signal):
        def start():
            server.prepare()
            return server.spawn()

        self.children.append(Child(name, start, server.child, stop_signal, patience=30, is_server=True))

    def watch(self):
        while True:
            self.look()
            time.sleep(0.2)

    def look(self):
        """One look at every child; the dead ones come back."""
        for child in self.children:
            child.look()

    def end(self):
        """Web, beat and sweep ask for no more, the worker finishes what it has, then the servers go."""
        if not self.children:
            return
        say("Stopping ...")
        hurry = _second_signal_means_hurry()
        order = [
            *self.named("web", "beat", "sweep"),
            *self.named("worker"),
            *self.named("Valkey", "PostgreSQL"),
        ]
        if self.passing:
            processes.stop(self.passing, patience=5)
        for child in self.named("web", "beat", "sweep"):
            child.ask_to_stop()
        for child in order:
            child.stop(hurry)
        embedded.withdraw()
        say("Stopped.")

    def named(self, *names):
        return [child for name in names for child in self.children if child.name == name]


class Child:
    def __init__(self, name, start, process, stop_signal, patience, *, is_server=False):
        self.name = name
        self.start = start
        self.process = process
        self.stop_signal = stop_signal
        self.patience = patience
        self.is_server = is_server
        self.deaths = deque(maxlen=DEATHS_OF_A_SERVER)
        self.again_at = None

    def look(self):
        if self.process.poll() is None:
            return
        now = time.monotonic()
        if self.again_at is None:
            self.mourn(now)
        if now >= self.again_at:
            self.again_at = None
            self.process = self.start()

    def mourn(self, now):
        processes.stop(self.process)  # what is left of its group
        if shutil.disk_usage(VAR).free < 2**20:
            raise Trouble(f"The disk is full: {self.name} could not go on.")
        self.deaths.append(now)
        recent = sum(1 for death in self.deaths if now - death < 60)
        if self.is_server and recent >= DEATHS_OF_A_SERVER:
            log = VAR / "log" / f"{self.name.lower()}.log"
            raise Trouble(f"{self.name} keeps dying: {embedded.last_words(log)}")
        pause = min(0.25 * 2 ** (recent - 1), LONGEST_PAUSE)
        say(f"{self.name} ended ({ending(self.process.returncode)}); again in {pause:.1f} s.")
        self.again_at = now + pause

    def ask_to_stop(self):
        with contextlib.suppress(ProcessLookupError):
            if self.process.poll() is None:
                self.process.send_signal(self.stop_signal)

    def stop(self, hurry):
        self.ask_to_stop()
        processes.wait_until(lambda: self.process.poll() is not None or hurry(), self.patience)
        # A hurried PostgreSQL is ended by its own means: a killed one would have to recover at the next start.
        if self.name == "PostgreSQL" and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            processes.wait_until(lambda: self.process.poll() is not None, 5)
        processes.stop(self.process, signal.SIGKILL, patience=1)


def ending(returncode):
    if returncode >= 0:
        return f"exit status {returncode}"
    return signal.Signals(-returncode).name


# --- what people see


def introduce(port, seconds):
    """Print where to go and how to sign in."""
    print(f"\nUp after {seconds:.0f} s:  http://localhost:{port}/\n", flush=True)
    for entry in sign_ins(port):
        who = f"{entry.get('email', '')} / {entry.get('password', '')}"
        print(f"  {entry.get('url', ''):<44} {entry.get('role', ''):<16} {who}", flush=True)
    print("\nCtrl-C stops everything. Logs: var/log/, sign-ins again: var/demo.json", flush=True)


def sign_ins(port):
    """What seed_demo wrote, with this run's port in the addresses, for us and for whoever reads the file."""
    path = VAR / "demo.json"
    try:
        entries = json.loads(path.read_text())
    except (OSError, ValueError):
        return []
    for entry in entries:
        parts = urlsplit(entry.get("url", ""))
        if parts.hostname:
            entry["url"] = parts._replace(netloc=f"{parts.hostname}:{port}").geturl()
    embedded.write_private(path, json.dumps(entries, indent=2, ensure_ascii=False) + "\n")
    return entries


@contextlib.contextmanager
def step(name):
    say(f"{name} ...")
    started = time.monotonic()
    yield
    say(f"{name}: {time.monotonic() - started:.1f} s")


def say(text):
    with contextlib.suppress(OSError):  # a closed terminal is no reason to die
        print(text, file=sys.stderr, flush=True)


def complain(trouble):
    say(str(trouble))


def _stop(number, frame):
    raise Stopped


def _second_signal_means_hurry():
    asked = []
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda number, frame: asked.append(number))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return lambda: bool(asked)
