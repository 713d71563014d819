"""One case per issue (TD16): merging and undoing it, with the clocks' moments worked out by hand (S10).

The twins' policy: first response in 24 business hours, 08:00 to 18:00 in Sao Paulo (UTC-3), Monday to Friday.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Notification
from policies import publishing
from sla import deadlines
from sla.models import Clock
from tenants import links
from tests.template import twins_policy
from tickets import lifecycle
from tickets.access import visible_to
from tickets.agreements.reports import report_of
from tickets.models import Event, Message, Ticket

MONDAY_8 = datetime(2026, 11, 23, 11, tzinfo=UTC)
MONDAY_14, MONDAY_15, MONDAY_16 = (MONDAY_8 + timedelta(hours=h) for h in (6, 7, 8))
WEDNESDAY_12, WEDNESDAY_18 = datetime(2026, 11, 25, 15, tzinfo=UTC), datetime(2026, 11, 25, 21, tzinfo=UTC)


@pytest.fixture
def two(tenant_a, person):
    """Alice asks on Monday at 8, her colleague Erin the same at 14."""
    source = lifecycle.open_ticket(
        requester=person("alice"), summary="The report is empty", body="Since today.", at=MONDAY_8,
        copies=["boss@example.com"],
    ).ticket  # fmt: skip
    target = lifecycle.open_ticket(
        requester=person("erin"), summary="Empty report", body="Nothing in it.", at=MONDAY_14
    ).ticket
    return source, target


def merge(source, **how):
    """As somebody who has ticked that they may read each other's: Alice and Erin do not see each other's tickets."""
    return lifecycle.merge(source, **how, across=True)


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def clock(ticket, metric="first_response"):
    return Clock.objects.filter(subject_id=ticket.pk, metric=metric).latest("pk")


def test_td16_the_source_ends_as_merged_and_the_target_counts_from_the_earlier_start(two, person):
    source, target = two
    # Erin's own: Monday 14-18 are 4 hours, Tuesday 10, Wednesday 8-18 10: Wednesday 18:00.
    assert (source.due_at, target.due_at) == (WEDNESDAY_12, WEDNESDAY_18)
    merge(source, into=target, by=person("bob"), at=MONDAY_15)
    source, target = fresh(source), fresh(target)
    assert (source.status, source.close_reason, source.merged_into) == ("closed", "merged", target)
    ended = clock(source)
    assert (ended.status, ended.state["ended_as"]) == ("ended", "merged")
    assert (ended.alarm_at, source.due_at) == (None, None)
    # From Alice's Monday 8:00: 10 + 10 + 4 hours: Wednesday 12:00.
    assert (target.due_at, clock(target).started_at) == (WEDNESDAY_12, MONDAY_8)


def test_td16_the_policy_may_let_the_target_keep_its_own_start(tenant_a, person):
    publishing.publish_pack(
        replace(twins_policy(), merged_counts_from_earlier=False), MONDAY_8 - timedelta(days=1)
    )
    source, target = (
        lifecycle.open_ticket(requester=person(who), summary="Empty", body="So.", at=at).ticket
        for who, at in (("alice", MONDAY_8), ("erin", MONDAY_14))
    )
    merge(source, into=target, by=person("bob"), at=MONDAY_15)
    assert (fresh(target).due_at, clock(target).started_at) == (WEDNESDAY_18, MONDAY_14)


def test_td16_an_answered_source_leaves_the_targets_start(two, person):
    source, target = two
    lifecycle.reply(source, author=person("bob"), body="We look.", at=MONDAY_8 + timedelta(hours=1))
    merge(source, into=target, by=person("bob"), at=MONDAY_15)
    assert fresh(target).due_at == WEDNESDAY_18


def test_td16_a_later_source_leaves_the_targets_start(two, person):
    later, earlier = two[1], two[0]
    merge(later, into=earlier, by=person("bob"), at=MONDAY_15)
    assert (fresh(earlier).due_at, clock(earlier).started_at) == (WEDNESDAY_12, MONDAY_8)


def test_td16_merging_answers_nobody(two, person):
    source, target = two
    merge(source, into=target, by=person("bob"), at=MONDAY_15, because="The same report")
    assert clock(target).fulfilled_at is None
    assert not Message.objects.filter(author=person("bob")).exists()
    lifecycle.reply(target, author=person("bob"), body="Fixed.", at=MONDAY_16)
    assert clock(target).fulfilled_at == MONDAY_16


def test_td16_messages_stand_in_the_target_in_their_order_and_say_where_they_came_from(two, person):
    source, target = two
    lifecycle.reply(source, author=person("alice"), body="Still so.", at=MONDAY_14 + timedelta(minutes=30))
    merge(source, into=target, by=person("bob"), at=MONDAY_15)
    said = [(m.body, m.came_from) for m in target.messages.order_by("at", "id")]
    assert said == [("Since today.", 1), ("Nothing in it.", None), ("Still so.", 1)]
    assert not source.messages.exists()


def test_td16_who_heard_of_the_source_hears_of_the_target_and_is_told_once(two, person):
    source, target = two
    Notification.objects.all().delete()
    merge(source, into=target, by=person("bob"), at=MONDAY_15)
    told = Notification.objects.filter(kind="ticket_merged")
    assert sorted(told.values_list("address", flat=True)) == ["alice@example.com", "boss@example.com"]
    assert {each.words["other_number"] for each in told} == {"2"}
    assert sorted(target.participants.values_list("address", flat=True)) == [
        "alice@example.com", "boss@example.com",
    ]  # fmt: skip
    assert target in visible_to(person("alice"))
    lifecycle.reply(target, author=person("bob"), body="Fixed.", at=MONDAY_16)
    heard = Notification.objects.filter(kind="ticket_replied").values_list("address", flat=True)
    assert sorted(heard) == ["alice@example.com", "boss@example.com", "erin@example.com"]


def test_td16_what_is_said_to_the_source_is_heard_in_the_target(two, person, client_for, tenant_a):
    source, target = two
    merge(source, into=target, by=person("bob"), at=MONDAY_15)
    message = lifecycle.reply(source, author=person("alice"), body="More of it.", at=MONDAY_16)
    assert message.ticket == target
    assert fresh(source).status == "closed"
    # The link of an earlier mail leads there, as Alice.
    token = links.sign("guest", source.pk, MONDAY_8)
    page = client_for(tenant_a).get(f"/t/{token}/").content.decode()
    assert "Empty report" in page and "More of it." in page
    client_for(tenant_a).post(f"/t/{token}/reply/", {"body": "By the old link."})
    last = target.messages.latest("pk")
    assert (last.body, last.author) == ("By the old link.", person("alice"))
    # Signed in, the old address leads to the new one.
    answer = client_for(tenant_a, person("alice")).get(f"/tickets/{source.number}/")
    assert answer.url == f"/tickets/{target.number}/"


def test_td16_a_reply_on_its_way_while_merging_still_starts_the_silence(two, person):
    """Bob's answer in the source is handed over after the merge, and the target waits on the customer (C4)."""
    source, target = two
    bob = person("bob")
    lifecycle.reply(source, author=bob, body="Which report?", at=MONDAY_14)
    merge(source, into=target, by=bob, at=MONDAY_15)
    message = Message.objects.get(body="Which report?")
    lifecycle.wait_on_customer(target, by=bob, at=MONDAY_15)
    assert not Clock.objects.filter(subject_id=target.pk, metric="silence").exists()
    notice = Notification.objects.get(kind="ticket_replied", address="alice@example.com")
    notice.sent_at = MONDAY_15 + timedelta(minutes=1)
    lifecycle.delivered(notice)
    message.refresh_from_db()
    assert message.delivered_at == MONDAY_15 + timedelta(minutes=1)
    # 72 elapsed hours after it.
    assert clock(target, "silence").due_at == MONDAY_15 + timedelta(minutes=1, hours=72)


