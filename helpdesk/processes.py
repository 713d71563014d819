"""Child processes which never outlive their parent and never see its Ctrl-C.

Every child leads a session of its own, so that a terminal's signals reach the parent alone and a whole tree can be ended by
its group. The kernel sends the child a signal when its parent dies (Linux): a `kill -9` of the parent leaves nothing behind.
Spawn from the main thread: that signal fires when the *spawning thread* ends.
"""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from functools import cache, partial
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
LOG_LIMIT = 5 * 1024 * 1024

_libc = ctypes.CDLL(None, use_errno=True)


def spawn(
    command, *, log, env=None, cwd=None, on_parents_death=signal.SIGTERM, unprivileged=False, pass_fds=()
):
    """Start a child whose output is appended to the file `log`; see the module for what it promises.

    `unprivileged` is for PostgreSQL, which refuses to run as root: see `ordinary_user`.
    """
    way = ordinary_user() if unprivileged else "as we are"
    options = {}
    if way == "nobody":
        options = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
    with open(log, "ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
            pass_fds=pass_fds,
            preexec_fn=partial(_before_exec, os.getpid(), on_parents_death, way == "namespace"),
            **options,
        )


def stop(child, stop_signal=signal.SIGTERM, patience=10.0):
    """End a child and its group: politely, then, after `patience` seconds, by force. Returns how it ended."""
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(
            child.pid, signal.SIGKILL
        )  # the leader is gone or stuck: what is left of its group goes too
    return child.wait()


def wait_until(condition, patience, every=0.02):
    """Whether `condition()` came true within `patience` seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def rotate(log):
    """Keep one older log, so that none grows without end."""
    log = Path(log)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(log.suffix + ".1"))


@cache
def ordinary_user():
    """How a program that refuses root can be run here: 'as we are', in a user 'namespace', or as 'nobody'.

    In a user namespace root appears as somebody else while files stay owned by root; no system user is made and no
    permission changes. Some containers refuse that; then the program really changes to nobody.
    """
    if os.geteuid() != 0:
        return "as we are"
    return os.environ.get("HELPDESK_POSTGRES_AS") or ("namespace" if _namespaces_work() else "nobody")


def _before_exec(parent, death_signal, namespace):
    if namespace:
        _enter_user_namespace()
    if sys.platform == "linux":
        _libc.prctl(PR_SET_PDEATHSIG, int(death_signal))  # last: a change of credentials would clear it
        if os.getppid() != parent:
            os._exit(1)


def _namespaces_work():
    child = os.fork()
    if child == 0:
        try:
            _enter_user_namespace()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _enter_user_namespace():
    outer_uid, outer_gid, inner = os.geteuid(), os.getegid(), _some_ordinary_uid()
    if _libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{inner} {outer_uid} 1")
    Path("/proc/self/gid_map").write_text(f"{inner} {outer_gid} 1")


@cache
def _some_ordinary_uid():
    # initdb looks its user up by number, so the number must have a name.
    return next((user.pw_uid for user in pwd.getpwall() if 0 < user.pw_uid < 65534), 1000)
