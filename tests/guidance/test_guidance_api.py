"""Articles and incidents by the API (CH02, TD18): read by everybody, written with rights and a scope."""

import pytest

from policies.guidance import articles
from policies.guidance.models import Article, Component, Incident
from tests.guidance.conftest import MONDAY_8
from tickets.api.keys import ApiKey, issue

JSON = "application/json"


def key_of(person, *scopes):
    secret = issue(ApiKey(name="ERP", person=person, scopes=list(scopes)), MONDAY_8)
    return {"headers": {"authorization": f"Bearer {secret}"}}


@pytest.fixture
def clients(tenant_a, client_for, person):
    return {name: client_for(tenant_a, person(name)) for name in ("alice", "bob", "dora")}


def test_ch02_articles_are_written_in_editions_and_read_by_customers(clients):
    alice, bob, dora = clients.values()
    given = {"title": {"en": "Rejected invoices", "pt-br": "Notas rejeitadas"},
             "body": {"en": "Send again.", "pt-br": "Envie de novo."}, "topics": ["question"]}  # fmt: skip
    assert bob.post("/api/v1/articles/", given, JSON).status_code == 403
    made = dora.post("/api/v1/articles/", given, JSON)
    assert made.status_code == 201 and made.json()["edition"] == 1
    address = made.headers["Location"]
    read = alice.get(address).json()
    assert read["title"]["pt-br"] == "Notas rejeitadas" and read["solved"] is None and read["is_published"]
    assert bob.get(address).json()["solved"] == 0

    changed = dora.patch(
        address, {"body": {"en": "Press twice.", "pt-br": "Aperte duas vezes."}}, JSON
    ).json()
    assert (changed["edition"], changed["is_published"]) == (2, True)
    hidden = dora.patch(address, {"is_published": False}, JSON).json()
    assert (hidden["edition"], hidden["is_published"]) == (2, False)
    assert alice.get(address).status_code == 404 and alice.get("/api/v1/articles/").json()["results"] == []
    assert bob.get("/api/v1/articles/").json()["results"][0]["is_published"] is False
    assert dora.patch(address, {"is_published": True}, JSON).json()["is_published"]
    assert [row["slug"] for row in alice.get("/api/v1/articles/?topic=question").json()["results"]] == [
        "rejected-invoices"
    ]
    assert alice.get("/api/v1/articles/?topic=bug").json()["results"] == []
    for words in ("rejeitada", "invoice rejected"):
        assert len(alice.get("/api/v1/articles/", {"q": words}).json()["results"]) == 1
    assert alice.get("/api/v1/articles/?q=pizza").json() == {"next": None, "results": []}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": {}}, "title"),
        ({"title": {"fr": "Bonjour"}}, "title"),
        ({"title": "Rejected"}, "title"),
        ({"title": {"en": 1}}, "title"),
        ({"body": {"pt-br": "Só aqui."}}, "body"),
        ({"body": {"en": "x" * 40_001}}, "body"),
        ({"topics": ["nothing"]}, "topics"),
        ({"slug": "a b"}, "slug"),
        ({"slug": "suggestions"}, "slug"),
        ({"slug": "taken"}, "slug"),
        ({"words": {}}, "words"),
    ],
)
def test_what_is_wrong_with_an_article_is_said_at_its_field(clients, wrong, field):
    articles.write(title={"en": "Other"}, body={"en": "Other."}, slug="taken", at=MONDAY_8)
    given = {"title": {"en": "Rejected"}, "body": {"en": "Send again."}} | wrong
    answer = clients["dora"].post("/api/v1/articles/", given, JSON)
    assert answer.status_code in (400, 422)
    assert any(name.startswith(field) for name in answer.json()["errors"]), answer.json()
    assert Article.objects.count() == 1


def test_td18_a_program_opens_an_incident_says_what_is_new_and_ends_it(tenant_a, client_for, clients, person):
    part = Component.objects.create(name={"en": "Sending"})
    program = client_for(tenant_a)
    key = key_of(person("bob"), "guidance:read", "guidance:write")
    given = {"title": {"en": "Late"}, "body": {"en": "We look."}, "impact": "major", "components": [part.pk]}
    made = program.post("/api/v1/incidents/", given, JSON, **key)
    assert made.status_code == 201 and made.json()["state"] == "investigating"
    address, alice = made.headers["Location"], clients["alice"]
    [component] = alice.get("/api/v1/components/").json()
    assert component["impact"] == "major"
    assert len(alice.get("/api/v1/incidents/?running=true").json()["results"]) == 1
    told = program.post(f"{address}updates/", {"state": "resolved", "body": {"en": "Done."}}, JSON, **key)
    assert told.status_code == 201
    assert [each["state"] for each in told.json()["updates"]] == ["resolved", "investigating"]
    assert alice.get("/api/v1/incidents/?running=true").json()["results"] == []
    assert len(alice.get("/api/v1/incidents/?running=false").json()["results"]) == 1
    assert program.patch(address, {"title": {"en": "Very late"}}, JSON, **key).json()["title"] == {
        "en": "Very late"
    }

    reader = key_of(person("bob"), "guidance:read")
    assert program.post("/api/v1/incidents/", given, JSON, **reader).json()["scope"] == "guidance:write"
    assert alice.post("/api/v1/incidents/", given, JSON).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"components": [99]}, "components"),
        ({"components": "1"}, "components"),
        ({"impact": "terrible"}, "impact"),
        ({"state": "planned"}, "state"),
        ({"ends_at": "2026-11-30T10:00:00Z"}, "ends_at"),
        ({"impact": "maintenance"}, "ends_at"),
        ({"starts_at": "2099-01-01T00:00:00Z"}, "starts_at"),
        ({"body": {"en": " "}}, "body"),
    ],
)
def test_what_is_wrong_with_an_incident_is_said_at_its_field(clients, wrong, field):
    given = {"title": {"en": "Late"}, "body": {"en": "We look."}} | wrong
    answer = clients["bob"].post("/api/v1/incidents/", given, JSON)
    assert answer.status_code in (400, 422)
    assert any(name.startswith(field) for name in answer.json()["errors"]), answer.json()
    assert not Incident.objects.exists()
