"""Makes the virtual environment that manage.py runs in, from the hashed lock files. Standard library only.

A stamp in `.venv` says which lock files it holds. Where it matches, entering costs one file read and one exec; where not, the
packages are installed first: by a pinned uv (3 s), by pip where uv has no build for the platform (30 s).
`HELPDESK_NO_VENV=1` uses the running interpreter as it is (containers).

This file has to be *parsed* by interpreters that it refuses, so it keeps to old syntax.
"""

import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "helpdesk-locks.txt"

RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"  # holds RUNTIME's pins as well
INSTALLER = "requirements-uv.txt"

OLDEST_PYTHON = (3, 11)
ROOM_NEEDED = 900 * 1024 * 1024
DEVELOPERS_COMMANDS = ("test", "bench")


def enter_environment(argv):
    """Return in an interpreter that has the locked packages, or start the command again in one that has."""
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(
            "This program needs Python 3.11 or newer; this is Python {}.{}.".format(*sys.version_info[:2])
        )
    if sys.platform not in ("linux", "darwin"):
        sys.exit(
            f"This program runs on Linux and macOS, not on {sys.platform}; docker-compose.yml may serve there."
        )
    if os.environ.get("HELPDESK_NO_VENV") == "1":
        return

    make_environment(lock_for(argv))
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(str(PYTHON), [str(PYTHON), str(ROOT / "manage.py"), *argv[1:]])


def lock_for(argv):
    """The lock file which a command needs. An environment once made for development stays one."""
    asks_for_development = len(argv) > 1 and argv[1] in DEVELOPERS_COMMANDS
    return DEVELOPMENT if asks_for_development or DEVELOPMENT in installed_locks() else RUNTIME


def make_environment(lock):
    if holds(lock):
        return
    with open(ROOT / RUNTIME) as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # two commands in a fresh clone: one installs, the other waits here
        if holds(lock):
            return
        try:
            install(lock)
        except (subprocess.CalledProcessError, OSError) as failure:
            sys.exit(reason(failure))


def holds(lock):
    return PYTHON.exists() and installed_locks().get(lock) == fingerprint(lock)


def installed_locks():
    """{name of a lock file: its sha256 when it was installed}"""
    try:
        return dict(line.split() for line in STAMP.read_text().splitlines())
    except (OSError, ValueError):
        return {}


def fingerprint(lock):
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def install(lock):
    started = time.monotonic()
    say(f"Making the environment from {lock} ...")
    free = shutil.disk_usage(str(ROOT)).free
    if free < ROOM_NEEDED:
        sys.exit(f"The disk is too full: the packages need 900 MB, {free // 2**20} MB are free.")
    if not works(PYTHON):
        make_empty_environment()
    install_packages(lock)
    names = (RUNTIME, DEVELOPMENT) if lock == DEVELOPMENT else (RUNTIME,)
    STAMP.write_text("".join(f"{name} {fingerprint(name)}\n" for name in names))
    say(f"The environment is ready ({time.monotonic() - started:.0f} s).")


def make_empty_environment():
    """A venv without pip is made in 0.1 s, and needs no ensurepip (Debian packs that apart)."""
    if has_pip(sys.executable):
        run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)])
    else:
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])


def install_packages(lock):
    try:
        run([*pip(), "install", "--quiet", "--require-hashes", "-r", str(ROOT / INSTALLER)])
        uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(PYTHON)]
        run([*uv, "--require-hashes", "-r", str(ROOT / lock)])
    except (subprocess.CalledProcessError, OSError):
        say("uv cannot be used here; pip takes about half a minute ...")
        run([*pip(), "install", "--quiet", "--require-hashes", "-r", str(ROOT / lock)])


def pip():
    """pip for the venv: the running interpreter's (pip >= 22.3 can install elsewhere), else the venv's own."""
    if has_pip(sys.executable):
        return [sys.executable, "-m", "pip", "--python", str(PYTHON), "--disable-pip-version-check"]
    return [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]


@functools.cache
def has_pip(python):
    asked = subprocess.run(
        [python, "-m", "pip", "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    version = asked.stdout.decode().split()[1:2] or ["0.0"]
    major, minor = version[0].split(".")[:2]
    return asked.returncode == 0 and (int(major), int(minor)) >= (22, 3)


def works(python):
    """Whether a venv's interpreter still starts: it is a link to one that may have been upgraded away."""
    return python.exists() and subprocess.run([str(python), "-c", "import encodings"]).returncode == 0


def run(command):
    # On failure the caller shows the last line; the whole story is only noise to somebody who typed `up`.
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=str(ROOT))


def reason(failure):
    """One sentence for somebody who only typed a command."""
    said = getattr(failure, "stderr", None) or str(failure).encode()
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "ERROR" in line or "error:" in line]
    last = (errors + lines[-1:] + ["no reason given"])[0]
    if any("No space left on device" in line for line in lines):
        last = "the disk is full"
    elif any("No module named pip" in line or "ensurepip" in line for line in lines):
        last = (
            "this Python has neither pip nor ensurepip (on Debian: apt install python3-pip or python3-venv)"
        )
    return f"The environment could not be made: {last}"


def say(text):
    print(text, file=sys.stderr, flush=True)
