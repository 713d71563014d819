"""Canned answers by the API: whose they are, who changes them, what is refused."""

import pytest

from tenants.customers.models import Team
from tenants.moment import now
from tickets.canned.models import CannedAnswer

GIVEN = {"title": "Clear the cache", "body": "Dear {customer}, please clear the cache.", "shortcut": "cache"}


@pytest.fixture
def carol(tenant_a, program):
    """Who leads."""
    return program(tenant_a, "carol")


def kept(**given):
    return CannedAnswer.objects.create(
        **{"title": "Hello", "body": "Hello {customer}"} | given, changed_at=now()
    )


def listed(program):
    return [row["title"] for row in program.get("canned/").data["results"]]


def test_one_of_ones_own_is_written_read_changed_and_deleted(bob, carol, person):
    made = bob.post("canned/", GIVEN)
    assert made.status_code == 201
    answer = CannedAnswer.objects.get()
    assert made.headers["Location"] == f"/api/v1/canned/{answer.pk}/"
    assert made.data | {"changed_at": ""} == GIVEN | {
        "id": answer.pk, "language": "", "whose": "mine", "team": None, "may_change": True, "changed_at": "",
    }  # fmt: skip
    assert (answer.owner, answer.team) == (person("bob"), None)
    path = f"canned/{answer.pk}/"
    read = bob.get(path)
    assert read.data == made.data and listed(bob) == ["Clear the cache"]
    # It is Bob's alone: whoever leads does not even read it.
    assert listed(carol) == [] and carol.get(path).status_code == 404
    assert carol("PATCH", path, {"title": "Mine"}).status_code == 404

    changed = bob("PATCH", path, {"body": "Please restart it."}, {"If-Match": read.headers["ETag"]})
    assert changed.status_code == 200 and changed.data["body"] == "Please restart it."
    assert bob("PATCH", path, {"body": "No."}, {"If-Match": read.headers["ETag"]}).status_code == 412
    assert bob("DELETE", path).status_code == 204 and not CannedAnswer.objects.exists()
    assert bob("DELETE", path).status_code == 404


def test_who_leads_writes_for_a_team_and_for_everybody_and_others_use_these(bob, carol, person):
    support = Team.objects.order_by("pk").first()
    far = Team.objects.create(key="far", name="Far away")
    ours = carol.post("canned/", GIVEN | {"whose": "team", "team": support.key}).data
    assert (ours["whose"], ours["team"], ours["may_change"]) == ("team", support.key, True)
    theirs = carol.post("canned/", GIVEN | {"title": "Theirs", "team": "far", "whose": "team"}).data
    everybodys = carol.post("canned/", GIVEN | {"title": "Everybody's", "whose": "everybody"}).data
    assert listed(carol) == ["Everybody's", "Theirs", "Clear the cache"]
    # Bob is of the one team and not of the other.
    assert person("bob") in support.members.all() and far.members.count() == 0
    assert listed(bob) == ["Everybody's", "Clear the cache"]
    assert bob.get(f"canned/{theirs['id']}/").status_code == 404
    for mine in (ours, everybodys):
        path = f"canned/{mine['id']}/"
        assert bob.get(path).data["may_change"] is False
        assert bob("PATCH", path, {"title": "x"}).status_code == 403
        assert bob("DELETE", path).status_code == 403
    assert bob.post("canned/", GIVEN | {"whose": "everybody"}).status_code == 403
    assert bob.post("canned/", GIVEN | {"whose": "team", "team": support.key}).status_code == 403
    assert CannedAnswer.objects.count() == 3

    # It becomes another's; what is not sent stays.
    shared = carol("PATCH", f"canned/{theirs['id']}/", {"whose": "everybody", "shortcut": ""}).data
    assert (shared["whose"], shared["team"]) == ("everybody", None)
    path = f"canned/{ours['id']}/"
    given = carol("PATCH", path, {"team": "far"}).data
    assert (given["whose"], given["team"], given["title"]) == ("team", "far", "Clear the cache")
    assert carol("PATCH", path, {"title": "Again"}).data["team"] == "far"


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"title": ""}, "title", "blank"),
        ({"title": "x" * 81}, "title", "80"),
        ({"body": "x" * 10_001}, "body", "10000"),
        ({"body": "a\x00b"}, "body", "Null characters"),
        ({"body": "Dear {client}, {foo}"}, "body", "There is no placeholder {client}, {foo}."),
        ({"shortcut": "Olá!"}, "shortcut", "pattern"),
        ({"language": "xx"}, "language", "does not speak"),
        ({"whose": "theirs"}, "whose", "not a valid choice"),
        ({"team": "far"}, "team", "only what is a team's"),
        ({"whose": "team"}, "team", "Say which"),
        ({"whose": "team", "team": "nowhere"}, "team", "no such team"),
        ({"owner": 1}, "owner", "no such field"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(carol, wrong, field, said):
    refused = carol.post("canned/", GIVEN | wrong)
    assert refused.status_code in (400, 422) and list(refused.data["errors"]) == [field]
    assert said in refused.data["errors"][field][0]
    assert not CannedAnswer.objects.exists()


def test_a_shortcut_stands_for_one_answer_of_the_same_people(bob, person):
    kept(owner=person("bob"), shortcut="cache")
    kept(shortcut="cache")
    refused = bob.post("canned/", GIVEN)
    assert refused.status_code == 422 and "has this shortcut" in refused.data["errors"]["shortcut"][0]
    assert bob.post("canned/", GIVEN | {"shortcut": "other"}).status_code == 201


def test_a_repeated_request_writes_one(bob):
    answers = [bob.post("canned/", GIVEN, Idempotency_Key="cache-1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert CannedAnswer.objects.count() == 1


def test_customers_have_none_and_the_twin_has_others(alice, bob, tenant_b, tenant_a, program):
    assert alice.get("canned/").status_code == alice.post("canned/", GIVEN).status_code == 403
    assert bob.post("canned/", GIVEN).status_code == 201
    answer = CannedAnswer.objects.get()
    from tests.conftest import enter

    enter("globex")
    twin = program(tenant_b, "bob")
    assert listed(twin) == [] and twin.get(f"canned/{answer.pk}/").status_code == 404


def test_many_answers_cost_no_more_queries(bob, person, django_assert_max_num_queries):
    for n in range(30):
        kept(title=f"Answer {n}", owner=person("bob") if n % 2 else None)
    with django_assert_max_num_queries(12):
        assert len(listed(bob)) == 30
