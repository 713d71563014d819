"""Agreements through the real processes: work out of hours, developers, meetings, trainings, calls (SL07 to SL11).

Alice asks (plan Premium), Grace manages her account, Carol supervises, Bob answers, Dora administers.
São Paulo is UTC-3; Suporte Leilões is open Monday to Friday, 08:00 to 18:00.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from icalendar import Calendar

from tests.journeys.live import until, utc

pytestmark = pytest.mark.journey

TENANT = "suporte-leiloes"
FRIDAY_20 = utc(2027, 8, 20, 23)  # Friday 20 August 2027, 20:00
MONDAY_9 = utc(2027, 9, 13, 12)  # Monday 13 September 2027, 09:00
LATER = utc(2027, 11, 8, 12)  # after every other walk here: what is published then holds for none of them
SUPPORT, OFFICE = "+55 38 99950-7998", "+55 38 3333-0000"  # the policy writes it (38) 99950-7998
ASKED = {
    "summary": "Próximo leilão", "agenda": "Lotes, datas, quem faz o quê.", "wished_at": "2027-09-15T10:00", "minutes": "1h",
}  # fmt: skip


def quoted(live, alice, grace, summary, hours="2h", until_="2027-08-23T08:00"):
    """Alice asks by the mail's link for work now, and Grace quotes it. The mail that brings the quote."""
    number = alice.ask(summary, topic="question")
    offer = live.mail.wait_for("alice", f"#{number}: {summary}")
    live.visitor(TENANT).open(offer.link("/night-work/")).submit(wish="Today, please.")
    wanted = live.mail.wait_for("grace", f"Quote wanted for #{number}")
    grace.open(wanted.link("/desk/quotes/"))
    assert grace.hidden("rate") == "250.00"
    grace.submit(minutes=hours, rate="250", text=f"Mend it: {summary}.", valid_until=until_)
    return number, live.mail.wait_for("alice", f"A quote for your request #{number}")


def test_sl07_of_two_acceptances_at_once_one_is_kept_and_an_unanswered_quote_lapses_by_itself(live):
    live.travel_to(FRIDAY_20)
    alice, bob, grace = (live.visitor(TENANT, name) for name in ("alice", "bob", "grace"))
    number, mail = quoted(live, alice, grace, "Relatório da noite")
    assert "R$500.00" in mail.text
    bob.open(f"/desk/tickets/{number}/").submit("/night-work/")
    assert "The customer has not accepted the quote yet." in bob.text
    browsers = [live.visitor(TENANT).open(mail.link("/q/")) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda each: each.submit(answer="accept"), browsers))
    assert all("alice@example.com" in page.text for page in pages), "each sees who accepted"
    [[answers]] = live.sql(
        """SELECT count(*) FROM agreements_answer a JOIN agreements_quote q ON q.id = a.quote_id
           JOIN tickets_ticket t ON t.id = q.ticket_id WHERE t.number = %s""", [number], tenant=TENANT)  # fmt: skip
    assert answers == 1
    live.mail.wait_for("grace", f"#{number}: quote accepted")
    assert len(live.mail.to("grace", f"#{number}: quote accepted")) == 1
    bob.open(f"/desk/tickets/{number}/").submit("/night-work/")
    assert "Begun." in bob.text

    other, _mail = quoted(live, alice, grace, "Outro relatório", hours="1h", until_="2027-08-20T21:30")
    live.travel_to(FRIDAY_20 + timedelta(hours=1, minutes=31))
    live.mail.wait_for("alice", f"The quote for request #{other} has ended")
    live.mail.wait_for("grace", f"#{other}: the quote has lapsed")
    until(lambda: "lapsed" in alice.open(f"/tickets/{other}/").text, "the ticket says so")
    bob.open(f"/desk/tickets/{other}/").submit("/night-work/")
    assert "lapsed without an answer" in bob.text


# --- SL08: developers


