"""Deliveries against a receiver of its own: signed, retried by the moved clock, parked, replayed; a dead one is switched off."""

import socket
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from notifications import outbox
from notifications.models import Notification
from tenants import moment, wakeups
from tests.conftest import enter
from tests.webhooks.conftest import verify
from tickets import lifecycle
from tickets.tasks import drain_webhooks
from tickets.webhooks import delivering, subscriptions
from tickets.webhooks.models import Delivery, Subscription

State = Delivery.State
DAY, HOUR, MINUTE, SECOND = (timedelta(**{unit: 1}) for unit in ("days", "hours", "minutes", "seconds"))


@pytest.fixture
def at(tenant_a):
    return moment.now()


@pytest.fixture
def opened(tenant_a, person):
    """opened() opens a ticket of Alice's now."""

    def open_one(summary="Report", **given):
        given = {"body": "It shows nothing.", "at": moment.now()} | given
        return lifecycle.open_ticket(requester=person("alice"), summary=summary, **given).ticket

    return open_one


def only():
    return Delivery.objects.get()


def without_jitter():
    """So that the pauses are exactly those of the list: see test_schemes."""
    for place, row in enumerate(Delivery.objects.order_by("id")):
        Delivery.objects.filter(pk=row.pk).update(event_id=UUID(int=101 * (place + 1)))


# --- one delivery -----------------------------------------------------------------------------------------------------


def test_an_event_arrives_signed(at, opened, receiver, subscribed):
    subscription, secret = subscribed(receiver.url, "ticket.opened")
    opened()
    assert drain_webhooks() == 1
    [got] = receiver.received
    assert verify(secret, got.headers, got.body)
    assert got.headers["content-type"] == "application/json"
    row = only()
    assert got.id == got.said["id"] == str(row.event_id)
    assert (got.said["type"], got.said["sequence"]) == ("ticket.opened", row.pk)
    assert got.said["data"]["message"]["body"] == "It shows nothing."
    assert (row.state, row.status, row.attempts, row.error) == (State.DELIVERED, 200, 1, "")
    assert row.delivered_at >= at
    subscription.refresh_from_db()
    assert subscription.delivered_at is not None
    assert drain_webhooks() == 0, "and not again"


@pytest.mark.parametrize("spoilt", ["body", "id", "timestamp", "secret", "age"])
def test_the_documented_verification_refuses_what_was_changed(at, opened, receiver, subscribed, spoilt):
    _, secret = subscribed(receiver.url, "ticket.opened")
    opened()
    drain_webhooks()
    [got] = receiver.received
    headers, body = dict(got.headers), got.body
    if spoilt == "body":
        body = body.replace(b"shows nothing", b"shows plenty.")
    elif spoilt == "id":
        headers["webhook-id"] = str(UUID(int=7))
    elif spoilt == "timestamp":
        headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) + 1)
    elif spoilt == "secret":
        secret = "whsec_" + "A" * 44
    elif spoilt == "age":
        headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) - 3600)
    assert not verify(secret, headers, body)


def test_what_was_answered_is_kept_in_part(at, opened, receiver, subscribed):
    subscribed(receiver.url, "ticket.opened")
    receiver.answers = [(500, {}, b"\x00\xffbroken " + b"x" * 5000)]
    opened()
    drain_webhooks()
    row = only()
    assert row.status == 500
    assert "broken" in row.answer and len(row.answer) <= 2048 and "\x00" not in row.answer
    assert row.error == "The answer was 500, not 2xx."
    assert row.milliseconds is not None


def test_a_redirect_is_a_failure_and_not_followed(at, opened, receiver, subscribed):
    subscribed(receiver.url, "ticket.opened")
    receiver.answers = [(302, {"Location": receiver.url}, b"")]
    opened()
    drain_webhooks()
    assert len(receiver.received) == 1
    assert "redirects are not followed" in only().error


def test_an_address_that_is_not_allowed_any_more_is_not_called(at, opened, receiver, subscribed, settings):
    subscribed(receiver.url, "ticket.opened")
    settings.OUTSIDE_NETWORKS = []
    opened()
    drain_webhooks()
    assert receiver.received == []
    assert "private or reserved" in only().error
    assert only().state == State.PENDING


