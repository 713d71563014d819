"""A customer's calendar re-times the company's open tickets, unasked (SL02, R18). Moments are worked out by hand.

Sao Paulo is UTC-3 all year; without an auction the first response is due in 30 minutes of business hours, while one runs at once.
"""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications.models import Notification
from sla.models import EventWindow
from tenants.customers.models import Company
from tests.duty.conftest import utc
from tickets import lifecycle, tasks, windows
from tickets.duty import feeds
from tickets.duty.models import Feed
from tickets.models import Ticket

SUNDAY_18 = utc(2027, 8, 15, 21)
MONDAY_0830 = utc(2027, 8, 16, 11, 30)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def auction(start, end, uid="leilao-1@agenda", more=""):
    stamp = "%Y%m%dT%H%M%SZ"
    lines = [
        f"UID:{uid}",
        "SUMMARY:Leilão de gado",
        f"DTSTART:{start.strftime(stamp)}",
        f"DTEND:{end.strftime(stamp)}",
    ]
    return "\r\n".join([*lines, more] if more else lines)


@pytest.fixture
def desk(desk_of, travel_to):
    tenant = desk_of("suporte-leiloes")
    travel_to(SUNDAY_18)
    return tenant


@pytest.fixture
def feed(desk, customer, client_for, person):
    """Dora enters the address in the admin."""
    company = Company.objects.get(name="Company suporte-leiloes")
    dora = client_for(desk, person("dora"))
    form = {
        "company": company.pk,
        "name": "Agenda",
        "url": customer.url,
        "kind": "auction",
        "minutes": "15",
        "is_active": "on",
    }
    answer = dora.post("/admin/duty/feed/add/", form)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return Feed.objects.get()


@pytest.fixture
def ticket(desk, person):
    opened = lifecycle.open_ticket(
        requester=person("alice"), summary="Lote travado", body="Não abre.", channel="whatsapp", at=SUNDAY_18
    ).ticket
    assert opened.due_at == MONDAY_0830
    return opened


def due(ticket):
    ticket.refresh_from_db()
    return ticket.due_at


def test_sl02_a_feed_opens_moves_and_cancels_windows_and_the_open_tickets_follow(
    desk, feed, customer, ticket, travel_to, client_for, person
):
    customer.says(auction(SUNDAY_18 + 2 * HOUR, SUNDAY_18 + 4 * HOUR))  # 20:00 to 22:00
    assert tasks.drain_feeds() == 1
    window = EventWindow.objects.get()
    assert (window.name, window.starts_at) == ("Leilão de gado", SUNDAY_18 + 2 * HOUR)
    page = client_for(desk, person("bob")).get("/desk/windows/").content.decode()
    assert "Leilão de gado" in page and "Entered by the customer’s calendar" in page
    assert due(ticket) == MONDAY_0830, "it has not begun"
    travel_to(SUNDAY_18 + 2 * HOUR)
    tasks.drain_alarms()
    assert due(ticket) == SUNDAY_18 + 2 * HOUR, "while it runs the answer is due at once"

    # 20:02: the customer moves it to 21:00. The ordinary deadline stands again, then 21:00.
    customer.says(auction(SUNDAY_18 + 3 * HOUR, SUNDAY_18 + 5 * HOUR))
    travel_to(SUNDAY_18 + 2 * HOUR + 2 * MINUTE)
    assert tasks.drain_feeds() == 1
    assert tasks.drain_feeds() == 0, "its next turn comes in 15 minutes"
    assert EventWindow.objects.get().pk == window.pk, "the same event is the same window"
    assert due(ticket) == MONDAY_0830
    travel_to(SUNDAY_18 + 3 * HOUR)
    tasks.drain_alarms()
    assert due(ticket) == SUNDAY_18 + 3 * HOUR

    # 21:20: it is cancelled.
    customer.says(auction(SUNDAY_18 + 3 * HOUR, SUNDAY_18 + 5 * HOUR, more="STATUS:CANCELLED"))
    travel_to(SUNDAY_18 + 3 * HOUR + 20 * MINUTE)
    assert tasks.drain_feeds() == 1
    assert due(ticket) == MONDAY_0830
    assert EventWindow.objects.get().cancelled_at is not None
    told = Notification.objects.filter(kind="deadline_moved", address="alice@example.com").order_by("pk")
    assert told.count() >= 2, "the customer hears of each"


