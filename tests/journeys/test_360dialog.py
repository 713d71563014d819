"""360dialog: round the clock, first response by plan, met by a finished investigation only; every breach escalates.

Alice's company is Premium (30 minutes). Berlin is UTC+1 in March 2027, and UTC+2 from Sunday 28 March, 01:00 UTC.
"""

import re
from datetime import timedelta

import pytest

from tests.journeys.live import until, utc

pytestmark = pytest.mark.journey

TENANT = "360dialog"
WEDNESDAY = utc(2027, 3, 10, 12)  # 13:00 in Berlin
META = "The problem is on Meta's side"


def ask(live, summary, body="The hub shows an old value.", topic="other", **fields):
    """Alice opens a ticket in the portal; the number, and her mail that confirms it."""
    given = {"field_impact": "One of us cannot work."} | fields
    number = live.visitor(TENANT, "alice").ask(summary, body, topic, **given)
    return number, live.mail.wait_for("alice", f"#{number}: {summary}")


def put_on_plan(live, plan, company="Company 360dialog"):
    """An administrator gives a company its plan."""
    dora = live.visitor(TENANT, "dora")
    [[key]] = live.sql("SELECT id FROM customers_company WHERE name = %s", [company], tenant=TENANT)
    dora.open(f"/admin/customers/company/{key}/change/")
    dora.submit(f"/company/{key}/change/", plan=plan)
    assert dora.path == "/admin/customers/company/", dora.text


def escalated(live, name, number, containing=""):
    return [m for m in live.mail.to(name, f"Escalated: #{number} ") if containing in m.text]


def wait_escalated(live, name, number, containing):
    until(lambda: escalated(live, name, number, containing), f"{name} hears of #{number}: {containing}")
    return escalated(live, name, number, containing)


def test_td02_td04_sunday_night_counts_like_any_other_time(live):
    # Sunday 28 March 2027, 01:45 in Berlin: a quarter of an hour before the clocks go forward. 30 minutes of real time
    # later it is 03:15 there.
    live.travel_to(utc(2027, 3, 28, 0, 45))
    number, mail = ask(live, "Webhook silent on Sunday")
    assert "Sunday 28 March, 03:15 (Europe/Berlin)" in mail.text
    live.travel_to(utc(2027, 3, 28, 1, 14))
    live.mail.wait_for("bob", f"Deadline near for #{number}")  # at 75 %: 22 min 30 s
    assert not escalated(live, "bob", number)
    live.travel_to(utc(2027, 3, 28, 1, 16, 30))
    live.mail.wait_for("bob", f"Escalated: #{number} ")


def test_td02_a_public_holiday_counts_like_any_other_day(live):
    # 25 December 2026, 23:50 in Berlin (UTC+1): due 30 minutes later, on the next holiday.
    live.travel_to(utc(2026, 12, 25, 22, 50))
    number, mail = ask(live, "Christmas night")
    assert "Saturday 26 December, 00:20 (Europe/Berlin)" in mail.text
    live.travel_to(utc(2026, 12, 25, 23, 22))
    live.mail.wait_for("carol", f"Escalated: #{number} ")


def test_td04_td06_first_response_by_plan_in_chat_and_portal_a_day_by_form_and_mail(live):
    live.travel_to(WEDNESDAY)
    bob = live.visitor(TENANT, "bob")
    a_day = "Thursday 11 March, 13:0"  # the last digit is the minute in which the test gets there
    for plan, due in (
        ("basic", a_day),
        ("regular", "Wednesday 10 March, 17:0"),
        ("premium", "Wednesday 10 March, 13:3"),
    ):
        put_on_plan(live, plan)
        live.travel_to(WEDNESDAY)
        _, mail = ask(live, f"By portal on {plan}")
        assert due in mail.text, plan
        number = bob.open_for("alice", f"By chat on {plan}", channel="chat")
        assert due in live.mail.wait_for("alice", f"#{number}: By chat on {plan}").text, plan
    for channel in ("form", "email"):  # TD06: on Premium too, whatever the plan
        number = bob.open_for("alice", f"Through the {channel}", channel=channel)
        assert a_day in live.mail.wait_for("alice", f"#{number}: Through the {channel}").text, channel


