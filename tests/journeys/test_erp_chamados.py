"""ERP chamados: every contact is a ticket with a number, worked in the order of opening, and none ends without a solution."""

from datetime import timedelta

import pytest

from tests.journeys.live import until, utc

pytestmark = pytest.mark.journey

TENANT = "erp-chamados"
MONDAY_9 = utc(2027, 8, 2, 12)
ERROR = {
    "topic": "error",
    "field_screen": "Notas fiscais",
    "field_message": "Erro 17: nota sem série",
    "field_steps": "Abri a nota e mandei imprimir.",
    "field_version": "12.4",
}


# --- nothing is left without a solution


def test_ch01_a_telephone_call_becomes_a_ticket_whose_number_is_the_protocol(live):
    live.travel_to(MONDAY_9)
    bob = live.visitor(TENANT, "bob")
    first = bob.open_for("alice", "Primeira ligação")
    assert f"Tell Alice {TENANT} this number: #{first}" in bob.text
    second = bob.open_for("frank", "Segunda ligação")
    assert second == first + 1
    assert f"Its number is {first}: it is your protocol." in live.mail.wait_for("alice", "Primeira").text
    assert f"Its number is {second}: it is your protocol." in live.mail.wait_for("frank", "Segunda").text


def test_ch01_nothing_closes_by_itself_and_closing_needs_a_written_solution(live):
    live.travel_to(MONDAY_9)
    bob = live.visitor(TENANT, "bob")
    number = bob.open_for("alice", "Nota não imprime")
    bob.answer(number, "Qual é a impressora?", wait="on")
    live.mail.wait_for("alice", "Qual é a impressora?")

    live.travel_to(MONDAY_9 + timedelta(days=30))
    # A ticket of today has gone all the way: whatever was due in the 30 days has had its turn.
    later = bob.open_for("erin", "Trinta dias depois")
    live.mail.wait_for("erin", f"#{later}")
    alice = live.visitor(TENANT, "alice")
    assert "Waiting for your answer" in alice.open(f"/tickets/{number}/").text
    assert "closes by itself" not in alice.text
    assert "Solved, close it" not in alice.text  # a customer cannot end it without a solution either
    assert len(live.mail.to("alice", f"#{number}")) == 2  # the confirmation and our question

    bob.change(number, "closure")
    assert bob.status == 422
    assert "Resolve it with a written solution first." in bob.text
    bob.change(number, "resolution", solution="  ")
    assert bob.status == 422
    assert "Write how it was solved: the customer is sent it." in bob.text
    bob.change(number, "resolution", solution="O driver da impressora foi trocado.")
    solved = live.mail.wait_for("alice", "is resolved")
    assert "O driver da impressora foi trocado." in solved.text
    bob.change(number, "closure")
    live.mail.wait_for("alice", f"#{number} is closed")


# --- the form


def test_ch05_the_topic_decides_the_fields_and_each_says_where_its_value_is_found(live):
    live.travel_to(MONDAY_9)
    alice = live.visitor(TENANT, "alice")
    page = alice.open("/tickets/new/").text
    for topic in (
        "Question on operation",
        "Report an error",
        "Version update",
        "Installation on a new computer",
        "Other request",
    ):
        assert topic in page
    assert "Also for suggestions and criticism of these forms." in page

    page = alice.open("/tickets/new/?topic=error").text
    for label, help in (
        ("Screen or routine", "The name is in the window's title."),
        ("Error message", "Copy the whole text, or attach the screen."),
        ("How the error happens", "Tell in order what you did before the error."),
        ("Installed version", "In the program, open Help, then About."),
        ("What changed lately", "Tick all that changed, even if it seems unrelated: many errors begin so."),
    ):
        assert label in page
        assert help in page
    assert "Stock" in page  # a module
    assert "In Windows: run winver." not in page
    assert "In Windows: run winver." in alice.open("/tickets/new/?topic=installation").text
    asked = alice.open("/tickets/new/?topic=other").form("/tickets/new/").names
    assert not {name for name in asked if name.startswith("field_")}
    assert {"summary", "module", "body"} <= asked


def test_ch05_what_is_required_is_asked_for_at_its_field_and_reaches_the_analyst(live):
    live.travel_to(MONDAY_9)
    alice = live.visitor(TENANT, "alice")
    alice.open("/tickets/new/?topic=error")
    alice.submit("/tickets/new/", summary="Erro 17", body="Descrição já digitada", module="Fiscal")
    assert alice.status == 422
    for name in ("screen", "message", "steps", "version"):
        assert f'id="id_field_{name}_error"' in alice.html
    assert "We need this to help you." in alice.text
    assert alice.hidden("body") == "Descrição já digitada"
    number = alice.ask("Erro 17", module="Fiscal", field_changed="Antivírus", **ERROR)
    bob = live.visitor(TENANT, "bob")
    page = bob.open(f"/desk/tickets/{number}/").text
    for text in (
        "Erro 17: nota sem série",
        "Installed version 12.4",
        "What changed lately Antivirus",
        "Module Fiscal",
    ):
        assert text in page
    # 'Other request' is a topic too, for suggestions on the forms.
    number = alice.ask("Sugestão para o formulário", topic="other")
    assert "Topic Other request" in bob.open(f"/desk/tickets/{number}/").text


# --- following without signing in


