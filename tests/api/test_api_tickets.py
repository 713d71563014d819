"""Tickets by the API: opened, declined, listed, answered, changed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Notification
from policies.publishing import policy_of, version_in_force
from tenants.moment import now
from tenants.people.models import User
from tickets import lifecycle
from tickets.models import Contact, Message, Ticket

ASKED = {"summary": "It does not print", "body": "Since today.", "channel": "portal"}
FOR_ALICE = ASKED | {"requester": "alice@example.com"}


def test_an_agent_opens_for_a_caller_and_the_caller_is_told(bob, person):
    answer = bob.post("tickets/", FOR_ALICE)
    assert answer.status_code == 201, answer.data
    ticket = Ticket.objects.get()
    assert answer.data["accepted"] is True
    assert answer.data["ticket"]["number"] == ticket.number
    assert answer.headers["Location"] == f"/api/v1/tickets/{ticket.number}/"
    assert answer.data["because"]
    assert ticket.requester == person("alice")
    assert ticket.events.get(kind="opened").actor == person("bob")
    assert Notification.objects.filter(kind="ticket_opened", address="alice@example.com").exists()
    assert bob.get(answer.headers["Location"]).data == answer.data["ticket"]


def test_ZP01_another_channel_makes_no_ticket_and_says_where_to_go(bob):
    answer = bob.post("tickets/", FOR_ALICE | {"channel": "whatsapp"})
    assert answer.status_code == 200
    assert (answer.data["accepted"], answer.data["outcome"], answer.data["ticket"]) == (
        False,
        "wrong_channel",
        None,
    )
    assert answer.data["pointer"]
    assert answer.data["because"]
    assert (Ticket.objects.count(), Contact.objects.count()) == (0, 1)


@pytest.mark.parametrize(("pack", "channel"), [("erp-chamados", "email"), ("suporte-leiloes", "whatsapp")])
def test_TD04_SL01_the_channel_is_the_one_that_was_said(desk_of, program, pack, channel):
    answer = program(desk_of(pack), "bob").post("tickets/", FOR_ALICE | {"channel": channel})
    assert answer.status_code in (200, 201), answer.data
    kept = Ticket.objects.first() or Contact.objects.get()
    assert kept.channel == channel


def test_a_customer_opens_for_themselves_alone(alice, person):
    assert alice.post("tickets/", ASKED).status_code == 201
    assert Ticket.objects.get().requester == person("alice")
    for stolen in ({"requester": "erin@example.com"}, {"situations": ["emergency"]}):
        answer = alice.post("tickets/", ASKED | stolen)
        assert answer.status_code == 400
        assert set(answer.data["errors"]) == set(stolen)
    assert Ticket.objects.count() == 1


def test_somebody_unknown_becomes_known_with_a_name(bob):
    new = ASKED | {"requester": "Nina@Example.com"}
    answer = bob.post("tickets/", new)
    assert answer.status_code == 422
    assert "requester" in answer.data["errors"]
    answer = bob.post("tickets/", new | {"requester_name": "Nina"})
    assert answer.status_code == 201
    nina = User.objects.get(email="nina@example.com")
    assert (nina.role, Ticket.objects.get().requester) == ("customer", nina)


def test_a_refused_opening_makes_nobody_known(bob, monkeypatch):
    monkeypatch.setattr("tickets.attachments.check", lambda *_: ["no"])
    answer = bob.post("tickets/", ASKED | {"requester": "nina@example.com", "requester_name": "Nina"})
    assert answer.status_code == 422
    assert not User.objects.filter(email="nina@example.com").exists()


def test_no_ticket_for_an_agent_or_for_nobody(bob):
    assert bob.post("tickets/", ASKED | {"requester": "carol@example.com"}).status_code == 422
    assert bob.post("tickets/", ASKED).data["errors"].keys() == {"requester"}


def test_sent_again_with_its_key_a_request_is_done_once(bob, alice):
    answers = [bob.post("tickets/", FOR_ALICE, Idempotency_Key="order-7") for _ in range(3)]
    assert {a.status_code for a in answers} == {201}
    assert len({a.data["ticket"]["number"] for a in answers}) == 1
    assert Ticket.objects.count() == 1
    assert (
        bob.post("tickets/", FOR_ALICE | {"summary": "Other"}, Idempotency_Key="order-7").status_code == 422
    )
    assert alice.post("tickets/", ASKED, Idempotency_Key="order-7").status_code == 201  # her key, not Bob's
    assert Ticket.objects.count() == 2
    declined = [bob.post("tickets/", FOR_ALICE | {"channel": "phone"}, Idempotency_Key="d") for _ in range(2)]
    assert [a.data["outcome"] for a in declined] == ["wrong_channel"] * 2
    assert Contact.objects.count() == 1
    for bad in ("", "a b", "x" * 256):
        assert bob.post("tickets/", FOR_ALICE, Idempotency_Key=bad).status_code == 400


def test_the_topics_fields_are_checked_and_kept(desk_of, program):
    tenant = desk_of("360dialog")
    policy = policy_of(version_in_force(now()))
    topic = next(t for t in policy.topics if any(f.kind in ("text", "choice") for f in t.fields))
    field = next(f for f in topic.fields if f.kind in ("text", "choice"))
    value = next(iter(field.choices[0].values())) if field.kind == "choice" else "typed"
    bob = program(tenant, "bob")
    new = FOR_ALICE | {"channel": "api", "topic": topic.key}
    assert bob.post("tickets/", new | {"fields": {field.key: value}}).status_code == 201
    assert field.key in Ticket.objects.get().fields
    answer = bob.post("tickets/", new | {"fields": {"nonsense": "x", field.key: ["no", "text"]}})
    assert answer.status_code == 400
    assert set(answer.data["errors"]) == {"fields.nonsense", f"fields.{field.key}"}


# --- reading ------------------------------------------------------------------------------------------------


def test_lists_hold_what_may_be_seen(bob, alice, opened, program, tenant_a):
    own, other = opened(), opened(who="frank")
    assert [t["number"] for t in bob.get("tickets/").data["results"]] == [other.number, own.number]
    assert [t["number"] for t in alice.get("tickets/").data["results"]] == [own.number]
    frank = program(tenant_a, "frank")
    for path in ("", "messages/", "clocks/", "explanation/"):
        assert frank.get(f"tickets/{own.number}/{path}").status_code == 404
    assert frank.post(f"tickets/{own.number}/messages/", {"body": "Hello"}).status_code == 404
    assert frank.post(f"tickets/{own.number}/closure/").status_code == 404


def test_customers_are_told_less(bob, alice, opened):
    ticket = opened()
    lifecycle.add_note(ticket, author=User.objects.get(email="bob@example.com"), body="Secret", at=now())
    to_agents, to_customers = (who.get(f"tickets/{ticket.number}/").data for who in (bob, alice))
    assert {"owner", "team", "scope_rule", "policy_version"} <= to_agents.keys() - to_customers.keys()
    assert [m["kind"] for m in bob.get(f"tickets/{ticket.number}/messages/").data["results"]] == [
        "public",
        "note",
    ]
    thread = alice.get(f"tickets/{ticket.number}/messages/").data["results"]
    assert [m["kind"] for m in thread] == ["public"]
    assert "email" not in thread[0]["author"]


def test_pages_follow_one_another_without_gaps(bob, opened):
    numbers = [opened(f"Number {n}").number for n in range(5)]
    seen, following = [], "/api/v1/tickets/?page_size=2&status=new&status=open"
    while following:
        data = bob.get(following).data
        seen += [t["number"] for t in data["results"]]
        following = data["next"]
    assert seen == numbers[::-1]


def test_filters(bob, opened):
    first, second = opened("One"), opened("Two", channel="form")
    when = now() + timedelta(hours=1)
    lifecycle.assign(first, owner=User.objects.get(email="bob@example.com"), by=None, at=when)

    def numbers(**query):
        return [t["number"] for t in bob.get("tickets/", **query).data["results"]]

    assert numbers(status="open") == [first.number]
    assert numbers(channel=second.channel if second else "x") == ([second.number] if second else [])
    assert numbers(updated_since=when.isoformat()) == [first.number]
    assert numbers(priority="nonsense") == []
    for wrong in ({"status": "nonsense"}, {"updated_since": "yesterday"}, {"nonsense": "1"}, {"cursor": "x"}):
        answer = bob.get("tickets/", **wrong)
        assert answer.status_code == 400
        assert next(iter(answer.data["errors"])).split(".")[0] in wrong


def test_queries_do_not_grow_with_the_rows(bob, opened):
    def queries(path):
        bob.get(path)
        with CaptureQueriesContext(
            connection,
        ) as counted:
            assert bob.get(path).status_code == 200
        return len(counted)

    ticket = opened()
    paths = ["tickets/", f"tickets/{ticket.number}/messages/", "people/", "companies/", "windows/"]
    before = [queries(path) for path in paths]
    for n in range(6):
        opened(f"Further {n}")
        lifecycle.reply(ticket, author=ticket.requester, body=f"More {n}", at=now())
        User.objects.create_user(f"more{n}@example.com", name="More")
    assert [queries(path) for path in paths] == before
    assert max(before) <= 12


def test_clocks_and_why(bob, alice, opened):
    ticket = opened()
    clock = bob.get(f"tickets/{ticket.number}/clocks/").data[0]
    assert clock["due_at"].endswith("Z")
    assert isinstance(clock["remaining_seconds"], int)
    reason = bob.get(f"tickets/{ticket.number}/explanation/").data[0]
    assert reason["sentences"]
    assert {"from", "to", "counted_seconds", "why"} == reason["stretches"][0].keys()
    assert "stretches" not in alice.get(f"tickets/{ticket.number}/explanation/").data[0]


# --- writing ------------------------------------------------------------------------------------------------


def test_replies_and_notes(bob, alice, opened):
    path = f"tickets/{opened().number}/messages/"
    for _ in range(2):
        answer = bob.post(path, {"body": "We look into it.", "wait": True}, Idempotency_Key="r1")
        assert answer.status_code == 201
    assert Ticket.objects.get().status == "pending"
    assert alice.post(path, {"body": "Thank you."}).data["by_customer"] is True
    assert Ticket.objects.get().status == "open"
    assert bob.post(path, {"body": "Check the cable", "kind": "note"}).data["kind"] == "note"
    assert Message.objects.count() == 4
    assert bob.post(path, {"body": "Another", "wait": True}, Idempotency_Key="r1").status_code == 422
    refused = alice.post(path, {"body": "x", "kind": "note", "finding": "y", "wait": True})
    assert set(refused.data["errors"]) == {"kind", "finding", "wait"}
    assert bob.post(path, {"body": "  "}).status_code == 400
    assert Message.objects.count() == 4


def test_a_reply_to_history_continues_in_another_ticket(alice, opened, person):
    ticket = opened(at=now() - timedelta(days=60))
    past = now() - timedelta(days=50)
    lifecycle.resolve(ticket, by=person("bob"), at=past, solution="Done")
    answer = alice.post(f"tickets/{ticket.number}/messages/", {"body": "Again!"})
    assert answer.status_code == 201
    assert answer.data["ticket"] != ticket.number
    assert alice.get(f"tickets/{answer.data['ticket']}/").data["follows"] == ticket.number


def test_a_ticket_is_worked_to_its_end(bob, alice, opened):
    path = f"tickets/{opened().number}"

    def done(noun, data=None, who=bob):
        answer = who.post(f"{path}/{noun}/", data)
        assert answer.status_code == 200, answer.data
        return answer.data

    assert done("assignment", {"owner": "BOB@example.com"})["owner"]["email"] == "bob@example.com"
    assert done("assignment", {"owner": None})["owner"] is None
    assert done("triage", {"priority": "1"})["priority"] == "1"
    assert done("waiting", {"on": "customer"})["status"] == "pending"
    assert done("waiting", {"on": "third_party", "because": "The provider"})["status"] == "on_hold"
    answer = bob("DELETE", f"{path}/waiting/")
    assert (answer.status_code, answer.data["status"]) == (200, "open")
    stated = {"situation": "emergency", "holds": True, "because": "It stands still."}
    assert done("situations", stated)["situations"] == ["emergency"]
    assert done("completeness", {"missing": "The log"})["missing"] == "The log"
    assert done("completeness", {"missing": ""})["missing"] == ""
    assert done("participants", {"address": "boss@example.com"}, alice)
    assert done("resolution", {"solution": "Turned it on."})["status"] == "resolved"
    assert done("closure", None, alice)["status"] == "closed"
    assert done("reopening", {"because": "Off again"}, alice)["status"] == "open"


def test_ZP09_what_was_put_out_of_scope_is_put_in(bob, alice):
    answer = alice.post("tickets/", ASKED | {"topic": "server"})
    assert (answer.data["accepted"], answer.data["outcome"]) == (True, "out_of_scope")
    assert answer.data["sentence"]
    path = f"tickets/{answer.data['ticket']['number']}/scope/"
    answer = bob.post(path, {"because": "We run this server"})
    assert (answer.data["outcome"], answer.data["overruled_because"]) == ("in_scope", "We run this server")
    assert answer.data["due_at"]
    assert bob.post(path, {"because": "Again"}).status_code == 422


@pytest.mark.parametrize(
    ("noun", "data", "status", "field"),
    [
        ("assignment", {"owner": "alice@example.com"}, 422, "owner"),
        ("assignment", {"owner": "nobody@example.com"}, 422, "owner"),
        ("assignment", {}, 400, "owner"),
        ("triage", {"priority": "99"}, 400, "priority"),
        ("triage", {"team": "nonsense"}, 422, "team"),
        ("triage", {}, 400, "request"),
        ("waiting", {"on": "third_party"}, 422, "because"),
        ("resolution", {}, 422, "solution"),
        ("closure", {}, 422, "solution"),
        ("reopening", {}, 422, "status"),
        ("scope", {"because": ""}, 400, "because"),
        ("situations", {"situation": "nonsense", "holds": "perhaps"}, 400, "situation"),
        ("situations", {"situation": "third_party", "holds": True}, 422, "because"),
        ("participants", {"address": "nonsense"}, 400, "address"),
        ("closure", {"why": 1}, 400, "why"),
    ],
)
def test_what_is_refused_is_refused_at_its_field(bob, opened, noun, data, status, field):
    ticket = opened()
    answer = bob.post(f"tickets/{ticket.number}/{noun}/", data)
    assert answer.status_code == status, answer.data
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert field in answer.data["errors"]
    assert answer.data["status"] == status


@pytest.mark.parametrize(
    "noun", ["assignment", "triage", "waiting", "resolution", "scope", "situations", "completeness"]
)
def test_customers_do_not_do_our_work(alice, opened, noun):
    ticket = opened()
    assert alice.post(f"tickets/{ticket.number}/{noun}/", {}).status_code == 403
    assert Ticket.objects.get().updated_at == ticket.updated_at
