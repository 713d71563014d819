"""Who gets in, what bad input is answered with, and what outside programs read first."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import get_resolver

from tenants.moment import now
from tickets.api import keys, urls
from tickets.api.keys import ApiKey
from tickets.models import Ticket

READABLE = ["tickets/", "me/", "policy/", "policy/explanation/", "people/", "companies/", "windows/"]
STRANGERS = {"index", "schema", "docs"}


# --- keys and sessions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*READABLE, "tickets/1/", "nonsense/"])
def test_strangers_are_asked_who_they_are(tenant_a, browser, path):
    answer = browser(tenant_a).get(path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_key_acts_as_its_person_and_notes_its_use(bob):
    answer = bob.get("me/")
    assert answer.data["person"]["email"] == "bob@example.com"
    assert answer.data["key"]["name"] == "ERP"
    assert ApiKey.objects.get().last_used_at is not None
    assert bob.headers["Authorization"].split("_")[2] not in str(ApiKey.objects.values().get())


def test_a_key_ends(tenant_a, browser, key_of, person):
    def status(written):
        answer = browser(tenant_a)("GET", "me/", headers={"Authorization": f"Bearer {written}"})
        return answer.status_code

    written = key_of("bob")
    assert status(written) == 200
    for wrong in (
        written[:-1],
        written + "x",
        "hd_",
        "nonsense",
        "x" * 5000,
        "\x00",
        "hd_zzzzzzzzzzzz_" + "a" * 43,
    ):
        assert status(wrong) == 401
    assert status(key_of("bob", expires_at=now() - timedelta(seconds=1))) == 401
    keys.revoke(ApiKey.objects.all(), now())
    assert status(written) == 401
    other, frank = key_of("frank"), person("frank")
    assert status(other) == 200
    frank.is_active = False
    frank.save()
    assert status(other) == 401


def test_a_key_of_one_tenant_is_worth_nothing_at_another(tenant_b, tenant_a, browser, key_of):
    from django.db import connection

    written = key_of("bob")
    twin = ApiKey.objects.values("prefix").get()["prefix"]
    connection.set_tenant(tenant_b)
    key_of("bob")
    ApiKey.objects.update(prefix=twin)  # even where the other has a key of the same beginning
    answer = browser(tenant_b)("GET", "me/", headers={"Authorization": f"Bearer {written}"})
    assert answer.status_code == 401
    connection.set_tenant(tenant_a)


def test_a_wrong_key_is_not_saved_by_a_session(tenant_a, browser, person):
    answer = browser(tenant_a, person("bob"))("GET", "me/", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401


def test_a_session_reads_but_writes_only_with_the_csrf_token(tenant_a, browser, person):
    alice = browser(tenant_a, person("alice"), enforce_csrf_checks=True)
    assert alice.get("me/").data["key"] is None
    asked = {"summary": "Help", "body": "Please", "channel": "portal"}
    answer = alice.post("tickets/", asked)
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/problem+json")
    alice.client.get("/tickets/new/")
    token = alice.client.cookies.get("csrftoken")
    if token is None:
        alice.client.cookies["csrftoken"] = "a" * 32
        token = alice.client.cookies["csrftoken"]
    assert alice.post("tickets/", asked, X_CSRFToken=token.value).status_code == 201


@pytest.mark.parametrize("path", ["people/", "people/1/", "companies/", "windows/", "windows/1/"])
def test_customers_do_not_read_who_else_is_here(alice, path):
    assert alice.get(path).status_code == 403


def test_every_address_has_a_rule(tenant_a, browser):
    """What is new and has no rule fails at import; what strangers may read is listed here."""
    for pattern in urls.urlpatterns:
        view = pattern.callback.view_class
        if pattern.name in STRANGERS or pattern.name is None:
            continue
        for method in ("get", "post", "put", "patch", "delete"):
            if hasattr(view, method):
                assert view.allowed[method.upper()] is not None
    assert get_resolver("tickets.api.urls")


# --- bad input ------------------------------------------------------------------------------------------------

BAD_BODIES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"1",
    b'"text"',
    b"\xff\xfe",
    b"\x00",
    b"NaN",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"summary": ' + b"9" * 5000 + b"}",
    b'{"summary": "\\ud800", "body": "x", "requester": "alice@example.com"}',
    b'{"summary": "a\\u0000b", "body": "x", "requester": "alice@example.com"}',
    b'{"\\u0000": 1}',
]
WRONG_VALUES = [None, True, 7, 10**30, -1, 1e400, "", "x" * 300, "\x00", [], [[]], {}, {"a": {"b": 1}}]
TICKET_FIELDS = ["summary", "body", "channel", "topic", "priority", "module", "fields", "situations", "copies",
                 "requester", "requester_name", "unknown"]  # fmt: skip


@pytest.mark.parametrize("raw", BAD_BODIES, ids=range(len(BAD_BODIES)))
@pytest.mark.parametrize("path", ["tickets/", "tickets/1/assignment/", "windows/"])
def test_what_is_no_request_is_a_problem(bob, opened, raw, path):
    opened()
    path = path.replace("1", str(Ticket.objects.get().number))
    answer = bob.raw(path, raw)
    assert 400 <= answer.status_code < 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.data["status"] == answer.status_code


@pytest.mark.parametrize("field", TICKET_FIELDS)
def test_wrong_values_never_break_the_opening(bob, field):
    whole = {"summary": "Help", "body": "Please", "requester": "alice@example.com", "channel": "portal"}
    for value in WRONG_VALUES:
        answer = bob.raw("tickets/", json.dumps(whole | {field: value}).replace("Infinity", "1e400"))
        assert answer.status_code in (200, 201, 400, 422), (field, value)
        if answer.status_code >= 400:
            assert any(name.split(".")[0] == field for name in answer.data["errors"]), (value, answer.data)


@pytest.mark.parametrize(
    "query", ["cursor", "page_size", "status", "updated_since", "priority", "channel", "topic"]
)
def test_wrong_parameters_never_break_a_list(bob, query):
    for value in (
        "",
        "\x00",
        "9" * 40,
        "-1",
        "aWQ6OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
        "0001-01-01T00:00:00+14:00",
        "é",
        "%",
    ):
        assert bob.get("tickets/", **{query: value}).status_code in (200, 400), value


@pytest.mark.parametrize(
    "at",
    ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "2026-11-23", "2026-11-23T08:00:00", "x", "\x00"],
)
def test_impossible_moments(bob, at):
    assert bob.get("policy/explanation/", at=at).status_code == 400


def test_no_number_is_too_big(bob):
    for path in ("tickets", "windows", "people"):
        for number in ("0", "9" * 18, "9" * 40, "9" * 5000):
            assert bob.get(f"{path}/{number}/").status_code == 404


def test_other_kinds_of_request(bob, tenant_a):
    answer = bob.raw("tickets/", "summary=x", "application/x-www-form-urlencoded")
    assert answer.status_code == 415
    assert bob.raw("tickets/", "x" * 1_000_001).status_code == 413
    assert bob("PUT", "tickets/", {}).status_code == 405
    assert bob("OPTIONS", "tickets/").status_code == 405
    answer = bob.get("nonsense/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert "slash" in bob.get("tickets").data["detail"]
    assert bob("GET", "me/", headers={"Accept": "text/html"}).headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "query", ["status=%ff", "cursor=%00", "%ff=1", "status=%u0041", "page_size=1&page_size=%"]
)
def test_broken_percent_signs_are_refused(bob, query):
    answer = bob.client.get(f"/api/v1/tickets/?{query}", headers=bob.headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize(
    "path", ["%ff/", "tickets/%00/", "tickets/1%00/", "tickets/١/", "tickets/-1/", "a" * 3000]
)
def test_addresses_that_cannot_be_are_nowhere(bob, path):
    answer = bob.client.get(f"/api/v1/{path}", headers=bob.headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_method_that_is_not_there_is_a_problem_that_names_those_that_are(bob, method):
    answer = bob(method, "tickets/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_what_fails_on_our_side_is_a_problem_with_an_id(bob, monkeypatch):
    def broken(*args):
        raise RuntimeError("secret")

    monkeypatch.setattr("tickets.api.topics.told", broken)
    bob.client.raise_request_exception = False
    answer = bob.get("topics/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert "secret" not in answer.content.decode()
    assert re.search(r"under [0-9a-f]{8}", answer.data["detail"])


def test_unknown_and_missing_fields_are_named_at_once(bob):
    answer = bob.post("tickets/", {"sumary": "x"})
    assert set(answer.data["errors"]) >= {"sumary", "summary", "body"}
    assert answer.data["title"] == "Bad Request"


# --- what outside programs read first ---------------------------------------------------------------------------


def test_the_schema_is_openapi_3_1_and_tells_every_operation(tenant_a, browser):
    stranger = browser(tenant_a)
    answer = stranger.client.get("/api/v1/schema/", {"format": "json"})
    schema = json.loads(answer.content)
    assert schema["openapi"].startswith("3.1")
    assert len(schema["paths"]) == len(
        [p for p in urls.urlpatterns if p.name not in (None, "schema", "docs")]
    )
    operations = [o["operationId"] for methods in schema["paths"].values() for o in methods.values()]
    assert len(operations) == len(set(operations))
    assert "canary" not in answer.content.decode()
    assert b"openapi: 3.1" in stranger.client.get("/api/v1/schema/").content


def test_the_schema_is_made_without_a_warning(tenant_a):
    from drf_spectacular.drainage import GENERATOR_STATS

    from tickets.api.docs import described

    described.cache_clear()
    GENERATOR_STATS.reset()
    described()
    assert not GENERATOR_STATS


def test_the_docs_page_needs_nothing_from_elsewhere(tenant_a, browser):
    client = browser(tenant_a).client
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert b"https://" not in page.content
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert any("drf_spectacular_sidecar" in address for address in loaded)
    assert {client.get(address.replace("&amp;", "&")).status_code for address in loaded} == {200}


def test_the_index_leads_everywhere(tenant_a, browser, program):
    dora = program(tenant_a, "dora")
    index = browser(tenant_a).get("")
    assert index.status_code == 200
    answers = {name: dora.client.get(address, headers=dora.headers) for name, address in index.data.items()}
    refused = {name: answer.json()["errors"] for name, answer in answers.items() if answer.status_code != 200}
    assert refused == {"hours": {"company": ["Say of which company."]}}, "an agent's question needs a company"