def test_td05_only_a_finished_investigation_with_a_finding_is_a_first_response(live):
    live.travel_to(WEDNESDAY)
    number, _ = ask(live, "Value differs")  # waits for the automatic confirmation to arrive
    bob = live.visitor(TENANT, "bob").open(f"/desk/tickets/{number}/")
    assert not met(bob, "First response"), "an automatic answer never meets it"
    assert "reply-finished" not in bob.form(f"/{number}/replies/").values, "the mark is off by default"
    bob.answer(number, "We are looking into it.")
    live.mail.wait_for("alice", "We are looking into it.")
    assert not met(bob.open(f"/desk/tickets/{number}/"), "First response"), (
        "nor does a reply without the mark"
    )
    bob.answer(number, "It was the cache.", finished="on")
    assert bob.status == 422
    assert "Say what the investigation found" in bob.text
    assert bob.form(f"/{number}/replies/").values["reply-body"] == "It was the cache.", (
        "the typed text is kept"
    )
    bob.answer(number, "It was the cache.", finished="on", finding="The hub cached the value for an hour.")
    assert met(bob.open(f"/desk/tickets/{number}/"), "First response")
    # 30 minutes later nothing is broken: the alarm of another ticket, opened after it, has rung by then.
    other, _ = ask(live, "Opened after it")
    live.travel_to(WEDNESDAY + timedelta(minutes=33))
    live.mail.wait_for("bob", f"Escalated: #{other} ")
    assert not escalated(live, "bob", number)


def test_td05_a_reply_without_the_mark_leaves_the_clock_to_breach(live):
    live.travel_to(WEDNESDAY)
    number, _ = ask(live, "Only soothed")
    live.visitor(TENANT, "bob").answer(number, "We have it on our list.")
    live.travel_to(WEDNESDAY + timedelta(minutes=32))  # due at 13:30
    assert "Missed: first response" in live.mail.wait_for("bob", f"Escalated: #{number} ").text


def test_td07_severities_are_described_where_they_are_chosen(live):
    live.travel_to(WEDNESDAY)
    number, _ = ask(live, "Some messages are late")
    bob = live.visitor(TENANT, "bob").open(f"/desk/tickets/{number}/triage/")
    for described in (
        "Critical",
        "very high impact",
        "Major",
        "significant impact",
        "Minor",
        "moderate or low impact",
    ):
        assert described in bob.text, described
    bob.change(number, "triage", priority="1")
    bob.open(f"/desk/tickets/{number}/")
    assert "priority Minor → Critical" in bob.text
    # Another severity is another interval of updates: every 4 hours instead of every 24 (our reading of TD11).
    bob.open(f"/desk/tickets/{number}/clocks/periodic_update/")
    assert "4 hours" in bob.text


def test_td08_td19_past_48_hours_all_teams_are_added_and_told(live):
    live.travel_to(WEDNESDAY)
    number, _ = ask(live, "Never solved")
    bob = live.visitor(TENANT, "bob")
    bob.answer(number, "Found it.", finished="on", finding="A bug in the hub; it will take a while.")
    # Friday 12 March, 13:00: the 48 hours are over. The update that is due every 24 hours was missed on Thursday.
    live.travel_to(WEDNESDAY + timedelta(hours=47, minutes=55))
    live.mail.wait_for("bob", f"Deadline missed for #{number} (regular update)")
    assert not escalated(live, "bob", number, "Missed: resolution")
    live.travel_to(WEDNESDAY + timedelta(hours=48, minutes=2))
    [told] = wait_escalated(live, "bob", number, "Partners (Meta)")
    assert "Missed: resolution" in told.text
    assert all(team in told.text for team in ("Major", "First level", "Technical team")), told.text
    for name in ("carol", "dora", "grace"):  # supervisors, administrators and every other agent
        assert len(wait_escalated(live, name, number, "Partners (Meta)")) == 1
    bob.open(f"/desk/tickets/{number}/")
    assert "Escalation for the resolution → " in bob.text
    assert "First level, Partners (Meta), Technical team" in bob.text, "the teams stand beside the ticket"
    bob.change(number, "resolution", solution="Fixed in the release of today.")
    live.mail.wait_for("alice", "Fixed in the release of today.")


