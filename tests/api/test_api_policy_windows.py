"""The policy, event windows, people and companies by the API; keys in the admin."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from policies import codec
from sla.models import EventWindow
from tenants.customers.models import Company
from tenants.moment import now
from tests.template import twins_policy
from tickets.api.keys import ApiKey


def test_the_policy_in_force_is_its_document(bob, alice):
    told = bob.get("policy/").data
    assert codec.from_dict(told["document"]) == twins_policy()
    document = alice.get("policy/").data["document"]
    assert document["topics"]
    assert not {"scope_rules", "escalation", "teams", "note"} & document.keys()
    assert "note" not in str(document["targets"])


def test_it_explains_like_the_command(desk_of, program):
    bob = program(desk_of("zoom"), "bob")
    asked = {"plan": "business", "priority": "1", "channel": "portal", "at": "2026-11-23T08:00:00-03:00"}
    told = bob.get("policy/explanation/", **asked).data
    assert (told["plan"], told["priority"], told["at"]) == ("business", "1", "2026-11-23T11:00:00Z")
    assert told["deadlines"][0]["stretches"]
    unescaped = bob.get("/api/v1/policy/explanation/?at=2026-11-23T11:00:00+00:00").data
    assert unescaped["at"] == "2026-11-23T11:00:00Z"


@pytest.mark.parametrize("pack", ["z-pro", "zoom", "erp-chamados", "360dialog", "suporte-leiloes", "tour"])
@pytest.mark.parametrize("at", ["2025-06-01T00:00:00Z", "2099-12-31T23:59:59Z"])
def test_every_pack_explains_near_and_far(desk_of, program, pack, at):
    bob = program(desk_of(pack), "bob")
    assert bob.get("policy/explanation/", at=at, situation="auction").status_code == 200


def test_what_the_policy_does_not_have_is_named(bob):
    answer = bob.get(
        "policy/explanation/", plan="gold", topic="x", situation="war", at="2001-01-01T00:00:00Z"
    )
    assert set(answer.data["errors"]) == {"plan", "topic", "situation.0"}
    assert bob.get("policy/explanation/", at="2001-01-01T00:00:00Z").data["errors"].keys() == {"at"}


def test_a_customer_is_explained_their_own_plan(desk_of, program):
    alice = program(desk_of("360dialog"), "alice")
    assert alice.get("policy/explanation/").data["plan"] == "premium"


def test_without_a_policy_nothing_breaks(bob, monkeypatch):
    from policies.models import PolicyVersion

    PolicyVersion.objects.update(effective_from=datetime(2090, 1, 1, tzinfo=UTC))
    asked = {"summary": "x", "body": "y", "requester": "alice@example.com"}
    assert bob.post("tickets/", asked).status_code == 409
    assert bob.get("policy/").status_code == 409
    assert bob.get("policy/explanation/").status_code == 409


def test_SL02_a_feed_enters_moves_and_cancels_windows(desk_of, program):
    bob, start = program(desk_of("suporte-leiloes"), "bob"), now() + timedelta(hours=1)
    company = Company.objects.order_by("id").first()
    new = {
        "company": str(company.reference),
        "name": "Spring auction",
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=4)).isoformat(),
    }
    answers = [bob.post("windows/", new) for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 200]
    window = EventWindow.objects.get()
    path = answers[0].headers["Location"]
    moved = bob("PATCH", path, {"starts_at": (start + timedelta(hours=1)).isoformat()})
    assert moved.status_code == 200, moved.data
    window.refresh_from_db()
    assert (window.starts_at, window.ends_at) == (start + timedelta(hours=1), start + timedelta(hours=4))
    refused = bob("PATCH", path, {"ends_at": start.isoformat()})
    assert (refused.status_code, list(refused.data["errors"])) == (422, ["ends_at"])
    assert [w["id"] for w in bob.get("windows/", company=str(company.reference)).data["results"]] == [
        window.pk
    ]
    assert bob.get("windows/", ends_after=(start + timedelta(days=1)).isoformat()).data["results"] == []
    for _ in range(2):
        assert bob("DELETE", path).status_code == 204
    assert bob.get(path).data["cancelled_at"] is not None
    assert bob("PATCH", path, {"ends_at": new["ends_at"]}).status_code == 422
    assert bob.post("windows/", new | {"company": "00000000-0000-0000-0000-000000000000"}).status_code == 422
    assert bob.post("windows/", new | {"ends_at": new["starts_at"]}).status_code == 422
    assert bob.post("windows/", new | {"starts_at": "2026-01-01T00:00:00"}).status_code == 400


def test_people_and_companies(bob, person):
    company = bob.get("companies/").data["results"][-1]
    assert company["account_manager"]["email"] == "grace@example.com"
    assert bob.get(f"companies/{company['reference']}/").data == company
    [alice] = bob.get("people/", email="ALICE@example.com").data["results"]
    assert alice["company"]["reference"] == company["reference"]
    assert bob.get(f"people/{alice['id']}/").data == alice
    assert "password" not in alice
    employees = bob.get("people/", company=company["reference"]).data["results"]
    assert {p["email"] for p in employees} == {"alice@example.com", "erin@example.com"}
    assert all(p["teams"] for p in bob.get("people/", role="supervisor").data["results"])


# --- the admin ------------------------------------------------------------------------------------------------


def test_an_admin_makes_a_key_sees_it_once_and_revokes_it(tenant_a, client_for, person, browser):
    dora = client_for(tenant_a, person("dora"))
    form = {"name": "ERP", "person": person("bob").pk, "expires_at_0": "", "expires_at_1": ""}
    refused = dora.post("/admin/tickets/apikey/add/", form)
    assert b"a key for nothing opens nothing" in refused.content
    past = {"scopes": ["tickets:read"], "expires_at_0": "2020-01-01", "expires_at_1": "08:00"}
    assert b"This moment has passed" in dora.post("/admin/tickets/apikey/add/", form | past).content
    assert not ApiKey.objects.exists()
    form["scopes"] = ["tickets:read", "tickets:write"]
    made = dora.post("/admin/tickets/apikey/add/", form)
    assert made.status_code == 200
    written = re.search(r"hd_[0-9a-f]{12}_[\w-]{43}", made.content.decode())[0]
    assert "no-store" in made.headers["Cache-Control"]
    headers = {"Authorization": f"Bearer {written}"}
    assert browser(tenant_a)("GET", "me/", headers=headers).status_code == 200
    key = ApiKey.objects.get()
    assert key.scopes == ["tickets:read", "tickets:write"]
    for page in ("", f"{key.pk}/change/"):
        page = dora.get(f"/admin/tickets/apikey/{page}")
        assert page.status_code == 200
        assert written not in page.content.decode()
        assert key.prefix in page.content.decode()
        assert "tickets:read, tickets:write" in page.content.decode()
    assert b"API keys" in dora.get("/admin/").content
    chosen = {"action": "revoke", "_selected_action": [key.pk]}
    assert dora.post("/admin/tickets/apikey/", chosen).status_code == 302
    assert browser(tenant_a)("GET", "me/", headers=headers).status_code == 401
    assert client_for(tenant_a, person("bob")).get("/admin/tickets/apikey/").status_code == 302
