"""Declined work: contacts that became no ticket, tickets without a promise, and those that an agent overruled (ZP09, SL04).

One statement counts by outcome, rule, topic, channel and company at once, another lists the rows: whatever their number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

LISTED, EXPORTED = 200, 20_000
BY = ("outcome", "rule", "topic", "channel", "company")

DECLINED = """
    WITH declined AS (
        SELECT t.id, t.number, t.opened_at AS at, t.topic, t.channel, t.company_id, t.summary,
               CASE WHEN t.declined_outcome = '' THEN t.outcome ELSE t.declined_outcome END AS outcome,
               CASE WHEN t.declined_outcome = '' THEN t.scope_rule ELSE t.declined_rule END AS rule,
               t.declined_outcome <> '' AS overruled, t.overruled_because AS because
        FROM tickets_ticket t
        WHERE t.opened_at >= %(since)s AND t.opened_at < %(until)s
          AND (t.outcome <> 'in_scope' OR t.declined_outcome <> '')
        UNION ALL
        SELECT c.id, NULL, c.at, c.topic, c.channel, c.company_id, c.summary, c.outcome, c.rule, false, ''
        FROM tickets_contact c WHERE c.at >= %(since)s AND c.at < %(until)s
    ), wanted AS (
        SELECT d.*, coalesce(company.name, '') AS company FROM declined d
        LEFT JOIN customers_company company ON company.id = d.company_id
        WHERE (%(outcome)s = '' OR d.outcome = %(outcome)s) AND (%(rule)s = '' OR d.rule = %(rule)s)
          AND (%(topic)s = '' OR d.topic = %(topic)s) AND (%(channel)s = '' OR d.channel = %(channel)s)
          AND (%(company)s = 0 OR d.company_id = %(company)s)
          AND (%(overruled)s = '' OR d.overruled = (%(overruled)s = 'yes'))
    )"""
COUNTS = """
    SELECT CASE grouping(outcome, rule, topic, channel, company_id) WHEN 31 THEN 'all' WHEN 15 THEN 'outcome' WHEN 7 THEN 'rule'
                WHEN 27 THEN 'topic' WHEN 29 THEN 'channel' ELSE 'company' END AS by,
           outcome, rule, topic, channel, company_id, max(company), count(*), count(*) FILTER (WHERE number IS NULL),
           count(*) FILTER (WHERE overruled)
    FROM wanted
    GROUP BY GROUPING SETS ((), (outcome), (outcome, rule), (topic), (channel), (company_id))
    ORDER BY 1, 8 DESC, 2, 3, 4, 5, 6"""
ROWS = """
    SELECT id, number, at, outcome, rule, topic, channel, company, summary, overruled, because
    FROM wanted ORDER BY at DESC, id DESC LIMIT %(limit)s"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. Empty: no wish. `company`: its id; `overruled`: "yes" or "no"."""

    since: datetime
    until: datetime
    outcome: str = ""
    rule: str = ""
    topic: str = ""
    channel: str = ""
    company: int = 0
    overruled: str = ""

    def given(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


class Count(NamedTuple):
    by: str
    outcome: str | None
    rule: str | None
    topic: str | None
    channel: str | None
    company_id: int | None
    company: str
    count: int
    contacts: int
    overruled: int


class Row(NamedTuple):
    """`number` None: a contact that became no ticket."""

    pk: int
    number: int | None
    at: datetime
    outcome: str
    rule: str
    topic: str
    channel: str
    company: str
    summary: str
    overruled: bool
    because: str


@dataclass(frozen=True, slots=True)
class Report:
    count: int = 0
    contacts: int = 0
    overruled: int = 0
    by: dict[str, list[Count]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)


def report_of(wanted: Wanted) -> Report:
    """Two queries."""
    counted = [Count(*row) for row in _ask(COUNTS, wanted)]
    by = {name: [count for count in counted if count.by == name] for name in BY}
    whole = next(count for count in counted if count.by == "all")
    return Report(whole.count, whole.contacts, whole.overruled, by, list(rows_of(wanted, LISTED)))


def rows_of(wanted: Wanted, limit: int = EXPORTED) -> Iterator[Row]:
    """The latest first."""
    return (Row(*row) for row in _ask(ROWS, wanted, limit=limit))


def _ask(what: str, wanted: Wanted, **more: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(DECLINED + what, wanted.given() | more)
        return list(cursor.fetchall())
