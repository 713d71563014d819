"""note(): one entry, in the transaction of its cause. broken_at(): where the chain does not hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from tenants.audit.models import Entry
from tenants.people.models import User

ADDED, CHANGED, DELETED = Entry.Action.ADDED, Entry.Action.CHANGED, Entry.Action.DELETED
SIGNED_IN, SIGNED_OUT = Entry.Action.SIGNED_IN, Entry.Action.SIGNED_OUT
CHOSE_PASSWORD = Entry.Action.CHOSE_PASSWORD
PUBLISHED, EXPORTED = Entry.Action.PUBLISHED, Entry.Action.EXPORTED


def note(
    action: str, *, by: User | None, at: datetime, subject: str = "", source: str = "", **detail: Any
) -> None:
    """Somebody (None: the system) did this. On a host without a tenant there is no trail, and nothing is noted."""
    if connection.schema_name in (None, "public"):
        return
    Entry.objects.create(
        at=at,
        who=by.email if by else "",
        person_id=by.pk if by else None,
        action=action,
        subject=subject[:300],
        detail=detail,
        source=source,
    )


BROKEN = """
    SELECT id FROM (
        SELECT id, previous, digest, audit_digest(audit_entry) AS computed,
               row_number() OVER (ORDER BY id) AS place,
               coalesce(lag(digest) OVER (ORDER BY id), '') AS before
        FROM audit_entry) AS chain
    WHERE id <> place OR previous <> before OR digest <> computed
    ORDER BY id LIMIT 1"""


def broken_at() -> int | None:
    """The first entry that was changed, or before which one is missing; None where the whole chain holds.

    An end that was cut off leaves a chain that holds: compare `last` with what was written down elsewhere.
    """
    with connection.cursor() as cursor:
        cursor.execute(BROKEN)
        found = cursor.fetchone()
    return found[0] if found else None


def last() -> tuple[int, str]:
    """Number and digest of the latest entry: what to write down elsewhere. (0, "") of an empty trail."""
    entry = Entry.objects.order_by("-id").values_list("id", "digest").first()
    return entry or (0, "")
