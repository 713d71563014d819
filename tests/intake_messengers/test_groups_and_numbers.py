"""Suporte Leiloes on WhatsApp: the unified number, other numbers (SL01), groups by plan (SL03), development in groups (SL04).

Alice's company has the plan Premium in this desk. Everything comes in by the fake's web hook, is worked off by the real loops,
and is judged by what the person receives.
"""

import pytest

from policies import draft, models, publishing
from tenants.customers.models import Company
from tickets.duty import claims
from tickets.intake.models import Group, Inbound
from tickets.models import Contact, Ticket

ALICE, RUI = "5511987654321", "5511912345678"
GROUP = "Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD"
ONLY = "Only the unified support number and the support built into the ERP carry a response time."


@pytest.fixture
def desk(desk_of, cloud, open_door):
    tenant = desk_of("suporte-leiloes")
    tenant.door = open_door(tenant, cloud)
    company = Company.objects.get(name="Company suporte-leiloes")
    Group.objects.create(door=tenant.door, group_id=GROUP, company=company, name="Leilões Prado")
    return tenant


def test_sl01_the_unified_number_carries_the_response_time(desk, cloud, work):
    cloud.says(ALICE, "O lote 12 não abre")
    work()
    # Monday 08:00 in Sao Paulo, 30 minutes in business hours: due at 08:30.
    ticket = Ticket.objects.get()
    assert ticket.due_at.strftime("%H:%M") == "11:30"
    [told] = cloud.texts_to(ALICE)
    assert "08:30" in told and ONLY not in told


def test_sl01_a_contact_on_any_other_number_carries_no_sla_and_is_told_so(desk, cloud, open_door, work):
    deliver = cloud.deliver
    open_door(desk, cloud, channel="other", address="+5538988887777", phone_number_id="222")
    cloud.deliver, cloud.phone_number_id = deliver, "222"
    cloud.says(ALICE, "O lote 12 não abre")
    work()
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.received_on, ticket.due_at) == ("other", "+5538988887777", None)
    [told] = cloud.texts_to(ALICE)
    assert ONLY in told and "Our target" not in told


def test_sl03_an_emergency_in_the_group_of_a_premium_company_is_a_ticket(desk, cloud, work, person, clock):
    from tickets import lifecycle

    cloud.says(ALICE, "Urgente: o servidor caiu e o leilão parou", name="Alice", group=GROUP)
    work()
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.plan, ticket.received_on) == ("whatsapp_group", "premium", GROUP)
    assert ticket.company.name == "Company suporte-leiloes", "who writes in a company's group belongs to it"
    assert ticket.due_at is not None
    [told] = cloud.texts_to(GROUP)
    assert f"*{ticket.number}*" in told
    assert "/t/" not in told, "nobody acts as Alice by a link in the group"
    assert "only for people who sign in" in told and "without signing in" not in told
    assert cloud.sent[-1]["recipient_type"] == "group"
    # Rui of the same company asks in the group: it is the same matter.
    cloud.says(RUI, "Alguma novidade?", name="Rui", group=GROUP)
    work()
    assert Ticket.objects.count() == 1 and ticket.messages.latest("pk").author.name == "Rui"
    lifecycle.reply(ticket, author=person("bob"), body="Já voltou.", at=clock())
    work()
    assert "Já voltou." in cloud.texts_to(GROUP)[-1]
    assert cloud.texts_to(ALICE) == []


def test_sl03_anything_else_in_the_group_is_pointed_to_the_unified_number_once_an_hour(
    desk, cloud, work, clock
):
    cloud.says(ALICE, "Bom dia, o relatório sai com uma coluna errada", group=GROUP)
    cloud.says(ALICE, "Conseguem ver?", group=GROUP)
    work()
    assert not Ticket.objects.exists()
    assert [c.outcome for c in Contact.objects.order_by("pk")] == ["wrong_channel", "wrong_channel"]
    [told] = cloud.texts_to(GROUP)
    assert "The WhatsApp group is for emergencies that affect the operation only." in told
    assert Inbound.objects.latest("pk").contact is not None


def test_sl03_a_group_is_not_part_of_the_standard_plan(desk, cloud, work):
    Company.objects.filter(name="Company suporte-leiloes").update(plan="standard")
    cloud.says(ALICE, "Urgente: o servidor caiu e o leilão parou", group=GROUP)
    work()
    assert not Ticket.objects.exists()
    contact = Contact.objects.get()
    assert (contact.channel, contact.address, contact.answered) == ("whatsapp_group", "+5511987654321", True)
    [told] = cloud.texts_to(GROUP)
    assert "use the unified number" in told


