"""The OpenAPI page is enough: its examples are true to its schemas, and an integration written from it alone does its work."""

import json
import re

import jsonschema
import pytest

from tickets.models import Ticket

MEDIA = "application/json"


@pytest.fixture
def document(tenant_a, browser):
    """The description, as a stranger fetches it."""
    return json.loads(browser(tenant_a).client.get("/api/v1/schema/", {"format": "json"}).content)


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def validator(document, schema):
    whole = schema | {"components": document["components"]}
    return jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())


def test_every_operation_has_examples_that_are_true(document):
    """Where a body is taken or given in JSON there is an example, and it is as the schema says."""
    for _path, _method, operation in operations(document):
        name = operation["operationId"]
        taken = operation.get("requestBody", {}).get("content", {}).get(MEDIA)
        if taken is not None:
            assert taken.get("examples"), f"{name} shows no request"
            for example in taken["examples"].values():
                validator(document, taken["schema"]).validate(example["value"])
        for status, response in operation["responses"].items():
            for kind, content in response.get("content", {}).items():
                if "json" not in kind:
                    continue
                assert "example" in content, f"{name} shows no answer {status}"
                validator(document, content["schema"]).validate(content["example"])


def test_every_operation_tells_its_refusals_its_scope_and_who_may_ask(document):
    for _path, method, operation in operations(document):
        if operation["operationId"] == "index":
            continue
        expected = {"400", "401", "403", "404", "409", "429"}
        if method != "get":
            expected |= {"412", "413", "415", "422"}
        assert expected <= operation["responses"].keys(), operation["operationId"]
        assert operation["summary"]
        assert any("apiKey" in scheme for scheme in operation["security"])
        headers = {p["name"] for p in operation["parameters"] if p["in"] == "header"}
        assert ("Idempotency-Key" in headers) == (method != "get"), operation["operationId"]
    read = document["paths"]["/api/v1/tickets/{number}/"]["get"]
    assert {"apiKey": ["tickets:read"]} in read["security"]
    assert "304" in read["responses"]
    assert read["responses"]["200"]["headers"]["ETag"]
    assert document["servers"][0]["url"] == "/"


# --- an integration written only from the page --------------------------------------------------------------------------


class Integration:
    """Knows the document and a key, and nothing else: a request is made from an operation's id, its parameters, its schema."""

    def __init__(self, document, client, key):
        self.document, self.client = document, client
        [self.scheme] = [
            s for s in document["components"]["securitySchemes"].values() if s.get("scheme") == "bearer"
        ]
        self.headers = {"Authorization": f"Bearer {key}"}
        self.operations = {o["operationId"]: (p, m, o) for p, m, o in operations(document)}

    def __call__(self, name, body=None, headers=None, **parameters):
        path, method, operation = self.operations[name]
        known = {p["name"]: p["in"] for p in operation["parameters"]}
        assert parameters.keys() | (headers or {}).keys() <= known.keys()
        path = re.sub(r"{(\w+)}", lambda found: str(parameters[found[1]]), path)
        query = {key: value for key, value in parameters.items() if known[key] == "query"}
        sent = {}
        if "requestBody" in operation:
            schema = operation["requestBody"]["content"][MEDIA]["schema"]
            validator(self.document, schema).validate(body or {})
            sent = {"data": json.dumps(body or {}), "content_type": MEDIA}
        server = self.document["servers"][0]["url"].rstrip("/")
        answer = self.client.generic(
            method.upper(), server + path, headers=self.headers | (headers or {}), query_params=query, **sent
        )
        told = operation["responses"][str(answer.status_code)]
        if answer.content:
            content = told["content"][answer.headers["Content-Type"]]
            answer.data = json.loads(answer.content)
            validator(self.document, content["schema"]).validate(answer.data)
        for header in told.get("headers", {}):
            assert header in answer.headers, (name, header)
        return answer

    def example(self, name):
        """The first example of an operation's request, which an author starts from."""
        content = self.operations[name][2]["requestBody"]["content"][MEDIA]
        return next(iter(content["examples"].values()))["value"]


def test_an_integration_written_only_from_the_page_opens_answers_and_closes_a_ticket(
    desk_of, client_for, key_of, document
):
    """Zoom's policy takes requests by API; the key has no more than the two scopes that it needs."""
    tenant = desk_of("360dialog")
    key = key_of("bob", scopes=["tickets:read", "tickets:write"])
    erp = Integration(document, client_for(tenant), key)

    assert erp("me").data["key"]["scopes"] == ["tickets:read", "tickets:write"]
    wish = erp.example("tickets_open") | {"summary": "Order 4711 is stuck"}
    answers = [erp("tickets_open", wish, {"Idempotency-Key": "order-4711"}) for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    number = answers[0].data["ticket"]["number"]

    assert [t["number"] for t in erp("tickets_list", status="new").data["results"]] == [number]
    clock = erp("clocks_list", number=number).data[0]
    assert clock["due_at"]
    erp("messages_write", {"body": "Released by hand; please look again."}, number=number)
    read = erp("tickets_read", number=number)
    assert read.data["status"] == "open"
    known = {"If-None-Match": read.headers["ETag"]}
    assert erp("tickets_read", headers=known, number=number).status_code == 304

    resolved = erp(
        "tickets_resolve", erp.example("tickets_resolve"), {"If-Match": read.headers["ETag"]}, number=number
    )
    assert resolved.data["status"] == "resolved"
    stale = erp("tickets_close", {}, {"If-Match": read.headers["ETag"]}, number=number)
    assert stale.status_code == 412
    assert erp("tickets_close", {}, number=number).data["status"] == "closed"
    kinds = [e["kind"] for e in erp("events_list", number=number).data["results"]]
    assert (kinds[0], kinds[-1]) == ("opened", "closed")
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.channel, ticket.requester.email) == ("closed", "api", "alice@example.com")

    refused = erp("people_list")
    assert (refused.status_code, refused.data["scope"]) == (403, "people:read")
    assert erp("tickets_close", {}, number=number).status_code == 422
