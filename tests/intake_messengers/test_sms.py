"""SMS through a gateway with names of its own: only the door's configuration knows them."""

import json
from datetime import timedelta

import pytest

from notifications.channels.sms import fitting, measured
from notifications.models import Notification
from tickets import lifecycle
from tickets.intake.models import Inbound
from tickets.models import Ticket

ALICE = "+5511987654321"


@pytest.fixture
def desk(desk_of, gateway, open_door, clock):
    tenant = desk_of("suporte-leiloes")
    tenant.door = open_door(tenant, gateway, kind="sms", channel="other")
    return tenant


def test_a_conversation_by_sms(desk, gateway, work, clock, person):
    assert gateway.says("11987654321", "O lote nao abre").status_code == 200, (
        "a number as people of our country write it"
    )
    work()
    ticket = Ticket.objects.get()
    assert (ticket.sender_address, ticket.channel) == (ALICE, "other")
    [message] = gateway.sent
    assert (message["msisdn"], message["sender"], message["route"]) == (
        ALICE,
        "+5538999507998",
        "transactional",
    )
    assert f"Its number is {ticket.number}" in message["content"] and "/t/" in message["content"]
    lifecycle.reply(ticket, author=person("bob"), body="Tente agora.", at=clock())
    work()
    assert "Tente agora." in gateway.texts_to(ALICE)[-1]
    gateway.says(ALICE, "Abriu, obrigada")
    work()
    assert ticket.messages.count() == 3


def test_receipts_reach_the_message(desk, gateway, work, clock, person):
    from notifications.delivery import standing_of

    gateway.says(ALICE, "Oi")
    work()
    ticket = Ticket.objects.get()
    message = lifecycle.reply(ticket, author=person("bob"), body="Tente agora.", at=clock())
    work()
    gateway.reports(gateway.sent[-1]["ref"], "DELIVRD")
    work()
    assert standing_of(ticket.pk)[message.pk][0].what == "delivered"
    gateway.reports(gateway.sent[-1]["ref"], "UNDELIV", "no such subscriber")
    work()
    assert standing_of(ticket.pk)[message.pk][0].what == "rejected"
    assert "no such subscriber" in standing_of(ticket.pk)[message.pk][0].detail


def test_a_wrong_signature_is_refused(desk, gateway, caplog):
    body = json.dumps({"ref": "1", "msisdn": ALICE, "content": "x"}).encode()
    for headers in ({}, {"X-Gateway-Signature": "0" * 64}, {"X-Gateway-Signature": gateway.signature(b"{}")}):
        answered = gateway.deliver(body, headers)
        assert (answered.status_code, answered["Content-Type"]) == (401, "application/problem+json")
    assert not Inbound.objects.exists()
    assert "sms-secret" not in caplog.text and desk.door.key not in caplog.text


def test_a_signed_moment_makes_a_request_good_for_five_minutes(desk, gateway, clock):
    desk.door.config["receive"]["time_header"] = "X-Time"
    desk.door.save()
    body = json.dumps({"ref": "1", "msisdn": ALICE, "content": "x"}).encode()

    def sent(age):
        stamp = str(int((clock() - age).timestamp()))
        signature = gateway.signature(stamp.encode() + b"." + body)
        return gateway.deliver(body, {"X-Time": stamp, "X-Gateway-Signature": signature}).status_code

    assert sent(timedelta(minutes=6)) == 401
    assert sent(timedelta(minutes=4)) == 200


def test_parts_of_a_long_message_wait_for_each_other(desk, gateway, work):
    """The second part overtakes the first; one is UCS-2 in hexadecimal."""
    udh = {"ref": "77", "of": 2}
    gateway.says(ALICE, "não abre".encode("utf-16-be").hex(), dcs="ucs2", udh=udh | {"part": 2})
    work()
    held = Inbound.objects.get()
    assert (held.state, held.reason) == ("held", "Waits for the rest of a long message: part 2 of 2 (77)")
    assert not Ticket.objects.exists()
    gateway.says(ALICE, "O lote 12 ", udh=udh | {"part": 1})
    work()
    assert Ticket.objects.get().messages.get().body == "O lote 12 não abre"
    held.refresh_from_db()
    assert (held.state, held.raw) == ("ignored", None)


