"""How far what was agreed reaches: one night, so many minutes, the hours of a month; and one bad row that stops no other."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Notification
from policies import draft, publishing
from policies.models import General
from tenants.customers.models import Company, Membership
from tenants.people.models import User
from tests.agreements.conftest import FRIDAY_20, MINUTE, MONDAY_8, delivered, path_in
from tickets import lifecycle, tasks
from tickets.agreements import developers, hours, meetings, night, quotes, reports, trying
from tickets.agreements.models import (
    Contract,
    DeveloperAccess,
    Meeting,
    Quote,
    SentReport,
    TimeEntry,
    Trial,
)
from tickets.portal.home import policy_at

MONDAY_9 = datetime(2026, 11, 23, 12, tzinfo=UTC)  # 09:00 in São Paulo
MONDAY_20 = datetime(2026, 11, 30, 23, tzinfo=UTC)  # 20:00, the night after the next opening
DECEMBER_1 = datetime(2026, 12, 1, 11, tzinfo=UTC)  # 08:00
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ASKED = {
    "summary": "Next auction",
    "agenda": "Who does what.",
    "wished_at": "2026-11-25T10:00",
    "minutes": "2h",
}


@pytest.fixture
def accepted(sent, person):
    """Two hours for Friday's night, accepted at once."""
    quote = sent()
    quotes.answer(quote, person=person("alice"), accepts=True, at=FRIDAY_20 + 2 * MINUTE, way="link")
    quote.refresh_from_db(), quote.ticket.refresh_from_db()
    return quote


# --- SL07


def test_sl07_what_was_accepted_for_one_night_authorises_no_other(accepted, at, browser, person):
    ticket = accepted.ticket
    assert ticket.situations == ["night_work"]
    at(MONDAY_8 - MINUTE)
    assert tasks.drain_agreements() == 0
    at(MONDAY_8)
    assert tasks.drain_agreements() == 1 and tasks.drain_agreements() == 0
    ticket.refresh_from_db()
    assert ticket.situations == []
    page = browser("bob").get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert "no longer - Work out of hours is authorised" in page
    at(MONDAY_20)
    refused = browser("bob").post(f"/desk/tickets/{ticket.number}/night-work/", follow=True).content.decode()
    assert "for an earlier night" in refused
    accepted.refresh_from_db()
    assert accepted.begun_at is None
    # The two ways are offered anew, and what is accepted now authorises this night.
    assert "We are closed now" in browser("alice").get(f"/tickets/{ticket.number}/").content.decode()
    again = night.ask(ticket, by=person("alice"), at=MONDAY_20)
    quotes.send(again, by=person("grace"), at=MONDAY_20, minutes=60, rate=25000, text="Tonight.")
    quotes.answer(again, person=person("alice"), accepts=True, at=MONDAY_20 + MINUTE, way="link")
    at(MONDAY_20 + 2 * MINUTE)
    assert (
        "Begun."
        in browser("bob").post(f"/desk/tickets/{ticket.number}/night-work/", follow=True).content.decode()
    )


def test_sl07_accepted_by_day_it_authorises_the_night_that_follows(at, opened, person, browser):
    monday_15 = at(MONDAY_20 - 5 * HOUR)
    ticket = opened(monday_15)
    quote = quotes.want(ticket, kind="night_work", by=person("bob"), at=monday_15, wish="Tonight, please.")
    quotes.send(quote, by=person("grace"), at=monday_15, minutes=60, rate=25000, text="Tonight.")
    quotes.answer(quote, person=person("alice"), accepts=True, at=monday_15 + MINUTE, way="link")
    quote.refresh_from_db()
    policy = policy_at(monday_15)
    assert night.authorises(quote, policy, MONDAY_20)
    assert not night.authorises(quote, policy, DECEMBER_1)  # Tuesday, 08:00


