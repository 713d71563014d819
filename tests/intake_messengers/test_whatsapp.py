"""WhatsApp, both ways: through the fake's web hook, the real loops, and back to the fake's customers."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from notifications.models import Notification
from policies import publishing
from policies.packs import load_pack
from tenants.people.models import User
from tickets import lifecycle
from tickets.intake.models import Correspondent, Heard, Inbound, Sent
from tickets.models import Attachment, Message, Ticket

ALICE = "5511987654321"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000") + b"\0" * 64


@pytest.fixture
def desk(desk_of, cloud, open_door):
    """Suporte Leiloes with its unified number."""
    tenant = desk_of("suporte-leiloes")
    tenant.door = open_door(tenant, cloud)
    return tenant


def answer(text, person, clock, **more):
    ticket = Ticket.objects.latest("pk")
    return lifecycle.reply(ticket, author=person("bob"), body=text, at=clock(), **more)


def test_an_unknown_number_becomes_a_customer_and_its_conversation_one_ticket(
    desk, cloud, work, clock, person
):
    assert cloud.says(ALICE, "O lote 12 não abre\nmostra erro 500", name="Alice Prado")
    work()
    ticket = Ticket.objects.get()
    alice = ticket.requester
    assert (alice.email, alice.name, alice.phone) == (
        "5511987654321@phone.invalid",
        "Alice Prado",
        "+5511987654321",
    )
    assert not alice.has_usable_password()
    assert (ticket.summary, ticket.channel) == ("O lote 12 não abre", "whatsapp")
    assert (ticket.sender_address, ticket.received_on) == ("+5511987654321", "+5538999507998")
    [told] = cloud.texts_to(ALICE)
    assert f"Its number is *{ticket.number}*" in told
    assert "/t/" in told, "the link that opens the ticket without signing in"
    assert "Hello" not in told and "-- " not in told, "neither greeting nor letterhead"
    clock.at += timedelta(minutes=5)
    cloud.says(ALICE, "Agora nenhum lote abre")
    work()
    assert [m.body for m in ticket.messages.order_by("at")] == [
        "O lote 12 não abre\nmostra erro 500",
        "Agora nenhum lote abre",
    ]
    answer("Qual é o **navegador**?", person, clock)
    work()
    assert "Bob suporte-leiloes has replied" in cloud.texts_to(ALICE)[-1]
    assert "Qual é o **navegador**?" in cloud.texts_to(ALICE)[-1]
    assert ticket.messages.latest("at").delivered_at is not None, "handed over, as a mail would be"
    assert not Notification.objects.filter(channel="email", person=alice).exists(), "no mail to .invalid"


def test_no_mail_is_ever_sent_to_the_address_that_stands_for_a_number(desk, cloud, work, clock, mailoutbox):
    from notifications import outbox
    from notifications.outbox import Recipient

    cloud.says(ALICE, "Oi")
    work()
    alice = Ticket.objects.get().requester
    outbox.tell([Recipient.of(alice)], kind="invitation", key="k", words={"inviter": "Dora"}, at=clock())
    work()
    dropped = Notification.objects.get(kind="invitation")
    assert (dropped.state, dropped.channel) == ("dropped", "email")
    assert not [mail for mail in mailoutbox if alice.email in mail.to]


def test_the_confirmation_over_whatsapp_meets_the_acknowledgement(desk_of, cloud, open_door, work):
    """ZM: acknowledgement is met by a delivered notice (S1), over whichever channel."""
    from sla.models import Clock as Row

    tenant = desk_of("zoom")
    open_door(tenant, cloud, channel="chat")
    cloud.says(ALICE, "The report is wrong")
    work()
    rows = list(Row.objects.filter(metric="acknowledgement"))
    assert all(row.status == "fulfilled" for row in rows)
    assert Notification.objects.get(kind="ticket_opened").state == "sent"


def test_each_message_of_a_payload_is_taken_once(desk, cloud, work):
    first = {"from": ALICE, "id": "wamid.A", "timestamp": "1", "type": "text", "text": {"body": "um"}}
    second = first | {"id": "wamid.B", "text": {"body": "dois"}}
    payload = cloud.payload({"contacts": [], "messages": [first, second]})
    assert cloud.deliver_signed(payload).status_code == 200
    assert cloud.deliver_signed(payload).status_code == 200, "Meta repeats what it is not sure of"
    work()
    assert list(Message.objects.filter(by_customer=True).order_by("pk").values_list("body", flat=True)) == [
        "um",
        "dois",
    ]
    cloud.deliver_signed(payload)
    work()
    assert Message.objects.filter(by_customer=True).count() == 2


def test_meta_is_verified_before_anything_else(desk, cloud, client_for, caplog):
    hook = f"/hooks/whatsapp/{desk.door.key}/"
    good = {"hub.mode": "subscribe", "hub.verify_token": "my-words", "hub.challenge": "1158201444"}
    assert client_for(desk).get(hook, good).content == b"1158201444"
    refused = client_for(desk).get(hook, good | {"hub.verify_token": "guess"})
    assert refused.status_code == 403
    body = json.dumps(cloud.payload({"messages": []})).encode()
    for signature in ("", "sha256=" + "0" * 64, cloud.signature(b"another body")):
        answered = cloud.deliver(body, {"X-Hub-Signature-256": signature} if signature else {})
        assert answered.status_code == 401
        assert answered["Content-Type"] == "application/problem+json"
        assert answered.json()["detail"] == "X-Hub-Signature-256 is missing or wrong."
    assert Inbound.objects.count() == 0
    assert "refused a request: 401" in caplog.text
    assert desk.door.key not in caplog.text and "app-secret" not in caplog.text


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b'{"a":' * 90 + b"1" + b"}" * 90, 400), (b"[" * 99_999, 400), (b" " * 3_000_001, 413)],
    ids=["malformed", "no object", "nested", "nested beyond Python", "oversized"],
)  # fmt: skip
def test_a_signed_request_that_is_no_payload_gets_a_precise_refusal(desk, cloud, body, status):
    answered = cloud.deliver(body, {"X-Hub-Signature-256": cloud.signature(body)})
    assert (answered.status_code, answered.json()["status"]) == (status, status)


def test_odd_shapes_in_a_payload_cost_nobody_else_anything(desk, cloud, work):
    odd = [7, {"from": ALICE}, {"id": "wamid.X", "from": "nobody", "type": "text", "text": "flat"},
           {"id": "wamid.Y", "from": ALICE, "type": "text", "text": {"body": "fine\0"}}]  # fmt: skip
    cloud.hook({"contacts": "none", "messages": odd, "statuses": [None, {}]})
    work()
    assert Message.objects.get().body == "fine"
    parked = Inbound.objects.get(external_id="wamid.X")
    assert (parked.state, parked.reason) == ("parked", "The sender is no telephone number.")


READABLE = {
    "location": ({"latitude": -19.92, "longitude": -43.94, "name": "Pátio"}, "A place: Pátio (-19.92, -43.94)"),
    "contacts": ([{"name": {"formatted_name": "Rui"}, "phones": [{"phone": "+55 11 1"}]}], "Rui: +55 11 1"),
    "button": ({"text": "Sim", "payload": "yes"}, "Sim"),
    "interactive": ({"type": "list_reply", "list_reply": {"id": "1", "title": "Lote", "description": "Não abre"}},
                    "Lote\nNão abre"),
    "unsupported": (None, "(a message that WhatsApp does not pass on: Message type unknown)"),
    "system": ({"body": "Alice changed her number", "type": "user_changed_number"}, "Alice changed her number"),
    "order": ({"catalog_id": "1", "product_items": []}, "(an order from the catalogue)"),
}  # fmt: skip


@pytest.mark.parametrize("kind", READABLE)
def test_every_kind_of_message_becomes_something_readable(desk, cloud, work, kind):
    content, words = READABLE[kind]
    more = {"errors": [{"code": 131051, "title": "Message type unknown"}]} if content is None else {}
    cloud.message(ALICE, kind, content, **more)
    work()
    assert words in Message.objects.get().body


def test_a_reaction_is_said_in_the_conversation_and_opens_nothing(desk, cloud, work, clock, person):
    cloud.message(ALICE, "reaction", {"message_id": "wamid.unknown", "emoji": "👍"})
    work()
    assert not Ticket.objects.exists()
    assert Inbound.objects.get().reason == "A reaction to what is finished."
    cloud.says(ALICE, "Não abre")
    work()
    cloud.message(ALICE, "reaction", {"message_id": cloud.sent[-1]["id"], "emoji": "👍"})
    cloud.message(ALICE, "reaction", {"message_id": cloud.sent[-1]["id"], "emoji": ""})
    work()
    assert [m.body for m in Ticket.objects.get().messages.order_by("pk")] == ["Não abre", "Reacted with 👍"]


def test_a_file_is_fetched_in_two_steps_with_the_token_and_kept(desk, cloud, work):
    cloud.sends_file(ALICE, "image", PNG, "image/png", caption="Veja a tela")
    work()
    kept = Attachment.objects.get()
    assert (kept.message.body, kept.kind, kept.size, kept.name) == (
        "Veja a tela",
        "image/png",
        len(PNG),
        "image.png",
    )
    assert kept.file.read() == PNG
    paths = [path for method, path in cloud.calls if method == "GET"]
    assert len(paths) == 2 and paths[1].startswith("/cdn/")


def test_a_refused_file_never_costs_the_words_and_the_sender_is_told(desk, cloud, work):
    """The pack takes pictures, PDF, text, zip and video: no voice messages."""
    cloud.sends_file(ALICE, "audio", b"OggS" + b"\0" * 60, "audio/ogg; codecs=opus", voice=True)
    work()
    ticket = Ticket.objects.get()
    assert ticket.messages.get().body == "(a voice message)"
    assert not Attachment.objects.exists()
    assert "cannot be attached here" in cloud.texts_to(ALICE)[0]
    cloud.sends_file(
        ALICE, "document", b"MZ" + b"\0" * 60, "application/pdf", caption="O boleto", filename="a.exe"
    )
    work()
    assert ticket.messages.latest("pk").body == "O boleto"
    assert "a.exe" in cloud.texts_to(ALICE)[-1]


def test_a_file_that_cannot_be_fetched_is_tried_three_times_and_then_the_words_go_without_it(
    desk, cloud, work, clock
):
    cloud.token = "another"  # Meta refuses ours from now on
    cloud.sends_file(ALICE, "image", PNG, "image/png", caption="Veja a tela")
    for _ in range(3):
        work()
        clock.at += timedelta(minutes=2)
    assert Ticket.objects.get().messages.get().body == "Veja a tela"
    assert Inbound.objects.get().attempts == 3
    told = Notification.objects.get(kind="ticket_opened").words["scope"]
    assert "could not be fetched" in json.dumps(told)


def test_an_answer_that_quotes_a_message_goes_to_its_ticket(desk, cloud, work, clock, person):
    cloud.says(ALICE, "Primeiro assunto")
    work()
    first = Ticket.objects.get()
    wamid = cloud.sent[-1]["id"]
    lifecycle.resolve(first, by=person("bob"), at=clock(), solution="Feito.")
    clock.at += timedelta(days=1)
    second = lifecycle.open_ticket(
        requester=first.requester, summary="Segundo", body="Outro assunto", at=clock(), channel="whatsapp",
        origin=origin_of(first),
    ).ticket  # fmt: skip
    cloud.says(ALICE, "Sobre o primeiro ainda", quotes=wamid)
    cloud.says(ALICE, "E sobre o segundo")
    work()
    assert first.messages.latest("pk").body == "Sobre o primeiro ainda"
    assert second.messages.latest("pk").body == "E sobre o segundo"
    # Somebody else who knows the id (it was forwarded) does not get into Alice's ticket.
    cloud.says("5521912345678", "Olá", name="Mallory", quotes=wamid)
    work()
    assert Ticket.objects.latest("pk").requester.name == "Mallory"


def origin_of(ticket):
    from tickets.origin import Origin

    return Origin("whatsapp", ticket.sender_address, ticket.received_on)


def test_a_number_in_one_customers_profile_is_that_customer(desk, cloud, work, person):
    User.objects.filter(pk=person("alice").pk).update(phone="(11) 98765-4321")
    cloud.says(ALICE, "Oi")
    work()
    ticket = Ticket.objects.get()
    assert ticket.requester == person("alice")
    assert ticket.company is not None
    assert cloud.texts_to(ALICE), "answered where she wrote"
    assert not Notification.objects.filter(channel="email", address="alice@example.com").exists()


def test_a_number_that_two_customers_have_is_neither_of_them(desk, cloud, work, person):
    User.objects.filter(email__in=["alice@example.com", "erin@example.com"]).update(phone="+55 11 98765-4321")
    cloud.says(ALICE, "Oi")
    work()
    assert Ticket.objects.get().requester.email == "5511987654321@phone.invalid"


def test_nobody_is_an_agent_by_number(desk, cloud, work, person):
    User.objects.filter(pk=person("bob").pk).update(phone="+5511987654321")
    cloud.says(ALICE, "Fechem tudo")
    work()
    assert not Ticket.objects.get().requester.is_agent
    Correspondent.objects.update(person=person("bob"))
    cloud.says(ALICE, "Fechem tudo mesmo")
    work()
    held = Inbound.objects.latest("pk")
    assert held.state == "held" and "is an agent now" in held.reason


def test_brazils_ninth_digit_does_not_make_two_people(desk, cloud, work):
    """WhatsApp's ids of older Brazilian numbers lack it: 55 38 9950-7998 is +55 38 99950-7998."""
    cloud.says("553899118877", "Um")
    cloud.says("5538999118877", "Dois")
    work()
    assert Ticket.objects.get().messages.count() == 2
    assert User.objects.get(email__endswith="phone.invalid").phone == "+5538999118877"


