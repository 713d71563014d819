"""What happens by itself: warnings, breaches, escalations, reminders, closings. Moments are worked out by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from notifications import outbox
from notifications.models import Notification
from policies.document import EscalationStep
from sla import deadlines
from sla.models import Breach, Clock
from tenants.customers.models import Company
from tickets import alarms, explaining, lifecycle, windows
from tickets.models import Event, Ticket
from tickets.portal.standing import standing_of
from tickets.tasks import ring_due


def utc(day, hour, minute=0, second=0):
    """November 2026; Sao Paulo is UTC-3 all year."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


MONDAY_8 = utc(23, 11)


def opened(person, at=MONDAY_8, **given):
    given = {"summary": "Report", "body": "It shows nothing."} | given
    return lifecycle.open_ticket(requester=person("alice"), at=at, **given).ticket


def hand_over(at):
    for notice in outbox.deliver(at):
        lifecycle.delivered(notice)


def kinds(ticket):
    return list(Event.objects.filter(ticket=ticket).order_by("at", "id").values_list("kind", flat=True))


def test_a_breach_is_noticed_after_its_moment_and_dated_at_it(tenant_a, person):
    ticket = opened(person)
    due = utc(25, 15)  # Monday 10 h, Tuesday 10 h, Wednesday 4 h: 12:00 in Sao Paulo
    ring_due(due)
    assert not Breach.objects.exists(), "at the deadline itself nothing is broken (R9)"
    ring_due(due + timedelta(minutes=5))
    breach = Breach.objects.get()
    assert (breach.breached_at, breach.detected_at) == (due, due + timedelta(minutes=5))
    ticket.refresh_from_db()
    assert ticket.clock_state == "breached"
    assert ticket.escalated_at is not None
    assert "escalated" in kinds(ticket)
    told = set(
        Notification.objects.filter(kind="escalated", channel="email").values_list("address", flat=True)
    )
    assert "carol@example.com" in told


def test_a_second_look_at_the_same_moment_does_nothing_twice(tenant_a, person):
    opened(person)
    for _ in range(3):
        ring_due(utc(26, 15))
    assert Breach.objects.count() == 1
    assert (
        Notification.objects.filter(
            kind="deadline_breached", address="carol@example.com", channel="email"
        ).count()
        <= 1
    )


def test_an_answer_in_time_leaves_nothing_to_ring(tenant_a, person):
    ticket = opened(person)
    lifecycle.reply(ticket, author=person("bob"), body="Look under menu.", at=utc(24, 12))
    ring_due(utc(30, 12))
    assert not Breach.objects.exists()
    assert Clock.objects.get(subject_id=ticket.pk, metric="first_response").status == "fulfilled"


def test_silence_reminds_and_then_closes(tenant_a, person):
    ticket = opened(person)
    at = utc(24, 12)
    lifecycle.reply(ticket, author=person("bob"), body="Which version?", at=at, wait=True)
    assert not Clock.objects.filter(metric="silence").exists(), (
        "the silence begins when the mail is handed over (C4)"
    )
    hand_over(at + timedelta(seconds=30))
    silence = Clock.objects.get(metric="silence")
    begins = silence.started_at
    assert begins >= at + timedelta(seconds=30)
    # reminders 24 h and 48 h after it began, the close after 72 h of silence (ZP07)
    ring_due(begins + timedelta(hours=24))
    assert Notification.objects.filter(kind="silence_reminder").count() == 1
    ring_due(begins + timedelta(hours=48))
    assert Notification.objects.filter(kind="silence_reminder").count() == 2
    ring_due(begins + timedelta(hours=72))
    ticket.refresh_from_db()
    assert ticket.status == "pending", "more than 72 hours, so not at 72"
    ring_due(begins + timedelta(hours=72, seconds=1))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.closed_by_system, ticket.close_reason) == ("closed", True, "silence")
    assert Notification.objects.filter(kind="silence_closed", address="alice@example.com").count() == 1