def test_sl08_a_developer_comes_to_one_ticket_by_the_account_managers_word_and_under_her_eyes(live):
    live.travel_to(MONDAY_9)
    alice, bob, grace = (live.visitor(TENANT, name) for name in ("alice", "bob", "grace"))
    other = alice.ask("Outra tela", topic="question")
    number = alice.ask("Novo relatório", topic="development", field_requirement="Lances por dia.")
    live.mail.wait_for("alice", f"#{number}: Novo relatório")
    bob.open(f"/desk/tickets/{number}/").submit("/notes/", **{"note-body": "Só entre nós."})
    bring(bob, number, "Diego")
    wanted = live.mail.wait_for("grace", f"A developer for #{number}? Novo relatório")
    assert "Quais colunas?" in wanted.text
    # Nobody else decides, and nobody is let in before.
    bob.open(wanted.link("/desk/developers/"))
    assert "The account manager decides: Grace" in bob.text and "Let them see" not in bob.text
    assert not live.mail.to("diego")
    grace.open(wanted.link("/desk/developers/")).submit("/decision/", decision="approve")
    assert "Approved: the link is on its way." in grace.text
    link = live.mail.wait_for("diego", f"#{number}, Novo relatório").link("/developer/")
    # Whom she refuses gets nothing.
    bring(bob, number, "Elisa")
    second = live.mail.wait_for("grace", "Elisa Reis")
    live.visitor(TENANT, "grace").open(second.link("/desk/developers/")).submit(
        "/decision/", decision="refuse"
    )

    diego = live.visitor(TENANT).open(link)
    assert "Novo relatório" in diego.text and "Quais colunas?" in diego.text
    assert "Só entre nós." not in diego.text
    diego.submit(body="Por leilão ou por lote?")
    assert (
        "O gerente de contas foi avisado." in diego.text
    )  # a developer is spoken to in the policy's language
    told = live.mail.wait_for("grace", f"Diego Reis wrote in #{number}")
    assert "Por leilão ou por lote?" in told.text
    mail = live.mail.wait_for("alice", "Por leilão ou por lote?")
    assert "Diego Reis" in mail.text
    # A question meets no promise: the first answer is due as before.
    [[due]] = live.sql("SELECT due_at FROM tickets_ticket WHERE number = %s", [number], tenant=TENANT)
    assert due is not None
    alice.reply(number, "Por lote.")
    assert "Por lote." in diego.open(link).text
    # This one ticket: neither another one nor the desk.
    for path in (f"/tickets/{other}/", f"/desk/tickets/{number}/"):
        diego.open(path)
        assert "sign-in" in diego.path and "Outra tela" not in diego.text
    grace.open(wanted.link("/desk/developers/")).submit("/decision/", decision="end")
    diego.open(link)
    assert diego.status == 410 and "Por lote." not in diego.text
    assert not live.mail.to("elisa")


def test_sl08_a_plan_with_developers_of_its_own_has_them_without_asking(live):
    live.travel_to(LATER)
    publish_plan(live.visitor(TENANT, "dora"), "Premium", developers="on")
    alice, bob = live.visitor(TENANT, "alice"), live.visitor(TENANT, "bob")
    assert "Plan Premium has dedicated developers." in alice.open("/policy/").text
    number = alice.ask("Novo campo", topic="development", field_requirement="O valor do lote.")
    bring(bob, number, "Davi")
    assert "The plan has developers of its own: the link is on its way." in bob.text
    mail = live.mail.wait_for("davi", f"#{number}, Novo")
    assert not live.mail.to("grace", "A developer for")
    live.visitor(TENANT).open(mail.link("/developer/")).submit(body="Em reais?")
    live.mail.wait_for("grace", f"Davi Reis wrote in #{number}")  # she reads along all the same


# --- SL09: meetings