def test_a_blocked_number_goes_to_the_unwanted_until_it_is_let_through(desk, cloud, work, clock):
    from tickets.intake import senders, storing

    senders.block("+5511987654321", clock())
    cloud.says(ALICE, "Compre agora")
    work()
    assert not Ticket.objects.exists() and not cloud.sent
    unwanted = Inbound.objects.get()
    assert (unwanted.state, unwanted.sender) == ("spam", "+5511987654321")
    storing.try_again(unwanted, clock(), let_through=True)
    work()
    assert Ticket.objects.get().summary == "Compre agora"


def test_an_ended_conversation_is_taken_up_again_where_the_policy_sets_no_window(
    desk, cloud, work, clock, person
):
    """suporte-leiloes says nothing about reopening: any time."""
    cloud.says(ALICE, "Não abre")
    work()
    first = Ticket.objects.get()
    lifecycle.resolve(first, by=person("bob"), at=clock(), solution="Reinicie.")
    work()
    assert "We have resolved your request" in cloud.texts_to(ALICE)[-1]
    clock.at += timedelta(days=3)
    cloud.says(ALICE, "Ainda não abre")
    work()
    first.refresh_from_db()
    assert first.status == "open" and Ticket.objects.count() == 1


def test_beyond_the_policys_window_it_continues_in_a_linked_ticket(
    desk_of, cloud, open_door, work, clock, person
):
    """CH09 (erp-chamados, reopen_within 0s): what was concluded is history. Opened by an agent on the telephone for somebody
    of whom only the number is known, and told by WhatsApp all the same."""
    tenant = desk_of("erp-chamados")
    publishing.publish_pack(replace(load_pack("erp-chamados"), who_may_ask="anybody"), clock())
    door = open_door(tenant, cloud)
    cloud.says(ALICE, "Nota não sai")
    work()
    first = Ticket.objects.get()
    lifecycle.resolve(first, by=person("bob"), at=clock(), solution="Reinicie.")
    clock.at += timedelta(minutes=1)
    cloud.says(ALICE, "Ainda não sai")
    work()
    second = Ticket.objects.latest("pk")
    assert (second.follows, second.sender_address, second.received_on) == (
        first,
        "+5511987654321",
        door.address,
    )
    assert f"*{second.number}*" in cloud.texts_to(ALICE)[-1]
    third = lifecycle.open_ticket(
        requester=first.requester,
        by=person("bob"),
        summary="Por telefone",
        body="Ligou.",
        at=clock(),
        channel="phone",
    ).ticket
    work()
    assert f"*{third.number}*" in cloud.texts_to(ALICE)[-1]


