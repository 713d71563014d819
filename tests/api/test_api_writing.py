"""Writing twice, and writing over each other: Idempotency-Key, ETag and If-Match."""

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections

from tenants.customers.models import Company
from tenants.moment import now
from tenants.people.models import User
from tickets.api import replays
from tickets.api.keys import ApiKey
from tickets.api.limits import Allowance
from tickets.api.replays import Replay
from tickets.models import Event, Message, Ticket

ASKED = {
    "summary": "It does not print",
    "body": "Since today.",
    "channel": "portal",
    "requester": "alice@example.com",
}


# --- twice ------------------------------------------------------------------------------------------------------


def test_a_write_sent_again_is_answered_and_not_done_again(bob):
    first, again = (bob.post("companies/", {"name": "Padaria"}, Idempotency_Key="c-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Company.objects.filter(name="Padaria").count() == 1
    assert bob.post("companies/", {"name": "Padaria"}).status_code == 201  # without a key: another one
    assert Company.objects.filter(name="Padaria").count() == 2


def test_the_order_of_fields_is_no_difference_and_another_value_is(bob):
    new = {"name": "Padaria", "plan": ""}
    first = bob.post("companies/", new, Idempotency_Key="k")
    again = bob.post("companies/", dict(reversed(new.items())), Idempotency_Key="k")
    assert again.data == first.data
    refused = bob.post("companies/", new | {"name": "Other"}, Idempotency_Key="k")
    assert refused.status_code == 422
    assert list(refused.data["errors"]) == ["Idempotency-Key"]
    assert not Company.objects.filter(name="Other").exists()


def test_changes_of_a_ticket_are_done_once(bob, opened):
    path = f"tickets/{opened().number}/assignment/"
    for _ in range(3):
        answer = bob.post(path, {"owner": "bob@example.com"}, Idempotency_Key="a")
        assert answer.status_code == 200
        assert answer.headers["ETag"]
    assert Event.objects.filter(kind="assigned").count() == 1


def test_what_was_refused_may_be_corrected_under_the_same_key(bob, opened):
    path = f"tickets/{opened().number}/resolution/"
    assert bob.post(path, {}, Idempotency_Key="r").status_code == 422
    assert not Replay.objects.exists()
    assert bob.post(path, {"solution": "Turned it on."}, Idempotency_Key="r").status_code == 200


def test_a_key_is_of_one_sender_and_one_address(bob, tenant_a, program, opened):
    new = {"name": "Padaria"}
    assert bob.post("companies/", new, Idempotency_Key="1").status_code == 201
    other = program(tenant_a, "bob").post("companies/", {"name": "Other"}, Idempotency_Key="1")
    assert (other.status_code, other.data["name"]) == (201, "Other")
    assert bob.post(f"tickets/{opened().number}/closure/", None, Idempotency_Key="1").status_code == 422
    assert "solution" in bob.post(f"tickets/{Ticket.objects.get().number}/closure/").data["errors"]


def test_a_form_sent_again_is_the_same_whatever_its_boundary(bob, opened):
    path = f"/api/v1/tickets/{opened().number}/messages/"

    def send(content, boundary):
        file = SimpleUploadedFile("log.txt", content)
        return bob.client.post(
            path, {"body": "See the log.", "files": [file]}, headers=bob.headers | {"Idempotency-Key": "f"}
        )

    assert [send(b"one", n).status_code for n in "ab"] == [201, 201]
    assert Message.objects.filter(body="See the log.").count() == 1
    assert send(b"two", "c").status_code == 422


def test_keys_of_yesterday_are_forgotten_and_opening_is_still_done_once(bob):
    first = bob.post("tickets/", ASKED, Idempotency_Key="o")
    assert replays.forget(now() + timedelta(hours=23)) == 0
    assert replays.forget(now() + timedelta(hours=25)) == 1
    again = bob.post("tickets/", ASKED, Idempotency_Key="o")
    assert again.data["ticket"]["number"] == first.data["ticket"]["number"]
    assert Ticket.objects.count() == 1


def test_a_person_with_another_role_does_not_read_what_was_answered_before(bob, person):
    assert bob.post("companies/", {"name": "Padaria"}, Idempotency_Key="1").status_code == 201
    User.objects.filter(pk=person("bob").pk).update(role="customer")
    assert bob.post("companies/", {"name": "Padaria"}, Idempotency_Key="1").status_code == 403


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """Without a transaction around the test, so that threads see what it writes; what it wrote is taken away again."""
    from tests.conftest import enter

    with django_db_blocker.unblock():
        tenant = enter("tour")
        yield tenant
        connection.set_tenant(tenant)
        Company.objects.filter(name="At once").delete()
        for written in (Replay, ApiKey, Allowance):
            written.objects.all().delete()
        connection.set_schema_to_public()


def test_of_two_at_once_one_is_done_and_both_are_answered(committed, client_for, key_of):
    """Real transactions in four threads: the later ones wait for the first and get its answer."""
    headers = {"Authorization": f"Bearer {key_of('bob')}", "Idempotency-Key": "both"}
    new, answers = {"name": "At once"}, []

    def post():
        client = client_for(committed)
        answers.append(client.post("/api/v1/companies/", new, "application/json", headers=headers))
        connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert [a.status_code for a in answers] == [201] * 4
    assert len({a.content for a in answers}) == 1
    assert sum("Idempotency-Replayed" in a.headers for a in answers) == 3
    connection.set_tenant(committed)
    assert Company.objects.filter(name="At once").count() == 1


# --- over each other ----------------------------------------------------------------------------------------------


def test_a_reader_who_has_it_gets_304(bob, opened):
    path = f"tickets/{opened().number}/"
    tag = bob.get(path).headers["ETag"]
    assert tag.startswith('"') and tag.endswith('"')
    for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = bob("GET", path, headers={"If-None-Match": sent})
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    assert bob("GET", path, headers={"If-None-Match": '"other"'}).status_code == 200
    bob.post(f"{path}assignment/", {"owner": "bob@example.com"})
    fresh = bob("GET", path, headers={"If-None-Match": tag})
    assert fresh.status_code == 200
    assert fresh.headers["ETag"] != tag
    assert "Accept-Language" in fresh.headers["Vary"]


def test_a_change_decided_on_an_older_state_is_refused(bob, opened):
    path = f"tickets/{opened().number}/"
    tag = bob.get(path).headers["ETag"]
    done = bob("POST", f"{path}assignment/", {"owner": "bob@example.com"}, headers={"If-Match": tag})
    assert done.status_code == 200
    assert done.headers["ETag"] == bob.get(path).headers["ETag"] != tag
    stale = bob("POST", f"{path}assignment/", {"owner": None}, headers={"If-Match": tag})
    assert (stale.status_code, stale.headers["Content-Type"]) == (412, "application/problem+json")
    assert Ticket.objects.get().owner is not None
    for noun, data in (("messages", {"body": "Hello"}), ("triage", {"priority": "1"})):
        assert bob("POST", f"{path}{noun}/", data, headers={"If-Match": tag}).status_code == 412
        assert bob("POST", f"{path}{noun}/", data, headers={"If-Match": "*"}).status_code in (200, 201)
    assert (
        bob("DELETE", f"{path}waiting/", headers={"If-Match": f"W/{done.headers['ETag']}"}).status_code == 412
    )


def test_people_companies_and_windows_have_tags_too(bob, person):
    company = Company.objects.first()
    for path, change in (
        (f"companies/{company.reference}/", {"name": "Other"}),
        (f"people/{person('alice').pk}/", {"name": "Other"}),
    ):
        tag = bob.get(path).headers["ETag"]
        assert bob("PATCH", path, change, headers={"If-Match": tag}).status_code == 200
        assert bob("PATCH", path, change, headers={"If-Match": tag}).status_code == 412
    assert (
        bob("GET", "policy/", headers={"If-None-Match": bob.get("policy/").headers["ETag"]}).status_code
        == 304
    )


def test_where_there_is_nothing_to_compare_if_match_is_refused(bob):
    answer = bob.post("companies/", {"name": "Padaria"}, If_Match='"x"')
    assert answer.status_code == 412
    assert not Company.objects.filter(name="Padaria").exists()


def test_readers_of_other_rights_have_other_tags(bob, alice, opened):
    path = f"tickets/{opened().number}/"
    assert bob.get(path).headers["ETag"] != alice.get(path).headers["ETag"]


def test_td17_a_write_with_a_key_of_its_own_may_hold_a_secret(bob):
    opened = [
        bob.post("tickets/", ASKED | {"summary": "senha: Leilao@2026"}, Idempotency_Key="s-1")
        for _ in range(2)
    ]
    assert [answer.status_code for answer in opened] == [201, 201], opened[0].data
    number = opened[0].data["ticket"]["number"]
    said = [
        bob.post(f"tickets/{number}/messages/", {"body": "password: Tr0ub4dor&3"}, Idempotency_Key="s-2")
        for _ in range(2)
    ]
    assert [answer.status_code for answer in said] == [201, 201], said[0].data
    assert said[0].data["body"] == "password: Tr••••••&3"


def test_td17_reasons_are_masked_as_well(bob):
    number = bob.post("tickets/", ASKED).data["ticket"]["number"]
    bob.post(f"tickets/{number}/resolution/", {"solution": "Done."})
    assert bob.post(f"tickets/{number}/reopening/", {"because": "senha: Leilao@2026"}).status_code == 200
    assert Event.objects.get(kind="reopened").data["because"] == "senha: Le••••••26"
