"""Several connections at a time: each mail once, in its ticket's order, and nobody waits for another tenant's server."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from contextlib import closing
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from notifications import outbox
from notifications.channels.email import EmailChannel
from notifications.models import Delivery, Notification
from notifications.outbox import Recipient, deliver, tell

AT = datetime(2026, 11, 23, 11, tzinfo=UTC)


class Sent:
    """What the channel was asked to send: by which thread, in which order, how many at a time at most."""

    def __init__(self, monkeypatch, seconds=0.05):
        self.order, self.threads, self.at_once, self.most = [], set(), 0, 0
        self.lock, self.seconds = threading.Lock(), seconds
        sent = self
        monkeypatch.setattr(EmailChannel, "send", lambda channel, notice: sent.send(notice))

    def send(self, notice):
        with self.lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            self.threads.add(threading.current_thread().name)
        time.sleep(self.seconds)
        with self.lock:
            self.at_once -= 1
            self.order.append((notice.about_id, notice.pk))


def told(mails, tickets):
    with transaction.atomic():
        for n in range(mails):
            words = {"number": "1", "summary": "s"}
            tell(
                [Recipient("ana@customer.example", "en")],
                kind="ticket_closed", key=str(n), words=words, at=AT, about_id=n % tickets,
            )  # fmt: skip


def test_each_mail_is_sent_once_and_in_the_order_of_its_ticket(committed, monkeypatch):
    sent = Sent(monkeypatch)
    told(40, tickets=10)
    with closing(deliver(AT, limit=100, senders=5)) as handed_over:
        yielded = [notice.pk for notice in handed_over]
    assert sorted(yielded) == sorted(pk for _, pk in sent.order)
    assert len(set(yielded)) == 40
    assert not Notification.objects.exclude(state="sent").exists()
    assert not Notification.objects.filter(settled_at=None).exists()
    of_ticket = defaultdict(list)
    for ticket, pk in sent.order:
        of_ticket[ticket].append(pk)
    assert all(pks == sorted(pks) for pks in of_ticket.values())
    assert 2 <= sent.most <= 5


def test_the_mails_of_one_ticket_never_go_side_by_side(committed, monkeypatch):
    sent = Sent(monkeypatch)
    told(12, tickets=1)
    assert len(list(deliver(AT, limit=100, senders=4))) == 12
    assert sent.most == 1


def test_a_few_mails_open_no_more_connections_than_they_need(committed, monkeypatch):
    sent = Sent(monkeypatch)
    told(3, tickets=3)
    assert len(list(deliver(AT, senders=8))) == 3
    assert sent.threads == {threading.current_thread().name}


def test_a_caller_that_fails_leaves_nothing_half_done(committed, monkeypatch):
    """What was being sent is sent to its end and marked; what the caller did not act on is yielded again later."""
    Sent(monkeypatch)
    told(20, tickets=20)

    def act_on_the_first():
        with closing(deliver(AT, limit=100, senders=4)) as handed_over:
            for notice in handed_over:
                raise ZeroDivisionError(notice)

    with pytest.raises(ZeroDivisionError):
        act_on_the_first()
    assert not [t for t in threading.enumerate() if t.name.startswith("sender ")]
    sent = Notification.objects.filter(state="sent")
    assert 1 <= sent.count() < 20
    assert not Notification.objects.filter(lease_until__isnull=False).exists()
    assert sent.filter(settled_at=None).count() == sent.count()


def test_a_turn_ends_in_time_and_leaves_a_hint(committed, monkeypatch):
    monkeypatch.setattr(outbox, "TURN", outbox.timedelta(seconds=1))
    Sent(monkeypatch, seconds=0.4)
    told(60, tickets=60)
    begun = time.monotonic()
    done = len(list(deliver(AT, limit=100, senders=2)))
    assert time.monotonic() - begun < 10
    assert 0 < done < 60
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM public.tenants_wakeup WHERE kind = 'outbox' AND due_at <= %s", [AT]
        )
        assert cursor.fetchone()[0] > 0


def test_one_recipient_refused_among_many_is_reported_by_its_own_thread(committed, monkeypatch):
    from notifications.channels import Refused

    def send(channel, notice):
        if notice.about_id == 3:
            raise Refused("550 5.1.1 gone", "bounced", is_dead_mailbox=False)

    monkeypatch.setattr(EmailChannel, "send", send)
    told(20, tickets=20)
    assert len(list(deliver(AT, limit=100, senders=4))) == 19
    assert Delivery.objects.get().notification.about_id == 3
