"""Doors to the fakes, and the real loops: what came in is worked off, and what must go out is handed over."""

from contextlib import closing
from datetime import UTC, datetime

import pytest

from notifications import delivery, outbox
from tenants import moment
from tests.fakes.cloud_api import CloudApi
from tests.fakes.sms_gateway import SmsGateway
from tickets import lifecycle
from tickets.intake import working
from tickets.intake.models import Door

MONDAY_8 = datetime(2026, 11, 23, 11, tzinfo=UTC)  # 08:00 in Sao Paulo


class Clock:
    """What the time is, for the product and for the fakes. A second passes with everything that happens."""

    def __init__(self):
        self.at = MONDAY_8

    def __call__(self):
        return self.at


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(moment, "now", clock)
    for name in ("tickets.intake.hooks", "tickets.intake.accounts"):
        monkeypatch.setattr(f"{name}.now", clock)
    return clock


@pytest.fixture
def outward(settings):
    """The product may call what runs on this machine, and there only the fakes."""
    settings.OUTSIDE_NETWORKS, settings.OUTSIDE_PORTS, settings.OUTSIDE_PLAIN_HTTP = ["127.0.0.0/8"], [], True
    return settings.OUTSIDE_PORTS


@pytest.fixture
def cloud(outward, clock):
    with CloudApi(clock=clock) as api:
        outward.append(api.port)
        yield api


@pytest.fixture
def gateway(outward):
    with SmsGateway() as gateway:
        outward.append(gateway.port)
        yield gateway


@pytest.fixture
def open_door(client_for):
    """open_door(tenant, fake, kind, ...): a door to that fake, whose web hook it now calls."""

    def opened(tenant, fake, kind="whatsapp", channel="whatsapp", address="+5538999507998", **config):
        config_of_fake, secrets = fake.settings()
        door = Door(kind=kind, name=f"{kind} {channel}", address=address, channel=channel)
        door.config = config_of_fake | config
        door.keep_secrets(secrets)
        key = door.new_hook_key()
        door.save()

        def deliver(body, headers):
            client = client_for(tenant)
            return client.post(
                f"/hooks/{kind}/{key}/", body, content_type="application/json", headers=headers
            )

        fake.deliver, door.key = deliver, key
        return door

    return opened


@pytest.fixture
def work(clock):
    """work(): all that waits is understood and answered, as the worker does it."""

    def worked():
        working.work_off(clock(), 100)
        with closing(outbox.deliver(clock(), limit=200)) as sent:
            for notice in sent:
                lifecycle.delivered(notice)
        for report in delivery.unsettled(100):
            lifecycle.came_back(report.notification, at=report.at, detail=report.detail)

    return worked
