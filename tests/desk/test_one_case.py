"""One case per issue at the desk (TD16), triage and handing over (TD10), out of scope by hand: by its pages."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications import rendering
from notifications.models import Notification
from sla.models import Clock
from tenants.customers.models import Team
from tenants.moment import now
from tickets import lifecycle
from tickets.models import Event, Ticket

HTMX = {"HTTP_HX_REQUEST": "true"}
NOON = datetime(2027, 3, 10, 12, tzinfo=UTC)


def page(browser, number):
    return " ".join(browser.get(f"/desk/tickets/{number}/").content.decode().split())


def test_td16_an_agent_merges_into_a_suggested_ticket_and_undoes_it(desk, opened):
    opened("The report is empty")
    opened("Change the logo", who="erin")
    opened("Report is empty today", who="erin")
    form = desk.get("/desk/tickets/1/merging/").content.decode()
    # Of the same company, the likeliest first, with how much.
    assert form.index("#3 Report is empty today") < form.index("#2 Change the logo")
    assert "% alike" in form
    # Erin is a colleague whose tickets Alice does not see: that both will read everything is confirmed.
    refused = desk.post("/desk/tickets/1/merging/", {"likely": "3", "because": "The same"})
    assert refused.status_code == 422 and refused.context["form"].errors["across"]
    answer = desk.post("/desk/tickets/1/merging/", {"likely": "3", "because": "The same", "across": "on"})
    assert answer.url == "/desk/tickets/3/"
    assert "merged ticket #1 into this one: The same" in page(desk, 3)
    assert ">#1</span>" in page(desk, 3), "the message says where it was said"
    source = page(desk, 1)
    assert "Merged into" in source and "/desk/tickets/3/" in source
    assert desk.post("/desk/tickets/1/merging/undo/").url == "/desk/tickets/1/"
    assert Ticket.objects.get(number=1).merged_into is None
    assert "Undo the merge" not in page(desk, 1)


def test_td16_or_by_its_number_and_a_wrong_one_is_said_at_the_field(desk, opened):
    opened("The report is empty")
    opened("Frank's", who="frank")
    for sent, field in (
        ({}, "into"),
        ({"into": "#77"}, "into"),
        ({"into": "x"}, "into"),
        ({"into": "1"}, "into"),
        ({"into": "2"}, "across"),
    ):
        refused = desk.post("/desk/tickets/1/merging/", sent)
        assert refused.status_code == 422, sent
        assert field in refused.context["form"].errors, sent
    dialog = desk.post("/desk/tickets/1/merging/", {"into": "2"}, **HTMX)
    assert (dialog.status_code, b"<html" in dialog.content) == (422, False)
    done = desk.post("/desk/tickets/1/merging/", {"into": "#2", "across": "on"}, **HTMX)
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, "/desk/tickets/2/")


def test_td16_an_agent_splits_a_message_off_and_undoes_it(desk, opened, person):
    ticket = opened("The report is empty")
    second = lifecycle.reply(ticket, author=person("alice"), body="And a user for Ann, please.", at=now())
    form = desk.get("/desk/tickets/1/splitting/").content.decode()
    assert "And a user for Ann, please." in form and 'name="topic"' in form
    assert desk.post("/desk/tickets/1/splitting/", {"summary": "x"}).status_code == 422
    answer = desk.post(
        "/desk/tickets/1/splitting/",
        {"messages": [second.pk], "summary": "A user for Ann", "topic": "question"},
    )
    assert answer.url == "/desk/tickets/2/"
    new = Ticket.objects.get(number=2)
    assert (new.topic, new.opened_at, new.split_from.number) == ("question", second.at, 1)
    assert "Split off" in page(desk, 2) and "/desk/tickets/2/" in page(desk, 1)
    desk.post("/desk/tickets/2/splitting/undo/")
    assert Ticket.objects.get(number=2).merged_into.number == 1
    told = Notification.objects.get(kind="ticket_merged", address="alice@example.com")
    letter = rendering.Stationery().letter(told).text  # two matters in one ticket, which need not be alike
    assert "We have joined your request #2: A user for Ann with #1: The report is empty" in " ".join(
        letter.split()
    )


@pytest.mark.parametrize("noun", ["merging", "splitting", "handover", "exclusion"])
def test_every_change_has_a_page_and_the_same_as_a_dialog(desk, opened, noun):
    opened()
    assert b"<html" in desk.get(f"/desk/tickets/1/{noun}/").content
    dialog = desk.get(f"/desk/tickets/1/{noun}/", **HTMX)
    assert b"<html" not in dialog.content and b"hx-post" in dialog.content
    assert desk.post(f"/desk/tickets/1/{noun}/").status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "merging",
        "merging/undo",
        "splitting",
        "splitting/undo",
        "handover",
        "exclusion",
        "messages/1/redaction",
    ],
)
def test_nothing_of_it_is_there_for_customers_or_strangers(tenant_a, opened, person, client_for, path):
    opened()
    before = Event.objects.count()
    for who, answer in ((person("alice"), 404), (None, 302)):
        assert client_for(tenant_a, who).post(f"/desk/tickets/1/{path}/", {"into": "1"}).status_code == answer
    assert Event.objects.count() == before


def test_td10_the_team_sets_the_priority_assigns_and_passes_it_to_the_right_team(
    desk_of, person, client_for, monkeypatch
):
    """360dialog, by the desk's pages. Severity 1 is an update every 4 hours instead of every 24; passing the ticket on stops no
    clock, and the new team hears of it with the note."""
    tenant = desk_of("360dialog")
    for view in ("changes", "merging", "ticket"):
        monkeypatch.setattr(f"tickets.desk.{view}.now", lambda: NOON + timedelta(minutes=5))
    lifecycle.open_ticket(requester=person("alice"), summary="Old value", body="In the hub.", at=NOON)
    bob, technical = client_for(tenant, person("bob")), Team.objects.get(key="technical")
    technical.members.set([person("carol")])
    ticket = Ticket.objects.get()
    assert (ticket.priority, ticket.team.key, ticket.owner) == ("3", "first-level", None)

    def update_due():
        clocks = Clock.objects.filter(subject_id=ticket.pk, metric="periodic_update", status="running")
        return clocks.get().due_at

    assert update_due() == NOON + timedelta(hours=24)
    bob.post("/desk/tickets/1/triage/", {"priority": "1"})
    assert update_due() == NOON + timedelta(hours=4)
    bob.post("/desk/tickets/1/assignment/", {"owner": person("bob").pk})
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.owner, ticket.status) == ("1", person("bob"), "open")

    first = Clock.objects.get(subject_id=ticket.pk, metric="first_response")
    assert first.due_at == NOON + timedelta(minutes=30)
    refused = bob.post("/desk/tickets/1/handover/", {"team": technical.pk, "note": " "})
    assert refused.status_code == 422 and refused.context["form"].errors["note"]
    Notification.objects.all().delete()
    bob.post("/desk/tickets/1/handover/", {"team": technical.pk, "note": "The cache of the hub, I think."})
    ticket.refresh_from_db()
    assert (ticket.team, ticket.owner) == (technical, None), "Bob is not of that team: it is theirs to take"
    # The clocks run on, and a note is no answer.
    after = Clock.objects.get(pk=first.pk)
    assert (after.status, after.due_at, after.fulfilled_at) == ("running", first.due_at, None)
    # Carol, of that team, is told with the note; the customer is not.
    told = Notification.objects.filter(kind="handed_over")
    assert {each.person for each in told} == {person("carol")}
    assert sorted(told.values_list("channel", flat=True)) == ["email", "in_app"]
    assert told.first().words["message"] == "The cache of the hub, I think."
    assert not Notification.objects.filter(address="alice@example.com").exists()
    shown = page(bob, 1)
    assert "handed it over: team First level → Technical team" in shown
    assert "The cache of the hub, I think." in shown and "Note - only we see it" in shown
    assert "The cache" not in client_for(tenant, person("alice")).get("/tickets/1/").content.decode()


def test_zp09_an_agent_takes_a_ticket_out_of_scope_with_a_reason_that_both_sides_see(
    desk, opened, person, client_for, tenant_a
):
    ticket = opened()
    refused = desk.post("/desk/tickets/1/exclusion/", {"outcome": "no_sla"})
    assert refused.status_code == 422 and refused.context["form"].errors["because"]
    Notification.objects.all().delete()
    desk.post(
        "/desk/tickets/1/exclusion/", {"outcome": "no_sla", "because": "A favour: no time is promised."}
    )
    ticket.refresh_from_db()
    assert (ticket.outcome, ticket.scope_rule, ticket.due_at) == ("no_sla", "by_hand", None)
    clocks = Clock.objects.filter(subject_id=ticket.pk)
    assert {(c.status, c.fulfilled_at) for c in clocks} == {("ended", None)}, (
        "no verdict: it counts in no rate"
    )
    assert "A favour: no time is promised." in page(desk, 1) and "No promise" in page(desk, 1)
    told = Notification.objects.get(kind="ticket_opened", address="alice@example.com")
    assert "A favour" in str(told.words["scope"])
    shown = client_for(tenant_a, person("alice")).get("/tickets/1/").content.decode()
    assert "without a promised time" in shown and "A favour: no time is promised." in shown
    # No rule decides it anew; an agent may, with a reason, and its clocks run again.
    lifecycle.triage(ticket, by=person("bob"), at=now(), topic="bug")
    assert Ticket.objects.get().outcome == "no_sla"
    desk.post("/desk/tickets/1/scope/", {"because": "It is ours after all"})
    ticket.refresh_from_db()
    assert ticket.outcome == "in_scope" and ticket.due_at is not None
    assert (ticket.declined_outcome, ticket.declined_rule) == ("no_sla", "by_hand")
