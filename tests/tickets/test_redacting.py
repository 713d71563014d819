"""A supervisor takes a message or a file out of a conversation: for good, everywhere, with a trace (TD17's last resort)."""

import json

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models

from notifications import outbox
from notifications.models import Notification
from notifications.rendering import Stationery
from tenants.moment import now
from tickets import lifecycle, tasks
from tickets.agreements import developers
from tickets.agreements.models import Quote
from tickets.api.replays import Replay
from tickets.blotting import flat
from tickets.chat import talking, transcript
from tickets.intake.models import Door, Inbound
from tickets.lifecycle import copies
from tickets.models import Attachment, Event, Message, Ticket
from tickets.origin import Origin
from tickets.satisfaction.models import Rating
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


def where(secret):
    """The tables that still tell it, however it was wrapped, quoted or formatted."""
    return {table for table, rows in everything().items() if flat(secret) in flat(rows)}


def test_a_text_is_gone_from_every_table_and_the_trace_says_who_and_why(said, person):
    ticket, message = said
    lifecycle.reply(ticket, author=person("alice"), body=f"Again: {PATIENT} since May.", at=now())
    [second] = ticket.messages.exclude(pk=message.pk)
    for each in (message, second):
        lifecycle.redact(each, by=person("carol"), at=now(), because="A patient's data")
    message.refresh_from_db()
    assert message.body == "[This text was removed by our team.]"
    assert where(PATIENT) == set()
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


# --- everything that was merged, split or continued -------------------------------------------------------------------


def told_on(ticket, person):
    """The words go wherever the product carries them: a chat's transcript, a split, a merge, a ticket that continues it..."""
    alice, bob, at = person("alice"), person("bob"), now()
    first = ticket.messages.order_by("pk").first()
    quoted = "On Monday Alice wrote:\n> Patient Maria da\n> Silva has diabetes."
    html = '<p>So: <b>Patient</b> <a href="https://maria.example/">Maria</a> da Silva<br>has diabetes?</p>'
    lifecycle.reply(
        ticket, author=bob, body="So: **Patient Maria** da Silva has diabetes?", at=at,
        finding=f"Found: {PATIENT}", origin=Origin(channel="email", quoted=quoted, html=html),
    )  # fmt: skip
    part = lifecycle.split(ticket, messages=[first.pk], by=bob, at=at, summary=PATIENT, keeps=True)
    earlier = lifecycle.open_ticket(requester=alice, summary=PATIENT, body=f"First: {PATIENT}!", at=at).ticket
    lifecycle.merge(earlier, into=ticket, by=bob, at=at, because=f"Both say: {PATIENT}")
    onward = lifecycle.open_ticket(
        requester=alice, summary=PATIENT, body=f"Once more: {PATIENT}", at=at, follows=part
    ).ticket
    chat = talking.begun(onward, "d" * 64, "", at)
    assert transcript.send(chat, onward, at)
    lifecycle.resolve(part, by=bob, at=at, solution=f"{PATIENT}.")
    Rating.objects.create(
        ticket=onward, resolution=1, asked_at=at, score=1, rated_at=at, comment=f"Why? {PATIENT}"
    )
    Quote.objects.create(ticket=onward, kind="consulting", wish=f"Look at it: {PATIENT}", wanted_at=at)
    developers.ask(
        ticket, name="Ivan", email="ivan@example.net", because=f"It is about {PATIENT}", by=bob, at=at
    )
    door = Door.objects.create(
        kind="imap", name="Mail", address="support@example.com", channel="email", hook_digest="-"
    )
    Inbound.objects.create(
        door=door,
        external_id="1",
        received_at=at,
        due_at=at,
        state="ignored",
        size=1,
        subject=f"Away: Re: {PATIENT} [#1]",
    )
    Delivery.objects.filter(about_id=onward.pk).update(answer=f"Stored: {PATIENT}")
    Ticket.objects.filter(pk=onward.pk).update(fields={"company": PATIENT})
    said = {"number": onward.number, "summary": PATIENT, "fields": {"company": PATIENT}}
    Replay.objects.create(digest="1" * 64, fingerprint="2" * 64, at=at, status=201, body=json.dumps(said))
    return part, onward


