"""People and companies by the API: made, changed, let go, and nobody raised in rank."""

import pytest

from notifications.models import Notification
from tenants.customers.models import Company, Membership
from tenants.moment import now
from tenants.people.models import User
from tenants.wakeups import seen_hints
from tickets import lifecycle, tasks
from tickets.models import Ticket


@pytest.fixture
def dora(tenant_a, program):
    return program(tenant_a, "dora")


def company_of(name):
    return Company.objects.get(name__startswith=name)


def test_an_agent_makes_a_customer_known_with_their_company(bob):
    company = company_of("Company")
    new = {
        "email": "Nina@Example.com",
        "name": "Nina",
        "company": str(company.reference),
        "phone": "+55 11 5555",
    }
    answer = bob.post("people/", new)
    assert answer.status_code == 201, answer.data
    nina = User.objects.get(email="nina@example.com")
    assert (nina.role, nina.membership.company, nina.has_usable_password()) == ("customer", company, False)
    assert (nina.language, nina.timezone) == ("en", "America/Sao_Paulo")  # the desk's own
    assert bob.get(answer.headers["Location"]).data == answer.data
    assert not Notification.objects.filter(kind="invitation").exists()
    assert bob.post("people/", new | {"email": "NINA@example.com"}).data["errors"].keys() == {"email"}


def test_an_invitation_goes_out_where_it_is_asked_for(bob):
    assert (
        bob.post("people/", {"email": "nina@example.com", "name": "Nina", "invite": True}).status_code == 201
    )
    assert Notification.objects.get(kind="invitation").address == "nina@example.com"


def test_an_agent_changes_customers_and_moves_them(bob, person):
    path, other = f"people/{person('alice').pk}/", company_of("Other")
    change = {"name": "Alice S.", "company": str(other.reference), "language": "pt-br", "timezone": "UTC"}
    answer = bob("PATCH", path, change)
    assert answer.status_code == 200, answer.data
    assert answer.data["company"]["reference"] == str(other.reference)
    assert (answer.data["name"], answer.data["language"], answer.data["timezone"]) == (
        "Alice S.",
        "pt-br",
        "UTC",
    )
    assert bob("PATCH", path, {"company": None}).data["company"] is None
    assert not Membership.objects.filter(person=person("alice")).exists()
    assert bob("PATCH", path, {}).data["name"] == "Alice S."


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"email": "other@example.com"}, 400, "email"),
        ({"name": ""}, 400, "name"),
        ({"name": 7}, 400, "name"),
        ({"language": "tlh"}, 422, "language"),
        ({"timezone": "Mars/Olympus"}, 422, "timezone"),
        ({"timezone": "../etc/passwd"}, 422, "timezone"),
        ({"company": "00000000-0000-0000-0000-000000000000"}, 422, "company"),
        ({"role": "emperor"}, 400, "role"),
        ({"is_active": False}, 400, "is_active"),
    ],
)
def test_bad_changes_are_refused_at_their_field(bob, person, change, status, field):
    answer = bob("PATCH", f"people/{person('alice').pk}/", change)
    assert answer.status_code == status
    assert list(answer.data["errors"]) == [field]


@pytest.mark.parametrize("role", ["agent", "supervisor", "admin", "account_manager"])
def test_no_agent_raises_anybody_in_rank(bob, person, role):
    assert bob.post("people/", {"email": "x@example.com", "name": "X", "role": role}).status_code == 403
    assert bob("PATCH", f"people/{person('alice').pk}/", {"role": role}).status_code == 403
    for ours in ("bob", "carol", "dora"):
        assert bob("PATCH", f"people/{person(ours).pk}/", {"role": role}).status_code == 403
        assert bob("PATCH", f"people/{person(ours).pk}/", {"name": "X"}).status_code == 403
        assert bob.post(f"people/{person(ours).pk}/deactivation/", {}).status_code == 403
    assert not User.objects.filter(email="x@example.com").exists()


