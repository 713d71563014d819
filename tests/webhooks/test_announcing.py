"""What becomes a delivery, when, and for whom: in the transaction of its cause, or not at all."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications import outbox
from policies import draft, publishing
from tests.conftest import enter
from tickets import adoption, lifecycle
from tickets.tasks import ring_due
from tickets.webhooks.events import EVENTS
from tickets.webhooks.models import Delivery, Subscription

URL = "https://erp.example.com/in"


def utc(day, hour, minute=0):
    """November 2026; Sao Paulo is UTC-3 all year."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


MONDAY_8 = utc(23, 11)


def opened(person, at=MONDAY_8, **given):
    given = {"summary": "Report", "body": "It shows nothing."} | given
    return lifecycle.open_ticket(requester=person("alice"), at=at, **given)


def told(*names):
    """(event, payload's data) in order; of these names where some are given."""
    rows = Delivery.objects.order_by("id")
    return [(row.event, row.payload["data"]) for row in rows if not names or row.event in names]


def events():
    return [name for name, _ in told()]


def test_an_opening_is_told_with_its_first_words(tenant_a, person, subscribed):
    subscribed(URL)
    ticket = opened(person).ticket
    [(name, data)] = told()
    assert name == "ticket.opened"
    assert data["ticket"]["number"] == ticket.number == 1
    assert data["ticket"]["requester"]["email"] == data["actor"]["email"] == "alice@example.com"
    assert (
        data["ticket"]["due_at"] == "2026-11-25T15:00:00Z"
    )  # 24 business hours: Wednesday 12:00 in Sao Paulo
    assert data["message"]["body"] == "It shows nothing."
    row = Delivery.objects.get()
    assert (row.created_at, row.due_at, row.payload["occurred_at"]) == (
        MONDAY_8,
        MONDAY_8,
        "2026-11-23T11:00:00Z",
    )


def test_a_ticket_is_told_through_its_whole_life(tenant_a, person, subscribed):
    ticket = opened(person).ticket
    subscribed(URL)
    alice, bob, carol = person("alice"), person("bob"), person("carol")
    lifecycle.assign(ticket, owner=bob, by=carol, at=utc(23, 12))
    lifecycle.triage(ticket, by=bob, at=utc(23, 12), priority="2")
    lifecycle.add_note(ticket, author=bob, body="Secret among us.", at=utc(23, 12))
    lifecycle.reply(ticket, author=bob, body="Which report?", at=utc(23, 13), wait=True)
    lifecycle.reply(ticket, author=alice, body="The monthly one.", at=utc(23, 14))
    lifecycle.resolve(ticket, by=bob, at=utc(23, 15), solution="Look under Reports.")
    lifecycle.reopen(ticket, by=bob, at=utc(23, 16), because="It came back.")
    lifecycle.resolve(ticket, by=bob, at=utc(23, 17), solution="Fixed.")
    lifecycle.close(ticket, by=bob, at=utc(23, 18))
    assert [name for name in events() if name != "sla.deadline_moved"] == [
        "ticket.assigned", "ticket.status_changed",  # new -> open
        "ticket.triaged",
        "message.created", "ticket.status_changed",  # we ask -> pending
        "message.created", "ticket.status_changed",  # they answer -> open
        "ticket.resolved", "message.created", "ticket.status_changed",
        "ticket.reopened", "ticket.status_changed",
        "ticket.resolved", "message.created", "ticket.status_changed",
        "ticket.closed", "ticket.status_changed",
    ]  # fmt: skip
    changes = [(data["change"]["from"], data["change"]["to"]) for _, data in told("ticket.status_changed")]
    assert changes == [
        ("new", "open"), ("open", "pending"), ("pending", "open"), ("open", "resolved"), ("resolved", "open"),
        ("open", "resolved"), ("resolved", "closed"),
    ]  # fmt: skip
    said = [data["message"]["body"] for _, data in told("message.created")]
    assert said == ["Which report?", "The monthly one.", "Look under Reports.", "Fixed."]
    assert "Secret among us" not in str(told()), "internal notes are not told"


def test_a_declined_contact_is_told(tenant_a, person, subscribed):
    """ZP01: the portal is the only door of this policy."""
    subscribed(URL)
    assert opened(person, channel="email").ticket is None
    [(name, data)] = told()
    assert (name, data["contact"]["outcome"]) == ("ticket.declined", "wrong_channel")
    assert data["contact"]["address"] == "alice@example.com"
    assert data["contact"]["because"]


def test_alarms_are_told_in_their_batch(tenant_a, person, subscribed):
    """Due Wednesday 12:00 in Sao Paulo (15:00 UTC): warned before, breached at it, escalated."""
    opened(person), opened(person, summary="Another")
    subscribed(URL, "sla.warning", "sla.breached", "ticket.escalated")
    ring_due(utc(25, 15, 5))
    breaches = told("sla.breached")
    assert [data["ticket"]["number"] for _, data in breaches] == [1, 2]
    assert breaches[0][1]["change"]["metric"] == "first_response"
    assert {row.created_at for row in Delivery.objects.filter(event="sla.breached")} == {utc(25, 15)}
    assert {"sla.warning", "sla.breached", "ticket.escalated"} >= set(events())
    assert "ticket.escalated" in events()