def test_a_text_is_gone_from_all_that_the_ticket_was_merged_with_split_into_or_continued_by(said, person):
    ticket, message = said
    part, onward = told_on(ticket, person)
    assert where(PATIENT) >= {"tickets_ticket", "tickets_message", "notifications_notification", "webhooks_delivery",
                              "tickets_event", "tickets_replay", "satisfaction_rating", "agreements_quote"}  # fmt: skip
    lifecycle.redact(message, by=person("carol"), at=now(), because=f"She wrote {PATIENT}")
    assert where(PATIENT) == set()
    assert not Message.objects.exclude(html="").exists(), "links between the words hid them"
    assert Event.objects.filter(kind="redacted", ticket=part).exists(), "the copy has a trace of its own"
    copy = part.messages.filter(by_customer=True).get()
    assert (copy.body, copy.redacted_at is not None) == ("[This text was removed by our team.]", True)
    again = onward.messages.filter(by_customer=True).get()
    assert (again.body, again.redacted_at) == ("Once more: [This text was removed by our team.]", None)
    assert json.loads(Replay.objects.get().body)["number"] == onward.number, (
        "a repeated request is still only answered"
    )


def test_a_file_is_gone_with_the_copies_that_a_split_made_of_it(said, person):
    ticket, message = said
    part = lifecycle.split(
        ticket, messages=[message.pk], by=person("bob"), at=now(), summary="Other", keeps=True
    )
    file = message.attachments.get()
    lifecycle.redact(
        message, by=person("carol"), at=now(), because="maria.txt is hers", text=False, files=[file.pk]
    )
    assert list(Attachment.objects.values_list("name", "kind", "size")) == [("removed file", "", 0)] * 2
    assert tasks.drain_removed_files() == 2
    assert where("maria.txt") == set()
    assert Event.objects.filter(kind="redacted", ticket=part).exists()


@pytest.mark.parametrize("secret", ["hunter2", "PIN 4711", "p@$$w(rd.", "Maria"])
def test_a_short_text_is_gone_everywhere_and_no_other_word_is_touched(secret, said, person):
    ticket, _message = said
    lifecycle.reply(ticket, author=person("alice"), body=secret, at=now())
    [message] = ticket.messages.filter(body=secret)
    around = f"Is it ({secret}), or x{secret}x?"
    answer = lifecycle.reply(
        ticket,
        author=person("bob"),
        body=around,
        at=now(),
        origin=Origin(quoted=f"> {secret}", html=f"<p>{secret}</p>"),
    )
    said = {"ticket": ticket.number, "body": f"Use {secret} here"}
    for key, number in (("1", ticket.number), ("2", ticket.number + 1)):
        body = json.dumps(said | {"ticket": number}, separators=(",", ":"))
        Replay.objects.create(digest=key * 64, fingerprint="2" * 64, at=now(), status=201, body=body)
    lifecycle.redact(message, by=person("carol"), at=now(), because="A secret")
    answer.refresh_from_db()
    gone = "[This text was removed by our team.]"
    assert answer.body == f"Is it ({gone}), or x{secret}x?"
    assert (answer.quoted, answer.html) == (gone, "")
    told = str(
        list(
            Notification.objects.filter(kind__in=["ticket_replied", "customer_replied"]).values_list("words")
        )
    )
    assert secret not in told.replace(f"x{secret}x", "")
    assert secret not in Replay.objects.get(digest="1" * 64).body
    assert secret in Replay.objects.get(digest="2" * 64).body, "another ticket's"
    assert str(ticket.number) in told


def test_one_word_of_a_summary_does_not_take_it_out_of_other_messages(tenant_a, person):
    ticket = lifecycle.open_ticket(
        requester=person("alice"), summary="Help", body="Help: my card is 5500", at=now()
    ).ticket
    message = ticket.messages.get()
    answer = lifecycle.reply(ticket, author=person("bob"), body="Help is near.", at=now())
    lifecycle.redact(message, by=person("carol"), at=now(), because="A card", summary="Card")
    answer.refresh_from_db()
    assert answer.body == "Help is near."
    assert Ticket.objects.get().summary == "Card"
    assert Notification.objects.filter(kind="ticket_opened").first().words["summary"] == "Card"


def test_the_summary_that_was_chosen_stays_although_the_text_began_with_it(tenant_a, person):
    told = "Question about invoices"
    ticket = lifecycle.open_ticket(
        requester=person("alice"), summary="5500 is my card", body=f"{told}: 5500", at=now()
    ).ticket
    lifecycle.redact(ticket.messages.get(), by=person("carol"), at=now(), because="A card", summary=told)
    assert Ticket.objects.get().summary == told