def test_td16_a_waiting_target_goes_on_when_its_new_part_waits_for_us(two, person):
    source, target = two
    bob = person("bob")
    lifecycle.reply(target, author=bob, body="Which one?", at=MONDAY_14, wait=True)
    merge(source, into=target, by=bob, at=MONDAY_15)
    target = fresh(target)
    assert target.status == "open"
    # Erin was answered, Alice never was, and this policy promises no next response: nothing more is due.
    assert target.due_at is None


def test_td16_every_clock_of_the_target_that_counts_from_a_start_takes_the_earlier_one(desk_of, person):
    """360dialog counts around the clock: first response in 30 minutes, resolution in 48 hours."""
    desk_of("360dialog")
    noon = datetime(2027, 3, 10, 12, tzinfo=UTC)
    source, target = (
        lifecycle.open_ticket(requester=person(who), summary="Old value", body="In the hub.", at=at).ticket
        for who, at in (("alice", noon), ("erin", noon + timedelta(minutes=5)))
    )
    # Premium: 30 minutes from Alice's message, 12:30, not from Erin's.
    assert clock(target).due_at == noon + timedelta(minutes=35)
    merge(source, into=target, by=person("bob"), at=noon + timedelta(minutes=10))
    assert clock(target).due_at == noon + timedelta(minutes=30)
    # Resolution, 48 elapsed hours, counts from Alice's message too.
    assert clock(target, "resolution").due_at == noon + timedelta(hours=48)
    assert clock(source, "resolution").state["ended_as"] == "merged"


