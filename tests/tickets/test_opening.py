"""Opening a ticket: what is decided, what is written, who hears."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from notifications.models import Notification
from sla.models import Clock
from tickets import lifecycle
from tickets.models import Contact, Ticket

MONDAY_8 = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # 08:00 in Sao Paulo (UTC-3)


def test_a_question_gets_a_number_a_clock_and_a_confirmation(tenant_a, person):
    alice = person("alice")
    opening = lifecycle.open_ticket(
        requester=alice, summary="Where is the report?", body="I cannot find it.", at=MONDAY_8
    )

    ticket = opening.ticket
    assert (ticket.number, ticket.outcome, ticket.status) == (1, "in_scope", "new")
    # 24 business hours at 10 a day, 08-18: Monday 10, Tuesday 10, Wednesday 4 -> Wednesday 12:00 = 15:00 UTC.
    assert ticket.due_at == datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
    assert Clock.objects.get(subject_id=ticket.pk, metric="first_response").due_at == ticket.due_at
    notice = Notification.objects.get(kind="ticket_opened")
    assert notice.address == alice.email
    assert notice.words["number"] == "1"


def test_the_same_form_sent_twice_is_one_ticket(tenant_a, person):
    for _ in range(2):
        lifecycle.open_ticket(
            requester=person("alice"), summary="Once", body="Only once.", at=MONDAY_8, key="form-1"
        )
    assert Ticket.objects.count() == 1


def test_an_empty_summary_is_refused_at_its_field(tenant_a, person):
    with pytest.raises(ValidationError) as refusal:
        lifecycle.open_ticket(requester=person("alice"), summary=" ", body="x", at=MONDAY_8)
    assert list(refusal.value.message_dict) == ["summary"]


def test_another_channel_opens_no_ticket_and_points_to_the_portal(tenant_a, person):
    opening = lifecycle.open_ticket(
        requester=person("alice"), summary="Help", body="By mail.", at=MONDAY_8, channel="email"
    )
    assert opening.ticket is None
    assert Contact.objects.get().outcome == "wrong_channel"
    assert Clock.objects.count() == 0
    assert Notification.objects.get().kind == "contact_declined"
