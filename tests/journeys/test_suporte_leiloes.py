"""Suporte Leilões: half an hour in business hours, at once while an auction of the customer runs, nothing on other numbers.

Alice works for the company with the auctions, Frank for another. Sao Paulo is UTC-3 all year; the desk is open
Monday to Friday, 08:00 to 18:00.
"""

from datetime import timedelta

import pytest

from tests.journeys.live import ROOT, until, utc

pytestmark = pytest.mark.journey

TENANT = "suporte-leiloes"
SUNDAY_20 = utc(2027, 3, 14, 23)  # Sunday 14 March 2027, 20:00
MONDAY_0830 = "Monday 15 March, 08:30 (America/Sao_Paulo)"


def write(live, who="alice", summary="Lote travado", channel="whatsapp", **fields):
    """Bob takes down a message that came by WhatsApp; the ticket's number, and the mail that confirms it."""
    number = live.visitor(TENANT, "bob").open_for(who, summary, "O lote não abre.", channel=channel, **fields)
    return number, live.mail.wait_for(who, f"#{number}: {summary}")


def enter_auction(live, starts, ends):
    """Bob enters an auction of Alice's company, in Sao Paulo's time: "2027-03-14T19:00"."""
    bob = live.visitor(TENANT, "bob").open("/desk/windows/")
    [[company]] = live.sql(
        "SELECT id FROM customers_company WHERE name = 'Company suporte-leiloes'", tenant=TENANT
    )
    return bob.submit(company=str(company), name="Leilão", starts_at=starts, ends_at=ends)


def due(live, number):
    """When the ticket is due, as the row says; None without a deadline."""
    [[moment]] = live.sql("SELECT due_at FROM tickets_ticket WHERE number = %s", [number], tenant=TENANT)
    return moment


def due_minute(live, number):
    return due(live, number).replace(second=0)


def escalated(live, name, number):
    return live.mail.to(name, f"Escalated: #{number} ")


def test_sl01_another_number_is_a_ticket_without_a_deadline_and_says_so(live):
    live.travel_to(utc(2027, 3, 9, 13))  # Tuesday 10:00
    number, mail = write(live, summary="Pelo celular do analista", channel="other")
    told = "Only the unified support number and the support built into the ERP carry a response time."
    assert told in mail.text
    assert "Our target" not in mail.text
    assert due(live, number) is None
    alice = live.visitor(TENANT, "alice").open(f"/tickets/{number}/")
    assert told in alice.text
    assert "not part of our support" not in alice.text, "it is supported, only without a promise"
    bob = live.visitor(TENANT, "bob").open(f"/desk/tickets/{number}/")
    assert told in bob.text
    assert "No promise in time was made for this ticket." in bob.text
    assert "No promise" in bob.text
    # An hour later a ticket that came on the unified number has escalated; this one has not.
    other, _ = write(live, summary="Pelo número unificado")
    live.travel_to(utc(2027, 3, 9, 14))
    live.mail.wait_for("bob", f"Escalated: #{other} ")
    assert not escalated(live, "bob", number)


def test_sl02_half_an_hour_in_business_hours(live):
    live.travel_to(utc(2027, 3, 9, 13))  # Tuesday 10:00
    number, mail = write(live)
    assert "Tuesday 9 March, 10:3" in mail.text
    live.travel_to(utc(2027, 3, 9, 13, 27))
    live.mail.wait_for("bob", f"Deadline near for #{number}")  # 22 min 30 s: 75 %
    assert not escalated(live, "bob", number)
    live.travel_to(utc(2027, 3, 9, 13, 33))
    for name in ("bob", "carol", "grace"):  # the team, the supervisor, the company's account manager
        told = live.mail.wait_for(name, f"Escalated: #{number} ").text
        assert "Missed: first response" in told
        assert "Alta" in told, "the priority was raised from Normal"
    bob = live.visitor(TENANT, "bob").open(f"/desk/tickets/{number}/")
    assert "High" in bob.text
    bob.answer(number, "Abrimos o lote de novo.")
    live.mail.wait_for("alice", "Abrimos o lote de novo.")
    bob.open(f"/desk/tickets/{number}/")
    assert "met late" in bob.text