def test_sl02_an_event_that_is_gone_is_cancelled_and_one_that_comes_back_is_entered_anew(
    feed, customer, ticket, travel_to
):
    running = auction(SUNDAY_18 - HOUR, SUNDAY_18 + HOUR)
    customer.says(running)
    tasks.drain_feeds()
    assert due(ticket) == SUNDAY_18, "it has been running for an hour when it is read"
    customer.says()
    travel_to(SUNDAY_18 + 16 * MINUTE)
    tasks.drain_feeds()
    assert due(ticket) == MONDAY_0830
    customer.says(running)
    travel_to(SUNDAY_18 + 33 * MINUTE)
    tasks.drain_feeds()
    assert due(ticket) == SUNDAY_18
    assert EventWindow.objects.filter(cancelled_at=None).count() == 1


def test_sl02_windows_of_staff_are_never_touched_and_what_staff_moved_stays(
    feed, customer, travel_to, person
):
    company = feed.company
    own = windows.open_window(
        company=company, kind="auction", name="Nosso", starts_at=SUNDAY_18 + HOUR, ends_at=SUNDAY_18 + 2 * HOUR,
        by=person("bob"), at=SUNDAY_18,
    )  # fmt: skip
    customer.says(auction(SUNDAY_18 + 4 * HOUR, SUNDAY_18 + 5 * HOUR))
    tasks.drain_feeds()
    brought = EventWindow.objects.exclude(pk=own.pk).get()
    later = {"starts_at": SUNDAY_18 + 6 * HOUR, "ends_at": SUNDAY_18 + 7 * HOUR}
    windows.move_window(brought, by=person("bob"), at=SUNDAY_18, **later)
    for minutes, events in ((16, [customer.text]), (33, [])):
        customer.says(*[auction(SUNDAY_18 + 4 * HOUR, SUNDAY_18 + 5 * HOUR)] if events else [])
        travel_to(SUNDAY_18 + minutes * MINUTE)
        tasks.drain_feeds()
        brought.refresh_from_db()
        assert brought.starts_at == later["starts_at"]
    assert brought.cancelled_at is not None, "gone from the feed, it is cancelled"
    own.refresh_from_db()
    assert own.cancelled_at is None and own.starts_at == SUNDAY_18 + HOUR


def test_sl02_nothing_new_is_not_sent_again_and_once_a_day_it_is_read_whole(feed, customer, travel_to):
    weekly = auction(SUNDAY_18 + HOUR, SUNDAY_18 + 2 * HOUR, more="RRULE:FREQ=WEEKLY")
    customer.says(weekly)
    tasks.drain_feeds()
    # From Sunday 15 August on, every Sunday until 13 November (90 days): 13 of them.
    assert EventWindow.objects.count() == 13
    travel_to(SUNDAY_18 + 16 * MINUTE)
    assert tasks.drain_feeds() == 0
    assert "if-none-match" not in customer.asked[0] and "if-none-match" in customer.asked[1]
    travel_to(SUNDAY_18 + timedelta(days=2))
    assert tasks.drain_feeds() == 1, "the fourteenth has come into sight"
    assert "if-none-match" not in customer.asked[2]


