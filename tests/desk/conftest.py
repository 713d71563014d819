"""Bob at the desk, and tickets opened as customers open them."""

import pytest

from tenants.moment import now
from tickets import lifecycle


@pytest.fixture
def bob(tenant_a, person):
    return person("bob")


@pytest.fixture
def desk(tenant_a, bob, client_for):
    """Bob's browser."""
    return client_for(tenant_a, bob)


@pytest.fixture
def opened(tenant_a, person):
    """opened("Where is it?") opens a ticket of Alice's now; the policy's channel, unless another is given."""

    def open_one(summary="Where is the report?", who="alice", **given):
        given = {"body": f"{summary} I cannot find it.", "at": now()} | given
        return lifecycle.open_ticket(requester=person(who), summary=summary, **given).ticket

    return open_one
