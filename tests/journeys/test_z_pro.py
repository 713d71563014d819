"""Z-PRO: the portal is the only door, 24 business hours to the first response, silence closes after 72 hours.

Its hours are Monday to Friday, 08:00-18:00 in Sao Paulo, which is UTC-3 all year. Moments below are worked out by hand.
"""

import os
import re
from datetime import timedelta

import pytest

from tests.journeys.live import until, utc

pytestmark = pytest.mark.journey

TENANT = "z-pro"
# Monday 1 March 2027, 08:00 in Sao Paulo. No holiday near: Carnival (9 February) is over, Good Friday is the 26th.
MONDAY_8 = utc(2027, 3, 1, 11)
SATURDAY_15 = utc(2027, 3, 6, 18)


# --- the only door


def test_zp01_a_contact_by_email_becomes_no_ticket_and_its_sender_is_pointed_to_the_portal(live):
    live.travel_to(MONDAY_8)
    bob = live.visitor(TENANT, "bob")
    assert bob.open_for("alice", "Nao consigo entrar (e-mail)", channel="email") is None
    assert "No ticket was opened" in bob.text
    mail = live.mail.wait_for("alice", "Nao consigo entrar (e-mail)")
    assert "has not been registered as a request" in mail.text
    assert "Support is given on the portal only." in mail.text
    assert mail.link("z-pro.localhost").endswith("/")
    assert live.visitor(TENANT, "alice").open(mail.links[0]).status == 200
    bob.open("/desk/contacts/")
    assert "Nao consigo entrar (e-mail)" in bob.text
    assert "the sender was pointed to the right door" in bob.text
    bob.open("/desk/?view=everything&text=entrar")
    assert "Nao consigo entrar (e-mail)" not in bob.text
    alice = live.visitor(TENANT, "alice")
    assert "Nao consigo entrar (e-mail)" not in alice.open("/tickets/").text


def test_zp01_a_telephone_call_is_pointed_to_the_portal_too(live):
    live.travel_to(MONDAY_8)
    assert live.visitor(TENANT, "bob").open_for("erin", "Ligação sobre relatório") is None
    assert "Support is given on the portal only." in live.mail.wait_for("erin", "Ligação sobre").text


def test_zp01_a_contact_through_the_api_too(live):
    live.travel_to(MONDAY_8)
    dora = live.visitor(TENANT, "dora")
    dora.open("/admin/tickets/apikey/add/")
    [[bob]] = live.sql("SELECT id FROM people_user WHERE email = 'bob@example.com'", tenant=TENANT)
    dora.submit(name="Site", person=str(bob), scopes=["tickets:read", "tickets:write"])
    key = re.search(r"hd_\w{12}_[\w-]+", dora.html)[0]
    program = live.visitor(TENANT).http
    program.headers.update({"Authorization": f"Bearer {key}", "Accept-Language": "en"})
    said = {
        "requester": "frank@example.com",
        "channel": "form",
        "summary": "Pela API",
        "body": "Pelo formulário.",
    }
    answer = program.post("/api/v1/tickets/", json=said)
    assert answer.status_code == 200
    assert answer.json()["accepted"] is False
    assert answer.json()["ticket"] is None
    assert "Support is given on the portal only." in live.mail.wait_for("frank", "Pela API").text
    assert "Pela API" in live.visitor(TENANT, "bob").open("/desk/contacts/").text


# --- opening hours and the response


