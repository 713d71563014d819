"""Changes of a ticket: each a noun with its own URL."""

import pytest

from tenants.customers.models import Team
from tenants.moment import now
from tickets import lifecycle
from tickets.models import Event, Participant, Ticket

HTMX = {"HTTP_HX_REQUEST": "true"}
FORMS = [
    "assignment",
    "triage",
    "waiting",
    "resolution",
    "closure",
    "reopening",
    "completeness",
    "scope",
    "situations",
    "participants",
]


def ticket():
    return Ticket.objects.get(number=1)


def change(desk, noun, **data):
    return desk.post(f"/desk/tickets/1/{noun}/", data)


@pytest.mark.parametrize("noun", FORMS)
def test_every_change_has_a_page_and_the_same_as_a_dialog(desk, opened, noun):
    opened()
    assert b"<html" in desk.get(f"/desk/tickets/1/{noun}/").content
    dialog = desk.get(f"/desk/tickets/1/{noun}/", **HTMX)
    assert dialog.status_code == 200
    assert b"<html" not in dialog.content
    assert b"hx-post" in dialog.content


@pytest.mark.parametrize("noun", [*FORMS, "work", "replies", "notes"])
def test_no_change_is_there_for_customers_or_strangers(tenant_a, opened, person, client_for, noun):
    opened()
    before = Event.objects.count()
    for who, answer in ((person("alice"), 404), (None, 302)):
        assert client_for(tenant_a, who).post(f"/desk/tickets/1/{noun}/", {"body": "x"}).status_code == answer
    assert Event.objects.count() == before


def test_assigned_to_me_to_somebody_to_nobody(desk, bob, person, opened):
    opened()
    for owner in (bob, person("carol"), None):
        assert change(desk, "assignment", owner=owner.pk if owner else "").status_code == 302
        assert ticket().owner == owner


def test_a_customer_cannot_own_a_ticket(desk, person, opened):
    opened()
    assert change(desk, "assignment", owner=person("alice").pk).status_code == 422
    assert ticket().owner is None


def test_triage_changes_only_what_is_new(desk_of, person, client_for):
    tenant = desk_of("zoom")
    lifecycle.open_ticket(requester=person("alice"), summary="Echo", body="In calls.", at=now())
    desk = client_for(tenant, person("bob"))
    team = Team.objects.order_by("name").last()
    assert change(desk, "triage", priority="1", team=team.pk).status_code == 302
    assert (ticket().priority, ticket().team) == ("1", team)
    change(desk, "triage", priority="1", team=team.pk)
    assert Event.objects.filter(kind="triaged").count() == 1
    assert change(desk, "triage", priority="nine").status_code == 422


def test_waiting_on_the_customer_and_going_on(desk, opened):
    opened()
    change(desk, "waiting", on="customer")
    assert ticket().status == "pending"
    change(desk, "work")
    assert ticket().status == "open"


def test_waiting_on_a_third_party_needs_a_reason(desk, opened):
    opened()
    refused = change(desk, "waiting", on="third_party")
    assert refused.status_code == 422
    assert refused.context["form"].errors["because"]
    change(desk, "waiting", on="third_party", because="The bank's interface")
    assert ticket().status == "on_hold"


def test_TD12_resolving_needs_a_written_solution(desk, opened):
    opened()
    refused = change(desk, "resolution", solution="  ")
    assert refused.status_code == 422
    assert refused.context["form"].errors["solution"]
    change(desk, "resolution", solution="It is in the menu.")
    assert (ticket().status, ticket().solution) == ("resolved", "It is in the menu.")


def test_resolved_closed_reopened(desk, opened):
    opened()
    change(desk, "resolution", solution="It is in the menu.")
    change(desk, "closure")
    assert ticket().status == "closed"
    change(desk, "reopening", because="It came back")
    assert ticket().status == "open"


def test_CH01_closing_without_a_solution_is_refused_with_the_reason(desk, opened):
    opened()
    refused = change(desk, "closure")
    assert refused.status_code == 422
    assert b"written solution" in refused.content


def test_a_refusal_in_a_dialog_shows_the_form_again(desk, opened):
    opened()
    refused = desk.post("/desk/tickets/1/resolution/", {"solution": ""}, **HTMX)
    assert refused.status_code == 422
    assert b"<html" not in refused.content
    done = desk.post("/desk/tickets/1/resolution/", {"solution": "In the menu."}, **HTMX)
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, "/desk/tickets/1/")


def test_ZM05_an_inadequate_request_waits_for_what_is_missing(desk_of, person, client_for):
    tenant = desk_of("zoom")
    lifecycle.open_ticket(requester=person("alice"), summary="Echo", body="In calls.", at=now())
    desk = client_for(tenant, person("bob"))
    assert change(desk, "completeness", missing=" ").status_code == 422
    change(desk, "completeness", missing="Which version?")
    assert ticket().missing == "Which version?"
    assert b"Which version?" in desk.get("/desk/tickets/1/").content
    change(desk, "completeness", complete="1")
    assert ticket().missing == ""


def test_ZP09_scope_is_overruled_with_a_reason(desk, opened):
    opened("VPS", body="Please configure my VPS server and the server of a third-party tool.")
    Ticket.objects.update(outcome="out_of_scope")
    assert change(desk, "scope", because=" ").status_code == 422
    change(desk, "scope", because="A courtesy")
    assert ticket().overruled_because == "A courtesy"


def test_situations_are_stated_and_taken_back(desk, opened):
    opened()
    change(desk, "situations", situations=["emergency"], because="Everything stands still.")
    assert ticket().situations == ["emergency"]
    change(desk, "situations", because="It was the cable.")
    assert ticket().situations == []


def test_td08_sl06_what_changes_the_promise_is_stated_with_a_reason_that_the_customer_reads(
    desk, opened, client_for, person
):
    opened()
    for because in ("", "  ", "x" * 501):
        refused = change(desk, "situations", situations=["third_party"], because=because)
        assert refused.status_code == 422 and list(refused.context["form"].errors) == ["because"]
    assert ticket().situations == []
    change(desk, "situations", situations=["third_party"], because="The operator is down.")
    for browser, path in (
        (desk, "/desk/tickets/1/"),
        (client_for(desk.tenant, person("alice")), "/tickets/1/"),
    ):
        assert b"The operator is down." in browser.get(path).content
    refused = change(desk, "situations", situations=[])
    assert refused.status_code == 422 and ticket().situations == ["third_party"]


def test_somebody_is_put_in_copy_once(desk, opened):
    opened()
    change(desk, "participants", address="boss@example.com")
    assert Participant.objects.get().address == "boss@example.com"
    assert change(desk, "participants", address="boss@example.com").status_code == 422
    assert change(desk, "participants", address="nobody").status_code == 422
