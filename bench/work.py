"""What people wait for: opening a ticket, the ticket page, the queue at 100,000 tickets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import helpdesk.wsgi  # noqa: F401 - the process is set up as the one that serves pages
from bench import filling
from bench.desks import desk
from bench.rows import Row, each_call, percentile
from policies import publishing
from policies.packs import load_pack
from tenants.models import Tenant
from tenants.moment import now
from tenants.people.models import User
from tickets import lifecycle
from tickets.models import Ticket

MANY = 100_000


def measure() -> Iterator[Row]:
    yield from opening()
    yield from pages()


def opening() -> Iterator[Row]:
    desk("bench-small")
    alice = User.objects.get(email="customer0@example.com")

    def open_one() -> None:
        lifecycle.open_ticket(requester=alice, summary="Report", body="It shows nothing.", at=now())

    open_one()
    spent = each_call(open_one, 100)
    yield Row("open a ticket, p50", percentile(spent, 0.5) * 1e3, "ms", "15")
    small = queries_of(open_one)
    yield Row("open a ticket, queries", small, "queries", "20")
    publishing.publish_pack(large_policy(), now())
    open_one()
    yield Row(
        "open a ticket under a policy ten times as large, queries",
        queries_of(open_one),
        "queries",
        f"{small}",
    )


def large_policy() -> Any:
    """The same promises behind many targets and rules that do not match."""
    policy = load_pack("z-pro")
    first = policy.targets[0]
    targets = tuple(
        replace(
            first,
            key=f"{first.key}-{n}",
            when=replace(first.when, topics=(policy.topics[n % len(policy.topics)].key,)),
        )
        for n in range(len(policy.topics))
    )
    return replace(policy, targets=(*targets, *policy.targets))


def pages() -> Iterator[Row]:
    tenant = desk("bench-pages")
    bob = User.objects.get(email="agent0@example.com")
    client = client_of(tenant, bob)
    filling.tickets(1000, now())
    ticket = talkative_ticket(tenant)
    page = getter(client, tenant, f"/desk/tickets/{ticket.number}/")
    page()
    spent = each_call(page, 40)
    yield Row("ticket page with 20 messages, p50", percentile(spent, 0.5) * 1e3, "ms", "20")
    yield Row("ticket page with 20 messages, queries", queries_of(page), "queries", "15")

    queue = getter(client, tenant, "/desk/")
    queue()
    few = percentile(each_call(queue, 60), 0.95)
    yield Row("queue page at 1,000 tickets, p95", few * 1e3, "ms", "40")

    tenant = desk("bench-many")
    filling.tickets(MANY, now())
    client = client_of(tenant, User.objects.get(email="agent0@example.com"))
    queue = getter(client, tenant, "/desk/")
    queue()
    many = percentile(each_call(queue, 60), 0.95)
    yield Row(f"queue page at {MANY:,} tickets, p95", many * 1e3, "ms", "40")
    yield Row(f"queue page at {MANY:,} tickets, queries", queries_of(queue), "queries", "12")
    yield Row(f"queue page at {MANY:,} / at 1,000 tickets", many / few, "times", "about 1")


def talkative_ticket(tenant: Tenant) -> Ticket:
    alice, bob = (User.objects.get(email=f"{who}0@example.com") for who in ("customer", "agent"))
    ticket = lifecycle.open_ticket(
        requester=alice, summary="Report", body="It shows nothing.", at=now()
    ).ticket
    for n in range(19):
        lifecycle.reply(
            ticket,
            author=alice if n % 2 else bob,
            body=f"Message {n}: " + "it still shows nothing. " * 9,
            at=now(),
        )
    return ticket


def client_of(tenant: Tenant, person: User) -> Client:
    connection.set_tenant(tenant)
    client = Client(SERVER_NAME=f"{tenant.slug}.localhost")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def getter(client: Client, tenant: Tenant, path: str) -> Callable[[], None]:
    def get() -> None:
        response = client.get(path)
        assert response.status_code == 200, f"{response.status_code} at {path}"
        connection.set_tenant(tenant)

    return get


def queries_of(call: Callable[[], None]) -> int:
    """Statements of one call, without SET search_path, BEGIN and savepoints."""
    with CaptureQueriesContext(connection) as context:
        call()
    quiet = ("SET ", "SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return sum(not query["sql"].startswith(quiet) for query in context.captured_queries)