def test_sl02_a_weekly_auction_follows_the_wall_clock_of_its_zone(feed, customer, travel_to):
    # New York puts its clocks back on Sunday 7 November 2027: 19:00 is 23:00 UTC before and 00:00 UTC after.
    travel_to(utc(2027, 10, 25, 12))
    customer.says(
        "\r\n".join([
            "UID:ny", "SUMMARY:Auction", "DTSTART;TZID=America/New_York:20271101T190000",
            "DTEND;TZID=America/New_York:20271101T200000", "RRULE:FREQ=WEEKLY;COUNT=2",
        ])
    )  # fmt: skip
    Feed.objects.update(next_at=utc(2027, 10, 25, 12))
    feeds.look_again(utc(2027, 10, 25, 12))
    tasks.drain_feeds()
    starts = EventWindow.objects.order_by("starts_at").values_list("starts_at", flat=True)
    assert list(starts) == [utc(2027, 11, 1, 23), utc(2027, 11, 9, 0)]


def test_sl02_a_feed_that_fails_is_asked_less_often_and_the_admins_hear_of_it_once(
    desk, feed, customer, travel_to, client_for, person
):
    customer.says(auction(SUNDAY_18 + 9 * HOUR, SUNDAY_18 + 10 * HOUR))
    tasks.drain_feeds()
    customer.status = 503
    at, waits = SUNDAY_18 + 16 * MINUTE, []
    for _ in range(4):
        travel_to(at)
        tasks.drain_feeds()
        feed.refresh_from_db()
        waits.append(round((feed.next_at - at) / MINUTE))
        at = feed.next_at
    assert waits == [30, 60, 120, 240]
    assert feed.last_error.endswith("503.")
    told = Notification.objects.filter(kind="feed_failed", channel="email")
    assert [n.address for n in told] == ["dora@example.com"]
    assert EventWindow.objects.filter(cancelled_at=None).count() == 1, "what it brought stays"
    page = client_for(desk, person("dora")).get("/admin/duty/feed/").content.decode()
    assert "503" in page and "failing" in page
    customer.status = 200
    travel_to(at)
    tasks.drain_feeds()
    feed.refresh_from_db()
    assert (feed.failures, feed.last_error, feed.told_at) == (0, "", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"<html>Please sign in</html>", "not a calendar"),
        (b"x" * 3_000_000, "too large"),
        (
            b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT\r\n" * 3000 + b"END:VCALENDAR",
            "too many",
        ),
    ],
)
def test_what_a_feed_may_not_be_stands_at_the_feed(feed, customer, text, said):
    customer.text = text
    tasks.drain_feeds()
    feed.refresh_from_db()
    assert said in feed.last_error and feed.failures == 1
    assert not EventWindow.objects.exists()


def test_an_address_that_is_not_public_is_refused_at_its_field(desk, client_for, person, settings):
    settings.OUTSIDE_NETWORKS, settings.OUTSIDE_PORTS, settings.OUTSIDE_PLAIN_HTTP = [], [80, 443], False
    dora = client_for(desk, person("dora"))
    company = Company.objects.first()
    for url in (
        "http://example.com/a.ics",
        "https://127.0.0.1/a.ics",
        "https://169.254.169.254/",
        "file:///etc/passwd",
    ):
        form = {"company": company.pk, "name": "Agenda", "url": url, "kind": "auction", "minutes": "15"}
        answer = dora.post("/admin/duty/feed/add/", form)
        assert answer.status_code == 200
        assert answer.context["adminform"].form.errors["url"], url
    assert not Feed.objects.exists()


def test_a_reason_with_control_characters_is_kept_without_them(feed, customer, monkeypatch):
    nul = "BEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Lei\x00l\x85\x1bao\r\nEND:VEVENT\r\n"  # without a beginning
    customer.text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{nul}END:VCALENDAR\r\n".encode()
    tasks.drain_feeds()
    feed.refresh_from_db()
    assert feed.last_error == "The event “Lei l ao” has no UID or no beginning."

    def broken(*args, **options):
        raise ValueError("odd \x00 \x85 bytes")

    monkeypatch.setattr(feeds, "read", broken)
    feeds.poll(feed, SUNDAY_18)
    feed.refresh_from_db()
    assert (feed.failures, feed.last_error) == (2, "ValueError: odd bytes")


