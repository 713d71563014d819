"""The twin tenants and the people in them. See `template.py` for who is who, `servers.py` for what runs."""

import pytest
from django.db import connection
from django.test import Client

from tests.template import PACKS, PASSWORD, TWINS


class TenantClient(Client):
    """A browser on one tenant's host. After each request the test's own connection is that tenant's again."""

    def __init__(self, tenant, person=None, **kwargs):
        self.tenant = tenant
        super().__init__(SERVER_NAME=f"{tenant.slug}.localhost", **kwargs)
        if person is not None:
            self.force_login(person, backend="django.contrib.auth.backends.ModelBackend")

    def request(self, **request):
        try:
            return super().request(**request)
        finally:
            connection.set_tenant(self.tenant)


def enter(slug):
    from tenants.models import Tenant

    connection.set_schema_to_public()
    tenant = Tenant.objects.get(slug=slug)
    connection.set_tenant(tenant)
    return tenant


@pytest.fixture
def tenant_b(db):
    """Mallory's tenant. Requested beside `tenant_a`, the connection is A's."""
    tenant = enter(TWINS[1])
    yield tenant
    connection.set_schema_to_public()


@pytest.fixture
def tenant_a(db):
    tenant = enter(TWINS[0])
    yield tenant
    connection.set_schema_to_public()


@pytest.fixture
def desk_of(db):
    """desk_of("zoom") enters the tenant that lives by that pack."""

    def entered(pack):
        assert pack in PACKS
        return enter(pack)

    yield entered
    connection.set_schema_to_public()


@pytest.fixture
def client_for():
    """client_for(tenant, person=None): a test client on that tenant's host, signed in as that person."""
    return TenantClient


@pytest.fixture
def person():
    """person("alice"): somebody of the current tenant."""

    def found(name):
        from tenants.people.models import User

        return User.objects.get(email=f"{name}@example.com")

    return found


@pytest.fixture
def password():
    return PASSWORD