# --- the 24 hours -----------------------------------------------------------------------------------------------------


def test_after_a_day_of_silence_a_template_is_sent(desk, cloud, work, clock, person):
    desk.door.config |= {
        "templates": {"*": {"en": {"name": "news", "code": "en", "words": ["number", "message"]}}}
    }
    desk.door.save()
    cloud.says(ALICE, "Não abre")
    work()
    clock.at += timedelta(hours=24, seconds=1)
    answer("Corrigido.\n\nTente de novo", person, clock)
    work()
    number = Ticket.objects.get().number
    assert cloud.texts_to(ALICE)[-1] == f"[news] {number} | Corrigido. Tente de novo"
    assert cloud.sent[-1]["template"]["language"] == {"code": "en"}


def test_without_a_template_the_agent_sees_before_and_after_that_it_did_not_arrive(
    desk, cloud, work, clock, person, client_for, monkeypatch
):
    monkeypatch.setattr("tickets.desk.ticket.now", clock)
    cloud.says(ALICE, "Não abre")
    work()
    ticket = Ticket.objects.get()
    bob = client_for(desk, person("bob"))
    page = bob.get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert "24-hour window is closed" not in page
    clock.at += timedelta(hours=25)
    page = bob.get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert "24-hour window is closed" in page
    message = answer("Corrigido.", person, clock)
    work()
    parked = Notification.objects.get(part_id=message.pk, channel="whatsapp")
    assert parked.state == "parked" and "24-hour window is closed" in parked.error
    message.refresh_from_db()
    assert message.delivered_at is None
    cloud.says(ALICE, "E então?")
    work()
    page = bob.get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert "your reply will not reach them" not in page
    assert "window is open until" in page