def test_zp02_the_deadline_skips_holiday_weekend_and_own_days_and_says_so(live):
    # Tuesday 20 April 2027, 16:00. Wednesday 21 is Tiradentes, a public holiday of Brazil.
    live.travel_to(utc(2027, 4, 20, 19))
    alice = live.visitor(TENANT, "alice")
    number = alice.ask("Antes do feriado", topic="question")
    # Tuesday 2 h, Wednesday closed, Thursday 10 (12), Friday 10 (22), weekend closed, Monday 26: 2 h -> 10:00.
    assert "Monday 26 April, 10:00" in live.mail.wait_for("alice", "Antes do feriado").text
    assert "Tiradentes" in alice.open(f"/tickets/{number}/why/").text
    assert "Monday 26 April, 10:00" in alice.text

    # The desk closes on Friday 23 April for its anniversary. Open tickets are counted by the new hours at once (R16).
    dora = live.visitor(TENANT, "dora")
    dora.open("/admin/policy/hours/business/")
    dora.submit(day="2027-04-23", kind="own", name="Aniversário da empresa")
    dora.open("/admin/policy/hours/business/publication/")
    assert f"#{number}" in dora.text
    dora.submit(revision=dora.hidden("revision"))
    # Tuesday 2 h, Thursday 10 (12), Monday 10 (22), Tuesday 27: 2 h -> 10:00.
    until(
        lambda: "Tuesday 27 April, 10:00" in alice.open(f"/tickets/{number}/why/").text,
        "the open ticket has moved",
    )
    assert "Aniversário da empresa" in alice.text
    bob = live.visitor(TENANT, "bob")
    bob.open(f"/desk/tickets/{number}/clocks/first_response/")
    assert "Tuesday 27 April, 10:00" in bob.text
    assert "Tiradentes" in bob.text


def test_zp03_the_clock_of_a_ticket_opened_on_a_saturday_starts_on_monday(live):
    live.travel_to(SATURDAY_15)
    alice = live.visitor(TENANT, "alice")
    alice.ask("Aberto no sábado", topic="question")
    # Monday 8 March 08:00 + 10, Tuesday 10, Wednesday 4 -> Wednesday 10 March, 12:00.
    assert "Wednesday 10 March, 12:00" in live.mail.wait_for("alice", "Aberto no sábado").text
    assert "Out of hours then: counting began on Monday 8 March, 08:00" in alice.text


def test_zp03_first_response_within_24_business_hours_warned_breached_and_escalated(live):
    live.travel_to(MONDAY_8)
    number = live.visitor(TENANT, "alice").ask("Relatório vazio", topic="question")
    # 24 h of 10 a day: Monday 10, Tuesday 10, Wednesday 4 -> Wednesday 3 March, 12:00.
    assert "Wednesday 3 March, 12:00" in live.mail.wait_for("alice", "Relatório vazio").text

    # 75 % of 24 h are 18 h: Monday 10, Tuesday 8 -> Tuesday 2 March, 16:00.
    live.travel_to(utc(2027, 3, 2, 18, 59, 58))
    bob = live.visitor(TENANT, "bob")
    bob.open(f"/desk/tickets/{number}/")
    assert not live.mail.to("bob", "Relatório vazio")
    warning = live.mail.wait_for("bob", "Relatório vazio")
    assert live.now() >= utc(2027, 3, 2, 19)
    assert "is at Wednesday, 3 March 2027, 12:00 (Sao Paulo)" in warning.text

    live.travel_to(utc(2027, 3, 3, 14, 59, 58))
    assert not live.mail.to("carol", "Missed")
    escalated = live.mail.wait_for("carol", "Missed: first response")
    assert live.now() >= utc(2027, 3, 3, 15)
    assert f"#{number}" in escalated.subject + escalated.text
    [[opened_at, due_at, breached_at, detected_at, by_change]] = live.sql(
        """SELECT t.opened_at, b.due_at, b.breached_at, b.detected_at, b.by_change FROM sla_breach b
           JOIN tickets_ticket t ON t.id = b.subject_id WHERE t.number = %s""",
        [number],
        tenant=TENANT,
    )
    # To the second: opened so much after 08:00 on Monday, due so much after 12:00 on Wednesday.
    assert due_at == breached_at == utc(2027, 3, 3, 15) + (opened_at - MONDAY_8)
    assert breached_at <= detected_at <= breached_at + timedelta(seconds=60)
    assert not by_change

    # The step also raised the priority, and everybody sees it.
    bob.open(f"/desk/tickets/{number}/")
    assert "Priority Normal" in bob.text
    carol = live.visitor(TENANT, "carol")
    assert f"#{number}" in carol.open("/notices/").text
    assert "Relatório vazio" in carol.open("/desk/?view=breached").text

    # Four hours later, still unanswered: the admins hear, and engineering joins.
    live.travel_to(utc(2027, 3, 3, 19))
    live.mail.wait_for("dora", "Relatório vazio")
    until(lambda: "Engenharia" in bob.open(f"/desk/tickets/{number}/").text, "engineering has joined")

    # The answer is late, and stays so.
    bob.answer(number, "Corrigimos o relatório.")
    assert "First response met late" in bob.text
    live.mail.wait_for("alice", "Corrigimos o relatório.")


