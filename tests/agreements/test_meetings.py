"""Meetings (SL09), trainings and hours of a plan (SL10): asked for, decided, quoted, invited to; and what is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from icalendar import Calendar

from tenants.customers.models import Company
from tests.agreements.conftest import delivered, mail_to, path_in
from tickets.agreements import budgets, hours, meetings, quotes
from tickets.agreements.models import Contract, Meeting, Quote, TimeEntry
from tickets.models import Ticket
from tickets.portal.home import policy_at

MONDAY_9 = datetime(2026, 11, 23, 12, tzinfo=UTC)  # 09:00 in São Paulo
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ASKED = {
    "summary": "Next auction",
    "agenda": "Lots, dates, who does what.",
    "wished_at": "2026-11-25T10:00",
    "minutes": "1h",
}


def invitation_in(message):
    """The invitation that a mail brings: as a file, and as the part that mail programs show."""
    [content] = [content for name, content, _kind in message.attachments if name == "invite.ics"]
    [shown] = [
        alternative for alternative in message.alternatives if alternative[1].startswith("text/calendar")
    ]
    assert shown[0] == content
    calendar = Calendar.from_ical(content)
    [event] = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event, shown[1]


@pytest.fixture
def plan(leiloes):
    """plan("standard"): Alice's company has that plan from now on."""
    return lambda key: Company.objects.filter(name="Company suporte-leiloes").update(plan=key)


def test_sl09_a_meeting_is_asked_for_a_day_ahead_approved_by_a_supervisor_and_invited_to(at, browser, person):
    at(MONDAY_9)
    alice, bob, carol = browser("alice"), browser("bob"), browser("carol")
    # Asking under the topic leads to the page; a day ahead at least: Monday 09:00 is too soon for Tuesday 08:59.
    assert (
        alice.get("/tickets/new/?topic=meeting", follow=True).request["PATH_INFO"] == "/meetings/new/meeting/"
    )
    for field, value in (
        ("wished_at", "2026-11-24T08:59"),
        ("agenda", " "),
        ("minutes", "long"),
        ("wished_at", "x"),
    ):
        refused = alice.post("/meetings/new/meeting/", ASKED | {field: value})
        text = refused.content.decode()
        assert refused.status_code == 422 and 'class="error"' in text and "Next auction" in text, field
    assert (
        "the earliest is"
        in alice.post("/meetings/new/meeting/", ASKED | {"wished_at": "2026-11-24T08:59"}).content.decode()
    )
    assert not Meeting.objects.exists() and not Ticket.objects.exists()
    key = {"key": "once"}
    for _ in range(2):  # sent twice, asked once
        page = alice.post("/meetings/new/meeting/", ASKED | key, follow=True).content.decode()
    assert "A supervisor reads the agenda" in page
    meeting = Meeting.objects.get()
    assert meeting.ticket.topic == "meeting" and meeting.state == "requested"
    # The supervisor is told and decides; an agent may not.
    wanted = mail_to("carol", delivered(), "To decide: Meeting")
    path = path_in(wanted, "/desk/meetings/")
    given = {"starts_at": "2026-11-25T10:30", "place": "https://meet.example.com/1"}
    assert bob.post(f"{path}schedule/", given).status_code == 422
    assert carol.get(path).status_code == 200
    assert carol.post(f"{path}schedule/", given).status_code == 302
    mails = delivered()
    brought = mail_to("alice", mails, "The invitation is attached")
    method, event, kind = invitation_in(brought)
    # 10:30 in São Paulo is 13:30 UTC; an hour long.
    assert (method, kind) == ("REQUEST", "text/calendar; method=REQUEST")
    assert (
        event["DTSTART"].dt == datetime(2026, 11, 25, 13, 30, tzinfo=UTC)
        and event["DTEND"].dt - event["DTSTART"].dt == HOUR
    )
    assert (event["SEQUENCE"], str(event["STATUS"])) == (0, "CONFIRMED")
    guests = {str(address) for address in event["ATTENDEE"]}
    assert {"mailto:alice@example.com", "mailto:grace@example.com"} <= guests
    assert mail_to("grace", mails, "The invitation is attached")
    # Moved: the same UID, the next SEQUENCE. Called off by the customer, by the mail's link: METHOD:CANCEL.
    carol.post(f"{path}schedule/", given | {"starts_at": "2026-11-25T15:00"})
    method, moved, _kind = invitation_in(mail_to("alice", delivered(), "takes the place of the one before"))
    assert (moved["UID"], moved["SEQUENCE"], method) == (event["UID"], 1, "REQUEST")
    link = path_in(brought, "/m/")
    assert b"Call it off" in browser().get(link).content
    assert browser().post(f"{link}cancellation/", {"because": "Holiday."}).status_code == 302
    mails = delivered()
    for name in ("alice", "grace", "carol"):  # Carol has scheduled it, and has it in her calendar
        method, gone, _kind = invitation_in(mail_to(name, mails, "Called off"))
        assert (gone["UID"], gone["SEQUENCE"], method, str(gone["STATUS"])) == (
            event["UID"],
            2,
            "CANCEL",
            "CANCELLED",
        )
    meeting.refresh_from_db()
    assert meeting.state == "cancelled"