def test_sl03_a_group_that_nobody_has_entered_is_held_with_its_id(desk, cloud, work):
    Group.objects.all().delete()
    cloud.says(ALICE, "Urgente: o servidor caiu", group=GROUP)
    work()
    held = Inbound.objects.get()
    assert held.state == "held" and GROUP in held.reason
    assert cloud.sent == [] and not Ticket.objects.exists()


def test_sl03_what_our_own_people_write_in_a_group_is_no_request(desk, cloud, work, person):
    from tenants.people.models import User

    User.objects.filter(pk=person("bob").pk).update(phone="+55 11 91234-5678")
    cloud.says(RUI, "Servidor fora do ar, estamos vendo", name="Bob", group=GROUP)
    work()
    assert Inbound.objects.get().reason == "One of us wrote this in the group."
    assert not Ticket.objects.exists() and cloud.sent == []


def test_sl04_a_development_request_in_a_group_is_ignored_in_silence(desk, cloud, work):
    cloud.says(ALICE, "Podem criar um novo campo na tela de lotes?", group=GROUP)
    work()
    assert not Ticket.objects.exists() and cloud.sent == []
    contact = Contact.objects.get()
    assert (contact.outcome, contact.answered) == ("ignored", False)


def test_sl04_it_is_ignored_even_while_an_emergency_is_talked_about(desk, cloud, work):
    cloud.says(ALICE, "Urgente: o servidor caiu e o leilão parou", group=GROUP)
    work()
    cloud.says(RUI, "Aproveitando: podem desenvolver um novo relatório?", name="Rui", group=GROUP)
    work()
    assert Ticket.objects.get().messages.count() == 1
    assert Contact.objects.get().outcome == "ignored"
    assert len(cloud.texts_to(GROUP)) == 1


def test_sl04_on_the_unified_number_the_same_words_are_a_ticket(desk, cloud, work):
    cloud.says(ALICE, "Podem criar um novo campo na tela de lotes?")
    work()
    assert Ticket.objects.get().channel == "whatsapp"


def test_sl04_of_a_plan_with_dedicated_developers_it_is_answered_and_our_team_opens_the_proper_ticket(
    desk, cloud, work, client_for, person, clock
):
    """An admin leaves the plan out of the rules that ignore, and publishes: the group says where to go, nothing is lost."""
    rules = models.ScopeRule.objects.filter(key__startswith="development-in-group")
    assert rules.update(when_except_plans=["premium"]) == 2
    draft.touch(clock())
    publishing.publish(revision=draft.state().revision, by=person("dora"), at=clock())
    cloud.says(ALICE, "Podem criar um novo campo na tela de lotes?", group=GROUP)
    work()
    assert not Ticket.objects.exists()
    contact = Contact.objects.get()
    assert (contact.outcome, contact.answered) == ("wrong_channel", True)
    [told] = cloud.texts_to(GROUP)
    assert "use the unified number or the support built into the ERP" in told
    bob = client_for(desk, person("bob"))
    assert "Podem criar um novo campo" in bob.get("/desk/contacts/").content.decode()
    asked = {"requester": person("alice").pk, "channel": "portal", "topic": "development", "summary": "Novo campo",
             "body": "Na tela de lotes.", "field_requirement": "Um campo para o lance inicial."}  # fmt: skip
    assert bob.post("/desk/new/", asked).status_code in (200, 302)
    ticket = Ticket.objects.get()
    assert (ticket.topic, ticket.team.key, ticket.channel) == ("development", "development", "portal")
    assert ticket.due_at is not None


def test_sl06_on_whatsapp_at_night_words_are_enough_and_the_customer_reads_there_that_all_are_alerted(
    desk, cloud, work, clock, mailoutbox, person
):
    clock.at = clock.at.replace(hour=23)  # Monday 20:00 in Sao Paulo: closed
    cloud.says(ALICE, "O servidor caiu e o leilão parou!")
    work()
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.priority, ticket.situations) == ("whatsapp", "1", ["emergency"])
    _registered, told = cloud.texts_to(ALICE)
    assert "Everybody on duty has been alerted" in told and "This costs you nothing." in told
    alerted = {mail.to[0] for mail in mailoutbox if f"EMERGENCY #{ticket.number}" in mail.subject}
    assert alerted == {"bob@example.com", "carol@example.com"}, "no rota: the team"
    claims.claim(ticket, by=person("bob"), at=clock())
    work()
    assert "*Bob suporte-leiloes* has taken your emergency" in cloud.texts_to(ALICE)[-1]