def test_sl07_no_more_time_is_billed_than_the_customer_accepted(accepted, at, browser, person):
    """Two hours: 90 minutes, then 45 where 30 are left, then 30; and then nothing is left."""
    at(FRIDAY_20 + 4 * HOUR)
    bob, path = browser("bob"), f"/desk/tickets/{accepted.ticket.number}/time/"
    given = {"kind": "night_work", "on": "2026-11-27"}
    assert bob.post(path, given | {"minutes": "90m"}).status_code == 302
    refused = bob.post(path, given | {"minutes": "45m"})
    assert refused.status_code == 422 and "30 min are left of the accepted quote" in refused.content.decode()
    assert "1 h 30 min of 2 h entered" in bob.get(f"/desk/quotes/{accepted.pk}/").content.decode()
    assert bob.post(path, given | {"minutes": "30m"}).status_code == 302
    refused = bob.post(path, given | {"minutes": "1m"})
    assert refused.status_code == 422 and "used up" in refused.content.decode()
    # What is taken back may be entered again.
    hours.take_back(TimeEntry.objects.latest("pk"), by=person("bob"), at=FRIDAY_20 + 4 * HOUR)
    assert bob.post(path, given | {"minutes": "30m"}).status_code == 302


def test_sl10_beyond_an_accepted_quote_the_hours_of_the_plan_are_drawn_on(at, opened, person):
    at(MONDAY_9)
    ticket = opened(MONDAY_9)
    quote = quotes.want(ticket, kind="consulting", by=person("bob"), at=MONDAY_9)
    quotes.send(quote, by=person("grace"), at=MONDAY_9, minutes=60, rate=18000, text="An hour.")
    quotes.answer(quote, person=person("alice"), accepts=True, at=MONDAY_9, way="link")
    given = {"kind": "consulting", "on": date(2026, 11, 23), "by": person("bob"), "at": MONDAY_9}
    with pytest.raises(ValidationError, match="1 h are left"):
        hours.enter(ticket, minutes=90, **given)
    assert hours.enter(ticket, minutes=60, **given).quote == quote
    assert hours.enter(ticket, minutes=30, **given).quote is None


# --- SL10: trainings


def test_sl10_a_training_is_not_moved_into_a_month_whose_hours_are_gone(at, browser, person):
    """Premium: two hours of training a month. December's are held by another one."""
    at(MONDAY_9)
    alice, carol = browser("alice"), browser("carol")
    for wished in ("2026-11-25T10:00", "2026-12-02T10:00"):
        alice.post("/meetings/new/training/", ASKED | {"wished_at": wished})
    november, december = Meeting.objects.order_by("pk")
    for each in (november, december):
        meetings.schedule(each, by=person("carol"), at=MONDAY_9, starts_at=each.wished_at)
    path = f"/desk/meetings/{november.pk}/schedule/"
    refused = carol.post(path, {"starts_at": "2026-12-03T10:00", "place": ""})
    assert refused.status_code == 422 and "not enough hours left then" in refused.content.decode()
    # Within its month it moves: what it holds itself is not in its way. Its place changes at any time.
    assert carol.post(path, {"starts_at": "2026-11-26T10:00", "place": ""}).status_code == 302
    assert carol.post(path, {"starts_at": "2026-11-26T10:00", "place": "Here"}).status_code == 302
    november.refresh_from_db()
    assert (november.starts_at, november.place) == (datetime(2026, 11, 26, 13, tzinfo=UTC), "Here")


def test_sl10_trainings_of_a_company_are_approved_one_after_the_other(at, browser, person):
    at(MONDAY_9)
    browser("alice").post("/meetings/new/training/", ASKED)
    meeting = Meeting.objects.get()
    with CaptureQueriesContext(connection) as seen:
        meetings.schedule(meeting, by=person("carol"), at=MONDAY_9, starts_at=meeting.wished_at)
    statements = [query["sql"] for query in seen]
    locks = next(
        n for n, sql in enumerate(statements) if "customers_company" in sql and "FOR NO KEY UPDATE" in sql
    )
    counts = next(n for n, sql in enumerate(statements) if "SUM(" in sql)
    assert locks < counts


# --- one bad row


def test_a_quote_that_cannot_be_ended_holds_up_no_other(sent, at, monkeypatch):
    bad, good = sent(valid_until=FRIDAY_20 + HOUR), sent(valid_until=FRIDAY_20 + 2 * HOUR)
    really, follow = FRIDAY_20 + 3 * HOUR, quotes._follow

    def fail(ticket, quote, moment):
        if quote.pk == bad.pk:
            raise RuntimeError("broken")
        follow(ticket, quote, moment)

    monkeypatch.setattr(quotes, "_follow", fail)
    at(really)
    assert tasks.drain_agreements() == 1
    bad.refresh_from_db(), good.refresh_from_db()
    assert (bad.state, good.state) == ("sent", "lapsed")
    # It is tried again in a quarter of an hour, not at once.
    assert hints("agreement")[0] == really + 15 * MINUTE
    monkeypatch.undo()
    at(really + 16 * MINUTE)
    assert tasks.drain_agreements() == 1 and not Trial.objects.exists()


