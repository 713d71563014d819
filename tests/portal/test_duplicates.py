"""Is it one of these? Before a ticket is made, in the portal and at the desk (TD16). 360dialog's policy has it on."""

import re
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenants.customers.models import Company
from tickets import lifecycle
from tickets.models import Message, Ticket

WEDNESDAY = datetime(2027, 3, 10, 12, tzinfo=UTC)
KEY = "0123456789abcdef0123456789abcdef"


def typed(**more):
    return {
        "topic": "other",
        "summary": "Webhook stopped delivering",
        "body": "Since this morning our webhook receives nothing.",
        "field_impact": "One of us cannot work.",
        "priority": "3",
        "key": KEY,
    } | more


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def there(desk_of, person, at):
    """Alice has told us of it already; the portal is asked on a Wednesday."""
    tenant = desk_of("360dialog")
    at(WEDNESDAY)
    ticket = lifecycle.open_ticket(
        requester=person("alice"), summary="The webhook stopped delivering messages", body="Nothing since 9.",
        at=WEDNESDAY,
    ).ticket  # fmt: skip
    return tenant, ticket


def test_td16_a_likely_duplicate_is_shown_before_it_is_created_and_nothing_typed_is_lost(
    there, client_for, person
):
    tenant, ticket = there
    alice = client_for(tenant, person("alice"))
    answer = alice.post("/tickets/new/", typed(copies="ann@example.com"))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Is it one of these?" in page and f'href="/tickets/{ticket.number}/"' in page
    for kept in (
        "Webhook stopped delivering",
        "receives nothing",
        "One of us cannot work.",
        "ann@example.com",
        KEY,
    ):
        assert kept in page
    assert f'<input type="hidden" name="seen" value="{ticket.number}">' in page
    assert Ticket.objects.count() == 1


def test_td16_sent_again_it_opens_a_new_one(there, client_for, person):
    tenant, ticket = there
    alice = client_for(tenant, person("alice"))
    answer = alice.post("/tickets/new/", typed(seen=str(ticket.number), is_new="1"))
    assert answer.url == "/tickets/2/received/"
    assert Ticket.objects.count() == 2


def test_td16_another_text_that_is_alike_is_asked_about_again(there, client_for, person):
    tenant, ticket = there
    lifecycle.open_ticket(
        requester=person("alice"), summary="Template gate_change rejected", body="Why?", at=WEDNESDAY
    )
    alice = client_for(tenant, person("alice"))
    answer = alice.post(
        "/tickets/new/",
        typed(seen=str(ticket.number), summary="Our template gate_change is rejected", body="Why?"),
    )
    assert "#2 Template gate_change rejected" in text(answer)
    assert 'name="seen" value="2,1"' in answer.content.decode()


def test_td16_added_to_that_ticket_what_was_typed_goes_on_there(there, client_for, person):
    tenant, ticket = there
    alice = client_for(tenant, person("alice"))
    log = SimpleUploadedFile("log.txt", b"no delivery", "text/plain")
    answer = alice.post(
        "/tickets/new/", typed(into=str(ticket.number), copies="ann@example.com", files=log), follow=True
    )
    assert Ticket.objects.count() == 1
    message = ticket.messages.latest("pk")
    assert (message.author, message.by_customer) == (person("alice"), True)
    for said in ("Webhook stopped delivering", "receives nothing", "One of us cannot work."):
        assert said in message.body
    assert message.attachments.get().name == "log.txt"
    assert ticket.participants.get().address == "ann@example.com"
    assert "Added to ticket #1." in text(answer)
    assert 'data-forget="new-ticket"' in answer.content.decode()
    # Sent twice it is one message.
    alice.post("/tickets/new/", typed(into=str(ticket.number)))
    assert ticket.messages.filter(by_customer=True).count() == 2


def test_td16_nobody_goes_on_in_a_ticket_that_they_may_not_open(there, client_for, person):
    tenant, ticket = there
    frank = client_for(tenant, person("frank"))
    assert frank.post("/tickets/new/", typed(into=str(ticket.number))).status_code == 404
    assert Message.objects.count() == 1


def test_td16_a_colleague_is_shown_it_where_the_company_shows_them_each_others_tickets(
    there, client_for, person
):
    tenant, ticket = there
    erin = client_for(tenant, person("erin"))
    assert erin.post("/tickets/new/", typed()).status_code == 302
    Ticket.objects.exclude(pk=ticket.pk).update(status="closed")
    Company.objects.update(members_see_each_other=True)
    answer = erin.post("/tickets/new/", typed(key="1" * 32))
    assert f"#{ticket.number} The webhook stopped" in text(answer)


@pytest.mark.parametrize("seen", ["x", "1,,2", "9" * 40, "1;2", "-1", ",".join(["1"] * 99)])
def test_whatever_stands_in_the_hidden_field_the_page_answers(there, client_for, person, seen):
    tenant, _ticket = there
    alice = client_for(tenant, person("alice"))
    assert alice.post("/tickets/new/", typed(seen=seen)).status_code in (200, 302)
    assert alice.post("/tickets/new/", typed(into=seen, key="1" * 32)).status_code in (200, 302, 404)


def test_td16_at_the_desk_the_callers_own_are_shown_before_one_is_opened_for_them(there, client_for, person):
    tenant, ticket = there
    alice, bob = person("alice"), client_for(tenant, person("bob"))
    given = {
        "requester": alice.pk, "channel": "portal", "summary": "Webhook stopped delivering messages", "body": "She calls.",
        "key": "desk-1",
    }  # fmt: skip
    answer = bob.post("/desk/new/", given)
    assert "Is it one of these?" in text(answer) and "She calls." in answer.content.decode()
    assert Ticket.objects.count() == 1
    answer = bob.post("/desk/new/", given | {"into": str(ticket.number)})
    message = ticket.messages.latest("pk")
    assert answer.url == f"/desk/tickets/{ticket.number}/#message-{message.pk}"
    assert (message.author, message.channel) == (alice, "portal")
    assert "She calls." in message.body
    # Frank's words cannot be put into Alice's company's ticket.
    other = given | {"requester": person("frank").pk, "into": str(ticket.number), "key": "desk-2"}
    assert bob.post("/desk/new/", other).status_code == 404
    bob.post("/desk/new/", given | {"seen": str(ticket.number), "is_new": "1", "key": "desk-3"})
    assert Ticket.objects.count() == 2


def test_where_the_policy_does_not_want_it_nothing_is_shown(tenant_a, person, client_for, at):
    lifecycle.open_ticket(
        requester=person("alice"), summary="Webhook stopped delivering", body="x", at=datetime(2026, 11, 23, 11, tzinfo=UTC)
    )  # fmt: skip
    alice = client_for(tenant_a, person("alice"))
    answer = alice.post(
        "/tickets/new/",
        {"topic": "question", "summary": "Webhook stopped delivering", "body": "x", "key": KEY},
    )
    assert answer.url == "/tickets/2/received/"


def test_the_public_page_says_it(desk_of, client_for, at):
    tenant = desk_of("360dialog")
    assert "One ticket per issue" in text(client_for(tenant).get("/policy/"))
