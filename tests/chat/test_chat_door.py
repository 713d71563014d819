"""The chat's door: tokens, keys, limits, bad input, files, what a poll costs, and what may frame the room."""

import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.people.models import User
from tests.chat.conftest import WEDNESDAY, Widget, switch_on
from tests.conftest import enter
from tickets import lifecycle
from tickets.chat import admission, tokens
from tickets.chat.models import Chat
from tickets.models import Message, Participant, Ticket


def bodies():
    return list(Message.objects.filter(kind="public").order_by("id").values_list("body", flat=True))


# --- a token is worth its chat, here, and nothing else


def test_only_the_hash_of_a_token_is_kept(widget):
    alice = widget("alice")
    alice.say("Hello")
    chat = Chat.objects.get()
    assert chat.secret_hash == tokens.digest_of(alice.token)
    secret = alice.token.split("~")[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM chat_chat c")
        assert secret not in cursor.fetchone()[0]


@pytest.mark.parametrize("token", ["", "x", "x~y", "a" * 5000, "ç~ñ", "Zm9v~" + "A" * 43])
def test_a_forged_token_is_refused_without_a_look_into_the_tables(widget, token):
    alice = widget()
    refused = [
        alice.client.get("/chat/thread/", headers={"X-Chat": token}),
        alice.client.post("/chat/messages/", {"body": "x", "key": "key-12345"}, headers={"X-Chat": token}),
        alice.client.post("/chat/signs/", {"seen": 1}, headers={"X-Chat": token}),
        alice.client.post("/chat/end/", headers={"X-Chat": token}),
        alice.client.post("/chat/transcript/", headers={"X-Chat": token}),
    ]
    for answer in refused:
        assert answer.status_code == 403
        assert answer["Content-Type"] == "application/problem+json"


def test_a_token_of_another_tenant_opens_nothing(desk, widget, client_for):
    theirs = widget()
    theirs.say("Hello", name="Vera", email="vera@example.org")
    other = enter("zoom")
    switch_on()
    here = Widget(client_for(other))
    assert here.thread(token=theirs.token).status_code == 403
    assert here.post("messages", token=theirs.token, body="Mine now", key="key-12345").status_code == 403
    assert not Chat.objects.exists()


def test_a_chat_that_has_not_begun_is_404_and_one_that_was_left_410(widget):
    alice = widget("alice")
    assert alice.thread().status_code == 404
    alice.say("Hello")
    assert alice.post("end").status_code == 204
    assert alice.thread().status_code == 410
    assert alice.say("And one more thing").status_code == 410


def test_a_customers_chat_is_theirs_alone_whoever_has_the_token(desk, widget, client_for, person):
    alice = widget("alice")
    alice.say("Secret")
    for who in (None, person("erin"), person("bob")):
        answer = Widget(client_for(desk, who), alice.token).thread()
        assert answer.status_code == 401 and b"Secret" not in answer.content


def test_an_old_chat_is_over(widget, at):
    alice = widget("alice")
    alice.say("Hello")
    at(WEDNESDAY + timedelta(days=31))
    assert alice.thread().status_code == 410


# --- exactly once


def test_a_message_sent_again_with_its_key_is_one_message(widget):
    alice = widget("alice")
    first = [alice.say("Hello", key="key-first").json() for _ in range(3)]
    assert len({state["number"] for state in first}) == 1
    for _ in range(3):
        alice.say("Are you there?", key="key-second")
    assert bodies() == ["Hello", "Are you there?"]
    assert Message.objects.filter(kind="system").count() == 1
    keys = [entry["key"] for entry in alice.thread().json()["entries"]]
    assert keys == ["key-first", "instant", "key-second"]


def test_the_same_key_in_two_chats_is_two_messages(widget):
    alice, erin = widget("alice"), widget("erin")
    alice.say("Mine", key="key-same1")
    erin.say("Hers", key="key-same1")
    assert sorted(bodies()) == ["Hers", "Mine"]


def test_a_widget_hears_each_message_after_the_one_it_has(widget, person):
    alice = widget("alice")
    last = alice.say("One").json()["entries"][-1]["id"]
    ticket = Ticket.objects.get()
    lifecycle.add_note(ticket, author=person("bob"), body="Only we see this.", at=WEDNESDAY)
    lifecycle.reply(ticket, author=person("bob"), body="Two **bold** <script>x</script>", at=WEDNESDAY)
    [new] = alice.thread(after=last).json()["entries"]
    assert new["who"].startswith("Bob") and new["kind"] == "agent" and not new["mine"]
    assert "<strong>bold</strong>" in new["html"] and "<script" not in new["html"]
    assert b"Only we see this" not in alice.thread().content


def test_a_poll_without_news_is_304_and_costs_a_few_queries_however_long_the_chat_is(widget, person):
    alice = widget("alice")
    alice.say("One")
    version = alice.thread()["ETag"]

    def cost():
        with CaptureQueriesContext(connection) as seen:
            assert alice.thread(version=alice.thread()["ETag"]).status_code == 304
        return len(seen)

    assert alice.thread(version=version).status_code == 304
    few = cost()
    for n in range(12):
        lifecycle.reply(Ticket.objects.get(), author=person("bob"), body=f"Answer {n}", at=WEDNESDAY)
    assert alice.thread(version=version).status_code == 200
    assert cost() == few


# --- visitors


def test_a_visitor_gives_a_name_and_an_address(widget):
    visitor = widget()
    refused = visitor.say("Hello")
    assert refused.status_code == 422
    assert set(refused.json()["errors"]) == {"name", "email"}
    assert "reaches you" in refused.json()["errors"]["email"][0]
    assert visitor.say("Hello", name="Vera", email="no address").json()["errors"]["email"] == [
        "This is not an e-mail address."
    ]
    assert not User.objects.filter(name="Vera").exists()
    assert visitor.say("Hello", name="Vera", email="Vera@Example.org").status_code == 201
    chat = Chat.objects.get()
    assert (chat.is_visitor, chat.given_address) == (True, "vera@example.org")
    assert not chat.ticket.requester.has_usable_password()
    assert visitor.say("Once more").status_code == 201, "who they are is known by now"


@pytest.mark.parametrize(
    "address", ["5511987654321@phone.invalid", "x@visitor.INVALID", "5511987654321@phone.ınvalid"]
)
def test_a_visitor_is_nobody_who_is_known_by_a_number_alone(widget, address):
    """Whoever wrote by telephone has an address that only stands for the number. PostgreSQL's capital of ı is I."""
    known = User.objects.create(email="5511987654321@phone.invalid", name="Alice")
    refused = widget().say("Read this", name="Mallory", email=address)
    assert (refused.status_code, refused.json()["errors"]["email"]) == (
        422,
        ["This is not an e-mail address."],
    )
    assert not Ticket.objects.filter(requester=known).exists()


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_nobody_speaks_in_the_name_of_an_account_without_signing_in(widget, person, name):
    """Alice is a customer, Bob an agent: with their address alone a visitor is neither, and the widget does not tell."""
    stranger = widget().say("Please tell me my password", name="Mallory", email="vera@example.org").json()
    claimed = widget().say("Please tell me my password", name="Mallory", email=f"{name}@example.com").json()
    assert claimed.keys() == stranger.keys() and claimed["entries"][1]["kind"] == "system"
    ticket = Ticket.objects.order_by("-id").first()
    assert ticket.requester.email.endswith("@visitor.invalid") and ticket.company is None
    assert ticket.requester.role == "customer" and ticket.messages.first().by_customer
    assert Participant.objects.get(ticket=ticket).person == person(name), "who is really there hears of it"


def test_a_visitor_is_marked_at_the_desk(widget, bob):
    widget().say("Hello", name="Vera", email="vera@example.org")
    page = bob.get(f"/desk/tickets/{Ticket.objects.get().number}/").content.decode()
    assert "visitor, not signed in: vera@example.org" in page


# --- bad input


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({"body": "   "}, "body", "Write your message first."),
        ({"body": "x" * 10_001}, "body", "Keep a message under 10000 characters"),
        ({"body": "a\x00b"}, "body", "Null characters are not allowed."),
        ({"body": "Hello", "key": "short"}, "key", "8 to 40 letters"),
        ({"body": "Hello", "key": "no spaces here"}, "key", "8 to 40 letters"),
    ],
)
def test_bad_input_is_refused_at_its_field(widget, sent, field, said):
    answer = widget("alice").post("messages", **({"key": "key-12345"} | sent))
    assert answer.status_code == 422 and answer["Content-Type"] == "application/problem+json"
    assert said in answer.json()["errors"][field][0]
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("after", ["-1", "x", "9" * 40, "١٢", "1.5", ""])
def test_a_broken_place_is_the_beginning(widget, after):
    alice = widget("alice")
    alice.say("Hello")
    assert len(alice.thread(after=after).json()["entries"]) == 2


