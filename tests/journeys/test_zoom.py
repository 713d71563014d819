"""Zoom: open round the clock; the customer is told that an adequate request is registered, sooner by plan and priority.

The wall clock is Los Angeles', in July 2027 seven hours behind UTC. Moments below are worked out by hand.
"""

import tomllib
from datetime import timedelta

import pytest

from tests.journeys.live import ROOT, until, utc

pytestmark = pytest.mark.journey

TENANT = "zoom"
WHAT = {"topic": "account", "field_what_happens": "Nobody can sign in."}
# Monday 5 July 2027, 03:00 in Los Angeles: the day on which the United States observe Independence Day.
HOLIDAY_3 = utc(2027, 7, 5, 10)
SATURDAY_10 = utc(2027, 7, 10, 17)
SUNDAY_7 = utc(2027, 7, 11, 14)
MONDAY_8 = utc(2027, 7, 12, 15)


def clock_page(visitor, number, metric):
    return visitor.open(f"/desk/tickets/{number}/clocks/{metric}/").text


# --- hours and priorities


@pytest.mark.parametrize("channel", ["email", "chat"])
def test_zm01_by_email_or_live_at_night_on_a_public_holiday(live, channel):
    live.travel_to(HOLIDAY_3)
    bob = live.visitor(TENANT, "bob")
    summary = f"Sign-in on the holiday by {channel}"
    number = bob.open_for("alice", summary, channel=channel, **WHAT)
    # Priority 3, plan Pro: 24 elapsed hours -> Tuesday 6 July, 03:00, in the middle of the night.
    assert "Tuesday 6 July, 03:00" in live.mail.wait_for("alice", summary).text
    page = clock_page(bob, number, "acknowledgement")
    assert "Counted around the clock." in page
    assert "Tuesday 6 July, 03:00" in page


def test_zm02_each_priority_is_explained_with_examples_where_it_is_chosen(live):
    live.travel_to(HOLIDAY_3)
    page = live.visitor(TENANT, "alice").open("/tickets/new/?topic=account").text
    policy = tomllib.loads((ROOT / "policies" / "packs" / "zoom.toml").read_text())
    assert [p["name"]["en"] for p in policy["priorities"]] == ["Urgent", "High", "Normal", "Low"]
    for priority in policy["priorities"]:
        for text in (priority["name"], priority["definition"], *priority["examples"]):
            assert text["en"] in page


def test_zm03_another_priority_in_mid_ticket_keeps_the_time_consumed(live):
    live.travel_to(SATURDAY_10)
    with live.mail.closed():  # the confirmation cannot be delivered, so its clock runs
        number = live.visitor(TENANT, "alice").ask("Recording is slow", priority="3", **WHAT)
        bob = live.visitor(TENANT, "bob")
        # 24 elapsed hours, over the weekend.
        assert "Sunday 11 July, 10:00" in clock_page(bob, number, "acknowledgement")
        live.travel_to(SATURDAY_10 + timedelta(minutes=30))
        bob.change(number, "triage", priority="1")
        # Priority 1 has 1 hour, of which half an hour is consumed -> 11:00.
        page = clock_page(bob, number, "acknowledgement")
        assert "That makes it due on Saturday 10 July, 11:00." in page
        assert "The target changed on Saturday 10 July, 10:30" in page
        live.travel_to(SATURDAY_10 + timedelta(minutes=61))
        until(lambda: "#" + str(number) in bob.open("/notices/").text, "the breach is told at the desk")


def test_zm03_work_on_priorities_2_to_4_is_measured_in_business_hours_on_1_round_the_clock(live):
    live.travel_to(SATURDAY_10)
    alice, bob = live.visitor(TENANT, "alice"), live.visitor(TENANT, "bob")
    numbers = {p: alice.ask(f"Work on priority {p}", priority=p, **WHAT) for p in "1234"}
    for priority, number in numbers.items():
        assert "Counted around the clock." in clock_page(bob, number, "acknowledgement")
        page = clock_page(bob, number, "resolution")
        if priority == "1":
            assert "Counted around the clock." in page
        else:
            assert "Counted in the hours “Business hours” (America/Los_Angeles)." in page
    # Monday 11:05: since Saturday 10:00 there were 2 business hours (09:00-18:00) and 49 elapsed ones, and five minutes.
    live.travel_to(utc(2027, 7, 12, 18, 5))
    bob.change(numbers["3"], "resolution", solution="Solved.")
    assert "Counted so far: 2 hours" in clock_page(bob, numbers["3"], "resolution")
    bob.change(numbers["1"], "resolution", solution="Solved.")
    assert "Counted so far: 49 hours" in clock_page(bob, numbers["1"], "resolution")


