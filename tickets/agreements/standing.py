"""What is agreed about a ticket at all: one question, so that a ticket without agreements asks nothing more."""

from __future__ import annotations

from django.db import connection

from tickets.models import Ticket

TABLES = {
    "quotes": "agreements_quote",
    "meetings": "agreements_meeting",
    "developers": "agreements_developeraccess",
    "entries": "agreements_timeentry",
}
ASK = " UNION ALL ".join(
    f"SELECT '{kind}' WHERE EXISTS (SELECT 1 FROM {table} WHERE ticket_id = %(ticket)s)"
    for kind, table in TABLES.items()
)


def kinds_of(ticket: Ticket) -> frozenset[str]:
    """Of TABLES: which kinds there are."""
    with connection.cursor() as cursor:
        cursor.execute(ASK, {"ticket": ticket.pk})
        return frozenset(kind for (kind,) in cursor.fetchall())
