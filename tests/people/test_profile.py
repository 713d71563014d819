"""One's own settings, the language of a page, and who may see which page."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from tenants.people import access, languages
from tenants.people.models import User


def test_a_person_changes_their_profile_but_not_their_email_or_role(tenant_a, client_for, person):
    data = {
        "name": "Alice B.",
        "language": "pt-br",
        "timezone": "Europe/Lisbon",
        "phone": "",
        "email": "x@example.com",
    }
    answer = client_for(tenant_a, person("alice")).post("/account/profile/", data | {"role": "admin"})
    assert answer.status_code == 302
    alice = person("alice")
    assert (alice.name, alice.language, alice.timezone, alice.role) == (
        "Alice B.",
        "pt-br",
        "Europe/Lisbon",
        "customer",
    )


def test_a_zone_that_is_none_is_refused_at_the_field(tenant_a, client_for, person):
    data = {"name": "Alice", "language": "en", "timezone": "Mars/Olympus"}
    answer = client_for(tenant_a, person("alice")).post("/account/profile/", data)
    assert answer.context["form"].errors.keys() == {"timezone"}


def test_an_agent_chooses_which_notices_come_by_mail(tenant_a, client_for, person):
    client = client_for(tenant_a, person("bob"))
    client.post("/notices/wishes/", {"wanted": ["assigned", "escalated"]})
    muted = person("bob").muted_notices
    assert "customer_replied" in muted and "assigned" not in muted
    assert client_for(tenant_a, person("alice")).get("/notices/wishes/").status_code == 403


def test_a_changed_password_keeps_this_session_and_ends_the_others(tenant_a, client_for, person, password):
    here, there = client_for(tenant_a, person("alice")), client_for(tenant_a, person("alice"))
    new = "a good long sentence"
    data = {"old_password": password, "new_password1": new, "new_password2": new}
    assert here.post("/account/password/", data).status_code == 302
    assert here.get("/account/profile/").status_code == 200
    assert there.get("/account/profile/").status_code == 302


def page_language(client, **headers):
    return client.get("/account/sign-in/", headers=headers)["Content-Language"]


def test_a_visitor_reads_what_their_browser_asks_for_among_the_desks_languages(tenant_a, client_for):
    client = client_for(tenant_a)
    assert page_language(client, accept_language="pt-PT,pt;q=0.9") == "pt-br"
    assert page_language(client, accept_language="de,en-GB;q=0.8") == "en"
    assert page_language(client, accept_language="ru") == "en"  # the desk's first
    assert page_language(client, accept_language="*;q=x," * 400) == "en"


def test_a_visitors_choice_is_kept_in_a_cookie_and_a_persons_in_their_profile(tenant_a, client_for, person):
    client = client_for(tenant_a)
    client.post("/account/language/", {"language": "pt-br", "next": "//evil.example/"})
    assert page_language(client, accept_language="en") == "pt-br"
    client.post("/account/language/", {"language": "ru"})  # not one of the desk's
    assert page_language(client) == "pt-br"
    answer = client_for(tenant_a, person("alice")).post(
        "/account/language/", {"language": "pt-br", "next": "/policy/"}
    )
    assert answer.url == "/policy/" and person("alice").language == "pt-br"


def test_the_switch_leads_to_no_other_host(tenant_a, client_for):
    answer = client_for(tenant_a).post("/account/language/", {"language": "en", "next": "//evil.example/"})
    assert answer.url == "/"


def test_nearest_language():
    assert languages.nearest("pt", ["en", "pt-br"]) == "pt-br"
    assert languages.nearest("fr", ["en", "pt-br"]) is None


@pytest.mark.parametrize(
    ("rule", "role", "passes"),
    [
        (access.signed_in, "customer", True),
        (access.agent_required, "customer", False),
        (access.agent_required, "supervisor", True),
        (access.admin_required, "supervisor", False),
        (access.admin_required, "admin", True),
    ],
)
def test_a_page_is_for_those_whom_its_rule_names(rule, role, passes):
    request = RequestFactory().get("/x/")
    request.user = User(role=role)
    view = rule(lambda request: HttpResponse("seen"))
    if passes:
        assert view(request).content == b"seen"
    else:
        with pytest.raises(PermissionDenied):
            view(request)
