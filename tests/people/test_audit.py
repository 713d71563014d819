"""The audit trail: what an admin does is in it by itself, nobody changes it, and a break is found and named."""

import threading
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from tenants.audit import trail
from tenants.audit.models import Entry
from tenants.customers.models import Team
from tenants.moment import now
from tests.conftest import enter
from tickets.api import keys

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def noted(*, many=3, by=None):
    first = trail.last()[0] + 1
    for number in range(many):
        trail.note(trail.EXPORTED, by=by, at=AT, subject=f"report {number}", rows=number)
    return list(range(first, first + many))


def verify(tenant):
    said = StringIO()
    try:
        call_command("audit", tenant=tenant.slug, stdout=said)
    finally:
        connection.set_tenant(tenant)
    return said.getvalue()


def test_what_an_admin_changes_is_in_the_trail_without_anybody_writing_it(tenant_a, client_for, person):
    dora = client_for(tenant_a, person("dora"))
    team = Team.objects.first()
    answer = dora.post(
        f"/admin/customers/team/{team.pk}/change/", {"key": team.key, "name": "Night shift", "members": []}
    )
    assert answer.status_code == 302
    [entry] = Entry.objects.filter(action="changed")
    assert entry.who == "dora@example.com" and entry.subject.startswith(f"customers.team {team.pk}")
    page = dora.get("/admin/audit/entry/").content.decode()
    assert "dora@example.com" in page and "customers.team" in page
    assert dora.get(f"/admin/audit/entry/{entry.pk}/change/").status_code == 200
    assert dora.post(f"/admin/audit/entry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client_for(tenant_a, person("bob")).get("/admin/audit/entry/").status_code in (302, 403, 404)


def test_signing_in_and_out_are_noted_with_their_source(tenant_a, client_for, person, password):
    visitor = client_for(tenant_a)
    visitor.post("/account/sign-in/", {"username": "bob@example.com", "password": "not it"})
    assert not Entry.objects.filter(who="bob@example.com").exists()
    visitor.post("/account/sign-in/", {"username": "bob@example.com", "password": password})
    visitor.post("/account/sign-out/")
    said = Entry.objects.filter(who="bob@example.com").order_by("id").values_list("action", "source")
    assert list(said) == [("signed_in", "127.0.0.1"), ("signed_out", "127.0.0.1")]


def test_what_a_program_changes_is_noted_without_what_was_in_it(tenant_a, person):
    dora = person("dora")
    key = keys.issue(keys.ApiKey(name="Register", person=dora, scopes=["people:write"]), now())
    company = {"name": "Padaria Aurora"}
    made = Client(SERVER_NAME="acme.localhost").post(
        "/api/v1/companies/", company, "application/json", headers={"Authorization": f"Bearer {key}"}
    )
    connection.set_tenant(tenant_a)
    assert made.status_code == 201
    entry = Entry.objects.get(action="added")
    assert (entry.who, entry.subject) == ("dora@example.com", "POST /api/v1/companies/")
    assert entry.detail == {"fields": ["name"], "key": "Register"}


def test_declined_work_as_a_table_leaves_a_trace_of_who_took_it(tenant_a, client_for, person):
    carol = client_for(tenant_a, person("carol"))
    assert carol.get("/desk/reports/declined/table.csv").status_code == 200
    assert Entry.objects.get(action="exported").who == "carol@example.com"


def test_numbers_have_no_gap_and_each_entry_names_the_one_before(tenant_a, person):
    ids = noted(by=person("dora"))
    rows = list(Entry.objects.filter(id__in=ids).order_by("id"))
    assert [row.id for row in rows] == ids
    assert [row.previous for row in rows[1:]] == [row.digest for row in rows[:-1]]
    assert trail.broken_at() is None
    assert "unbroken" in verify(tenant_a)


@pytest.mark.parametrize(
    "change", ["UPDATE audit_entry SET who = 'eve'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
def test_the_database_refuses_to_change_or_delete_an_entry(tenant_a, change):
    noted()
    with pytest.raises(DatabaseError, match="neither changed nor deleted"), transaction.atomic():
        connection.cursor().execute(change)
    assert trail.broken_at() is None


@pytest.mark.parametrize(
    ("forgery", "found"),
    [
        ("UPDATE audit_entry SET who = 'eve@example.com' WHERE id = {1}", 1),  # its own digest does not fit any more
        ("UPDATE audit_entry SET detail = '{{}}' WHERE id = {1}", 1),
        ("DELETE FROM audit_entry WHERE id = {1}", 2),  # the next one's predecessor is gone
        ("UPDATE audit_entry SET who = 'eve', digest = audit_digest(ROW(id, at, 'eve', person_id, action, subject, detail, "
         "source, previous, digest)::audit_entry) WHERE id = {1}", 2),
    ],
)  # fmt: skip
def test_a_forged_trail_is_found_and_the_entry_named(tenant_a, forgery, found):
    ids = noted(many=3)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_refuse")
        cursor.execute(forgery.format(*ids))
    assert trail.broken_at() == ids[found]
    with pytest.raises(CommandError, match="broken: acme"):
        verify(tenant_a)


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """A desk outside any transaction, so that threads see each other; its trail is emptied again."""
    with django_db_blocker.unblock():
        tenant = enter("tour")
        yield tenant
        connection.set_tenant(tenant)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
            cursor.execute("TRUNCATE audit_entry")
            cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
        connection.set_schema_to_public()


def test_writers_beside_each_other_leave_one_chain(committed):
    first = trail.last()[0] + 1

    def write():
        connection.set_tenant(committed)
        try:
            for _ in range(10):
                with transaction.atomic():
                    noted(many=1)
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _ in range(4)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    ids = list(Entry.objects.filter(id__gte=first).order_by("id").values_list("id", flat=True))
    assert ids == list(range(first, first + 40))
    assert trail.broken_at() is None


def test_a_tenants_trail_is_its_own(tenant_b, tenant_a, person):
    noted(many=2)
    ours = trail.last()
    connection.set_schema_to_public()
    connection.set_tenant(tenant_b)
    assert trail.last() != ours
    assert not Entry.objects.filter(action="exported").exists()