def test_parts_of_a_long_message_that_is_held_back_keep_their_words(desk, gateway, work, clock):
    """The sender is blocked: nothing is read together yet, and once it is let through nothing of it is missing."""
    from tickets.intake import senders, storing

    senders.block(ALICE, clock())
    gateway.says(ALICE, "O lote 12 ", udh={"ref": "77", "of": 2, "part": 1})
    gateway.says(ALICE, "não abre", udh={"ref": "77", "of": 2, "part": 2})
    work()
    first, last = Inbound.objects.order_by("pk")
    assert (first.state, first.raw is None, last.state) == ("held", False, "spam")
    storing.try_again(last, clock(), let_through=True)
    work()
    assert Ticket.objects.get().messages.get().body == "O lote 12 não abre"
    first.refresh_from_db()
    assert (first.state, first.raw) == ("ignored", None)


def test_a_sender_that_is_no_number_is_parked_for_the_admin(desk, gateway, work):
    gateway.says("BANCO", "Sua fatura chegou")
    work()
    assert Inbound.objects.get().state == "parked"
    assert not Ticket.objects.exists()


def test_a_busy_gateway_is_asked_again_and_a_refusal_is_final(desk, gateway, work, clock, person):
    gateway.busy = 1
    gateway.says(ALICE, "Oi")
    work()
    assert Notification.objects.get().state == "pending"
    clock.at += timedelta(seconds=11)
    work()
    assert len(gateway.sent) == 1
    gateway.refuses = {ALICE}
    lifecycle.reply(Ticket.objects.get(), author=person("bob"), body="Tente.", at=clock())
    work()
    parked = Notification.objects.get(kind="ticket_replied")
    assert (parked.state, "not a mobile number" in parked.error) == ("parked", True)


def test_a_gateway_inside_this_network_is_never_called(desk, gateway, work, settings):
    settings.OUTSIDE_NETWORKS = []
    gateway.says(ALICE, "Oi")
    work()
    assert gateway.sent == []
    assert "private or reserved network" in Notification.objects.get().error


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 160, (1, "gsm7")),
        ("a" * 161, (2, "gsm7")),
        ("€" * 80, (1, "gsm7")),  # each takes two places
        ("€" * 81, (2, "gsm7")),
        ("ã" * 70, (1, "ucs2")),  # a with tilde is not in GSM 03.38
        ("ã" * 71, (2, "ucs2")),
        ("👍" * 35, (1, "ucs2")),  # a surrogate pair each
        ("👍" * 36, (2, "ucs2")),
    ],
)
def test_a_text_is_measured_in_messages(text, expected):
    assert measured(text) == expected


def test_a_long_text_is_cut_and_keeps_its_link():
    text = "x" * 3000 + "\nRead and answer: https://desk.example/t/abc/"
    cut = fitting(text, 3)
    assert measured(cut)[0] <= 3
    assert cut.endswith("Read and answer: https://desk.example/t/abc/")
    assert fitting("short", 1) == "short"


def test_sms_with_words_behind_its_link_keeps_the_link_whole():
    """As an emergency's alert: a longer one loses the words behind its button, never the button (SL06)."""
    said, link = "ã" * 200, "Eu assumo: https://desk.example/duty/6.17~dfk6DrP5d19MAbD9oF3Zpf3eck64zbLTeRvia/"
    cut = fitting(f"{said}\n\n{link}\n\n{'O botão está na página deste link. ' * 5}", 6)
    assert measured(cut)[0] <= 6
    lines = cut.split("\n")
    assert lines[:2] == [said, link] and lines[2].startswith("O bot")
    assert measured(fitting(f"{said}\n{link}\n{said}", 3))[0] <= 3
    assert link in fitting(f"{said}\n{link}\n{said}", 3).split("\n")
    assert fitting("x" * 3000 + " https://desk.example/", 2).startswith("xxx"), "one line alone is cut"
