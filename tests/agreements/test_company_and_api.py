"""What a company's managers see (hours, quotes, the month's report), and the same agreements for programs."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from notifications.models import Notification
from policies import draft, publishing
from policies.models import General
from sla import deadlines
from sla.models import Clock
from tenants import wakeups
from tenants.customers.models import Membership
from tenants.people.models import User
from tests.agreements.conftest import FRIDAY_20, delivered, mail_to, path_in
from tickets import lifecycle, tasks
from tickets.agreements.models import Answer, SentReport

MONDAY_9 = datetime(2026, 11, 23, 12, tzinfo=UTC)  # 09:00 in São Paulo
DECEMBER_1 = datetime(2026, 12, 1, 11, tzinfo=UTC)  # 08:00
HOUR = timedelta(hours=1)


@pytest.fixture
def month(at, opened, person, managed):
    """November: two tickets of Alice's company, one answered within its half hour, one not; one of another company's."""
    at(MONDAY_9)
    good, late = opened(MONDAY_9, summary="Answered"), opened(MONDAY_9, summary="Forgotten Ответ")
    opened(MONDAY_9, who="frank", summary="Of another company")
    lifecycle.reply(good, author=person("bob"), body="Here.", at=MONDAY_9 + timedelta(minutes=10))
    lifecycle.resolve(good, by=person("bob"), at=MONDAY_9 + HOUR, solution="Done.")
    clock = Clock.objects.get(subject_id=late.pk, metric="first_response")
    deadlines.record_breach(clock, MONDAY_9 + HOUR)
    return good, late


def test_a_companys_manager_reads_the_months_report_on_the_screen_and_as_pdf(month, browser, at):
    erin = browser("erin")
    page = erin.get("/company/report/?month=2026-11").content.decode()
    # Two opened, one solved; of two first responses one was met: 50 %.
    assert "Service report, November 2026" in page and ">50<" in page
    assert "Forgotten Ответ" in page and "Of another company" not in page
    pdf = erin.get("/company/report/?month=2026-11&as=pdf")
    assert (
        pdf["Content-Type"] == "application/pdf"
        and pdf.content.startswith(b"%PDF-")
        and len(pdf.content) > 5000
    )
    assert "Forgotten" in erin.get("/company/").content.decode()
    for bad in ("2027-01", "1999-01", "2014-01"):
        assert erin.get(f"/company/report/?month={bad}").status_code in (200, 404)
    assert erin.get("/company/report/?month=x%00y").status_code == 200
    # Only managers, of their own company alone.
    assert browser("alice").get("/company/report/").status_code == 404
    frank = browser("frank").get("/company/").content.decode()
    assert "Forgotten" not in frank and "Report of the month" not in frank


@pytest.mark.parametrize(
    ("language", "calm", "urgent", "met", "missed"),
    [
        ("en", "First response", "First response (emergency)", "met", "missed"),
        ("pt-br", "Primeira resposta", "Primeira resposta (emergência)", "cumpridos", "não cumpridos"),
        ("es", "Primera respuesta", "Primera respuesta (emergencia)", "cumplidas", "incumplidas"),
    ],
)
def test_the_report_names_promises_of_different_situations_apart(
    month, opened, browser, person, language, calm, urgent, met, missed
):
    """An emergency is promised an answer at once beside the ordinary one: two lines, and one of them was missed."""
    urgently = opened(MONDAY_9, summary="Urgent", emergencies=["server-down"])
    clock = Clock.objects.get(subject_id=urgently.pk, metric="first_response", situation="emergency")
    deadlines.record_breach(clock, MONDAY_9 + HOUR)
    lifecycle.reply(urgently, author=person("bob"), body="Here.", at=MONDAY_9 + timedelta(minutes=10))
    User.objects.filter(pk=person("erin").pk).update(language=language)
    page = html.unescape(browser("erin").get("/company/report/?month=2026-11").content.decode())
    # Ordinary: two met in ten minutes, one missed. Emergency: none met, one missed after the grace of five minutes.
    rows = re.findall(
        r'<td>([^<]*)</td><td class="num">(\d+)</td><td class="num">(\d+)</td><td class="num">', page
    )
    assert rows == [(calm, "2", "1"), (urgent, "0", "1")]
    assert f'<th class="num">{met}</th><th class="num">{missed}</th>' in page
    assert f"Urgent</td><td>{urgent}</td>" in page and f"Forgotten Ответ</td><td>{calm}</td>" in page


def test_a_policy_that_begins_to_send_reports_does_so_from_the_first_of_next_month_on(month, person):
    General.objects.update(monthly_report=True)
    draft.touch(MONDAY_9)
    publishing.publish(revision=draft.state().revision, by=person("dora"), at=MONDAY_9)
    tasks.drain_publications()
    assert not wakeups.seen_hints("agreement", DECEMBER_1 - timedelta(seconds=1))
    assert len(wakeups.seen_hints("agreement", DECEMBER_1)) == 1


def test_the_month_before_is_sent_to_managers_once_when_the_policy_says_so(month, at, person, browser):
    at(DECEMBER_1)
    tasks.drain_agreements()
    assert not SentReport.objects.exists()
    General.objects.update(monthly_report=True)
    draft.touch(MONDAY_9)
    publishing.publish(revision=draft.state().revision, by=person("dora"), at=MONDAY_9)
    assert tasks.drain_agreements() == 1
    report = mail_to("erin", delivered(), "service report November 2026")
    assert "1 promises met, 1 missed" in report.body
    assert path_in(report, "/company/report/") == "/company/report/?month=2026-11"
    assert tasks.drain_agreements() == 0
    assert not Notification.objects.filter(kind="company_report", person=person("alice")).exists()


# --- programs


def test_sl07_programs_ask_quote_and_accept_by_the_same_rights(at, opened, program):
    at(FRIDAY_20)
    ticket = opened(FRIDAY_20)
    alice, grace, bob, frank = (program(name) for name in ("alice", "grace", "bob", "frank"))
    assert alice.post("quotes/", {"ticket": ticket.number, "kind": "consulting"}).status_code == 422
    wanted = alice.post("quotes/", {"ticket": ticket.number, "kind": "night_work", "wish": "Today."})
    assert (wanted.status_code, wanted.data["state"]) == (201, "wanted")
    path = f"quotes/{wanted.data['id']}/"
    said = {"minutes": 90, "rate": 25000, "text": "Mend it."}
    assert bob.post(f"{path}sending/", said).status_code == 403
    sent = grace.post(f"{path}sending/", said)
    assert (sent.status_code, sent.data["amount"]) == (200, 37500)
    assert bob.post(f"tickets/{ticket.number}/night-work/", {}).status_code == 422
    assert (
        frank.get(path).status_code == 404
        and frank.post(f"{path}answer/", {"accepts": True}).status_code == 404
    )
    assert grace.post(f"{path}answer/", {"accepts": True}).status_code == 403
    accepted = alice.post(f"{path}answer/", {"accepts": True})
    assert accepted.data["answer"]["way"] == "api" and Answer.objects.get().amount == 37500
    assert bob.post(f"tickets/{ticket.number}/night-work/", {}).status_code == 200
    assert [q["state"] for q in alice.get("quotes/").data["results"]] == ["accepted"]
    assert frank.get("quotes/").data["results"] == []


def test_sl09_sl10_programs_ask_for_meetings_and_read_hours(at, program, person):
    at(MONDAY_9)
    alice, bob, carol = (program(name) for name in ("alice", "bob", "carol"))
    asked = {
        "summary": "Next auction",
        "agenda": "Lots.",
        "wished_at": "2026-11-25T10:00:00-03:00",
        "minutes": 60,
    }
    assert alice.post("meetings/", asked | {"wished_at": "2026-11-23T20:00:00-03:00"}).status_code == 422
    meeting = alice.post("meetings/", asked | {"kind": "training"}).data
    assert meeting["state"] == "requested"
    scheduled = {"starts_at": "2026-11-25T10:00:00-03:00"}
    assert bob.post(f"meetings/{meeting['id']}/schedule/", scheduled).status_code == 403
    assert carol.post(f"meetings/{meeting['id']}/schedule/", scheduled).data["state"] == "scheduled"
    [training] = alice.get("hours/").data
    assert (training["kind"], training["held"], training["left"]) == ("training", 60, 60)
    entry = bob.post(
        f"tickets/{meeting['ticket']}/time/", {"kind": "training", "minutes": 45, "on": "2026-11-23"}
    )
    assert entry.status_code == 201
    assert alice.get("hours/").data[0]["left"] == 75
    assert bob.post(f"time/{entry.data['id']}/correction/", {}).data["minutes"] == -45
    assert alice.get(f"tickets/{meeting['ticket']}/time/").status_code == 403
    reference = str(Membership.objects.get(person=person("frank")).company.reference)
    assert alice.get("hours/", company=reference).status_code == 404
    assert bob.get("hours/").status_code == 400
