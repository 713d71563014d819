"""A compiled query set finds what the query set finds, and follows the tenant of the connection."""

from datetime import UTC, datetime

from django.db import connection

from tenants.compiled import Compiled, Given
from tenants.people.models import User
from tickets import lifecycle
from tickets.models import Ticket

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAMED = ("requester", "owner", "company")
NUMBERED = Compiled(lambda: Ticket.objects.filter(number=Given("number")).select_related(*NAMED))
SUMMARIES = Compiled(
    lambda: Ticket.objects.filter(opened_at__lte=Given("at")).only("summary").order_by("-id")[:1]
)


def opened(summary, person):
    return lifecycle.open_ticket(requester=person("alice"), summary=summary, body="Since noon.", at=AT).ticket


def test_it_finds_what_the_query_set_finds(tenant_a, person):
    ticket = opened("It hangs", person)
    same = Ticket.objects.select_related(*NAMED).get(number=ticket.number)
    [found] = NUMBERED.all(number=ticket.number)
    names = [field.attname for field in Ticket._meta.concrete_fields]
    assert [getattr(found, name) for name in names] == [getattr(same, name) for name in names]
    assert found._state.fields_cache.keys() == same._state.fields_cache.keys() == set(NAMED)
    assert isinstance(found.requester, User) and found.requester == same.requester
    assert found.owner is None and found.because == ticket.because and found.opened_at == AT
    assert NUMBERED.first(number=ticket.number + 1) is None


def test_it_keeps_the_order_the_limit_and_what_is_not_read(tenant_a, person):
    opened("First", person)
    opened("Second", person)
    [found] = SUMMARIES.all(at=AT)
    assert found.summary == "Second"
    assert found.get_deferred_fields() >= {"status", "because"}
    assert SUMMARIES.first(at=datetime(2026, 3, 1, tzinfo=UTC)) is None


def test_it_reads_in_the_tenant_that_the_connection_is_in(tenant_b, tenant_a, person):
    number = opened("Seen by A", person).number
    assert NUMBERED.first(number=number).summary == "Seen by A"
    connection.set_tenant(tenant_b)
    assert NUMBERED.first(number=number) is None