# --- silence


def waiting_ticket(live, summary, at):
    """A ticket of Alice's that waits for her since `at`, and she has our question."""
    live.travel_to(at)
    number = live.visitor(TENANT, "alice").ask(summary, topic="question")
    live.visitor(TENANT, "bob").answer(number, "Qual é a versão?", wait="on")
    live.mail.wait_for("alice", "Qual é a versão?")
    until(lambda: silence_of(live, number), "the silence is timed")
    return number


def silence_of(live, number):
    return live.sql(
        """SELECT c.id FROM sla_clock c JOIN tickets_ticket t ON t.id = c.subject_id
           WHERE t.number = %s AND c.metric = 'silence' AND c.status = 'running'""",
        [number],
        tenant=TENANT,
    )


def test_zp07_silence_closes_after_72_hours_with_reminders_before(live):
    # Asked Thursday 11 March, 08:00: the reminders are due Friday and Saturday 08:00, the close on Sunday 14, 08:00. These
    # are calendar hours: that it is a weekend does not matter.
    thursday = utc(2027, 3, 11, 11)
    number = waiting_ticket(live, "Campanha parada", thursday)
    live.travel_to(thursday + timedelta(hours=24, minutes=1))
    first = live.mail.wait_for("alice", f"Do you still need help with #{number}:")
    assert "it closes by itself on Sunday, 14 March 2027, 08:00 (Sao Paulo)" in first.text
    live.travel_to(thursday + timedelta(hours=48, minutes=1))
    live.mail.wait_for("alice", f"Do you still need help with #{number}:", count=2)
    live.travel_to(thursday + timedelta(hours=71, minutes=55))
    alice = live.visitor(TENANT, "alice")
    assert "Waiting for your answer" in alice.open(f"/tickets/{number}/").text
    live.travel_to(thursday + timedelta(hours=72, minutes=5))
    told = live.mail.wait_for("alice", f"#{number} was closed")
    assert "We have had no answer from you" in told.text
    assert "Closed, because no answer came" in alice.open(f"/tickets/{number}/").text
    assert not live.visitor(TENANT, "bob").open("/desk/?text=Campanha").text.count("Campanha parada")


def test_zp07_an_answer_in_between_ends_the_silence(live):
    thursday = utc(2027, 3, 18, 11)
    number = waiting_ticket(live, "Fila lenta", thursday)
    live.travel_to(thursday + timedelta(hours=24, minutes=1))
    live.mail.wait_for("alice", f"Do you still need help with #{number}:")
    alice = live.visitor(TENANT, "alice")
    alice.reply(number, "É a versão 9.")
    assert not silence_of(live, number)
    live.mail.wait_for("bob", "É a versão 9.")
    live.travel_to(thursday + timedelta(hours=100))
    alice.open(f"/tickets/{number}/")
    assert "We are working on it" in alice.text
    assert len(live.mail.to("alice", f"Do you still need help with #{number}:")) == 1
    assert not live.mail.to("alice", f"#{number} was closed")


