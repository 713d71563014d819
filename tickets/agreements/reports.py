"""A month of one company's contract: tickets, promises met and missed, hours used. On the screen, as a PDF, and by mail.

A promise is judged in the month in which it was met or broken. What was promised nothing (no deadline, or out of scope) is
counted beside it and not in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import product
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils.formats import number_format
from django.utils.translation import get_language

from notifications import outbox
from notifications.outbox import Recipient
from policies.document import SITUATIONS, Policy, say
from policies.sentences import SITUATION_NAMES
from policies.words import METRICS
from sla.models import Breach, Clock
from tenants.customers.models import Company, Membership
from tenants.wakeups import wake
from tickets import promises
from tickets.agreements import budgets, rights, trying
from tickets.agreements.models import SentReport, Trial
from tickets.audience import is_reachable
from tickets.models import Ticket
from tickets.words import months

LISTED = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One metric, in one situation or in none: how many promises were met and how many missed."""

    metric: str
    met: int
    missed: int
    situation: str = ""

    @property
    def name(self) -> str:
        return named(self.metric, self.situation)

    @property
    def share(self) -> str:
        """Percent met, rounded down to a tenth: nobody reads 100 % where one was missed."""
        whole = self.met * 1000 // (self.met + self.missed)
        return number_format(whole // 10 if whole % 10 == 0 else Decimal(whole) / 10)


@dataclass(frozen=True, slots=True)
class Missed:
    number: int
    summary: str
    metric: str
    situation: str
    due_at: datetime
    fulfilled_at: datetime | None

    @property
    def name(self) -> str:
        return named(self.metric, self.situation)


@dataclass(frozen=True, slots=True)
class Report:
    company: Company
    first: date
    last: date
    opened: int
    resolved: int
    unpromised: int  # of the opened ones
    lines: list[Line]
    missed: list[Missed]
    hours: list[budgets.Standing]

    @property
    def month(self) -> str:
        return say(months(self.first), get_language() or "en")


def report_of(company: Company, first: date, policy: Policy) -> Report:
    """Of the month that begins on `first`, in the policy's zone."""
    begins, ends = bounds(first, policy.tz)
    tickets = Ticket.objects.filter(company=company)
    opened = tickets.filter(opened_at__gte=begins, opened_at__lt=ends)
    met = {(each["metric"], each["situation"]): each["n"] for each in _judged(tickets, begins, ends)}
    broken = Breach.objects.filter(
        subject_id__in=tickets.values("pk"), breached_at__gte=begins, breached_at__lt=ends
    ).exclude(metric="silence")
    broken = broken.exclude(clock__status=Clock.Status.ENDED, clock__state__ended_as__in=promises.NOT_JUDGED)
    counted = broken.values("metric", "clock__situation").annotate(n=Count("pk"))
    missed = {(row["metric"], row["clock__situation"]): row["n"] for row in counted}
    lines = [
        Line(each[0], met.get(each, 0), missed.get(each, 0), each[1])
        for each in product(METRICS, ("", *SITUATIONS))
        if each in met or each in missed
    ]
    return Report(
        company=company, first=first, last=(ends - timedelta(days=1)).astimezone(ZoneInfo(policy.tz)).date(),
        opened=opened.count(), resolved=tickets.filter(resolved_at__gte=begins, resolved_at__lt=ends).count(),
        unpromised=opened.exclude(outcome="in_scope").count(), lines=lines, missed=_listed(broken),
        hours=budgets.standing(company, policy, ends - timedelta(seconds=1)),
    )  # fmt: skip


def named(metric: str, situation: str) -> str:
    """ "First response", or, where a situation has a promise of its own, "First response (emergency)"."""
    name = str(METRICS.get(metric, metric))
    if not situation:
        return name
    return f"{name} ({say(SITUATION_NAMES.get(situation, {'en': situation}), get_language() or 'en')})"


def _judged(tickets: object, begins: datetime, ends: datetime) -> Iterable[dict[str, object]]:
    return (
        Clock.objects.filter(
            subject_id__in=tickets.values("pk"), status=Clock.Status.FULFILLED, due_at__isnull=False
        )
        .filter(fulfilled_at__gte=begins, fulfilled_at__lt=ends, breach__isnull=True)
        .filter(Q(breach_at__isnull=True) | Q(fulfilled_at__lte=F("breach_at")))
        .exclude(metric="silence")
        .values("metric", "situation")
        .annotate(n=Count("pk"))
    )


def _listed(broken: object) -> list[Missed]:
    rows = list(broken.select_related("clock").order_by("breached_at", "pk")[:LISTED])
    tickets = {
        t.pk: t
        for t in Ticket.objects.filter(pk__in={row.subject_id for row in rows}).only("number", "summary")
    }
    return [
        Missed(
            tickets[row.subject_id].number,
            tickets[row.subject_id].summary,
            row.metric,
            row.clock.situation,
            row.due_at,
            row.clock.fulfilled_at,
        )
        for row in rows
    ]


# --- months -----------------------------------------------------------------------------------------------------------


def bounds(first: date, tz: str) -> tuple[datetime, datetime]:
    zone = ZoneInfo(tz)
    following = after(first)
    return datetime(first.year, first.month, 1, tzinfo=zone), datetime(
        following.year, following.month, 1, tzinfo=zone
    )


def after(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def month_of(at: datetime, policy: Policy) -> date:
    return at.astimezone(ZoneInfo(policy.tz)).date().replace(day=1)


# --- by mail ----------------------------------------------------------------------------------------------------------


def send_due(policy: Policy | None, now: datetime) -> int:
    """Last month's report to the managers of each company, once. How many companies were told."""
    if policy is None or not policy.monthly_report:
        return 0
    month = before(month_of(now, policy))
    managers = Membership.objects.filter(rights.MANAGES).values("company")
    waiting = Company.objects.filter(pk__in=managers).exclude(reports__month=month)
    waiting = waiting.exclude(pk__in=trying.held(Trial.What.REPORT, now, month)).order_by("pk")
    return sum(
        trying.attempt(Trial.What.REPORT, company.pk, now, partial(_send, company, month, policy, now), month)
        for company in waiting
    )


def _send(company: Company, month: date, policy: Policy, now: datetime) -> bool:
    with transaction.atomic():
        sent, is_new = SentReport.objects.get_or_create(company=company, month=month, defaults={"at": now})
        if not is_new:
            return False
        people = [Recipient.of(person) for person in rights.managers_of(company.pk) if is_reachable(person)]
        path = f"/company/report/?month={month:%Y-%m}"
        found = report_of(company, month, policy)
        outbox.tell(
            people, kind="company_report", key=f"report:{sent.pk}", at=now,
            words={"company": company.name, "month": months(month), "opened": found.opened, "resolved": found.resolved,
                   "met": sum(line.met for line in found.lines), "missed": sum(line.missed for line in found.lines)},
            links={"report_url": {"path": path}},
        )  # fmt: skip
    return True


def look_again(policy: Policy | None, now: datetime) -> None:
    """A hint for the first of next month, 08:00, where none stands yet."""
    if policy is None or not policy.monthly_report:
        return
    following = after(month_of(now, policy))
    due_at = datetime(following.year, following.month, 1, 8, tzinfo=ZoneInfo(policy.tz))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM public.tenants_wakeup WHERE schema_name = %s AND kind = 'agreement' AND due_at = %s LIMIT 1",
            [connection.schema_name, due_at],
        )
        is_there = cursor.fetchone() is not None
    if not is_there:
        wake("agreement", due_at)