def test_sl09_refused_and_insisted_upon_it_is_quoted_and_scheduled_only_when_accepted(at, browser, person):
    at(MONDAY_9)
    alice, carol, grace = browser("alice"), browser("carol"), browser("grace")
    alice.post("/meetings/new/meeting/", ASKED)
    meeting = Meeting.objects.get()
    desk = f"/desk/meetings/{meeting.pk}/"
    assert carol.post(f"{desk}refusal/", {"because": ""}).status_code == 422
    carol.post(f"{desk}refusal/", {"because": "A message answers this."})
    told = mail_to("alice", delivered(), "do not approve it")
    assert "A message answers this." in told.body
    # Refused: nobody schedules it, whoever tries is told why.
    given = {"starts_at": "2026-11-25T10:30", "place": ""}
    assert "may insist" in carol.post(f"{desk}schedule/", given).content.decode()
    browser().post(f"{path_in(told, '/m/')}insistence/")
    quote = Quote.objects.get()
    assert (quote.kind, quote.state, quote.meeting) == ("consulting", "wanted", meeting)
    wanted = mail_to("grace", delivered(), "Quote wanted")
    assert (
        'value="180.00"' in grace.get(path_in(wanted, "/desk/quotes/")).content.decode()
    )  # the policy's rate
    grace.post(
        f"/desk/quotes/{quote.pk}/",
        {"minutes": "1h", "rate": "180", "text": "One hour.", "valid_until": "2026-11-25T09:00"},
    )
    for name in ("carol", "grace"):
        refused = browser(name).post(f"{desk}schedule/", given)
        assert (
            refused.status_code == 422 and "only when the customer has accepted" in refused.content.decode()
        )
    link = path_in(mail_to("alice", delivered(), "A quote"), "/q/")
    browser().post(link, {"answer": "accept"})
    meeting.refresh_from_db()
    assert meeting.state == "agreed"
    assert grace.post(f"{desk}schedule/", given).status_code == 302
    method, event, _kind = invitation_in(mail_to("alice", delivered(), "The invitation is attached"))
    assert method == "REQUEST" and event["DTSTART"].dt == datetime(2026, 11, 25, 13, 30, tzinfo=UTC)


def test_sl09_single_meetings_of_a_plan_without_them_go_by_a_quote_alone(at, browser, plan, person):
    plan("standard")
    at(MONDAY_9)
    page = browser("alice").get("/meetings/new/meeting/").content.decode()
    assert "Your plan includes no meetings" in page
    browser("alice").post("/meetings/new/meeting/", ASKED)
    meeting = Meeting.objects.get()
    assert meeting.state == "quoted" and Quote.objects.get().kind == "consulting"
    mails = delivered()
    assert mail_to("grace", mails, "Quote wanted") and not [m for m in mails if m.to == ["carol@example.com"]]
    # Declined: it is as if it had been refused, and nobody schedules it.
    quote = quotes.send(
        Quote.objects.get(), by=person("grace"), at=MONDAY_9, minutes=60, rate=18000, text="One hour."
    )
    quotes.answer(quote, person=person("alice"), accepts=False, at=MONDAY_9 + HOUR, way="link")
    meeting.refresh_from_db()
    assert meeting.state == "refused"


def test_sl09_an_agent_asks_on_the_customers_behalf(at, browser, opened):
    at(MONDAY_9)
    ticket = opened(MONDAY_9)
    given = {name: value for name, value in ASKED.items() if name != "summary"} | {"kind": "meeting"}
    bob = browser("bob")
    assert bob.get(f"/desk/tickets/{ticket.number}/meeting/").status_code == 200
    assert bob.post(f"/desk/tickets/{ticket.number}/meeting/", given).status_code == 302
    assert Meeting.objects.get().ticket == ticket and Ticket.objects.count() == 1
    again = bob.post(f"/desk/tickets/{ticket.number}/meeting/", given)
    assert again.status_code == 422 and "has a meeting already" in again.content.decode()
    assert "Meeting" in bob.get("/desk/meetings/").content.decode()


