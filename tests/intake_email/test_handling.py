"""What becomes of a mail: replies, tickets, contacts that became neither, and rows with a reason."""

from datetime import timedelta

import pytest
from notifications.models import Delivery, Notification
from tenants import links
from tenants.customers.models import Desk
from tenants.people.models import User
from tickets import lifecycle
from tickets.intake.models import BlockedSender, Inbound
from tickets.models import Contact, Message, Participant, Ticket

from tests.intake_email.letters import AT, PNG, html_letter, letter, with_files


def told(kind, address="alice@example.com"):
    return Notification.objects.filter(kind=kind, address=address, channel="email")


def a_ticket(person, name="alice", at=AT, **more):
    return lifecycle.open_ticket(
        requester=person(name), summary="Printer", body="It does not print.", at=at, channel="email", **more
    ).ticket


def test_a_known_customers_mail_opens_a_ticket_and_is_confirmed(desk_of, person, bring):
    desk_of("zoom")
    row = bring(letter())
    assert row.state == "done", row.reason
    assert row.raw is None
    ticket = row.ticket
    assert (ticket.summary, ticket.requester, ticket.channel) == ("Printer", person("alice"), "email")
    assert (ticket.sender_address, ticket.received_on) == ("alice@example.com", "support@desk.example")
    assert told("ticket_opened").count() == 1