@pytest.fixture
def tried(monkeypatch):
    """Every end of a quote fails; `tried` are those that were."""
    seen = []

    def fail(quote, now):
        seen.append(quote.pk)
        raise RuntimeError("no such work")

    monkeypatch.setattr(quotes, "_lapse", fail)
    return seen


def test_a_quote_that_cannot_be_ended_is_tried_later_and_later_and_parked_in_the_end(
    sent, at, tried, browser, monkeypatch, person
):
    quote = sent(valid_until=FRIDAY_20 + HOUR)
    first = FRIDAY_20 + HOUR
    # Tried at once, after a quarter of an hour, and after another hour: at 0, 15 and 75 minutes. A little later each time, as
    # a worker comes; what is between is no turn of its.
    for minutes, times in ((0, 1), (14, 1), (16, 2), (70, 2), (77, 3), (200, 3), (2000, 3)):
        at(first + minutes * MINUTE)
        tasks.drain_agreements()
        assert len(tried) == times, minutes
    trial = Trial.objects.get()
    assert (trial.attempts, trial.due_at, trial.error) == (3, None, "RuntimeError: no such work")
    at(first + 3000 * MINUTE)
    quotes.look_again(first + 3000 * MINUTE), trying.look_again()
    assert not [due for due in hints("agreement") if due > first + 2000 * MINUTE], "nobody is woken for it"

    # The admin shows why; once the reason is mended it is tried again from there.
    dora = browser("dora")
    page = dora.get("/admin/agreements/trial/").content.decode()
    assert "RuntimeError: no such work" in page and f">#{quote.ticket.number}</a>" in page
    assert "end of a quote" in page and "parked" in page
    monkeypatch.undo()
    done = dora.post(
        "/admin/agreements/trial/", {"action": "try_again", "_selected_action": [trial.pk]}, follow=True
    )
    assert "1 is tried again now." in done.content.decode()
    assert tasks.drain_agreements() == 1
    quote.refresh_from_db()
    assert quote.state == "lapsed" and not Trial.objects.exists()


def test_a_quote_whose_end_kills_the_worker_each_time_is_parked(sent, at, monkeypatch):
    sent(valid_until=FRIDAY_20 + HOUR)

    def killed(*given):
        raise KeyboardInterrupt  # as little as a kill is it caught by anybody

    monkeypatch.setattr(quotes, "_lapse", killed)
    for hour in (1, 3, 5):
        at(FRIDAY_20 + hour * HOUR)
        with pytest.raises(KeyboardInterrupt):
            quotes.lapse_due(FRIDAY_20 + hour * HOUR)
    assert quotes.lapse_due(FRIDAY_20 + 7 * HOUR) == quotes.lapse_due(FRIDAY_20 + 9 * HOUR) == 0
    assert (Trial.objects.get().due_at, Trial.objects.get().error) == (None, trying.KILLED)


def test_what_was_put_off_and_has_lost_its_reason_is_forgotten(sent, at, tried, person, monkeypatch):
    quote = sent(valid_until=FRIDAY_20 + HOUR)
    at(FRIDAY_20 + HOUR)
    tasks.drain_agreements()
    quotes.withdraw(quote, by=person("grace"), at=FRIDAY_20 + HOUR)
    at(FRIDAY_20 + 2 * HOUR)
    tasks.drain_agreements()
    assert not Trial.objects.exists()
    assert all(due > FRIDAY_20 + 2 * HOUR for due in hints("agreement")), "and wakes nobody for ever"


def test_a_nights_end_that_fails_is_parked_and_stops_no_quote(accepted, sent, at, monkeypatch):
    other = sent(valid_until=MONDAY_8, who="frank")
    monkeypatch.setattr(night, "_is_authorised", lambda *given: 1 / 0)
    for hour in (0, 1, 3, 9, 20):
        at(MONDAY_8 + hour * HOUR)
        tasks.drain_agreements()
    other.refresh_from_db()
    assert other.state == "lapsed"
    trial = Trial.objects.get()
    assert (trial.what, trial.subject_id, trial.attempts) == ("night", accepted.ticket_id, 3)
    assert trial.due_at is None and "ZeroDivisionError" in trial.error


