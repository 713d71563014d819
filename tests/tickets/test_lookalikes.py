"""What looks alike, and what does not: pairs as people write them, and who is shown what (TD16)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.customers.models import Company
from tenants.moment import now
from tickets import lifecycle
from tickets.lookalikes import ALIKE, likely_targets, lookalikes
from tickets.models import Ticket

SAME = [
    (
        ("Webhook não entrega mensagens", "Desde as 9h o webhook não recebe nada."),
        ("webhook nao esta entregando mensagem", "Nosso webhook parou de receber mensagens hoje cedo"),
    ),
    (
        ("Chave de API nova não autentica", "Geramos uma chave nova e devolve 401"),
        ("Chave nova da API devolve 401", "A chave que criamos hoje não autentica: 401 Unauthorized"),
    ),
    (
        ("Template gate_change went to low quality", "The gate_change template went from high to low."),
        (
            "Quality of gate_change template dropped",
            "Our template gate_change is now low quality, nothing changed",
        ),
    ),
    (
        ("Relatório de vendas não abre", "Dá erro 500 ao abrir o relatório"),
        ("Erro ao abrir relatorio de vendas", "Erro 500 no relatório"),
    ),
    (
        ("Cannot sign in", "The hub says my password is wrong"),
        ("I can't sign in to the hub", "It says wrong password"),
    ),
    (
        ("Is the webhook for delivery receipts delayed?", "Ours come about a minute late since lunch."),
        ("delivery receipts late", "The delivery receipts webhook is delayed by a minute"),
    ),
]
OTHER = [
    (
        ("Webhook não entrega mensagens", "Desde as 9h o webhook não recebe nada."),
        ("Como mudo o cartão de crédito?", "Quero trocar a forma de pagamento"),
    ),
    (
        ("By portal on basic", "The hub shows an old value."),
        ("By chat on premium", "The hub shows an old value."),
    ),
    (("Where is the report?", "I cannot find it."), ("Where do I change the logo?", "I cannot find it.")),
    (
        ("Convite para colega novo expira", "O e-mail do convite chega depois de uma hora"),
        ("Colega novo precisa de treinamento", "Quando podemos marcar?"),
    ),
    (
        ("Template rejected by Meta", "Our template was rejected"),
        ("Number blocked by Meta", "Meta blocked our number this morning"),
    ),
    (("Help", "Please help"), ("Help with invoices", "How do I print them")),
    (
        ("Relatório de vendas não abre", "Dá erro 500 ao abrir o relatório"),
        ("Cadastro de clientes não salva", "Dá erro ao salvar o cliente"),
    ),
]


@pytest.fixture
def opened(tenant_a, person):
    def open_one(summary, body="It happens.", who="alice", **given):
        return lifecycle.open_ticket(
            requester=person(who), summary=summary, body=body, at=now(), **given
        ).ticket

    return open_one


@pytest.mark.parametrize(("first", "second"), SAME)
def test_td16_two_tellings_of_one_issue_are_alike(opened, person, first, second):
    ticket = opened(*first)
    [found] = lookalikes(person("alice"), person("alice"), *second)
    assert found.number == ticket.number
    assert found.likeness >= ALIKE


@pytest.mark.parametrize(("first", "second"), OTHER)
def test_td16_different_issues_are_not_alike(opened, person, first, second):
    opened(*first)
    assert lookalikes(person("alice"), person("alice"), *second) == []


def test_td16_a_colleagues_ticket_is_shown_where_the_company_lets_them_see_it(opened, person):
    opened("The report does not open", "Error 500.", who="erin")
    alice, asked = person("alice"), ("The report does not open", "It says error 500.")
    assert lookalikes(alice, alice, *asked) == []
    Company.objects.update(members_see_each_other=True)
    alice = person("alice")
    assert [each.number for each in lookalikes(alice, alice, *asked)] == [1]
    # An agent who opens it for Alice sees the company's in any case; another company's ticket is nobody's business.
    assert [each.number for each in lookalikes(person("bob"), alice, *asked)] == [1]
    assert lookalikes(person("frank"), person("frank"), *asked) == []
    assert lookalikes(person("bob"), person("frank"), *asked) == []


def test_td16_what_has_ended_is_no_lookalike(opened, person):
    ticket = opened("The report does not open")
    lifecycle.resolve(ticket, by=person("bob"), at=now(), solution="It is in the menu.")
    assert lookalikes(person("alice"), person("alice"), "The report does not open", "") == []


def test_td16_what_it_costs_does_not_grow_with_the_tickets(opened, person):
    alice = person("alice")

    def queries():
        with CaptureQueriesContext(connection) as seen:
            lookalikes(alice, alice, "The report does not open", "Since today.")
        return len(seen)

    opened("The report does not open")
    queries()  # what is read once a process
    before = queries()
    for n in range(8):
        opened(f"The report {n} does not open")
    assert queries() == before
    assert len(lookalikes(alice, alice, "The report does not open", "")) == 3


def test_td16_targets_of_a_merge_are_the_companys_open_ones_the_likeliest_first(opened, person):
    opened("Change the logo")
    opened("Report does not open at all", who="erin")
    opened("Report does not open", who="frank")
    ticket = opened("The report does not open")
    assert [each.number for each in likely_targets(person("bob"), ticket)] == [2, 1]


@pytest.mark.parametrize("text", ["", "\0", "'; DROP TABLE x; --", "%s %(summary)s", "é" * 5000, "🖨️ %"])
def test_whatever_is_typed_is_only_compared(opened, person, text):
    opened("The report does not open")
    lookalikes(person("alice"), person("alice"), text, text)
    assert Ticket.objects.count() == 1
