"""WhatsApp and SMS from end to end: Dora opens the doors in the admin, a customer writes to the number, Bob answers at his
desk. Each messenger carries a conversation of ten messages into one ticket.
"""

import json
import re

import httpx
import pytest

from tests.fakes.cloud_api import CloudApi
from tests.fakes.sms_gateway import SmsGateway
from tests.journeys.live import until, utc

pytestmark = pytest.mark.journey

TENANT = "suporte-leiloes"
SAYS = ["O lote 12 não abre", "Aparece o erro 500", "No Chrome e no Firefox", "Agora abriu", "Obrigada!"]
ANSWERS = [
    "Bom dia, já olhamos.",
    "Em qual navegador?",
    "Encontramos a causa.",
    "Corrigido, tente de novo.",
    "De nada!",
]


def open_door(live, kind, fake, channel, number):
    """Dora fills in the form, and gives the provider the address that she is shown once."""
    dora = live.visitor(TENANT, "dora").open(f"/admin/intake/door/add/?kind={kind}")
    config, secrets = fake.settings()
    fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in config.items()}
    dora.submit(name=f"{kind} {channel}", address=number, channel=channel, **fields, **secrets)
    found = re.search(rf'value="(http[^"]*/hooks/{kind}/[^"]+)"', dora.html)
    assert found, dora.text
    path = "/hooks/" + found[1].partition("/hooks/")[2]
    assert found[1].partition("/hooks/")[2].split("/")[1] not in dora.open("/admin/intake/door/").html

    def deliver(body, headers):
        given = {"Host": f"{TENANT}.localhost:{live.port}", "Content-Type": "application/json"} | headers
        answered = httpx.post(f"http://127.0.0.1:{live.port}{path}", content=body, headers=given, timeout=30)
        assert answered.status_code == 200, answered.text
        return answered

    fake.deliver = deliver


def converse(live, fake, number, told):
    """Ten messages, five each way, each answer read where the customer wrote. The ticket's number."""
    bob, ticket = live.visitor(TENANT, "bob"), None
    for place, (words, answer) in enumerate(zip(SAYS, ANSWERS, strict=True)):
        fake.says(number, words)
        until(
            lambda n=2 * place + 1: len(thread(live, told)) == n,
            f"message {2 * place + 1}: {thread(live, told)}",
        )
        [[ticket]] = live.sql(
            "SELECT DISTINCT number FROM tickets_ticket WHERE sender_address = %s", [told], tenant=TENANT
        )
        if place == 0:
            until(lambda: fake.texts_to(number), "the confirmation")
            assert str(ticket) in fake.texts_to(number)[0]
        bob.answer(ticket, answer)
        until(lambda a=answer: any(a in text for text in fake.texts_to(number)), f"{answer!r} at {number}")
    return ticket


def thread(live, told):
    """What was said with this number, in order."""
    rows = live.sql(
        """SELECT m.body FROM tickets_message m JOIN tickets_ticket t ON t.id = m.ticket_id
           WHERE t.sender_address = %s ORDER BY m.at, m.id""",
        [told],
        tenant=TENANT,
    )
    return [body for [body] in rows]


def test_whatsapp_carries_ten_messages_into_one_ticket(live):
    live.travel_to(utc(2027, 3, 9, 13))  # Tuesday 10:00
    with CloudApi(live.outside[0], clock=live.now) as cloud:
        open_door(live, "whatsapp", cloud, "whatsapp", "+55 38 99950-7998")
        ticket = converse(live, cloud, "5511987654321", "+5511987654321")
        assert thread(live, "+5511987654321") == [w for both in zip(SAYS, ANSWERS, strict=True) for w in both]
        assert len(cloud.texts_to("5511987654321")) == 6, "the confirmation and five answers, each once"
        # Each receipt stands at its message; the wamids come back by the same hook.
        cloud.reports(cloud.sent[-1]["id"], "delivered")
        bob = live.visitor(TENANT, "bob")
        until(lambda: delivered(live) == 1, "the receipt is noted")
        assert "+5511987654321" in bob.open(f"/desk/tickets/{ticket}/").text
        assert "24-hour window is open until" in bob.text
        assert "phone.invalid" not in bob.text
        # The link that she was sent opens her ticket without signing in.
        [link] = re.findall(r"http\S+/t/\S+", cloud.texts_to("5511987654321")[0])
        assert "De nada!" in live.visitor(TENANT).open(link).text
    assert not [mail for mail in live.mail.received if mail.to.endswith(".invalid")]


def delivered(live):
    [[count]] = live.sql(
        "SELECT count(*) FROM notifications_delivery WHERE what = 'delivered'", tenant=TENANT
    )
    return count


def test_sms_carries_ten_messages_into_one_ticket(live):
    live.travel_to(utc(2027, 3, 9, 14))
    with SmsGateway(live.outside[1]) as gateway:
        open_door(live, "sms", gateway, "other", "+55 38 98888-7777")
        converse(live, gateway, "+5521912345678", "+5521912345678")
        assert thread(live, "+5521912345678") == [w for both in zip(SAYS, ANSWERS, strict=True) for w in both]
        told = gateway.texts_to("+5521912345678")
        assert len(told) == 6
        assert "Only the unified support number" in told[0], "SL01: another number carries no promise"


GROUP = "Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD"


def test_sl01_sl03_sl04_the_unified_number_and_what_a_group_is_for(live):
    live.travel_to(utc(2027, 3, 10, 13))  # Wednesday 10:00
    with CloudApi(live.outside[0], clock=live.now) as cloud:
        cloud.phone_number_id = "333"
        open_door(live, "whatsapp", cloud, "whatsapp", "+55 38 97777-6666")
        dora = live.visitor(TENANT, "dora")
        [[door]] = live.sql("SELECT id FROM intake_door WHERE address = '+5538977776666'", tenant=TENANT)
        [[company]] = live.sql(
            "SELECT id FROM customers_company WHERE name = %s", [f"Company {TENANT}"], tenant=TENANT
        )
        dora.open("/admin/intake/group/add/")
        dora.submit(door=str(door), group_id=GROUP, company=str(company), name="Prado")

        # SL01: on the unified number the response time holds, half an hour in business hours.
        cloud.says("5531911110001", "O lote 7 não abre")
        until(lambda: cloud.texts_to("5531911110001"), "the confirmation")
        assert "10:30" in cloud.texts_to("5531911110001")[0]

        # SL04: development in a group is ignored; SL03: anything but an emergency is pointed elsewhere, an emergency is a ticket.
        cloud.says("5531911110002", "Podem criar um novo campo na tela de lotes?", group=GROUP)
        cloud.says("5531911110002", "Bom dia, uma coluna do relatório saiu errada", group=GROUP)
        until(lambda: cloud.texts_to(GROUP), "the pointer")
        assert "for emergencies that affect the operation only" in cloud.texts_to(GROUP)[0]
        cloud.says("5531911110002", "Urgente: o servidor caiu e o leilão parou", group=GROUP)
        until(lambda: len(cloud.texts_to(GROUP)) == 2, "the confirmation of the emergency")
    outcomes = live.sql(
        "SELECT outcome, count(*) FROM tickets_contact WHERE channel = 'whatsapp_group' GROUP BY 1 ORDER BY 1",
        tenant=TENANT,
    )
    assert [tuple(row) for row in outcomes] == [("ignored", 1), ("wrong_channel", 1)]
    contacts = live.visitor(TENANT, "bob").open("/desk/contacts/").text
    assert "uma coluna do relatório" in contacts