def test_sl09_meetings_of_another_company_do_not_exist(at, browser):
    at(MONDAY_9)
    browser("alice").post("/meetings/new/meeting/", ASKED)
    pk = Meeting.objects.get().pk
    frank = browser("frank")
    assert frank.get(f"/meetings/{pk}/").status_code == 404
    assert frank.post(f"/meetings/{pk}/cancellation/").status_code == 404
    assert Meeting.objects.get().state == "requested"


# --- SL10


def test_sl10_a_training_within_the_hours_is_scheduled_and_draws_on_them(at, browser, person):
    """Premium includes two hours of training a month: one and a half are held, then used; half an hour is left."""
    at(MONDAY_9)
    alice, carol, bob = browser("alice"), browser("carol"), browser("bob")
    assert "2 h left of 2 h" in alice.get("/company/").content.decode()
    alice.post("/meetings/new/training/", ASKED | {"minutes": "1h30"})
    meeting = Meeting.objects.get()
    assert (meeting.kind, meeting.state, meeting.ticket.topic) == ("training", "requested", "training")
    carol.post(f"/desk/meetings/{meeting.pk}/schedule/", {"starts_at": "2026-11-25T10:00", "place": ""})
    page = alice.get("/company/").content.decode()
    assert "30 min left of 2 h" in page and "1 h 30 min held" in page
    at(MONDAY_9 + 3 * DAY)
    number = meeting.ticket.number
    given = {"kind": "training", "minutes": "1h30", "on": "2026-11-25", "note": "Two people"}
    assert bob.post(f"/desk/tickets/{number}/time/", given).status_code == 302
    for page in (alice.get("/company/"), bob.get(f"/desk/tickets/{number}/")):
        assert "30 min left of 2 h" in page.content.decode() and "held" not in page.content.decode()
    # A mistake is put right by a counter-entry; both stay.
    entry = TimeEntry.objects.get()
    bob.post(f"/desk/tickets/{number}/time/{entry.pk}/correction/")
    assert [e.minutes for e in TimeEntry.objects.order_by("pk")] == [90, -90]
    again = bob.post(f"/desk/tickets/{number}/time/{entry.pk}/correction/", follow=True)
    assert "taken back already" in again.content.decode() and TimeEntry.objects.count() == 2
    # December begins anew.
    policy, company = policy_at(MONDAY_9), meeting.ticket.company
    hours.enter(
        meeting.ticket,
        kind="training",
        minutes=120,
        on=date(2026, 11, 26),
        by=person("bob"),
        at=MONDAY_9 + 3 * DAY,
    )
    assert budgets.standing_of(company, policy, "training", MONDAY_9 + 3 * DAY).left == 0
    assert budgets.standing_of(company, policy, "training", datetime(2026, 12, 1, 3, tzinfo=UTC)).left == 120


def test_sl10_a_training_beyond_the_hours_is_quoted_accepted_and_paid_before_it_is_scheduled(
    at, browser, person
):
    at(MONDAY_9)
    alice, carol, grace = browser("alice"), browser("carol"), browser("grace")
    alice.post("/meetings/new/training/", ASKED | {"minutes": "2h30"})  # half an hour beyond
    meeting, quote = Meeting.objects.get(), Quote.objects.get()
    assert (meeting.state, quote.kind, quote.state) == ("quoted", "training", "wanted")
    grace.post(
        f"/desk/quotes/{quote.pk}/",
        {"minutes": "30m", "rate": "180", "text": "Half an hour more.", "valid_until": "2026-11-25T09:00"},
    )
    given = {"starts_at": "2026-11-25T10:00", "place": ""}
    desk = f"/desk/meetings/{meeting.pk}/schedule/"
    assert carol.post(desk, given).status_code == 422
    browser().post(path_in(mail_to("alice", delivered(), "R$90.00"), "/q/"), {"answer": "accept"})
    refused = carol.post(desk, given)
    assert refused.status_code == 422 and "not marked as paid" in refused.content.decode()
    # Only the account manager (or who stands in) marks it, with the reference.
    bob = browser("bob").post(f"/desk/quotes/{quote.pk}/payment/", {"payment": "PIX 1"}, follow=True)
    assert "account manager" in bob.content.decode()
    grace.post(f"/desk/quotes/{quote.pk}/payment/", {"payment": ""})
    quote.refresh_from_db()
    assert quote.paid_at is None
    grace.post(f"/desk/quotes/{quote.pk}/payment/", {"payment": "PIX 4711"})
    quote.refresh_from_db()
    assert (quote.payment, quote.paid_by) == ("PIX 4711", person("grace"))
    assert carol.post(desk, given).status_code == 302
    assert invitation_in(mail_to("alice", delivered(), "The invitation is attached"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"minutes": "0m"}, "Between one minute"),
        ({"minutes": "25h"}, "Between one minute"),
        ({"minutes": "x"}, "Write a length"),
        ({"on": "2026-11-24"}, "still to come"),
        ({"on": "x"}, 'class="error"'),
        ({"kind": "night_work"}, "accepted no quote"),
        ({"kind": "juggling"}, 'class="error"'),
    ],
)
def test_sl10_a_bad_time_entry_is_refused_at_its_field(at, browser, opened, given, said):
    at(MONDAY_9)
    ticket = opened(MONDAY_9)
    answer = browser("bob").post(
        f"/desk/tickets/{ticket.number}/time/",
        {"kind": "consulting", "minutes": "1h", "on": "2026-11-23"} | given,
    )
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not TimeEntry.objects.exists()