def test_td08_a_problem_of_meta_has_no_deadline_by_topic_by_text_or_as_an_agent_states_it(live):
    live.travel_to(WEDNESDAY)
    when = {"field_happened_at": "2027-03-10T12:30"}
    by_topic, mail = ask(live, "Verification takes long", topic="meta", **when)
    assert META in mail.text
    assert "Our target" not in mail.text
    by_text, mail = ask(live, "Number gone", "Meta blocked our number this morning.")
    assert META in mail.text
    assert "Our target" not in mail.text
    stated, mail = ask(live, "Templates vanish")
    assert "Wednesday 10 March, 13:3" in mail.text
    bob, alice = live.visitor(TENANT, "bob"), live.visitor(TENANT, "alice")
    bob.change(stated, "situations", situations="third_party", because="Meta is down.")
    live.mail.wait_for("alice", META, count=3)  # what was promised is taken back: they are told why
    for number in (by_topic, by_text, stated):
        alice.open(f"/tickets/{number}/")
        assert META in alice.text
        assert "We answer by" not in alice.text
        bob.open(f"/desk/tickets/{number}/")
        assert META in bob.text
        assert "Third party" in bob.text
        assert stands_still(bob)
    # Three days later nothing has rung, though the alarms of another ticket have.
    other, _ = ask(live, "One of ours")
    live.travel_to(WEDNESDAY + timedelta(days=3))
    live.mail.wait_for("bob", f"Escalated: #{other} ")
    assert not [m for number in (by_topic, by_text, stated) for m in escalated(live, "bob", number)]


def test_td08_no_longer_metas_problem_is_ours_again_with_its_clocks(live):
    live.travel_to(WEDNESDAY)
    number, _ = ask(live, "Whose fault is it")
    bob = live.visitor(TENANT, "bob")
    bob.change(number, "situations", situations="third_party", because="Meta is down.")
    assert stands_still(bob.open(f"/desk/tickets/{number}/"))
    bob.change(number, "situations", situations=[], because="It is ours after all.")
    bob.change(number, "triage", topic="meta")  # the topic states it too
    assert stands_still(bob.open(f"/desk/tickets/{number}/"))
    bob.change(number, "triage", topic="api")
    # Its clocks go on as if nothing had been said: due at 13:30, 30 minutes after the opening.
    assert not stands_still(bob.open(f"/desk/tickets/{number}/"))
    live.travel_to(WEDNESDAY + timedelta(minutes=33))
    live.mail.wait_for("bob", f"Escalated: #{number} ")


def test_td13_a_chat_that_waits_48_hours_for_the_customer_closes_by_itself(live):
    live.travel_to(WEDNESDAY)
    bob = live.visitor(TENANT, "bob")
    number = bob.open_for("alice", "Chat about a template", channel="chat")
    bob.answer(number, "Which template?", wait="on", finished="on", finding="It depends on the template.")
    live.mail.wait_for("alice", "Which template?")  # Wednesday 13:00: the silence begins
    live.travel_to(WEDNESDAY + timedelta(hours=24, minutes=3))
    reminder = live.mail.wait_for("alice", f"Do you still need help with #{number}")
    # It would close a day after the reminder, which is not before the 48 hours are over.
    assert "12 March 2027" in reminder.text
    live.travel_to(WEDNESDAY + timedelta(hours=48, minutes=-1))
    alice = live.visitor(TENANT, "alice").open(f"/tickets/{number}/")
    assert "Without one the ticket closes by itself" in alice.text
    live.travel_to(WEDNESDAY + timedelta(hours=48, minutes=6))
    live.mail.wait_for("alice", f"Request #{number} was closed")
    live.mail.wait_for("bob", f"#{number} closed by itself")
    assert "Closed, because no answer came" in alice.open(f"/tickets/{number}/").text
    assert len(live.mail.to("alice", f"Do you still need help with #{number}")) == 1


def test_td13_a_customer_who_answers_the_reminder_keeps_the_ticket_open(live):
    live.travel_to(WEDNESDAY)
    bob = live.visitor(TENANT, "bob")
    number = bob.open_for("alice", "Chat about a number", channel="chat")
    bob.answer(number, "Which number?", wait="on")
    live.mail.wait_for("alice", "Which number?")
    live.travel_to(WEDNESDAY + timedelta(hours=24, minutes=3))
    reminder = live.mail.wait_for("alice", f"Do you still need help with #{number}")
    guest = live.visitor(TENANT).open(reminder.link("still-needed"))  # without signing in
    guest.submit("/still-needed/")
    live.mail.wait_for("bob", "I still need help")
    # Ours again since Thursday 13:03: the 48 hours of the resolution count on from there, to Saturday 13:03.
    live.travel_to(WEDNESDAY + timedelta(hours=73))
    live.mail.wait_for("bob", f"Deadline missed for #{number} (resolution)")
    assert not live.mail.to("alice", f"Request #{number} was closed")