def test_a_batch_of_alarms_reads_the_subscriptions_once(tenant_a, person, subscribed):
    subscribed(URL)
    for number in range(12):
        opened(person, summary=f"Number {number}")
    Delivery.objects.all().delete()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        ring_due(utc(25, 15, 5))
    about = [query["sql"] for query in asked.captured_queries if "webhooks_" in query["sql"]]
    reads = [sql for sql in about if sql.startswith("SELECT")]
    writes = [sql for sql in about if sql.startswith("INSERT")]
    assert len(told("sla.breached")) == 12
    batches = sum('FOR UPDATE OF "tickets_ticket" SKIP LOCKED' in q["sql"] for q in asked.captured_queries)
    assert len(reads) <= batches and len(writes) <= batches < 5


def test_a_published_policy_is_told_when_it_takes_effect(tenant_a, person, subscribed):
    adoption.enact_publications(utc(23, 10))  # the first version
    subscribed(URL)
    revision = draft.locked_state().revision
    version = publishing.publish(
        revision=revision, by=person("dora"), at=utc(23, 11), effective_from=utc(24, 11), note="Longer hours"
    )
    adoption.enact_publications(utc(23, 12))
    assert "policy.published" not in events()
    for _ in range(2):
        adoption.enact_publications(utc(24, 11))
    [(_, data)] = told("policy.published")
    assert data["version"]["number"] == version.number
    assert data["version"]["note"] == "Longer hours"


# --- exactly once, and only where it is wanted ------------------------------------------------------------------------


def test_what_is_rolled_back_is_not_told(tenant_a, person, subscribed):
    subscribed(URL)
    with transaction.atomic():
        opened(person)
        transaction.set_rollback(True)
    assert told() == []


def test_the_same_form_sent_twice_is_told_once(tenant_a, person, subscribed):
    subscribed(URL)
    for _ in range(2):
        opened(person, key="form-1")
    assert events() == ["ticket.opened"]


def test_each_subscription_hears_what_it_asked_for_under_one_event_id(tenant_a, person, subscribed):
    first, _ = subscribed(URL, "ticket.opened")
    second, _ = subscribed(URL, "ticket.opened", "message.created")
    off, _ = subscribed(URL, "ticket.opened", is_active=False)
    subscribed(URL, "sla.breached")
    opened(person)
    rows = Delivery.objects.order_by("id")
    assert [row.subscription_id for row in rows] == [first.pk, second.pk]
    assert len({row.event_id for row in rows}) == 1
    assert off.deliveries.count() == 0


def test_an_opening_costs_one_small_read_where_nobody_listens(tenant_a, person, subscribed):
    opened(person)  # what is read once per process is read
    alice = person("alice")

    def cost():
        with CaptureQueriesContext(connection) as asked:
            lifecycle.open_ticket(requester=alice, summary="Cost", body="What does it cost?", at=MONDAY_8)
        about = [query["sql"] for query in asked.captured_queries if "webhook" in query["sql"]]
        return len(asked.captured_queries), len(about)

    alone, about = cost()
    assert about == 1
    subscribed(URL)
    listened, about = cost()
    assert about == 3  # who wants it, the row, the hint
    assert listened == alone + 2 <= 20


def test_nothing_of_one_tenant_is_told_to_the_twin(tenant_b, person, subscribed):
    """The twin's subscription has the same id; its secret opens nothing here."""
    theirs, _ = subscribed(URL)
    tenant_a = enter("acme")
    ours, _ = subscribed(URL)
    opened(person)
    assert Delivery.objects.count() == 1
    connection.set_tenant(tenant_b)
    assert Delivery.objects.count() == 0
    from tickets.webhooks import subscriptions

    connection.set_tenant(tenant_a)
    ours.secret = theirs.secret
    with pytest.raises(subscriptions.InvalidToken):
        subscriptions.secrets_of(ours, MONDAY_8)


def test_secrets_do_not_lie_in_the_open(tenant_a, subscribed):
    _, secret = subscribed(URL)
    row = Subscription.objects.values().get()
    assert secret not in str(row) and secret.removeprefix("whsec_") not in str(row)


def test_every_event_of_the_catalogue_is_documented():
    from helpdesk.bootstrap import ROOT

    text = (ROOT / "docs" / "webhooks.md").read_text()
    assert [name for name in EVENTS if f"`{name}`" not in text] == []


def test_notices_go_out_all_the_same(tenant_a, person, subscribed):
    subscribed(URL)
    opened(person)
    assert [notice.kind for notice in outbox.deliver(MONDAY_8)] == ["ticket_opened"]


def test_a_declined_chat_is_told_once(tenant_a, person, subscribed):
    from tickets.chat import talking

    subscribed(URL)
    for _ in range(2):
        reason = {"en": "There is no chat for this plan."}
        talking.decline(person("alice"), body="Hello?", key="k1", reason=reason, at=MONDAY_8)
    [(name, data)] = told()
    assert (name, data["contact"]["channel"]) == ("ticket.declined", "chat")