def test_sl09_a_meeting_is_asked_for_a_day_ahead_decided_by_its_agenda_and_invited_to(live):
    live.travel_to(MONDAY_9)
    alice, bob, carol = (live.visitor(TENANT, name) for name in ("alice", "bob", "carol"))
    alice.open("/tickets/new/?topic=meeting")
    assert alice.path == "/meetings/new/meeting/"
    assert "At least 24 hours ahead, with an agenda that a supervisor approves." in alice.text
    # Monday 09:00 and a day: Tuesday 09:00 at the earliest.
    alice.submit(**ASKED | {"wished_at": "2027-09-14T08:59"})
    assert alice.status == 422 and "the earliest is 14 Sep 2027, 09:0" in alice.text
    alice.submit(**ASKED | {"agenda": " "})
    assert alice.status == 422 and "Write the agenda: a supervisor decides by it." in alice.text
    alice.submit(**ASKED)
    assert "A supervisor reads the agenda and decides." in alice.text
    wanted = live.mail.wait_for("carol", "To decide: Meeting")
    assert "Lotes, datas, quem faz o quê." in wanted.text
    assert len(live.mail.to("carol", "To decide: Meeting")) == 1, "what was refused has asked nobody"
    bob.open(wanted.link("/desk/meetings/"))
    assert "A supervisor decides about it." in bob.text
    assert not [form for form in bob.page.forms if "starts_at" in form.names]
    given = {"starts_at": "2027-09-15T10:30", "place": "https://meet.example.com/1"}
    carol.open(wanted.link("/desk/meetings/")).submit("/schedule/", **given)
    assert "Scheduled. Both sides get an invitation." in carol.text
    # Wednesday 10:30 to 11:30 in São Paulo: 13:30 to 14:30 UTC.
    mail = live.mail.wait_for("alice", "The invitation is attached")
    assert "10:30" in mail.subject
    method, event = invitation(mail)
    assert (method, event["SEQUENCE"], str(event["STATUS"])) == ("REQUEST", 0, "CONFIRMED")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (utc(2027, 9, 15, 13, 30), utc(2027, 9, 15, 14, 30))
    assert str(event["LOCATION"]) == "https://meet.example.com/1" and "Lotes" in str(event["DESCRIPTION"])
    guests = {str(address) for address in event["ATTENDEE"]}
    assert {"mailto:alice@example.com", "mailto:grace@example.com"} <= guests
    ours = live.mail.wait_for("grace", "The invitation is attached")  # the account manager
    assert invitation(ours)[1]["UID"] == event["UID"]
    # Moved: the same one in the calendars, anew. Called off by the link of Alice's mail: gone from them.
    carol.submit("/schedule/", starts_at="2027-09-15T15:00")
    method, moved = invitation(live.mail.wait_for("alice", "takes the place of the one before"))
    assert (method, moved["UID"], moved["SEQUENCE"]) == ("REQUEST", event["UID"], 1)
    assert moved["DTSTART"].dt == utc(2027, 9, 15, 18)
    live.visitor(TENANT).open(mail.link("/m/")).submit("/cancellation/", because="Feriado.")
    for name in ("alice", "grace", "carol"):
        method, gone = invitation(live.mail.wait_for(name, "Called off: Meeting"))
        assert (method, gone["UID"], gone["SEQUENCE"]) == ("CANCEL", event["UID"], 2)


def test_sl09_refused_and_insisted_upon_it_is_scheduled_only_by_an_accepted_quote(live):
    live.travel_to(MONDAY_9)
    alice, carol, grace = (live.visitor(TENANT, name) for name in ("alice", "carol", "grace"))
    alice.open("/meetings/new/meeting/").submit(**ASKED | {"summary": "Só uma dúvida"})
    desk = live.mail.wait_for("carol", "Só uma dúvida").link("/desk/meetings/")
    carol.open(desk).submit("/refusal/", because="Uma mensagem responde a isto.")
    told = live.mail.wait_for("alice", "do not approve it")
    assert "Uma mensagem responde a isto." in told.text
    carol.open(desk)
    assert "the customer may insist, and is quoted" in carol.text and not may_schedule(carol)
    insisting = live.visitor(TENANT).open(told.link("/m/")).submit("/insistence/")
    assert "It is scheduled when you have accepted it." in insisting.text
    quote = quote_it(live, grace, "Consulting", rate="180.00", hours="1h")
    assert "R$180.00" in quote.text
    for visitor in (carol.open(desk), grace.open(desk)):
        assert "only when the customer has accepted the quote" in visitor.text and not may_schedule(visitor)
    live.visitor(TENANT).open(quote.link("/q/")).submit(answer="accept")
    live.mail.wait_for("grace", "quote accepted")
    grace.open(desk).submit("/schedule/", starts_at="2027-09-15T10:30")
    method, event = invitation(live.mail.wait_for("alice", "The invitation is attached"))
    assert (method, event["DTSTART"].dt) == ("REQUEST", utc(2027, 9, 15, 13, 30))


def test_sl09_a_single_meeting_of_a_plan_without_them_has_a_price_and_no_supervisors_yes(live):
    live.travel_to(MONDAY_9)
    alice, carol, grace = (live.visitor(TENANT, name) for name in ("alice", "carol", "grace"))
    with on_plan(live, "standard"):
        alice.open("/meetings/new/meeting/")
        assert "Your plan includes no meetings: it is quoted first" in alice.text
        alice.submit(**ASKED | {"summary": "Uma avulsa"})
        assert "only when the customer has accepted the quote" in alice.text
        quote = quote_it(live, grace, "Consulting", rate="180.00", hours="1h")
        assert not live.mail.to("carol", "To decide")
        declining = live.visitor(TENANT).open(quote.link("/q/")).submit(answer="decline")
        assert "Declined. Nothing is billed." in declining.text
        live.mail.wait_for("grace", "quote declined")
        carol.open("/desk/meetings/")
        assert "Uma avulsa" not in carol.text, "there is nothing to be decided or scheduled"


