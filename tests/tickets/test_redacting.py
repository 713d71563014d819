"""A supervisor takes a message or a file out of a conversation: for good, everywhere, with a trace (TD17's last resort)."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from notifications import outbox
from notifications.models import Notification
from notifications.rendering import Stationery
from tenants.moment import now
from tickets import lifecycle, tasks
from tickets.models import Event, Ticket
from tickets.webhooks.models import Delivery, Subscription

PATIENT = "Patient Maria da Silva has diabetes"


@pytest.fixture
def said(tenant_a, person):
    """Alice's ticket, its first message with a file; an ERP is told of everything."""
    Subscription.objects.create(
        name="ERP",
        url="https://erp.example.com/",
        events=["ticket.opened", "message.created"],
        created_at=now(),
    )
    ticket = lifecycle.open_ticket(
        requester=person("alice"), summary=PATIENT, body=f"{PATIENT}.", at=now(),
        files=[SimpleUploadedFile("maria.txt", PATIENT.encode(), "text/plain")],
    ).ticket  # fmt: skip
    lifecycle.assign(ticket, owner=person("bob"), by=person("carol"), at=now())
    return ticket, ticket.messages.get()


def everything():
    """All rows of all tables of the tenant, as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = %s AND table_type = 'BASE TABLE'",
            [connection.schema_name],
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found[table] = "\n".join(row for (row,) in cursor.fetchall())
    return found


def test_a_text_is_gone_from_every_table_and_the_trace_says_who_and_why(said, person):
    ticket, message = said
    lifecycle.reply(ticket, author=person("alice"), body=f"Again: {PATIENT} since May.", at=now())
    [second] = ticket.messages.exclude(pk=message.pk)
    for each in (message, second):
        lifecycle.redact(each, by=person("carol"), at=now(), because="A patient's data")
    message.refresh_from_db()
    assert message.body == "[This text was removed by our team.]"
    assert {table for table, rows in everything().items() if PATIENT in rows} == set()
    trace = Event.objects.filter(kind="redacted").first()
    assert (trace.actor, trace.data["because"]) == (person("carol"), "A patient's data")


def test_notices_not_yet_sent_go_out_without_it(said, person):
    ticket, _message = said
    reply = lifecycle.reply(ticket, author=person("bob"), body=f"So: {PATIENT}?", at=now())
    lifecycle.redact(reply, by=person("carol"), at=now(), because="Not by mail")
    notice = Notification.objects.get(kind="ticket_replied", address="alice@example.com")
    assert notice.state == "pending"
    letter = Stationery().letter(notice)
    assert "removed by our team" in letter.text and f"So: {PATIENT}" not in letter.text + letter.html
    assert [sent.kind for sent in outbox.deliver(now(), limit=50) if sent.pk == notice.pk]


def test_other_systems_are_not_told_it_any_more(said, person):
    _ticket, message = said
    lifecycle.redact(message, by=person("carol"), at=now(), because="A patient's data")
    assert Delivery.objects.exists()
    assert PATIENT not in str(list(Delivery.objects.values_list("payload", flat=True)))


def test_a_file_is_served_to_nobody_and_its_bytes_are_destroyed(said, person, client_for, tenant_a):
    _ticket, message = said
    file = message.attachments.get()
    storage, name = file.file.storage, file.file.name
    carol = client_for(tenant_a, person("carol"))
    assert carol.get(f"/files/{file.pk}/").status_code == 200
    lifecycle.redact(message, by=person("carol"), at=now(), because="A passport", text=False, files=[file.pk])
    assert carol.get(f"/files/{file.pk}/").status_code == 404
    assert storage.exists(name)
    assert tasks.drain_removed_files() == 1
    assert not storage.exists(name)
    file.refresh_from_db()
    assert (file.name, file.size, bool(file.file)) == ("removed file", 0, False)
    assert "maria.txt" not in str(everything())
    message.refresh_from_db()
    assert message.body == f"{PATIENT}.", "only the file was taken out"
    for who, path in (("alice", "/tickets/1/"), ("bob", "/desk/tickets/1/")):
        page = client_for(tenant_a, person(who)).get(path).content.decode()
        assert "removed file" in page and f"/files/{file.pk}/" not in page


def test_only_supervisors_and_never_without_a_reason(said, person):
    _ticket, message = said
    for who, because, field in (("bob", "x", "text"), ("carol", " ", "because")):
        with pytest.raises(ValidationError) as refusal:
            lifecycle.redact(message, by=person(who), at=now(), because=because)
        assert list(refusal.value.message_dict) == [field]
    assert Ticket.objects.get().summary == PATIENT


def test_by_the_page_a_supervisor_chooses_what_goes(said, person, client_for, tenant_a):
    _ticket, message = said
    path = f"/desk/tickets/1/messages/{message.pk}/redaction/"
    assert client_for(tenant_a, person("bob")).get(path).status_code == 404
    assert b"redaction" not in client_for(tenant_a, person("bob")).get("/desk/tickets/1/").content
    carol = client_for(tenant_a, person("carol"))
    assert path in carol.get("/desk/tickets/1/").content.decode()
    assert "maria.txt" in carol.get(path).content.decode()
    assert carol.post(path, {"because": "x"}).status_code == 422
    file = message.attachments.get()
    sent = {"parts": ["text", f"file-{file.pk}"], "because": "A patient's data", "summary": "A question"}
    assert carol.post(path, sent).status_code == 302
    page = carol.get("/desk/tickets/1/").content.decode()
    assert "removed a message of Alice" in page and "A patient&#39;s data" in page and PATIENT not in page
    assert Ticket.objects.get().summary == "A question"