# --- targets

DUE_AFTER = {"1 h": "Sunday 11 July, 08:00", "4 h": "Sunday 11 July, 11:00", "24 h": "Monday 12 July, 07:00"}
PAID = ("1 h", "4 h", "24 h", "24 h")  # by priority
TARGETS = {"pro": PAID, "business": PAID, "api": PAID, "education": PAID, "free": ("24 h",) * 4}


def on_plan(live, company, plan):
    """An admin puts company 1 (Alice's) or 2 (Frank's) on a plan."""
    dora = live.visitor(TENANT, "dora")
    dora.open(f"/admin/customers/company/{company}/change/")
    dora.submit(plan=plan)
    assert "was changed successfully" in dora.text


@pytest.mark.parametrize("plan", TARGETS)
def test_zm04_target_by_plan_and_priority(live, plan):
    live.travel_to(SUNDAY_7)
    on_plan(live, 1, plan)
    alice = live.visitor(TENANT, "alice")
    for priority, target in zip("1234", TARGETS[plan], strict=True):
        summary = f"Plan {plan}, priority {priority}"
        alice.ask(summary, priority=priority, **WHAT)
        assert DUE_AFTER[target] in live.mail.wait_for("alice", summary).text, summary
    on_plan(live, 1, "pro")


def test_zm04_what_is_not_confirmed_is_breached_at_its_own_hour(live):
    live.travel_to(SUNDAY_7)
    on_plan(live, 1, "pro")
    on_plan(live, 2, "free")
    bob = live.visitor(TENANT, "bob")
    with live.mail.closed():
        tickets = {}
        for name in ("alice", "frank"):
            visitor = live.visitor(TENANT, name)
            for priority in "1234":
                tickets[name, priority] = visitor.ask("Unconfirmed", priority=priority, **WHAT)

        def breached():
            page = bob.open("/desk/?view=breached").html
            return {who for who, number in tickets.items() if f"/desk/tickets/{number}/" in page}

        assert breached() == set()
        live.travel_to(SUNDAY_7 + timedelta(hours=1, minutes=1))
        until(lambda: breached() == {("alice", "1")}, "only Pro's priority 1 has 1 hour")
        live.travel_to(SUNDAY_7 + timedelta(hours=4, minutes=1))
        until(lambda: breached() == {("alice", "1"), ("alice", "2")}, "only Pro's priority 2 has 4 hours")
        live.travel_to(SUNDAY_7 + timedelta(hours=24, minutes=1))
        until(lambda: breached() == set(tickets), "the others have 24 hours")


# --- what starts and what meets the response


def breaches_of(live, number):
    return live.sql(
        """SELECT b.due_at, b.breached_at FROM sla_breach b JOIN tickets_ticket t ON t.id = b.subject_id
           WHERE t.number = %s""",
        [number],
        tenant=TENANT,
    )


def test_zm05_the_response_is_met_by_delivery_not_by_queueing(live):
    live.travel_to(MONDAY_8)
    alice = live.visitor(TENANT, "alice")
    with live.mail.closed():
        number = alice.ask("Nobody can join", priority="1", **WHAT)
        assert "We confirm that we have it by" in alice.text
        # One hour: due 09:00. The mail server has been shut for 61 minutes.
        live.travel_to(MONDAY_8 + timedelta(minutes=61))
        carol = live.visitor(TENANT, "carol")
        until(lambda: f"#{number}" in carol.open("/notices/").text, "staff hear in the app")
        assert "We are late, and we are sorry" in alice.open(f"/tickets/{number}/").text
        [[due_at, breached_at]] = until(lambda: breaches_of(live, number), "the breach is in the ledger")
        [[opened_at]] = live.sql(
            "SELECT opened_at FROM tickets_ticket WHERE number = %s", [number], tenant=TENANT
        )
        assert due_at == breached_at == opened_at + timedelta(hours=1)
    assert not live.mail.to("alice", f"#{number}")
    live.travel_to(MONDAY_8 + timedelta(hours=3))  # later than any attempt was put off to
    live.mail.wait_for("alice", f"We have your request #{number}")
    live.mail.wait_for("carol", f"#{number}")
    live.mail.wait_for("dora", f"#{number}")  # a breach of the urgent ones goes to the admins, too
    bob = live.visitor(TENANT, "bob")
    until(
        lambda: "met late" in bob.open(f"/desk/tickets/{number}/").text, "the delivery has met the response"
    )


