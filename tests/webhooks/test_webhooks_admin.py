"""The admin's side: subscribing with clear errors, a secret shown once, a test event, deliveries with replay."""

import re
from datetime import timedelta

import pytest

from tenants.moment import now
from tests.webhooks.conftest import verify
from tickets import lifecycle
from tickets.tasks import drain_webhooks
from tickets.webhooks import subscriptions
from tickets.webhooks.models import Delivery, Subscription

HOOKS, DELIVERIES = "/admin/webhooks/subscription/", "/admin/webhooks/delivery/"


@pytest.fixture
def dora(tenant_a, client_for, person):
    return client_for(tenant_a, person("dora"))


@pytest.fixture
def opened(tenant_a, person):
    def open_one(summary="Report"):
        return lifecycle.open_ticket(
            requester=person("alice"), summary=summary, body="Nothing.", at=now()
        ).ticket

    return open_one


def typed(url, **changed):
    return {"name": "ERP", "url": url, "events": ["ticket.opened", "sla.breached"]} | changed


def test_an_admin_subscribes_and_reads_the_secret_once(dora, opened, receiver, person):
    page = dora.post(f"{HOOKS}add/", typed(receiver.url)).content.decode()
    [secret] = set(re.findall(r"whsec_[A-Za-z0-9+/=]+", page))
    subscription = Subscription.objects.get()
    assert subscription.events == ["ticket.opened", "sla.breached"]
    assert subscription.created_by == person("dora")
    opened()
    drain_webhooks()
    assert verify(secret, receiver.received[0].headers, receiver.received[0].body)
    for path in (HOOKS, f"{HOOKS}{subscription.pk}/change/", DELIVERIES):
        answer = dora.get(path)
        assert answer.status_code == 200
        assert "whsec_" not in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"] or "no-cache" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"url": "http://10.0.0.1:8000/"}, "private or reserved network"),
        ({"url": "ftp://example.com/"}, "must begin with https://"),
        ({"url": "https://a:b@example.com:8000/"}, "Leave user name and password out"),
        ({"url": "https://example.com:22/"}, "Port 22 is not called from here"),
        ({"url": "nonsense"}, "must begin with https://"),
        ({"url": ""}, "This field is required"),
        ({"events": []}, "Choose at least one event."),
        ({"events": ["ticket.deleted"]}, "ticket.deleted"),
        ({"name": " "}, "This field is required"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(dora, changed, said):
    answer = dora.post(f"{HOOKS}add/", typed("http://127.0.0.1:8000/") | changed)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Subscription.objects.exists()


def test_a_test_event_shows_what_was_answered(dora, receiver, subscribed):
    subscription, _ = subscribed(receiver.url)
    receiver.answers = [(500, {}, b"<b>I am broken</b>")]
    page = dora.post(f"{HOOKS}{subscription.pk}/test/", follow=True).content.decode()
    assert "The test event did not arrive." in page
    assert "&lt;b&gt;I am broken&lt;/b&gt;" in page, "what others answer is text, never markup"
    page = dora.post(f"{HOOKS}{subscription.pk}/test/", follow=True).content.decode()
    assert "The test event arrived: the answer was 200." in page
    assert dora.get(f"{HOOKS}{subscription.pk}/test/").status_code == 405, "a link does nothing"


def test_new_secret_and_the_end_of_the_old_one(dora, receiver, subscribed):
    subscription, old = subscribed(receiver.url)
    page = dora.post(f"{HOOKS}{subscription.pk}/secret/").content.decode()
    [new] = set(re.findall(r"whsec_[A-Za-z0-9+/=]+", page))
    subscription.refresh_from_db()
    assert subscriptions.secrets_of(subscription, now()) == [new, old]
    assert "The old secret signs until" in dora.get(f"{HOOKS}{subscription.pk}/change/").content.decode()
    dora.post(f"{HOOKS}{subscription.pk}/retirement/")
    subscription.refresh_from_db()
    assert subscriptions.secrets_of(subscription, now()) == [new]


def test_a_delivery_shows_its_payload_and_is_replayed(dora, opened, receiver, subscribed):
    subscription, _ = subscribed(receiver.url)
    receiver.answers = [410]
    opened("A summary to be seen")
    drain_webhooks()
    row = Delivery.objects.get()
    page = dora.get(f"{DELIVERIES}{row.pk}/change/").content.decode()
    assert "A summary to be seen" in page and str(row.event_id) in page
    assert "The answer was 410, not 2xx." in page
    page = dora.post(f"{DELIVERIES}{row.pk}/replay/", follow=True).content.decode()
    assert "The webhook is switched off: switch it on first." in page
    health = dora.get(f"{HOOKS}{subscription.pk}/change/").content.decode()
    assert "410 Gone" in health
    dora.post(f"{HOOKS}{subscription.pk}/activation/", {"on": "yes"})
    dora.post(DELIVERIES, {"action": "replay_chosen", "_selected_action": [row.pk]})
    drain_webhooks()
    assert Delivery.objects.get().state == "delivered"


def test_the_lists_ask_no_more_for_more_rows(
    dora, opened, receiver, subscribed, django_assert_max_num_queries
):
    def cost(path):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            assert dora.get(path).status_code == 200
        return len(asked.captured_queries)

    subscription, _ = subscribed(receiver.url)
    opened()
    few = [cost(HOOKS), cost(DELIVERIES), cost(f"{HOOKS}{subscription.pk}/change/")]
    for number in range(5):
        subscribed(receiver.url)
        opened(f"Number {number}")
    many = [cost(HOOKS), cost(DELIVERIES), cost(f"{HOOKS}{subscription.pk}/change/")]
    assert many == few


def test_saving_the_form_touches_nothing_that_others_write(dora, receiver, subscribed, opened):
    subscription, _ = subscribed(receiver.url)
    receiver.usual = 500
    opened()
    drain_webhooks()
    answer = dora.post(f"{HOOKS}{subscription.pk}/change/", typed(receiver.url, name="Finance"))
    assert answer.status_code == 302
    subscription.refresh_from_db()
    assert subscription.name == "Finance"
    assert subscription.failures == 1 and subscription.failing_since > now() - timedelta(minutes=1)


@pytest.mark.parametrize("name", ["alice", "bob", "carol"])
def test_nobody_else_comes_in(tenant_a, client_for, person, subscribed, name):
    subscription, secret = subscribed("https://erp.example.com/")
    client = client_for(tenant_a, person(name))
    for path in (HOOKS, f"{HOOKS}{subscription.pk}/change/", DELIVERIES):
        assert client.get(path).status_code == 302
    for noun in ("secret", "test", "activation", "retirement"):
        assert client.post(f"{HOOKS}{subscription.pk}/{noun}/").status_code in (302, 403)
    subscription.refresh_from_db()
    assert subscriptions.secrets_of(subscription, now()) == [secret]
