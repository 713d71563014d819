"""A ticket that bundles several requests is split (TD16): the new one starts when its message was written (S11)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from notifications.models import Notification
from sla.models import Breach, Clock
from tickets import lifecycle
from tickets.models import Event, Ticket

MONDAY_8 = datetime(2026, 11, 23, 11, tzinfo=UTC)  # 08:00 in Sao Paulo (UTC-3)
MONDAY_10, MONDAY_15, MONDAY_16 = (MONDAY_8 + timedelta(hours=h) for h in (2, 7, 8))
WEDNESDAY_14 = datetime(2026, 11, 25, 17, tzinfo=UTC)
NOON = datetime(2027, 3, 10, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def bundle(tenant_a, person):
    """Alice asks on Monday at 8, and for something else at 10, with a file."""
    ticket = lifecycle.open_ticket(
        requester=person("alice"), summary="The report is empty", body="Since today.", at=MONDAY_8,
        copies=["boss@example.com"],
    ).ticket  # fmt: skip
    second = lifecycle.reply(
        ticket, author=person("alice"), body="And we need a user for Ann.", at=MONDAY_10, key="form-2",
        files=[SimpleUploadedFile("ann.txt", b"Ann, finance", "text/plain")],
    )  # fmt: skip
    return Ticket.objects.get(pk=ticket.pk), second


def split(ticket, *messages, person, at=MONDAY_15, **more):
    given = {"summary": "A user for Ann", "topic": "question"} | more
    return lifecycle.split(ticket, messages=[m.pk for m in messages], by=person("bob"), at=at, **given)


def test_td16_the_new_ticket_starts_when_its_message_was_written(bundle, person):
    ticket, second = bundle
    new = split(ticket, second, person=person)
    new = Ticket.objects.get(pk=new.pk)
    assert (new.number, new.opened_at, new.split_from, new.requester) == (
        2,
        MONDAY_10,
        ticket,
        person("alice"),
    )
    # 24 business hours from Monday 10:00: 8 on Monday, 10 on Tuesday, 6 on Wednesday: Wednesday 14:00.
    assert new.due_at == WEDNESDAY_14
    assert Clock.objects.get(subject_id=new.pk, metric="first_response").started_at == MONDAY_10


def test_td16_the_message_moves_with_its_file(bundle, person):
    ticket, second = bundle
    new = split(ticket, second, person=person)
    assert [m.body for m in ticket.messages.all()] == ["Since today."]
    moved = new.messages.get()
    assert (moved.body, moved.at, moved.author, moved.key) == (
        second.body,
        MONDAY_10,
        person("alice"),
        "form-2",
    )
    [file] = moved.attachments.all()
    assert (file.name, file.file.read()) == ("ann.txt", b"Ann, finance")


def test_td16_left_here_too_the_message_is_copied(bundle, person):
    ticket, second = bundle
    new = split(ticket, second, person=person, keeps=True)
    assert [m.body for m in ticket.messages.order_by("at")] == ["Since today.", second.body]
    copy = new.messages.get().attachments.get()
    assert copy.file.read() == b"Ann, finance"
    assert copy.file.name != second.attachments.get().file.name


def test_td16_the_new_ticket_has_its_own_decision(bundle, person):
    ticket, second = bundle
    second.__class__.objects.filter(pk=second.pk).update(body="Please configure our VPS server.")
    new = split(ticket, second, person=person, summary="Server")
    assert (new.outcome, new.due_at) == ("out_of_scope", None)
    assert ticket.outcome == "in_scope"


def test_td16_both_sides_are_linked_and_the_customer_is_told_the_number_with_a_link(bundle, person):
    ticket, second = bundle
    Notification.objects.all().delete()
    new = split(ticket, second, person=person)
    assert Event.objects.get(ticket=ticket, kind="split").data["number"] == new.number
    assert Event.objects.get(ticket=new, kind="split_off").data["number"] == ticket.number
    told = Notification.objects.filter(kind="ticket_opened", about_id=new.pk)
    assert sorted(told.values_list("address", flat=True)) == ["alice@example.com", "boss@example.com"]
    assert {each.words["number"] for each in told} == {"2"}
    assert "part of your request #1" in str(told.first().words["scope"])
    assert told.first().links["ticket_url"]["path"] == "/t/{token}/"


# --- the clock of what has moved ---------------------------------------------------------------------------------------


@pytest.fixture
def split_off(answers_all, person):
    """Every answer is due in two hours. Answered, then Alice asks for something else at 12:09, which is a ticket at 12:20."""
    alice, bob = person("alice"), person("bob")
    ticket = lifecycle.open_ticket(requester=alice, summary="Echo", body="In calls.", at=NOON).ticket
    lifecycle.reply(ticket, author=bob, body="Which version?", at=NOON + 5 * MINUTE)
    second = lifecycle.reply(ticket, author=alice, body="And a user, please.", at=NOON + 9 * MINUTE)
    assert waiting(ticket) == [NOON + 9 * MINUTE]
    new = lifecycle.split(
        ticket, messages=[second.pk], by=bob, at=NOON + 20 * MINUTE, summary="A user", topic=""
    )
    return Ticket.objects.get(pk=ticket.pk), new


def next_responses(ticket, status):
    return Clock.objects.filter(subject_id=ticket.pk, metric="next_response", status=status)


def waiting(ticket):
    return list(next_responses(ticket, "running").values_list("started_at", flat=True))


def test_td16_nothing_is_due_here_for_what_has_moved_until_it_is_back(split_off, person):
    """The clock of the moved question ends as split (S7)."""
    ticket, new = split_off
    assert next_responses(ticket, "ended").get().state["ended_as"] == "split"
    assert waiting(ticket) == []
    lifecycle.unsplit(new, by=person("bob"), at=NOON + 21 * MINUTE)
    assert waiting(ticket) == [NOON + 9 * MINUTE]


def test_td16_a_split_undone_leaves_one_clock_for_the_oldest_unanswered_message(split_off, person):
    ticket, new = split_off
    lifecycle.reply(ticket, author=person("alice"), body="Version 7.", at=NOON + 30 * MINUTE)
    lifecycle.unsplit(new, by=person("bob"), at=NOON + 40 * MINUTE)
    assert waiting(ticket) == [NOON + 9 * MINUTE]


@pytest.mark.parametrize(("minute", "is_late"), [(30, False), (130, True)])
def test_td16_what_we_have_answered_since_is_not_due_again(split_off, person, minute, is_late):
    """It had been due at 14:09."""
    ticket, new = split_off
    lifecycle.reply(ticket, author=person("bob"), body="Look here.", at=NOON + minute * MINUTE)
    lifecycle.unsplit(new, by=person("bob"), at=NOON + 140 * MINUTE)
    assert waiting(ticket) == []
    row = next_responses(ticket, "fulfilled").get()
    assert row.fulfilled_at == NOON + minute * MINUTE
    assert Breach.objects.filter(clock=row).exists() == is_late


def test_td16_the_first_message_stays_with_its_ticket(bundle, person):
    ticket, _second = bundle
    first = ticket.messages.order_by("at").first()
    with pytest.raises(ValidationError) as refusal:
        split(ticket, first, person=person)
    assert list(refusal.value.message_dict) == ["keeps"]
    assert split(ticket, first, person=person, keeps=True).opened_at == MONDAY_8


def test_td16_only_the_customers_own_messages_of_this_ticket(bundle, person):
    ticket, _second = bundle
    note = lifecycle.add_note(ticket, author=person("bob"), body="Hm.", at=MONDAY_15)
    other = lifecycle.open_ticket(requester=person("frank"), summary="x", body="y", at=MONDAY_15).ticket
    for message in (note, other.messages.get()):
        with pytest.raises(ValidationError):
            split(ticket, message, person=person)
    assert Ticket.objects.count() == 2, "nothing of it was kept"


def test_td16_a_split_is_undone_while_nobody_has_touched_it(bundle, person):
    ticket, second = bundle
    new = split(ticket, second, person=person)
    lifecycle.unsplit(new, by=person("bob"), at=MONDAY_16)
    new, ticket = Ticket.objects.get(pk=new.pk), Ticket.objects.get(pk=ticket.pk)
    assert [m.body for m in ticket.messages.order_by("at", "id")] == ["Since today.", second.body]
    assert (new.status, new.merged_into) == ("closed", ticket)
    assert Clock.objects.get(subject_id=new.pk).state["ended_as"] == "merged"
    # A mail about the number that they were told still reaches us.
    assert lifecycle.reply(new, author=person("alice"), body="Thanks", at=MONDAY_16).ticket == ticket


def test_td16_a_split_that_was_worked_on_is_not_undone(bundle, person):
    ticket, second = bundle
    new = split(ticket, second, person=person)
    lifecycle.assign(new, owner=person("bob"), by=person("bob"), at=MONDAY_16)
    with pytest.raises(ValidationError, match="worked on it"):
        lifecycle.unsplit(new, by=person("bob"), at=MONDAY_16)