def test_td16_undone_the_two_are_as_if_they_had_never_been_one(two, person):
    source, target = two
    bob = person("bob")
    merge(source, into=target, by=bob, at=MONDAY_15)
    lifecycle.unmerge(fresh(source), by=bob, at=MONDAY_16)
    source, target = fresh(source), fresh(target)
    assert (source.status, source.merged_into, source.closed_at) == ("new", None, None)
    # The hour in between counts: Alice has waited all along.
    assert (source.due_at, target.due_at) == (WEDNESDAY_12, WEDNESDAY_18)
    assert [m.body for m in source.messages.all()] == ["Since today."]
    assert [m.came_from for m in Message.objects.all()] == [None, None]
    assert not target.participants.exists()
    assert target not in visible_to(person("alice"))
    assert Notification.objects.filter(kind="ticket_unmerged", address="alice@example.com").count() == 1


def test_td16_undone_a_paused_source_is_paused_since_when_it_was(two, person):
    source, target = two
    bob = person("bob")
    lifecycle.wait_on_third_party(source, by=bob, at=MONDAY_8 + timedelta(hours=1), because="The bank")
    before = clock(source).state
    merge(source, into=target, by=bob, at=MONDAY_15)
    lifecycle.unmerge(fresh(source), by=bob, at=MONDAY_16)
    assert clock(source).state == before
    assert fresh(source).status == "on_hold"


def test_td16_what_the_sources_customer_said_since_goes_back_with_them(two, person):
    source, target = two
    bob = person("bob")
    merge(source, into=target, by=bob, at=MONDAY_15)
    lifecycle.reply(
        source, author=person("alice"), body="Mine is another.", at=MONDAY_15 + timedelta(minutes=9)
    )
    lifecycle.unmerge(fresh(source), by=bob, at=MONDAY_16)
    assert [m.body for m in source.messages.order_by("at")] == ["Since today.", "Mine is another."]


def test_td16_a_merge_is_undone_for_a_day(two, person):
    source, target = two
    merge(source, into=target, by=person("bob"), at=MONDAY_15)
    with pytest.raises(ValidationError, match="24 hours"):
        lifecycle.unmerge(fresh(source), by=person("bob"), at=MONDAY_15 + timedelta(hours=24, seconds=1))


def test_td16_a_chain_leads_to_its_end(two, person):
    source, target = two
    bob = person("bob")
    third = lifecycle.open_ticket(requester=person("erin"), summary="Report", body="x", at=MONDAY_15).ticket
    merge(source, into=target, by=bob, at=MONDAY_15)
    merge(target, into=third, by=bob, at=MONDAY_16)
    assert [(m.body, m.came_from) for m in third.messages.order_by("at")] == [
        ("Since today.", 1), ("Nothing in it.", 2), ("x", None),
    ]  # fmt: skip
    assert lifecycle.reply(fresh(source), author=person("alice"), body="So?", at=MONDAY_16).ticket == third
    with pytest.raises(ValidationError, match="undo that first"):
        lifecycle.unmerge(fresh(source), by=bob, at=MONDAY_16)
    lifecycle.unmerge(fresh(target), by=bob, at=MONDAY_16)
    assert [m.came_from for m in target.messages.order_by("at")][:2] == [1, None]


