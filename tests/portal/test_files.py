"""Files on the pages: refused with the reason and everything typed kept, or seen by whoever answers (ZP06, CH10, TD15)."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenants import links
from tenants.moment import now
from tests.tickets.films import film
from tickets.models import Attachment, Message, Ticket
from tickets.portal.home import policy_at

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 40
TYPED = "It stops right after the third step, <b>every</b> time."
OPENING = {"topic": "question", "summary": "The report stops", "body": TYPED}


@pytest.fixture
def alice(tenant_a, client_for, person):
    return client_for(tenant_a, person("alice"))


@pytest.fixture
def bob(tenant_a, client_for, person):
    return client_for(tenant_a, person("bob"))


@pytest.fixture
def number(alice):
    """A ticket of Alice's."""
    alice.post("/tickets/new/", OPENING)
    return Ticket.objects.get().number


def upload(name="film.mp4", content=None, seconds=31):
    return SimpleUploadedFile(name, film(seconds) if content is None else content)


def text(answer):
    return unescape(answer.content.decode())


def test_zp06_a_video_of_31_seconds_is_refused_with_the_reason_and_the_text_stays(alice, bob):
    refused = alice.post("/tickets/new/", OPENING | {"files": [upload("harmless.txt")]})
    assert refused.status_code == 422
    assert "harmless.txt lasts 31 seconds; a video may last at most 30." in text(refused)
    assert TYPED in text(refused)
    assert "Up to 10 files" in text(refused) and "A video lasts 30 seconds at most." in text(refused)
    two = [upload("one.mp4", seconds=5), upload("two.png", seconds=5)]
    refused = alice.post("/tickets/new/", OPENING | {"files": two})
    assert "At most 1 video in one message; you chose 2." in text(refused)
    assert TYPED in text(refused) and not Ticket.objects.exists()
    tour = upload("tour.mp4", seconds=30)
    accepted = alice.post("/tickets/new/", OPENING | {"files": [tour]}, follow=True)
    ticket = Ticket.objects.get()
    assert accepted.redirect_chain[-1][0] == f"/tickets/{ticket.number}/received/"
    seen = text(bob.get(f"/desk/tickets/{ticket.number}/"))
    [address] = re.findall(r'href="(/files/\d+/)"', seen)
    assert "tour.mp4" in seen
    got = bob.get(address)
    assert b"".join(got.streaming_content) == film(30)
    assert 'attachment; filename="tour.mp4"' in got["Content-Disposition"]


def guest_of(number):
    return f"/t/{links.sign('guest', Ticket.objects.get(number=number).pk, now())}/"


@pytest.mark.parametrize(
    ("who", "address", "prefix"),
    [
        ("alice", "/tickets/{number}/reply/", ""),
        ("guest", "reply/", ""),
        ("bob", "/desk/tickets/{number}/replies/", "reply-"),
        ("bob", "/desk/tickets/{number}/notes/", "note-"),
    ],
)
def test_zp06_what_was_typed_survives_every_refusal(
    tenant_a, client_for, alice, bob, number, who, address, prefix
):
    browser = {"alice": alice, "bob": bob, "guest": client_for(tenant_a)}[who]
    path = guest_of(number) + address if who == "guest" else address.format(number=number)
    before = Message.objects.count()
    for files in ([upload()], [upload("x.exe", b"MZ\x90\x00" + b"\x00" * 200)]):
        refused = browser.post(path, {f"{prefix}body": TYPED, f"{prefix}files": files})
        assert refused.status_code == 422
        assert TYPED in text(refused)
        assert files[0].name in text(refused)
    assert Message.objects.count() == before and not Attachment.objects.exists()
    kept = browser.post(path, {f"{prefix}body": TYPED, f"{prefix}files": [upload(seconds=30)]})
    assert kept.status_code == 302
    assert Attachment.objects.get().message.body == TYPED


def test_an_agent_opening_for_a_caller_keeps_what_was_typed(bob, person):
    typed = OPENING | {"requester": person("alice").pk, "channel": "phone", "files": [upload()]}
    refused = bob.post("/desk/new/", typed)
    assert refused.status_code == 422
    assert "film.mp4 lasts 31 seconds" in text(refused) and TYPED in text(refused)


