"""Tests that need real commits: nothing is rolled back, so they clear away what they made."""

import pytest
from django.db import connection

from tests.conftest import enter
from tests.template import TWINS


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """The first twin, outside any transaction."""
    from notifications.models import Notification

    with django_db_blocker.unblock():
        tenant = enter(TWINS[0])
        try:
            yield tenant
        finally:
            connection.set_tenant(tenant)
            Notification.objects.all().delete()
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM public.tenants_wakeup")
            connection.set_schema_to_public()