def test_a_secret_that_cannot_be_read_is_said_so(at, opened, receiver, subscribed, settings):
    subscribed(receiver.url, "ticket.opened")
    settings.SECRET_KEY = "another"
    opened()
    drain_webhooks()
    assert receiver.received == []
    assert "SECRET_KEY was changed" in only().error


# --- tried again ------------------------------------------------------------------------------------------------------


def test_a_failure_is_tried_again_by_the_clock_under_the_same_id(at, opened, receiver, subscribed):
    subscribed(receiver.url, "ticket.opened")
    receiver.answers = [500, 503, 200]
    opened()
    without_jitter()
    drain_webhooks()
    first = only()
    assert (first.state, first.attempts) == (State.PENDING, 1)
    assert first.due_at == first.failed_at + 10 * SECOND
    assert drain_webhooks() == 0, "not before its moment"
    moment.travel(10 * SECOND)
    assert drain_webhooks() == 1
    second = only()
    assert MINUTE <= second.due_at - first.due_at <= MINUTE + 2 * SECOND  # whole seconds pass while it runs
    moment.travel(59 * SECOND)
    moment.travel(3 * SECOND)
    assert drain_webhooks() == 1
    assert only().state == State.DELIVERED
    assert len({each.id for each in receiver.received}) == 1
    assert len({each.body for each in receiver.received}) == 1, "the same bytes each time"


def test_a_receiver_that_is_not_there_is_tried_again(at, opened, subscribed):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    subscribed(f"http://127.0.0.1:{port}/", "ticket.opened")
    opened()
    drain_webhooks()
    assert only().error.startswith("No connection")
    assert only().state == State.PENDING


def test_a_silent_receiver_is_left_in_time(at, opened, subscribed, monkeypatch):
    monkeypatch.setattr(delivering, "READ", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        subscribed(f"http://127.0.0.1:{silent.getsockname()[1]}/", "ticket.opened")
        opened()
        drain_webhooks()
    assert only().error == "No complete answer in time."


def test_retry_after_is_respected(at, opened, receiver, subscribed):
    subscribed(receiver.url, "ticket.opened")
    receiver.answers = [(429, {"Retry-After": "600"}, b"")]
    opened()
    drain_webhooks()
    row = only()
    assert row.due_at == row.failed_at + 10 * MINUTE
    opened("Another")
    assert drain_webhooks() == 0, "the whole receiver is left alone meanwhile"
    moment.travel(10 * MINUTE)
    assert drain_webhooks() == 2


def test_a_struggling_receiver_is_tried_one_at_a_time_every_half_minute(at, opened, receiver, subscribed):
    subscription, _ = subscribed(receiver.url, "ticket.opened")
    receiver.usual = 500
    for number in range(10):
        opened(f"Number {number}")
    tried = drain_webhooks()
    assert 3 <= tried <= delivering.AT_ONCE_EACH + 3
    moment.travel(31 * SECOND)
    assert drain_webhooks() == 1
    receiver.usual = 200
    moment.travel(31 * SECOND)
    drain_webhooks()
    moment.travel(6 * MINUTE)
    drain_webhooks()
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.DELIVERED}
    subscription.refresh_from_db()
    assert (subscription.failures, subscription.failing_since, subscription.rests_until) == (0, None, None)


# --- order and fairness -----------------------------------------------------------------------------------------------


def test_events_of_a_ticket_arrive_in_order_and_other_tickets_do_not_wait(
    at, opened, person, receiver, subscribed
):
    ticket, other = opened(), opened("Other")
    subscribed(receiver.url, "message.created")
    bob = person("bob")
    lifecycle.reply(ticket, author=bob, body="one", at=moment.now())
    lifecycle.reply(ticket, author=bob, body="two", at=moment.now())
    lifecycle.reply(ticket, author=bob, body="three", at=moment.now())
    lifecycle.reply(other, author=bob, body="elsewhere", at=moment.now())
    receiver.answers = [lambda got: 500 if got.said["data"]["message"]["body"] == "one" else 200] * 2
    drain_webhooks()

    def said():
        return [each.said["data"]["message"]["body"] for each in receiver.received]

    assert sorted(said()) == ["elsewhere", "one"]
    moment.travel(12 * SECOND)
    drain_webhooks()
    assert [body for body in said() if body != "elsewhere"] == ["one", "one", "two", "three"]
    numbers = [
        each.said["sequence"] for each in receiver.received if each.said["data"]["ticket"]["number"] == 1
    ]
    assert numbers == sorted(numbers)


