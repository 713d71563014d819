"""Mail that leaves: a big tenant's 10,000 mails through a server that takes 200 ms for each, a small tenant's in between.

The real worker (two processes) and the real beat do it. The mails are replies in tickets, ten each to the same address, and
what follows from each delivery is part of it. `--scale 0.1` does it with a tenth of the mails, and says so.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.db import connection, transaction

from bench import filling
from bench.desks import desk
from bench.rows import Row, scaled
from notifications.models import Notification
from notifications.outbox import Recipient, tell
from tenants import gathering, wakeups
from tenants.models import Tenant
from tenants.moment import now
from tickets.models import Ticket

ROOT = Path(__file__).resolve().parent.parent
MAILS, FOR_EACH_TICKET, MILLISECONDS = 10_000, 10, 200
EVERY = 5.0  # seconds between two mails of the small tenant
LIMIT = 900.0


def measure() -> Iterator[Row]:
    mails = scaled(MAILS)
    big, small = desk("bench-big"), desk("bench-small-mail")
    connection.set_tenant(big)
    filling.tickets(max(mails // FOR_EACH_TICKET, 10), now())
    connection.set_tenant(small)
    filling.tickets(10, now())
    with sending() as log:
        connection.set_tenant(big)
        names = write_to_all(mails)
        begun = time.time()
        told = small_mails(small, names, log)
        lines = taken(log)
    arrived = {name: (when, place) for place, (when, name, _) in enumerate(lines)}
    ended = max(arrived[name][0] for name in names)
    waits = [arrived[name][0] - when for name, when in told.items()]
    goal = f"{LIMIT * mails / MAILS:.0f}"
    yield Row(f"{mails:,} mails through a server of {MILLISECONDS} ms", ended - begun, "s", goal)
    yield Row("mails handed over", mails / (ended - begun), "a second", "12")
    yield Row("a small tenant's mail meanwhile, longest wait", max(waits, default=0.0), "s", "60")
    places = {name: place for name, (_, place) in arrived.items()}
    connection.set_tenant(big)
    yield Row("mails of one ticket out of their order", out_of_order(places, names), "mails", "0")
    yield Row("mails that arrived twice", len(lines) - len(arrived), "mails", "0")


def write_to_all(mails: int) -> set[str]:
    """Replies of ours, in turn through all tickets: the first of each, the second of each... Their Message-IDs."""
    tickets = list(Ticket.objects.select_related("requester").order_by("id"))
    at = now()
    with wakeups.gathered(at):
        for first in range(0, mails, 500):
            with transaction.atomic(), gathering.gathered():
                for n in range(first, min(first + 500, mails)):
                    reply(tickets[n % len(tickets)], n)
    return set(Notification.objects.filter(kind="ticket_replied").values_list("message_id", flat=True))


def reply(ticket: Ticket, n: int) -> None:
    tell(
        [Recipient.of(ticket.requester)],
        kind="ticket_replied",
        key=f"bench:{n}",
        words={
            "number": str(ticket.number),
            "summary": ticket.summary,
            "author": "Bob",
            "message": "Try again, please. " * 20,
        },
        links={"ticket_url": {"purpose": "guest", "row": ticket.pk, "path": "/t/{token}/", "days": 90}},
        about_id=ticket.pk,
        at=now(),
    )


def small_mails(small: Tenant, names: set[str], log: Path) -> dict[str, float]:
    """Tell one now and then, until all are through: the Message-ID of each, and when it was told."""
    told: dict[str, float] = {}
    end, following = time.time() + LIMIT * 2, time.time() + 2
    connection.set_tenant(small)
    ticket = Ticket.objects.select_related("requester").order_by("id")[0]
    left = set(names)
    while left:
        assert time.time() < end, f"{len(left)} mails did not arrive in {2 * LIMIT:.0f} s"
        if time.time() >= following and not names.isdisjoint(left):
            with transaction.atomic():
                reply(ticket, 1_000_000 + len(told))
            name = Notification.objects.latest("id").message_id
            told[name] = time.time()
            left.add(name)
            following += EVERY
        time.sleep(0.2)
        left.difference_update(name for _, name, _ in taken(log))
    return told


def out_of_order(places: dict[str, int], names: set[str]) -> int:
    rows = Notification.objects.filter(message_id__in=names).order_by("id")
    last: dict[tuple[int | None, str], int] = defaultdict(lambda: -1)
    wrong = 0
    for ticket, address, name in rows.values_list("about_id", "address", "message_id"):
        wrong += places[name] < last[ticket, address]
        last[ticket, address] = max(last[ticket, address], places[name])
    return wrong


def taken(log: Path) -> list[tuple[float, str, str]]:
    lines = (line.split("\t") for line in log.read_text().splitlines() if line.count("\t") == 2)
    return [(float(when), name, recipient) for when, name, recipient in lines]


@contextmanager
def sending() -> Iterator[Path]:
    """Sink, worker and beat run inside the block."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="helpdesk-bench-")))
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        log = home / "taken"
        log.touch()
        env = os.environ | {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "HELPDESK_NO_VENV": "1"}
        celery = [sys.executable, "-m", "celery", "-A", "helpdesk"]
        for command in (
            [sys.executable, "-m", "bench.sink", str(port), str(log), str(MILLISECONDS)],
            [*celery, "worker", "-c", "2", "-l", "warning", "--without-gossip", "--without-mingle"],
            [*celery, "beat", "-l", "warning", "-s", str(home / "beat"), "--pidfile", ""],
        ):
            output = stack.enter_context(open(home / "log", "ab"))
            child = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
            stack.callback(child.wait, 60)
            stack.callback(child.terminate)
        wait_for_worker()
        yield log


def wait_for_worker() -> None:
    connection.set_schema_to_public()
    end = time.time() + 120
    while not seen_worker():
        assert time.time() < end, "no worker after two minutes"
        time.sleep(0.2)


def seen_worker() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM public.tenants_heartbeat WHERE name = 'worker'")
        return bool(cursor.fetchone()[0])
