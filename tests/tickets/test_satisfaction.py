"""Ratings, expected times, and what closes by itself: who is asked, what may be changed, what is told."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils.dateparse import parse_datetime

from notifications.models import Notification
from sla import deadlines
from sla.models import Clock
from tenants import links
from tests.conftest import enter
from tickets import alarms, lifecycle, windows
from tickets.lifecycle import routing
from tickets.models import Event, Ticket
from tickets.satisfaction import expecting, ratings
from tickets.satisfaction.models import Rating

MONDAY_8 = datetime(2026, 11, 23, 11, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def zoom(desk_of):
    return desk_of("zoom")


@pytest.fixture
def tour(desk_of):
    return desk_of("tour")


@pytest.fixture
def opened(person):
    def open_one(**more):
        given = {"summary": "No sound", "body": "Nobody hears me.", "at": MONDAY_8} | more
        return lifecycle.open_ticket(requester=person("alice"), **given).ticket

    return open_one


def resolved(ticket, person, at=MONDAY_8 + HOUR):
    lifecycle.resolve(ticket, by=person("bob"), at=at, solution="Unmute the microphone.")
    return Rating.objects.filter(ticket=ticket).order_by("-resolution").first()


@pytest.fixture
def page(monkeypatch, client_for):
    """page(tenant, rating) is the rating's page at that moment: get() and post(score, comment)."""

    class Page:
        def __init__(self, tenant, token, at):
            monkeypatch.setattr("tickets.satisfaction.views.now", lambda: at)
            self.client, self.path = client_for(tenant), f"/rating/{token}/"

        def get(self):
            return self.client.get(self.path)

        def post(self, **data):
            return self.client.post(self.path, data, follow=True)

    def of(tenant, rating, at=MONDAY_8 + 2 * HOUR):
        return Page(tenant, links.sign(ratings.PURPOSE, rating.pk, MONDAY_8 + HOUR), at)

    return of


def notices(kind, name=None):
    rows = Notification.objects.filter(kind=kind)
    return list(rows.filter(address=f"{name}@example.com") if name else rows)


# --- asking


def test_the_mail_with_the_solution_asks_its_requester_alone(zoom, person, opened):
    ticket = opened()
    lifecycle.add_participant(ticket, by=person("bob"), at=MONDAY_8, address="erin@example.com")
    rating = resolved(ticket, person)
    assert (rating.resolution, rating.agent, rating.score) == (1, person("bob"), None)
    [to_alice], [to_erin] = notices("ticket_resolved", "alice"), notices("ticket_resolved", "erin")
    assert to_alice.links["rate_url"]["row"] == rating.pk and "rate_url" not in to_erin.links


def test_a_policy_that_does_not_ask_asks_nobody(tour, person, opened):
    ticket = opened()
    assert resolved(ticket, person) is None
    assert "rate_url" not in notices("ticket_resolved", "alice")[0].links


def test_each_resolution_is_asked_about_once(zoom, person, opened):
    ticket = opened()
    resolved(ticket, person)
    lifecycle.reopen(ticket, by=person("alice"), at=MONDAY_8 + 2 * HOUR)
    resolved(ticket, person, MONDAY_8 + 3 * HOUR)
    lifecycle.close(ticket, by=person("alice"), at=MONDAY_8 + 4 * HOUR)
    assert list(Rating.objects.order_by("id").values_list("resolution", flat=True)) == [1, 2]


def test_nobody_is_asked_about_a_ticket_that_no_person_answered(zoom, person, opened):
    ticket = opened()
    lifecycle.close(ticket, by=person("alice"), at=MONDAY_8 + HOUR)
    assert not Rating.objects.exists()


def test_nobody_is_asked_about_a_ticket_that_closed_by_silence(desk_of, person, opened):
    desk_of("360dialog")
    ticket = opened()
    lifecycle.reply(ticket, author=person("bob"), body="Which number?", at=MONDAY_8 + HOUR, wait=True)
    lifecycle.seen_in_portal(ticket, at=MONDAY_8 + HOUR)
    clock = Clock.objects.get(metric="silence")
    for _ in range(2):  # the reminder, then the close a day later
        clock.refresh_from_db()
        alarms.ring(clock.pk, ticket.pk, clock.alarm_at)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.close_reason) == ("closed", "silence")
    assert not Rating.objects.exists()


def test_who_closes_an_answered_ticket_themselves_is_asked_on_its_page(zoom, person, opened):
    ticket = opened()
    lifecycle.reply(ticket, author=person("bob"), body="Try again.", at=MONDAY_8 + HOUR)
    lifecycle.close(ticket, by=person("alice"), at=MONDAY_8 + 2 * HOUR)
    assert Rating.objects.get().score is None


# --- answering