def test_a_report_that_fails_each_time_is_parked_with_its_company_and_month(
    reported, at, browser, monkeypatch, person
):
    monkeypatch.setattr(reports, "report_of", lambda *given: 1 / 0)
    for hour in (0, 1, 3, 9, 20):
        at(DECEMBER_1 + hour * HOUR)
        assert tasks.drain_agreements() == 0
    trial = Trial.objects.get()
    assert (trial.what, trial.month, trial.attempts, trial.due_at) == ("report", date(2026, 11, 1), 3, None)
    assert not SentReport.objects.exists()
    User.objects.filter(pk=person("dora").pk).update(language="pt-br")
    page = browser("dora").get("/admin/agreements/trial/").content.decode()
    assert "relatório mensal 2026-11" in page and "Company suporte-leiloes" in page
    assert "ZeroDivisionError" in page and "parado" in page


def test_a_report_that_cannot_be_written_holds_up_no_other(reported, at, opened, person, monkeypatch):
    Membership.objects.filter(person=person("frank")).update(is_manager=True)
    broken, report_of = person("erin").membership.company, reports.report_of

    def fail(company, *given):
        if company == broken:
            raise RuntimeError("broken")
        return report_of(company, *given)

    monkeypatch.setattr(reports, "report_of", fail)
    at(DECEMBER_1)
    assert tasks.drain_agreements() == 1
    assert SentReport.objects.get().company == person("frank").membership.company
    monkeypatch.undo()
    at(DECEMBER_1 + 16 * MINUTE)
    assert tasks.drain_agreements() == 1 and not Trial.objects.exists()


@pytest.fixture
def reported(at, managed, person):
    """The policy sends reports; Erin manages Alice's company."""
    at(MONDAY_9)
    General.objects.update(monthly_report=True)
    draft.touch(MONDAY_9)
    publishing.publish(revision=draft.state().revision, by=person("dora"), at=MONDAY_9)


def test_the_report_reaches_who_manages_the_company_today(reported, at, person):
    Membership.objects.filter(person=person("alice")).update(is_manager=True)
    User.objects.filter(pk=person("erin").pk).update(is_active=False)
    at(DECEMBER_1)
    tasks.drain_agreements()
    told = Notification.objects.filter(kind="company_report").values_list("person__email", flat=True)
    assert set(told) == {"alice@example.com"}


def test_a_company_whose_manager_is_gone_is_not_noted_as_told(reported, at, person):
    User.objects.filter(pk=person("erin").pk).update(is_active=False)
    at(DECEMBER_1)
    assert tasks.drain_agreements() == 0 and not SentReport.objects.exists()


# --- SL08: who is a developer


@pytest.mark.parametrize("what", ["asked once", "in copy"])
def test_sl08_somebody_who_is_served_here_without_a_company_is_no_developer(at, opened, person, what):
    at(MONDAY_9)
    stranger = User.objects.create_user("stranger@example.net", name="Stranger")
    other = opened(MONDAY_9, who="frank")
    if what == "asked once":
        lifecycle.open_ticket(requester=stranger, summary="Mine", body="Help.", at=MONDAY_9)
    else:
        lifecycle.add_participant(other, by=person("bob"), at=MONDAY_9, address=stranger.email)
    given = {"name": "", "because": "Columns.", "by": person("bob"), "at": MONDAY_9}
    with pytest.raises(ValidationError, match="a customer's address"):
        developers.ask(opened(MONDAY_9), email=stranger.email, **given)
    assert not DeveloperAccess.objects.exists()


def test_sl08_a_developer_who_becomes_a_customer_sees_the_ticket_no_longer(at, opened, person, browser):
    at(MONDAY_9)
    access = developers.ask(opened(MONDAY_9), name="Zed", email="zed@dev.example", because="Columns.", by=person("bob"),
                            at=MONDAY_9)  # fmt: skip
    developers.decide(access, approves=True, by=person("grace"), at=MONDAY_9)
    link = path_in(mail_to_zed(), "/developer/")
    assert browser().get(link).status_code == 200
    Membership.objects.create(person=access.person, company=person("frank").membership.company)
    assert browser().get(link).status_code == 410