def test_an_admin_keeps_our_own_side(dora, person):
    answer = dora.post("people/", {"email": "new@example.com", "name": "New", "role": "agent"})
    assert (answer.status_code, answer.data["role"]) == (201, "agent")
    assert dora("PATCH", f"people/{answer.data['id']}/", {"role": "supervisor"}).data["role"] == "supervisor"
    own = dora("PATCH", f"people/{person('dora').pk}/", {"role": "agent"})
    assert (own.status_code, list(own.data["errors"])) == (422, ["role"])
    company = str(company_of("Company").reference)
    assert dora("PATCH", f"people/{answer.data['id']}/", {"company": company}).status_code == 422
    promoted = dora("PATCH", f"people/{person('alice').pk}/", {"role": "agent"})
    assert promoted.data["company"] is None


def test_a_customer_is_let_go_and_let_in_again(bob, alice, person):
    path = f"people/{person('alice').pk}/deactivation/"
    assert bob.post(path, {}).data["is_active"] is False
    assert alice.get("me/").status_code == 401
    assert bob.post(path, {}).status_code == 200
    assert bob("DELETE", path).data["is_active"] is True
    assert alice.get("me/").status_code == 200


def test_an_agents_tickets_go_to_the_heir(dora, bob, opened, person):
    number = opened().number
    bob.post(f"tickets/{number}/assignment/", {"owner": "bob@example.com"})
    path = f"people/{person('bob').pk}/deactivation/"
    assert dora.post(path, {"heir": "alice@example.com"}).data["errors"].keys() == {"heir"}
    assert dora.post(path, {"heir": "nobody@example.com"}).data["errors"].keys() == {"heir"}
    assert dora.post(path, {"heir": "carol@example.com"}).status_code == 200
    assert Ticket.objects.get().owner == person("carol")
    assert dora.post(f"people/{person('dora').pk}/deactivation/", {}).status_code == 422


# --- companies ----------------------------------------------------------------------------------------------------


def test_companies_are_made_and_changed(bob):
    new = {"name": "Padaria", "account_manager": "grace@example.com", "members_see_each_other": True}
    answer = bob.post("companies/", new)
    assert answer.status_code == 201
    assert answer.data["account_manager"]["email"] == "grace@example.com"
    assert bob.get(answer.headers["Location"]).data == answer.data
    changed = bob("PATCH", answer.headers["Location"], {"account_manager": None, "name": "Padaria Lima"})
    assert (changed.data["account_manager"], changed.data["name"]) == (None, "Padaria Lima")
    assert changed.data["members_see_each_other"] is True


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"plan": "nonsense"}, 400, "plan"),
        ({"account_manager": "alice@example.com"}, 422, "account_manager"),
        ({"reference": "00000000-0000-0000-0000-000000000000"}, 400, "reference"),
        ({"members_see_each_other": "yes"}, 400, "members_see_each_other"),
        ({"name": "x\x00y"}, 400, "name"),
    ],
)
def test_bad_changes_of_a_company_are_refused_at_their_field(bob, change, status, field):
    answer = bob("PATCH", f"companies/{Company.objects.first().reference}/", change)
    assert (answer.status_code, list(answer.data["errors"])) == (status, [field])


def test_S12_another_plan_moves_the_open_tickets(desk_of, program, person):
    """Zoom's company goes from pro to business: the open ticket lives by the new plan after the workers' next turn."""
    bob = program(desk_of("zoom"), "bob")
    ticket = lifecycle.open_ticket(requester=person("alice"), summary="Help", body="Please", at=now()).ticket
    path = f"companies/{ticket.company.reference}/"
    before = len(seen_hints("publish", now()))
    assert bob("PATCH", path, {"plan": "pro"}).status_code == 200  # the one it has
    assert len(seen_hints("publish", now())) == before
    assert bob("PATCH", path, {"plan": "business"}).data["plan"] == "business"
    assert len(seen_hints("publish", now())) == before + 1
    tasks.drain_publications()
    ticket.refresh_from_db()
    assert ticket.plan == "business"
