"""The queue: what it shows, in which order, at what price."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.customers.models import Team
from tenants.moment import now
from tickets import lifecycle, queries
from tickets.models import Ticket
from tickets.queries import Filters

HTMX = {"HTTP_HX_REQUEST": "true"}


def numbers(response):
    return [ticket.number for ticket in response.context["tickets"]]


def due_in(ticket, hours, state="running"):
    due_at = None if hours is None else now() + timedelta(hours=hours)
    Ticket.objects.filter(pk=ticket.pk).update(due_at=due_at, due_metric="first_response", clock_state=state)


def test_the_earliest_deadline_comes_first_and_none_at_all_last(desk, opened):
    for hours in (5, None, -1, 2):
        due_in(opened(), hours)
    assert numbers(desk.get("/desk/")) == [3, 4, 1, 2]


def test_CH08_a_policy_may_want_the_order_of_opening(desk_of, person, client_for):
    tenant = desk_of("erp-chamados")
    for summary in ("First", "Second"):
        lifecycle.open_ticket(requester=person("alice"), summary=summary, body="Text.", at=now())
    due_in(Ticket.objects.get(number=2), -5, "breached")
    assert numbers(client_for(tenant, person("bob")).get("/desk/")) == [1, 2]


@pytest.mark.parametrize("order", ["urgency", "opening"])
@pytest.mark.parametrize("view", ["unresolved", "finished", "everything"])
def test_keyset_pages_together_hold_every_ticket_once(bob, opened, order, view):
    for n in range(11):
        due_in(opened(f"Ticket {n}"), None if n % 3 == 0 else n % 4)
    if view == "finished":
        Ticket.objects.update(status="resolved")
    found, after = [], ""
    for _ in range(10):
        page = queries.queue(bob, Filters(view=view), at=now(), order=order, after=after, limit=3)
        found += [ticket.number for ticket in page.tickets]
        after = page.next
        if not after:
            break
    whole = queries.queue(bob, Filters(view=view), at=now(), order=order, limit=50)
    assert found == [ticket.number for ticket in whole.tickets]
    assert sorted(found) == list(range(1, 12))


def test_a_broken_place_is_the_first_page(bob, opened):
    opened()
    for after in ("x", "_", "9" * 40, "1.5_2", "'; drop"):
        assert len(queries.queue(bob, Filters(), at=now(), after=after).tickets) == 1


def test_views_hold_what_they_say_and_count_it(desk, bob, opened, person):
    mine, late, soon, waiting, teams, done, joined = (opened(f"Ticket {n}") for n in range(7))
    Ticket.objects.update(team=None)
    lifecycle.assign(mine, owner=bob, by=bob, at=now())
    due_in(late, -1, "breached")
    due_in(soon, 0.5)
    Ticket.objects.filter(pk=waiting.pk).update(status="pending")
    crew = Team.objects.create(key="crew", name="Crew")
    crew.members.add(bob)
    Ticket.objects.filter(pk=teams.pk).update(team=crew)
    joined.extra_teams.add(crew)
    Ticket.objects.filter(pk=done.pk).update(status="resolved")
    wanted = {
        "mine": {mine},
        "breached": {late},
        "hour": {soon},
        "waiting": {waiting},
        "teams": {teams, joined},
        "finished": {done},
        "unassigned": {late, soon, waiting, teams, joined},
        "unresolved": {mine, late, soon, waiting, teams, joined},
        "everything": {mine, late, soon, waiting, teams, done, joined},
    }
    for view, tickets in wanted.items():
        response = desk.get("/desk/", {"view": view})
        assert set(numbers(response)) == {ticket.number for ticket in tickets}, view
    counts = queries.counters(bob, now())
    assert counts == {view: len(wanted[view]) for view in counts}


def test_counters_stop_counting(bob, opened, monkeypatch):
    monkeypatch.setattr(queries, "CAP", 2)
    for _ in range(4):
        opened()
    assert queries.counters(bob, now())["unresolved"] == 2


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"team": "first"}, {1}),
        ({"plan": "gold"}, {2}),
        ({"priority": "9"}, {3}),
        ({"channel": "phone"}, {1}),
        ({"status": "on_hold"}, {2}),
        ({"owner": "none"}, {2, 3}),
        ({"topic": "bug"}, {3}),
        ({"text": "print"}, {1}),
        ({"text": "LEIL"}, {2}),
        ({"text": "printer leilão"}, set()),
        ({"text": "(:*&"}, set()),
        ({"team": "no-such-team"}, set()),
        ({"owner": "x"}, {1, 2, 3}),
    ],
)
def test_filters_narrow(desk, bob, opened, asked, found):
    for summary in ("Printer on fire", "O leilão parou", "Third"):
        opened(summary)
    team = Team.objects.create(key="first", name="First")
    Ticket.objects.filter(number=1).update(team=team, channel="phone", owner=bob)
    Ticket.objects.filter(number=2).update(plan="gold", status="on_hold")
    Ticket.objects.filter(number=3).update(priority="9", topic="bug")
    assert set(numbers(desk.get("/desk/", asked))) == found


def test_a_number_leads_to_its_ticket(desk, opened):
    opened()
    assert desk.get("/desk/", {"text": "#1"}).url == "/desk/tickets/1/"
    assert numbers(desk.get("/desk/", {"text": "#999"})) == []


def test_the_list_is_asked_again_for_nothing_while_nothing_changed(desk, bob, opened):
    ticket = opened()
    refresh = desk.get("/desk/").context["refresh"]
    assert desk.get(refresh, **HTMX).status_code == 204
    lifecycle.assign(ticket, owner=bob, by=bob, at=now())
    changed = desk.get(refresh, **HTMX)
    assert changed.status_code == 200
    assert b"<html" not in changed.content
    assert b'id="queue"' in changed.content
    assert b"hx-swap-oob" in changed.content
    assert desk.get(changed.context["refresh"], **HTMX).status_code == 204


def test_an_empty_queue_says_so_in_words(desk, bob, opened):
    assert b"Nothing waiting" in desk.get("/desk/").content
    due_in(opened(), 3)
    mine = desk.get("/desk/", {"view": "mine"}).content
    assert b"You own nothing just now" in mine
    assert b"The next deadline is" in mine
    assert b"Nothing here matches" in desk.get("/desk/", {"priority": "nine"}).content


def test_the_price_of_the_queue_does_not_grow_with_its_rows(desk, opened):
    def price():
        desk.get("/desk/")  # what is remembered for some seconds is remembered now
        with CaptureQueriesContext(connection) as captured:
            assert desk.get("/desk/").status_code == 200
        statements = [query["sql"] for query in captured if not query["sql"].startswith("SET search_path")]
        return len(statements), statements

    opened()
    few, _ = price()
    for _ in range(20):
        opened()
    many, statements = price()
    assert many == few, "\n".join(statements)
    assert many <= 12, "\n".join(statements)


def test_customers_find_no_desk_and_strangers_are_sent_to_sign_in(tenant_a, person, client_for, opened):
    opened()
    for path in ("/desk/", "/desk/tickets/1/", "/desk/new/", "/desk/contacts/", "/desk/windows/"):
        assert client_for(tenant_a, person("alice")).get(path).status_code == 404
        stranger = client_for(tenant_a).get(path)
        assert stranger.status_code == 302
        assert "next=" in stranger.url
    assert client_for(tenant_a).get("/desk/", **HTMX).headers["HX-Redirect"]


def test_a_row_escapes_what_customers_type(desk, opened):
    opened("<b>bold</b> & 'quoted'")
    html = desk.get("/desk/").content.decode()
    assert "<b>bold</b>" not in html
    assert "&lt;b&gt;bold" in html


def test_the_twins_tickets_do_not_appear(desk, tenant_b, tenant_a, opened, client_for, person):
    opened("Of A")
    assert b"canary-of-globex" not in desk.get("/desk/").content
