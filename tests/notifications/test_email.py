"""Mails as a mail server receives them: a real SMTP sink, the real backend."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction

from notifications.models import Notification, Template
from notifications.outbox import BACK_OFF, Recipient, deliver, tell
from tenants.customers.models import Desk
from tenants.people.models import User

AT = datetime(2026, 11, 23, 11, tzinfo=UTC)


class Sink:
    """A mail server that keeps what it takes; `answer` is what it says to the next mails."""

    def __init__(self):
        self.mails = []
        self.answer = "250 taken"

    async def handle_DATA(self, server, session, envelope):
        if self.answer.startswith("250"):
            parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.mails.append((envelope.rcpt_tos, parsed))
        return self.answer


@pytest.fixture
def sink(settings):
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=0)
    # port 0: the kernel chooses; the controller's own probe needs the number, so it is asked of a socket first
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        controller.port = probe.getsockname()[1]
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield handler
    controller.stop()


@pytest.fixture
def desk(tenant_a):
    desk = Desk.objects.get()
    desk.name, desk.colour = "Acme & Sons", "#ffcc00"
    desk.sender_name, desk.sender_address = "Suporte Acme", "suporte@acme.example"
    desk.save()
    return desk


@pytest.fixture
def alice(desk):
    return User.objects.create_user(
        "alice@customer.example", name="Alice", language="pt-br", timezone="America/Sao_Paulo"
    )


def told(*recipients, kind="ticket_replied", key="k", words=None, **more):
    words = {"number": "12", "summary": "No boleto", "author": "Bob", "message": "Try again."} | (words or {})
    links = {"ticket_url": {"purpose": "guest", "row": 12, "path": "/t/{token}/", "days": 90}}
    with transaction.atomic():
        tell(recipients, kind=kind, key=key, words=words, links=links, at=AT, **more)


def test_a_mail_arrives_whole_in_text_and_html_with_its_headers(sink, alice, tenant_a):
    told(Recipient.of(alice), about_id=7)
    assert len(list(deliver(AT))) == 1
    [(to, mail)] = sink.mails
    notice = Notification.objects.get()
    assert to == ["alice@customer.example"]
    assert mail["From"] == "Suporte Acme <suporte@acme.example>"
    assert mail["Subject"] == "Resposta ao seu chamado nº 12: No boleto"
    assert mail["Message-ID"] == notice.message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["References"] == mail["In-Reply-To"] == f"<ticket-7.{tenant_a.schema_name}@localhost>"
    assert mail["Reply-To"] is None

    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    assert "Olá Alice," in text and "> Try again." in text
    assert f"http://{tenant_a.slug}.localhost:8000/t/12." in text
    assert "Acme &amp; Sons" in html and "#ffcc00" in html
    assert "color:#14171a" in html  # dark ink on the desk's light yellow


def test_what_somebody_wrote_is_no_markup_and_no_header(sink, alice):
    evil = "<img src=x onerror=alert(1)> **not bold** [x]({ticket_url}) {desk}\nsecond line"
    told(Recipient.of(alice), words={"message": evil, "summary": "one\r\nBcc: victim@example.com"})
    list(deliver(AT))
    [(to, mail)] = sink.mails
    html = mail.get_body(("html",)).get_content()
    assert "<img" not in html and "<strong>not bold" not in html and "{desk}" in html
    assert mail["Bcc"] is None and to == ["alice@customer.example"]
    assert "one Bcc: victim@example.com" in mail["Subject"]


def test_a_moment_is_shown_in_the_readers_zone_and_language(sink, alice):
    lisbon = User.objects.create_user(
        "eve@customer.example", name="Eve", language="en", timezone="Europe/Lisbon"
    )
    words = {"due_at": datetime(2026, 11, 25, 15, tzinfo=UTC), "metric": "first_response"}
    told(Recipient.of(alice), Recipient.of(lisbon), kind="deadline_moved", words=words)
    list(deliver(AT))
    texts = [" ".join(mail.get_body(("plain",)).get_content().split()) for _, mail in sink.mails]
    assert "primeira resposta até quarta-feira, 25 de novembro de 2026, 12:00 (São Paulo)" in texts[0]
    assert "first response by Wednesday, 25 November 2026, 15:00 (Lisbon)" in texts[1]


def test_a_paragraph_without_its_words_is_left_out(sink, alice):
    told(Recipient.of(alice), kind="ticket_opened")
    list(deliver(AT))
    text = sink.mails[0][1].get_body(("plain",)).get_content()
    assert "compromisso" not in text and "{" not in text


def test_the_desks_own_text_wins_in_its_language(sink, alice):
    Template.objects.create(
        kind="ticket_replied", language="pt-br", subject="Nova {number}", body="Oi {name}!"
    )
    eve = User.objects.create_user("eve@customer.example", name="Eve", language="en")
    told(Recipient.of(alice), Recipient.of(eve))
    list(deliver(AT))
    subjects = {to[0]: mail["Subject"] for to, mail in sink.mails}
    assert subjects == {
        "alice@customer.example": "Nova 12",
        "eve@customer.example": "Reply to your request #12: No boleto",
    }


def test_a_mail_refused_for_now_is_tried_again_and_arrives_once(sink, alice):
    told(Recipient.of(alice))
    sink.answer = "451 come back later"
    assert list(deliver(AT)) == []
    assert "451" in Notification.objects.get().error
    sink.answer = "250 taken"
    assert len(list(deliver(AT + BACK_OFF[0]))) == 1
    assert len(sink.mails) == 1


def test_a_link_is_the_same_in_every_attempt(sink, alice):
    told(Recipient.of(alice))
    sink.answer = "451 come back later"
    list(deliver(AT))
    row = Notification.objects.get()
    from notifications.rendering import Stationery

    first = Stationery().letter(row)
    sink.answer = "250 taken"
    list(deliver(AT + timedelta(minutes=1)))
    sent = sink.mails[0][1].get_body(("plain",)).get_content()
    link = next(line for line in first.text.splitlines() if "/t/" in line)
    assert link in sent


def test_one_connection_carries_a_round(sink, alice, monkeypatch):
    from django.core.mail.backends.smtp import EmailBackend

    opened = []
    whole = EmailBackend.open

    def counted(backend):
        fresh = whole(backend)
        opened.append(fresh)
        return fresh

    monkeypatch.setattr(EmailBackend, "open", counted)
    for number in range(5):
        told(Recipient.of(alice), key=str(number))
    assert len(list(deliver(AT))) == 5
    assert opened.count(True) == 1
