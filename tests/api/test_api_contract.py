"""Schemathesis against every operation: what the description says is what the API does, whatever it is sent.

In-process, in a transaction of a tenant of its own, with fixed seeds: each operation gets data that its schema allows, about rows
that exist, and data that it does not allow. More examples only take longer: a minute or so for the file is enough.
"""

import copy
import os

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as openapi

from tenants.customers.models import Company
from tenants.moment import now
from tickets import lifecycle
from tickets.agreements import hours, meetings, quotes
from tickets.api.docs import described
from tickets.canned.models import CannedAnswer
from tickets.models import Attachment
from tickets.windows import open_window

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "6"))  # of each kind, for each operation
CHECKS = [
    not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
]
REFUSED = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422]
NAMES = [o["operationId"] for methods in described()["paths"].values() for o in methods.values()]
ALLOWED, OTHER = GenerationMode.POSITIVE, GenerationMode.NEGATIVE


@pytest.fixture(scope="module")
def schema():
    config = schemathesis.Config.from_dict(
        {"checks": {"negative_data_rejection": {"expected-statuses": REFUSED}}}
    )
    loaded = schemathesis.openapi.from_dict(copy.deepcopy(described()), config=config)
    loaded.app = get_wsgi_application()
    return loaded


@pytest.fixture
def in_this_transaction():
    """As Django's own test client does: requests leave the test's connection open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def rows(in_this_transaction, desk_of, person, settings):
    """A desk by which each address means something: path parameters by the operations' names for them."""
    settings.API_READS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = 100_000
    tenant = desk_of("360dialog")
    at, alice, dora = now(), person("alice"), person("dora")
    ticket = lifecycle.open_ticket(
        requester=alice, summary="Help", body="Please", channel="api", at=at, by=dora
    ).ticket
    lifecycle.reply(
        ticket, author=dora, body="See here.", at=at, files=[SimpleUploadedFile("a.txt", b"here")]
    )
    company = Company.objects.first()
    lasts = {"starts_at": at, "ends_at": at.replace(year=2099)}
    window = open_window(company=company, kind="auction", name="", by=dora, at=at, **lasts)
    quote = quotes.want(ticket, kind="consulting", by=dora, at=at)
    meeting = meetings.Meeting.objects.create(
        ticket=ticket,
        agenda="Plans.",
        wished_at=at,
        minutes=60,
        asked_by=alice,
        asked_at=at,
        uid="1@example.com",
    )
    entry = hours.enter(ticket, kind="consulting", minutes=30, on=at.date(), by=dora, at=at)
    canned = CannedAnswer.objects.create(title="Hello", body="Hello {customer}", owner=dora, changed_at=at)
    agreed = {"quotes": quote.pk, "meetings": meeting.pk, "time": entry.pk, "canned": canned.pk}
    ids = agreed | {"attachments": Attachment.objects.get().pk, "people": alice.pk, "windows": window.pk}
    return tenant, {"number": ticket.number, "reference": str(company.reference), "id": ids}


def path_parameters(operation, known):
    area = operation.path.split("/")[3]
    wanted = {p.name for p in operation.path_parameters}
    return {name: known["id"].get(area, 1) if name == "id" else known.get(name, 1) for name in wanted}


@pytest.mark.parametrize(
    ("name", "mode"),
    [*((name, ALLOWED) for name in NAMES), *((name, OTHER) for name in NAMES if name != "index")],
    ids=lambda value: value.name.lower() if value in (ALLOWED, OTHER) else value,
)
def test_what_the_description_says_is_what_happens(schema, rows, key_of, name, mode):
    tenant, known = rows
    headers = {"Authorization": f"Bearer {key_of('dora')}"}
    operation = schema.find_operation_by_id(name)
    fixed = path_parameters(operation, known) if mode == ALLOWED else None
    checks = CHECKS if mode == ALLOWED else [*CHECKS, openapi.negative_data_rejection]

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode, path_parameters=fixed))
    def holds(case):
        case.call_and_validate(f"http://{tenant.slug}.localhost", headers=headers, checks=checks)

    try:
        holds()
    finally:
        connection.set_tenant(tenant)