def test_metas_clock_decides_when_ours_differs(desk, cloud, work, clock, person):
    desk.door.config |= {"templates": {"ticket_replied": {"*": {"name": "reply", "words": ["author"]}}}}
    desk.door.save()
    cloud.says(ALICE, "Não abre")
    work()
    cloud.heard_at.clear()  # Meta has not heard of it
    answer("Corrigido.", person, clock)
    work()
    assert cloud.texts_to(ALICE)[-1].startswith("[reply] Bob")


def test_a_late_131047_is_sent_again_as_a_template(desk, cloud, work, clock, person):
    desk.door.config |= {"templates": {"ticket_replied": {"*": {"name": "reply", "words": ["author"]}}}}
    desk.door.save()
    cloud.says(ALICE, "Não abre")
    work()
    answer("Corrigido.", person, clock)
    work()
    cloud.reports(cloud.sent[-1]["id"], "failed", 131047)
    clock.at += timedelta(seconds=2)
    work()
    clock.at += timedelta(seconds=2)
    work()
    assert cloud.texts_to(ALICE)[-1].startswith("[reply] Bob")


# --- trouble ----------------------------------------------------------------------------------------------------------


def test_receipts_are_noted_on_the_message_and_leave_no_rows(desk, cloud, work, clock, person):
    from notifications.delivery import standing_of

    cloud.says(ALICE, "Não abre")
    work()
    message = answer("Corrigido.", person, clock)
    work()
    wamid = cloud.sent[-1]["id"]
    for status in ("sent", "delivered", "read", "read"):
        cloud.reports(wamid, status)
    before = Inbound.objects.exclude(external_id__startswith="status:").count()
    work()
    assert Inbound.objects.count() == before
    [standing] = standing_of(message.ticket_id)[message.pk]
    assert (standing.what, standing.channel) == ("delivered", "whatsapp")