def test_sl02_an_auction_makes_the_answer_due_at_once_for_its_company_alone(live):
    live.travel_to(SUNDAY_20)
    mine, mail = write(live)
    assert MONDAY_0830 in mail.text
    others, mail = write(live, "frank", "Relatório errado")
    assert MONDAY_0830 in mail.text
    # The auction has been running for an hour when it is entered: Alice's ticket was due when it was opened, Sunday
    # 20:00, and is broken after the grace of 5 minutes.
    enter_auction(live, "2027-03-14T19:00", "2027-03-14T23:00")
    assert due_minute(live, mine) == SUNDAY_20
    assert due(live, others) > SUNDAY_20 + timedelta(hours=12), "Monday 08:30"
    alice = live.visitor(TENANT, "alice").open(f"/tickets/{mine}/")
    assert "20:0" in alice.text
    live.travel_to(SUNDAY_20 + timedelta(minutes=4))
    second, mail = write(live, summary="Outro lote")  # opened while it runs: due at once
    assert "Sunday 14 March, 20:0" in mail.text
    assert not escalated(live, "dora", mine)
    live.travel_to(SUNDAY_20 + timedelta(minutes=7))
    live.mail.wait_for("dora", f"Escalated: #{mine} ")  # in an auction all agents and administrators are told
    live.travel_to(SUNDAY_20 + timedelta(minutes=11))
    live.mail.wait_for("dora", f"Escalated: #{second} ")
    # At 23:00 it ends by itself: what remains is the ordinary deadline, which was never touched.
    live.travel_to(SUNDAY_20 + timedelta(hours=3, minutes=1))
    wait_until_due(live, mine, utc(2027, 3, 15, 11, 30))
    live.travel_to(utc(2027, 3, 15, 11, 32))
    live.mail.wait_for("bob", f"Escalated: #{others} ")
    assert not escalated(live, "dora", others)


def test_sl02_a_window_that_moves_or_ends_restores_the_ordinary_deadline(live):
    # R18: opened on Sunday; the auction is to run from 20:00, is put off at 20:02 and begins at 21:00, ends at 21:03.
    sunday_20 = utc(2027, 3, 21, 23)
    live.travel_to(sunday_20 - timedelta(hours=2))
    number, mail = write(live, summary="Antes do leilão")
    assert "Monday 22 March, 08:30" in mail.text
    bob = enter_auction(live, "2027-03-21T20:00", "2027-03-21T22:00")
    assert "begins" in bob.text
    monday = utc(2027, 3, 22, 11, 30)
    assert due(live, number) == monday
    live.travel_to(sunday_20 + timedelta(seconds=5))
    wait_until_due(live, number, sunday_20)  # from the beginning of the auction, by itself
    bob.open("/desk/windows/").open(bob.page.link("Move"))
    bob.submit(starts_at="2027-03-21T21:00", ends_at="2027-03-21T22:00")
    assert due(live, number) == monday
    live.travel_to(sunday_20 + timedelta(hours=1))
    wait_until_due(live, number, sunday_20 + timedelta(hours=1))
    live.travel_to(sunday_20 + timedelta(hours=1, minutes=3))
    bob.open("/desk/windows/").submit("/end/")
    assert due(live, number) == monday
    live.travel_to(sunday_20 + timedelta(hours=1, minutes=30))
    other, _ = write(live, "frank", "Sem leilão")
    live.travel_to(monday + timedelta(minutes=2))
    live.mail.wait_for("bob", f"Escalated: #{other} ")
    live.mail.wait_for("bob", f"Escalated: #{number} ")
    told = [breach.isoformat() for [breach] in live.sql(
        """SELECT breached_at FROM sla_breach b JOIN tickets_ticket t ON t.id = b.subject_id WHERE t.number = %s""",
        [number], tenant=TENANT)]  # fmt: skip
    assert told == [monday.isoformat()], "no window stayed open for its grace of 5 minutes"


def test_sl05_neither_nights_nor_national_holidays_count(live):
    # Thursday 25 March 2027, 17:50: ten minutes, then Good Friday and the weekend; Monday 29 March, 08:20.
    live.travel_to(utc(2027, 3, 25, 20, 50))
    number, mail = write(live, summary="Na véspera do feriado")
    assert "Monday 29 March, 08:2" in mail.text
    live.travel_to(utc(2027, 3, 29, 11, 18))
    live.mail.wait_for("bob", f"Deadline near for #{number}")
    assert not escalated(live, "bob", number)
    bob = live.visitor(TENANT, "bob").open(f"/desk/tickets/{number}/clocks/first_response/")
    assert "Sexta-feira Santa" in bob.text, "the explanation names the holiday"
    live.travel_to(utc(2027, 3, 29, 11, 23))
    live.mail.wait_for("bob", f"Escalated: #{number} ")