@pytest.mark.parametrize("how", ["merged", "split"])
def test_a_message_that_was_moved_meanwhile_is_refused_and_nothing_is_taken_out(how, said, person):
    ticket, _message = said
    lifecycle.reply(ticket, author=person("alice"), body="Also: my printer is on fire", at=now())
    read = ticket.messages.select_related("ticket").get(body__startswith="Also")
    if how == "merged":
        other = lifecycle.open_ticket(
            requester=person("alice"), summary="Other", body="Other", at=now()
        ).ticket
        lifecycle.merge(ticket, into=other, by=person("bob"), at=now())
    else:
        lifecycle.split(ticket, messages=[read.pk], by=person("bob"), at=now(), summary="Printer")
    with pytest.raises(ValidationError) as refusal:
        lifecycle.redact(read, by=person("carol"), at=now(), because="x")
    assert "merged or split" in refusal.value.message_dict["message"][0]
    assert Message.objects.filter(redacted_at=None, body__startswith="Also").exists()
    assert not Event.objects.filter(kind="redacted").exists()


def test_on_the_page_too_and_the_supervisor_is_told_why(said, person, client_for, tenant_a):
    ticket, message = said
    other = lifecycle.open_ticket(requester=person("alice"), summary="Other", body="Other", at=now()).ticket
    carol = client_for(tenant_a, person("carol"))
    path = f"/desk/tickets/{ticket.number}/messages/{message.pk}/redaction/"
    assert carol.get(path).status_code == 200
    lifecycle.merge(ticket, into=other, by=person("bob"), at=now())
    page = carol.post(path, {"parts": ["text"], "because": "x"}, follow=True)
    assert "merged or split" in page.content.decode()
    assert carol.get(path).status_code == 404
    assert not Event.objects.filter(kind="redacted").exists()


def test_a_relative_that_appears_while_the_others_are_locked_is_not_forgotten(said, person, monkeypatch):
    ticket, message = said
    found = iter([{ticket.pk}, {ticket.pk, ticket.pk + 1}])
    monkeypatch.setattr(copies, "_relatives", lambda _pk: next(found))
    with pytest.raises(ValidationError):
        lifecycle.redact(message, by=person("carol"), at=now(), because="x")
    assert where(PATIENT)


# Columns of what belongs to tickets that hold no words of a conversation: keys, states, addresses, names of people.
NO_WORDS = {
    "tickets.Ticket": {"channel", "sender_address", "received_on", "plan", "priority", "topic", "module", "situations",
                       "language", "outcome", "scope_rule", "because", "sentence", "declined_outcome", "declined_rule",
                       "missing", "close_reason", "due_metric", "clock_state", "last_word_by"},
    "tickets.Message": {"channel", "key"},
    "tickets.Attachment": {"file", "name", "kind"},  # by name: `_Taken.file`; the bytes go
    "tickets.Event": {"kind"},
    "tickets.Participant": {"address"},
    "tickets.Regrouping": {"before"},
    "notifications.Notification": {"key", "kind", "address", "language", "links", "message_id", "provider_id", "error"},
    "notifications.Delivery": {"address", "event_id", "error"},
    "webhooks.Delivery": {"event", "error"},
    "intake.Inbound": {"external_id", "sender"},  # `raw` is sealed, and destroyed once it was understood
    "intake.Sent": {"external_id"},
    "chat.Chat": {"secret_hash", "given_address"},
    "duty.Emergency": {"conditions", "ended_because", "parked_because"},
    "agreements.Meeting": {"uid", "key"},
    "agreements.Quote": {"currency", "payment"},
    "agreements.Answer": {"name", "email", "way", "because", "text", "currency"},  # evidence: the database refuses changes
    "agreements.TimeEntry": {"note", "key"},  # likewise, and written by agents alone
}  # fmt: skip


def test_every_column_that_belongs_to_a_ticket_is_cleaned_or_known_to_hold_no_words():
    cleaned = {
        copies.Copied(Ticket, "", copies.TICKET),
        copies.Copied(Message, "", copies.MESSAGE),
        *copies.COPIES,
    }
    known = {each.model._meta.label: set(each.columns) for each in cleaned}
    kinds = (models.CharField, models.TextField, models.JSONField, models.FileField)
    forgotten = {}
    for model in apps.get_models():
        if not belongs(model):
            continue
        columns = {f.name for f in model._meta.concrete_fields if isinstance(f, kinds) and not f.choices}
        label = model._meta.label
        if unknown := columns - known.get(label, set()) - NO_WORDS.get(label, set()):
            forgotten[label] = unknown
    assert forgotten == {}


def belongs(model, seen=()):
    """To a ticket, by its foreign keys or by a plain id."""
    if model is Ticket:
        return True
    fields = model._meta.concrete_fields
    parents = [f.related_model for f in fields if f.is_relation and f.related_model not in (model, *seen)]
    return any(f.name == "about_id" for f in fields) or any(belongs(each, (*seen, model)) for each in parents)
