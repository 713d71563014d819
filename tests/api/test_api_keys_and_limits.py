"""What a key may be used for, how often, and until when."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.moment import now
from tickets.api import keys, limits, scopes, urls
from tickets.api.keys import ApiKey
from tickets.api.limits import Allowance

ASKED = {
    "summary": "It does not print",
    "body": "Since today.",
    "channel": "portal",
    "requester": "alice@example.com",
}
ADDRESSES = [
    ("GET", "tickets/", "tickets:read"),
    ("GET", "topics/", "tickets:read"),
    ("GET", "teams/", "tickets:read"),
    ("POST", "tickets/", "tickets:write"),
    ("GET", "people/", "people:read"),
    ("GET", "companies/", "people:read"),
    ("POST", "people/", "people:write"),
    ("POST", "companies/", "people:write"),
    ("GET", "policy/", "policy:read"),
    ("GET", "policy/draft/", "policy:read"),
    ("POST", "policy/versions/", "policy:write"),
    ("GET", "windows/", "windows:read"),
    ("POST", "windows/", "windows:write"),
    ("GET", "canned/", "canned:read"),
    ("POST", "canned/", "canned:write"),
]


@pytest.mark.parametrize(("method", "path", "scope"), ADDRESSES)
def test_a_key_without_the_scope_is_told_which_one_it_lacks(tenant_a, program, method, path, scope):
    others = [each for each in scopes.SCOPES if each != scope]
    answer = program(tenant_a, "dora", scopes=others)(method, path, {} if method == "POST" else None)
    assert answer.status_code == 403
    assert answer.data["scope"] == scope
    assert scope in answer.data["detail"]
    assert answer.headers["WWW-Authenticate"] == f'Bearer error="insufficient_scope", scope="{scope}"'
    with_it = program(tenant_a, "dora", scopes=[scope])(method, path, {} if method == "POST" else None)
    assert with_it.status_code != 403


def test_every_address_asks_for_a_scope(tenant_a, program, opened):
    """The inventory: a key for nothing reaches nothing but who it is."""
    number = opened().number
    nothing = program(tenant_a, "dora", scopes=[])
    for pattern in urls.urlpatterns:
        if pattern.name in (None, "index", "schema", "docs"):
            continue
        path = str(pattern.pattern).replace("<int:number>", str(number))
        path = re.sub("<int:[a-z]+>", "1", path)
        path = path.replace("<uuid:reference>", "00000000-0000-0000-0000-000000000000")
        for method in pattern.callback.view_class.allowed:
            answer = nothing(method, path, None if method in ("GET", "DELETE") else {})
            assert answer.status_code == (200 if pattern.name == "me" else 403), (method, path)


def test_a_scope_adds_nothing_to_what_the_person_may(tenant_a, alice, bob):
    assert alice.get("people/").status_code == 403
    assert "scope" not in alice.get("people/").data
    assert bob.post("policy/versions/", {"revision": 1}).status_code == 403


def test_scopes_are_read_at_each_request(tenant_a, program):
    bob = program(tenant_a, "bob")
    assert bob.get("people/").status_code == 200
    ApiKey.objects.update(scopes=["tickets:read"])
    assert bob.get("people/").status_code == 403
    assert bob.get("me/").data["key"]["scopes"] == ["tickets:read"]


def test_a_session_has_no_scopes_to_lack(tenant_a, browser, person):
    assert browser(tenant_a, person("bob")).get("people/").status_code == 200


def test_unknown_scopes_are_not_kept(tenant_a, person):
    key = ApiKey(name="x", person=person("bob"), scopes=["nonsense", "tickets:read"])
    keys.issue(key, now())
    assert ApiKey.objects.get().scopes == ["tickets:read"]


def test_a_key_of_the_twin_is_worth_nothing_whatever_its_scopes(tenant_b, tenant_a, browser, key_of):
    written = key_of("dora")
    connection.set_tenant(tenant_b)
    for method, path, _ in ADDRESSES:
        there = browser(tenant_b)(method, path, {}, headers={"Authorization": f"Bearer {written}"})
        assert there.status_code == 401, path
        connection.set_tenant(tenant_b)
    connection.set_tenant(tenant_a)


def test_the_last_use_is_written_once_a_minute_and_costs_no_more_queries(bob):
    bob.get("me/")
    first = ApiKey.objects.get().last_used_at
    with CaptureQueriesContext(connection) as counted:
        bob.get("me/")
    assert not [q for q in counted.captured_queries if "UPDATE" in q["sql"] and "apikey" in q["sql"]]
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(minutes=2))
    bob.get("me/")
    assert ApiKey.objects.get().last_used_at >= first


# --- how often ------------------------------------------------------------------------------------------------


def test_who_asks_too_much_waits_and_reading_does_not_eat_writing(bob, settings):
    settings.API_READS_PER_MINUTE, settings.API_WRITES_PER_MINUTE = 3, 1
    answers = [bob.get("me/") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert [a.headers["RateLimit-Remaining"] for a in answers] == ["2", "1", "0", "0"]
    assert {a.headers["RateLimit-Limit"] for a in answers} == {"3"}
    last = answers[-1]
    assert last.headers["Content-Type"] == "application/problem+json"
    assert 1 <= int(last.headers["Retry-After"]) <= 60
    assert 1 <= int(last.headers["RateLimit-Reset"]) <= 60
    assert bob.post("tickets/", ASKED).status_code == 201
    assert bob.post("tickets/", ASKED).status_code == 429
    Allowance.objects.update(since=now() - timedelta(minutes=2))
    assert bob.get("me/").headers["RateLimit-Remaining"] == "2"


def test_refusals_count_and_keys_count_apart(tenant_a, program, settings):
    settings.API_READS_PER_MINUTE = 2
    one, other = program(tenant_a, "bob", scopes=[]), program(tenant_a, "bob")
    assert [one.get("people/").status_code for _ in range(3)] == [403, 403, 429]
    assert other.get("people/").status_code == 200


def test_a_session_counts_by_its_person(tenant_a, browser, person, settings):
    settings.API_READS_PER_MINUTE = 1
    assert browser(tenant_a, person("bob")).get("me/").status_code == 200
    assert browser(tenant_a, person("bob")).get("me/").status_code == 429
    assert browser(tenant_a, person("carol")).get("me/").status_code == 200


def test_counting_is_one_statement_and_outlives_no_crash(bob):
    bob.get("me/")
    with CaptureQueriesContext(connection) as counted:
        bob.get("me/")
    assert len([q for q in counted.captured_queries if "tickets_allowance" in q["sql"]]) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE oid = 'tickets_allowance'::regclass")
        assert cursor.fetchone()[0] == "u"
    limits.forget(now() + timedelta(days=2))
    assert not Allowance.objects.exists()


def test_strangers_are_not_counted(tenant_a, browser):
    assert "RateLimit-Limit" not in browser(tenant_a).get("me/").headers
    assert not Allowance.objects.exists()
