"""The first page: open or not, what is promised, my tickets."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tickets import lifecycle

MONDAY_8 = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # 08:00 in Sao Paulo


def test_a_visitor_reads_the_hours_and_the_promise(tenant_a, client_for, at):
    page = client_for(tenant_a).get("/").content.decode()
    assert "Open now, until" in page
    assert "Mon–Fri 8–18" in page
    # ZP03: 24 business hours from Monday 08:00 end on Wednesday 12:00.
    assert "Wed 25 Nov, 12:00" in page
    assert "24 business hours" in page


def test_at_night_it_says_when_it_opens(tenant_a, client_for, at):
    at(datetime(2026, 11, 28, 1, 0, tzinfo=UTC))  # Friday 22:00
    page = client_for(tenant_a).get("/").content.decode()
    assert "Closed now" in page
    assert "Mon 30 Nov, 08:00" in page


@pytest.mark.parametrize("pack", ["z-pro", "zoom", "erp-chamados", "360dialog", "suporte-leiloes", "tour"])
def test_every_policy_has_a_front_page(desk_of, client_for, person, at, pack):
    tenant = desk_of(pack)
    assert client_for(tenant).get("/").status_code == 200
    assert client_for(tenant, person("alice")).get("/").status_code == 200


def test_agents_go_to_the_desk(tenant_a, client_for, person):
    assert client_for(tenant_a, person("bob")).get("/").url.startswith("/desk/")


def test_the_page_asks_the_database_the_same_whatever_its_rows(tenant_a, client_for, person, at):
    client, alice = client_for(tenant_a, person("alice")), person("alice")

    def queries(path):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    def ask():
        lifecycle.open_ticket(requester=alice, summary="One", body="More.", at=MONDAY_8)

    ask()
    queries("/"), queries("/tickets/")
    few = queries("/"), queries("/tickets/")
    for _ in range(8):
        ask()
    assert (queries("/"), queries("/tickets/")) == few
    assert max(few) <= 20


def test_portuguese_is_one_press_away(tenant_a, client_for):
    client = client_for(tenant_a)
    client.post("/account/language/", {"language": "pt-br", "next": "/"})
    assert '<html lang="pt-br"' in client.get("/").content.decode()
