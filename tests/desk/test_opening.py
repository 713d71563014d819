"""A ticket for a caller (CH03, CH07): found or made known, asked the topic's questions, told a number or why not."""

import pytest

from notifications.models import Notification
from policies.publishing import policy_of, version_in_force
from tenants.customers.models import Company, Membership
from tenants.moment import now
from tenants.people.models import User
from tickets.desk.callers import find_callers
from tickets.models import Contact, Message, Ticket

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.mark.parametrize("text", ["alice", "ALICE@example", "98888", "(11) 9888", "Company canary alice"])
def test_a_caller_is_found_by_what_they_say(tenant_a, person, text):
    User.objects.filter(email="alice@example.com").update(phone="+55 11 98888-7777")
    assert person("alice") in find_callers(text)


@pytest.mark.parametrize("text", ["bob", "zzz", "alice frank", "", "%%%"])
def test_who_is_not_a_customer_is_not_found(tenant_a, text):
    assert find_callers(text) == []


def test_the_search_works_with_and_without_javascript(desk):
    page = desk.get("/desk/new/", {"caller": "alice"})
    assert b"alice@example.com" in page.content
    fragment = desk.get("/desk/new/callers/", {"caller": "alice"}, **HTMX)
    assert b"alice@example.com" in fragment.content
    assert b"<html" not in fragment.content
    assert b"Nobody is known by" in desk.get("/desk/new/callers/", {"caller": "zzz"}, **HTMX).content


def test_somebody_new_becomes_a_customer_of_a_company(desk):
    company = Company.objects.first()
    form = {"name": "Nina New", "email": "Nina@Example.com", "phone": "11 5555-0000", "company": company.pk}
    answer = desk.post("/desk/new/person/", form)
    nina = User.objects.get(email="nina@example.com")
    assert answer.url == f"/desk/new/?requester={nina.pk}"
    assert (nina.role, Membership.objects.get(person=nina).company) == ("customer", company)
    assert not nina.has_usable_password()
    again = desk.post("/desk/new/person/", form)
    assert again.status_code == 422
    assert again.context["form"].errors["email"]


def test_CH03_CH07_the_analyst_opens_by_telephone_and_the_caller_gets_the_confirmation(
    desk_of, person, client_for
):
    tenant = desk_of("erp-chamados")
    alice, policy = person("alice"), policy_of(version_in_force(now()))
    topic = next(topic for topic in policy.topics if topic.fields)
    desk = client_for(tenant, person("bob"))
    form = {
        "requester": alice.pk,
        "channel": "phone",
        "topic": topic.key,
        "summary": "It does not print",
        "body": "Since today.",
        "key": "call-1",
    }
    answers = (
        {f"field_{topic.fields[0].key}": "an answer"} if topic.fields[0].kind in ("text", "textarea") else {}
    )

    asked = desk.post("/desk/new/", form | {"ask": "1"}, **HTMX)
    assert len(asked.context["form"].questions) == len(topic.fields)
    assert asked.context["form"]["summary"].value() == "It does not print"
    assert Ticket.objects.count() == 0

    for _ in range(2):
        page = desk.post("/desk/new/", form | answers)
    ticket = Ticket.objects.get()
    assert f"#{ticket.number}" in page.content.decode()
    assert (ticket.requester, ticket.channel, ticket.topic) == (alice, "phone", topic.key)
    assert Message.objects.get().author == alice
    assert (
        Notification.objects.filter(kind="ticket_opened", address=alice.email, channel="email").count() == 1
    )


def test_ZP01_another_channel_gives_no_ticket_and_the_page_says_why(desk, person):
    form = {"requester": person("alice").pk, "channel": "phone", "summary": "Help", "body": "By phone."}
    page = desk.post("/desk/new/", form)
    assert b"No ticket was opened" in page.content
    assert page.context["told"]
    assert (Ticket.objects.count(), Contact.objects.count()) == (0, 1)
    contacts = desk.get("/desk/contacts/")
    assert b"alice@example.com" in contacts.content
    assert contacts.context["rows"][0]["because"]


def test_what_is_missing_is_said_at_the_field_and_the_rest_is_kept(desk, person):
    form = {
        "requester": person("alice").pk,
        "channel": "portal",
        "summary": "",
        "body": "Carefully typed.",
        "copies": "nonsense",
    }
    page = desk.post("/desk/new/", form)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"summary", "copies"}
    assert b"Carefully typed." in page.content


def test_without_a_caller_one_is_looked_for(desk, bob):
    for requester in ("", "x", "0", str(bob.pk), "9" * 30):
        assert b"Who is calling?" in desk.get("/desk/new/", {"requester": requester}).content


def test_no_contacts_in_words(desk):
    assert b"Every contact became a ticket" in desk.get("/desk/contacts/").content
