"""Cold and warm start of `up`: until the first page answers. The environment is there already; the data is not, then is."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bench.rows import Row

ROOT = Path(__file__).resolve().parent.parent
FOREIGN = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "MEDIA_ROOT", "PORT")


def measure() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="helpdesk-bench-") as var:
        yield Row("cold start of `up`, demo desks and their history included", start_and_stop(var), "s")
        yield Row("warm start of `up`", start_and_stop(var), "s", "15")


def start_and_stop(var: str) -> float:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = {name: value for name, value in os.environ.items() if name not in FOREIGN} | {"HELPDESK_VAR": var}
    begun = time.perf_counter()
    with open(Path(var) / "bench.log", "ab") as log:
        up = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(port)],
            cwd=ROOT,
            env=env,
            stdout=log,
            stderr=log,
        )
    try:
        while not answers(port):
            assert up.poll() is None, f"`up` ended: {(Path(var) / 'bench.log').read_text()[-500:]}"
            assert time.perf_counter() - begun < 600, "`up` did not answer within ten minutes"
            time.sleep(0.1)
        return time.perf_counter() - begun
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(60)


def answers(port: int) -> bool:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"Host": f"z-pro.localhost:{port}"})
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False