def test_an_event_that_fails_four_times_holds_the_others_back_no_longer(
    at, opened, person, receiver, subscribed
):
    ticket = opened()
    subscribed(receiver.url, "message.created")
    for body in ("bad", "good"):
        lifecycle.reply(ticket, author=person("bob"), body=body, at=moment.now())
    without_jitter()
    for pause in (0 * SECOND, 11 * SECOND, MINUTE, 5 * MINUTE):
        receiver.answers = [500]
        moment.travel(pause + 2 * SECOND)
        drain_webhooks()
        receiver.answers = []
    moment.travel(31 * SECOND)  # a struggling receiver rests for half a minute
    drain_webhooks()
    assert receiver.received[-1].said["data"]["message"]["body"] == "good"
    assert [row.state for row in Delivery.objects.order_by("id")] == [State.PENDING, State.DELIVERED]


def test_several_go_at_once_but_not_too_many_to_one_receiver(at, opened, receiver, subscribed):
    import threading
    import time

    busy, most, lock = set(), [0], threading.Lock()

    def slowly(got):
        with lock:
            busy.add(got.id)
            most[0] = max(most[0], len(busy))
        time.sleep(0.05)
        with lock:
            busy.discard(got.id)
        return 200

    receiver.answers = [slowly] * 20
    subscribed(receiver.url, "ticket.opened")
    for number in range(12):
        opened(f"Number {number}")
    assert drain_webhooks() == 12
    assert 2 <= most[0] <= delivering.AT_ONCE_EACH


def test_a_turn_is_bounded_and_leaves_a_hint(at, opened, receiver, subscribed):
    subscribed(receiver.url, "ticket.opened")
    for number in range(5):
        opened(f"Number {number}")
    assert delivering.deliver(moment.now(), limit=2) == 2
    assert ("webhook" in {kind for _, kind in wakeups.due_tenants(moment.now())}) is True
    assert drain_webhooks() == 3
    assert "webhook" not in {kind for _, kind in wakeups.due_tenants(moment.now() + DAY)}, (
        "nothing waits any more"
    )


def test_twins_hear_only_their_own(tenant_b, person, receiver, subscribed):
    """Both receive at the same address; ids coincide, secrets do not."""
    _, theirs = subscribed(receiver.url, "ticket.opened")
    tenant_a = enter("acme")
    _, ours = subscribed(receiver.url, "ticket.opened")
    lifecycle.open_ticket(requester=person("alice"), summary="Of acme", body="Text.", at=moment.now())
    connection.set_tenant(tenant_b)
    lifecycle.open_ticket(requester=person("alice"), summary="Of globex", body="Text.", at=moment.now())
    assert drain_webhooks() == 1
    assert [each.said["data"]["ticket"]["summary"] for each in receiver.received] == ["Of globex"]
    assert verify(theirs, receiver.received[0].headers, receiver.received[0].body)
    assert not verify(ours, receiver.received[0].headers, receiver.received[0].body)
    connection.set_tenant(tenant_a)
    assert drain_webhooks() == 1
    assert "canary-of-globex" not in receiver.received[1].body.decode()


# --- given up, switched off, replayed ---------------------------------------------------------------------------------


def admins_told(kind="webhook_switched_off"):
    return sorted(Notification.objects.filter(kind=kind).values_list("address", "channel"))


