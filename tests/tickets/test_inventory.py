"""Every address of a tenant's host, asked by everybody: nobody sees what is not theirs, and nothing answers 500.

A new address is found by itself; one that falls under none of the rules below fails the test until somebody says whose it is.
"""

import re
from datetime import UTC, datetime

import pytest
from django.urls import URLPattern, get_resolver

from tickets import lifecycle

MONDAY_8 = datetime(2026, 11, 23, 11, tzinfo=UTC)

# The first rule whose pattern matches says who may see the page (GET). Others get a sign-in page, 401, 403, 404, 405 or 410.
EVERYBODY = {"nobody", "alice", "bob", "dora"}
RULES = [
    (
        r"^(|logo/|help/.*|status/.*|policy/.*|contact/.*|account/(sign-in|language|activation|new-password|forgotten|register).*|t/.*|q/.*|rating/.*|duty/.*|m/.*|developer/.*|files/.*)$",
        EVERYBODY,
    ),
    (r"^api/v1/(|schema/|docs/.*)$", EVERYBODY),
    (r"^notices/off/.*$", EVERYBODY),  # a signed link: 410 without
    (r"^hooks/.*$", EVERYBODY),  # known by their key, judged by their signature: 404 without
    (r"^chat/.*$", EVERYBODY),  # the room; what it asks for needs a chat's token: 403 without
    (r"^admin/(login|jsi18n|logout).*$", EVERYBODY),
    (r"^admin/.*$", {"dora"}),
    (r"^outbox/.*$", {"dora"}),
    (r"^desk/(reports/|tickets/\d+/messages/).*$", {"dora"}),  # supervisors
    (r"^desk/.*$", {"bob", "dora"}),
    (r"^api/v1/(policy/draft|reports/declined)/$", {"dora"}),
    (r"^api/v1/(people|licences|companies|windows|teams|canned|policy/versions).*$", {"bob", "dora"}),
    (r"^api/v1/(webhooks|feeds).*$", {"dora"}),
    (r"^api/v1/duty/$", {"bob", "dora"}),
    (r"^api/v1/.*$", {"alice", "bob", "dora"}),
    (r"^(tickets|quotes|meetings|company|account|notices|promise|asking).*$", {"alice", "bob", "dora"}),
]
GIVEN = {
    "object": "1/1/",
    "number": "1",
    "pk": "1",
    "metric": "first_response",
    "key": "business",
    "token": "x~y",
    "slug": "nothing",
    "app_label": "tickets",
}


def addresses(patterns=None, prefix=""):
    """(written pattern, a path with values in it) of every address."""
    for each in patterns if patterns is not None else get_resolver().url_patterns:
        written = prefix + str(each.pattern).lstrip("^").rstrip("$")
        if not isinstance(each, URLPattern):
            yield from addresses(each.url_patterns, written)
            continue
        path = re.sub(r"<(?:(\w+):)?(\w+)>", lambda found: GIVEN.get(found[2], "1"), written)
        path = re.sub(r"\(\?P<\w+>[^)]*\)", "1", path).replace("\\Z", "").replace("\\", "")
        if "(?" not in path and "[" not in path:
            yield written, f"/{path}"


def rule_of(path):
    return next((who for pattern, who in RULES if re.match(pattern, path.lstrip("/"))), None)


def test_every_address_has_a_rule():
    unknown = [written for written, path in addresses() if rule_of(path) is None]
    assert unknown == []


@pytest.fixture
def ticket(tenant_a, person):
    return lifecycle.open_ticket(
        requester=person("alice"), summary="Secret-of-acme", body="Nobody else may read this.", at=MONDAY_8
    ).ticket


@pytest.mark.parametrize("name", ["nobody", "alice", "frank", "bob", "dora"])
def test_nobody_sees_what_is_not_theirs(tenant_a, client_for, person, ticket, name):
    client = client_for(tenant_a, None if name == "nobody" else person(name))
    client.raise_request_exception = False
    principal = "alice" if name == "frank" else name
    for written, path in addresses():
        if path.startswith("/admin/") and name == "dora" and "change" in written:
            continue  # rows of every table, walked by the admin's own tests
        response = client.get(path)
        assert response.status_code < 500, f"{response.status_code} at {path} for {name}"
        if principal not in rule_of(path):
            assert response.status_code in (301, 302, 401, 403, 404, 405, 410), (
                f"{response.status_code} {path} {name}"
            )
        if name in ("nobody", "frank"):
            assert b"Secret-of-acme" not in response.content, f"{path} shows {name} Alice's ticket"


def test_a_session_of_the_twin_is_worth_nothing_here(tenant_b, client_for, person, password):
    """Mallory's twin has the same id, e-mail and password hash here: only the tenant differs."""
    mallory = client_for(tenant_b, person("bob"))
    cookies = mallory.cookies
    from tests.conftest import enter

    tenant_a = enter("acme")
    lifecycle.open_ticket(requester=person("alice"), summary="Secret-of-acme", body="Private.", at=MONDAY_8)
    here = client_for(tenant_a)
    here.cookies = cookies
    for _, path in addresses():
        response = here.get(path)
        assert b"Secret-of-acme" not in response.content
        if "nobody" not in rule_of(path):
            assert response.status_code in (301, 302, 401, 403, 404, 405, 410), (
                f"{response.status_code} {path}"
            )


def test_a_guest_link_of_the_twin_opens_nothing_here(tenant_b, client_for, person):
    from tenants import links
    from tests.conftest import enter

    lifecycle.open_ticket(requester=person("alice"), summary="Secret-of-globex", body="Private.", at=MONDAY_8)
    token = links.sign("guest", 1, MONDAY_8)
    tenant_a = enter("acme")
    lifecycle.open_ticket(requester=person("alice"), summary="Secret-of-acme", body="Private.", at=MONDAY_8)
    response = client_for(tenant_a).get(f"/t/{token}/")
    assert response.status_code == 410
    assert b"Secret" not in response.content
