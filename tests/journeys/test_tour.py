"""The tour: within five minutes a newcomer sees warning, breach, escalation, reminder and closing happen by themselves."""

from datetime import timedelta

import pytest

from tests.journeys.live import utc

pytestmark = pytest.mark.journey

TENANT = "tour"
START = utc(2027, 2, 3, 13)


def test_tour_shows_everything_that_happens_by_itself_within_five_minutes(live):
    alice, bob = live.visitor(TENANT, "alice"), live.visitor(TENANT, "bob")
    live.travel_to(START)
    left_alone = alice.ask("Ninguém responde", topic="question")
    live.mail.wait_for("alice", f"#{left_alone}: Ninguém responde")
    asked_back = alice.ask("Falta um detalhe", topic="question")
    bob.answer(asked_back, "Qual é o detalhe?", wait="on")
    live.mail.wait_for("alice", "Qual é o detalhe?")  # from here on Alice is silent
    silent_since = live.now()

    # Minute 1: half of the two minutes for the first response are over.
    live.travel_to(START + timedelta(seconds=61))
    live.mail.wait_for("bob", f"Deadline near for #{left_alone} (first response)")
    assert not live.mail.to("bob", f"Deadline missed for #{left_alone}")

    # Minute 2: the first response is missed. The priority rises from Normal to High, the second line joins.
    live.travel_to(max(live.now(), START + timedelta(seconds=122)))
    live.mail.wait_for("bob", f"Deadline missed for #{left_alone} (first response)")
    escalation = live.mail.wait_for("carol", f"Escalated: #{left_alone} ")
    assert "Alta" in escalation.text
    assert "Segunda linha" in escalation.text
    bob.open(f"/desk/tickets/{left_alone}/")
    assert "Escalation for the first response → High, Segunda linha" in bob.text

    # A minute of silence: Alice is reminded of the question; after three the ticket closes.
    live.travel_to(max(live.now(), silent_since + timedelta(seconds=62)))
    live.mail.wait_for("alice", f"Do you still need help with #{asked_back}")
    live.travel_to(max(live.now(), silent_since + timedelta(seconds=182), START + timedelta(seconds=242)))
    live.mail.wait_for("alice", f"Request #{asked_back} was closed")
    assert "Closed, because no answer came" in alice.open(f"/tickets/{asked_back}/").text

    # Minute 4: the resolution of the other one is missed too.
    live.mail.wait_for("bob", f"Deadline missed for #{left_alone} (resolution)")
