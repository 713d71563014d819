"""A worker that dies between sending and writing down what was answered: the receiver hears it again, and knows it again."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from helpdesk.bootstrap import ROOT
from tenants import moment
from tenants.tasks import active_tenant
from tests.webhooks.conftest import until, verify
from tickets.models import Contact
from tickets.tasks import drain_webhooks
from tickets.webhooks import announcing, delivering
from tickets.webhooks.models import Delivery

WORK = """
import django; django.setup()
from tenants.tasks import active_tenant
from tickets.tasks import drain_webhooks
with active_tenant({schema!r}):
    drain_webhooks()
"""


@pytest.fixture
def worker(committed, receiver):
    """worker(): a process of its own that works off what is due in the tenant."""
    environment = os.environ | {
        "OUTSIDE_NETWORKS": "127.0.0.0/8",
        "OUTSIDE_PLAIN_HTTP": "1",
        "OUTSIDE_PORTS": str(receiver.port),
    }
    started = []

    def start():
        code = WORK.format(schema=committed.schema_name)
        started.append(subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment))
        return started[-1]

    yield start
    for each in started:
        if each.poll() is None:
            each.kill()
        each.wait()


@pytest.mark.faults
def test_killed_between_sending_and_commit(committed, worker, receiver, subscribed):
    _, secret = subscribed(receiver.url, "ticket.declined")
    at = moment.now()
    with transaction.atomic():
        announcing.announce_contact(
            Contact(at=at, channel="email", address="alice@example.com", summary="By mail")
        )
    receiver.answers = [lambda got: (process.send_signal(signal.SIGKILL), time.sleep(0.3), 200)[-1]]
    process = worker()
    process.wait(timeout=60)
    assert process.returncode == -signal.SIGKILL
    [first] = receiver.received
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.delivered_at) == ("pending", 1, None)
    assert drain_webhooks() == 0, "leased: it might still be on its way"
    Delivery.objects.update(lease_until=at - timedelta(seconds=1))  # a minute later
    drain_webhooks()
    until(lambda: len(receiver.received) == 2, "it is sent again")
    second = receiver.received[1]
    assert first.id == second.id and first.body == second.body
    assert all(verify(secret, each.headers, each.body) for each in receiver.received)
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.deaths) == ("delivered", 2, 1)


def test_two_workers_at_once_send_each_event_once(committed, receiver, subscribed):
    subscribed(receiver.url, "ticket.declined")
    at = moment.now()
    with transaction.atomic():
        for number in range(30):
            announcing.announce_contact(
                Contact(at=at, channel="email", address="alice@example.com", summary=f"Number {number}")
            )

    def work():
        try:
            with active_tenant(committed.schema_name):
                delivering.deliver(at)  # without the lease that keeps drains apart: the claim alone must do
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(timeout=60)
    assert sorted(each.said["data"]["contact"]["summary"] for each in receiver.received) == sorted(
        f"Number {number}" for number in range(30)
    )
    assert set(Delivery.objects.values_list("state", "attempts")) == {("delivered", 1)}