def test_looking_changes_nothing_and_answering_does(zoom, person, opened, page):
    ticket = opened()
    rating = resolved(ticket, person)
    there = page(zoom, rating)
    for _ in range(3):
        assert "How satisfied are you" in there.get().content.decode()
    rating.refresh_from_db()
    assert rating.score is None and not Event.objects.filter(kind="rated").exists()
    answer = there.post(score="5", comment="Quick.")
    assert "Thank you" in answer.content.decode()
    rating.refresh_from_db()
    assert (rating.score, rating.comment, rating.rated_at) == (5, "Quick.", MONDAY_8 + 2 * HOUR)
    [told] = notices("rated", "bob")
    assert told.channel == "in_app" and told.words["score"] == "5"
    assert told.words["rating"] == {
        "pt-br": "muito boa", "en": "very good", "es": "muy buena", "de": "sehr gut", "ru": "очень хорошо",
    }  # fmt: skip
    assert Event.objects.get(kind="rated").is_public


def test_an_answer_can_be_changed_for_14_days_and_stays_afterwards(zoom, person, opened, page):
    rating = resolved(opened(), person)
    page(zoom, rating).post(score="2", comment="Slow.")
    asked = MONDAY_8 + HOUR
    page(zoom, rating, asked + 14 * DAY - HOUR).post(score="4", comment="It got better.")
    late = page(zoom, rating, asked + 14 * DAY)
    assert "It got better." in late.get().content.decode()
    assert b'name="score"' not in late.get().content
    refused = late.post(score="1", comment="No.")
    assert refused.status_code == 422 and "stays as it is" in refused.content.decode()
    rating.refresh_from_db()
    assert (rating.score, rating.comment) == (4, "It got better.")
    assert (rating.rated_at, rating.changed_at) == (MONDAY_8 + 2 * HOUR, asked + 14 * DAY - HOUR)
    assert len(notices("rated", "bob")) == 2


@pytest.mark.parametrize(
    "data", [{}, {"score": "6"}, {"score": "x"}, {"score": ""}, {"score": "5", "comment": "y" * 2001}]
)
def test_a_bad_answer_is_refused_at_its_field_and_keeps_what_was_typed(zoom, person, opened, page, data):
    rating = resolved(opened(), person)
    answer = page(zoom, rating).post(**({"comment": "Typed once"} | data))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'class="error"' in text and (data.get("comment") or "Typed once") in text
    rating.refresh_from_db()
    assert rating.score is None


def test_a_secret_in_the_comment_is_masked(zoom, person, opened, page):
    rating = resolved(opened(), person)
    answer = page(zoom, rating).post(score="3", comment="My password is Tr0ub4dor&3")
    rating.refresh_from_db()
    assert "Tr0ub4dor&3" not in rating.comment and "masked it" in answer.content.decode()


def test_a_link_of_the_twin_or_of_another_purpose_opens_nothing(tenant_b, person, opened, page):
    for slug in ("globex", "acme"):
        tenant = enter(slug)
        ticket = opened(summary=f"Secret-of-{slug}")
        rating = Rating.objects.create(ticket=ticket, resolution=1, asked_at=MONDAY_8 + HOUR)
        if slug == "globex":
            foreign = page(tenant, rating).path
    here = page(tenant, rating)
    assert here.get().status_code == 200
    for path in (foreign, f"/rating/{links.sign('guest', rating.pk, MONDAY_8)}/", "/rating/x~y/"):
        answer = here.client.get(path)
        assert answer.status_code == 410 and b"Secret-of" not in answer.content
        assert here.client.post(path, {"score": "1"}).status_code == 410
    assert not Rating.objects.exclude(score=None).exists()


def test_both_sides_see_the_answer_on_the_ticket(zoom, person, opened, page, client_for):
    ticket = opened()
    rating = resolved(ticket, person)
    ratings.rate(rating, score=2, comment="It took <b>days</b>.", at=MONDAY_8 + 2 * HOUR)
    for name, path in (("alice", "/tickets/"), ("bob", "/desk/tickets/")):
        text = client_for(zoom, person(name)).get(f"{path}{ticket.number}/").content.decode()
        assert "●●○○○" in text and "Bad" in text and "It took &lt;b&gt;days&lt;/b&gt;." in text, name


# --- expected times


def test_td11_an_expected_time_is_told_at_once_and_a_change_with_its_reason(tour, person, opened, client_for):
    ticket, bob = opened(), client_for(tour, person("bob"))
    path = f"/desk/tickets/{ticket.number}/expectation/"
    assert bob.get(path).status_code == 200
    assert bob.post(path, {"expected_at": "2020-01-01T10:00"}).status_code == 422  # over
    assert bob.post(path, {"expected_at": "soon"}).status_code == 422
    assert bob.post(path, {"expected_at": "2030-03-01T10:00"}).status_code == 302
    answer = bob.post(path, {"expected_at": "2030-03-02T10:00"})
    assert answer.status_code == 422 and "Say why it changes" in answer.content.decode()
    assert (
        bob.post(path, {"expected_at": "2030-03-02T10:00", "because": "A part is late."}).status_code == 302
    )
    first, second = notices("expected_by", "alice")
    # 10:00 in Sao Paulo is 13:00 UTC.
    assert parse_datetime(first.words["expected_at"]["moment"]) == datetime(2030, 3, 1, 13, tzinfo=UTC)
    assert first.words["was_expected_at"] == ""
    assert parse_datetime(second.words["was_expected_at"]["moment"]) == datetime(2030, 3, 1, 13, tzinfo=UTC)
    assert second.words["because"] == "A part is late."
    alice = client_for(tour, person("alice")).get(f"/tickets/{ticket.number}/").content.decode()
    assert "We expect to solve it by" in alice and "A part is late." in alice
    assert "A part is late." in bob.get(f"/desk/tickets/{ticket.number}/").content.decode()


