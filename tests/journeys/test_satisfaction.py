"""What comes of a ticket: rated by the mail's link, expected by a moment, updated on time, closed, and continued in another.

Each walk enters by page or mail and waits for what the real worker does. Moments below are worked out by hand.
"""

from datetime import timedelta

import pytest

from tests.journeys.live import until, utc

pytestmark = pytest.mark.journey

MONDAY_8 = utc(2027, 7, 12, 15)  # 08:00 in Los Angeles (UTC-7)
LATER = utc(2027, 9, 6, 15)  # after every other walk at Zoom: what is published then holds for none of them
WEDNESDAY = utc(2027, 3, 10, 12)  # 13:00 in Berlin (UTC+1)
WHAT = {"topic": "account", "field_what_happens": "Nobody can sign in."}
MAJOR = {"topic": "other", "field_impact": "One of us cannot work."}


def test_zm06_the_mail_with_the_solution_leads_to_a_rating_which_both_sides_see(live):
    live.travel_to(MONDAY_8)
    alice, bob = live.visitor("zoom", "alice"), live.visitor("zoom", "bob")
    number = alice.ask("Sign-in fails", priority="3", **WHAT)
    bob.answer(number, "We are looking at it.")
    live.mail.wait_for("alice", "We are looking at it.")
    bob.change(number, "resolution", solution="The directory was renewed.")
    mail = live.mail.wait_for("alice", f"Request #{number} is resolved")
    assert "The directory was renewed." in mail.text and "How satisfied are you with our help?" in mail.text
    link = mail.link("/rating/")

    scanner = live.visitor("zoom").open(link)  # without signing in; a mail scanner follows it, too
    assert scanner.status == 200 and "Change my answer" not in scanner.text
    assert "Satisfaction Asked, no answer yet." in bob.open(f"/desk/tickets/{number}/").text
    guest = live.visitor("zoom").open(link)
    guest.submit(comment="No score yet")
    assert guest.status == 422 and "Choose one of the five." in guest.text
    assert guest.hidden("comment") == "No score yet"
    guest.submit(score="2", comment="It took two days.")
    assert "Thank you: your answer has arrived." in guest.text
    told = f"2 of 5 (bad) for #{number}: Sign-in fails"
    until(lambda: told in bob.open("/notices/").text, "the owner is told in the app")

    live.travel_to(MONDAY_8 + timedelta(days=13))
    live.visitor("zoom").open(link).submit(score="4", comment="Two days, but it works.")
    for page in (alice.open(f"/tickets/{number}/"), bob.open(f"/desk/tickets/{number}/")):
        assert "●●●●○ Good (4 of 5)" in page.text and "Two days, but it works." in page.text
    live.travel_to(MONDAY_8 + timedelta(days=15))  # after 14 days it stays as it is
    late = live.visitor("zoom").open(link)
    assert "Your answer" in late.text and "score" not in str([f.names for f in late.page.forms])
    [[score, comment, agent, team]] = live.sql(
        """SELECT r.score, r.comment, u.email, m.key FROM satisfaction_rating r JOIN people_user u ON u.id = r.agent_id
           JOIN tickets_ticket t ON t.id = r.ticket_id LEFT JOIN customers_team m ON m.id = r.team_id
           WHERE t.number = %s""",
        [number],
        tenant="zoom",
    )
    assert (score, comment, agent, team) == (4, "Two days, but it works.", "bob@example.com", "support")


def test_zm06_an_admin_turns_the_question_off_and_the_policy_page_says_so(live):
    live.travel_to(LATER)
    said = "With the solution we ask how satisfied you are"
    assert said in live.visitor("zoom").open("/policy/").text
    assert said not in live.visitor("tour").open("/policy/").text
    dora = live.visitor("zoom", "dora")
    publish(dora, asks_rating="false")
    try:
        live.travel_to(LATER + timedelta(minutes=1))
        until(lambda: said not in live.visitor("zoom").open("/policy/").text, "the page follows the policy")
        alice, bob = live.visitor("zoom", "alice"), live.visitor("zoom", "bob")
        number = alice.ask("Nobody asks me", priority="3", **WHAT)
        bob.change(number, "resolution", solution="It was the cable.")
        mail = live.mail.wait_for("alice", f"Request #{number} is resolved")
        assert (
            "It was the cable." in mail.text
            and "How satisfied" not in mail.text
            and "/rating/" not in mail.text
        )
    finally:
        publish(dora, asks_rating="on")
    live.travel_to(LATER + timedelta(minutes=2))
    until(lambda: said in live.visitor("zoom").open("/policy/").text, "it is asked again")


def publish(dora, **changed):
    """An admin changes the general settings of the draft, and publishes what the preview shows."""
    dora.open("/admin/policies/general/1/change/")
    dora.submit("/change/", languages=["pt-br", "en"], **changed)
    dora.open("/admin/policy/publication/")
    dora.submit("/publication/", revision=dora.hidden("revision"))
    assert "Published as version" in dora.text, dora.text