@pytest.mark.parametrize("status", [200, 503])
def test_a_feed_that_is_taken_away_while_it_is_read_leaves_nothing_behind_and_stops_nobody(
    desk, feed, customer, status, client_for, person, monkeypatch
):
    customer.says(auction(SUNDAY_18 + HOUR, SUNDAY_18 + 2 * HOUR))
    customer.status = status
    fetched = feeds._fetched

    def fetch(row, **options):
        Feed.objects.filter(pk=row.pk).delete()
        return fetched(row, **options)

    monkeypatch.setattr(feeds, "_fetched", fetch)
    dora = client_for(desk, person("dora"))
    page = dora.post("/admin/duty/feed/", {"action": "look_now", "_selected_action": [feed.pk]}, follow=True)
    assert page.status_code == 200
    assert not Feed.objects.exists() and not EventWindow.objects.exists()
    assert not Notification.objects.filter(kind="feed_failed").exists()


def test_an_event_that_another_worker_has_entered_meanwhile_is_entered_once(feed, customer, monkeypatch):
    customer.says(auction(SUNDAY_18 + HOUR, SUNDAY_18 + 2 * HOUR))
    read = feeds.read

    def slow(*args):
        said = read(*args)
        monkeypatch.setattr(feeds, "read", read)
        feeds.poll(Feed.objects.get(), SUNDAY_18)
        return said

    # Both know the feed without events; the second one has entered the event when the first comes to it.
    in_sight = feeds._is_news
    monkeypatch.setattr(feeds, "_is_news", lambda row, event, at: in_sight(None, event, at))
    monkeypatch.setattr(feeds, "read", slow)
    feeds.poll(feed, SUNDAY_18)
    feed.refresh_from_db()
    assert (feed.failures, feed.last_error) == (0, "")
    assert EventWindow.objects.count() == 1


def test_what_is_uploaded_for_a_company_is_one_feed(feed):
    uploads = {"company": feed.company, "kind": "auction", "url": ""}
    Feed.objects.create(name="One", **uploads)
    with pytest.raises(IntegrityError, match="one_feed_for_uploads"), transaction.atomic():
        Feed.objects.create(name="Two", **uploads)


def test_sl02_a_large_calendar_is_entered_turn_by_turn(feed, customer, monkeypatch):
    monkeypatch.setattr(feeds, "CHANGES", 4)
    day = timedelta(days=1)
    customer.says(*[auction(SUNDAY_18 + n * day, SUNDAY_18 + n * day + HOUR, uid=f"{n}") for n in range(10)])
    assert [tasks.drain_feeds() for _ in range(4)] == [4, 4, 2, 0]
    assert EventWindow.objects.filter(cancelled_at=None).count() == 10
    feed.refresh_from_db()
    assert feed.next_at > SUNDAY_18, "and then every so often"
    customer.says()
    Feed.objects.update(next_at=SUNDAY_18)
    feeds.look_again(SUNDAY_18)
    assert [tasks.drain_feeds() for _ in range(4)] == [4, 4, 2, 0]
    assert not EventWindow.objects.filter(cancelled_at=None).exists()


def test_a_feed_of_many_coming_auctions_is_taken_away_in_a_handful_of_queries(
    feed, customer, django_assert_max_num_queries
):
    day = timedelta(days=1)
    customer.says(
        *[auction(SUNDAY_18 + n * day, SUNDAY_18 + n * day + HOUR, uid=f"{n}") for n in range(1, 60)]
    )
    tasks.drain_feeds()
    with django_assert_max_num_queries(20):
        feeds.forget(feed, SUNDAY_18)
    assert EventWindow.objects.exclude(cancelled_at=None).count() == 59


