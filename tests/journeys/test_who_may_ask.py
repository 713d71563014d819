"""Who may ask: the register of purchases (Z-PRO) and accounts that staff makes (ERP chamados), with the real worker."""

import re
from datetime import timedelta

import pytest

from tests.journeys.live import until, utc

pytestmark = pytest.mark.journey

SHOP, DESK = "z-pro", "erp-chamados"
MONDAY_9 = utc(2027, 10, 4, 12)
NEW = "uma frase longa e boa"


def register(live, email):
    visitor = live.visitor(SHOP)
    visitor.open("/account/register/")
    visitor.submit("/register/", email=email)
    return visitor


def enter(live, name, password=NEW):
    """Sign in with a password of one's own."""
    visitor = live.visitor(SHOP)
    visitor.open("/account/sign-in/")
    return visitor.submit(username=f"{name}@example.com", password=password)


# --- ZP04


def test_zp04_an_imported_address_registers_asks_and_loses_both_with_its_licence(live):
    live.travel_to(MONDAY_9)
    # What a spreadsheet saves in Brazil: semicolons, Windows-1252, the day first.
    file = (
        "Número;E-mail da compra;Produto;Plano;Válido até;Ativo\r\n"
        "Z-700;Ivo@Example.com;Z-PRO Básico;Licença Z-PRO;31/10/2027;sim\r\n"
        "Z-701;luiza@example.com;Z-PRO;;;não\r\n"
        "=1+1;mallory@example.com;Z-PRO;;;sim\r\n"
        "Z-700;outro@example.com;Z-PRO;;;sim\r\n"
    ).encode("cp1252")
    dora = live.visitor(SHOP, "dora")
    dora.open("/admin/customers/licence/import/")
    dora.submit("/import/", files={"file": ("compras.csv", file, "text/csv")})
    assert "new: 2" in dora.text and "refused: 2" in dora.text and "nothing is written yet" in dora.text
    assert "“=1+1” would be run as a formula" in dora.text and "Line 2 has this number already." in dora.text
    assert live.sql("SELECT 1 FROM customers_licence WHERE number LIKE 'Z-70%%'", tenant=SHOP) == []
    dora.submit("/writing/")
    assert "2 new, 0 changed, 2 refused." in dora.text
    assert "Z-PRO Básico" in dora.open("/admin/customers/licence/?q=Z-700").text

    # The same answer for the holder, an inactive licence and a stranger; only the holder is mailed.
    answers = {register(live, f"{name}@example.com").text for name in ("luiza", "nobody", "ivo")}
    assert len(answers) == 1
    first = live.mail.wait_for("ivo", "Your account at").link("/account/activation/")
    assert not live.mail.to("luiza") and not live.mail.to("nobody")
    assert "do not go together" in enter(live, "ivo").text  # not before the link is followed
    live.travel_to(MONDAY_9 + timedelta(minutes=1))
    register(live, "ivo@example.com")
    second = live.mail.wait_for("ivo", "Your account at", count=2).link("/account/activation/")
    assert live.visitor(SHOP).open(first).status == 410
    assert live.visitor("acme").open(second).status == 410
    ivo = live.visitor(SHOP)
    ivo.open(second)
    ivo.submit(name="Ivo Reis", phone="+55 11 5555-0199", language="en", new_password1=NEW, new_password2=NEW)
    assert live.visitor(SHOP).open(second).status == 410
    number = ivo.ask("Sou cliente", topic="question")
    assert number and live.mail.wait_for("ivo", "Sou cliente")

    # Known by now: told so by mail, the page says nothing.
    assert register(live, "ivo@example.com").text in answers
    assert live.mail.wait_for("ivo", "You have an account")

    # The licence's last day is 31 October in Sao Paulo: on 1 November at 00:00 it has ended.
    live.travel_to(utc(2027, 11, 1, 3))
    ivo = enter(live, "ivo")
    ivo.open("/tickets/new/?topic=question")
    ivo.submit("/tickets/new/", summary="Depois do fim", body="Ainda preciso de ajuda.")
    assert "We opened no ticket for this" in ivo.text and "active licence" in ivo.text
    assert "active licence" in live.mail.wait_for("ivo", "Depois do fim").text
    bob = live.visitor(SHOP, "bob")
    assert bob.open_for("ivo", "Por ele", channel="portal") is None  # whoever speaks for them
    page = bob.open("/desk/contacts/").text
    assert "Depois do fim" in page and "not a customer" in page
    assert "Sou cliente" in ivo.open(f"/tickets/{number}/").text  # what was asked stays
    stopped = "SELECT 1 FROM tickets_ticket WHERE summary IN ('Depois do fim', 'Por ele')"
    assert live.sql(stopped, tenant=SHOP) == []  # a contact, and no clock


def test_zp04_a_program_keeps_the_register(live):
    live.travel_to(MONDAY_9)
    dora = live.visitor(SHOP, "dora")
    dora.open("/admin/tickets/apikey/add/")
    [[bob]] = live.sql("SELECT id FROM people_user WHERE email = 'bob@example.com'", tenant=SHOP)
    dora.submit(name="Loja", person=str(bob), scopes="people:write")
    program = live.visitor(SHOP).http
    program.headers["Authorization"] = "Bearer " + re.search(r"hd_\w{12}_[\w-]+", dora.html)[0]
    sold = program.post("/api/v1/licences/", json={"number": "API-1", "email": "Rui@Example.com"})
    assert sold.status_code == 201 and sold.json()["email"] == "rui@example.com"
    assert (
        program.post("/api/v1/licences/", json={"number": "API-1", "email": "x@example.com"}).status_code
        == 422
    )
    register(live, "rui@example.com")
    assert live.mail.wait_for("rui", "Your account at").link("/account/activation/")
    changed = program.patch(f"/api/v1/licences/{sold.json()['id']}/", json={"is_active": False})
    assert changed.json()["is_active"] is False


