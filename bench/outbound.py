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
    write_to_all(mails)
    connection.set_tenant(small)
    filling.tickets(10, now())
    with sending() as log:
        begun = time.time()
        waits = small_mails(big, small, mails, log)
        ended = max(when for when, _, _ in taken(log))
    yield Row(
        f"{mails:,} mails through a server of {MILLISECONDS} ms",
        ended - begun,
        "s",
        f"{LIMIT * mails / MAILS:.0f}",
    )
    yield Row("mails handed over", mails / (ended - begun), "a second", "12")
    yield Row("a small tenant's mail meanwhile, longest wait", max(waits), "s", "60")
    yield Row("mails of one ticket out of their order", out_of_order(big, log_lines), "mails", "0")


log_lines: list[tuple[float, str, str]] = []


def write_to_all(mails: int) -> None:
    """Replies of ours, in turn through all tickets: the first of each, the second of each..."""
    tickets = list(Ticket.objects.select_related("requester").order_by("id"))
    at = now()
    with wakeups.gathered(at):
        for first in range(0, mails, 500):
            with transaction.atomic(), gathering.gathered():
                for n in range(first, min(first + 500, mails)):
                    reply(tickets[n % len(tickets)], n)


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


def small_mails(big: Tenant, small: Tenant, mails: int, log: Path) -> list[float]:
    """Tell one now and then, until the big tenant's are through. How long each waited, in seconds."""
    told: dict[str, float] = {}
    end, following = time.time() + LIMIT * 2, time.time() + 2
    connection.set_tenant(small)
    ticket = Ticket.objects.select_related("requester").order_by("id").first()
    while len(taken(log)) < mails + len(told):
        assert time.time() < end, f"only {len(taken(log))} of {mails} mails in {2 * LIMIT:.0f} s"
        if time.time() >= following and len(taken(log)) < mails:
            with transaction.atomic():
                reply(ticket, 1_000_000 + len(told))
            told[Notification.objects.latest("id").message_id] = time.time()
            following += EVERY
        time.sleep(0.2)
    log_lines.extend(taken(log))
    arrived = {name: when for when, name, _ in log_lines}
    return [arrived[name] - when for name, when in told.items()]


def out_of_order(big: Tenant, lines: list[tuple[float, str, str]]) -> int:
    connection.set_tenant(big)
    place = {name: place for place, (_, name, _) in enumerate(lines)}
    rows = (
        Notification.objects.exclude(message_id="")
        .order_by("id")
        .values_list("about_id", "address", "message_id")
    )
    last: dict[tuple[int, str], int] = defaultdict(lambda: -1)
    wrong = 0
    for ticket, address, name in rows:
        wrong += place[name] < last[ticket, address]
        last[ticket, address] = max(last[ticket, address], place[name])
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
        yield log