def test_td19_every_breach_escalates_once_the_first_response_and_the_resolution(live):
    live.travel_to(WEDNESDAY)
    number, _ = ask(live, "Nobody answers")
    live.travel_to(WEDNESDAY + timedelta(minutes=32))  # due at 13:30
    first = live.mail.wait_for("carol", f"Escalated: #{number} ")
    assert "Missed: first response" in first.text
    assert "Technical team" in first.text, "the technical team is added"
    live.travel_to(WEDNESDAY + timedelta(hours=48, minutes=3))  # due on Friday at 13:00
    live.mail.wait_for("grace", f"Escalated: #{number} ")
    until(lambda: len(escalated(live, "carol", number)) >= 3, f"carol hears three times of #{number}")
    until(live.is_idle, "all is told")
    missed = [m.text for m in escalated(live, "carol", number)]
    # Three promises were broken: the response, the update of Thursday 13:00, the resolution, whose two steps are told at once.
    assert len(missed) == 3, missed
    for metric in ("first response", "regular update", "resolution"):
        [told] = [text for text in missed if f"Missed: {metric}" in text]
    assert "Technical team" in told and "Partners (Meta)" in told, "what both steps changed"
    alice = live.visitor(TENANT, "alice").open(f"/tickets/{number}/")
    assert "those in charge have been told" in alice.text


def test_td16_td10_one_case_per_issue_merged_and_passed_to_the_right_team(live):
    live.travel_to(WEDNESDAY)
    first, _ = ask(live, "Delivery receipts are silent", body="None since nine.")
    alice = live.visitor(TENANT, "alice").open("/tickets/new/?topic=other")
    alice.submit(
        "/tickets/new/",
        summary="Delivery receipts silent",
        body="Still none.",
        field_impact="One of us cannot work.",
    )
    assert "Is it one of these?" in alice.text and f"#{first} Delivery receipts are silent" in alice.text
    assert alice.form("/tickets/new/").values["body"] == "Still none.", "the typed text is kept"
    alice.submit("/tickets/new/")  # none of them
    second = alice.number
    bob = live.visitor(TENANT, "bob").change(second, "merging", likely=str(first), because="One issue")
    assert bob.path == f"/desk/tickets/{first}/", bob.text
    told = live.mail.wait_for("alice", f"Your request #{second} goes on in #{first}")
    guest = live.visitor(TENANT).open(told.link("/t/"))  # without signing in
    assert "Still none." in guest.text and "None since nine." in guest.text
    # TD10: passed to the technical team, who hear of it with the note.
    [[technical]] = live.sql("SELECT id FROM customers_team WHERE key = 'technical'", tenant=TENANT)
    bob.change(first, "handover", team=str(technical), note="The queue of receipts, I think.")
    note = live.mail.wait_for("carol", f"Handed over to your team: #{first}")
    assert "The queue of receipts, I think." in note.text
    # Half an hour after the first message the promise of the merged ticket has ended; that of the other is missed, once.
    live.travel_to(WEDNESDAY + timedelta(minutes=33))
    wait_escalated(live, "bob", first, "Missed: first response")
    assert not escalated(live, "bob", second)


def met(page, label):
    """Whether the ticket's page says that this clock was met."""
    return f"{label} met" in page.text


def stands_still(page):
    """Whether the ticket's page says that no clock runs."""
    return "No clock runs." in page.text or "No promise in time was made" in page.text


def test_td17_a_secret_is_masked_before_it_is_kept_and_its_sender_is_told(live):
    live.travel_to(WEDNESDAY)
    key, password = "EAA" + "b7Kx2Qm9Zt" * 12, "Perro#77x"
    number, confirmation = ask(live, "Key fails", f"The access token is {key}, it answers 401.")
    told = live.mail.wait_for("alice", f"We masked a secret in request #{number}")
    assert "change the one you sent" in told.text and key not in told.text + confirmation.text
    live.visitor(TENANT, "alice").reply(number, f"My password is {password}")
    live.mail.wait_for("alice", f"We masked a secret in request #{number}", count=2)
    page = live.visitor(TENANT, "bob").open(f"/desk/tickets/{number}/").text
    assert "EAAb••••••m9Zt" in page and "P••••••x" in page and "A secret was masked" in page
    for table in ("tickets_ticket", "tickets_message", "tickets_event", "notifications_notification"):
        rows = str(live.sql(f"SELECT t::text FROM {table} t", tenant=TENANT))
        assert key not in rows and password not in rows, table


