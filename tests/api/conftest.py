"""Programs that speak to the API: by a key, or by a browser's session."""

import json

import pytest

from tenants.moment import now
from tickets import lifecycle
from tickets.api import keys
from tickets.api.keys import ApiKey
from tickets.api.scopes import SCOPES


class Program:
    """JSON in and out on one tenant's host, by a key where one is given."""

    def __init__(self, client, key=None):
        self.client = client
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def __call__(self, method, path, data=None, headers=None, **query):
        body = {} if data is None else {"data": json.dumps(data), "content_type": "application/json"}
        path = path if path.startswith(("/", "http")) else f"/api/v1/{path}"
        answer = self.client.generic(
            method, path, headers=self.headers | (headers or {}), query_params=query or None, **body
        )
        answer.data = json.loads(answer.content) if answer.content else None
        return answer

    def get(self, path, **query):
        return self("GET", path, **query)

    def post(self, path, data=None, **headers):
        return self("POST", path, data, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def raw(self, path, body, content_type="application/json"):
        answer = self.client.generic("POST", f"/api/v1/{path}", body, content_type, headers=self.headers)
        answer.data = json.loads(answer.content)
        return answer


@pytest.fixture
def key_of(person):
    """key_of("bob") issues a key that acts as Bob, in the current tenant, for everything unless `scopes` are said; the key as
    its owner writes it down."""

    def issued(name, **given):
        return keys.issue(ApiKey(name="ERP", person=person(name), **{"scopes": list(SCOPES)} | given), now())

    return issued


@pytest.fixture
def program(client_for, key_of):
    """program(tenant, "bob"): a program with Bob's key."""

    def made(tenant, name, **given):
        return Program(client_for(tenant), key_of(name, **given))

    return made


@pytest.fixture
def bob(tenant_a, program):
    return program(tenant_a, "bob")


@pytest.fixture
def alice(tenant_a, program):
    return program(tenant_a, "alice")


@pytest.fixture
def browser(client_for):
    """browser(tenant, person): a program without a key, in a signed-in browser."""

    def made(tenant, person=None, **kwargs):
        return Program(client_for(tenant, person, **kwargs))

    return made


@pytest.fixture
def opened(tenant_a, person):
    """opened("Where is it?") opens a ticket of Alice's through the use case."""

    def open_one(summary="Where is the report?", who="alice", **given):
        given = {"body": f"{summary} I cannot find it.", "at": now()} | given
        return lifecycle.open_ticket(requester=person(who), summary=summary, **given).ticket

    return open_one