def mail_to_zed():
    return next(mail for mail in delivered() if mail.to == ["zed@dev.example"])


# --- what is too much


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"valid_until": "9999-12-31T23:59"}, "2000 to 2100"),
        ({"valid_until": "0001-01-01T00:00"}, "2000 to 2100"),
        ({"valid_until": "2099-01-01T00:00"}, "too far ahead"),
        ({"minutes": "9999h"}, "thousand hours"),
        ({"minutes": "0m"}, "thousand hours"),
        ({"rate": "99999999.00"}, "Write an amount"),
    ],
)
def test_sl07_a_quote_beyond_all_measure_is_refused_at_its_field(at, opened, browser, person, given, said):
    at(FRIDAY_20)
    quote = night.ask(opened(FRIDAY_20), by=person("alice"), at=FRIDAY_20)
    typed = {"minutes": "2h", "rate": "250.00", "text": "Tonight.", "valid_until": "2026-11-30T08:00"}
    refused = browser("grace").post(f"/desk/quotes/{quote.pk}/", typed | given)
    assert refused.status_code == 422 and said in refused.content.decode()
    assert Quote.objects.get().state == "wanted"


def test_programs_meet_the_same_bounds(at, opened, person, program):
    at(MONDAY_9)
    quote = quotes.want(opened(MONDAY_9), kind="consulting", by=person("bob"), at=MONDAY_9)
    sending = {"minutes": 60, "rate": 1, "text": "It.", "valid_until": "2099-01-01T00:00:00Z"}
    wrong = {"valid_until": {}, "minutes": {"minutes": 60_001}, "rate": {"rate": 10**9 + 1}}
    for field, given in wrong.items():
        refused = program("grace").post(f"quotes/{quote.pk}/sending/", sending | given)
        assert refused.status_code in (400, 422) and list(refused.data["errors"]) == [field]
    meeting = meetings.ask(requester=person("alice"), kind="meeting", summary="It", agenda="It.", minutes=60,
                           wished_at=MONDAY_9 + 2 * DAY, at=MONDAY_9)  # fmt: skip
    answer = program("carol").post(f"meetings/{meeting.pk}/schedule/", {"starts_at": "2099-01-01T00:00:00Z"})
    assert answer.status_code == 422 and "too far ahead" in answer.content.decode()


@pytest.mark.parametrize("year", ["0001", "1999", "2101", "9999"])
def test_years_of_another_age_are_refused_at_their_fields(at, browser, opened, person, year):
    at(MONDAY_9)
    ticket = opened(MONDAY_9)
    moment = f"{year}-12-31T23:59"
    alice, bob, carol = browser("alice"), browser("bob"), browser("carol")
    meeting = meetings.ask(requester=person("alice"), kind="meeting", summary="It", agenda="It.", minutes=60,
                           wished_at=MONDAY_9 + 2 * DAY, at=MONDAY_9)  # fmt: skip
    refused = (
        alice.post("/meetings/new/meeting/", ASKED | {"wished_at": moment}),
        carol.post(f"/desk/meetings/{meeting.pk}/schedule/", {"starts_at": moment, "place": ""}),
        bob.post(f"/desk/tickets/{ticket.number}/time/", {"kind": "consulting", "minutes": "1h", "on": moment[:10]}),
    )  # fmt: skip
    for page in refused:
        assert page.status_code == 422 and "2000 to 2100" in page.content.decode()


def test_sl10_a_contract_without_an_end_in_sight_is_refused_and_breaks_no_page(at, browser, person):
    at(MONDAY_9)
    company = Company.objects.get(pk=person("alice").membership.company_id)
    admin = browser("dora")
    given = {"company": company.pk, "starts_on": "2026-01-01", "ends_on": "9999-12-31"}
    page = admin.post("/admin/agreements/contract/add/", given)
    assert (
        page.status_code == 200 and "2000 to 2100" in page.content.decode() and not Contract.objects.exists()
    )


def hints(kind):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT due_at FROM public.tenants_wakeup WHERE schema_name = %s AND kind = %s ORDER BY due_at",
            [connection.schema_name, kind],
        )
        return [row[0] for row in cursor.fetchall()]
