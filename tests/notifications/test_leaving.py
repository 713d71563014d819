"""The way out of mails that one can do without (RFC 8058): a page with a button, one click; never for who asked."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from notifications.outbox import deliver
from tickets import lifecycle
from tickets.models import Participant

AT = datetime(2026, 11, 23, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def it_is_then(monkeypatch):
    monkeypatch.setattr("tenants.moment.now", lambda: AT)
    monkeypatch.setattr("tickets.portal.leaving.now", lambda: AT)


@pytest.fixture
def ticket(tenant_a, person):
    ticket = lifecycle.open_ticket(
        requester=person("alice"), summary="No boleto", body="It says 403.", at=AT
    ).ticket
    lifecycle.add_participant(ticket, by=person("bob"), at=AT, address="rui@partner.example")
    lifecycle.assign(ticket, by=person("carol"), at=AT, owner=person("bob"))
    lifecycle.reply(ticket, author=person("carol"), body="Which version?", at=AT)
    lifecycle.reply(ticket, author=person("alice"), body="The latest.", at=AT)
    list(deliver(AT))
    return ticket


def way_out(address):
    """The path in List-Unsubscribe of the last mail to this address, None where there is none."""
    message = [m for m in mail.outbox if m.to == [address]][-1]
    header = message.extra_headers.get("List-Unsubscribe")
    if header is None:
        return None
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return urlsplit(re.fullmatch("<(.+)>", header)[1]).path


def one_click(tenant, path):
    """As a mail program does it: no cookie, no form before it, CSRF checks on."""
    client = Client(SERVER_NAME=f"{tenant.slug}.localhost", enforce_csrf_checks=True)
    response = client.post(path, {"List-Unsubscribe": "One-Click"})
    connection.set_tenant(tenant)
    return response


def test_an_answer_to_who_asked_has_no_way_out(ticket):
    assert way_out("alice@example.com") is None


def test_an_agents_notice_is_switched_off_by_one_click_and_only_that_kind(ticket, tenant_a, person):
    path = way_out("bob@example.com")
    assert path.startswith("/notices/off/customer_replied/")
    assert one_click(tenant_a, path).status_code == 200
    assert person("bob").muted_notices == ["customer_replied"]


def test_a_scanner_that_follows_the_link_changes_nothing(ticket, client_for, tenant_a, person):
    for address in ("bob@example.com", "rui@partner.example"):
        response = client_for(tenant_a).get(way_out(address))
        assert response.status_code == 200 and "<button" in response.content.decode()
    assert person("bob").muted_notices == []
    assert Participant.objects.count() == 1


def test_somebody_in_copy_leaves_by_one_click_and_hears_no_more(ticket, tenant_a, person):
    assert one_click(tenant_a, way_out("rui@partner.example")).status_code == 200
    assert not Participant.objects.exists()
    assert ticket.events.get(kind="participant_left").data == {"address": "rui@partner.example"}
    mail.outbox.clear()
    lifecycle.reply(ticket, author=person("carol"), body="Thank you.", at=AT)
    list(deliver(AT))
    assert "rui@partner.example" not in [m.to[0] for m in mail.outbox]


def test_a_forged_link_and_one_of_another_kind_end_on_a_clear_page(ticket, client_for, tenant_a, person):
    token = way_out("bob@example.com").split("/")[-2]
    for path in (
        "/notices/off/customer_replied/1~x/",
        f"/notices/off/assigned/{token}/",
        f"/t/{token}/leaving/",
    ):
        assert one_click(tenant_a, path).status_code == 410
    assert client_for(tenant_a).get(f"/notices/off/password_reset/{token}/").status_code == 404
    assert person("bob").muted_notices == []


def test_the_twins_link_is_worth_nothing_here(ticket, tenant_a, tenant_b, person):
    path = way_out("bob@example.com")
    assert one_click(tenant_b, path).status_code == 410
    assert person("bob").muted_notices == []
