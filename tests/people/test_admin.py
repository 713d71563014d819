"""The admin's side: inviting, roles, and leaving with a hand-over."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from notifications.models import Notification
from tenants import moment
from tenants.customers.models import Company, Membership, Team
from tenants.people.models import User
from tickets import handover, lifecycle

PEOPLE = "/admin/people/user/"


@pytest.fixture
def dora(tenant_a, client_for, person):
    return client_for(tenant_a, person("dora"))


def new_person(**changes):
    return {
        "email": "Ines@Example.com", "name": "Ines", "role": "agent", "language": "en", "timezone": "UTC", "phone": "",
    } | changes  # fmt: skip


def test_only_admins_enter_the_admin(tenant_a, client_for, person):
    for name in ("alice", "bob", "carol", "grace"):
        assert client_for(tenant_a, person(name)).get(PEOPLE).status_code == 302
    assert client_for(tenant_a, person("dora")).get(PEOPLE).status_code == 200


def test_an_admin_invites_an_agent_who_has_no_password_until_they_choose_one(dora):
    team = Team.objects.first()
    answer = dora.post(f"{PEOPLE}add/", new_person(teams=[team.pk] if team else []))
    assert answer.status_code == 302
    ines = User.objects.get(email="ines@example.com")
    assert not ines.has_usable_password()
    notice = Notification.objects.get(person=ines)
    assert (notice.kind, notice.channel) == ("invitation", "email")
    assert "token" not in str(notice.words) and notice.links["activate_url"]["path"].endswith("{token}/")
    dora.post(f"{PEOPLE}{ines.pk}/invitation/")
    assert dora.get(f"{PEOPLE}{ines.pk}/change/").status_code == 200


def test_a_customer_is_invited_into_a_company(dora):
    company = Company.objects.first()
    dora.post(f"{PEOPLE}add/", new_person(role="customer", company=company.pk))
    assert Membership.objects.get(person__email="ines@example.com").company == company


def test_an_address_taken_in_other_letters_and_a_company_for_an_agent_are_refused(dora):
    taken = dora.post(f"{PEOPLE}add/", new_person(email="ALICE@example.com"))
    assert "email" in taken.context["adminform"].form.errors
    company = Company.objects.first()
    refused = dora.post(f"{PEOPLE}add/", new_person(company=company.pk))
    assert "company" in refused.context["adminform"].form.errors


def test_who_leaves_hands_their_open_tickets_and_companies_over(dora, person, tenant_a):
    at = moment.now()
    opening = lifecycle.open_ticket(requester=person("alice"), summary="No boleto", body="It fails.", at=at)
    lifecycle.assign(opening.ticket, owner=person("grace"), by=person("dora"), at=at)
    path = f"{PEOPLE}{person('grace').pk}/deactivation/"
    assert "1 open ticket is theirs" in dora.get(path).content.decode()
    assert dora.post(path, {"heir": person("bob").pk}).status_code == 302
    opening.ticket.refresh_from_db()
    assert opening.ticket.owner == person("bob")
    assert not person("grace").is_active
    assert Company.objects.filter(account_manager=person("bob")).exists()
    told = Notification.objects.filter(person=person("bob"), kind="assigned", channel="in_app")
    assert told.count() == 1
    dora.post(f"{PEOPLE}{person('grace').pk}/activation/")
    assert person("grace").is_active


def test_nobody_deactivates_themselves_or_the_last_admin(dora, person):
    with pytest.raises(ValidationError):
        handover.deactivate(person("dora"), heir=None, by=person("dora"), at=moment.now())
    with pytest.raises(ValidationError):
        handover.deactivate(person("dora"), heir=None, by=person("bob"), at=moment.now())
    page = dora.post(f"{PEOPLE}{person('dora').pk}/deactivation/", {"heir": ""})
    assert page.status_code == 200 and person("dora").is_active


def test_a_customer_inherits_nothing(person, tenant_a):
    with pytest.raises(ValidationError):
        handover.deactivate(person("bob"), heir=person("alice"), by=person("dora"), at=moment.now())
    assert person("bob").is_active
