"""Asking for help: the topic's form, refusals at the field, the confirmation, what is declined."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tickets.models import Ticket
from tickets.portal.home import policy_at

MONDAY_8 = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
KEY = "0123456789abcdef0123456789abcdef"
MEETING = {"agenda": "agenda", "wanted_at": "wished_at"}  # such a topic's fields in the form of a meeting


@pytest.fixture
def alice(client_for, person, at):
    def signed_in(tenant):
        return client_for(tenant, person("alice"))

    return signed_in


def asked(**more):
    return {
        "topic": "question",
        "summary": "Where is the report?",
        "body": "I cannot find it.",
        "key": KEY,
    } | more


def text(response):
    return response.content.decode()


def test_a_stranger_signs_in_first(tenant_a, client_for, at):
    answer = client_for(tenant_a).get("/tickets/new/")
    assert answer.status_code == 302
    assert "/account/sign-in/" in answer.url


def test_the_topic_comes_first_and_brings_its_form(tenant_a, alice):
    topics = text(alice(tenant_a).get("/tickets/new/"))
    assert "What is it about?" in topics
    assert 'href="?topic=question"' in topics
    form = text(alice(tenant_a).get("/tickets/new/?topic=question"))
    assert 'name="summary"' in form
    # ZP03: sent on Monday 08:00 it is due on Wednesday 12:00, said before it is sent.
    assert "Wed 25 Nov, 12:00" in form


@pytest.mark.parametrize("pack", ["z-pro", "zoom", "erp-chamados", "360dialog", "suporte-leiloes", "tour"])
def test_ch05_every_topic_shows_its_fields_with_help(desk_of, alice, at, pack):
    client = alice(desk_of(pack))
    for topic in policy_at(MONDAY_8).topics:
        answer = client.get("/tickets/new/", {"topic": topic.key}, follow=True)
        for field in topic.fields:  # what asks for a meeting has a form of its own (SL09)
            name = MEETING[field.key] if answer.redirect_chain else f"field_{field.key}"
            assert f'name="{name}"' in text(answer), topic.key


def test_zm02_priorities_come_with_definition_and_examples(desk_of, alice):
    from django.utils.html import escape

    client = alice(desk_of("zoom"))
    policy = policy_at(MONDAY_8)
    form = text(client.get("/tickets/new/", {"topic": policy.topics[0].key}))
    for priority in policy.priorities:
        assert escape(priority.definition["en"]) in form
        assert all(escape(example["en"]) in form for example in priority.examples)


def test_a_request_becomes_a_ticket_and_is_confirmed(tenant_a, alice):
    client = alice(tenant_a)
    answer = client.post("/tickets/new/", asked(copies="ann@example.com, ben@example.com"), follow=True)
    ticket = Ticket.objects.get()
    assert answer.redirect_chain[-1][0] == f"/tickets/{ticket.number}/received/"
    assert f"Ticket #{ticket.number}" in text(answer)
    assert "We answer by" in text(answer)
    assert "Why this deadline?" in text(answer)
    assert sorted(ticket.participants.values_list("address", flat=True)) == [
        "ann@example.com",
        "ben@example.com",
    ]


def test_a_form_sent_twice_is_one_ticket(tenant_a, alice):
    client = alice(tenant_a)
    first, second = (client.post("/tickets/new/", asked()).url for _ in range(2))
    assert first == second
    assert Ticket.objects.count() == 1


def test_what_is_missing_is_said_at_the_field_and_nothing_typed_is_lost(tenant_a, alice):
    answer = alice(tenant_a).post("/tickets/new/", asked(summary="", body="A long story."))
    assert answer.status_code == 422
    assert "Say in a few words what it is about." in text(answer)
    assert "A long story." in text(answer)
    assert "Choose your files again" not in text(answer), "none had been chosen"
    assert not Ticket.objects.exists()


def test_a_refused_file_keeps_what_was_typed(tenant_a, alice):
    program = SimpleUploadedFile(
        "virus.exe", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\x00" * 200
    )
    answer = alice(tenant_a).post("/tickets/new/", asked(files=[program]))
    assert answer.status_code == 422
    assert "virus.exe" in text(answer)
    assert "I cannot find it." in text(answer)
    assert "Choose your files again" in text(answer)
    assert not Ticket.objects.exists()


def test_another_topic_keeps_what_was_typed(tenant_a, alice):
    answer = alice(tenant_a).post("/tickets/new/", asked(topic="bug", show="1", summary="Half a sent"))
    assert answer.status_code == 200
    assert "Half a sent" in text(answer)
    assert "form-errors" not in text(answer)
    assert not Ticket.objects.exists()


def test_zp09_the_line_under_the_form_says_what_is_out_of_scope(tenant_a, alice):
    client = alice(tenant_a)
    said = text(client.post("/tickets/new/outlook/", asked(body="Please configure nginx on my VPS server.")))
    assert "No deadline is promised" in said
    assert "We answer by" in text(client.post("/tickets/new/outlook/", asked()))


def test_zp09_what_is_out_of_scope_is_told_so_by_its_rule(tenant_a, alice):
    answer = alice(tenant_a).post("/tickets/new/", asked(body="Please configure my VPS."), follow=True)
    ticket = Ticket.objects.get()
    assert ticket.outcome == "out_of_scope"
    assert "This is not part of our support" in text(answer)
    assert ticket.due_at is None


def test_zm07_another_service_and_its_contact_are_told_while_it_is_typed_and_once_it_is_sent(desk_of, alice):
    client = alice(desk_of("zoom"))
    wish = asked(topic="account", body="We want a training for our team.", priority="3",
                 field_what_happens="Nobody knows how.")  # fmt: skip
    contact = "training@services.zoom.example"
    assert contact in text(client.post("/tickets/new/outlook/", wish))
    answer = text(client.post("/tickets/new/", wish, follow=True))
    assert "This is not part of our support" in answer and contact in answer
    ticket = Ticket.objects.get()
    assert (ticket.outcome, ticket.team.key, ticket.due_at) == ("other_service", "training", None)


@pytest.mark.parametrize("address", ["nobody", "a@b@c", "x" * 300 + "@example.com"])
def test_bad_addresses_in_copy_are_named(tenant_a, alice, address):
    answer = alice(tenant_a).post("/tickets/new/", asked(copies=address))
    assert answer.status_code == 422
    assert "is not an e-mail address" in text(answer)


def test_td17_secrets_in_fields_and_text_files_are_masked(tenant_a, alice):
    log = SimpleUploadedFile("senha-J0ao!234.log", b"user=joao\npassword=J0ao!234\nok\n", "text/plain")
    client = alice(tenant_a)
    client.post("/tickets/new/", asked(body="senha: J0ao!234", files=log))
    assert "what looks like a password" in text(client.get("/tickets/1/"))
    message = Ticket.objects.get().messages.get(kind="public")
    assert message.body == "senha: J••••••4"
    [kept] = message.attachments.all()
    assert kept.file.read().decode() == "user=joao\npassword=J••••••4\nok\n" and kept.size == len(
        "user=joao\npassword=J••••••4\nok\n".encode()
    )


def test_a_policy_may_leave_secrets_alone(tenant_a, alice, at):
    from dataclasses import replace

    from policies import publishing
    from policies.packs import load_pack
    from tenants.moment import now

    publishing.publish_pack(replace(load_pack("z-pro"), masks_secrets=False), now())
    alice(tenant_a).post("/tickets/new/", asked(body="senha: J0ao!234"))
    assert Ticket.objects.get().messages.get().body == "senha: J0ao!234"