@pytest.mark.parametrize("seen", ["-1", "x", "9" * 40])
def test_broken_signs_are_refused(widget, seen):
    alice = widget("alice")
    alice.say("Hello")
    assert alice.signs(seen=seen).status_code == 422


def test_broken_bodies_are_refused(widget):
    alice = widget("alice")
    broken = alice.client.post(
        "/chat/messages/", b"--x\r\nnonsense", content_type="multipart/form-data; boundary=x",
        headers={"X-Chat": alice.token},
    )  # fmt: skip
    assert broken.status_code in (400, 422)


def test_who_says_too_much_is_slowed_down(widget):
    alice = widget("alice")
    said = [alice.say(f"Line {n}") for n in range(32)]
    assert [answer.status_code for answer in said].count(201) == 30
    assert said[-1].status_code == 429 and int(said[-1]["Retry-After"]) > 0
    assert len(bodies()) == 30


# --- files


def test_files_keep_to_the_rule_and_are_served_behind_a_signed_link(widget, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    alice = widget("alice")
    program = io.BytesIO(b"MZ\x90\x00" + bytes(200))
    program.name = "tool.exe"
    refused = alice.say("See this", files=[program])
    assert refused.status_code == 422 and "tool.exe" in refused.json()["errors"]["files"][0]
    text = io.BytesIO(b"what the log says")
    text.name = "log.txt"
    [file] = alice.say("See this", files=[text]).json()["entries"][0]["files"]
    assert file["name"] == "log.txt"
    served = alice.client.get(file["url"])
    assert b"".join(served.streaming_content) == b"what the log says"
    assert served["Content-Disposition"].startswith("attachment")
    assert alice.client.get(file["url"].replace("~", "~x")).status_code == 404


# --- the frame


def test_the_room_may_be_framed_by_the_desk_and_by_the_sites_that_were_named_alone(desk, client_for, person):
    switch_on(sites="https://www.example.com\nhttps://*.shop.example")
    room = client_for(desk, person("alice")).get("/chat/")
    assert "X-Frame-Options" not in room
    ancestors = re.search(r"frame-ancestors ([^;]+)", room["Content-Security-Policy"])[1].split()
    assert ancestors == ["'self'", "https://www.example.com", "https://*.shop.example"]
    assert "script-src" not in room["Content-Security-Policy"], "scripts: by default-src, our own files"
    assert not re.search(r"<script(?![^>]*(src=|application/json))", room.content.decode())
    home = client_for(desk).get("/account/sign-in/")
    assert "frame-ancestors 'none'" in home["Content-Security-Policy"]


@pytest.mark.parametrize(
    "line", ["example.com/page", "ftp://example.com", "http://example.com", "https://a b", "'none'; script-src *",
             "https://x:99999", "javascript:alert(1)", "https://user@example.com", "https://exa;mple.com"],
)  # fmt: skip
def test_a_site_that_is_none_is_refused(line, tenant_a):
    from django.core.exceptions import ValidationError

    if line == "https://a b":
        line = "https://a; b"
    with pytest.raises(ValidationError):
        admission.origins_of(line)


def test_the_script_for_other_sites(desk, client_for):
    script = client_for(desk).get("/chat/widget.js")
    assert script["Content-Type"].startswith("text/javascript")
    assert "http://360dialog.localhost" in script.content.decode()
    switch_on(is_on=False)
    assert client_for(desk).get("/chat/widget.js").content == b"/* The chat is off. */"
