"""Work out of hours through the real processes: offered by mail, quoted, accepted once of two at the same moment, lapsed unasked.

São Paulo is UTC-3; Suporte Leilões is open Monday to Friday, 08:00 to 18:00.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.journeys.live import until, utc

pytestmark = pytest.mark.journey

TENANT = "suporte-leiloes"
FRIDAY_20 = utc(2027, 8, 20, 23)  # Friday 20 August 2027, 20:00


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
