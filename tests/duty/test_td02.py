"""360dialog: standard support round the clock, and emergency support round the clock for what is critical (TD02)."""

import html
from datetime import date, timedelta

import pytest

from sla.models import Clock
from tenants.customers.models import Team
from tests.duty.conftest import utc
from tickets import tasks
from tickets.duty import emergencies
from tickets.duty.models import Alert, Rota
from tickets.models import Ticket

# Sunday 15 August 2027, 03:10 in Berlin (UTC+2).
NIGHT = utc(2027, 8, 15, 1, 10)
WEEK = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
FIELDS = {"field_steps": "Send one.", "field_happened_at": "2027-08-15T03:00", "field_impact": "Everybody."}


@pytest.fixture
def desk(desk_of, travel_to):
    tenant = desk_of("360dialog")
    travel_to(NIGHT)
    return tenant


def ask(browser, **more):
    form = {"topic": "messaging", "summary": "No messages", "body": "Nothing goes out.", **FIELDS} | more
    page = browser.post("/tickets/new/", form, follow=True)
    assert page.status_code == 200
    return Ticket.objects.get(), html.unescape(page.content.decode())


def test_td02_standard_support_counts_at_every_hour_of_every_day(desk, client_for, person):
    page = html.unescape(client_for(desk).get("/policy/").content.decode())
    assert "Round the clock, every day" in page and "Open now" in page
    ticket, page = ask(client_for(desk, person("alice")))
    # Premium: 30 minutes, which count on a Sunday at 03:10 as at any time.
    clock = Clock.objects.get(subject_id=ticket.pk, metric="first_response")
    assert clock.due_at == ticket.opened_at + timedelta(minutes=30)
    assert not Alert.objects.exists(), "what is not critical wakes nobody"
    assert ticket.priority == "3"


def test_td02_what_is_critical_alerts_who_is_on_duty_at_any_hour(desk, client_for, person, travel_to):
    rota = Rota.objects.create(
        team=Team.objects.get(key="technical"), name="On call", weekly=WEEK, timezone="Europe/Berlin",
        first_on=date(2027, 8, 2),
    )  # fmt: skip
    rota.places.create(person=person("bob"))
    page = html.unescape(client_for(desk).get("/policy/").content.decode())
    assert "No message goes out or comes in" in page
    assert "At any hour everybody on duty is alerted at once" in page
    alice = client_for(desk, person("alice"))
    form = html.unescape(alice.get("/tickets/new/?topic=messaging").content.decode())
    assert "Is it an emergency?" in form and "No message goes out or comes in" in form
    assert "everybody on duty is alerted at once" in form and "outside our hours" not in form
    ticket, page = ask(alice, emergencies=["no-messages"])
    assert ticket.priority == "1", "critical"
    assert "Everybody on duty has been alerted" in page
    assert [alert.person for alert in Alert.objects.all()] == [person("bob")]
    travel_to(NIGHT + timedelta(minutes=10, seconds=5))
    tasks.drain_emergencies()
    assert {alert.person for alert in Alert.objects.filter(round=2)} == {person("bob"), person("carol")}
    desk_page = client_for(desk, person("bob"))
    desk_page.post(f"/desk/tickets/{ticket.number}/claim/")
    assert emergencies.of(ticket).claimed_by == person("bob")
    page = html.unescape(alice.get(f"/tickets/{ticket.number}/").content.decode())
    assert "attends to your emergency" in page and "costs you nothing" not in page, (
        "the policy does not say so"
    )


def test_td02_on_a_weekday_at_noon_it_is_the_same(desk, client_for, person, travel_to):
    travel_to(utc(2027, 8, 17, 10))
    ask(client_for(desk, person("alice")), emergencies=["service-down"])
    assert {alert.person for alert in Alert.objects.all()} == {person("bob"), person("carol")}, (
        "no rota: the team"
    )


@pytest.mark.parametrize("slug", ["360dialog", "suporte-leiloes"])
def test_td02_the_desks_page_of_duty_names_hours_only_where_there_are_some(
    desk_of, travel_to, client_for, person, slug
):
    tenant = desk_of(slug)
    travel_to(NIGHT)
    bob = client_for(tenant, person("bob"))
    for has_a_rota in (False, True):
        page = html.unescape(bob.get("/desk/duty/").content.decode())
        assert ("at any hour" in page, "outside the hours" in page) == (
            (slug == "360dialog"),
            (slug != "360dialog"),
        ), has_a_rota
        Rota.objects.create(team=Team.objects.first(), name="On call", weekly=WEEK, first_on=date(2027, 8, 2))