def test_sl12_a_policy_takes_effect_on_its_date(live):
    # The published guidelines are in force from 19 January 2025, 00:00 in Sao Paulo.
    live.travel_to(utc(2025, 1, 18, 12))
    live.manage("create_desk", "novo-leilao", "--pack", "suporte-leiloes", "--admin", "ines@example.com")
    live.mail.wait_for("ines", "/account/")
    visitor = live.visitor("novo-leilao").open("/")
    assert "Ask for help" not in visitor.text
    assert "Pedir ajuda" not in visitor.text
    live.travel_to(utc(2025, 1, 19, 3, 0, 5))
    visitor.open("/")
    assert "Ask for help" in visitor.text or "Pedir ajuda" in visitor.text


def test_sl12_a_new_version_takes_effect_by_itself_and_a_ticket_keeps_its_own(live, tmp_path):
    # Published on Monday 3 May 2027 for Wednesday 5 May, 08:00: half an hour becomes a quarter of one.
    live.travel_to(utc(2027, 5, 3, 12))
    load(live, tmp_path / "shorter.toml", "15m")
    live.manage("policy", "publish", f"tenant:{TENANT}", "--from", "2027-05-05T08:00")
    live.travel_to(utc(2027, 5, 5, 10, 50))  # Wednesday 07:50: before it, though due after it
    before, mail = write(live, summary="Pela regra antiga")
    assert "Wednesday 5 May, 08:30" in mail.text
    live.travel_to(utc(2027, 5, 5, 11, 0, 30))
    after, mail = write(live, summary="Pela regra nova")
    assert "Wednesday 5 May, 08:1" in mail.text
    bob = live.visitor(TENANT, "bob").open(f"/desk/tickets/{before}/")
    first = version_on(bob)
    assert version_on(bob.open(f"/desk/tickets/{after}/")) > first
    live.travel_to(utc(2027, 5, 5, 11, 22))
    live.mail.wait_for("bob", f"Escalated: #{after} ")
    assert not escalated(live, "bob", before), "new tickets only: the older one keeps its half hour"
    live.travel_to(utc(2027, 5, 5, 11, 32))
    live.mail.wait_for("bob", f"Escalated: #{before} ")


def test_sl12_open_tickets_too_are_moved_and_told(live, tmp_path):
    live.travel_to(utc(2027, 6, 7, 12))  # Monday 09:00
    load(live, tmp_path / "longer.toml", "2h")
    live.manage("policy", "publish", f"tenant:{TENANT}", "--from", "2027-06-07T10:00", "--open-tickets-too")
    live.travel_to(utc(2027, 6, 7, 12, 55))  # 09:55
    number, mail = write(live, summary="No meio da mudança")
    assert "Monday 7 June, 10:" in mail.text
    bob = live.visitor(TENANT, "bob")
    before = version_on(bob.open(f"/desk/tickets/{number}/"))
    live.travel_to(utc(2027, 6, 7, 13, 0, 20))
    # Two hours from 09:55 (what was used up stays used up): 11:55.
    assert "11:5" in live.mail.wait_for("alice", f"New time for your request #{number}").text
    assert version_on(bob.open(f"/desk/tickets/{number}/")) == before + 1
    assert f"Policy version {before + 1} applies from here on" in bob.text


def load(live, document, duration):
    """The pack with another ordinary response time becomes the desk's draft."""
    pack = (ROOT / "policies/packs/suporte-leiloes.toml").read_text()
    document.write_text(pack.replace('duration = "30m"', f'duration = "{duration}"'))
    live.manage("policy", "load", f"tenant:{TENANT}", str(document))


def version_on(page):
    """The number of the policy version that a ticket's page names."""
    return int(page.text.split("policy version ")[-1].split()[0])


def wait_until_due(live, number, moment):
    until(lambda: due(live, number) == moment, f"#{number} due {moment}; it is {due(live, number)}")
