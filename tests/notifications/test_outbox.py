"""The outbox's guarantees: told once, in order, retried with the same Message-ID, parked, dropped, settled."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.db.models import F

from notifications import outbox
from notifications.channels import Channel, Channels, Refused
from notifications.channels.email import EmailChannel
from notifications.models import Notification
from notifications.outbox import BACK_OFF, Recipient, deliver, tell
from tenants.people.models import User

AT = datetime(2026, 11, 23, 11, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def alice(tenant_a):
    return User.objects.create_user("alice@customer.example", name="Alice", language="en")


@pytest.fixture
def bob(tenant_a):
    return User.objects.create_user("bob@desk.example", name="Bob", role="agent", language="en")


@pytest.fixture
def broken(monkeypatch):
    """A mail server that takes nothing while `broken.is_down`."""

    class Broken:
        is_down = True

    whole = EmailChannel.send

    def send(channel, notice):
        if Broken.is_down:
            raise ConnectionRefusedError("nobody listens")
        whole(channel, notice)

    monkeypatch.setattr(EmailChannel, "send", send)
    return Broken


def told(*people, kind="ticket_replied", key="message:1", at=AT, **more):
    more.setdefault(
        "words", {"number": "12", "summary": "No boleto", "author": "Bob", "message": "Try again."}
    )
    with transaction.atomic():
        tell([Recipient.of(person) for person in people], kind=kind, key=key, at=at, **more)


def hints():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT due_at FROM public.tenants_wakeup WHERE kind = 'outbox' AND schema_name = %s ORDER BY id",
            [connection.schema_name],
        )
        return [row[0] for row in cursor.fetchall()]


def test_the_same_cause_told_twice_is_one_mail(alice):
    told(alice)
    told(alice)
    assert [n.address for n in deliver(AT)] == ["alice@customer.example"]
    assert len(mail.outbox) == 1


def test_one_call_leaves_one_hint(alice, bob):
    told(alice, bob)
    assert hints() == [AT]


def test_a_customer_gets_mail_and_an_agent_mail_and_a_notice_in_the_app(alice, bob):
    told(alice, bob, kind="customer_replied")
    channels = set(Notification.objects.values_list("person__name", "channel"))
    assert channels == {("Alice", "email"), ("Bob", "email"), ("Bob", "in_app")}
    assert Notification.objects.get(channel="in_app").sent_at == AT


def test_a_muted_notice_stays_in_the_app(bob):
    bob.muted_notices = ["customer_replied"]
    told(bob, kind="customer_replied")
    assert [n.channel for n in Notification.objects.all()] == ["in_app"]


def test_somebody_who_left_hears_nothing(bob):
    bob.is_active = False
    told(bob)
    assert not Notification.objects.exists()


def test_a_delivered_notice_is_yielded_with_its_moment_and_settled(alice):
    told(alice, about_id=7)
    (notice,) = deliver(AT + 5 * SECOND)
    assert (notice.about_id, notice.sent_at, notice.state) == (7, AT + 5 * SECOND, "sent")
    row = Notification.objects.get()
    assert (row.state, row.sent_at, row.settled_at, row.attempts) == (
        "sent",
        notice.sent_at,
        notice.sent_at,
        1,
    )
    assert list(deliver(AT + timedelta(hours=1))) == []


def test_a_mail_server_that_is_down_is_asked_later_and_later_then_no_more(alice, broken):
    told(alice)
    at = AT
    for number, pause in enumerate(BACK_OFF, 1):
        assert list(deliver(at)) == []
        row = Notification.objects.get()
        assert (row.state, row.attempts, row.due_at) == ("pending", number, at + pause)
        assert "nobody listens" in row.error
        assert at + pause in hints()
        assert list(deliver(at + pause - SECOND)) == []
        at += pause
    assert list(deliver(at)) == []
    assert Notification.objects.get().state == "parked"
    broken.is_down = False
    assert list(deliver(at + timedelta(days=1))) == []

    outbox.send_again(Notification.objects.get(), at=at)
    assert [n.state for n in deliver(at)] == ["sent"]


def test_a_retry_carries_the_same_message_id(alice, broken):
    told(alice)
    message_id = Notification.objects.get().message_id
    list(deliver(AT))
    broken.is_down = False
    list(deliver(AT + BACK_OFF[0]))
    assert mail.outbox[0].extra_headers["Message-ID"] == message_id


def lease_runs_out():
    Notification.objects.update(lease_until=F("lease_until") - outbox.LEASE - SECOND)


def test_a_worker_that_died_while_sending_holds_its_notice_for_the_lease_only(alice):
    told(alice)
    assert outbox.claim_next(AT) is not None  # and then it is killed
    assert list(deliver(AT + 59 * SECOND)) == []
    assert hints()[-1] == AT + 119 * SECOND, "it is looked at again when the lease must be over"
    lease_runs_out()
    assert len(list(deliver(AT + 60 * SECOND))) == 1


def test_moving_the_clock_frees_no_notice_that_is_being_sent(alice):
    """The lease of 60 seconds runs by the database's own clock, not by the one that `travel` moves."""
    told(alice)
    assert outbox.claim_next(AT) is not None
    assert list(deliver(AT + timedelta(days=1))) == []


def test_a_worker_that_dies_over_the_same_notice_again_and_again_parks_it(alice):
    told(alice)
    at = AT
    for _ in range(outbox.ATTEMPTS):
        assert outbox.claim_next(at) is not None
        lease_runs_out()
    assert outbox.claim_next(at) is None
    assert Notification.objects.get().state == "parked"