def test_ch06_the_confirmation_has_a_link_that_opens_the_ticket_without_signing_in(live):
    live.travel_to(MONDAY_9)
    number = live.visitor(TENANT, "alice").ask("Acesso rápido", topic="other")
    mail = live.mail.wait_for("alice", "Acesso rápido")
    assert f"#{number}" in mail.subject
    link = mail.link("/t/")

    guest = live.visitor(TENANT)
    assert guest.open(link).status == 200
    assert f"Ticket #{number}" in guest.text
    guest.submit("/reply/", body="Mais uma informação, sem senha.")
    assert "Your message has been sent." in guest.text
    bob = live.visitor(TENANT, "bob")
    assert "Mais uma informação, sem senha." in bob.open(f"/desk/tickets/{number}/").text
    # It opens this ticket and nothing else.
    guest.open("/tickets/")
    assert "/account/sign-in/" in guest.path

    for tenant in ("z-pro", "acme"):
        stranger = live.visitor(tenant)
        assert stranger.open(link).status == 410, tenant
        assert "Acesso rápido" not in stranger.text
    forged = live.visitor(TENANT).open(link.replace(f"/t/{link.split('/t/')[1][0]}", "/t/9", 1))
    assert forged.status == 410


# --- by telephone


def test_ch03_ch07_by_telephone_the_analyst_asks_the_topics_questions(live):
    live.travel_to(MONDAY_9)
    alice, bob = live.visitor(TENANT, "alice"), live.visitor(TENANT, "bob")
    by_site = alice.ask("Erro pelo site", **ERROR)
    assert "Installed version" not in bob.open("/desk/new/?caller=alice@example.com").text
    by_phone = bob.open_for("alice", "Erro por telefone", **ERROR)
    page = bob.open(f"/desk/tickets/{by_phone}/").text
    assert "Channel Telephone" in page
    assert "Installed version 12.4" in page
    assert "Erro 17: nota sem série" in page

    # The caller gets the same confirmation as on the site, but for the number, the summary and the link.
    def letter(number, summary):
        mail = live.mail.wait_for("alice", summary)
        text = mail.text.replace(mail.link("/t/"), "LINK").replace(summary, "SUMMARY")
        return mail.subject.replace(summary, "SUMMARY").replace(str(number), "N"), text.replace(
            f" {number}:", " N:"
        )

    assert letter(by_phone, "Erro por telefone") == letter(by_site, "Erro pelo site")
    assert "Erro por telefone" in alice.open("/tickets/").text


def test_ch07_a_caller_nobody_knows_yet(live):
    live.travel_to(MONDAY_9)
    bob = live.visitor(TENANT, "bob")
    bob.open("/desk/new/person/?caller=nina@example.com")
    bob.submit("/person/", name="Nina Nova", email="nina@example.com")
    assert "Nina Nova" in bob.text
    number = bob.open_for("nina", "Primeiro contato", topic="other")
    assert live.mail.wait_for("nina", f"#{number}").link("/t/")


# --- the order


def test_ch08_the_queue_is_the_order_of_opening_whatever_the_priority(live):
    live.travel_to(MONDAY_9)
    alice, bob = live.visitor(TENANT, "alice"), live.visitor(TENANT, "bob")
    numbers = [alice.ask(f"Fila {n}", topic="other") for n in (1, 2, 3)]
    bob.change(numbers[2], "triage", priority="1")
    bob.change(numbers[1], "triage", priority="4")
    bob.open(f"/desk/tickets/{numbers[0]}/")
    bob.submit("/assignment/")  # to me

    def order():
        page = bob.open("/desk/").html
        places = {number: page.find(f'href="/desk/tickets/{number}/"') for number in numbers}
        assert -1 not in places.values()
        return sorted(numbers, key=places.get)

    assert order() == numbers
    live.travel_to(MONDAY_9 + timedelta(days=2))
    alice.reply(numbers[2], "É urgente!")
    until(lambda: "É urgente!" in bob.open("/desk/").text, "the row tells the last word")
    assert order() == numbers


# --- guidance before asking


def test_ch02_guidance_is_written_shown_before_the_form_and_what_it_solves_is_no_ticket(live):
    live.travel_to(MONDAY_9)
    dora, alice = live.visitor(TENANT, "dora"), live.visitor(TENANT, "alice")
    dora.open("/admin/guidance/article/add/")
    dora.submit(
        **{"title_pt-br": "Impressões não saem", "body_pt-br": "Reinicie a **fila**.", "topics": "error"}
    )
    assert "Impressões não saem" in dora.open("/admin/guidance/article/").text

    page = alice.open("/tickets/new/?topic=error")
    assert page.text.index("Impressões não saem") < page.text.index("In a few words")
    found = alice.open("/help/?q=impressao")  # no accent, another number
    assert "Impressões não saem" in found.text
    before = live.sql("SELECT count(*) FROM tickets_ticket", tenant=TENANT)
    alice.open("/help/impressoes-nao-saem/?topic=error")
    alice.submit("/solved/")
    assert "No ticket was opened" in alice.text
    assert live.sql("SELECT count(*) FROM tickets_ticket", tenant=TENANT) == before
    assert "1 time" in dora.open("/admin/guidance/article/").text


def test_ch02_what_changed_lately_reaches_the_analyst(live):
    live.travel_to(MONDAY_9)
    alice, bob = live.visitor(TENANT, "alice"), live.visitor(TENANT, "bob")
    number = alice.ask("Erro depois da troca", field_changed=["Rede", "Firewall"], **ERROR)
    assert "What changed lately Network, Firewall" in bob.open(f"/desk/tickets/{number}/").text
    number = alice.ask("Erro sem troca", **ERROR)
    assert "What changed lately nothing of it ticked" in bob.open(f"/desk/tickets/{number}/").text