def test_a_failed_message_is_withdrawn_and_its_author_told(desk, cloud, work, clock, person):
    cloud.says(ALICE, "Não abre")
    work()
    message = answer("Corrigido.", person, clock)
    work()
    cloud.reports(cloud.sent[-1]["id"], "failed", 131026)
    work()
    message.refresh_from_db()
    assert message.delivered_at is None
    told = Notification.objects.get(kind="reply_bounced", person=person("bob"))
    assert "131026" in json.dumps(told.words)


def test_who_is_not_on_whatsapp_is_given_up_at_once_and_a_busy_api_is_asked_again(
    desk, cloud, work, clock, person
):
    cloud.says(ALICE, "Não abre")
    cloud.busy = 1
    work()
    notice = Notification.objects.get(kind="ticket_opened")
    assert notice.state == "pending" and "130429" in notice.error
    clock.at += timedelta(seconds=11)
    work()
    notice.refresh_from_db()
    assert notice.state == "sent"
    cloud.not_on_whatsapp = {ALICE}
    answer("Corrigido.", person, clock)
    work()
    assert Notification.objects.get(kind="ticket_replied").state == "parked"


def test_an_expired_token_is_named_at_the_door(desk, cloud, work):
    cloud.says(ALICE, "Não abre")
    cloud.token = "another"
    work()
    desk.door.refresh_from_db()
    assert "Access token has expired" in desk.door.last_error and "190" in desk.door.last_error
    assert "EAAG" not in desk.door.last_error


