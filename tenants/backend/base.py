"""A connection belongs to a tenant, to an explicit public block, or to nobody; to nobody, it refuses every statement."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.backends.postgresql.base import ServerBindingCursor
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantsWrapper

NOBODY = "nobody"


class NoTenant(Exception):
    """A statement was sent while the connection belonged to no tenant."""


class TenantChangedInTransaction(Exception):
    """The tenant may not change between the statements of one transaction."""


class Operations(TenantsWrapper.ops_class):
    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """For logs and for counting; of a statement that was prepared without its values."""
        return super().last_executed_query(cursor, sql, params) or sql


class DatabaseWrapper(TenantsWrapper):
    """See the module. `belong_to_nobody` is called after each request, task and command."""

    ops_class = Operations

    def belong_to_nobody(self) -> None:
        self.set_schema_to_public()
        self.schema_name = NOBODY

    def set_tenant(self, tenant: Any, include_public: bool = False) -> None:
        self._refuse_inside_a_transaction(tenant.schema_name)
        super().set_tenant(tenant, include_public=tenant.schema_name == "public")

    def set_schema(self, schema_name: str, include_public: bool = False, *args: Any, **kwargs: Any) -> None:
        self._refuse_inside_a_transaction(schema_name)
        super().set_schema(schema_name, include_public=schema_name == "public")

    def _refuse_inside_a_transaction(self, schema_name: str) -> None:
        if self.in_atomic_block and schema_name != self.schema_name and not settings.TESTING:
            raise TenantChangedInTransaction(f"from {self.schema_name} to {schema_name}")

    def _cursor(self, name: str | None = None) -> Any:
        if getattr(self, "schema_name", None) == NOBODY:
            raise NoTenant("No tenant is set: enter one (tenant_context) or an explicit public block first.")
        return super()._cursor(name)

    def preparing_cursor(self) -> Any:
        """For a statement that is sent again and again: its values travel beside it, and PostgreSQL keeps its plan.

        It is planned anew wherever the search path has become another tenant's, as PostgreSQL itself sees to.
        """
        self.ensure_connection()
        usual = self.connection.cursor_factory
        self.connection.cursor_factory = ServerBindingCursor
        try:
            return self.cursor()
        finally:
            self.connection.cursor_factory = usual