def test_ch10_screens_reports_and_error_messages_come_with_a_ticket_and_with_a_reply(
    desk_of, client_for, person
):
    tenant = desk_of("erp-chamados")
    alice, bob = (client_for(tenant, person(name)) for name in ("alice", "bob"))
    topic = policy_at(now()).topics[0]
    screen, report = (
        upload("screen.png", PNG),
        upload("report.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"),
    )
    fields = {f"field_{f.key}": "2026-11-20T10:00" if f.kind == "datetime" else "x" for f in topic.fields}
    fields |= {f"field_{f.key}": f.choices[0]["pt-br"] for f in topic.fields if f.kind == "choice"}
    opened = alice.post("/tickets/new/", OPENING | fields | {"topic": topic.key, "files": [screen, report]})
    assert opened.status_code == 302, text(opened)
    number = Ticket.objects.get().number
    error = upload("error.log", b"ORA-01555: snapshot too old\n")
    alice.post(f"/tickets/{number}/reply/", {"body": "And this is the error.", "files": [error]})
    page = text(bob.get(f"/desk/tickets/{number}/"))
    assert all(name in page for name in ("screen.png", "report.pdf", "error.log"))
    picture, *rest = re.findall(r'<a href="(/files/\d+/)"', page)
    assert f'<img src="{picture}"' in page  # the screen shows itself in the thread
    assert bob.get(picture)["Content-Type"] == "image/png"
    got = [b"".join(bob.get(address).streaming_content) for address in rest]
    assert got == [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", b"ORA-01555: snapshot too old\n"]
    for address in rest:
        answer = bob.get(address)
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
    stranger = client_for(tenant, person("frank"))
    assert [stranger.get(address).status_code for address in (picture, *rest)] == [404, 404, 404]


SOLVES_IT = {"steps", "evidence", "logs", "api_request", "api_response", "happened_at", "impact"}


def test_td15_the_form_asks_for_what_solves_it(desk_of, client_for, person):
    """Description, steps, screenshot or recording, logs, API request and response, timestamp, impact; the agent reads them."""
    tenant = desk_of("360dialog")
    alice, bob = (client_for(tenant, person(name)) for name in ("alice", "bob"))
    for topic in policy_at(now()).topics:
        form = alice.get("/tickets/new/", {"topic": topic.key}).content.decode()
        missing = [key for key in SOLVES_IT if f'name="field_{key}"' not in form]
        assert (topic.key, missing) == (topic.key, [])
        assert 'name="body"' in form and 'name="files"' in form
    fields = {f"field_{key}": f"the {key} of it" for key in SOLVES_IT} | {
        "field_happened_at": "2026-11-20T10:00"
    }
    sent = (
        OPENING
        | fields
        | {"topic": "api", "priority": "2", "files": [upload("screen.png", PNG), upload(seconds=90)]}
    )
    left_out = alice.post("/tickets/new/", sent | {"field_steps": ""})
    assert left_out.status_code == 422 and TYPED in text(left_out) and "the impact of it" in text(left_out)
    for file in sent["files"]:
        file.seek(0)
    assert alice.post("/tickets/new/", sent).status_code == 302
    page = text(bob.get(f"/desk/tickets/{Ticket.objects.get().number}/"))
    for key in SOLVES_IT - {"happened_at"}:
        assert f"the {key} of it" in page
    assert "screen.png" in page and "film.mp4" in page


def test_what_may_be_attached_is_said_before_anything_is_sent(alice, bob, number):
    pages = [
        alice.get("/tickets/new/?topic=question"),
        alice.get(f"/tickets/{number}/"),
        bob.get(f"/desk/tickets/{number}/"),
    ]
    for page in pages:
        assert "At most 1 video. A video lasts 30 seconds at most." in text(page)
        assert 'data-max-bytes="20000000"' in text(page) and 'data-videos="1"' in text(page)


def test_a_script_that_sends_files_is_told_where_to_go(alice, number):
    sent = {"body": TYPED, "files": [upload(content=PNG, name="a.png")]}
    answer = alice.post(f"/tickets/{number}/reply/", sent, headers={"X-Sent-By": "script"})
    message = Message.objects.order_by("-id").first()
    assert (answer.status_code, answer["X-Go-To"]) == (204, f"/tickets/{number}/#message-{message.pk}")
    assert "Your message has been sent." in text(alice.get(answer["X-Go-To"]))
    refused = alice.post(f"/tickets/{number}/reply/", {"body": ""}, headers={"X-Sent-By": "script"})
    assert refused.status_code == 422 and "Write your message first." in text(refused)