def test_a_lost_answer_is_not_sent_twice_when_the_receipt_comes_first(desk, cloud, work, clock):
    cloud.says(ALICE, "Não abre")
    cloud.silent = 1
    work()
    assert Notification.objects.get(kind="ticket_opened").state == "pending"
    cloud.reports(cloud.sent[-1]["id"], "sent")
    work()
    clock.at += timedelta(minutes=1)
    work()
    assert len(cloud.sent) == 1
    assert Notification.objects.get(kind="ticket_opened").state == "sent"


def test_an_agents_files_follow_the_words_once(desk, cloud, work, clock, person):
    from django.core.files.base import ContentFile

    cloud.says(ALICE, "Não abre")
    work()
    answer("Veja o anexo.", person, clock, files=[ContentFile(PNG, "tela.png")])
    work()
    assert [m["type"] for m in cloud.sent[1:]] == ["text", "image"]
    assert cloud.media[cloud.sent[-1]["image"]["id"]] == (PNG, "image/png")
    assert Sent.objects.filter(notice__kind="ticket_replied").count() == 2
    assert Heard.objects.count() == 1


def test_the_same_app_serves_several_numbers(desk, cloud, open_door, work):
    """One web hook for all numbers of an app: each message goes to the door of the number that it was sent to."""
    deliver = cloud.deliver
    other = open_door(desk, cloud, channel="other", address="+5538988887777", phone_number_id="222")
    cloud.deliver = deliver  # Meta calls the first door's address for both
    told = {"from": ALICE, "id": "wamid.Z", "timestamp": "1", "type": "text", "text": {"body": "Oi"}}
    cloud.hook({"messages": [told]}, number_id="222")
    work()
    assert Inbound.objects.get().door == other
    assert Ticket.objects.get().channel == "other"


def test_a_conversation_of_the_twin_is_another(tenant_b, tenant_a, cloud, open_door, work):
    """The same number writes to both tenants: each knows its own person and ticket."""
    from django.db import connection

    for tenant in (tenant_b, tenant_a):
        connection.set_tenant(tenant)
        open_door(tenant, cloud, channel="portal")
        cloud.says(ALICE, f"Para {tenant.slug}")
        work()
        assert Ticket.objects.get().summary == f"Para {tenant.slug}"