def test_an_attempt_that_was_overtaken_does_not_mark_it_sent(alice, monkeypatch):
    told(alice)

    def slow(channel, notice):
        lease_runs_out()
        assert outbox.claim_next(AT) is not None  # another worker, after the lease

    monkeypatch.setattr(EmailChannel, "send", slow)
    assert list(deliver(AT)) == []
    row = Notification.objects.get()
    assert (row.state, row.attempts) == ("pending", 2)


def test_what_the_caller_died_over_is_yielded_again_but_not_sent_again(alice):
    told(alice)
    for _notice in deliver(AT):
        break  # killed here, between the sending and what follows from it
    assert len(mail.outbox) == 1
    assert list(deliver(AT + 30 * SECOND)) == []
    assert len(list(deliver(AT + 61 * SECOND))) == 1
    assert len(mail.outbox) == 1
    assert list(deliver(AT + 200 * SECOND)) == []


def test_mails_about_one_ticket_reach_an_address_in_their_order(alice, bob, broken):
    told(alice, key="first", about_id=7)
    list(deliver(AT))  # put off by 10 s
    told(alice, key="second", at=AT + SECOND, about_id=7)
    told(alice, key="other", at=AT + SECOND, about_id=8)
    broken.is_down = False
    assert [n.about_id for n in deliver(AT + 2 * SECOND)] == [8]
    assert hints()[-1] == AT + BACK_OFF[0]  # nothing to do before
    assert [n.key.split("/")[0] for n in deliver(AT + BACK_OFF[0])] == ["first", "second"]


def test_a_parked_notice_holds_nothing_up(alice, broken):
    told(alice, key="first", about_id=7)
    Notification.objects.update(state="parked")
    told(alice, key="second", about_id=7)
    broken.is_down = False
    assert len(list(deliver(AT))) == 1


def test_C10_a_mail_that_lost_its_sense_is_dropped(alice, broken):
    told(alice, expires_at=AT + 5 * SECOND)
    list(deliver(AT))
    broken.is_down = False
    assert Notification.objects.get().due_at == AT + 5 * SECOND
    assert list(deliver(AT + 5 * SECOND)) == []
    assert Notification.objects.get().state == "dropped"
    assert mail.outbox == []


def test_what_is_beyond_the_limit_leaves_a_hint(alice, bob):
    told(alice, bob)
    assert len(list(deliver(AT, limit=1))) == 1
    assert hints()[-1] == AT
    assert len(list(deliver(AT))) == 1


def test_one_bad_notice_does_not_stop_the_next(alice, bob):
    told(alice, kind="no_such_kind", key="bad")
    told(bob, key="good")
    assert [n.person for n in deliver(AT)] == [bob]
    assert "KeyError" in Notification.objects.get(person=alice).error


def test_telling_outside_a_transaction_is_refused(committed):
    with pytest.raises(transaction.TransactionManagementError):
        tell([Recipient("x@example.com", "en")], kind="ticket_closed", key="k", words={}, at=AT)


def test_three_workers_send_each_mail_once(committed, monkeypatch):
    people = [Recipient(f"p{n}@example.com", "en") for n in range(20)]
    with transaction.atomic():
        tell(people, kind="ticket_closed", key="k", words={"number": "1", "summary": "s"}, at=AT)
    sent: list[str] = []
    monkeypatch.setattr(EmailChannel, "send", lambda channel, notice: sent.append(notice.address))

    def work():
        connection.set_tenant(committed)
        try:
            list(deliver(AT))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(sent) == sorted(person.address for person in people)


class Fake(Channel):
    """A channel that takes everything, but from `refused` numbers nothing ever."""

    refused: set[str] = set()

    def __init__(self):
        self.taken = []

    def send(self, notice):
        if notice.address in self.refused:
            raise Refused("This number is not on WhatsApp.")
        notice.provider_id = f"wamid.{notice.address}"
        self.taken.append(notice.address)

    def close(self):
        pass


@pytest.fixture
def whatsapp(monkeypatch):
    fake, whole = Fake(), Channels.__init__

    def made(channels):
        whole(channels)
        channels.by_name["whatsapp"] = fake

    monkeypatch.setattr(Channels, "__init__", made)
    return fake


def test_any_channel_that_leaves_the_house_is_sent_by_the_same_loop(whatsapp, tenant_a):
    with transaction.atomic():
        tell(
            [Recipient("+5511999990001", "en")],
            kind="ticket_replied",
            key="k",
            words={"number": "1"},
            channels=["whatsapp"],
            at=AT,
        )
    assert hints() == [AT]
    (_notice,) = deliver(AT)
    assert whatsapp.taken == ["+5511999990001"]
    row = Notification.objects.get()
    assert (row.state, row.provider_id, bool(row.message_id)) == ("sent", "wamid.+5511999990001", True)


def test_what_is_refused_for_good_is_parked_at_once_with_the_reason(whatsapp, tenant_a):
    whatsapp.refused = {"+5511999990001"}
    with transaction.atomic():
        tell(
            [Recipient("+5511999990001", "en"), Recipient("+5511999990002", "en")],
            kind="ticket_replied",
            key="k",
            words={"number": "1"},
            channels=["whatsapp"],
            at=AT,
        )
    assert [notice.address for notice in deliver(AT)] == ["+5511999990002"]
    row = Notification.objects.get(address="+5511999990001")
    assert (row.state, row.attempts, row.error) == ("parked", 1, "This number is not on WhatsApp.")
