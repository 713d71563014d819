"""Files by the API: they come with a message under the policy's rule, and go to whoever may read the message."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tickets.models import Attachment, Message, Ticket

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 40


@pytest.fixture
def send():
    """send(program, path, files, **fields) posts a form."""

    def posted(program, path, files=(), **fields):
        answer = program.client.post(
            f"/api/v1/{path}", fields | {"files": list(files)}, headers=program.headers
        )
        answer.data = answer.json()
        return answer

    return posted


def file(name="log.txt", content=b"It says no.", kind="text/plain"):
    return SimpleUploadedFile(name, content, kind)


def test_files_come_with_a_message_and_are_fetched_by_who_may_read_it(
    alice, bob, send, opened, tenant_a, program
):
    number = opened().number
    answer = send(alice, f"tickets/{number}/messages/", [file(), file("a.png", PNG)], body="See here.")
    assert answer.status_code == 201, answer.data
    text, picture = answer.data["attachments"]
    assert (text["name"], text["kind"], text["size"]) == ("log.txt", "text/plain", 11)
    assert [f["id"] for f in bob.get(f"tickets/{number}/attachments/").data["results"]] == [
        text["id"],
        picture["id"],
    ]
    for who in (alice, bob):
        got = who.client.get(text["url"], headers=who.headers)
        assert (got.status_code, b"".join(got.streaming_content)) == (200, b"It says no.")
        assert got.headers["Content-Type"] == "application/octet-stream"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert "attachment" in got.headers["Content-Disposition"]
    assert bob.client.get(picture["url"], headers=bob.headers).headers["Content-Type"] == "image/png"
    frank = program(tenant_a, "frank")
    assert frank.get(text["url"]).status_code == 404
    assert frank.get(f"tickets/{number}/attachments/").status_code == 404
    assert bob.get("attachments/99999/").status_code == 404


def test_files_of_notes_are_for_agents(alice, bob, send, opened):
    number = opened().number
    note = send(bob, f"tickets/{number}/messages/", [file()], body="Look", kind="note").data
    url = note["attachments"][0]["url"]
    assert alice.get(url).status_code == 404
    assert alice.get(f"tickets/{number}/attachments/").data["results"] == []
    assert bob.client.get(url, headers=bob.headers).status_code == 200


def test_a_ticket_is_opened_with_files_and_lists_and_objects(bob, send):
    answer = send(
        bob, "tickets/", [file()],
        summary="It does not print", body="Since today.", requester="alice@example.com", channel="portal",
        copies=["one@example.com", "two@example.com"], fields="{}",
    )  # fmt: skip
    assert answer.status_code == 201, answer.data
    assert Attachment.objects.get().message.ticket == Ticket.objects.get()
    assert Ticket.objects.get().participants.count() == 2
    bad = send(bob, "tickets/", summary="x", body="y", requester="alice@example.com", fields="no object")
    assert (bad.status_code, list(bad.data["errors"])) == (400, ["fields"])


def test_what_the_rule_refuses_is_refused_in_sentences_and_nothing_is_kept(alice, send, opened):
    """z-pro takes one video in a message (row ZP12's rule) and ten files."""
    number = opened().number
    before = Message.objects.count()
    answer = send(
        alice, f"tickets/{number}/messages/", [file(f"{n}.txt") for n in range(11)], body="See here."
    )
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "10" in answer.data["errors"]["files"][0]
    assert (Message.objects.count(), Attachment.objects.count()) == (before, 0)


def test_bad_forms_are_refused_precisely(alice, bob, send, opened, monkeypatch):
    path = f"tickets/{opened().number}/messages/"
    assert send(alice, path, body="x", files_="y").data["errors"].keys() == {"files_"}
    text = alice.client.post(f"/api/v1/{path}", {"body": "x", "files": "no file"}, headers=alice.headers)
    assert (text.status_code, list(text.json()["errors"])) == (400, ["files"])
    assert alice.post(path, {"body": "x", "files": ["y"]}).data["errors"].keys() == {"files"}  # JSON has none
    other = alice.client.post(f"/api/v1/{path}", {"body": "x", "photo": file()}, headers=alice.headers)
    assert (other.status_code, list(other.json()["errors"])) == (400, ["photo"])
    broken = alice.client.generic(
        "POST", f"/api/v1/{path}", b"no form at all", "multipart/form-data; boundary=x", headers=alice.headers
    )
    assert broken.status_code == 400
    nul = b'--x\r\nContent-Disposition: form-data; name="body"\r\n\r\na\x00b\r\n--x--\r\n'
    kind = "multipart/form-data; boundary=x"
    assert (
        alice.client.generic("POST", f"/api/v1/{path}", nul, kind, headers=alice.headers).status_code == 400
    )
    no_boundary = alice.client.generic(
        "POST", f"/api/v1/{path}", nul, "multipart/form-data", headers=alice.headers
    )
    assert no_boundary.status_code == 400
    assert bob.client.post("/api/v1/people/", {"name": "x"}, headers=bob.headers).status_code == 415
    monkeypatch.setattr("tickets.api.uploads.LARGEST", 100)
    large = send(alice, path, [io.BytesIO(b"x" * 200)], body="x")
    assert (large.status_code, large.headers["Content-Type"]) == (413, "application/problem+json")
    assert Message.objects.count() == 1


def test_the_timeline_tells_each_side_what_it_may_know(alice, bob, opened):
    number = opened().number
    bob.post(f"tickets/{number}/assignment/", {"owner": "bob@example.com"})
    bob.post(f"tickets/{number}/resolution/", {"solution": "Turned it on."})
    ours = bob.get(f"tickets/{number}/events/").data["results"]
    assert [e["kind"] for e in ours][:3] == ["opened", "decided", "assigned"]
    assert ours[2]["sentence"].endswith("took the ticket")
    theirs = alice.get(f"tickets/{number}/events/").data["results"]
    assert {"assigned"} & {e["kind"] for e in theirs} == set()
    assert "resolved" in {e["kind"] for e in theirs}
    assert all("data" not in e and "is_public" not in e for e in theirs)


def test_topics_and_teams_are_there_to_choose_from(desk_of, program):
    bob = program(desk_of("360dialog"), "bob")
    topics = bob.get("topics/").data
    assert any(topic["fields"] for topic in topics)
    assert all(topic["key"] and topic["name"] for topic in topics)
    teams = bob.get("teams/").data
    assert teams == sorted(teams, key=lambda team: team["key"])
