"""What came in is kept raw, understood once, parked after three failures, and destroyed when it is of no more use."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import HttpResponse

from tenants import wakeups
from tickets.intake import doors, senders, storing, working
from tickets.intake.kind import DoorKind
from tickets.intake.models import Door, Inbound
from tickets.intake.result import Result

MONDAY_8 = datetime(2026, 11, 23, 11, tzinfo=UTC)  # 08:00 in Sao Paulo


@pytest.fixture
def toy(monkeypatch):
    """A kind of door that reads what it is told to read; what it read, in order."""
    read = []

    def handle(inbound, raw, at):
        if raw.startswith(b"poison"):
            raise ValueError("it is poisonous")
        read.append(raw)
        return Result(sender="+5511987654321", subject=raw.decode())

    def hear(request, door, at):
        storing.receive(door, external_id=request.GET["id"], raw=request.body, at=at)
        return HttpResponse("ok")

    monkeypatch.setitem(doors.KINDS, "toy", DoorKind("Toy", handle, hear))
    return read


@pytest.fixture
def door(tenant_a):
    return Door.objects.create(kind="toy", name="Toy", address="toy@example.com", channel="other")


def test_what_came_twice_is_stored_once(door, toy):
    assert storing.receive(door, external_id="1", raw=b"hello", at=MONDAY_8) is not None
    assert storing.receive(door, external_id="1", raw=b"hello", at=MONDAY_8) is None
    assert storing.receive(door, external_id="", raw=b"no id", at=MONDAY_8) is not None
    assert storing.receive(door, external_id="", raw=b"no id", at=MONDAY_8) is None
    assert storing.receive(door, external_id="x" * 999, raw=b"long id", at=MONDAY_8) is not None
    assert storing.receive(door, external_id="x" * 999, raw=b"long id", at=MONDAY_8) is None
    working.work_off(MONDAY_8, 10)
    assert toy == [b"hello", b"no id", b"long id"]


def test_raw_bytes_are_sealed_and_destroyed_when_understood(door, toy):
    inbound = storing.receive(door, external_id="1", raw=b"my password is horse", at=MONDAY_8)
    with connection.cursor() as cursor:
        cursor.execute("SELECT raw, raw_key FROM intake_inbound")
        [[raw, key]] = cursor.fetchall()
    assert b"horse" not in bytes(raw) + bytes(key)
    assert inbound.read_raw() == b"my password is horse"
    working.work_off(MONDAY_8, 10)
    inbound.refresh_from_db()
    assert (inbound.state, inbound.raw, inbound.raw_key) == ("done", None, None)


def test_poison_is_parked_after_three_attempts_and_blocks_nothing(door, toy):
    storing.receive(door, external_id="1", raw=b"poison", at=MONDAY_8)
    storing.receive(door, external_id="2", raw=b"behind it", at=MONDAY_8)
    working.work_off(MONDAY_8, 10)
    assert toy == [b"behind it"]
    parked = Inbound.objects.get(external_id="1")
    assert (parked.state, parked.attempts) == ("waiting", 1)
    working.work_off(MONDAY_8 + timedelta(seconds=9), 10)
    parked.refresh_from_db()
    assert parked.attempts == 1, "again after ten seconds, not before"
    for later in (10, 70):  # the back-off: 10 s, then 60 s more
        working.work_off(MONDAY_8 + timedelta(seconds=later), 10)
    parked.refresh_from_db()
    assert (parked.state, parked.attempts) == ("parked", 3)
    assert parked.reason == "ValueError: it is poisonous"
    assert parked.read_raw() == b"poison"
    assert storing.try_again(parked, MONDAY_8 + timedelta(hours=1))
    parked.refresh_from_db()
    assert (parked.state, parked.attempts, parked.reason) == ("waiting", 0, "")


def test_a_put_off_row_leaves_a_hint_for_its_moment(door, toy):
    storing.receive(door, external_id="1", raw=b"poison", at=MONDAY_8)
    wakeups.clear_hints(wakeups.seen_hints("intake", MONDAY_8))
    working.work_off(MONDAY_8, 10)
    assert wakeups.seen_hints("intake", MONDAY_8 + timedelta(seconds=9)) == []
    assert wakeups.seen_hints("intake", MONDAY_8 + timedelta(seconds=10)) != []


def test_an_attempt_that_killed_its_worker_counts(door, toy):
    inbound = storing.receive(door, external_id="1", raw=b"hello", at=MONDAY_8)
    Inbound.objects.filter(pk=inbound.pk).update(attempts=3)
    working.work_off(MONDAY_8, 10)
    inbound.refresh_from_db()
    assert (inbound.state, inbound.reason) == ("parked", "The worker died while it read this.")
    assert toy == []


def test_the_raw_bytes_of_what_was_parked_are_destroyed_after_seven_days(door, toy):
    parked = storing.receive(door, external_id="1", raw=b"poison", at=MONDAY_8)
    waiting = storing.receive(door, external_id="2", raw=b"waits", at=MONDAY_8)
    Inbound.objects.filter(pk=parked.pk).update(state="parked")
    assert storing.forget_old(MONDAY_8 + timedelta(days=7, seconds=-1)) == 0
    assert storing.forget_old(MONDAY_8 + timedelta(days=7)) == 1
    parked.refresh_from_db()
    waiting.refresh_from_db()
    assert parked.raw is None and parked.raw_key is None
    assert waiting.read_raw() == b"waits", "what nobody has read yet is never destroyed"
    assert not storing.try_again(parked, MONDAY_8 + timedelta(days=8))
    with pytest.raises(ValueError, match="destroyed"):
        parked.read_raw()


def test_secrets_of_a_door_are_sealed_for_its_tenant(tenant_b, door):
    door.keep_secrets({"token": "EAAG-secret"})
    door.save()
    assert "EAAG" not in door.secrets
    door.refresh_from_db()
    assert door.read_secrets() == {"token": "EAAG-secret"}
    connection.set_tenant(tenant_b)
    with pytest.raises(Exception) as failure:
        door.read_secrets()
    assert type(failure.value).__name__ == "InvalidToken"


def test_a_hook_is_known_by_its_key_and_only_by_its_kind(door, toy, tenant_a, client_for):
    key = door.new_hook_key()
    door.save()
    url = f"/hooks/toy/{key}/?id=7"
    assert client_for(tenant_a).post(url, b"hi", content_type="text/plain").status_code == 200
    assert Inbound.objects.filter(external_id="7").exists()
    for wrong in (f"/hooks/toy/{key}x/", f"/hooks/imap/{key}/", "/hooks/nothing/x/"):
        refused = client_for(tenant_a).post(wrong, b"hi", content_type="text/plain")
        assert refused.status_code == 404
        assert refused["Content-Type"] == "application/problem+json"
    Door.objects.filter(pk=door.pk).update(is_active=False)
    assert client_for(tenant_a).post(url, b"hi", content_type="text/plain").status_code == 404


def test_an_address_or_its_whole_domain_can_be_blocked(tenant_a):
    senders.block("@Robots.example", MONDAY_8)
    senders.block("+5511987654321", MONDAY_8, because="Advertising")
    assert senders.is_blocked("anybody@robots.EXAMPLE")
    assert senders.is_blocked("+5511987654321")
    assert not senders.is_blocked("robots.example@people.example")
