"""How long a video lasts, measured in a bounded process of its own: whatever the file does to it, we only hear that it failed."""

from __future__ import annotations

import json
import logging
import math
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import Any

PROBE = Path(__file__).with_name("probe.py")
WALL = 15.0  # seconds; the process itself may compute for 5
AT_A_TIME = BoundedSemaphore(4)  # processes of one of ours
log = logging.getLogger(__name__)


class Unreadable(Exception):
    """Damaged, incomplete, or made to harm."""


class TooSlow(Exception):
    """Not measured in time."""


@dataclass(frozen=True, slots=True)
class Measured:
    is_video: bool  # more than one picture; a song with a cover is none
    seconds: float


def measured(file: Any, demuxer: str) -> Measured:
    """`file`: opened, of any length. Raises Unreadable, TooSlow."""
    if not AT_A_TIME.acquire(timeout=WALL):
        raise TooSlow
    try:
        with TemporaryFile() as copy:
            file.seek(0)
            for part in iter(lambda: file.read(1 << 20), b""):
                copy.write(part)
            file.seek(0)
            copy.seek(0)
            return _understood(_run(copy, demuxer))
    finally:
        AT_A_TIME.release()


def _run(copy: Any, demuxer: str) -> bytes:
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(PROBE), demuxer],
            stdin=copy, capture_output=True, timeout=WALL, env={}, cwd="/", check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise TooSlow from error
    if done.returncode in (-24, -9):  # SIGXCPU, SIGKILL: it computed for too long
        raise TooSlow
    if done.returncode:
        log.info("A video could not be measured (%s): %s", done.returncode, done.stderr[-500:])
        raise Unreadable
    return done.stdout


def _understood(answer: bytes) -> Measured:
    try:
        said = json.loads(answer)
        found = Measured(bool(said["video"]), float(said["seconds"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable from error
    if not math.isfinite(found.seconds):
        raise Unreadable
    return found
