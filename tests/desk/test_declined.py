"""The report of declined work (ZP09, SL04): what was not taken on, why, and what one of us overruled; numbers that lead there."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.moment import now
from tickets import lifecycle
from tickets.models import Contact, Ticket
from tickets.spreadsheets import cell


@pytest.fixture
def carol(tenant_a, person, client_for):
    return client_for(tenant_a, person("carol"))


@pytest.fixture
def declined(opened, person):
    """Two out of scope by words, of which one is overruled; one contact by a channel that opens none; one in scope."""
    opened("Server", body="Please configure my VPS.", topic="question")
    opened("=HYPERLINK(1)", body="Our VPS needs nginx.", who="frank")
    opened("By mail", channel="email")
    opened("Where is the report?")
    lifecycle.overrule(Ticket.objects.get(number=1), by=person("bob"), at=now(), because="A courtesy")


def test_zp09_the_report_counts_what_was_declined_by_outcome_rule_channel_and_company(carol, declined):
    report = carol.get("/desk/reports/declined/").context["report"]
    assert (report.count, report.contacts, report.overruled) == (3, 1, 1)
    assert {(c.outcome, c.count, c.overruled) for c in report.by["outcome"]} == {
        ("out_of_scope", 2, 1), ("wrong_channel", 1, 0),
    }  # fmt: skip
    assert {c.count for c in report.by["rule"]} == {2, 1}
    assert {(c.channel, c.count) for c in report.by["channel"]} == {("portal", 2), ("email", 1)}
    assert {(c.company, c.count) for c in report.by["company"]} == {
        ("Company canary-of-acme", 2), ("Other company canary-of-acme", 1),
    }  # fmt: skip
    assert {(c.topic, c.count) for c in report.by["topic"]} == {("question", 1), ("", 2)}


def test_zp09_its_numbers_lead_to_the_tickets_and_contacts(carol, declined):
    page = carol.get("/desk/reports/declined/")
    [rule] = [
        line
        for by, _head, lines in page.context["groups"]
        if by == "rule"
        for line in lines
        if line["count"] == 2
    ]
    rows = carol.get(rule["link"]).context["rows"]
    assert [each["row"].number for each in rows] == [2, 1]
    assert rows[1]["link"] == "/desk/tickets/1/"
    [only] = carol.get(rule["overruled_link"]).context["rows"]
    assert (only["row"].number, only["row"].because) == (1, "A courtesy")
    [contact] = carol.get("/desk/reports/declined/?channel=email").context["rows"]
    assert b"By mail" in carol.get(contact["link"]).content


def test_zp09_only_of_the_days_that_were_asked_for(carol, declined):
    Contact.objects.update(at=now() - timedelta(days=40))
    assert carol.get("/desk/reports/declined/").context["report"].contacts == 0
    since = (now() - timedelta(days=45)).date().isoformat()
    assert carol.get(f"/desk/reports/declined/?from={since}").context["report"].contacts == 1
    long_ago = carol.get("/desk/reports/declined/?from=2020-01-01&to=2020-01-31")
    assert b"Nothing was declined" in long_ago.content


def test_zp09_as_a_table_whose_cells_no_spreadsheet_runs(carol, declined):
    answer = carol.get("/desk/reports/declined/table.csv")
    assert answer["Content-Type"].startswith("text/csv")
    heads, *rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 3 and all(len(row) == len(heads) for row in rows)
    assert "'=HYPERLINK(1)" in str(rows)
    assert not [value for row in rows for value in row if value.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_becomes_a_text(value):
    assert cell(value) == f"'{value}"
    assert cell(7) == "7"


def test_what_the_report_asks_does_not_grow_with_the_rows(carol, declined, opened):
    def queries():
        """Of two tries the cheaper one: what is looked up anew after some seconds falls into one of them."""
        counted = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as seen:
                assert carol.get("/desk/reports/declined/").status_code == 200
            counted.append(len(seen))
        return min(counted)

    before = queries()
    for n in range(6):
        opened(f"VPS {n}", body="Please configure my VPS.", who="frank")
        opened(f"Mail {n}", channel="email")
    assert queries() == before


def test_only_supervisors_see_it(tenant_a, person, client_for, declined):
    for name, status in (("alice", 404), ("bob", 404), ("carol", 200), ("dora", 200)):
        for path in ("/desk/reports/declined/", "/desk/reports/declined/table.csv"):
            assert client_for(tenant_a, person(name)).get(path).status_code == status, name
    assert client_for(tenant_a).get("/desk/reports/declined/").status_code == 302
    assert b"/desk/reports/declined/" in client_for(tenant_a, person("carol")).get("/desk/contacts/").content
    assert (
        b"/desk/reports/declined/" not in client_for(tenant_a, person("bob")).get("/desk/contacts/").content
    )


@pytest.mark.parametrize(
    "query",
    ["from=x&to=y", "from=2026-02-31", "from=9999-12-31", "company=x", "company=" + "9" * 30, "overruled=maybe",
     "outcome=%00", "rule='; --", "from=2026-12-01&to=2026-01-01", "topic=" + "x" * 300],
)  # fmt: skip
def test_whatever_the_address_says_it_answers(carol, declined, query):
    assert carol.get(f"/desk/reports/declined/?{query}").status_code == 200


def test_the_twin_has_a_report_of_its_own(tenant_b, declined_of_acme, person, client_for):
    report = client_for(tenant_b, person("carol")).get("/desk/reports/declined/").context["report"]
    assert report.count == 0


@pytest.fixture
def declined_of_acme(tenant_b):
    from tests.conftest import enter

    tenant = enter("acme")
    from tenants.people.models import User

    alice = User.objects.get(email="alice@example.com")
    lifecycle.open_ticket(requester=alice, summary="VPS", body="Please configure my VPS.", at=now())
    enter(tenant_b.slug)
    return tenant
