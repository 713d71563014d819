"""What becomes of a mail after it left: refusals, reports, bounces, addresses that get no more mail, and what follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from notifications import delivery
from notifications.models import Delivery, Notification, Suppression
from notifications.outbox import Recipient, deliver, tell
from sla.models import Clock
from tenants import wakeups
from tests.notifications.sinks import running_sink
from tickets import lifecycle, tasks
from tickets.models import Message

MONDAY_8 = datetime(2026, 11, 23, 11, tzinfo=UTC)  # 08:00 in São Paulo, as the desk opens
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def sink(settings):
    with running_sink() as handler:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", handler.port
        yield handler


@pytest.fixture
def the_time(monkeypatch):
    """the_time(moment): what views and tasks take for now."""

    def at(moment):
        monkeypatch.setattr(tasks, "now", lambda: moment)

    return at


def told(*addresses, kind="ticket_closed", key="k", at=MONDAY_8, **more):
    words = {"number": "1", "summary": "s"}
    with transaction.atomic():
        tell([Recipient(a, "en") for a in addresses], kind=kind, key=key, words=words, at=at, **more)


def row_of(address):
    return Notification.objects.get(address=address, channel="email")


# --- refused while it is handed over ----------------------------------------------------------------------------------


def test_a_recipient_refused_for_good_is_a_bounce_at_once_and_holds_nobody_else_up(tenant_a, sink):
    sink.recipients["ana@gone.example"] = "550 5.1.1 no such mailbox"
    told("ana@gone.example", "rui@well.example")
    assert [notice.address for notice in deliver(MONDAY_8)] == ["rui@well.example"]
    refused = row_of("ana@gone.example")
    assert (refused.state, refused.attempts) == ("parked", 1)
    report = Delivery.objects.get()
    assert (report.what, report.detail, report.notification) == (
        "bounced",
        "550 5.1.1 no such mailbox",
        refused,
    )
    assert Suppression.objects.get().address == "ana@gone.example"
    assert sink.connections == 1, "a refused recipient costs no new connection"


def test_a_recipient_refused_for_now_is_tried_again(tenant_a, sink):
    sink.recipients["ana@grey.example"] = "450 4.2.0 greylisted, come back"
    told("ana@grey.example")
    assert list(deliver(MONDAY_8)) == []
    assert row_of("ana@grey.example").state == "pending"
    assert not Delivery.objects.exists()
    del sink.recipients["ana@grey.example"]
    assert len(list(deliver(MONDAY_8 + 10 * SECOND))) == 1


def test_a_mail_refused_for_its_content_is_parked_but_the_address_keeps_its_mail(tenant_a, sink):
    sink.answer = "554 5.7.1 message looks like spam"
    told("ana@strict.example")
    assert list(deliver(MONDAY_8)) == []
    assert (row_of("ana@strict.example").state, Delivery.objects.get().what) == ("parked", "rejected")
    assert not Suppression.objects.exists()


def test_a_full_mailbox_comes_back_but_is_no_reason_to_write_no_more(tenant_a, sink):
    sink.recipients["ana@full.example"] = "552 5.2.2 mailbox full"
    told("ana@full.example")
    list(deliver(MONDAY_8))
    assert Delivery.objects.get().what == "bounced"
    assert not Suppression.objects.exists()


def test_a_server_that_cannot_be_reached_is_asked_once_a_turn(tenant_a, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    told("ana@a.example", "rui@b.example", "eva@c.example")
    assert list(deliver(MONDAY_8)) == []
    assert sorted(Notification.objects.values_list("attempts", flat=True)) == [0, 0, 1]


# --- reports ----------------------------------------------------------------------------------------------------------


def sent_notice(address="ana@customer.example", **more):
    told(address, **more)
    list(deliver(more.get("at", MONDAY_8)))
    return row_of(address)


def test_a_report_is_found_by_message_id_with_or_without_brackets_and_by_the_providers_name(tenant_a):
    notice = sent_notice()
    Notification.objects.update(provider_id="provider-7")
    for name in (notice.message_id, notice.message_id.strip("<>"), "provider-7"):
        found = delivery.record(message_id=name, what="delivered", at=MONDAY_8, event_id=name)
        assert found == notice
    assert Delivery.objects.count() == 3
    assert delivery.record(message_id="<of@somebody.else>", what="delivered", at=MONDAY_8) is None


def test_the_same_report_twice_is_stored_once(tenant_a):
    notice = sent_notice()
    for _ in range(2):
        delivery.record(message_id=notice.message_id, what="delivered", at=MONDAY_8, event_id="e1")
    for _ in range(2):
        delivery.record(message_id=notice.message_id, what="deferred", at=MONDAY_8)
    assert sorted(Delivery.objects.values_list("what", flat=True)) == ["deferred", "delivered"]


def test_a_bounce_and_a_complaint_put_the_address_on_the_list_and_a_blocked_mail_does_not(tenant_a):
    for name, what, detail in (
        ("gone", "bounced", "550 5.1.1 unknown user"),
        ("angry", "complained", "abuse"),
        ("strict", "bounced", "550 5.7.1 blocked by policy"),
        ("slow", "deferred", "451 4.7.1 later"),
    ):
        notice = sent_notice(f"{name}@customer.example", key=name)
        delivery.record(message_id=notice.message_id, what=what, at=MONDAY_8, detail=detail)
    assert dict(Suppression.objects.values_list("address", "reason")) == {
        "gone@customer.example": "hard_bounce",
        "angry@customer.example": "complaint",
    }


def test_an_address_on_the_list_gets_no_mail_and_the_notice_says_why(tenant_a, mailoutbox):
    delivery.suppress("Ana@customer.example", "complaint", MONDAY_8, "abuse")
    told("ana@CUSTOMER.example", "rui@customer.example")
    assert [notice.address for notice in deliver(MONDAY_8)] == ["rui@customer.example"]
    dropped = row_of("ana@CUSTOMER.example")
    assert dropped.state == "dropped" and "(complaint)" in dropped.error and "abuse" in dropped.error
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    ("reason", "goes_out"), [("hard_bounce", True), ("complaint", True), ("manual", False)]
)
def test_mails_that_let_somebody_in_stop_only_at_an_entry_made_by_hand(tenant_a, reason, goes_out):
    delivery.suppress("ana@customer.example", reason, MONDAY_8)
    told("ana@customer.example", kind="password_reset")
    assert bool(list(deliver(MONDAY_8))) == goes_out


# --- what follows -----------------------------------------------------------------------------------------------------


def opened(person):
    return lifecycle.open_ticket(
        requester=person("alice"), summary="No boleto", body="It says 403.", at=MONDAY_8
    ).ticket


def acknowledgement(ticket):
    return Clock.objects.get(subject_id=ticket.pk, metric="acknowledgement")


def test_zm05_a_bounce_withdraws_the_acknowledgement_and_the_clock_runs_on(desk_of, person, the_time):
    """Handed over at 08:00:10, the confirmation bounces at 08:05: the clock that had stopped runs again, from its start."""
    desk_of("zoom")
    ticket = opened(person)
    started, due = acknowledgement(ticket).started_at, acknowledgement(ticket).due_at
    the_time(MONDAY_8 + 10 * SECOND)
    tasks.drain_notices()
    assert acknowledgement(ticket).status == Clock.Status.FULFILLED

    confirmation = Notification.objects.get(kind="ticket_opened", person=person("alice"))
    delivery.record(
        message_id=confirmation.message_id, what="bounced", at=MONDAY_8 + 5 * MINUTE, detail="5.1.1"
    )
    the_time(MONDAY_8 + 6 * MINUTE)
    assert "delivery" in [kind for _, kind in wakeups.due_tenants(MONDAY_8 + 6 * MINUTE)]
    assert tasks.drain_reports() == 1
    running = acknowledgement(ticket)
    assert running.status in ("running", "breached")
    assert (running.started_at, running.due_at) == (started, due)
    assert ticket.events.get(kind="confirmation_bounced").at == MONDAY_8 + 5 * MINUTE
    assert tasks.drain_reports() == 0, "settled"


def test_zm05_a_bounce_that_overtakes_the_news_of_the_hand_over_waits_for_it(desk_of, person, the_time):
    desk_of("zoom")
    ticket = opened(person)
    sent = deliver(MONDAY_8)
    confirmation = next(notice for notice in sent if notice.kind == "ticket_opened")  # not acted on yet
    delivery.record(message_id=confirmation.message_id, what="bounced", at=MONDAY_8)
    the_time(MONDAY_8 + SECOND)
    assert tasks.drain_reports() == 0
    lifecycle.delivered(confirmation)
    list(sent)
    assert acknowledgement(ticket).status == Clock.Status.FULFILLED
    the_time(MONDAY_8 + 16 * SECOND)
    assert tasks.drain_reports() == 1
    assert acknowledgement(ticket).status != Clock.Status.FULFILLED


def test_the_author_of_a_reply_that_bounces_is_told_in_the_app_and_nobody_counts_as_silent(
    tenant_a, person, the_time
):
    ticket = opened(person)
    message = lifecycle.reply(
        ticket, author=person("bob"), body="Which version?", at=MONDAY_8 + HOUR, wait=True
    )
    the_time(MONDAY_8 + HOUR)
    tasks.drain_notices()
    message.refresh_from_db()
    assert message.delivered_at is not None
    silent = Clock.objects.filter(subject_id=ticket.pk, metric="silence", status="running")
    assert silent.exists()

    reply = Notification.objects.get(kind="ticket_replied", person=person("alice"))
    delivery.record(
        message_id=reply.message_id, what="bounced", at=MONDAY_8 + 2 * HOUR, detail="550 mailbox unknown"
    )
    the_time(MONDAY_8 + 2 * HOUR)
    tasks.drain_reports()
    notice = Notification.objects.get(kind="reply_bounced")
    assert (notice.person, notice.channel) == (person("bob"), "in_app")
    assert notice.words["reason"] == "550 mailbox unknown"
    message.refresh_from_db()
    assert message.delivered_at is None
    assert not silent.exists()
    assert Message.objects.count() == 2


def test_ch06_what_is_not_sent_to_an_address_on_the_list_stands_in_the_story_and_its_author_is_told(
    tenant_a, person, the_time
):
    """After a bounce nothing goes to Alice any more: the next ticket says so of its confirmation, and Bob of his reply."""
    delivery.suppress("alice@example.com", "hard_bounce", MONDAY_8 - HOUR, "550 mailbox unknown")
    ticket = opened(person)
    the_time(MONDAY_8 + SECOND)
    tasks.drain_notices()
    tasks.drain_reports()
    assert ticket.events.get(kind="confirmation_bounced").data["address"] == "alice@example.com"
    lifecycle.reply(ticket, author=person("bob"), body="Which version?", at=MONDAY_8 + HOUR)
    the_time(MONDAY_8 + HOUR)
    tasks.drain_notices()
    tasks.drain_reports()
    notice = Notification.objects.get(kind="reply_bounced")
    assert (notice.person, notice.words["reason"]) == (person("bob"), "550 mailbox unknown")
    assert ticket.events.filter(kind="reply_bounced").count() == 1


def test_a_report_that_cannot_be_acted_on_is_tried_again_and_holds_no_other_up(
    tenant_a, person, the_time, monkeypatch
):
    bad, good = sent_notice("bad@a.example", key="a"), sent_notice("good@a.example", key="b")
    Notification.objects.filter(pk=bad.pk).update(about_id=4711, settled_at=MONDAY_8)  # no such ticket
    Notification.objects.filter(pk=good.pk).update(settled_at=MONDAY_8)
    for notice in (bad, good):
        delivery.record(message_id=notice.message_id, what="bounced", at=MONDAY_8)
    the_time(MONDAY_8)
    for _ in range(delivery.ATTEMPTS):
        assert Delivery.objects.filter(settled_at=None).exists()
        tasks.drain_reports()
    assert not Delivery.objects.filter(settled_at=None).exists()
    failed = Delivery.objects.exclude(error="").get()
    assert (failed.notification_id, failed.attempts) == (bad.pk, delivery.ATTEMPTS)


def test_how_a_whole_thread_stands_is_one_query(tenant_a, person, django_assert_num_queries, the_time):
    ticket = opened(person)
    for n in range(3):
        lifecycle.reply(ticket, author=person("bob"), body=f"Reply {n}", at=MONDAY_8 + (n + 1) * MINUTE)
    the_time(MONDAY_8 + HOUR)
    tasks.drain_notices()
    first, second, _third = Notification.objects.filter(kind="ticket_replied", channel="email").order_by("id")
    delivery.record(message_id=first.message_id, what="delivered", at=MONDAY_8 + 2 * HOUR)
    delivery.record(message_id=second.message_id, what="delivered", at=MONDAY_8 + 2 * HOUR)
    delivery.record(message_id=second.message_id, what="bounced", at=MONDAY_8 + HOUR, detail="gone")
    with django_assert_num_queries(1):
        standing = delivery.standing_of(ticket.pk)
    told = [(each.what, each.detail) for [each] in standing.values()]
    assert told == [("delivered", ""), ("bounced", "gone"), ("sent", "")]


def test_the_twin_knows_nothing_of_our_reports(tenant_a, tenant_b):
    connection.set_tenant(tenant_a)
    notice = sent_notice()
    connection.set_tenant(tenant_b)
    assert delivery.record(message_id=notice.message_id, what="bounced", at=MONDAY_8) is None
    assert not Suppression.objects.exists()


def test_the_desk_shows_on_a_reply_what_became_of_it(tenant_a, person, client_for, the_time, monkeypatch):
    """Delivered at 08:02 in the agent's zone (11:02 UTC); the next one bounced. Words, a shape and a colour."""
    ticket = opened(person)
    for n in range(3):
        lifecycle.reply(ticket, author=person("bob"), body=f"Reply {n}", at=MONDAY_8 + n * SECOND)
    the_time(MONDAY_8 + MINUTE)
    tasks.drain_notices()
    first, second, third = Notification.objects.filter(kind="ticket_replied", channel="email").order_by("id")
    delivery.record(message_id=first.message_id, what="delivered", at=MONDAY_8 + 2 * MINUTE)
    delivery.record(
        message_id=second.message_id, what="bounced", at=MONDAY_8 + 2 * MINUTE, detail="mailbox unknown"
    )
    monkeypatch.setattr("tickets.desk.ticket.now", lambda: MONDAY_8 + HOUR)
    page = client_for(tenant_a, person("bob")).get(f"/desk/tickets/{ticket.number}/").content.decode()
    heads = {m.pk: page.split(f'id="message-{m.pk}"')[1].split("</header>")[0] for m in ticket.messages.all()}
    told = [" ".join(heads[notice.part_id].split()) for notice in (first, second, third)]
    assert "delivered 08:02" in told[0] and "#good" in told[0]
    assert "bounced: mailbox unknown" in told[1] and "is-bad" in told[1] and "#bad" in told[1]
    assert "sent 08:01" in told[2]
