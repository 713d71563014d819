"""Mail that comes in: 5,000 mails in ten minutes through a provider's web hook, a tenth of them repeated, a twentieth hostile.

The real web, worker (two processes) and beat do it, with everything that follows from a mail: ticket, clocks, confirmation. Mails
are posted at an even pace, as they would arrive, and each must end as exactly one message, or parked. `--scale 0.1` does it
with a tenth of the mails in a tenth of the time, and says so.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from django.conf import settings
from django.db import connection

from bench.desks import desk
from bench.rows import Row, percentile, scaled
from tenants import links
from tenants.people.models import User
from tickets.intake.models import Door, Inbound
from tickets.models import Message

ROOT = Path(__file__).resolve().parent.parent
MAILS, SECONDS, AT_ONCE = 5_000, 600.0, 8
LIMIT = 300.0  # seconds after the last mail until the backlog is empty
QUOTED = "\n\nOn Mon, Nov 23, 2026 at 9:00 AM Support <support@bench.example> wrote:\n\n> Please try again.\n"


def measure() -> Iterator[Row]:
    count, seconds = scaled(MAILS), SECONDS * scaled(MAILS) / MAILS
    tenant = desk("bench-mail", pack="zoom")
    door, key = made_door()
    mails = letters(count)
    with running() as port:
        url = f"http://127.0.0.1:{port}/hooks/email_webhook/{key}/"
        host = f"{tenant.slug}.{settings.BASE_DOMAIN}"
        spent = posted(url, host, mails, seconds)
        connection.set_tenant(tenant)
        waited = until_empty()
    yield Row(
        f"{count:,} mails in {seconds:.0f} s: an answer of the web hook, 99 of 100 within",
        percentile(spent, 0.99),
        "s",
        "1",
    )
    yield Row("until the backlog was empty after the last mail", waited, "s", f"{LIMIT:.0f}")
    good = {name for kind, name, _ in mails if kind == "good"}
    once = Message.objects.filter(kind="public", by_customer=True).count()
    yield Row("mails that did not become exactly one message", abs(len(good) - once), "mails", "0")
    hostile = {name for kind, name, _ in mails if kind == "hostile"}
    rows = Inbound.objects.filter(door=door)
    settled = rows.exclude(state="waiting").count()
    yield Row("mails lost, or stored twice", abs(len(good) + len(hostile) - settled), "mails", "0")
    yield Row(
        "hostile mails parked or understood", rows.filter(state__in=["parked", "held"]).count(), "mails", ""
    )


def made_door() -> tuple[Door, str]:
    door = Door(
        kind="email_webhook",
        name="Bench",
        address="support@bench.example",
        channel="email",
        config={"provider": "mime"},
    )
    key = door.new_hook_key()
    door.save()
    return door, key


def letters(count: int) -> list[tuple[str, str, bytes]]:
    """(kind, Message-ID, mail) in the order of their arrival: of 20, 2 are repeated, 1 is hostile, 5 are replies."""
    people = list(User.objects.filter(role="customer").order_by("id").values_list("email", flat=True)[:500])
    tickets = [opened(email) for email in people[:100]]
    made: list[tuple[str, str, bytes]] = []
    for n in range(count):
        place = n % 20
        if place in (7, 15):
            _, name, raw = made[n - 5]
            made.append(("again", name, raw))
        elif place == 13:
            made.append(("hostile", f"<{n}@hostile>", hostile(n)))
        else:
            ticket, email = tickets[n % len(tickets)] if place % 4 == 1 else (None, people[n % len(people)])
            made.append(("good", f"<{n}@bench>", letter(n, email, ticket)))
    return made


def opened(email: str) -> tuple[int, str]:
    from tenants.moment import now
    from tickets import lifecycle

    person = User.objects.get(email=email)
    ticket = lifecycle.open_ticket(requester=person, summary="Bench", body="x", at=now()).ticket
    assert ticket is not None
    Message.objects.filter(ticket=ticket).update(kind=Message.Kind.NOTE)  # not to be counted among the mails
    return ticket.pk, email


def letter(n: int, email: str, ticket: int | None) -> bytes:
    to = "support@bench.example" if ticket is None else f"support+{links.reply_token(ticket)}@bench.example"
    words = f"Message {n}: it does not print since this morning. " * 12
    return (
        f"From: Somebody <{email}>\nTo: {to}\nSubject: Printer {n}\nMessage-ID: <{n}@bench>\n"
        'MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary="alt"\n\n'
        f"--alt\nContent-Type: text/plain; charset=utf-8\n\n{words}{QUOTED}\n"
        f"--alt\nContent-Type: text/html; charset=utf-8\n\n<div dir=ltr>{words}</div><div class=gmail_quote>"
        f"<div class=gmail_attr>On Mon, Support wrote:</div><blockquote>Please try again.</blockquote></div>\n--alt--\n"
    ).encode()


def hostile(n: int) -> bytes:
    head = f"From: a@hostile.example\nSubject: {n}\nMessage-ID: <{n}@hostile>\n"
    kinds = (
        "".join(f'Content-Type: multipart/mixed; boundary="b{i}"\n\n--b{i}\n' for i in range(3_000)),
        "Content-Type: multipart/mixed; boundary=m\n\n" + "--m\n\nx\n" * 10_000,
        "X-A: b\n" * 100_000 + "\nx",
        "Content-Type: message/rfc822\n\n" * 2_000,
    )
    return (head + kinds[n // 20 % len(kinds)]).encode()


def posted(url: str, host: str, mails: list[tuple[str, str, bytes]], seconds: float) -> list[float]:
    """Seconds of each answer, sorted. A mail is posted at its moment, however long the others take.

    Before it the web process is asked as often as it has threads: what a process loads once is not a mail's time.
    """
    for _ in range(2 * AT_ONCE):
        httpx.head(url, headers={"Host": host}, timeout=30)
    begun = time.perf_counter()
    with (
        httpx.Client(
            timeout=30, limits=httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=0)
        ) as client,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):

        def post(n: int) -> float:
            due = begun + seconds * n / len(mails)
            time.sleep(max(0.0, due - time.perf_counter()))
            started = time.perf_counter()
            response = client.post(
                url, content=mails[n][2], headers={"Host": host, "Content-Type": "message/rfc822"}
            )
            assert response.status_code == 200, response.text
            return time.perf_counter() - started

        return sorted(pool.map(post, range(len(mails))))


def until_empty() -> float:
    begun = time.perf_counter()
    while Inbound.objects.filter(state="waiting").exists():
        assert time.perf_counter() - begun < 4 * LIMIT, "the backlog does not become empty"
        time.sleep(0.5)
    return time.perf_counter() - begun


@contextmanager
def running() -> Iterator[int]:
    """Web, worker, beat and a mail server that takes everything at once run inside the block; the web's port."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="helpdesk-bench-")))
        web, mail = free_port(), free_port()
        (home / "taken").touch()
        env = os.environ | {"EMAIL_URL": f"smtp://127.0.0.1:{mail}", "HELPDESK_NO_VENV": "1"}
        output = stack.enter_context(open(home / "log", "ab"))
        for command in commands(web, mail, home):
            child = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=env, stdout=output, stderr=output
            )
            stack.callback(child.wait, 60)
            stack.callback(child.terminate)
        wait_for_worker()
        wait_for_web(web)
        yield web


def commands(web: int, mail: int, home: Path) -> list[list[str]]:
    celery = ["celery", "-A", "helpdesk"]
    return [
        ["bench.sink", str(mail), str(home / "taken"), "0"],
        f"gunicorn helpdesk.wsgi:application -k gthread --threads 4 --bind 127.0.0.1:{web}".split(),
        [*celery, *["worker", "-c", "2", "-l", "warning", "--without-gossip", "--without-mingle"]],
        [*celery, *["beat", "-l", "warning"], "-s", str(home / "beat"), "--pidfile", ""],
    ]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def wait_for_worker() -> None:
    connection.set_schema_to_public()
    end = time.time() + 120
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM public.tenants_heartbeat WHERE name = 'worker'")
            if cursor.fetchone()[0]:
                return
        assert time.time() < end, "no worker after two minutes"
        time.sleep(0.2)


def wait_for_web(port: int) -> None:
    end = time.time() + 60
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            assert time.time() < end, "no web after a minute"
        time.sleep(0.2)
