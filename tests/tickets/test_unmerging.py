"""A merge that is undone (S10): two tickets as if they had never been one, and what was said meanwhile where it belongs.

Clocks by hand, around the clock: a first response in 30 minutes, every further one within two hours (`answers_all`).
"""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from notifications.models import Notification
from sla import deadlines
from sla.models import Breach, Clock
from tickets import alarms, lifecycle
from tickets.lifecycle import splitting, unmerging
from tickets.models import Message, Ticket

NOON = datetime(2027, 3, 10, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def opened(person):
    def one(who="alice", at=NOON, **more):
        given = {"summary": f"Of {who}", "body": "It does not work."} | more
        return lifecycle.open_ticket(requester=person(who), at=at, **given).ticket

    return one


@pytest.fixture
def merge(person):
    def merged(source, into, at):
        lifecycle.merge(fresh(source), into=fresh(into), by=person("bob"), at=at, across=True)

    return merged


@pytest.fixture
def unmerge(person):
    return lambda source, at: lifecycle.unmerge(fresh(source), by=person("bob"), at=at)


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def clocks(ticket, metric, status="running"):
    return list(
        Clock.objects.filter(subject_id=ticket.pk, metric=metric, status=status).order_by("started_at")
    )


def ring(now):
    """All that is due by then: the warning, then the breach."""
    while due := deadlines.due_alarms(now, 50):
        for clock_id, ticket_id, _at in due:
            alarms.ring(clock_id, ticket_id, now)


# --- what was said meanwhile ------------------------------------------------------------------------------------------


@pytest.fixture
def answered(answers_all, person, opened):
    """Alice's and Erin's, both answered a minute past noon; Alice is waited on."""
    source, target = opened("alice"), opened("erin")
    for ticket in (source, target):
        lifecycle.reply(
            ticket, author=person("bob"), body="Which one?", at=NOON + MINUTE, wait=ticket == source
        )
    return fresh(source), fresh(target)


def test_td16_what_the_sources_customer_wrote_meanwhile_goes_on_with_the_source(
    answered, person, merge, unmerge
):
    """She wrote 20 minutes past noon: since then it is ours again, and due at 14:20."""
    source, target = answered
    assert clocks(source, "resolution", "paused")
    merge(source, target, NOON + 10 * MINUTE)
    lifecycle.reply(fresh(source), author=person("alice"), body="This one.", at=NOON + 20 * MINUTE)
    assert clocks(target, "next_response")
    unmerge(source, NOON + 30 * MINUTE)
    source, target = fresh(source), fresh(target)
    assert (source.status, source.waiting_since, source.last_word) == ("open", None, "This one.")
    assert [row.due_at for row in clocks(source, "next_response")] == [NOON + 140 * MINUTE]
    # 48 hours from noon; the 19 minutes that she was waited on do not count.
    assert [row.due_at for row in clocks(source, "resolution")] == [NOON + 48 * HOUR + 19 * MINUTE]
    ended = Clock.objects.get(subject_id=target.pk, metric="next_response")
    assert (ended.status, ended.state["ended_as"]) == ("ended", "unmerged")


def test_td16_the_targets_own_message_is_awaited_from_when_it_was_written(answered, person, merge, unmerge):
    source, target = answered
    merge(source, target, NOON + 10 * MINUTE)
    lifecycle.reply(fresh(source), author=person("alice"), body="This one.", at=NOON + 20 * MINUTE)
    lifecycle.reply(fresh(target), author=person("erin"), body="And mine?", at=NOON + 25 * MINUTE)
    assert [row.started_at for row in clocks(target, "next_response")] == [NOON + 20 * MINUTE]
    unmerge(source, NOON + 30 * MINUTE)
    assert [row.started_at for row in clocks(source, "next_response")] == [NOON + 20 * MINUTE]
    assert [row.started_at for row in clocks(target, "next_response")] == [NOON + 25 * MINUTE]


def test_td16_so_it_is_where_the_merge_itself_began_the_wait(answers_all, person, opened, merge, unmerge):
    """Alice was never answered, Erin was: from the merge on the target owes an answer, of which Erin's part is none."""
    source, target = opened("alice"), opened("erin")
    lifecycle.reply(target, author=person("bob"), body="Which one?", at=NOON + MINUTE)
    merge(source, target, NOON + 10 * MINUTE)
    assert [row.started_at for row in clocks(target, "next_response")] == [NOON]
    lifecycle.reply(fresh(target), author=person("erin"), body="Mine.", at=NOON + 20 * MINUTE)
    unmerge(source, NOON + 30 * MINUTE)
    assert [row.started_at for row in clocks(target, "next_response")] == [NOON + 20 * MINUTE]
    assert [row.started_at for row in clocks(source, "first_response")] == [NOON]


def test_td16_what_a_colleague_in_copy_of_the_source_wrote_goes_back_too(
    tenant_a, person, opened, merge, unmerge
):
    source, target = opened("alice", copies=["frank@example.com"]), opened("erin")
    merge(source, target, NOON + MINUTE)
    lifecycle.reply(fresh(target), author=person("frank"), body="Of the source.", at=NOON + 2 * MINUTE)
    lifecycle.reply(fresh(target), author=person("erin"), body="Of the target.", at=NOON + 3 * MINUTE)
    unmerge(source, NOON + 4 * MINUTE)
    assert [m.body for m in source.messages.order_by("at")] == ["It does not work.", "Of the source."]
    assert [m.body for m in target.messages.order_by("at")] == ["It does not work.", "Of the target."]


def test_td16_even_if_they_have_left_it_since(tenant_a, person, opened, merge, unmerge):
    source, target = opened("alice", copies=["frank@example.com"]), opened("erin")
    merge(source, target, NOON + MINUTE)
    lifecycle.reply(fresh(target), author=person("frank"), body="Enough of it.", at=NOON + 2 * MINUTE)
    lifecycle.leave_conversation(target.participants.get(person=person("frank")), at=NOON + 3 * MINUTE)
    unmerge(source, NOON + 4 * MINUTE)
    assert Message.objects.get(body="Enough of it.").ticket == source


# --- the target as it was ---------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(desk_of, person, opened):
    """360dialog: Erin's ticket waits on her since noon, reminders are timed; Alice's was never answered."""
    desk_of("360dialog")
    source, target = opened("alice", at=NOON - HOUR), opened("erin", at=NOON - HOUR)
    lifecycle.reply(target, author=person("bob"), body="Which one?", at=NOON, wait=True)
    lifecycle.seen_in_portal(fresh(target), at=NOON)
    assert clocks(target, "silence")
    return source, fresh(target)


def states_of(ticket):
    rows = Clock.objects.filter(subject_id=ticket.pk).exclude(status="ended").order_by("pk")
    return [(row.metric, row.status, row.state, row.alarm_at, row.steps_done) for row in rows]


def test_td16_a_target_that_waited_on_its_customer_waits_again_with_all_its_clocks(waiting, merge, unmerge):
    source, target = waiting
    before = states_of(target)
    merge(source, target, NOON + MINUTE)
    assert fresh(target).status == "open" and not clocks(target, "silence")
    unmerge(source, NOON + HOUR)
    after = fresh(target)
    assert (after.status, after.waiting_since, after.due_at, after.clock_state) == (
        "pending", NOON, target.due_at, target.clock_state,
    )  # fmt: skip
    assert states_of(target) == before


def test_td16_but_not_where_its_own_customer_has_answered_since(waiting, person, merge, unmerge):
    source, target = waiting
    merge(source, target, NOON + MINUTE)
    lifecycle.reply(fresh(target), author=person("erin"), body="The second.", at=NOON + 2 * MINUTE)
    unmerge(source, NOON + HOUR)
    assert (fresh(target).status, clocks(target, "silence")) == ("open", [])


def test_td16_nor_where_somebody_has_put_it_to_work(waiting, person, merge, unmerge):
    source, target = waiting
    merge(source, target, NOON + MINUTE)
    lifecycle.wait_on_third_party(fresh(target), by=person("bob"), at=NOON + 2 * MINUTE, because="The bank")
    lifecycle.resume_work(fresh(target), by=person("bob"), at=NOON + 3 * MINUTE)
    unmerge(source, NOON + HOUR)
    assert fresh(target).status == "open"


# --- one of several merges --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_td16_of_two_merges_each_is_undone_for_itself(answers_all, opened, merge, unmerge, order):
    """Erin asked at 12:20 (due 12:50), Alice at noon, Frank at 11:50: as one they count from the earliest that is in it."""
    target = opened("erin", at=NOON + 20 * MINUTE)
    sources, starts = (opened("alice"), opened("frank", at=NOON - 10 * MINUTE)), (NOON, NOON - 10 * MINUTE)
    before = states_of(target)
    for source in sources:
        merge(source, target, NOON + 21 * MINUTE)
    first, second = order
    unmerge(sources[first], NOON + 22 * MINUTE)
    assert [row.started_at for row in clocks(target, "first_response")] == [starts[second]]
    unmerge(sources[second], NOON + 23 * MINUTE)
    assert states_of(target) == before


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_td16_what_another_part_is_owed_stays_owed(answers_all, person, opened, merge, unmerge, order):
    """Erin was answered, Alice (noon) and Frank (five past) were not."""
    target = opened("erin", at=NOON - HOUR)
    lifecycle.reply(target, author=person("bob"), body="Which one?", at=NOON + 6 * MINUTE, wait=True)
    sources, starts = (opened("alice"), opened("frank", at=NOON + 5 * MINUTE)), (NOON, NOON + 5 * MINUTE)
    for source in sources:
        merge(source, target, NOON + 10 * MINUTE)
    first, second = order
    unmerge(sources[first], NOON + 20 * MINUTE)
    assert fresh(target).status == "open"
    assert [row.started_at for row in clocks(target, "next_response")] == [starts[second]]
    unmerge(sources[second], NOON + 30 * MINUTE)
    assert (fresh(target).status, clocks(target, "next_response")) == ("pending", [])


# --- breaches ---------------------------------------------------------------------------------------------------------


def test_td16_a_breach_of_the_merge_alone_is_none_when_it_is_undone_and_its_own_is_still_found(
    answers_all, opened, merge, unmerge
):
    """First response in 30 minutes. Alice wrote at noon, Erin at 12:20: as one, late from 12:30 on."""
    source, target = opened("alice"), opened("erin", at=NOON + 20 * MINUTE)
    merge(source, target, NOON + 22 * MINUTE)
    ring(NOON + 31 * MINUTE)
    [row] = clocks(target, "first_response")
    assert Breach.objects.get(clock=row).due_at == NOON + 30 * MINUTE
    unmerge(source, NOON + 40 * MINUTE)
    assert not Breach.objects.filter(subject_id=target.pk).exists()
    assert fresh(target).clock_state == "running"
    assert fresh(target).due_at == NOON + 50 * MINUTE
    for now in (NOON + 41 * MINUTE, NOON + 51 * MINUTE):
        ring(now)
    assert Breach.objects.get(clock=row).due_at == NOON + 50 * MINUTE
    assert fresh(target).clock_state == "breached"
    # Alice's own was due at 12:30, and nobody answered her.
    assert Breach.objects.get(subject_id=source.pk, metric="first_response").due_at == NOON + 30 * MINUTE


@pytest.mark.parametrize(("minute", "is_late"), [(45, False), (55, True)])
def test_td16_an_answer_is_judged_by_the_targets_own_start(
    answers_all, person, opened, merge, unmerge, minute, is_late
):
    """Answered 45 or 55 minutes after noon: late for Alice's start; for Erin's own, due at 12:50, only the second."""
    source, target = opened("alice"), opened("erin", at=NOON + 20 * MINUTE)
    merge(source, target, NOON + 22 * MINUTE)
    ring(NOON + 31 * MINUTE)
    lifecycle.reply(fresh(target), author=person("bob"), body="We look.", at=NOON + minute * MINUTE)
    unmerge(source, NOON + 60 * MINUTE)
    [row] = clocks(target, "first_response", "fulfilled")
    found = [breach.due_at for breach in Breach.objects.filter(clock=row)]
    assert found == ([NOON + 50 * MINUTE] if is_late else [])
    assert (row.breached_at is not None) == is_late


def test_td16_a_breach_from_before_the_merge_stays(answers_all, opened, merge, unmerge):
    source, target = opened("alice"), opened("erin", at=NOON + 20 * MINUTE)
    ring(NOON + 51 * MINUTE)
    before = states_of(target), states_of(source)
    ledger = list(Breach.objects.order_by("pk").values())
    merge(source, target, NOON + 52 * MINUTE)
    unmerge(source, NOON + 60 * MINUTE)
    assert (states_of(target), states_of(source)) == before
    assert list(Breach.objects.order_by("pk").values()) == ledger


# --- twice, and bounces -----------------------------------------------------------------------------------------------


def at_once(monkeypatch, module, undo):
    """While the first waits for the two tickets, somebody else undoes it."""
    wait = module.locked_pair

    def waited(one, other):
        monkeypatch.setattr(module, "locked_pair", wait)
        undo()
        return wait(one, other)

    monkeypatch.setattr(module, "locked_pair", waited)


def test_td16_undone_by_two_at_once_a_merge_is_undone_once(tenant_a, opened, merge, unmerge, monkeypatch):
    source, target = opened("alice"), opened("erin")
    merge(source, target, NOON + MINUTE)
    at_once(monkeypatch, unmerging, lambda: unmerge(source, NOON + 2 * MINUTE))
    with pytest.raises(ValidationError, match="not merged"):
        unmerge(source, NOON + 2 * MINUTE)


def test_td16_undone_by_two_at_once_a_split_is_undone_once(tenant_a, person, opened, monkeypatch):
    ticket, bob = opened("alice"), person("bob")
    second = lifecycle.reply(ticket, author=person("alice"), body="And a user.", at=NOON + MINUTE)
    new = lifecycle.split(fresh(ticket), messages=[second.pk], by=bob, at=NOON + HOUR, summary="A user")
    at_once(monkeypatch, splitting, lambda: lifecycle.unsplit(new, by=bob, at=NOON + 2 * HOUR))
    with pytest.raises(ValidationError, match="not split off"):
        lifecycle.unsplit(new, by=bob, at=NOON + 2 * HOUR)


def test_td16_a_confirmation_that_comes_back_restarts_no_clock_of_a_merged_ticket(
    desk_of, opened, merge, unmerge
):
    desk_of("zoom")
    source, target = opened("alice", priority="3"), opened("erin", priority="3")
    notice = Notification.objects.filter(kind="ticket_opened", about_id=source.pk).first()
    notice.sent_at = NOON + MINUTE
    lifecycle.delivered(notice)
    assert clocks(source, "acknowledgement", "fulfilled")
    merge(source, target, NOON + 2 * MINUTE)
    lifecycle.withdrawn(notice, NOON + 3 * MINUTE)
    assert not Clock.objects.filter(subject_id=source.pk, status__in=["running", "paused"]).exists()
    assert fresh(source).due_at is None
    unmerge(source, NOON + 4 * MINUTE)
    assert clocks(source, "acknowledgement"), "it was never confirmed"