@pytest.mark.browser
def test_zp07_still_need_help_from_the_mail_in_a_browser(live, browser_path):
    """The whole way in Chromium: ask, answer at the desk, the reminder's link; a mail scanner's GET changes nothing."""
    from playwright.sync_api import sync_playwright

    live.travel_to(MONDAY_8)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ["HELPDESK_BROWSER"], args=["--no-sandbox"]
        )
        try:
            number = _ask_in(chromium, live)
            _answer_in(chromium, live, number)
            live.mail.wait_for("alice", "Qual painel?")
            until(lambda: silence_of(live, number), "the silence is timed")
            live.travel_to(MONDAY_8 + timedelta(hours=24, minutes=1))
            link = live.mail.wait_for("alice", "Do you still need help").link("still-needed")

            scanner = live.visitor(TENANT)
            assert scanner.open(link).status == 200
            assert silence_of(live, number)

            page = chromium.new_page()
            page.goto(link)
            page.get_by_role("button", name="Yes, I still need help").click()
            page.get_by_text("the ticket stays open").wait_for()
        finally:
            chromium.close()
    assert not silence_of(live, number)
    live.mail.wait_for("bob", "I still need help.")


@pytest.mark.browser
def test_a_canned_answer_comes_into_a_reply_by_its_shortcut_or_from_the_list(live, browser_path):
    """Written at the desk, inserted twice: `/tela` and Tab, then `l`, two words, Enter. Only the keyboard is touched."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ["HELPDESK_BROWSER"], args=["--no-sandbox"]
        )
        try:
            number = _ask_in(chromium, live, due=None)
            bob = live.visitor(TENANT, "bob").open("/desk/canned/")
            bob.submit(
                "/desk/canned/", title="Screenshot", shortcut="tela", body="Dear {customer}, send #{number}."
            )
            bob.submit("/desk/canned/", title="Thanks for waiting", body="Thank you for your patience.")
            page = _signed_in(chromium, live, "bob")
            page.goto(f"http://{TENANT}.localhost:{live.port}/desk/tickets/{number}/")
            page.keyboard.press("r")
            with page.expect_response("**/canned/"):
                page.keyboard.type("/tela")
            page.wait_for_function("document.activeElement.value === '/tela'")
            page.keyboard.press("Tab")
            reply = page.locator(".as-reply textarea")
            alice = f"Dear Alice z-pro, send #{number}."
            page.wait_for_function("words => document.activeElement.value === words", arg=alice)
            page.keyboard.press("Escape")
            page.keyboard.press("l")
            page.get_by_placeholder("Words of the answer").wait_for()
            page.keyboard.type("patience thanks")
            page.keyboard.press("Enter")
            page.wait_for_function("document.activeElement.value.endsWith('patience.')")
            assert reply.input_value() == f"{alice}Thank you for your patience."
            page.keyboard.press("Control+Enter")
            page.get_by_text("Reply sent.").wait_for()
        finally:
            chromium.close()
    assert f"{alice}Thank you for your patience." in live.mail.wait_for("alice", "for your patience").text


def _ask_in(chromium, live, due="Wed 3 Mar, 12:00"):
    page = _signed_in(chromium, live, "alice")
    page.goto(f"http://{TENANT}.localhost:{live.port}/tickets/new/")
    page.get_by_role("link", name="Question on use").click()
    page.get_by_label("In a few words").fill("Painel em branco")
    page.get_by_label("Full description").fill("O painel abre em branco.")
    page.get_by_role("button", name="Send").click()
    # Monday 10, Tuesday 10, Wednesday 4 -> Wednesday 3 March, 12:00.
    page.get_by_role("heading", name=f"We answer by {due or ''}").wait_for()
    number = page.get_by_role("heading", name="Ticket #").inner_text().split("#")[1]
    page.context.close()
    return int(number)


def _answer_in(chromium, live, number):
    page = _signed_in(chromium, live, "bob")
    page.goto(f"http://{TENANT}.localhost:{live.port}/desk/")
    page.get_by_role("link", name=f"#{number} Painel em branco").click()
    page.wait_for_load_state()
    page.keyboard.press("r")
    page.keyboard.type("Qual painel?")
    page.get_by_label("and wait for the customer").check()
    page.get_by_role("button", name="Send reply").click()
    page.get_by_text("now waiting for the customer").wait_for()
    page.context.close()


def _signed_in(chromium, live, name):
    """A page of a browser context of its own, with this person's session."""
    context = chromium.new_context(locale="en-GB")
    session = live.visitor(TENANT, name).http.cookies
    url = f"http://{TENANT}.localhost:{live.port}"
    context.add_cookies([{"name": key, "value": value, "url": url} for key, value in session.items()])
    return context.new_page()


