"""Doors in the admin: the kind decides the fields, secrets go in and never come out, the hook's address is shown once."""

import json
import re

import pytest

from tickets.intake import sms, whatsapp
from tickets.intake.models import Door, Inbound

WHATSAPP = {
    "kind": "whatsapp", "name": "Support", "address": "(38) 99950-7998", "channel": "whatsapp", "is_active": "on",
    "phone_number_id": "106540352242922", "access_token": "EAAG-token", "app_secret": "s3cret", "verify_token": "my words",
    "templates": "{}", "graph_url": "https://graph.facebook.com",
}  # fmt: skip
SMS = {
    "kind": "sms", "name": "SMS", "address": "+55 38 98888-7777", "channel": "other", "is_active": "on",
    "send": json.dumps({"url": "https://sms.example/v1"}), "send_secret": "Bearer k", "receive": "{}", "receive_secret": "r",
}  # fmt: skip


@pytest.fixture
def dora(desk_of, client_for, person):
    tenant = desk_of("suporte-leiloes")
    return client_for(tenant, person("dora"))


def add(dora, fields):
    return dora.post(f"/admin/intake/door/add/?kind={fields['kind']}", fields)


def test_a_number_without_its_country_is_refused_at_its_field(dora):
    page = add(dora, WHATSAPP).content.decode()
    assert "This is not a telephone number. Write it with its country" in page
    assert not Door.objects.exists()


def test_a_door_is_made_and_its_address_shown_once(dora):
    made = add(dora, WHATSAPP | {"address": "+55 (38) 99950-7998"})
    [key] = re.findall(r"/hooks/whatsapp/([\w-]+)/", made.content.decode())
    assert "no-store" in made["Cache-Control"]
    door = Door.objects.get()
    assert (door.address, door.channel) == ("+5538999507998", "whatsapp")
    assert door.config["phone_number_id"] == "106540352242922"
    assert door.read_secrets() == {
        "access_token": "EAAG-token",
        "app_secret": "s3cret",
        "verify_token": "my words",
    }
    page = dora.get(f"/admin/intake/door/{door.pk}/change/").content.decode()
    for secret in ("EAAG-token", "s3cret", "my words", key):
        assert secret not in page
    assert "Kept and not shown." in page
    assert dora.get("/admin/intake/door/").status_code == 200
    assert (
        dora.get(
            f"/hooks/whatsapp/{key}/?hub.mode=subscribe&hub.verify_token=my words&hub.challenge=7"
        ).content
        == b"7"
    )
    # A new address: the old one is worth nothing at once.
    anew = dora.post(f"/admin/intake/door/{door.pk}/address/").content.decode()
    [second] = re.findall(r"/hooks/whatsapp/([\w-]+)/", anew)
    assert second != key
    assert dora.get(f"/hooks/whatsapp/{key}/").status_code == 404
    assert dora.get(f"/hooks/whatsapp/{second}/").status_code == 403


def test_an_empty_secret_keeps_what_is_there(dora):
    add(dora, WHATSAPP | {"address": "+55 38 99950-7998"})
    door = Door.objects.get()
    changed = WHATSAPP | {
        "address": "+55 38 99950-7998",
        "access_token": "new",
        "app_secret": "",
        "verify_token": "",
    }
    assert dora.post(f"/admin/intake/door/{door.pk}/change/", changed).status_code == 302
    door.refresh_from_db()
    assert door.read_secrets() == {"access_token": "new", "app_secret": "s3cret", "verify_token": "my words"}


def test_what_is_typed_wrong_is_said_at_its_field(dora):
    page = add(
        dora, WHATSAPP | {"address": "+55 38 99950-7998", "phone_number_id": "+55 38", "templates": "["}
    )
    assert page.status_code == 200
    said = page.content.decode()
    assert "Digits only" in said and "Enter a valid JSON." in said
    said = add(dora, SMS | {"send": '{"url": ""}', "receive_secret": ""}).content.decode()
    assert "url: Write a whole address" in said and "This field is required." in said
    assert not Door.objects.exists()


