"""After a stop: what is late is done in order, once, in bounded turns (C3, C7, C8, C9). C4, C6: test_alarms; C10: test_outbox."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.models import Notification
from sla import deadlines
from sla.models import Breach, Clock
from tickets import alarms, lifecycle, tasks
from tickets.models import Event
from tickets.tasks import ring_due


def utc(day, hour, minute=0):
    """November 2026; Sao Paulo is UTC-3 all year."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


MONDAY_8 = utc(23, 11)
DUE = utc(25, 15)  # Monday 10 h, Tuesday 10 h, Wednesday 4 h: 12:00 in Sao Paulo


def opened(person, at=MONDAY_8, **given):
    given = {"summary": "Report", "body": "It shows nothing."} | given
    return lifecycle.open_ticket(requester=person("alice"), at=at, **given).ticket


def test_c03_a_warning_and_a_breach_that_are_both_late_come_in_order_and_escalate_once(tenant_a, person):
    ticket = opened(person)
    ring_due(DUE + timedelta(days=5))
    kinds = list(
        Event.objects.filter(ticket=ticket, kind__in=["warned", "breached", "escalated"])
        .order_by("id")
        .values_list("kind", flat=True)
    )
    assert kinds[:2] == ["warned", "breached"]
    assert set(kinds[2:]) == {"escalated"}
    assert Breach.objects.get().breached_at == DUE
    told = Notification.objects.filter(kind="escalated", channel="email", address="carol@example.com")
    assert told.count() == kinds.count("escalated")


def test_c07_an_alarm_whose_reason_is_gone_changes_nothing(tenant_a, person):
    """Chosen as due, and answered before its turn came: the clock is read again under the ticket's lock."""
    ticket = opened(person)
    [(clock, row, _)] = deadlines.due_alarms(DUE + timedelta(minutes=1), 10)
    deadlines.count_attempts([clock])
    lifecycle.reply(ticket, author=person("bob"), body="Look under menu.", at=DUE - timedelta(hours=1))
    assert alarms.ring(clock, row, DUE + timedelta(minutes=1))
    assert not Breach.objects.exists()
    assert not Event.objects.filter(ticket=ticket, kind__in=["warned", "breached"]).exists()
    assert Clock.objects.get(pk=clock).attempts == 0


def test_c07_a_silence_that_is_over_is_void_and_says_so(tenant_a, person):
    ticket = opened(person)
    at = utc(23, 12)
    lifecycle.reply(ticket, author=person("bob"), body="Which version?", at=at, wait=True)
    lifecycle.seen_in_portal(ticket, at=at)
    ticket.refresh_from_db()
    ticket.status = "open"  # as if something had ended the wait and forgotten the clock
    ticket.save()
    ring_due(at + timedelta(hours=25))
    silence = Clock.objects.get(metric="silence")
    assert (silence.status, silence.state["ended_as"]) == ("ended", "void")
    assert not Notification.objects.filter(kind="silence_reminder").exists()


def test_c08_a_promise_that_repeats_is_missed_once_however_long_the_stop(desk_of, person):
    """360dialog owes an update every 24 hours. After ten days without a worker there is one missed update, not ten."""
    desk_of("360dialog")
    ticket = opened(person, topic="other")
    ring_due(MONDAY_8 + timedelta(days=10))
    assert Breach.objects.filter(metric="periodic_update").count() == 1
    ring_due(MONDAY_8 + timedelta(days=11))
    assert Breach.objects.filter(metric="periodic_update").count() == 1
    assert (
        Event.objects.filter(ticket=ticket, kind="breached").count() == 3
    )  # with the response and the resolution


@pytest.mark.parametrize("batch", [2])
def test_c09_catching_up_takes_bounded_turns(tenant_a, person, monkeypatch, batch):
    """A turn ends after five batches: what is left is said to be left, and the next tenant is served."""
    monkeypatch.setattr(tasks, "BATCH", batch)
    for _ in range(12):
        opened(person)
    late = DUE + timedelta(days=1)
    rung, is_more = ring_due(late)
    assert rung <= 6 * batch
    assert is_more
    turns = 1
    while is_more and turns < 10:
        _, is_more = ring_due(late)
        turns += 1
    assert not is_more
    assert Breach.objects.count() == 12


def test_c09_a_ticket_that_somebody_works_on_is_left_for_the_next_turn(tenant_a, person, monkeypatch):
    """An agent's open transaction has the ticket: the alarm steps aside and is not counted as tried."""
    opened(person)
    monkeypatch.setattr(alarms, "_claimed", lambda ticket_ids: [])
    assert ring_due(DUE + timedelta(minutes=1)) == (0, True)
    assert Clock.objects.get(metric="first_response").attempts == 0
    monkeypatch.undo()
    ring_due(DUE + timedelta(minutes=1))
    assert Breach.objects.count() == 1
