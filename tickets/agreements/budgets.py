"""The hours that a company's plan includes, what was used of them, and what is left (SL10). Minutes, counted in whole days.

A period is a calendar month or the company's contract in the policy's zone. What an accepted quote pays for draws on no
budget; a scheduled training holds its minutes until they are entered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, Sum

from policies.document import HOUR_KINDS, Budget, Policy
from policies.words import HOUR_KINDS as NAMES
from tenants.customers.models import Company
from tickets.agreements.models import Contract, Meeting, Quote, TimeEntry


@dataclass(frozen=True, slots=True)
class Standing:
    """One kind of work of one company: minutes included, used, held by scheduled trainings; from and until which day."""

    kind: str
    per: str
    total: int
    used: int
    held: int
    first: date
    last: date

    @property
    def left(self) -> int:
        return self.total - self.used - self.held

    @property
    def over(self) -> int:
        return max(-self.left, 0)

    @property
    def name(self) -> str:
        return str(NAMES.get(self.kind, self.kind))


def standing(company: Company | None, policy: Policy, at: datetime) -> list[Standing]:
    """Of every kind of which the company's plan includes hours."""
    if company is None or not policy.budgets:
        return []
    found = (standing_of(company, policy, kind, at) for kind in HOUR_KINDS)
    return [each for each in found if each is not None]


def standing_of(
    company: Company | None, policy: Policy, kind: str, at: datetime, *, but: Meeting | None = None
) -> Standing | None:
    """None where the plan includes no such hours. `but`: without what this training holds."""
    budget = budget_of(policy, company.plan if company else "", kind)
    if company is None or budget is None:
        return None
    first, last = period_of(budget, company, policy, at)
    entries = TimeEntry.objects.filter(company=company, kind=kind, quote=None, on__gte=first, on__lte=last)
    used = entries.aggregate(sum=Sum("minutes"))["sum"] or 0
    held = _held(company, policy, first, last, but) if kind == "training" else 0
    return Standing(kind, budget.per, int(budget.hours.total_seconds()) // 60, used, held, first, last)


def budget_of(policy: Policy, plan: str, kind: str) -> Budget | None:
    """First match by plan and kind; a company without a plan has the policy's first."""
    plan = plan or (policy.plans[0].key if policy.plans else "")
    fitting = (b for b in policy.budgets if b.kind == kind and (not b.plans or plan in b.plans))
    return next(fitting, None)


def period_of(budget: Budget, company: Company, policy: Policy, at: datetime) -> tuple[date, date]:
    """(first day, last day) of the period that holds `at`."""
    today = at.astimezone(ZoneInfo(policy.tz)).date()
    if budget.per == "contract":
        contract = (
            Contract.objects.filter(company=company, starts_on__lte=today, ends_on__gte=today)
            .order_by("-starts_on")
            .first()
        )
        if contract is not None:
            return contract.starts_on, contract.ends_on
        return today.replace(month=1, day=1), today.replace(month=12, day=31)
    first = today.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _held(company: Company, policy: Policy, first: date, last: date, but: Meeting | None) -> int:
    """Minutes of trainings that are scheduled within the plan and not yet entered."""
    zone = ZoneInfo(policy.tz)
    begins = datetime(first.year, first.month, first.day, tzinfo=zone)
    ends = datetime(last.year, last.month, last.day, tzinfo=zone) + timedelta(days=1)
    entered = TimeEntry.objects.filter(ticket=OuterRef("ticket"), kind="training")
    paid = Quote.objects.filter(meeting=OuterRef("pk"), state=Quote.State.ACCEPTED)
    trainings = Meeting.objects.filter(
        ~Exists(entered), ~Exists(paid), Q(starts_at__gte=begins, starts_at__lt=ends),
        ticket__company=company, kind=Meeting.Kind.TRAINING, state=Meeting.State.SCHEDULED,
    )  # fmt: skip
    if but is not None:
        trainings = trainings.exclude(pk=but.pk)
    return trainings.aggregate(sum=Sum("minutes"))["sum"] or 0