# --- SL10: trainings and the plan's hours


def test_sl10_trainings_draw_on_the_plans_hours_and_beyond_them_are_quoted_accepted_and_paid(live):
    # Premium: two hours a month. One and a half are held, then used: half an hour is left, and an hour is half an hour more.
    live.travel_to(MONDAY_9)
    alice, bob, carol, grace = (live.visitor(TENANT, name) for name in ("alice", "bob", "carol", "grace"))
    assert "2 h left of 2 h" in alice.open("/company/").text
    alice.open("/tickets/new/?topic=training")
    assert alice.path == "/meetings/new/training/" and "Your plan has 2 h of training left" in alice.text
    alice.submit(**ASKED | {"summary": "Para os novos", "minutes": "1h30"})
    first = live.mail.wait_for("carol", "To decide: Training")
    carol.open(first.link("/desk/meetings/")).submit("/schedule/", starts_at="2027-09-15T10:00")
    invitation(live.mail.wait_for("alice", "The invitation is attached"))
    number = int(re.search(r"#(\d+), Para os novos", first.subject)[1])
    for page in (alice.open("/company/"), bob.open(f"/desk/tickets/{number}/")):
        assert "30 min left of 2 h" in page.text and "1 h 30 min held" in page.text
    live.travel_to(MONDAY_9 + timedelta(days=3))
    bob.change(number, "time", kind="training", minutes="1h30", on="2027-09-15")
    for page in (alice.open("/company/"), bob.open(f"/desk/tickets/{number}/")):
        assert "30 min left of 2 h" in page.text and "held" not in page.text

    # Beyond: quoted; accepted is not enough, paid is. The half hour of the plan is held by it then.
    alice.open("/meetings/new/training/")
    alice.submit(**ASKED | {"summary": "Mais uma hora", "wished_at": "2027-09-20T10:00"})
    assert "only when the customer has accepted the quote" in alice.text
    quote = quote_it(live, grace, "Training", rate="180.00", hours="30m")
    assert "R$90.00" in quote.text
    desk = f"/desk/meetings/{alice.path.strip('/').split('/')[-1]}/"
    assert not may_schedule(carol.open(desk))
    live.visitor(TENANT).open(quote.link("/q/")).submit(answer="accept")
    paying = live.mail.wait_for("grace", "quote accepted").link("/desk/quotes/")
    carol.open(desk)
    assert "The quote is accepted, but not marked as paid." in carol.text and not may_schedule(carol)
    bob.open(paying)
    assert not [form for form in bob.page.forms if "payment" in form.names], "the account manager's alone"
    grace.open(paying).submit("/payment/", payment="PIX 4711")
    carol.open(desk).submit("/schedule/", starts_at="2027-09-20T10:00")
    method, event = invitation(live.mail.wait_for("alice", "The invitation is attached", count=2))
    assert (method, event["DTSTART"].dt) == ("REQUEST", utc(2027, 9, 20, 13))
    for page in (alice.open("/company/"), carol.open(desk)):
        assert "0 h left of 2 h" in page.text and "30 min held" in page.text
    # October begins anew: the first of it, 00:00 in São Paulo.
    live.travel_to(utc(2027, 10, 1, 3, 0, 5))
    assert "2 h left of 2 h" in alice.open("/company/").text


# --- SL11: calls