def test_an_expected_time_ends_with_its_ticket(tour, person, opened):
    ticket = opened()
    expecting.expect(ticket, by=person("bob"), at=MONDAY_8, expected_at=MONDAY_8 + DAY)
    resolved(ticket, person)
    assert expecting.current(ticket) is None
    with pytest.raises(Exception, match="reopen it first"):
        expecting.expect(ticket, by=person("bob"), at=MONDAY_8 + HOUR, expected_at=MONDAY_8 + DAY)


def test_td11_a_window_that_moves_the_nearest_deadline_tells_the_customer(desk_of, person, opened):
    desk_of("suporte-leiloes")
    opened(topic="question")
    begins = MONDAY_8 + timedelta(minutes=10)
    window = windows.open_window(
        company=person("alice").membership.company, kind="auction", name="Autumn", starts_at=begins,
        ends_at=begins + HOUR, by=person("bob"), at=MONDAY_8,
    )  # fmt: skip
    assert not notices("deadline_moved")
    windows.enact_due(begins)
    # Half an hour from 08:00 on it was; at once when the auction begins, and half an hour again when it is called off.
    ordinary, at_once = (MONDAY_8 + timedelta(minutes=30)).isoformat(), begins.isoformat()
    [told] = notices("deadline_moved", "alice")
    assert (told.words["was_due_at"]["moment"], told.words["due_at"]["moment"]) == (ordinary, at_once)
    windows.cancel_window(window, by=person("bob"), at=begins + timedelta(minutes=1))
    back = notices("deadline_moved", "alice")[1]
    assert (back.words["was_due_at"]["moment"], back.words["due_at"]["moment"]) == (at_once, ordinary)


def test_td11_a_solution_promised_sooner_is_told_though_another_deadline_is_nearer(desk_of, person, opened):
    desk_of("tour")
    ticket = opened()
    promise = Clock.objects.get(metric="resolution")
    before = routing.due_of(ticket)
    deadlines.retarget(promise, deadlines.Promise(metric="resolution", target=30 * HOUR), MONDAY_8)
    with transaction.atomic():
        routing.tell_moved(ticket, before, MONDAY_8, person("bob"), {"en": "Sooner."})
    [told] = notices("deadline_moved", "alice")
    assert ticket.due_metric == "first_response" and told.words["metric"]["en"] == "resolution"
    assert told.words["due_at"]["moment"] == (MONDAY_8 + 30 * HOUR).isoformat()


# --- the end


def test_td12_a_resolved_ticket_closes_by_itself_unless_it_is_taken_up_again(desk_of, person, opened):
    desk_of("360dialog")
    left, reopened = opened(summary="Left"), opened(summary="Reopened")
    for ticket in (left, reopened):
        resolved(ticket, person)
    # Told with the solution: 72 hours later.
    assert notices("ticket_resolved", "alice")[0].words["closes_at"] == {
        "moment": (MONDAY_8 + HOUR + 3 * DAY).isoformat()
    }
    lifecycle.reply(reopened, author=person("alice"), body="Not yet.", at=MONDAY_8 + 2 * HOUR)
    for clock in Clock.objects.filter(metric="silence", alarm_at__isnull=False):
        alarms.ring(clock.pk, clock.subject_id, clock.alarm_at)
    left.refresh_from_db(), reopened.refresh_from_db()
    assert (left.status, left.close_reason, left.closed_by_system) == ("closed", "settled", True)
    assert reopened.is_unresolved
    assert not notices("ticket_closed") and not notices("silence_closed")


def test_ch09_resolved_beyond_the_window_is_history_with_an_action_to_continue(
    desk_of, person, opened, client_for, monkeypatch
):
    tenant = desk_of("erp-chamados")
    monkeypatch.setattr("tickets.portal.conversation.now", lambda: MONDAY_8 + 2 * HOUR)
    ticket = opened()
    resolved(ticket, person)
    alice = client_for(tenant, person("alice"))
    text = alice.get(f"/tickets/{ticket.number}/").content.decode()
    assert '<a class="button" href="#answer">Continue in a new ticket</a>' in text
    assert "open it again" not in text
    alice.post(f"/tickets/{ticket.number}/reply/", {"body": "It is back."})
    new = Ticket.objects.get(follows=ticket)
    assert (
        f"It continues in ticket #{new.number}." in alice.get(f"/tickets/{ticket.number}/").content.decode()
    )
    desk = client_for(tenant, person("bob")).get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert f"/desk/tickets/{new.number}/" in desk
