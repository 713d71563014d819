"""'Next ticket' gives the most urgent one that nobody owns, of my teams; of two who ask at once each gets another."""

from datetime import timedelta

from tenants.customers.models import Team
from tenants.moment import now
from tickets import lifecycle
from tickets.models import Ticket


def due_in(ticket, hours):
    due_at = None if hours is None else now() + timedelta(hours=hours)
    Ticket.objects.filter(pk=ticket.pk).update(due_at=due_at)


def taken_by(client):
    """Numbers that the button leads to, one after the other, until nothing is left."""
    found = []
    while (answer := client.post("/desk/next/")).url != "/desk/":
        found.append(int(answer.url.split("/")[-2]))
    return found


def test_the_earliest_deadline_comes_first_and_it_is_mine(desk, bob, opened):
    for hours in (5, None, -1):
        due_in(opened(), hours)
    assert taken_by(desk) == [3, 1, 2]
    assert set(Ticket.objects.values_list("owner", "status")) == {(bob.pk, "open")}
    page = desk.get("/desk/")
    assert "everything is taken" in page.content.decode()


def test_where_the_policy_says_so_the_oldest_comes_first(desk_of, person, client_for):
    tenant = desk_of("erp-chamados")
    first, second = (
        lifecycle.open_ticket(requester=person("alice"), summary=summary, body="Text.", at=now()).ticket
        for summary in ("First", "Second")
    )
    due_in(second, -5)
    assert taken_by(client_for(tenant, person("bob"))) == [first.number, second.number]


def test_what_has_an_owner_waits_for_the_customer_is_finished_or_another_teams_is_not_given(
    desk, bob, person, opened
):
    owned, waiting, resolved, elsewhere, mine = (opened(f"Ticket {n}") for n in range(5))
    lifecycle.assign(owned, owner=person("carol"), by=None, at=now())
    lifecycle.wait_on_customer(waiting, by=person("carol"), at=now())
    Ticket.objects.filter(pk=waiting.pk).update(owner=None)
    lifecycle.resolve(resolved, solution="Done.", by=person("carol"), at=now())
    Ticket.objects.filter(pk=resolved.pk).update(owner=None)
    Ticket.objects.filter(pk=elsewhere.pk).update(team=Team.objects.create(key="far", name="Far away"))
    assert taken_by(desk) == [mine.number]


def test_what_an_escalation_added_my_team_to_is_mine_to_take(desk, bob, opened):
    ticket = opened()
    Ticket.objects.filter(pk=ticket.pk).update(team=Team.objects.create(key="far", name="Far away"))
    ticket.extra_teams.add(bob.teams.first())
    assert taken_by(desk) == [ticket.number]


def test_who_is_in_no_team_takes_from_all(desk, bob, opened):
    bob.teams.clear()
    ticket = opened()
    assert taken_by(desk) == [ticket.number]


def test_customers_have_no_such_button(tenant_a, client_for, person, opened):
    opened()
    answer = client_for(tenant_a, person("alice")).post("/desk/next/")
    assert answer.status_code in (302, 403, 404) and not Ticket.objects.exclude(owner=None).exists()


def test_programs_take_the_next_ticket_too(tenant_a, client_for, person, opened):
    number = opened().number
    client = client_for(tenant_a, person("bob"))
    answer = client.post("/api/v1/tickets/next/", {}, "application/json")
    assert (answer.status_code, answer.json()["number"]) == (200, number)
    assert answer.json()["owner"]["email"] == "bob@example.com"
    assert client.post("/api/v1/tickets/next/", {}, "application/json").status_code == 204