def test_zp07_solved_close_it_from_the_mail(live):
    thursday = utc(2027, 3, 11, 11)
    number = waiting_ticket(live, "Etiqueta errada", thursday)
    live.travel_to(thursday + timedelta(hours=24, minutes=1))
    link = live.mail.wait_for("alice", f"Do you still need help with #{number}:").link("solved")
    guest = live.visitor(TENANT)
    assert guest.open(link).status == 200
    assert silence_of(live, number)
    guest.submit("/solved/")
    assert "The ticket is closed" in guest.text
    assert not silence_of(live, number)


# --- scope


def test_zp08_questions_bugs_and_native_settings_have_a_clock(live):
    live.travel_to(MONDAY_8)
    alice = live.visitor(TENANT, "alice")
    for topic, more in (
        ("question", {}),
        ("bug", {"field_steps": "Abro o painel e ele fecha."}),
        ("settings", {"field_channel_kind": "Webchat"}),
    ):
        alice.ask(f"Em escopo: {topic}", topic=topic, **more)
        assert "We answer by Wed 3 Mar, 12:00" in alice.text, topic
        assert "Wednesday 3 March, 12:00" in live.mail.wait_for("alice", f"Em escopo: {topic}").text


OUT_OF_SCOPE = {
    "the topic alone": ("server", "Pedido", "Veja por favor.", "run by the customer"),
    "the server, in capitals and without accents": (
        "other", "AJUDA", "PRECISO DA CONFIGURACAO DO SERVIDOR VPS", "run by the customer"),
    "the server, with accents": (
        "question", "Instalação", "Podem fazer a configuração do servidor?", "run by the customer"),
    "a third party's tool": ("other", "n8n", "O n8n perdeu minhas automações.", "Other makers' tools"),
    "building a flow": (
        "question", "Fluxo", "Vocês montam um fluxo de chatbot para a minha loja?", "Building chatbot flows"),
    "strategy": ("other", "Vendas", "Quero uma consultoria de marketing.", "Advice on business"),
}  # fmt: skip


@pytest.mark.parametrize("case", OUT_OF_SCOPE)
def test_zp09_out_of_scope_is_told_by_the_rule_and_gets_no_clock(live, case):
    topic, summary, body, sentence = OUT_OF_SCOPE[case]
    summary = f"{summary} ({case})"
    live.travel_to(MONDAY_8)
    alice = live.visitor(TENANT, "alice")
    number = alice.ask(summary, body, topic=topic)
    assert "This is not part of our support" in alice.text
    assert sentence in alice.text
    mail = live.mail.wait_for("alice", summary)
    assert sentence in " ".join(mail.text.split())
    assert "Our target" not in mail.text
    bob = live.visitor(TENANT, "bob")
    bob.open(f"/desk/tickets/{number}/")
    assert "No promise in time was made for this ticket." in bob.text
    assert "Out of scope" in bob.text


def test_zp09_an_agent_overrules_with_a_reason_and_the_clock_starts_then(live):
    live.travel_to(MONDAY_8)
    alice = live.visitor(TENANT, "alice")
    number = alice.ask("Servidor do Z-PRO", topic="server")
    live.mail.wait_for("alice", "Servidor do Z-PRO")
    live.travel_to(utc(2027, 3, 2, 13))  # Tuesday 10:00
    bob = live.visitor(TENANT, "bob")
    bob.change(number, "scope", because="")
    assert bob.status == 422
    assert "Give the reason" in bob.text
    bob.change(number, "scope", because="O servidor é nosso, de demonstração.")
    # Tuesday 8 h, Wednesday 10 (18), Thursday 6 (24) -> Thursday 4 March, 14:00.
    assert "Thu 4 Mar, 14:00" in bob.text
    assert "O servidor é nosso, de demonstração." in bob.text
    assert "Thursday 4 March, 14:00" in live.mail.wait_for("alice", "Servidor do Z-PRO", count=2).text
    assert "We answer by Thu 4 Mar, 14:00" in alice.open(f"/tickets/{number}/").text