def test_overdue_reminder_and_close_send_only_the_reminder(tenant_a, person):
    ticket = opened(person)
    at = utc(24, 12)
    lifecycle.reply(ticket, author=person("bob"), body="Which version?", at=at, wait=True)
    hand_over(at)
    begins = Clock.objects.get(metric="silence").started_at
    late = begins + timedelta(hours=100)
    ring_due(late)
    ticket.refresh_from_db()
    assert ticket.status == "pending"
    assert Notification.objects.filter(kind="silence_reminder").count() == 1
    # Every page says the moment at which it really closes, 24 h after the reminder, not the one that has passed.
    closes_at = late + timedelta(hours=24)
    assert standing_of(ticket, late).closes_at == closes_at
    told = explaining.why(ticket, "silence", late, "en", long=False)
    assert told["due_at"] == closes_at
    assert any("the close waits" in sentence for sentence in told["sentences"])
    (shown,) = [each for each in explaining.clocks_of(ticket, late, "en") if each.metric == "silence"]
    assert (shown.due_at, shown.remaining, shown.status) == (closes_at, timedelta(hours=24), "running")
    ring_due(late + timedelta(hours=23))
    ticket.refresh_from_db()
    assert ticket.status == "pending", "the close comes 24 h after the late reminder (C6)"
    ring_due(late + timedelta(hours=24, seconds=1))
    ticket.refresh_from_db()
    assert ticket.status == "closed"


def test_a_message_of_the_customer_ends_the_silence(tenant_a, person):
    ticket = opened(person)
    at = utc(24, 12)
    lifecycle.reply(ticket, author=person("bob"), body="Which version?", at=at, wait=True)
    hand_over(at)
    lifecycle.reply(ticket, author=person("alice"), body="3.1", at=at + timedelta(hours=30))
    ring_due(at + timedelta(days=10))
    ticket.refresh_from_db()
    assert ticket.status == "open"


def test_an_alarm_that_raises_is_parked_after_three(tenant_a, person, monkeypatch):
    opened(person)

    def fail(*args):
        raise RuntimeError("broken template")

    monkeypatch.setattr(alarms, "_act", fail)
    for _ in range(5):
        ring_due(utc(26, 15))
    clock = Clock.objects.get(metric="first_response")
    assert clock.attempts == deadlines.ATTEMPTS
    assert "broken template" in clock.parked_because


def test_a_window_retimes_and_its_end_leaves_the_ordinary_deadline(desk_of, person):
    """R18: opened Sunday 20:00 in a window with target 0 and grace 5 min: due 20:00; the window ends at 20:03, so due is
    Monday 08:30 (30 minutes of 08-18)."""
    desk_of("suporte-leiloes")
    company = Company.objects.get(name__startswith="Company")
    sunday_20 = utc(22, 23)
    windows.open_window(company=company, kind="auction", name="Leilão", starts_at=utc(22, 21),
                        ends_at=utc(22, 23, 3), by=None, at=utc(22, 20))  # fmt: skip
    ticket = opened(person, at=sunday_20, channel="whatsapp", summary="Lote travado", body="O lote não abre.")
    assert ticket.due_at == sunday_20
    ring_due(utc(22, 23, 4))
    ticket.refresh_from_db()
    assert ticket.due_at == utc(23, 11, 30)
    assert not Breach.objects.exists()


def test_a_window_that_stays_open_breaches_after_the_grace(desk_of, person):
    desk_of("suporte-leiloes")
    company = Company.objects.get(name__startswith="Company")
    ticket = opened(
        person, at=utc(22, 15), channel="whatsapp", summary="Lote travado", body="O lote não abre."
    )
    assert ticket.due_at == utc(23, 11, 30), "Sunday: 30 minutes from Monday 08:00"
    windows.open_window(company=company, kind="auction", name="Leilão", starts_at=utc(22, 21),
                        ends_at=utc(22, 22), by=None, at=utc(22, 20))  # fmt: skip
    ring_due(utc(22, 21))
    ticket.refresh_from_db()
    assert ticket.due_at == utc(22, 21), "immediate, from the beginning of the auction"
    ring_due(utc(22, 22, 30))  # noticed late: the breach at 21:05 comes before the window's end at 22:00
    assert Breach.objects.get().breached_at == utc(22, 21, 5)
    ticket.refresh_from_db()
    assert ticket.due_at == utc(23, 11, 30)


