"""Auctions of customers (SL02): entered, moved, ended at the desk."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sla.models import EventWindow
from tenants.customers.models import Company
from tenants.moment import now
from tickets import lifecycle
from tickets.models import Ticket


@pytest.fixture
def auctions(desk_of, person, client_for):
    """Bob's browser at a desk whose policy knows auctions."""
    return client_for(desk_of("suporte-leiloes"), person("bob"))


def typed(moment):
    from zoneinfo import ZoneInfo

    return timezone.localtime(moment, ZoneInfo("America/Sao_Paulo")).strftime("%Y-%m-%dT%H:%M")


def enter(browser, begins, ends):
    company = Company.objects.get(name__startswith="Company")
    form = {"company": company.pk, "name": "Cattle", "starts_at": typed(begins), "ends_at": typed(ends)}
    return browser.post("/desk/windows/", form)


def test_SL02_a_running_auction_times_the_open_tickets_anew(auctions, person):
    at = now()
    opened = lifecycle.open_ticket(
        requester=person("alice"), summary="Bids fail", body="All of them.", at=at, channel="whatsapp"
    )
    before = opened.ticket.due_at
    assert enter(auctions, at - timedelta(minutes=2), at + timedelta(hours=2)).status_code == 302
    assert Ticket.objects.get().due_at < before
    window = EventWindow.objects.get()
    auctions.post(f"/desk/windows/{window.pk}/end/")
    assert Ticket.objects.get().due_at == before
    page = auctions.get("/desk/windows/").content
    assert b"Ended lately" in page


def test_a_coming_one_is_moved_and_taken_away(auctions):
    at = now()
    enter(auctions, at + timedelta(days=1), at + timedelta(days=1, hours=2))
    window = EventWindow.objects.get()
    assert b"Cattle" in auctions.get("/desk/windows/").content
    assert auctions.get(f"/desk/windows/{window.pk}/").status_code == 200
    ends_at = at + timedelta(days=1, hours=5)
    auctions.post(
        f"/desk/windows/{window.pk}/", {"starts_at": typed(window.starts_at), "ends_at": typed(ends_at)}
    )
    window.refresh_from_db()
    assert abs(window.ends_at - ends_at) < timedelta(minutes=1)
    auctions.post(f"/desk/windows/{window.pk}/end/")
    window.refresh_from_db()
    assert window.cancelled_at is not None
    assert auctions.get(f"/desk/windows/{window.pk}/").status_code == 404


def test_an_end_before_the_start_is_refused_at_its_field(auctions):
    at = now()
    page = enter(auctions, at, at - timedelta(hours=1))
    assert page.status_code == 422
    assert page.context["form"].errors["ends_at"]
    assert b"No auction runs, none is coming" in auctions.get("/desk/windows/").content


def test_a_year_that_makes_no_sense_is_refused_at_its_field(auctions):
    company = Company.objects.get(name__startswith="Company")
    form = {
        "company": company.pk,
        "name": "X",
        "starts_at": "0001-01-01T00:00",
        "ends_at": "9999-12-31T23:59",
    }
    page = auctions.post("/desk/windows/", form)
    assert page.status_code == 422 and not EventWindow.objects.exists()
    assert set(page.context["form"].errors) == {"starts_at", "ends_at"}
