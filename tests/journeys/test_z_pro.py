"""Z-PRO: the portal is the only door, 24 business hours to the first response, silence closes after 72 hours."""

from datetime import timedelta

import pytest

from tests.journeys.live import utc

pytestmark = pytest.mark.journey

TENANT = "z-pro"
# Monday 1 March 2027, 08:00 in Sao Paulo (UTC-3 all year). No holiday that week: Carnival (9 February) is over.
MONDAY_8 = utc(2027, 3, 1, 11)


def ask(live, summary="Relatório vazio", body="O relatório de tickets abre sem dados.", **more):
    alice = live.visitor(TENANT, "alice")
    alice.open("/tickets/new/?topic=question")
    alice.submit("/tickets/new/", summary=summary, body=body, **more)
    return alice


def test_zp03_first_response_within_24_business_hours(live):
    live.travel_to(MONDAY_8)
    alice = ask(live)
    mail = live.mail.wait_for("alice", "Relatório vazio")
    # 24 h of 10 a day: Monday 10, Tuesday 10, Wednesday 4 -> Wednesday 3 March, 12:00.
    assert "Wednesday 3 March, 12:00" in mail.text
    assert "12:00" in alice.text


def test_zp07_silence_closes_after_72_hours_with_reminders_before(live):
    live.travel_to(MONDAY_8)
    ask(live, "Campanha parada")
    mail = live.mail.wait_for("alice", "Campanha parada")
    bob = live.visitor(TENANT, "bob")
    bob.open("/desk/?q=Campanha")
    number = mail.subject.split("#")[1].split()[0].strip(":]")
    bob.open(f"/desk/tickets/{number}/")
    bob.submit(f"/desk/tickets/{number}/replies/", body="Qual é a versão?", wait="on")
    live.mail.wait_for("alice", "Qual é a versão?")
    live.travel_to(live.now() + timedelta(hours=25))
    live.mail.wait_for("alice", "Campanha parada", count=3)
    live.travel_to(live.now() + timedelta(hours=50))
    live.mail.wait_for("alice", "Campanha parada", count=4)
