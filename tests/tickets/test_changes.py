"""Changes in mid-ticket: priority, plan, situation, reopening. Moments are worked out by hand; November 2026, UTC-3."""

from datetime import UTC, datetime, timedelta

from sla.models import Clock
from tenants.customers.models import Company
from tickets import adoption, lifecycle


def utc(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def opened(person, at, **given):
    given = {"summary": "Meeting will not start", "body": "Error 5003 for everybody."} | given
    return lifecycle.open_ticket(requester=person("alice"), at=at, **given).ticket


def test_another_plan_of_the_company_is_another_promise_and_keeps_the_time_used(desk_of, person):
    """360dialog: Premium answers in 30 minutes, Basic in 24 hours, round the clock (TD04)."""
    desk_of("360dialog")
    ticket = opened(person, utc(23, 12), channel="chat")
    assert ticket.due_at == utc(23, 12, 30)
    Company.objects.filter(pk=ticket.company_id).update(plan="basic")
    assert adoption.adopt_plans(utc(23, 12, 10)) == 1
    ticket.refresh_from_db()
    # 10 of 24 h are used: 12:10 + 23 h 50 min = 12:00 on the next day
    assert (ticket.plan, ticket.due_at) == ("basic", utc(24, 12))
    assert adoption.adopt_plans(utc(23, 12, 20)) == 0


def test_a_raised_priority_counts_from_the_start_and_may_breach_at_once(desk_of, person):
    """Zoom: P3 24 h, P1 1 h (ZM04). Raised after 90 minutes, nothing of the hour is left: due at the change (R15)."""
    desk_of("zoom")
    ticket = opened(person, utc(23, 12), channel="email", priority="3", topic="")
    clock = Clock.objects.get(subject_id=ticket.pk, metric="acknowledgement")
    assert clock.due_at == utc(24, 12)
    lifecycle.triage(ticket, by=person("bob"), at=utc(23, 13, 30), priority="1")
    clock.refresh_from_db()
    assert clock.due_at == utc(23, 13, 30)


def test_the_time_between_resolved_and_reopened_does_not_count(desk_of, person):
    """360dialog: resolution within 48 h elapsed (TD08). Resolved after 10 h, reopened 20 h later: due 20 h later (S9)."""
    desk_of("360dialog")
    ticket = opened(person, utc(23, 12), channel="chat")
    clock = Clock.objects.get(subject_id=ticket.pk, metric="resolution")
    assert clock.due_at == utc(25, 12)
    lifecycle.resolve(ticket, by=person("bob"), at=utc(23, 22), solution="Restarted the line.")
    lifecycle.reopen(ticket, by=person("alice"), at=utc(24, 18), because="Again")
    clock.refresh_from_db()
    assert clock.due_at == utc(26, 8)


def test_waiting_on_the_customer_pauses_the_resolution_but_not_the_first_response(desk_of, person):
    desk_of("360dialog")
    ticket = opened(person, utc(23, 12), channel="chat")
    lifecycle.wait_on_customer(ticket, by=person("bob"), at=utc(23, 13))
    resolution = Clock.objects.get(subject_id=ticket.pk, metric="resolution")
    assert (resolution.status, resolution.due_at) == ("paused", None)
    assert Clock.objects.get(subject_id=ticket.pk, metric="first_response", situation="").status == "running"
    lifecycle.reply(ticket, author=person("alice"), body="Here are the logs.", at=utc(23, 15))
    resolution.refresh_from_db()
    assert resolution.due_at == utc(25, 14)  # two hours of waiting do not count: 12:00 + 48 h + 2 h


def test_a_third_partys_problem_has_no_clock_and_gets_one_back(desk_of, person):
    desk_of("360dialog")
    ticket = opened(person, utc(23, 12), channel="chat")
    bob = person("bob")
    lifecycle.state_situation(
        ticket, by=bob, at=utc(23, 13), situation="third_party", holds=True, because="Meta"
    )
    ticket.refresh_from_db()
    assert (ticket.outcome, ticket.due_at) == ("third_party", None)
    lifecycle.state_situation(
        ticket, by=bob, at=utc(23, 14), situation="third_party", holds=False, because="Ours"
    )
    ticket.refresh_from_db()
    assert ticket.outcome == "in_scope"
    assert ticket.due_at is not None
    assert ticket.due_at - utc(23, 14) <= timedelta(minutes=30)