def test_sl11_a_call_is_a_ticket_of_the_account_manager_on_the_support_number_alone(live):
    live.travel_to(MONDAY_9)
    bob = live.visitor(TENANT, "bob")
    number = bob.open_for("alice", "Ligou sobre o lote", called=SUPPORT)
    mail = live.mail.wait_for("grace", "Ligou sobre o lote")
    assert f"Ticket #{number}, Ligou sobre o lote, is assigned to you." in plain(mail.text)
    assert owner_of(live, number) == "grace@example.com"
    # Frank's company has no account manager: their team's, and nobody's yet.
    others = bob.open_for("frank", "Ligou também", called=SUPPORT)
    assert "Owner nobody Team Gerentes de contas" in bob.open(f"/desk/tickets/{others}/").text
    assert owner_of(live, others) is None
    # On another number it is none: Bob is told, and Alice which door is the right one.
    told = "Calls are taken on the support number alone. Call it, or open a ticket through the support built into the ERP."
    assert bob.open_for("alice", "Ligou ao escritório", called=OFFICE) is None
    assert told in bob.text
    answer = live.mail.wait_for("alice", "has opened no request")
    assert "Ligou ao escritório" in answer.text and told in answer.text
    live.visitor(TENANT, "alice").open(answer.links[0])
    assert "Ligou ao escritório" in bob.open("/desk/contacts/").text
    assert not live.mail.to("grace", "Ligou ao escritório")
    # Enterprise includes consulting: its calls are taken on any number.
    with on_plan(live, "enterprise"):
        third = bob.open_for("alice", "Ligou outra vez", called=OFFICE)
        assert owner_of(live, third) == "grace@example.com"
        live.mail.wait_for("grace", "Ligou outra vez")
    page = live.visitor(TENANT, "alice").open("/policy/").text
    assert "Calls are taken on (38) 99950-7998 alone, but for plan Enterprise." in page


def test_sl11_where_the_plan_does_not_say_so_a_call_is_the_teams(live):
    live.travel_to(LATER + timedelta(days=1))
    publish_plan(live.visitor(TENANT, "dora"), "Premium", calls_to_manager="")
    number = live.visitor(TENANT, "bob").open_for("alice", "Ligou de novo", called=SUPPORT)
    live.mail.wait_for("alice", f"#{number}: Ligou de novo")
    assert owner_of(live, number) is None
    with on_plan(live, "enterprise"):  # which still says so
        other = live.visitor(TENANT, "bob").open_for("alice", "Ligou por último", called=SUPPORT)
        assert owner_of(live, other) == "grace@example.com"


# --- steps


def bring(bob, number, name):
    """Bob asks for a developer at the ticket."""
    given = {"name": f"{name} Reis", "email": f"{name.lower()}@example.com", "because": "Quais colunas?"}
    bob.change(number, "developer", **given)


def publish_plan(dora, plan, **changed):
    """An admin changes a plan in the draft, and publishes what the preview shows."""
    dora.open("/admin/policies/plan/")
    dora.open(dora.page.link(plan)).submit("/change/", **changed)
    dora.open("/admin/policy/publication/")
    dora.submit("/publication/", revision=dora.hidden("revision"))
    assert "Published as version" in dora.text, dora.text


@contextmanager
def on_plan(live, plan):
    """Alice's company has this plan meanwhile, by an admin's hand."""
    dora = live.visitor(TENANT, "dora")
    [[key]] = live.sql("SELECT id FROM customers_company WHERE name LIKE 'Company %%'", tenant=TENANT)

    def put(each):
        dora.open(f"/admin/customers/company/{key}/change/").submit(plan=each)
        assert "was changed successfully" in dora.text, dora.text

    put(plan)
    try:
        yield
    finally:
        put("premium")


def quote_it(live, grace, work, rate, hours):
    """Grace is asked for a quote and sends it; the mail that brings it to Alice."""
    wanted = live.mail.wait_for("grace", "Quote wanted for")
    assert f": {work}" in wanted.subject
    grace.open(wanted.link("/desk/quotes/"))
    assert grace.hidden("rate") == rate
    grace.submit(minutes=hours, rate=rate, text="Como combinado.", valid_until="2027-09-24T09:00")
    return live.mail.wait_for("alice", "A quote for your request")


def invitation(mail):
    """(method, event) of the invitation that a mail brings: as a file, and as the part that mail programs show."""
    parts = [part for part in mail.message.walk() if part.get_content_type() == "text/calendar"]
    files = [part for part in mail.message.walk() if part.get_filename() == "invite.ics"]
    assert files and len(parts) > 1, "both"
    calendar = Calendar.from_ical(files[0].get_payload(decode=True))
    method = str(calendar["METHOD"])
    assert any(part.get_param("method") == method for part in parts)
    [event] = calendar.walk("VEVENT")
    return method, event


def may_schedule(visitor):
    return any("starts_at" in form.names for form in visitor.page.forms)


def owner_of(live, number):
    [[owner]] = live.sql(
        """SELECT p.email FROM tickets_ticket t LEFT JOIN people_user p ON p.id = t.owner_id WHERE t.number = %s""",
        [number], tenant=TENANT)  # fmt: skip
    return owner


def plain(text):
    return " ".join(text.replace("*", "").split())