def test_td01_td06_a_stranger_writes_by_the_contact_form_and_is_answered_there(live):
    live.travel_to(WEDNESDAY)
    nina = live.visitor(TENANT)
    nina.open("/contact/?topic=other")
    nina.submit(name="Nina Nova", email="nina@example.com", summary="Locked out", body="I lost the access to my account.",
                field_impact="None of us can work.")  # fmt: skip
    assert nina.path == "/contact/sent/", nina.text
    confirmation = live.mail.wait_for("nina")
    assert "Thursday 11 March, 13:0" in confirmation.text, "within 24 hours, whatever the plan"
    live.travel_to(WEDNESDAY + timedelta(hours=24, minutes=1))
    live.mail.wait_for("bob", "(first response)")
    number = int(re.search(r"#(\d+)", confirmation.subject)[1])
    live.visitor(TENANT, "bob").answer(
        number, "Your access is back.", finished="on", finding="Password reset"
    )
    reply = live.mail.wait_for("nina", "Your access is back.")
    follow = nina.open(reply.link("/t/"))
    assert "Your access is back." in follow.text or "Your access is back." in nina.text


def test_td03_a_customer_chooses_german_and_everything_comes_in_german_from_who_speaks_it(live):
    live.travel_to(WEDNESDAY)
    dora = live.visitor(TENANT, "dora")
    dora.open("/admin/customers/desk/1/change/")
    dora.submit("/desk/1/change/", languages=["en", "pt-br", "de", "es", "ru"])
    gerda = live.visitor(TENANT)
    gerda.open("/contact/?topic=other")
    gerda.submit("/account/language/", language="de")
    gerda.open("/policy/")
    assert "Wie schnell wir antworten" in gerda.text and "Maßgeblich ist der Text auf Englisch." in gerda.text
    gerda.open("/contact/?topic=other")
    gerda.submit(name="Gerda Grün", email="gerda@example.com", summary="Ausgesperrt", body="Der Zugang ist weg.",
                 field_impact="Niemand kann arbeiten.")  # fmt: skip
    assert "Wir haben Ihre Anfrage erhalten" in gerda.text
    confirmation = live.mail.wait_for("gerda", "Wir haben Ihre Anfrage Nr.")
    # By the form within 24 hours (TD06): Thursday 13:00 in Berlin.
    assert "Unser Ziel (erste Antwort): Donnerstag, 11. März, 13:0" in confirmation.text
    assert "Guten Tag Gerda Grün," in confirmation.text
    assert "Wir antworten bis" in gerda.open(confirmation.link("/t/")).text
    number = int(re.search(r"Nr\. (\d+)", confirmation.subject)[1])
    bob = live.visitor(TENANT, "bob")
    bob.open("/account/profile/")
    bob.submit("/account/profile/", spoken_languages=["de"])
    offered = live.visitor(TENANT, "carol").open(f"/desk/tickets/{number}/assignment/").html
    speaking = offered.partition('label="Others"')[0]
    assert "Speak the customer’s language: German" in speaking and ">Bob" in speaking
    bob.answer(number, "Ihr Zugang ist wieder da.", finished="on", finding="Passwort erneuert")
    assert "hat auf Ihre Anfrage" in live.mail.wait_for("gerda", "Antwort auf Ihre Anfrage Nr.").text


def test_td18_a_running_incident_is_seen_before_anybody_asks_and_is_history_when_it_is_over(live):
    live.travel_to(WEDNESDAY)
    dora, oliver, stranger = live.visitor(TENANT, "dora"), live.visitor(TENANT, "alice"), live.visitor(TENANT)
    dora.open("/admin/guidance/incident/add/")
    dora.submit(title_en="Webhooks are late", body_en="We are looking into it.", impact="partial")
    for visitor, page in (
        (stranger, "/"),
        (stranger, "/status/"),
        (stranger, "/contact/"),
        (oliver, "/tickets/new/?topic=api"),
    ):
        assert "Webhooks are late" in visitor.open(page).text, page
    assert "We are looking into it." in stranger.open("/status/feed/").html

    [[key]] = live.sql("SELECT max(id) FROM guidance_incident", tenant=TENANT)
    live.travel_to(WEDNESDAY + timedelta(hours=1))
    dora.open(f"/admin/guidance/incident/{key}/change/")
    dora.submit(state="resolved", body_en="Everything arrives in time again.")
    for visitor, page in ((stranger, "/"), (oliver, "/tickets/new/?topic=api")):
        assert "Webhooks are late" not in visitor.open(page).text, page
    page = stranger.open("/status/").text
    assert "Everything works" in page
    assert (
        page.index("History")
        < page.index("Webhooks are late")
        < page.index("Everything arrives in time again.")
    )
