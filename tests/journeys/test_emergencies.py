"""Suporte Leilões at night: who is on duty is alerted, the first has it, the customer is told who attends, free (SL06).

Bob and Grace are on duty together; Carol is the supervisor. The desk is open Monday to Friday, 08:00 to 18:00 in Sao Paulo
(UTC-3 all year); an alert is repeated after 10 minutes.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.journeys.live import until, utc

pytestmark = pytest.mark.journey

TENANT = "suporte-leiloes"
SUNDAY_20 = utc(2027, 8, 15, 23)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def rota(live):
    """Dora makes the rota in the admin: from 2 August on, round the clock, the two of them together."""
    if live.sql("SELECT 1 FROM duty_rota", tenant=TENANT):
        return
    live.travel_to(SUNDAY_20 - timedelta(hours=3))
    ids = dict(live.sql("SELECT email, id FROM people_user", tenant=TENANT))
    [[team]] = live.sql("SELECT id FROM customers_team WHERE key = 'support'", tenant=TENANT)
    dora = live.visitor(TENANT, "dora").open("/admin/duty/rota/add/")
    dora.submit(
        "/add/",
        **{
            "team": str(team),
            "name": "Plantão",
            "timezone": "America/Sao_Paulo",
            "first_on": "2027-08-02",
            "at_once": "2",
            "places-0-person": str(ids["bob@example.com"]),
            "places-1-person": str(ids["grace@example.com"]),
        },
    )
    assert dora.path == "/admin/duty/rota/", dora.text


def emergency_of(live, number):
    [row] = live.sql(
        """SELECT e.round, e.alarm_at, u.email FROM duty_emergency e JOIN tickets_ticket t ON t.id = e.ticket_id
           LEFT JOIN people_user u ON u.id = e.claimed_by_id WHERE t.number = %s AND e.ended_at IS NULL""",
        [number],
        tenant=TENANT,
    )
    return row


def test_sl06_everybody_on_duty_is_alerted_and_the_first_to_claim_has_it(live, rota):
    live.travel_to(SUNDAY_20)
    duty = live.visitor(TENANT, "bob").open("/desk/duty/")
    assert "Now Grace suporte-leiloes, Bob suporte-leiloes" in duty.text
    alice = live.visitor(TENANT, "alice")
    assert "The server is down" in alice.open("/tickets/new/?topic=problem").text
    number = alice.ask("ERP fora do ar", topic="problem", emergencies="server-down")
    told = "Everybody on duty has been alerted. You are told who attends to you. It costs you nothing."
    assert told in alice.open(f"/tickets/{number}/").text
    mail = live.mail.wait_for("alice", f"Emergency #{number}: everybody on duty has been alerted")
    assert "This costs you nothing." in mail.text
    links = {}
    for name in ("bob", "grace"):
        mail = live.mail.wait_for(name, f"EMERGENCY #{number}: ERP fora do ar")
        assert "The server is down" in mail.text and "Company suporte-leiloes" in mail.text
        links[name] = mail.link("/duty/")
    assert links["bob"] != links["grace"], "the link says who presses the button"
    assert not live.mail.to("carol", f"EMERGENCY #{number}")
    live.visitor(TENANT).open(links["bob"])  # a mail scanner follows the link
    assert emergency_of(live, number)[2] is None

    # Nobody presses: 20:10 the second alert, and the supervisor hears of it; 20:20 the third.
    live.travel_to(SUNDAY_20 + 9 * MINUTE)
    assert emergency_of(live, number)[0] == 1
    live.travel_to(SUNDAY_20 + 11 * MINUTE)
    live.mail.wait_for("bob", f"EMERGENCY #{number}", count=2)
    assert "This is alert number 2" in live.mail.wait_for("carol", f"EMERGENCY #{number}").text
    assert len(live.mail.to("alice", f"Emergency #{number}: everybody")) == 1, "the customer is told once"

    pages = [live.visitor(TENANT).open(links[name]) for name in ("bob", "grace")]
    with ThreadPoolExecutor(2) as at_once:
        list(at_once.map(lambda page: page.submit(f"{page.path}"), pages))
    had = [page for page in pages if "You have it, since" in page.text]
    late = [page for page in pages if "was first and has it" in page.text]
    assert len(had) == len(late) == 1
    winner = ("bob", "grace")[pages.index(had[0])]
    assert emergency_of(live, number)[1:] == (None, f"{winner}@example.com")
    assert winner.capitalize() in late[0].text
    mail = live.mail.wait_for("alice", f"attends to your emergency #{number}")
    assert mail.subject.startswith(winner.capitalize()) and "This costs you nothing." in mail.text
    other = ("grace", "bob")[pages.index(had[0])]
    live.mail.wait_for(other, f"has taken emergency #{number}")
    assert (
        f"{winner.capitalize()} suporte-leiloes attends to your emergency."
        in alice.open(f"/tickets/{number}/").text
    )
    page = duty.open(f"/desk/tickets/{number}/").text
    for said in (
        "On duty and alerted (1): Grace",
        "On duty and alerted (2): Grace",
        "took the emergency",
        "has it, since",
    ):
        assert said in page, said
    # Taken is taken: half an hour later nobody was alerted again.
    live.travel_to(SUNDAY_20 + 45 * MINUTE)
    until(live.is_idle, "what was due is done")
    assert emergency_of(live, number)[0] == 2
    assert len(live.mail.to("bob", f"EMERGENCY #{number}")) == 2


def test_sl06_in_hours_it_is_a_most_urgent_ticket_and_at_closing_who_is_still_alone_is_heard(live, rota):
    live.travel_to(utc(2027, 8, 16, 20, 30))  # Monday 17:30
    alice = live.visitor(TENANT, "alice")
    number = alice.ask("Ninguém acessa o site", topic="problem", emergencies="no-access")
    assert "Everybody on duty" not in alice.open(f"/tickets/{number}/").text
    live.mail.wait_for("alice", f"#{number}: Ninguém acessa o site")
    [[priority, due_at, opened_at]] = live.sql(
        "SELECT priority, due_at, opened_at FROM tickets_ticket WHERE number = %s", [number], tenant=TENANT
    )
    assert (priority, due_at) == ("1", opened_at), "most urgent, due at once"
    assert not live.mail.to("bob", f"EMERGENCY #{number}")
    live.travel_to(utc(2027, 8, 16, 21, 0, 5))  # 18:00: the desk closes, and nobody has it
    link = live.mail.wait_for("bob", f"EMERGENCY #{number}").link("/duty/")
    page = live.visitor(TENANT).open(link)
    page.submit(page.path)
    live.mail.wait_for("alice", f"attends to your emergency #{number}")


def test_sl06_by_whatsapp_words_are_enough_and_an_agent_may_say_that_it_is_none(live, rota):
    live.travel_to(utc(2027, 8, 17, 23))  # Tuesday 20:00
    bob = live.visitor(TENANT, "bob")
    number = bob.open_for("alice", "Leilão travado", "O lote não abre.", channel="whatsapp")
    live.mail.wait_for("alice", f"#{number}: Leilão travado")
    assert not live.mail.to("grace", f"EMERGENCY #{number}")
    bob.change(number, "emergency", because="")
    assert bob.status == 422 and "Give the reason" in bob.text
    bob.change(number, "emergency", because="A operação parou.")
    assert "It is an emergency now." in bob.text
    live.mail.wait_for("grace", f"EMERGENCY #{number}")
    [[priority]] = live.sql("SELECT priority FROM tickets_ticket WHERE number = %s", [number], tenant=TENANT)
    assert priority == "1"
    bob.change(number, "emergency", because="Era o navegador do cliente.")
    assert "It is no emergency any more." in bob.text
    [[due_at]] = live.sql("SELECT due_at FROM tickets_ticket WHERE number = %s", [number], tenant=TENANT)
    assert due_at == utc(2027, 8, 18, 11, 30), "Wednesday 08:30: the ordinary deadline alone (R18)"
    live.travel_to(utc(2027, 8, 17, 23, 30))
    until(live.is_idle, "what was due is done")
    assert len(live.mail.to("grace", f"EMERGENCY #{number}")) == 1
