"""A worker that dies between sending and writing down what was answered: the receiver hears it again, and knows it again."""

import os
import signal
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from tenants import moment
from tenants.tasks import active_tenant
from tests.webhooks.conftest import until, verify
from tickets.models import Contact
from tickets.tasks import drain_webhooks
from tickets.webhooks import announcing, delivering
from tickets.webhooks.models import Delivery


def fork(schema):
    """A process of its own that works off what is due in the tenant. Its id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        inherited = connections["default"]  # the parent's: kept, never closed here
        del connections["default"]
        with active_tenant(schema):
            drain_webhooks()
    finally:
        os._exit(0 if inherited else 1)


@pytest.mark.faults
def test_killed_between_sending_and_commit(committed, receiver, subscribed):
    _, secret = subscribed(receiver.url, "ticket.declined")
    at = moment.now()
    with transaction.atomic():
        announcing.announce_contact(
            Contact(at=at, channel="email", address="alice@example.com", summary="By mail")
        )
    receiver.answers = [lambda got: (os.kill(pid, signal.SIGKILL), time.sleep(0.3), 200)[-1]]
    pid = fork(committed.schema_name)
    _, status = os.waitpid(pid, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    [first] = receiver.received
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.delivered_at) == ("pending", 1, None)
    assert drain_webhooks() == 0, "leased: it might still be on its way"
    Delivery.objects.update(lease_until=at - timedelta(seconds=1))  # a minute later
    until(drain_webhooks, "PostgreSQL lets go of what the killed held, and it is sent again")
    assert len(receiver.received) == 2
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
