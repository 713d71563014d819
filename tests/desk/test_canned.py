"""Canned answers: whose they are, what their placeholders become, and how they come into a reply."""

from datetime import UTC, datetime

import pytest

from tenants.customers.models import Team
from tenants.moment import now
from tickets.canned.models import CannedAnswer
from tickets.models import Message, Ticket

GIVEN = {"title": "Clear the cache", "shortcut": "cache", "body": "Please clear the cache.", "whose": "mine"}


@pytest.fixture
def kept(tenant_a):
    """kept("Title", body, owner=...) as they stand in the list."""

    def keep(title="Clear the cache", body="Please clear the cache.", **more):
        return CannedAnswer.objects.create(title=title, body=body, changed_at=now(), **more)

    return keep


def titles(response):
    return [row[0].title for row in response.context["rows"]]


def offered(desk, number=1):
    return [each.title for each, _ in desk.get(f"/desk/tickets/{number}/canned/").context["found"]]


def test_an_agent_writes_one_for_themselves_and_nobody_else_sees_it(
    desk, bob, client_for, tenant_a, person, opened
):
    opened()
    assert desk.post("/desk/canned/", GIVEN).status_code == 302
    answer = CannedAnswer.objects.get()
    assert (answer.owner, answer.team, answer.shortcut) == (bob, None, "cache")
    assert titles(desk.get("/desk/canned/")) == ["Clear the cache"] == offered(desk)
    carol = client_for(tenant_a, person("carol"))
    assert titles(carol.get("/desk/canned/")) == [] == offered(carol)
    assert carol.get(f"/desk/canned/{answer.pk}/").status_code == 404


def test_who_leads_writes_for_a_team_and_for_everybody(desk, tenant_a, client_for, person, opened, bob):
    opened()
    carol = client_for(tenant_a, person("carol"))
    assert (
        carol.post(
            "/desk/canned/", GIVEN | {"title": "All", "shortcut": "", "whose": "everybody"}
        ).status_code
        == 302
    )
    far = Team.objects.create(key="far", name="Far away")
    assert carol.post("/desk/canned/", GIVEN | {"title": "Theirs", "whose": "far"}).status_code == 302
    assert titles(desk.get("/desk/canned/")) == ["All"] == offered(desk)
    far.members.add(bob)
    assert titles(desk.get("/desk/canned/")) == ["All", "Theirs"] == offered(desk)
    everybodys = CannedAnswer.objects.get(title="All")
    assert desk.get(f"/desk/canned/{everybodys.pk}/").status_code == 404, (
        "an agent uses it, who leads changes it"
    )
    assert desk.post(f"/desk/canned/{everybodys.pk}/deletion/").status_code == 404
    refused = desk.post("/desk/canned/", GIVEN | {"whose": "everybody"})
    assert refused.status_code == 422 and "whose" in refused.context["form"].errors


def test_it_is_changed_and_deleted_by_its_owner(desk, bob, kept):
    answer = kept(owner=bob, shortcut="cache")
    changed = desk.post(f"/desk/canned/{answer.pk}/", GIVEN | {"body": "Please restart it."})
    assert changed.status_code == 302
    answer.refresh_from_db()
    assert answer.body == "Please restart it."
    desk.post(f"/desk/canned/{answer.pk}/deletion/")
    assert not CannedAnswer.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"title": ""}, "title", "required"),
        ({"shortcut": "Olá!"}, "shortcut", "Small letters"),
        ({"body": "Dear {client}, {foo}"}, "body", "There is no placeholder {client}, {foo}."),
        ({"body": "x" * 10_001}, "body", "10000"),
        ({"body": "a\x00b"}, "body", "Null characters"),
        ({"language": "xx"}, "language", "valid choice"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(desk, wrong, field, said):
    answer = desk.post("/desk/canned/", GIVEN | wrong)
    assert answer.status_code == 422
    assert said in str(answer.context["form"].errors[field])
    typed = {name: answer.context["form"][name].value() for name in ("title", "shortcut", "body")}
    assert typed == {name: (GIVEN | wrong)[name] for name in typed}
    assert not CannedAnswer.objects.exists()


def test_a_shortcut_stands_for_one_answer_of_the_same_people(desk, bob, kept):
    kept(owner=bob, shortcut="cache")
    kept("Everybody's", shortcut="cache")
    refused = desk.post("/desk/canned/", GIVEN)
    assert refused.status_code == 422 and "has this shortcut" in str(
        refused.context["form"].errors["shortcut"]
    )
    assert desk.post("/desk/canned/", GIVEN | {"shortcut": ""}).status_code == 302


def test_placeholders_become_what_is_known_of_the_ticket(desk, opened, kept, person):
    """Z-PRO's calendar is Alice's clock: 15:00 UTC is noon in Sao Paulo. What is no placeholder stays as it was typed."""
    opened("Where is it?", at=datetime(2026, 11, 23, 11, tzinfo=UTC))
    Ticket.objects.update(due_at=datetime(2036, 11, 26, 15, tzinfo=UTC), language="en")
    kept(
        body="Dear {customer}, {desk} has #{number} ({summary}); by {deadline}. {x} {} {{customer}} - {agent}"
    )
    [(_, text)] = desk.get("/desk/tickets/1/canned/").context["found"]
    alice, bob = person("alice"), person("bob")
    assert text == (
        f"Dear {alice.name}, Desk canary-of-acme has #1 (Where is it?); by Wed 26 Nov 2036, 12:00. "
        f"{{x}} {{}} {{{alice.name}}} - {bob.name}"
    )


def test_a_deadline_that_is_none_leaves_no_word(desk, opened, kept):
    opened()
    Ticket.objects.update(due_at=None)
    kept(body="By {deadline}.")
    [(_, text)] = desk.get("/desk/tickets/1/canned/").context["found"]
    assert text == "By ."


def test_one_of_another_language_is_not_offered_and_the_tickets_own_come_first(desk, opened, kept):
    opened()
    Ticket.objects.update(language="pt-br")
    kept("Any")
    kept("Deutsch", language="de")
    kept("Português", language="pt-br")
    assert offered(desk) == ["Português", "Any"]


def test_without_javascript_its_link_begins_the_reply_and_the_reply_brings_it(desk, opened, kept, bob):
    opened()
    answer = kept(body="Dear {customer}, please clear the cache.", owner=bob)
    choice = desk.get("/desk/tickets/1/canned/")
    assert f"/desk/tickets/1/?canned={answer.pk}#reply" in choice.content.decode()
    page = desk.get(f"/desk/tickets/1/?canned={answer.pk}")
    begun = page.context["reply"]["body"].value()
    assert begun == "Dear Alice canary-of-acme, please clear the cache."
    desk.post("/desk/tickets/1/replies/", {"reply-body": begun})
    assert Message.objects.latest("pk").body == begun


@pytest.mark.parametrize("pk", ["0", "9" * 30, "x", "-1"])
def test_a_link_to_one_that_is_not_mine_begins_nothing(desk, opened, kept, person, pk):
    opened()
    kept(owner=person("carol"))
    page = desk.get(f"/desk/tickets/1/?canned={pk}")
    assert page.status_code == 200 and not page.context["reply"]["body"].value()


def test_many_answers_cost_no_more_queries(desk, opened, kept):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    opened()
    costs = []
    for count in (1, 20):
        for n in range(count):
            kept(f"Answer {count}-{n}", body="{customer} {desk}")
        for path in ("/desk/canned/", "/desk/tickets/1/canned/"):
            with CaptureQueriesContext(connection) as asked:
                desk.get(path)
            costs.append(len(asked))
    assert costs[:2] == costs[2:]
