"""The policy's draft by the API: seen, and published exactly as it was seen."""

from datetime import timedelta

import pytest

from policies import draft, models, publishing
from policies.models import PolicyVersion
from tenants.moment import now


@pytest.fixture
def dora(tenant_a, program):
    return program(tenant_a, "dora")


@pytest.fixture
def changed(tenant_a, person):
    """The draft differs from what is in force: customers may reopen for three days only."""
    models.General.objects.update(reopen_within=timedelta(days=3))
    return draft.touch(now(), person("dora"))


def test_an_admin_sees_the_draft_and_publishes_it(dora, bob, changed):
    seen = dora.get("policy/draft/").data
    assert seen["revision"] == changed
    assert seen["differences"]
    assert [p for p in seen["problems"] if p["severity"] == "error"] == []
    before = bob.get("policy/").data["number"]
    answer = dora.post("policy/versions/", {"revision": seen["revision"], "note": "three days"})
    assert answer.status_code == 201, answer.data
    version = PolicyVersion.objects.order_by("-number").first()
    assert (answer.data["number"], version.number, version.note) == (before + 1, before + 1, "three days")
    assert version.published_by.email == "dora@example.com"
    assert bob.get("policy/").data["number"] == before + 1
    assert [v["number"] for v in bob.get("policy/versions/").data["results"]] == [before + 1, before]
    assert dora.get("policy/draft/").data["differences"] == []


def test_a_draft_that_moved_is_not_published(dora, changed, person):
    seen = dora.get("policy/draft/").data["revision"]
    draft.touch(now(), person("dora"))
    answer = dora.post("policy/versions/", {"revision": seen})
    assert (answer.status_code, answer.headers["Content-Type"]) == (409, "application/problem+json")
    assert PolicyVersion.objects.count() == 1


def test_sent_again_with_its_key_a_publication_is_one_version(dora, changed):
    for _ in range(2):
        answer = dora.post("policy/versions/", {"revision": changed}, Idempotency_Key="release-1")
        assert answer.status_code == 201
    assert PolicyVersion.objects.count() == 2


def test_it_may_take_effect_later_and_never_in_the_past(dora, changed):
    later = (now() + timedelta(days=7)).isoformat()
    past = dora.post("policy/versions/", {"revision": changed, "effective_from": "2025-01-01T00:00:00Z"})
    assert (past.status_code, list(past.data["errors"])) == (422, ["effective_from"])
    answer = dora.post(
        "policy/versions/", {"revision": changed, "effective_from": later, "adopts_open": True}
    )
    assert (answer.status_code, answer.data["adopts_open"]) == (201, True)
    assert publishing.version_in_force(now()).number == 1


def test_a_draft_with_errors_is_refused_with_what_is_wrong(dora, changed):
    models.Target.objects.update(calendar="nonsense")
    draft.touch(now())
    seen = dora.get("policy/draft/").data
    assert [p for p in seen["problems"] if p["severity"] == "error"]
    answer = dora.post("policy/versions/", {"revision": seen["revision"]})
    assert answer.status_code == 422
    assert all(name.startswith("draft.") for name in answer.data["errors"])


def test_only_admins_see_and_publish_the_draft(bob, alice, changed):
    for who in (bob, alice):
        assert who.get("policy/draft/").status_code == 403
        assert who.post("policy/versions/", {"revision": changed}).status_code == 403
    assert alice.get("policy/versions/").status_code == 403
    assert PolicyVersion.objects.count() == 1