# --- ZP05


def test_zp05_the_purchase_address_is_changed_by_staff_alone_with_a_reason(live):
    live.travel_to(MONDAY_9)
    dora = live.visitor(SHOP, "dora")
    dora.open("/admin/customers/licence/add/")
    dora.submit("/add/", number="Z-900", email="vera@example.com", product="Z-PRO")
    register(live, "vera@example.com")
    vera = live.visitor(SHOP)
    vera.open(live.mail.wait_for("vera", "Your account at").link("/account/activation/"))
    vera.submit(name="Vera", new_password1=NEW, new_password2=NEW)
    page = vera.open("/account/profile/")
    assert "your purchase and your tickets are known by it" in page.text and "vera@example.com" in page.html
    assert "email" not in vera.form("", ["timezone"]).names
    [[pk]] = live.sql("SELECT id FROM people_user WHERE email = 'vera@example.com'", tenant=SHOP)

    [[licence]] = live.sql("SELECT id FROM customers_licence WHERE number = 'Z-900'", tenant=SHOP)
    dora.open(f"/admin/customers/licence/{licence}/change/")
    dora.submit("/change/", email="vera.nova@example.com")
    assert "Change the address on the page of that person, with a reason." in dora.text

    dora.open(f"/admin/people/user/{pk}/address/")
    dora.submit("/address/", email="vera.nova@example.com", because="  ")
    assert dora.status == 422
    dora.submit("/address/", email="alice@example.com", because="Pediu por telefone")
    assert "Somebody with this e-mail is here already." in dora.text
    dora.submit("/address/", email="vera.nova@example.com", because="Mudou de empresa, pediu por telefone")
    assert "“Mudou de empresa, pediu por telefone”" in dora.text  # the trail stays on the page
    assert "Dora" in dora.text
    for name in ("vera", "vera.nova"):
        told = live.mail.wait_for(name, "Another address for your account").text
        assert "vera.nova@example.com" in told and "Mudou de empresa" in told
    rows = live.sql("SELECT email FROM customers_licence WHERE number = 'Z-900'", tenant=SHOP)
    assert rows == [("vera.nova@example.com",)]
    assert enter(live, "vera.nova").ask("Com o novo endereço", topic="question")
    assert "do not go together" in enter(live, "vera").text


# --- CH04


def test_ch04_staff_makes_an_account_that_is_pending_until_its_link_is_followed(live):
    live.travel_to(MONDAY_9)
    assert "Our staff makes your account" in live.visitor(DESK).open("/account/register/").text
    dora = live.visitor(DESK, "dora")
    for address, refusal in (
        ("Vendas+filial@example.com", "vendas@ is a department's mailbox"),
        ("SUPORTE@example.com", "suporte@ is a department's mailbox"),
        ("SUPÓRTE@example.com", "Enter a valid email address"),
    ):
        dora.open("/admin/people/user/add/")
        dora.submit("/add/", email=address, name="Setor", role="customer")
        assert refusal in dora.text, dora.text
        assert live.sql("SELECT 1 FROM people_user WHERE name = 'Setor'", tenant=DESK) == []
    bob = live.visitor(DESK, "bob")
    bob.open("/desk/new/person/")
    bob.submit("/person/", name="Setor", email="suporte@example.com")
    assert bob.status == 422 and "suporte@ is a department's mailbox" in bob.text

    dora.open("/admin/people/user/add/")
    dora.submit("/add/", email="otto@example.com", name="Otto", role="customer", language="en")
    first = live.mail.wait_for("otto", "invited").link("/account/activation/")
    live.travel_to(MONDAY_9 + timedelta(minutes=1))
    [[pk]] = live.sql("SELECT id FROM people_user WHERE email = 'otto@example.com'", tenant=DESK)
    dora.open(f"/admin/people/user/{pk}/change/")
    assert "invited" in dora.text.lower()
    dora.submit("/invitation/")
    link = live.mail.wait_for("otto", "invited", count=2).link("/account/activation/")
    assert live.visitor(DESK).open(first).status == 410  # the newer one made it worthless
    assert live.visitor(SHOP).open(link).status == 410

    otto = live.visitor(DESK)
    otto.open(link)  # opening it changes nothing: scanners do
    assert live.visitor(DESK).open(link).status == 200
    otto.submit(
        name="Otto Lang", phone="+55 31 5555-0123", language="pt-br", new_password1=NEW, new_password2=NEW
    )
    assert live.visitor(DESK).open(link).status == 410
    [[name, phone, language]] = live.sql(
        "SELECT name, phone, language FROM people_user WHERE email = 'otto@example.com'", tenant=DESK
    )
    assert (name, phone, language) == ("Otto Lang", "+55 31 5555-0123", "pt-br")
    assert otto.ask("Minha primeira dúvida", topic="other")


def test_ch04_a_link_ends_by_itself_after_a_week(live):
    live.travel_to(MONDAY_9)
    bob = live.visitor(DESK, "bob")
    bob.open("/desk/new/person/")
    bob.submit("/person/", name="Pia", email="pia@example.com")
    link = live.mail.wait_for("pia").link("/account/activation/")
    live.travel_to(MONDAY_9 + timedelta(days=7, seconds=-5))
    assert live.visitor(DESK).open(link).status == 200
    live.travel_to(MONDAY_9 + timedelta(days=7, minutes=5))
    until(lambda: live.visitor(DESK).open(link).status == 410, "the link has ended")