def test_td11_updates_are_due_by_priority_reminded_and_restarted_by_each_public_message(live):
    live.travel_to(WEDNESDAY)
    alice, bob = live.visitor("360dialog", "alice"), live.visitor("360dialog", "bob")
    number = alice.ask("Hub is slow", "The hub shows an old value.", **MAJOR)
    bob.change(number, "triage", priority="1")
    live.travel_to(WEDNESDAY + timedelta(hours=1))
    bob.answer(number, "Found it.", finished="on", finding="The cache is full.")
    live.mail.wait_for("alice", "Found it.")
    # Critical: an update every 4 hours, from 14:00 on due at 18:00; the warning at 75 %, 17:00.
    live.travel_to(WEDNESDAY + timedelta(hours=4, minutes=1))
    near = live.mail.wait_for("bob", f"Deadline near for #{number} (regular update)")
    assert "18:00" in near.text
    bob.answer(number, "Still cleaning the cache.")  # 17:01: the next one is due at 21:01
    live.mail.wait_for("alice", "Still cleaning the cache.")
    live.travel_to(WEDNESDAY + timedelta(hours=6))  # 19:00: the one of 18:00 was given
    assert "21:0" in bob.open(f"/desk/tickets/{number}/clocks/periodic_update/").text
    assert not live.mail.to("bob", f"Deadline missed for #{number} (regular update)")
    live.travel_to(WEDNESDAY + timedelta(hours=8, minutes=3))  # 21:03
    live.mail.wait_for("bob", f"Deadline missed for #{number} (regular update)")


def test_td11_a_changed_expected_time_is_told_at_once_with_the_reason(live):
    live.travel_to(WEDNESDAY)
    alice, bob = live.visitor("360dialog", "alice"), live.visitor("360dialog", "bob")
    number = alice.ask("Number is blocked", "It does not send.", **MAJOR)
    bob.change(number, "expectation", expected_at="2027-03-11T10:00")
    first = live.mail.wait_for("alice", f"When we expect to solve request #{number}")
    assert "11 March 2027, 10:00" in first.text and "Before" not in first.text
    assert "We expect to solve it by tomorrow 10:00." in alice.open(f"/tickets/{number}/").text
    bob.change(number, "expectation", expected_at="2027-03-12T16:00")
    assert bob.status == 422 and "Say why it changes" in bob.text
    bob.submit(f"/{number}/expectation/", expected_at="2027-03-12T16:00", because="A part must be replaced.")
    second = live.mail.wait_for("alice", f"When we expect to solve request #{number}", count=2)
    assert "12 March 2027, 16:00" in second.text and "11 March 2027, 10:00" in second.text
    assert "A part must be replaced." in second.text
    for page in (alice.open(f"/tickets/{number}/"), bob.open(f"/desk/tickets/{number}/")):
        assert "A part must be replaced." in page.text


def test_td12_a_resolved_ticket_is_summed_up_rated_and_closed(live):
    live.travel_to(WEDNESDAY)
    alice, bob = live.visitor("360dialog", "alice"), live.visitor("360dialog", "bob")
    number = alice.ask("Template rejected", "The API answers 400.", **MAJOR)
    bob.change(number, "resolution", solution="")
    assert bob.status == 422, "it needs a written solution"
    bob.change(number, "resolution", solution="The template had a line too many.")
    mail = live.mail.wait_for("alice", f"Request #{number} is resolved")
    # 72 hours after Wednesday 13:00.
    assert "The template had a line too many." in mail.text and "Saturday, 13 March 2027, 13:0" in mail.text
    live.visitor("360dialog").open(mail.link("/rating/")).submit(score="5", comment="")
    assert "Otherwise it closes by itself" in alice.open(f"/tickets/{number}/").text
    live.travel_to(WEDNESDAY + timedelta(hours=72, minutes=3))
    until(
        lambda: "Closed by itself: it was solved." in alice.open(f"/tickets/{number}/").text,
        "the worker closes it",
    )
    assert len(live.mail.to("alice", f"Request #{number} is")) == 1, "no second mail says that it is over"


def test_ch09_history_is_consulted_and_continued_in_a_linked_ticket(live):
    live.travel_to(utc(2027, 3, 10, 13))
    alice, bob = live.visitor("erp-chamados", "alice"), live.visitor("erp-chamados", "bob")
    number = alice.ask("Report is empty", "The report shows nothing.", topic="other")
    bob.change(number, "resolution", solution="Run the update.")
    bob.change(number, "closure")
    live.mail.wait_for("alice", "Run the update.")
    live.travel_to(utc(2027, 3, 11, 13))
    alice.open(f"/tickets/{number}/")
    assert "The report shows nothing." in alice.text and "Run the update." in alice.text
    assert alice.page.link("Continue in a new ticket") == "#answer"
    alice.reply(number, "It is empty again.")
    new = alice.number
    assert new != number and f"Continues ticket #{number}" in alice.text
    live.mail.wait_for("alice", f"#{new}: Report is empty")
    assert f"It continues in ticket #{new}." in alice.open(f"/tickets/{number}/").text
    assert f"#{number}" in bob.open(f"/desk/tickets/{new}/").text