def test_zm05_an_inadequate_request_starts_its_clock_when_it_is_completed(live):
    live.travel_to(MONDAY_8)
    alice, bob = live.visitor(TENANT, "alice"), live.visitor(TENANT, "bob")
    number = alice.ask("It does not work", priority="2", **WHAT)
    live.mail.wait_for("alice", f"We have your request #{number}")
    bob.change(number, "completeness", missing="")
    assert "Say what the customer still has to send." in bob.text
    bob.change(number, "completeness", missing="The address of the person who cannot sign in.")
    asked = live.mail.wait_for("alice", "we still need")
    assert "The address of the person who cannot sign in." in asked.text
    assert "We need something more from you" in alice.open(f"/tickets/{number}/").text
    live.travel_to(MONDAY_8 + timedelta(hours=3))
    alice.reply(number, "It is ana@example.org.")
    # Priority 2 has 4 hours, from 11:00 on -> 15:00.
    told = live.mail.wait_for("alice", f"We have your request #{number}", count=2)
    assert "Monday 12 July, 15:00" in told.text


def test_zm05_a_request_without_a_required_field_is_not_adequate(live):
    live.travel_to(MONDAY_8)
    alice, bob = live.visitor(TENANT, "alice"), live.visitor(TENANT, "bob")
    alice.open("/tickets/new/?topic=account")
    alice.submit("/tickets/new/", summary="Half a request", body="Typed once", priority="2")
    assert alice.status == 422
    assert "We need this to help you." in alice.text
    assert alice.hidden("body") == "Typed once"

    number = bob.open_for("alice", "Half a call", topic="account", priority="2")
    mail = live.mail.wait_for("alice", "we still need")
    assert "What happens" in mail.text
    assert "Our target" not in live.mail.wait_for("alice", f"We have your request #{number}").text
    live.travel_to(MONDAY_8 + timedelta(hours=1))
    alice.reply(number, "The sign-in page stays empty.")
    # 4 hours from 09:00 on -> 13:00.
    assert (
        "Monday 12 July, 13:00"
        in live.mail.wait_for("alice", f"We have your request #{number}", count=2).text
    )


# --- other services

SERVICES = {  # topic: the rule's sentence, the team, and the words that alone are enough
    "training": ("Training is a service of its own", "Treinamento", "We want a training for our team."),
    "consulting": ("Consulting is a service of its own", "Consultoria", "We are looking for a consultant."),
    "branding": ("Branding is a service of its own", "Personalização da marca", "Customize Zoom with our logo."),
    "implementation": ("Implementation is a service of its own", "Implementação", "We want an implementation of Rooms."),
    "custom-solutions": ("Custom solutions are a service of their own", "Solução personalizada", "A custom solution for us."),
    "development": ("Development is a service of its own", "Desenvolvimento", "Can you develop an integration for us?"),
}  # fmt: skip


@pytest.mark.parametrize("service", SERVICES)
def test_zm07_another_service_goes_to_its_own_contact_and_gets_no_clock(live, service):
    live.travel_to(MONDAY_8)
    sentence, team, words = SERVICES[service]
    told = f"{sentence}: we pass your request to "
    contact = f"{service}@services.zoom.example"
    alice, bob = live.visitor(TENANT, "alice"), live.visitor(TENANT, "bob")
    by_topic = alice.ask(f"Offer for {service}", topic=service, field_need="For ten people.")
    assert "This is not part of our support" in alice.text and told in alice.text and contact in alice.text
    by_words = alice.ask(f"Our wish ({service})", words, **WHAT)
    for number in (by_topic, by_words):
        mail = live.mail.wait_for("alice", f"#{number}: ")
        assert told in " ".join(mail.text.split()) and contact in mail.text
        assert "Our target" not in mail.text
        page = bob.open(f"/desk/tickets/{number}/").text
        assert "Another service" in page and f"Team {team}" in page
        assert "No promise in time was made for this ticket." in page
    clocks = live.sql(
        """SELECT c.metric FROM sla_clock c JOIN tickets_ticket t ON t.id = c.subject_id
           WHERE t.number IN (%s, %s)""",
        [by_topic, by_words],
        tenant=TENANT,
    )
    assert clocks == []
