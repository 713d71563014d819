"""Subscribing by the API, for admins: clear refusals, the secret told once, deliveries replayed."""

import pytest

from tenants.moment import now
from tests.webhooks.conftest import verify
from tickets import lifecycle
from tickets.api import keys
from tickets.api.keys import ApiKey
from tickets.api.scopes import SCOPES
from tickets.tasks import drain_webhooks
from tickets.webhooks import subscriptions
from tickets.webhooks.models import Delivery, Subscription


@pytest.fixture
def program(tenant_a, client_for, person):
    """program("dora", "POST", path, data): answered as JSON."""

    def ask(name, method, path, data=None, scopes=tuple(SCOPES), **headers):
        key = keys.issue(ApiKey(name="ERP", person=person(name), scopes=list(scopes)), now())
        answer = client_for(tenant_a).generic(
            method, f"/api/v1/{path}", "" if data is None else __import__("json").dumps(data), "application/json",
            headers={"Authorization": f"Bearer {key}", **{k.replace("_", "-"): v for k, v in headers.items()}},
        )  # fmt: skip
        answer.said = answer.json() if answer.content else None
        return answer

    return ask


def wish(url, **changed):
    return {"name": "ERP", "url": url, "events": ["ticket.opened"]} | changed


def test_an_integration_subscribes_and_verifies_with_the_secret_of_the_answer(program, person, receiver):
    made = program("dora", "POST", "webhooks/", wish(receiver.url))
    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/v1/webhooks/{made.said['id']}/"
    lifecycle.open_ticket(requester=person("alice"), summary="Report", body="Nothing.", at=now())
    drain_webhooks()
    [got] = receiver.received
    assert verify(made.said["secret"], got.headers, got.body)
    read = program("dora", "GET", f"webhooks/{made.said['id']}/").said
    assert "secret" not in read and read["delivered_at"] is not None
    [delivery] = program("dora", "GET", f"webhooks/{made.said['id']}/deliveries/").said["results"]
    assert (delivery["state"], delivery["status"], delivery["event_id"]) == ("delivered", 200, got.id)
    again = program("dora", "POST", f"webhooks/{made.said['id']}/deliveries/{delivery['id']}/replay/")
    assert (again.status_code, again.said["state"]) == (202, "pending")
    drain_webhooks()
    assert [each.id for each in receiver.received] == [got.id] * 2


@pytest.mark.parametrize("name", ["alice", "bob", "carol"])
def test_only_admins_and_only_keys_of_that_scope(program, subscribed, name):
    subscribed("https://erp.example.com/")
    for method, path in (("GET", "webhooks/"), ("POST", "webhooks/"), ("DELETE", "webhooks/1/")):
        assert program(name, method, path, wish("https://x.example/")).status_code == 403
    assert program("dora", "GET", "webhooks/", scopes=["tickets:read"]).status_code == 403
    assert program("dora", "POST", "webhooks/", {}, scopes=["webhooks:read"]).status_code == 403
    assert Subscription.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"url": "http://127.0.0.1:80/"}, "url"),
        ({"url": "http://169.254.169.254:8000/latest/meta-data/"}, "url"),
        ({"url": "https://user:secret@example.com:8000/"}, "url"),
        ({"url": "nonsense"}, "url"),
        ({"url": ""}, "url"),
        ({"events": []}, "events"),
        ({"events": ["ticket.deleted"]}, "events.0"),
        ({"name": ""}, "name"),
        ({"secret": "mine"}, "secret"),
    ],
)
def test_refusals_name_the_field(program, changed, field):
    answer = program("dora", "POST", "webhooks/", wish("http://127.0.0.1:8000/") | changed)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert list(answer.said["errors"]) == [field]
    assert not Subscription.objects.exists()


def test_a_secret_is_told_once_even_to_a_repeated_request(program, receiver):
    first = program("dora", "POST", "webhooks/", wish(receiver.url), Idempotency_Key="once")
    key = ApiKey.objects.latest("id")
    assert first.said["secret"].startswith("whsec_")
    from tickets.api.replays import Replay

    assert first.said["secret"] not in Replay.objects.get().body
    assert key.name == "ERP" and Subscription.objects.count() == 1


def test_changed_switched_and_deleted(program, receiver, subscribed):
    subscription, old = subscribed(receiver.url)
    path = f"webhooks/{subscription.pk}/"
    answer = program(
        "dora", "PATCH", path, {"name": "Finance", "events": ["sla.breached"], "is_active": False}
    )
    assert (answer.status_code, answer.said["name"], answer.said["events"]) == (
        200,
        "Finance",
        ["sla.breached"],
    )
    assert answer.said["is_active"] is False
    assert program("dora", "PATCH", path, {"is_active": True}).said["switched_off_at"] is None
    new = program("dora", "POST", f"{path}secret/").said
    subscription.refresh_from_db()
    assert subscriptions.secrets_of(subscription, now()) == [new["secret"], old]
    assert program("dora", "DELETE", path).status_code == 204
    assert program("dora", "GET", path).status_code == 404
    assert not Delivery.objects.exists()


def test_a_replay_is_refused_while_it_is_switched_off(program, person, receiver, subscribed):
    subscription, _ = subscribed(receiver.url)
    lifecycle.open_ticket(requester=person("alice"), summary="Report", body="Nothing.", at=now())
    subscriptions.switch(subscription, False, now())
    row = Delivery.objects.get()
    answer = program("dora", "POST", f"webhooks/{subscription.pk}/deliveries/{row.pk}/replay/")
    assert (answer.status_code, list(answer.said["errors"])) == (422, ["subscription"])
    assert program("dora", "POST", f"webhooks/{subscription.pk}/deliveries/999/replay/").status_code == 404
