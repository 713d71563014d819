"""The rows of the policy that a chat must keep: TD01, TD04, TD05, TD09, TD13."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from notifications import outbox
from sla.models import Clock
from tenants.customers.models import Company, Desk
from tenants.people.models import User
from tests.chat.conftest import WEDNESDAY, Widget, switch_on
from tickets import lifecycle, tasks
from tickets.chat import thread, transcript
from tickets.chat.models import Chat
from tickets.models import Contact, Message, Ticket


def clocks(ticket, metric):
    return list(Clock.objects.filter(subject_id=ticket.pk, metric=metric))


# --- TD01: for customers who have it enabled


@pytest.mark.parametrize(
    ("settings", "may"),
    [
        ({}, True),
        ({"audience": "chosen", "plans": ["premium"]}, True),
        ({"audience": "chosen", "plans": ["regular"]}, False),
        ({"audience": "chosen", "plans": []}, False),
        ({"is_on": False}, False),
    ],
)
def test_td01_the_chat_is_for_customers_who_have_it_enabled(desk, client_for, person, settings, may):
    switch_on(**settings)  # Alice's company is on Premium
    client = client_for(desk, person("alice"))
    assert ("data-chat-launcher" in client.get("/").content.decode()) is may
    page = client.get("/chat/").content.decode()
    assert ("data-token" in page) is may
    if not may:
        assert "support@360dialog.example" in page, "pointed to the doors that are open"


def test_td01_a_company_may_have_it_enabled_whatever_its_plan(desk, client_for, person):
    settings = switch_on(audience="chosen", plans=[])
    settings.companies.add(Company.objects.get(name="Company 360dialog"))
    assert "data-token" in client_for(desk, person("alice")).get("/chat/").content.decode()
    assert "data-token" not in client_for(desk, person("frank")).get("/chat/").content.decode()


def test_td01_who_writes_all_the_same_opens_no_ticket_and_the_contact_is_noted(desk, widget):
    alice = widget("alice")
    switch_on(audience="chosen", plans=["regular"])  # taken away while her page was open
    answer = alice.say("Is anybody there?")
    assert answer.status_code == 403 and "another way" in answer.json()["detail"]
    assert alice.say("Is anybody there?", key="key-again-1").status_code == 403
    assert not Ticket.objects.exists() and not Chat.objects.exists()
    contacts = Contact.objects.values_list("address", "outcome")
    assert set(contacts) == {("alice@example.com", "wrong_channel")}


def test_td01_where_the_policy_opens_no_ticket_by_chat_the_room_points_to_the_portal(
    tenant_a, client_for, person, at
):
    switch_on()  # Z-PRO's policy: the portal is the only door (ZP01)
    page = client_for(tenant_a, person("alice")).get("/chat/").content.decode()
    assert "data-token" not in page and "Support is given on the portal only." in page


def test_td01_a_visitor_is_asked_to_sign_in_where_only_customers_chat(desk, client_for):
    switch_on(visitors=False)
    page = client_for(desk).get("/chat/").content.decode()
    assert "data-token" not in page and "Sign in to chat with us" in page


# --- TD09: an id, and an instant answer


def test_td09_a_chat_has_an_id_and_is_answered_at_once(widget):
    answer = widget("alice").say("The hub shows an old value.\nSince this morning.")
    ticket = Ticket.objects.get()
    state = answer.json()
    assert answer.status_code == 201
    assert state["number"] == f"C-{ticket.number}"
    said, instant = state["entries"]
    assert (said["kind"], instant["kind"]) == ("customer", "system")
    assert f"C-{ticket.number}" in instant["html"]
    # Premium: 30 minutes, 13:30 in Berlin.
    assert "Our target for the first response: Wednesday 10 March, 13:30 (Europe/Berlin)." in instant["html"]
    assert "alice@example.com" in instant["html"]
    assert ticket.summary == "The hub shows an old value." and ticket.channel == "chat"


def test_td09_the_instant_answer_is_in_the_customers_language(widget, person):
    alice = person("alice")
    alice.language = "pt-br"
    alice.save(update_fields=["language"])
    widget("alice").say("O painel mostra um valor antigo.")
    instant = Message.objects.get(kind="system").body
    assert "Nossa meta para primeira resposta: quarta-feira, 10 de março, 13:30" in instant
    assert "Obrigado" in instant


def test_td09_the_instant_answer_gives_moments_by_the_customers_clock(widget, person):
    User.objects.filter(pk=person("alice").pk).update(timezone="America/New_York")
    widget("alice").say("The hub shows an old value.")
    # 12:30 UTC; in New York summer time begins on 14 March, so it is five hours behind: 07:30.
    body = Message.objects.get(kind="system").body
    assert "first response: Wednesday 10 March, 07:30 (America/New_York)." in body and "Berlin" not in body


def test_td09_a_visitor_whose_clock_nobody_knows_gets_the_desks(widget):
    Desk.objects.update(timezone="Europe/Lisbon")
    widget().say("The hub shows an old value.", name="Rui", email="rui@partner.example")
    # Before summer time Lisbon is as UTC. A visitor is of no company: the first plan's 24 hours count.
    body = Message.objects.get(kind="system").body
    assert "Thursday 11 March, 12:00 (Europe/Lisbon)." in body


# --- TD04, TD05: the same clocks as every ticket of the plan


@pytest.mark.parametrize(
    ("plan", "due"),
    [("basic", timedelta(hours=24)), ("regular", timedelta(hours=4)), ("premium", timedelta(minutes=30))],
)
def test_td04_first_response_by_plan_in_a_chat(widget, plan, due):
    Company.objects.filter(name="Company 360dialog").update(plan=plan)
    widget("alice").say("The webhook is silent.")
    [clock] = clocks(Ticket.objects.get(), "first_response")
    assert clock.due_at == WEDNESDAY + due


def test_td05_neither_the_instant_answer_nor_a_soothing_one_is_a_first_response(widget, bob, person):
    alice = widget("alice")
    alice.say("Value differs")
    ticket = Ticket.objects.get()
    [clock] = clocks(ticket, "first_response")
    assert clock.status == "running", "the instant answer fulfils nothing"
    lifecycle.reply(ticket, author=person("bob"), body="One moment.", at=WEDNESDAY)
    assert clocks(ticket, "first_response")[0].status == "running"
    lifecycle.reply(
        ticket, author=person("bob"), body="The cache.", finding="The hub cached it.", at=WEDNESDAY
    )
    assert clocks(ticket, "first_response")[0].status == "fulfilled"
    last = Message.objects.filter(ticket=ticket).latest("id")
    assert "The hub cached it." in thread.entry(last, ticket, WEDNESDAY)["html"], "the customer reads it"
    assert "The hub cached it." in transcript.in_words([last], "en", UTC)


# --- ZM01: live, at every hour


def test_zm01_live_at_night_on_a_public_holiday(desk_of, client_for, person, at):
    tenant = desk_of("zoom")
    switch_on()
    # Monday 5 July 2027, 03:00 in Los Angeles (UTC-7): the day on which the United States observe Independence Day.
    at(datetime(2027, 7, 5, 10, tzinfo=UTC))
    said = Widget(client_for(tenant, person("alice"))).say("Nobody can join since midnight.").json()
    # Priority 3, plan Pro: 24 hours by the clock.
    assert "Tuesday 6 July, 03:00 (America/Los_Angeles)" in said["entries"][-1]["html"]


# --- TD13: 48 hours of silence


def test_td13_a_chat_that_waits_for_the_customer_closes_and_the_widget_says_so(widget, person, at):
    alice = widget("alice")
    alice.say("Which template?")
    ticket = Ticket.objects.get()
    lifecycle.reply(ticket, author=person("bob"), body="Which one do you mean?", at=WEDNESDAY, wait=True)
    assert not clocks(ticket, "silence"), "she has not seen it yet"
    shown = alice.thread().json()
    alice.signs(seen=shown["entries"][-1]["id"])
    [silence] = clocks(ticket, "silence")
    assert silence.due_at == WEDNESDAY + timedelta(hours=48)
    assert "closes by itself Fri 12 Mar, 13:00" in alice.thread().json()["standing"]

    closes_at = WEDNESDAY + timedelta(hours=48, seconds=1)  # more than 48 hours
    for moment in (WEDNESDAY + timedelta(hours=24), closes_at):
        tasks.ring_due(moment)
    at(closes_at + timedelta(minutes=1))
    state = alice.thread().json()
    assert (state["status"], state["is_over"]) == ("closed", True)
    assert state["standing"] == "Closed, because no answer came."
    refused = alice.say("Too late?")
    assert refused.status_code == 409 and "Start a new one" in refused.json()["detail"]
    again = widget("alice")
    assert again.say("Once more").json()["number"] == f"C-{ticket.number + 1}"
    assert mail.outbox == []  # nothing is sent inside a request


# --- TD19: what breaks a promise is escalated


def test_td19_a_chat_that_nobody_answers_is_escalated_by_itself(widget):
    widget("alice").say("The hub is silent.")
    ticket = Ticket.objects.get()
    for moment in (WEDNESDAY + timedelta(minutes=29), WEDNESDAY + timedelta(minutes=30, seconds=1)):
        assert not ticket.events.filter(kind="escalated").exists()  # Premium: 30 minutes, 13:30 in Berlin
        tasks.ring_due(moment)
    list(outbox.deliver(WEDNESDAY + timedelta(minutes=31)))
    for name in ("bob", "carol"):  # the team, the supervisor
        [told] = [m for m in mail.outbox if m.to == [f"{name}@example.com"] and "Escalated" in m.subject]
        assert f"#{ticket.number}" in told.subject and "Missed: first response" in told.body
