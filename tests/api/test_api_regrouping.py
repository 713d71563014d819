"""Merging, splitting, handing over, scope, redaction and the report by the API (TD16, TD10, ZP09)."""

from datetime import timedelta

import pytest

from tenants.moment import now
from tickets import lifecycle


@pytest.fixture
def carol(tenant_a, program):
    return program(tenant_a, "carol")


def test_td16_opening_answers_with_what_looks_alike_and_opens_all_the_same(desk_of, program, person):
    tenant = desk_of("360dialog")
    lifecycle.open_ticket(requester=person("alice"), summary="Webhook stopped delivering", body="x", at=now())
    given = {"summary": "The webhook stopped delivering", "body": "x", "channel": "portal"}
    answer = program(tenant, "alice").post("tickets/", given)
    assert answer.status_code == 201
    [alike] = answer.data["lookalikes"]
    assert (alike["number"], alike["url"]) == (1, "/api/v1/tickets/1/")
    assert alike["likeness"] >= 0.5
    assert program(tenant, "frank").post("tickets/", given).data["lookalikes"] == []


def test_td16_merged_and_undone(bob, opened):
    opened("The report is empty")
    opened("Empty report", who="erin")
    refused = bob.post("tickets/1/merging/", {"into": 2})
    assert refused.status_code == 422 and "across" in refused.data["errors"]
    answer = bob.post("tickets/1/merging/", {"into": 2, "because": "The same", "across": True})
    assert (answer.status_code, answer.data["status"], answer.data["merged_into"]) == (200, "closed", 2)
    said = bob.get("tickets/2/messages/").data["results"]
    assert [each["came_from"] for each in said] == [1, None]
    again = bob.post("tickets/1/merging/", {"into": 2})
    assert again.status_code == 422 and "into" in again.data["errors"]
    undone = bob("DELETE", "tickets/1/merging/")
    assert (undone.status_code, undone.data["status"], undone.data["merged_into"]) == (200, "new", None)


def test_td16_split_and_undone(bob, opened, person):
    ticket = opened("The report is empty")
    second = lifecycle.reply(ticket, author=person("alice"), body="And a user.", at=now())
    answer = bob.post(
        "tickets/1/splitting/", {"messages": [second.pk], "summary": "A user", "topic": "question"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (201, "/api/v1/tickets/2/")
    assert (answer.data["number"], answer.data["split_from"], answer.data["topic"]) == (2, 1, "question")
    undone = bob("DELETE", "tickets/2/splitting/")
    assert (undone.data["status"], undone.data["merged_into"]) == ("closed", 1)
    assert bob("DELETE", "tickets/2/splitting/").status_code == 422


def test_td10_handed_over_with_a_note(bob, opened):
    opened()
    mine = bob.get("tickets/1/").data["team"]
    team = next(each["key"] for each in bob.get("teams/").data if each["key"] != mine)
    answer = bob.post("tickets/1/handover/", {"team": team, "note": "For you."})
    assert (answer.status_code, answer.data["team"]) == (200, team)
    assert bob.post("tickets/1/handover/", {"team": "nobody", "note": "x"}).status_code == 422


def test_zp09_taken_out_of_scope_and_counted(bob, carol, opened):
    opened()
    answer = bob.post("tickets/1/exclusion/", {"outcome": "out_of_scope", "because": "A server"})
    assert (answer.data["outcome"], answer.data["sentence"], answer.data["due_at"]) == (
        "out_of_scope",
        "A server",
        None,
    )
    asked = {
        "since": (now() - timedelta(days=1)).isoformat(),
        "until": (now() + timedelta(days=1)).isoformat(),
    }
    report = carol.get("reports/declined/", **asked)
    assert (report.status_code, report.data["count"], report.data["rows"][0]["ticket"]) == (200, 1, 1)
    assert carol.get("reports/declined/", **asked, outcome="no_sla").data["count"] == 0
    assert carol.get("reports/declined/", since=asked["until"], until=asked["since"]).status_code == 400
    assert bob.get("reports/declined/", **asked).status_code == 403


def test_redacted_by_a_supervisor_alone(bob, carol, opened):
    message = opened().messages.get()
    given = {"message": message.pk, "because": "A patient"}
    assert bob.post("tickets/1/redactions/", given).status_code == 403
    assert carol.post("tickets/1/redactions/", given | {"message": message.pk + 99}).status_code == 422
    assert carol.post("tickets/1/redactions/", given).status_code == 200
    [said] = bob.get("tickets/1/messages/").data["results"]
    assert said["body"] == "[This text was removed by our team.]" and said["redacted_at"]


@pytest.mark.parametrize("noun", ["merging", "splitting", "handover", "exclusion", "redactions"])
def test_none_of_it_is_for_customers(alice, opened, noun):
    opened()
    assert alice.post(f"tickets/1/{noun}/", {}).status_code == 403
