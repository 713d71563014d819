"""The ticket's page: its thread, its clocks, the composer."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Notification
from tenants.moment import now
from tickets import lifecycle
from tickets.models import Event, Message, Ticket

HTMX = {"HTTP_HX_REQUEST": "true"}


def test_the_thread_tells_what_was_said_and_what_happened(desk, bob, person, opened):
    ticket = opened("Where is the report?")
    assert b"Why this deadline?" in desk.get("/desk/tickets/1/").content
    lifecycle.reply(ticket, author=bob, body="In the **menu**.", at=now())
    lifecycle.add_note(ticket, author=bob, body="Asked twice this week.", at=now())
    page = desk.get("/desk/tickets/1/")
    html = page.content.decode()
    assert "<strong>menu</strong>" in html
    assert 'class="message note"' in html
    assert "Note - only we see it" in html
    assert "opened the ticket" in html
    assert "First response" in html
    said = ["Where is the report? I cannot find it.", "<strong>menu</strong>", "Asked twice this week."]
    assert sorted(said, key=html.index) == said


def test_what_is_typed_by_a_customer_is_not_markup(desk, opened):
    opened("<script>alert(1)</script>", body="<img src=x onerror=alert(1)>")
    html = desk.get("/desk/tickets/1/").content.decode()
    assert "<script>alert" not in html
    assert "onerror=" not in html.replace("&lt;img src=x onerror=alert(1)&gt;", "")


def test_every_kind_of_event_has_its_sentence(desk, bob, opened):
    ticket = opened()
    kinds = [
        ("assigned", {"owner": "", "before": "Bob"}),
        ("triaged", {"priority": ["", "1"], "team": ["", "First"], "topic": ["", ""]}),
        ("found_inadequate", {"missing": "the version"}),
        ("waiting_on_third_party", {"because": "the bank"}),
        ("escalated", {"step": "all-teams", "metric": "resolution"}),
        ("situation_stated", {"situation": "emergency", "holds": True}),
        ("closed", {"reason": "silence"}),
        ("reminded", {"closes_at": now().isoformat()}),
        ("deadline_moved", {"before": now().isoformat(), "after": now().isoformat()}),
        ("warned", {"metric": "first_response"}),
        ("never_heard_of", {}),
    ]
    for kind, data in kinds:
        Event.objects.create(ticket=ticket, kind=kind, at=now(), data=data)
    html = desk.get("/desk/tickets/1/").content.decode()
    for said in ("nobody owns it", "the version", "the bank", "An emergency", "by itself", "never heard of"):
        assert said in html


def test_a_reply_is_sent_once_however_often_the_form_is(desk, opened):
    opened()
    form = {"reply-body": "In the menu.", "reply-key": "key-1", "reply-wait": "on"}
    first = desk.post("/desk/tickets/1/replies/", form)
    second = desk.post("/desk/tickets/1/replies/", form)
    assert first.status_code == second.status_code == 302
    assert Message.objects.filter(by_customer=False).count() == 1
    assert Ticket.objects.get().status == "pending"


def test_each_page_has_a_key_of_its_own(desk, opened):
    opened()
    keys = {desk.get("/desk/tickets/1/").context["reply"]["key"].value() for _ in range(2)}
    assert len(keys) == 2


def test_a_refused_reply_keeps_what_was_typed_and_says_why_at_the_field(desk, bob, opened):
    ticket = opened()
    Ticket.objects.filter(pk=ticket.pk).update(status="closed")
    page = desk.post("/desk/tickets/1/replies/", {"reply-body": "Too late, carefully typed."})
    assert page.status_code == 422
    assert page.context["reply"].errors["body"]
    assert b"Too late, carefully typed." in page.content
    assert Message.objects.count() == 1


def test_ZP06_a_file_beyond_the_rule_is_refused_at_its_field(desk, opened):
    opened()
    files = [SimpleUploadedFile(f"{n}.txt", b"text") for n in range(40)]
    page = desk.post("/desk/tickets/1/replies/", {"reply-body": "See the files.", "reply-files": files})
    assert page.status_code == 422
    assert page.context["reply"].errors["files"]
    assert b"See the files." in page.content


def test_an_empty_reply_is_refused(desk, opened):
    opened()
    assert desk.post("/desk/tickets/1/replies/", {"reply-body": "  "}).status_code == 422
    assert Message.objects.count() == 1


def test_a_note_is_a_note(desk, opened):
    opened()
    file = SimpleUploadedFile("log.txt", b"line")
    desk.post("/desk/tickets/1/notes/", {"note-body": "Between us.", "note-files": [file]})
    note = Message.objects.get(kind="note")
    assert (note.body, note.attachments.get().name) == ("Between us.", "log.txt")
    refused = desk.post("/desk/tickets/1/notes/", {"note-body": ""})
    assert refused.status_code == 422
    assert refused.context["composing"] == "note"


def test_TD05_finished_investigation_is_off_by_default_and_needs_a_finding(desk_of, person, client_for):
    tenant = desk_of("360dialog")
    lifecycle.open_ticket(
        requester=person("alice"), summary="Down", body="Nothing goes out.", at=now(), channel="form"
    )
    browser = client_for(tenant, person("bob"))
    page = browser.get("/desk/tickets/1/")
    assert b"Investigation finished" in page.content
    assert not page.context["reply"]["finished"].value()

    url = "/desk/tickets/1/replies/"
    refused = browser.post(url, {"reply-body": "We looked.", "reply-finished": "on", "reply-finding": " "})
    assert refused.context["reply"].errors["finding"]
    browser.post(url, {"reply-body": "We look.", "reply-finding": "forgotten tick"})
    assert Message.objects.order_by("id").last().finding == ""
    browser.post(url, {"reply-body": "We looked.", "reply-finished": "on", "reply-finding": "A full disk."})
    assert Message.objects.order_by("id").last().finding == "A full disk."
    # The customer reads it: with the answer on the page, and in the mail that brings it.
    page = client_for(tenant, person("alice")).get("/tickets/1/").content.decode()
    assert "What we found:" in page and "A full disk." in page
    told = Notification.objects.filter(kind="ticket_replied", person=person("alice")).latest("id")
    assert "We looked.\n\nA full disk." in told.words["message"]


def test_other_policies_do_not_ask_for_a_finding(desk, opened):
    opened()
    assert b"Investigation finished" not in desk.get("/desk/tickets/1/").content


def test_why_this_deadline_adds_up(desk, opened):
    opened()
    page = desk.get("/desk/tickets/1/clocks/first_response/")
    assert page.status_code == 200
    counted = sum(part["counted"].total_seconds() for part in page.context["stretches"])
    assert counted == 24 * 3600
    fragment = desk.get("/desk/tickets/1/clocks/first_response/", **HTMX)
    assert b"<html" not in fragment.content
    assert desk.get("/desk/tickets/1/clocks/nonsense/").status_code == 404


def test_open_tickets_of_the_company_stand_at_the_side(desk, opened):
    opened("Of Alice")
    opened("Of Erin, a colleague", who="erin")
    opened("Of Frank, from elsewhere", who="frank")
    others = desk.get("/desk/tickets/1/").context["others"]
    assert [ticket.number for ticket in others] == [2]


def test_the_price_of_a_ticket_does_not_grow_with_its_messages(desk, bob, opened):
    ticket = opened()

    def price():
        desk.get("/desk/tickets/1/")  # what is asked once in some seconds has been asked
        with CaptureQueriesContext(connection) as captured:
            assert desk.get("/desk/tickets/1/").status_code == 200
        statements = [query["sql"] for query in captured if not query["sql"].startswith("SET search_path")]
        return len(statements), statements

    lifecycle.reply(ticket, author=bob, body="First.", at=now())
    few, _ = price()
    for n in range(20):
        lifecycle.add_note(
            ticket, author=bob, body=f"Note {n}", at=now(), files=[SimpleUploadedFile("a.txt", b"a")]
        )
    many, statements = price()
    assert many == few, "\n".join(statements)
    assert many <= 15, "\n".join(statements)


@pytest.mark.parametrize("status", ["new", "open", "pending", "on_hold", "resolved", "closed"])
def test_the_page_stands_in_every_state(desk, opened, status):
    opened()
    Ticket.objects.update(status=status, missing="the version" if status == "pending" else "")
    assert desk.get("/desk/tickets/1/").status_code == 200


def test_a_ticket_that_is_not_there_answers_404(desk, tenant_b, tenant_a):
    assert desk.get("/desk/tickets/77/").status_code == 404


def test_zm03_each_stretch_of_a_clock_is_told_in_the_hours_own_zone_too(desk, bob, opened):
    bob.timezone = "Europe/Berlin"
    bob.save()
    opened()
    html = desk.get("/desk/tickets/1/clocks/first_response/").content.decode()
    stretches = html[html.index("<tbody>") :]
    assert stretches.count("in São Paulo") == stretches.count("<time")
    assert "08:00 in São Paulo" in stretches or "18:00 in São Paulo" in stretches