def test_sl10_what_a_quote_pays_for_draws_on_no_hours_of_the_plan(at, opened, person, plan):
    plan("enterprise")
    at(MONDAY_9)
    ticket = opened(MONDAY_9)
    quote = quotes.want(ticket, kind="consulting", by=person("bob"), at=MONDAY_9)
    quotes.send(quote, by=person("grace"), at=MONDAY_9, minutes=60, rate=18000, text="An hour.")
    quotes.answer(quote, person=person("alice"), accepts=True, at=MONDAY_9 + HOUR, way="link")
    hours.enter(
        ticket, kind="consulting", minutes=45, on=date(2026, 11, 23), by=person("bob"), at=MONDAY_9 + HOUR
    )
    ticket.company.refresh_from_db()
    assert TimeEntry.objects.get().quote == quote
    assert budgets.standing_of(ticket.company, policy_at(MONDAY_9), "consulting", MONDAY_9).left == 240


def test_sl10_a_contracts_period_counts_its_own_hours(at, opened, person, plan):
    """Enterprise: 40 h of development a contract. From 15 June to 14 June; without a contract the calendar year."""
    plan("enterprise")
    at(MONDAY_9)
    ticket = opened(MONDAY_9)
    company, policy = Company.objects.get(pk=ticket.company_id), policy_at(MONDAY_9)
    year = budgets.standing_of(company, policy, "development", MONDAY_9)
    assert (year.first, year.last, year.left) == (date(2026, 1, 1), date(2026, 12, 31), 2400)
    Contract.objects.create(company=company, starts_on=date(2026, 6, 15), ends_on=date(2027, 6, 14))
    hours.enter(ticket, kind="development", minutes=600, on=date(2026, 11, 20), by=person("bob"), at=MONDAY_9)
    hours.enter(ticket, kind="development", minutes=60, on=date(2026, 6, 14), by=person("bob"), at=MONDAY_9)
    contract = budgets.standing_of(company, policy, "development", MONDAY_9)
    assert (contract.first, contract.last, contract.left) == (date(2026, 6, 15), date(2027, 6, 14), 1800)


def test_two_supervisors_schedule_the_same_training_once(at, browser, person):
    """Two trainings of two hours: the plan has two. Of two approvals the second is told that the hours are gone."""
    at(MONDAY_9)
    for wished in ("2026-11-25T10:00", "2026-11-26T10:00"):
        browser("alice").post("/meetings/new/training/", ASKED | {"minutes": "2h", "wished_at": wished})
    first, second = Meeting.objects.order_by("pk")
    assert {first.state, second.state} == {"requested"}
    meetings.schedule(first, by=person("carol"), at=MONDAY_9, starts_at=first.wished_at)
    refused = browser("carol").post(
        f"/desk/meetings/{second.pk}/schedule/", {"starts_at": "2026-11-26T10:00", "place": ""}
    )
    assert refused.status_code == 422 and "not enough hours left" in refused.content.decode()


@pytest.mark.parametrize(
    ("kind", "state", "said"),
    [
        ("meeting", "refused", "recusada"),
        ("meeting", "agreed", "combinada, a agendar"),
        ("meeting", "scheduled", "agendada"),
        ("training", "refused", "recusado"),
        ("training", "scheduled", "agendado"),
        ("training", "cancelled", "cancelado"),
        ("training", "requested", "espera um supervisor"),
    ],
)
def test_the_state_of_a_meeting_or_training_agrees_with_it_in_portuguese(kind, state, said):
    with translation.override("pt-br"):
        assert Meeting(kind=kind, state=state).get_state_display() == said