@pytest.fixture
def emergency_in_an_auction(desk_of, person):
    """Opened on Sunday at 20:00, while an auction of the company runs: promised an answer at once for two reasons."""
    desk_of("suporte-leiloes")
    company = Company.objects.get(name__startswith="Company")
    windows.open_window(company=company, kind="auction", name="Leilão", starts_at=utc(22, 21),
                        ends_at=utc(23, 2), by=None, at=utc(22, 20))  # fmt: skip
    return opened(person, at=utc(22, 23), summary="Caiu", body="Tudo parou.", emergencies=["server-down"])


@pytest.mark.parametrize("alone", [False, True])
def test_an_emergency_in_an_auction_is_escalated_once_and_each_person_hears_of_it_once(
    emergency_in_an_auction, monkeypatch, alone
):
    if alone:  # as where a batch fails: each alarm in a transaction of its own
        monkeypatch.setattr(alarms, "_read_for_all", lambda *given: 1 / 0)
    ring_due(utc(22, 23, 5, 1))
    # Both promises are in the ledger, at 20:00 and five minutes of grace.
    assert [row.breached_at for row in Breach.objects.all()] == [utc(22, 23, 5)] * 2
    for kind in ("escalated", "deadline_breached"):
        told = list(Notification.objects.filter(kind=kind, channel="email").values_list("address", flat=True))
        assert told and len(told) == len(set(told)), (kind, told)
    steps = [event.data["step"] for event in Event.objects.filter(kind="escalated").order_by("id")]
    assert steps == ["breach", "breach-in-emergency"], "both steps were taken, each once"
    told = Notification.objects.filter(kind="escalated", channel="email")
    names = {address.split("@")[0] for address in told.values_list("address", flat=True)}
    assert names == {"bob", "carol", "dora", "grace"}, "those of the second step too"


def test_what_two_steps_of_one_moment_change_is_told_together_each_team_once(desk_of, person):
    """360dialog's resolution: a step adds the technical team, another all teams and a severity."""
    desk_of("360dialog")
    opened(person, topic="other")
    ring_due(MONDAY_8 + timedelta(hours=49))
    told = Notification.objects.filter(kind="escalated", channel="email", address="carol@example.com")
    change = told.latest("pk").words["change"]["en"]
    assert change == "Changed: Technical team, Major, First level, Partners (Meta)."


def test_delayed_steps_of_one_moment_are_told_once_of_two_promises(emergency_in_an_auction, monkeypatch):
    hour = timedelta(hours=1)
    steps = (
        EscalationStep("calm", notify=("supervisors",), after=hour),
        EscalationStep("loud", notify=("supervisors", "admins"), after=hour),
    )
    real = alarms.policy_of
    monkeypatch.setattr(alarms, "policy_of", lambda ticket: replace(real(ticket), escalation=steps))
    ring_due(utc(22, 23, 5, 1))
    assert not Notification.objects.filter(kind="escalated").exists()
    ring_due(utc(23, 0, 5, 1))
    told = Notification.objects.filter(kind="escalated", channel="email").values_list("address", flat=True)
    assert sorted(told) == ["carol@example.com", "dora@example.com"]
    assert Event.objects.filter(kind="escalated").count() == 2
    assert not Clock.objects.filter(attempts__gt=0).exists()


@pytest.mark.parametrize("times", [2])
def test_numbers_have_no_gaps_when_an_opening_fails(tenant_a, person, times, monkeypatch):
    opened(person)
    monkeypatch.setattr("tickets.lifecycle.opening.start_clocks", lambda *a, **k: 1 / 0)
    for _ in range(times):
        with pytest.raises(ZeroDivisionError):
            opened(person)
    monkeypatch.undo()
    assert opened(person).number == 2
    assert Ticket.objects.count() == 2


def test_an_alarm_that_stays_due_after_it_was_rung_is_parked(tenant_a, person, monkeypatch):
    opened(person)
    monkeypatch.setattr(alarms, "_act", lambda *args: None)
    for _ in range(5):
        ring_due(utc(26, 15))
    clock = Clock.objects.get(metric="first_response")
    assert clock.attempts == deadlines.ATTEMPTS
    assert "still due" in clock.parked_because