def test_td16_what_cannot_be_merged_is_refused_with_the_reason(two, person):
    source, target = two
    bob = person("bob")
    strangers = lifecycle.open_ticket(
        requester=person("frank"), summary="Other", body="x", at=MONDAY_15
    ).ticket
    for other, said in ((source, "itself"), (strangers, "another customer")):
        with pytest.raises(ValidationError, match=said):
            lifecycle.merge(source, into=other, by=bob, at=MONDAY_15)
    merge(source, into=strangers, by=bob, at=MONDAY_15)
    with pytest.raises(ValidationError, match="open ticket"):
        merge(fresh(source), into=target, by=bob, at=MONDAY_15)
    with pytest.raises(ValidationError, match="has ended"):
        merge(target, into=fresh(source), by=bob, at=MONDAY_15)
    with pytest.raises(ValidationError, match="undo that instead"):
        lifecycle.reopen(fresh(source), by=bob, at=MONDAY_16)


def test_td16_refused_nothing_has_changed(two, person):
    source, target = two
    lifecycle.resolve(target, by=person("bob"), at=MONDAY_15, solution="Fixed.")
    before = (Event.objects.count(), Notification.objects.count(), fresh(source).status)
    with pytest.raises(ValidationError):
        merge(source, into=target, by=person("bob"), at=MONDAY_16)
    assert (Event.objects.count(), Notification.objects.count(), fresh(source).status) == before


def test_td16_the_targets_own_words_decide_not_what_merging_brought(two, person):
    """Alice's older message speaks of a server, which is out of scope; Erin's ticket stays what it is when its topic changes."""
    from tickets.facts import facts_of

    source, target = two
    source.messages.update(body="Please configure my VPS server.")
    merge(source, into=target, by=person("bob"), at=MONDAY_15)
    assert "VPS" not in facts_of(fresh(target), MONDAY_16).text


def test_td16_both_tickets_are_locked_in_order_of_their_ids_whichever_is_merged(two, person):
    later, earlier = two[1], two[0]
    for source, target in ((later, earlier), (earlier, later)):
        with CaptureQueriesContext(connection) as seen:
            merge(fresh(source), into=fresh(target), by=person("bob"), at=MONDAY_15)
        locks = [q["sql"] for q in seen if "FOR UPDATE" in q["sql"] and "tickets_ticket" in q["sql"]]
        wanted = [f'"tickets_ticket"."id" = {ticket.pk}' for ticket in (earlier, later)]
        assert len(locks) >= 2 and all(w in lock for w, lock in zip(wanted, locks, strict=False))
        lifecycle.unmerge(fresh(source), by=person("bob"), at=MONDAY_15)


def test_td16_a_merged_ticket_and_one_without_a_promise_count_in_no_rate(two, person):
    """Not even where its deadline had been missed before: the customer's own report (of November) names neither."""
    source, target = two
    free = lifecycle.open_ticket(
        requester=person("alice"), summary="VPS", body="Please configure my VPS.", at=MONDAY_15
    ).ticket
    favour = lifecycle.open_ticket(requester=person("alice"), summary="Logo", body="x", at=MONDAY_15).ticket
    assert not Clock.objects.filter(subject_id=free.pk).exists()
    late = WEDNESDAY_18 + timedelta(days=1)
    for ticket in (source, favour):
        row = clock(ticket)
        deadlines.record_breach(row, late)
        row.save()
    merge(source, into=target, by=person("bob"), at=late)
    lifecycle.rule_out(favour, by=person("bob"), at=late, outcome="no_sla", because="A favour.")
    policy = publishing.policy_of(publishing.version_in_force(late))
    told = report_of(source.company, date(2026, 11, 1), policy)
    assert (told.opened, told.lines, told.missed) == (4, [], [])
    assert told.unpromised == 2
