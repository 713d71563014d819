"""A tenant with many tickets, by COPY. The shape, per ticket: one message of 300 characters, one event, one running clock.

Of the tickets 20 % are unresolved (the queue), spread evenly over four priorities, three teams, ten owners and fifty companies;
the rest are closed. Deadlines of the unresolved lie between a week ago and three weeks ahead.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Model

from policies.models import PolicyVersion
from sla.models import Clock
from tenants.customers.models import Company, Licence, Membership, Team
from tenants.people.models import User
from tickets.models import Message, Ticket

OPEN_SHARE = 5  # one in five is unresolved


def people(agents: int = 10, companies: int = 50) -> None:
    team_keys = list(Team.objects.values_list("key", flat=True)) or ["support"]
    for n in range(3 - len(team_keys)):
        Team.objects.create(key=f"team-{n}", name=f"Team {n}")
    for n in range(agents):
        User.objects.create(email=f"agent{n}@example.com", name=f"Agent {n}", role=User.Role.AGENT)
    for n in range(companies):
        company = Company.objects.create(name=f"Company {n}", plan="standard")
        person = User.objects.create(email=f"customer{n}@example.com", name=f"Customer {n}")
        Membership.objects.create(person=person, company=company)
        Licence.objects.create(number=f"L-{n}", email=person.email, plan="standard")


def tickets(count: int, at: datetime) -> None:
    """`count` tickets numbered from 1, in the tenant of the connection."""
    version = PolicyVersion.objects.order_by("-number").values_list("pk", flat=True)[0]
    agents = list(User.objects.filter(role=User.Role.AGENT).values_list("pk", flat=True))
    members = list(Membership.objects.values_list("person_id", "company_id"))
    teams = list(Team.objects.values_list("pk", flat=True))
    state = _state(at)
    tickets, messages, clocks = [], [], []
    for n in range(1, count + 1):
        person, company = members[n % len(members)]
        is_open = n % OPEN_SHARE == 0
        due = at - timedelta(days=7) + timedelta(seconds=(n * 7919) % (28 * 86400)) if is_open else None
        opened = at - timedelta(minutes=count - n)
        tickets.append({
            "id": n, "number": n, "summary": f"Report {n} shows no data", "requester_id": person, "company_id": company,
            "channel": "portal", "plan": "standard", "priority": str(1 + n % 4), "topic": "", "module": "", "fields": "{}",
            "situations": "[]", "language": "en", "status": "open" if is_open else "closed",
            "owner_id": agents[n % len(agents)] if n % 3 else None, "team_id": teams[n % len(teams)],
            "policy_version_id": version, "outcome": "in_scope", "scope_rule": "", "because": "[]", "sentence": "{}",
            "overruled_because": "", "missing": "", "opened_at": opened, "updated_at": opened,
            "closed_by_system": False, "close_reason": "", "solution": "", "due_at": due,
            "due_metric": "first_response" if is_open else "", "clock_state": "running" if is_open else "met",
            "last_word": "It has shown nothing since this morning.", "last_word_by": "customer",
        })  # fmt: skip
        messages.append({
            "ticket_id": n, "kind": "public", "author_id": person, "by_customer": True, "body": "It shows nothing. " * 17,
            "finding": "", "at": opened,
        })  # fmt: skip
        clocks.append({
            "subject_id": n, "metric": "first_response", "instance": 1, "situation": "", "target_key": "first-response",
            "calendar_key": "", "status": "running" if is_open else "fulfilled", "started_at": opened,
            "due_at": due, "breach_at": due, "alarm_at": due, "alarm_kind": "breach" if is_open else "", "steps_done": "[]",
            "agenda": "[]", "attempts": 0, "parked_because": "", "state": state,
        })  # fmt: skip
    copy(Ticket, tickets)
    copy(Message, messages)
    copy(Clock, clocks)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('tickets_ticket', 'id'), %s)", [count])
        cursor.execute(
            "INSERT INTO tickets_counter VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET last_number = %s",
            [count] * 2,
        )
        cursor.execute("ANALYZE")


def _state(at: datetime) -> str:
    from sla.calendars import ALWAYS
    from sla.clock import Clock as Running
    from sla.clock import Segment

    value = Running("first_response", at, timedelta(hours=24), (Segment(at, ALWAYS),))
    return json.dumps(value.to_state())


def copy(model: type[Model], rows: list[dict[str, Any]]) -> None:
    """COPY these rows; a column that they do not name gets its model's default."""
    fields = [
        field for field in model._meta.concrete_fields if not field.primary_key or field.column in rows[0]
    ]
    given = {field.column: field.get_default() for field in fields if field.column not in rows[0]}
    columns = [*rows[0], *given]
    names = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as stream:
        for row in rows:
            stream.write_row([*row.values(), *given.values()])