@pytest.mark.parametrize(
    ("check", "config", "said"),
    [
        (whatsapp.check, {"templates": {"nothing": {}}}, "There is no notice “nothing”"),
        (whatsapp.check, {"templates": {"*": {"en": {}}}}, "Each template needs “name”"),
        (whatsapp.check, {"templates": {"*": "news"}}, "Each template needs “name”"),
        (whatsapp.check, {"templates": [1]}, "Each template needs “name”"),
        (whatsapp.check, {"templates": {"ticket_replied": {"*": {"name": "x", "words": ["solution"]}}}}, "not know solution"),
        (sms.check, {"send": {"url": "http://gateway.example/"}}, "must begin with https://"),
        (sms.check, {"send": {"url": "https://127.0.0.1/"}}, "private or reserved network"),
        (sms.check, {"send": [1]}, "Write an object"),
        (sms.check, {"send": {"url": "https://gateway.example/"}, "receive": {"fields": []}}, "are objects too"),
    ],
)  # fmt: skip
def test_settings_are_checked(check, config, said):
    assert said in " ".join(check({"phone_number_id": "1", **config}).values())


def test_two_open_doors_do_not_share_a_number(dora):
    add(dora, SMS)
    assert "The door “SMS” has this number." in add(dora, SMS | {"name": "Again"}).content.decode()
    add(dora, WHATSAPP | {"address": SMS["address"]})
    assert Door.objects.count() == 2, "WhatsApp and SMS may"


def test_what_came_in_can_be_read_again_let_through_and_its_sender_blocked(
    dora, django_assert_max_num_queries
):
    from tickets.intake import senders, storing
    from tickets.intake.models import BlockedSender

    door = Door.objects.create(kind="sms", name="SMS", address="+5538988887777", channel="other")
    from tests.intake_messengers.test_intake_core import MONDAY_8

    rows = [
        storing.receive(door, external_id=str(n), raw=b"{}", at=MONDAY_8, sender=f"+55119876543{n:02d}")
        for n in range(12)
    ]
    Inbound.objects.update(state="parked", reason="ValueError: no number")
    with django_assert_max_num_queries(20):
        page = dora.get("/admin/intake/inbound/?state__exact=parked").content.decode()
    assert "ValueError: no number" in page and "+5511987654311" in page
    assert dora.get(f"/admin/intake/inbound/{rows[0].pk}/change/").status_code == 200

    def act(action, row):
        return dora.post(
            "/admin/intake/inbound/", {"action": action, "_selected_action": [row.pk]}, follow=True
        )

    assert "1 is read again." in act("again", rows[0]).content.decode()
    act("let_in", rows[1])
    act("block_sender", rows[2])
    rows = [Inbound.objects.get(pk=row.pk) for row in rows]
    assert [(r.state, r.let_through) for r in rows[:3]] == [
        ("waiting", False),
        ("waiting", True),
        ("parked", False),
    ]
    assert senders.is_blocked("+5511987654302")
    assert dora.get("/admin/intake/blockedsender/").status_code == 200
    dora.post("/admin/intake/blockedsender/add/", {"address": "@Robots.example", "because": ""})
    assert BlockedSender.objects.filter(address="@robots.example").exists()


def test_a_group_is_entered_with_its_company(dora):
    from tenants.customers.models import Company
    from tickets.intake.models import Group

    door = Door.objects.create(kind="whatsapp", name="W", address="+5538999507998", channel="whatsapp")
    company = Company.objects.first()
    page = dora.get("/admin/intake/group/add/")
    assert page.status_code == 200
    dora.post(
        "/admin/intake/group/add/",
        {"door": door.pk, "group_id": "G1", "company": company.pk, "name": "Prado"},
    )
    assert Group.objects.get().company == company
    assert dora.get("/admin/intake/group/").status_code == 200
