"""A document goes into the admin's tables and comes out the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings

from policies import codec, draft, models, packs
from policies.document import Policy
from tests.policies.documents import policies
from tests.template import twins_policy

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", packs.pack_names())
def test_a_pack_loaded_and_exported_again_is_the_same_file(tenant_a, name):
    draft.load_draft(packs.load_pack(name), at=NOW)
    assert codec.dump(draft.export_draft()) == packs.pack_text(name)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(policy=policies)
def test_any_document_survives_the_tables(tenant_a, policy: Policy):
    with transaction.atomic():
        draft.load_draft(policy, at=NOW)
        assert draft.export_draft() == policy
        transaction.set_rollback(True)


def test_loading_again_replaces_everything(tenant_a):
    draft.load_draft(packs.load_pack("zoom"), at=NOW)
    draft.load_draft(packs.load_pack("z-pro"), at=NOW)
    assert draft.export_draft() == packs.load_pack("z-pro")


def test_every_load_is_a_new_revision(tenant_a):
    first = draft.load_draft(packs.load_pack("tour"), at=NOW)
    assert draft.load_draft(packs.load_pack("tour"), at=NOW) == first + 1
    assert draft.touch(NOW) == first + 2


def test_the_draft_of_one_tenant_is_not_the_others(tenant_b, tenant_a):
    draft.load_draft(packs.load_pack("tour"), at=NOW)
    connection.set_tenant(tenant_b)
    assert draft.export_draft() == twins_policy()


def test_without_a_draft_there_is_nothing_to_export(tenant_a):
    models.General.objects.all().delete()
    with pytest.raises(draft.NoDraft):
        draft.export_draft()