def test_a_dead_receiver_is_switched_off_after_three_days_with_notice(at, opened, receiver, subscribed):
    """First failure at T: tries at T, +10 s, +1:10, +6:10, +36:10 min, +2:36:10, 8:36:10, 20:36:10, 44:36:10, 68:36:10 h, and the
    last at T + 72 h, when nothing has arrived for three days."""
    subscription, _ = subscribed(receiver.url, "ticket.opened")
    receiver.usual = 500
    opened()
    without_jitter()
    began = moment.now()
    drain_webhooks()
    failed_at = only().failed_at
    for _ in range(9):
        moment.travel(only().due_at - moment.now())
        assert drain_webhooks() == 1
        subscription.refresh_from_db()
        assert subscription.is_active
    assert only().due_at == failed_at + 72 * HOUR
    moment.travel(only().due_at - moment.now() - 2 * SECOND)
    assert drain_webhooks() == 0 and admins_told() == []
    moment.travel(2 * SECOND)
    assert drain_webhooks() == 1
    subscription.refresh_from_db()
    assert not subscription.is_active
    assert timedelta() <= subscription.switched_off_at - (failed_at + 72 * HOUR) <= 2 * SECOND
    assert subscription.failing_since == failed_at >= began
    assert (only().state, only().attempts) == (State.PARKED, 11)
    assert admins_told() == [("dora@example.com", "email"), ("dora@example.com", "in_app")]
    notice = Notification.objects.filter(kind="webhook_switched_off", channel="email").get()
    assert notice.words["webhook"] == "ERP" and notice.words["address"] == receiver.url
    sent = list(outbox.deliver(moment.now()))
    assert "webhook_switched_off" in [each.kind for each in sent]
    opened("Afterwards")
    assert Delivery.objects.count() == 1, "switched off, it hears nothing"


def test_one_success_in_between_and_the_receiver_is_not_dead(at, opened, receiver, subscribed):
    subscription, _ = subscribed(receiver.url, "ticket.opened")
    receiver.usual = 500
    opened("Bad for ever")
    drain_webhooks()
    moment.travel(40 * HOUR)
    drain_webhooks()
    receiver.answers = [200, 200]
    opened("Good")
    moment.travel(MINUTE)
    delivering.deliver(moment.now())
    Delivery.objects.filter(state=State.DELIVERED).delete()
    subscription.refresh_from_db()
    assert subscription.failing_since is None
    assert subscription.is_active


def test_gone_switches_off_at_once(at, opened, receiver, subscribed):
    subscription, _ = subscribed(receiver.url, "ticket.opened")
    receiver.answers = [410]
    opened(), opened("Behind it")
    Delivery.objects.filter(pk=Delivery.objects.latest("id").pk).update(due_at=at + HOUR)
    drain_webhooks()
    subscription.refresh_from_db()
    assert not subscription.is_active
    assert subscription.switched_off_because == "gone"
    assert {row.state for row in Delivery.objects.all()} == {State.PARKED}
    assert ("dora@example.com", "email") in admins_told()


def test_switched_on_again_it_hears_what_is_new_and_the_parked_can_be_replayed(
    at, opened, receiver, subscribed
):
    subscription, _ = subscribed(receiver.url, "ticket.opened")
    receiver.answers = [410]
    opened("Before")
    drain_webhooks()
    opened("While it was off")
    parked = only()
    with pytest.raises(ValidationError):
        delivering.replay(parked, moment.now())
    subscriptions.switch(subscription, True, moment.now())
    opened("After")
    drain_webhooks()
    assert [each.said["data"]["ticket"]["summary"] for each in receiver.received] == ["Before", "After"]
    delivering.replay(parked, moment.now())
    drain_webhooks()
    assert receiver.received[2].said["data"]["ticket"]["summary"] == "Before"
    assert receiver.received[2].id == receiver.received[0].id, "a replay is recognisable"
    subscription.refresh_from_db()
    assert subscription.failing_since is None and subscription.switched_off_because == ""


def test_what_was_delivered_can_be_replayed_and_what_waits_is_not_doubled(at, opened, receiver, subscribed):
    subscribed(receiver.url, "ticket.opened")
    opened()
    delivering.replay(only(), moment.now())  # it waits anyway
    drain_webhooks()
    for _ in range(2):
        delivering.replay(only(), moment.now())
    assert drain_webhooks() == 1
    assert [each.id for each in receiver.received] == [str(only().event_id)] * 2


