"""The contact form: for whoever has no account, or has lost the way into it."""

from datetime import timedelta

import pytest

from notifications.models import Notification
from sla.models import Clock
from tenants.people.models import User
from tests.portal.conftest import MONDAY_8
from tickets.models import Contact, Ticket

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def write(client_for, at, monkeypatch):
    """write(tenant, **fields): the form sent by a stranger."""
    monkeypatch.setattr("tickets.portal.contact.now", lambda: MONDAY_8)

    def sent(tenant, **fields):
        given = {"name": "Nina Nova", "email": "Nina@new.example", "topic": "other", "summary": "Locked out",
                 "body": "I lost the access to my account.", "field_impact": "None of us can work.", "key": KEY}  # fmt: skip
        return client_for(tenant).post("/contact/?topic=other", given | fields)

    return sent


def test_td01_td06_the_contact_form_opens_a_ticket_due_within_24_hours(desk_of, write):
    answer = write(desk_of("360dialog"))
    assert answer.url == "/contact/sent/", answer.content.decode()
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.requester.email, ticket.sender_address) == (
        "form",
        "nina@new.example",
        "nina@new.example",
    )
    clock = Clock.objects.get(subject_id=ticket.pk, metric="first_response")
    assert clock.due_at == MONDAY_8 + timedelta(hours=24)  # TD06: whatever the plan
    [told] = Notification.objects.filter(kind="ticket_opened")
    assert told.address == "nina@new.example"
    assert "Locked out" not in str(told.words)  # whose address it is nobody knows yet


def test_td06_an_accounts_address_is_not_believed_but_hears_of_it(desk_of, write, person):
    write(desk_of("360dialog"), email="ALICE@example.com")  # Premium: 30 minutes in the portal
    ticket = Ticket.objects.get()
    assert ticket.requester != person("alice") and ticket.company is None
    assert (
        Notification.objects.filter(kind="ticket_opened", channel="email").get().address
        == "alice@example.com"
    )
    clock = Clock.objects.get(subject_id=ticket.pk, metric="first_response")
    assert clock.due_at == MONDAY_8 + timedelta(hours=24)


def test_what_is_missing_is_said_at_its_field_and_the_rest_kept(desk_of, write):
    answer = write(desk_of("360dialog"), email="nobody", body="")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_email_error"' in page and 'id="id_body_error"' in page and 'value="Nina Nova"' in page
    assert write(desk_of("360dialog"), email="5511@phone.invalid").status_code == 422
    assert not Ticket.objects.exists()


def test_a_form_sent_twice_is_one_ticket(desk_of, write):
    for _ in range(2):
        assert write(desk_of("360dialog")).status_code == 302
    assert Ticket.objects.count() == 1


def test_it_is_no_way_to_flood_an_address(desk_of, write):
    answers = [write(desk_of("360dialog"), key=f"{n:032x}").status_code for n in range(6)]
    assert answers == [302] * 5 + [429]


def test_zp01_where_the_portal_is_the_only_channel_the_form_points_there(desk_of, write):
    answer = write(desk_of("z-pro"), topic="question")
    assert "We opened no ticket for this" in answer.content.decode()
    assert not Ticket.objects.exists() and Contact.objects.get().channel == "form"


def test_zp01_the_form_points_elsewhere_before_anything_is_typed(desk_of, client_for):
    visitor = client_for(desk_of("z-pro"))
    page = visitor.get("/contact/", headers={"Accept-Language": "en"}).content.decode()
    assert "Support is given on the portal only." in page
    assert "<textarea" not in page and "What is it about?" not in page
    assert "/account/register/" in page and "/tickets/new/" in page
    assert "/contact/" not in visitor.get("/").content.decode()


def test_a_desk_without_a_contact_form_has_none(desk_of, client_for, write):
    tenant = desk_of("tour")
    assert client_for(tenant).get("/contact/").status_code == 404
    assert write(tenant).status_code == 404


def test_topics_first_and_who_is_signed_in_asks_in_the_portal(desk_of, client_for, person, write):
    tenant = desk_of("360dialog")
    assert "What is it about?" in client_for(tenant).get("/contact/").content.decode()
    assert client_for(tenant, person("alice")).get("/contact/").url == "/tickets/new/"
    assert "/contact/" in client_for(tenant).get("/").content.decode()
    assert User.objects.filter(email__endswith=".invalid").count() == 0
