"""A receiver as another system runs one: an HTTP server of its own that verifies signatures as docs/webhooks.md shows it."""

import json
import re
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.db import connection

from helpdesk.bootstrap import ROOT
from tenants.moment import now
from tests.conftest import enter
from tests.template import TWINS
from tickets.webhooks import subscriptions
from tickets.webhooks.events import EVENTS
from tickets.webhooks.models import Delivery, Subscription


def documented_verify():
    [example] = re.findall(r"```python\n(.*?)```", Path(ROOT, "docs/webhooks.md").read_text(), re.DOTALL)
    found = {}
    exec(example, found)
    return found["verify"]


verify = documented_verify()


@dataclass
class Received:
    path: str
    headers: dict
    body: bytes

    @property
    def said(self):
        return json.loads(self.body)

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def signatures(self):
        return self.headers["webhook-signature"].split(" ")


class Receiver:
    """`answers`: what the next requests get: a status, or (status, headers, body), or a function of the request. Then `usual`."""

    def __init__(self):
        self.received, self.answers, self.usual = [], [], 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                received = Received(self.path, headers, body)
                receiver.received.append(received)
                answer = receiver.answers.pop(0) if receiver.answers else receiver.usual
                answer = answer(received) if callable(answer) else answer
                status, extra, text = answer if isinstance(answer, tuple) else (answer, {}, b"")
                self.send_response(status)
                for name, value in {"Content-Length": str(len(text)), **extra}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/in"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    @property
    def types(self):
        return [each.said["type"] for each in self.received]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def reachable(settings):
    """The receivers of these tests stand on this machine."""
    settings.OUTSIDE_NETWORKS = ["127.0.0.0/8"]
    settings.OUTSIDE_PORTS = list(range(1024, 65536))
    settings.OUTSIDE_PLAIN_HTTP = True


@pytest.fixture
def subscribed():
    """subscribed(url, "ticket.opened", ...): a subscription (of all events when none is named) and its secret."""

    def made(url, *events, **given):
        subscription = Subscription(name="ERP", url=url, events=list(events or EVENTS), **given)
        secret = subscriptions.subscribe(subscription, by=None, at=now())
        return subscription, secret

    return made


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """The first twin, outside any transaction; what was made is cleared away."""
    with django_db_blocker.unblock():
        tenant = enter(TWINS[0])
        try:
            yield tenant
        finally:
            connection.set_tenant(tenant)
            Delivery.objects.all().delete()
            Subscription.objects.all().delete()
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM public.tenants_wakeup")
                cursor.execute("DELETE FROM public.tenants_lease")
            connection.set_schema_to_public()


def until(holds, what, seconds=20):
    ends = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < ends, f"waited in vain: {what}"
        time.sleep(0.02)
    return found