def test_switching_off_by_hand_parks_what_waits_and_tells_nobody(at, opened, receiver, subscribed):
    subscription, _ = subscribed(receiver.url, "ticket.opened")
    opened()
    subscriptions.switch(subscription, False, at)
    assert drain_webhooks() == 0
    assert only().state == State.PARKED
    assert admins_told() == []


def test_a_deleted_subscription_takes_its_deliveries_along_and_a_late_one_stops_nothing(
    at, opened, receiver, subscribed
):
    gone, _ = subscribed(receiver.url, "ticket.opened")
    kept, _ = subscribed(receiver.url, "ticket.opened")
    opened()
    late = Delivery.objects.filter(subscription=gone).get()
    gone.delete()
    late.save(force_insert=True)  # as another transaction may just have written it
    assert drain_webhooks() == 1
    assert Delivery.objects.get(subscription_id=kept.pk).state == State.DELIVERED
    assert delivering.forget_old(moment.now() + 31 * DAY) == 2
    assert not Delivery.objects.exists()


# --- secrets ----------------------------------------------------------------------------------------------------------


def test_two_secrets_are_valid_for_a_day(at, opened, receiver, subscribed):
    subscription, old = subscribed(receiver.url, "ticket.opened")
    new = subscriptions.rotate(subscription, at)

    def arrives(summary):
        opened(summary)
        drain_webhooks()
        got = receiver.received[-1]
        return len(got.signatures), verify(new, got.headers, got.body), verify(old, got.headers, got.body)

    assert arrives("At once") == (2, True, True)
    moment.travel(24 * HOUR - 10 * SECOND - (moment.now() - at))
    assert arrives("Just before a day is over") == (2, True, True)
    moment.travel(11 * SECOND)
    assert arrives("After a day") == (1, True, False)


def test_the_old_secret_can_be_ended_by_hand(at, opened, receiver, subscribed):
    subscription, old = subscribed(receiver.url, "ticket.opened")
    middle = subscriptions.rotate(subscription, at)
    new = subscriptions.rotate(subscription, at)
    opened()
    drain_webhooks()
    got = receiver.received[-1]
    assert [verify(each, got.headers, got.body) for each in (old, middle, new)] == [False, True, True]
    subscriptions.retire(subscription)
    opened("Later")
    drain_webhooks()
    got = receiver.received[-1]
    assert [verify(each, got.headers, got.body) for each in (old, middle, new)] == [False, False, True]


# --- the test event ---------------------------------------------------------------------------------------------------


def test_a_test_event_is_sent_once_and_says_nothing_about_health(at, receiver, subscribed):
    subscription, secret = subscribed(receiver.url, "ticket.opened", is_active=False)
    receiver.answers = [(418, {}, b"I am a teapot")]
    row = delivering.send_test(subscription, at)
    assert (row.state, row.status, row.answer) == (State.PARKED, 418, "I am a teapot")
    row = delivering.send_test(subscription, at)
    assert row.state == State.DELIVERED
    assert receiver.types == ["webhook.test"] * 2
    assert verify(secret, receiver.received[1].headers, receiver.received[1].body)
    subscription.refresh_from_db()
    assert subscription.failing_since is None and subscription.delivered_at is None
    assert drain_webhooks() == 0


def test_a_delivery_of_which_three_workers_died_is_parked(at, opened, receiver, subscribed):
    subscribed(receiver.url, "ticket.opened")
    opened()
    for _ in range(3):
        [row] = delivering.claim(moment.now(), 8, [])
        assert delivering.claim(moment.now(), 8, []) == [], "leased"
        Delivery.objects.filter(pk=row.pk).update(lease_until=at - HOUR)  # and the worker died
    assert drain_webhooks() == 0
    assert only().state == State.PARKED
    assert "three times" in only().error


def test_a_try_that_was_overtaken_records_nothing(at, opened, receiver, subscribed):
    subscribed(receiver.url, "ticket.opened")
    opened()
    [slow] = delivering.claim(moment.now(), 8, [])
    Delivery.objects.filter(pk=slow.pk).update(lease_until=at - HOUR)
    drain_webhooks()
    delivering.settle(slow, delivering.Outcome(error="too late"), moment.now())
    assert only().state == State.DELIVERED
    assert Subscription.objects.get().failures == 0