def test_queries_of_the_lists_do_not_grow_with_the_feeds(desk, feed, customer, client_for, person):
    dora = client_for(desk, person("dora"))

    def queries(path):
        with CaptureQueriesContext(connection) as asked:
            assert dora.get(path).status_code == 200
        return len(asked)

    paths = ("/admin/duty/feed/", "/api/v1/feeds/")
    few = [queries(path) for path in (*paths, *paths)][2:]  # the first time fills caches
    for n in range(5):
        Feed.objects.create(company=feed.company, name=f"Agenda {n}", url=f"{customer.url}?{n}")
    assert [queries(path) for path in paths] == few


# --- a file -------------------------------------------------------------------------------------------------------------


def upload(browser, raw, **more):
    company = Company.objects.get(name="Company suporte-leiloes")
    form = {
        "company": company.pk,
        "kind": "auction",
        "timezone": "",
        "file": SimpleUploadedFile("agenda.ics", raw),
    }
    return browser.post("/desk/feeds/", form | more, follow=True)


def calendar(*events):
    inner = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//\r\n{inner}END:VCALENDAR\r\n".encode()


def test_sl02_an_agent_uploads_a_calendar_and_a_newer_one_moves_what_has_moved(
    desk, ticket, client_for, person
):
    bob = client_for(desk, person("bob"))
    first = auction(SUNDAY_18 - HOUR, SUNDAY_18 + HOUR)
    second = auction(SUNDAY_18 + 24 * HOUR, SUNDAY_18 + 26 * HOUR, uid="leilao-2@agenda")
    page = upload(bob, calendar(first, second))
    assert "2 events entered" in page.content.decode()
    assert due(ticket) == SUNDAY_18
    assert "Nothing has changed" in upload(bob, calendar(first, second)).content.decode()
    page = upload(bob, calendar(auction(SUNDAY_18 + 3 * HOUR, SUNDAY_18 + 4 * HOUR)))
    assert "1 moved." in page.content.decode() and "0 events entered" not in page.content.decode()
    assert due(ticket) == MONDAY_0830
    told = Notification.objects.filter(kind="deadline_moved").latest("pk")
    assert "is not running any more" in told.words["because"]["en"], "it was moved, and is not over"
    assert EventWindow.objects.filter(cancelled_at=None).count() == 2, "what a file does not name stays"


def test_a_file_that_is_none_is_refused_at_its_field_and_nothing_is_entered(desk, client_for, person):
    bob = client_for(desk, person("bob"))
    floating = b"UID:a\r\nSUMMARY:Leilao\r\nDTSTART:20270820T200000\r\nDTEND:20270820T220000"
    for raw, said in (
        (b"PK\x03\x04 a spreadsheet", "not a calendar"),
        (calendar(floating.decode()), "names no time zone"),
        (calendar(auction(SUNDAY_18, SUNDAY_18 + HOUR, more="RRULE:FREQ=MINUTELY")), "repeats within a day"),
    ):
        page = upload(bob, raw)
        assert page.status_code == 422
        assert said in page.context["form"].errors["file"][0]
    assert not EventWindow.objects.exists()
    page = upload(bob, calendar(floating.decode()), timezone="America/Sao_Paulo")
    assert EventWindow.objects.get().starts_at == utc(2027, 8, 20, 23)
    assert client_for(desk, person("alice")).get("/desk/feeds/").status_code == 404


def test_a_feed_that_is_taken_away_takes_its_coming_auctions_with_it(
    desk, feed, customer, ticket, client_for, person
):
    customer.says(auction(SUNDAY_18 - HOUR, SUNDAY_18 + HOUR))
    tasks.drain_feeds()
    assert due(ticket) == SUNDAY_18
    dora = client_for(desk, person("dora"))
    dora.post(f"/admin/duty/feed/{feed.pk}/delete/", {"post": "yes"})
    assert not Feed.objects.exists()
    assert due(ticket) == MONDAY_0830
    assert Ticket.objects.count() == 1
