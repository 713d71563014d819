"""Somebody in copy follows a ticket by the link of their mails: in their own name, and only while they are in copy (CH06)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.models import Notification
from notifications.rendering import Stationery
from tenants import links
from tenants.people.models import User
from tests.portal.conftest import MONDAY_8
from tickets import lifecycle
from tickets.models import Message, Participant, Ticket

HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(tenant_a, person):
    return lifecycle.open_ticket(
        requester=person("alice"), summary="Where is the report?", body="I cannot find it.", at=MONDAY_8,
        copies=["rui@partner.example", "frank@example.com"],
    ).ticket  # fmt: skip


def told_at(address, link="ticket_url", **which):
    """The path that the last mail to this address brings."""
    notice = Notification.objects.filter(address=address, **which).latest("pk")
    way = dict(notice.links[link])
    return way["path"].replace("{token}", links.sign(way["purpose"], way["row"], MONDAY_8, way["days"]))


def text(response):
    return response.content.decode()


def test_ch06_somebody_in_copy_reads_and_answers_in_their_own_name(ticket, tenant_a, client_for, person, at):
    guest = client_for(tenant_a)
    for address in ("rui@partner.example", "frank@example.com"):
        page = told_at(address)
        assert "I cannot find it." in text(guest.get(page))
        answer = guest.post(f"{page}reply/", {"body": f"{address} says so."}, follow=True)
        assert "Your message has been sent." in text(answer)
        said = Message.objects.latest("pk")
        assert (said.author.email, said.by_customer, said.ticket) == (address, True, ticket)
    assert Message.objects.latest("pk").author == person("frank")


def test_ch06_a_look_makes_nobody_known(ticket, tenant_a, client_for, at):
    before = User.objects.count()
    page = text(client_for(tenant_a).get(told_at("rui@partner.example")))
    assert User.objects.count() == before
    assert "Asked by Alice" in page


def test_ch06_a_link_in_copy_does_not_act_for_who_asked(ticket, tenant_a, client_for, person, at):
    lifecycle.reply(ticket, author=person("bob"), body="Which one?", at=MONDAY_8, wait=True)
    page, guest = told_at("rui@partner.example", kind="ticket_replied"), client_for(tenant_a)
    shown = text(guest.get(page))
    for name in ("closing", "reopening", "still-needed", "solved"):
        assert f"{page}{name}/" not in shown
    for name in ("solved", "still-needed", "reopening", "night-work"):
        assert guest.post(f"{page}{name}/", {"wish": "Now, please."}).url == page
    assert Ticket.objects.get().status == "pending"
    lifecycle.resolve(ticket, by=person("bob"), at=MONDAY_8, solution="Done.")
    shown = text(guest.get(page))
    assert "/rating/" not in shown and "Not solved: open it again" not in shown
    assert guest.post(f"{page}reopening/").url == page
    assert Ticket.objects.get().status == "resolved"


def test_ch06_the_buttons_of_a_reminder_lead_them_to_the_page(ticket):
    from tickets.audience import customers_of

    copies = [each for each in customers_of(ticket) if each.address != "alice@example.com"]
    for copy in copies:
        assert copy.links["still_url"] == copy.links["solved_url"] == copy.links["ticket_url"]


def test_ch06_whoever_has_left_has_no_link_any_more(ticket, tenant_a, client_for, at):
    page = told_at("rui@partner.example")
    lifecycle.leave_conversation(Participant.objects.get(address="rui@partner.example"), at=MONDAY_8 + HOUR)
    for path in (page, f"{page}solved/"):
        assert client_for(tenant_a).get(path).status_code == 410
    assert client_for(tenant_a).post(f"{page}reply/", {"body": "Still here."}).status_code == 410


def test_td16_the_links_of_a_merge_end_when_it_is_undone_and_never_act_for_the_targets_requester(
    ticket, tenant_a, client_for, person, at
):
    bob, guest = person("bob"), client_for(tenant_a)
    target = lifecycle.open_ticket(requester=person("erin"), summary="Report", body="x", at=MONDAY_8).ticket
    own = told_at("alice@example.com", about_id=ticket.pk)
    lifecycle.merge(ticket, into=target, by=bob, at=MONDAY_8, across=True)
    lifecycle.reply(target, author=bob, body="For both.", at=MONDAY_8)
    pages = [told_at(who, about_id=target.pk) for who in ("alice@example.com", "rui@partner.example")]
    for page in (own, *pages):
        assert "For both." in text(guest.get(page))
        assert guest.post(f"{page}solved/").url == page
    assert Ticket.objects.get(pk=target.pk).is_unresolved
    lifecycle.unmerge(Ticket.objects.get(pk=ticket.pk), by=bob, at=MONDAY_8 + HOUR)
    assert [guest.get(page).status_code for page in pages] == [410, 410]
    assert "For both." not in text(guest.get(own))


def test_ch06_whose_files_were_refused_hears_it_with_their_own_link(ticket, person):
    from types import SimpleNamespace

    from tickets.intake.email.answers import tell_refused

    mail = SimpleNamespace(may_be_answered=True, message_id="<1@example.com>")
    tell_refused(ticket, person("frank"), ["a.exe"], mail, MONDAY_8)
    link = Notification.objects.get(kind="files_refused").links["ticket_url"]
    assert (link["purpose"], link["row"]) == (
        "guest-copy",
        Participant.objects.get(person=person("frank")).pk,
    )


def test_ch06_an_agent_in_copy_is_led_to_the_desk_and_speaks_by_no_link(
    ticket, tenant_a, client_for, person, at
):
    lifecycle.add_participant(ticket, by=person("carol"), at=MONDAY_8, address="dora@example.com")
    lifecycle.reply(ticket, author=person("bob"), body="Found it.", at=MONDAY_8)
    notice = Notification.objects.filter(person=person("dora"), kind__startswith="ticket_replied").latest(
        "pk"
    )
    assert notice.links["ticket_url"] == {"path": f"/desk/tickets/{ticket.number}/"}
    copy = Participant.objects.get(address="dora@example.com")
    token = links.sign("guest-copy", copy.pk, MONDAY_8)
    assert client_for(tenant_a).get(f"/t/{token}/").status_code == 410


@pytest.mark.parametrize(
    ("language", "freely", "signed_in"),
    [
        ("en", "without signing in", "only for people who sign in"),
        ("pt-br", "sem senha", "quem entra com sua conta"),
        ("es", "sin contraseña", "quien inicia sesión"),
        ("de", "ohne Anmeldung", "die sich anmelden"),
        ("ru", "без входа", "кто вошёл в систему"),
    ],
)
def test_ch06_the_confirmation_says_to_each_reader_whether_their_link_asks_to_sign_in(
    tenant_a, person, language, freely, signed_in
):
    User.objects.update(language=language)
    lifecycle.open_ticket(
        requester=person("alice"), summary="Where is the report?", body="I cannot find it.", at=MONDAY_8,
        copies=["frank@example.com", "dora@example.com"],
    )  # fmt: skip
    stationery = Stationery()
    said = {
        notice.address: stationery.letter(notice).text
        for notice in Notification.objects.filter(kind="ticket_opened", channel="email")
    }
    for customer in ("alice@example.com", "frank@example.com"):
        assert freely in said[customer] and signed_in not in said[customer]
    assert signed_in in said["dora@example.com"], "an agent reads it at the desk"
    assert freely not in said["dora@example.com"]
