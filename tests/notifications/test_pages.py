"""Notices in the app, the bell, the demo's outbox, and the texts in the admin."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications import inbox
from notifications.models import Notification, Template
from notifications.outbox import Recipient, deliver, tell
from tenants import moment
from tenants.customers.models import Desk
from tenants.people.models import User

AT = datetime(2026, 11, 23, 11, tzinfo=UTC)
TEXTS = "/admin/notifications/template/"


def told(*people, kind="customer_replied", key="k", about_id=7):
    words = {"number": "12", "summary": "No boleto", "author": "Alice", "message": "Still broken."}
    with transaction.atomic():
        tell([Recipient.of(p) for p in people], kind=kind, key=key, words=words, at=AT, about_id=about_id,
             links={"ticket_url": {"path": "/desk/tickets/12/"}})  # fmt: skip


def test_an_agent_finds_a_notice_under_the_bell_reads_it_and_lands_at_the_ticket(
    tenant_a, client_for, person
):
    told(person("bob"))
    client = client_for(tenant_a, person("bob"))
    assert b"1 unread notice" in client.get("/notices/bell/").content
    page = client.get("/notices/").content.decode()
    assert "Alice replied to #12: No boleto" in page
    notice = Notification.objects.get(channel="in_app")
    assert client.get(f"/notices/{notice.pk}/reading/").status_code == 405
    assert client.post(f"/notices/{notice.pk}/reading/").url == "/desk/tickets/12/"
    assert b"No unread notices" in client.get("/notices/bell/").content


def test_nobody_reads_another_persons_notices(tenant_a, client_for, person):
    told(person("bob"))
    notice = Notification.objects.get(channel="in_app")
    client = client_for(tenant_a, person("carol"))
    assert client.post(f"/notices/{notice.pk}/reading/").status_code == 404
    assert "No boleto" not in client.get("/notices/").content.decode()
    client.post("/notices/reading/")
    notice.refresh_from_db()
    assert notice.read_at is None


def test_seeing_a_ticket_reads_its_notices(tenant_a, person):
    told(person("bob"), about_id=7)
    told(person("bob"), about_id=8, key="other")
    assert inbox.read(person("bob"), AT, about_id=7) == 1
    assert inbox.unread(person("bob")).count() == 1


def test_the_queries_of_the_page_do_not_grow_with_its_rows(tenant_a, client_for, person):
    client = client_for(tenant_a, person("bob"))
    told(person("bob"), key="0")
    client.get("/notices/")
    with CaptureQueriesContext(connection) as with_one:
        client.get("/notices/")
    for number in range(60):
        told(person("bob"), key=f"more {number}")
    with CaptureQueriesContext(connection) as with_many:
        page = client.get("/notices/")
    assert "before=" in page.content.decode()
    assert len(with_many) == len(with_one)


@pytest.mark.parametrize("name", ["alice", "bob", "carol"])
def test_the_outbox_does_not_exist_for_others_than_admins(tenant_a, client_for, person, settings, name):
    settings.DEMO = True
    told(person("alice"))
    client = client_for(tenant_a, person(name))
    assert client.get("/outbox/").status_code == 404
    assert client.get(f"/outbox/{Notification.objects.first().pk}/").status_code == 404


def test_outside_the_demo_there_is_no_outbox(tenant_a, client_for, person, settings):
    settings.DEMO = False
    assert client_for(tenant_a, person("dora")).get("/outbox/").status_code == 404


def test_in_the_demo_an_admin_sees_each_mail_as_html_and_as_text(tenant_a, client_for, person, settings):
    settings.DEMO = True
    told(person("alice"), kind="ticket_replied")
    client = client_for(tenant_a, person("dora"))
    assert "Reply to your request #12: No boleto" in client.get("/outbox/?state=pending").content.decode()
    notice = Notification.objects.get()
    Desk.objects.update(sender_name="Suporte Leilões")
    page = client.get(f"/outbox/{notice.pk}/").content.decode()
    assert "Suporte Leilões &lt;" in page, "as a person reads it, not as it travels"
    assert notice.message_id.strip("<>") in page and "&lt;blockquote" in page and 'sandbox="' in page
    assert "&gt; Still broken." in client.get(f"/outbox/{notice.pk}/?as=text").content.decode()


def test_sl09_in_the_demo_an_admin_reads_the_invitation_that_a_mail_brings(
    tenant_a, client_for, person, settings
):
    settings.DEMO = True
    told(person("alice"), kind="ticket_replied")
    client = client_for(tenant_a, person("dora"))
    notice = Notification.objects.get()
    assert "invite.ics" not in client.get(f"/outbox/{notice.pk}/?as=invitation").content.decode()
    notice.words |= {"calendar": "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"}
    notice.save()
    assert 'href="?as=invitation"' in client.get(f"/outbox/{notice.pk}/").content.decode()
    assert "METHOD:REQUEST" in client.get(f"/outbox/{notice.pk}/?as=invitation").content.decode()


@pytest.fixture
def dora(tenant_a, client_for, person):
    return client_for(tenant_a, person("dora"))


def text_of(**changes):
    return {
        "kind": "ticket_replied",
        "language": "en",
        "subject": "Hi {name}",
        "body": "> {message}",
    } | changes


def test_an_admin_rewrites_a_text_beginning_with_the_built_in_one(dora):
    assert "Reply to your request" in dora.get(TEXTS).content.decode()
    page = dora.get(f"{TEXTS}add/?kind=ticket_replied&language=en").content.decode()
    assert "has replied to your request" in page and "{message}" in page
    assert 'srcdoc="&lt;!doctype html&gt;' in page  # quoted, or the mail would leave its frame
    assert dora.post(f"{TEXTS}add/", text_of()).status_code == 302
    own = Template.objects.get()
    assert dora.get(f"{TEXTS}{own.pk}/change/").status_code == 200
    assert "your own text" in dora.get(TEXTS).content.decode()


def test_a_placeholder_that_this_notice_does_not_know_is_refused_at_its_field(dora):
    answer = dora.post(f"{TEXTS}add/", text_of(subject="{solution}", body="{password} {message}"))
    errors = answer.context["adminform"].form.errors
    assert "{solution}" in errors["subject"][0] and "{password}" in errors["body"][0]
    assert not Template.objects.exists()


def test_what_is_typed_is_shown_as_a_mail_and_can_frame_only_here(dora):
    answer = dora.post(f"{TEXTS}preview/", text_of(body="**Bold** <script>\n\n> {message}"))
    page = answer.content.decode()
    assert "<strong>Bold</strong> &lt;script&gt;" in page and "latest version" in page
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_a_test_mail_goes_the_way_of_all_mails_to_who_asked(dora):
    own = Template.objects.create(**text_of())
    dora.post(f"{TEXTS}test/{own.kind}/{own.language}/")
    list(deliver(moment.now()))
    assert mail.outbox[-1].to == ["dora@example.com"] and "latest version" in mail.outbox[-1].body


def test_a_notice_that_was_given_up_can_be_sent_again(dora, person):
    told(person("alice"), kind="ticket_replied")
    Notification.objects.update(state="parked", attempts=8, error="nobody listens")
    path = "/admin/notifications/notification/"
    assert "gave up" in dora.get(path).content.decode()
    notice = Notification.objects.get()
    assert "nobody listens" in dora.get(f"{path}{notice.pk}/change/").content.decode()
    dora.post(path, {"action": "send_again", "_selected_action": [notice.pk]})
    assert [n.pk for n in deliver(moment.now())] == [notice.pk]


def test_the_admins_list_of_notices_speaks_the_readers_language(dora, person):
    told(person("alice"), kind="ticket_replied")
    told(person("bob"))
    User.objects.filter(email="dora@example.com").update(language="pt-br")
    page = dora.get("/admin/notifications/notification/").content.decode()
    for words in ("Canal", "Tentativas", "Aviso gerado", "no sistema"):
        assert words.lower() in page.lower(), words
    for words in ("Created at", "Sent at", "Attempts"):
        assert words not in page


def test_a_notice_of_a_twin_is_out_of_reach(tenant_b, tenant_a, client_for, person):
    told(person("bob"))
    notice = Notification.objects.get(channel="in_app")
    connection.set_tenant(tenant_b)
    twin = client_for(tenant_b, person("bob"))
    assert twin.post(f"/notices/{notice.pk}/reading/").status_code == 404
    connection.set_tenant(tenant_a)
