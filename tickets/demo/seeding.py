"""Make the demo desks. A desk is served only when all of it stands; one that a kill left half made is made anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction

from policies.packs import load_pack
from policies.publishing import start_of
from sla.business_time import BusinessHours
from sla.calendars import hours_at
from tenants import moment, provisioning
from tenants.customers.context import DESK
from tenants.models import Tenant
from tenants.people.models import User
from tickets import adoption, desks
from tickets.chat.models import ChatSettings
from tickets.demo import answers, letterbox, people, shelves, signins
from tickets.demo.duty import furnish as furnish_rotas
from tickets.demo.history import History
from tickets.demo.pace import Pace
from tickets.demo.script import Script, script_of
from tickets.models import Ticket

OFFICE = {
    "tz": "America/Sao_Paulo",
    "weekly": {day: [["08:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
}
POLICY_SINCE = timedelta(days=31)


def missing(slugs: tuple[str, ...]) -> list[str]:
    """Demo desks that do not stand yet. A desk of that name which is no demo is somebody's own and left alone."""
    connection.set_schema_to_public()
    there = Tenant.objects.filter(slug__in=slugs).values_list("slug", "status", "is_demo")
    standing = {slug for slug, status, is_demo in there if status == Tenant.Status.ACTIVE or not is_demo}
    return [slug for slug in slugs if slug not in standing]


def make(slug: str) -> str:
    """One demo desk with its history, from nothing. What was made, in a line."""
    script = script_of(slug)
    connection.set_schema_to_public()
    remove_leftover(slug)
    tenant = provisioning.create_tenant(slug, script.desk["name"], is_demo=True)
    connection.set_tenant(tenant)
    try:
        with hurry(), letterbox.in_use():
            count, days = fill(script)
    finally:
        connection.set_schema_to_public()
    provisioning.activate(tenant)
    return f"{slug}: {count} tickets over {days} days"


def remove_leftover(slug: str) -> None:
    leftover = Tenant.objects.filter(slug=slug, is_demo=True).first()
    if leftover is not None:
        provisioning.delete_tenant(leftover)


@contextmanager
def hurry() -> Iterator[None]:
    """Commits need not reach the disk one by one: what a crash would lose is made anew, the last commit waits for all."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")


def fill(script: Script) -> tuple[int, int]:
    """Policy, people and history of the current tenant. (tickets, days they go back)."""
    policy, now = load_pack(script.slug), moment.now()
    since = beginning(script, now)
    with transaction.atomic():
        desks.furnish(
            policy, name=script.desk["name"], admin=people.admin_of(script), at=since, effective_from=since
        )
        everybody = people.furnish(script)
    if chat := script.desk.get("chat"):
        ChatSettings.objects.update_or_create(id=1, defaults=chat)
    adoption.enact_publications(since)
    pace = Pace(hours_of(script, now), script.desk["timezone"], now)
    furnish_rotas(script, everybody, pace)
    answers.furnish(DESK.first().languages, since)
    history = History(script, everybody, pace)
    shelves.furnish(script.slug, everybody, pace)
    history.play()
    history.settle(moment.now())
    first = Ticket.objects.order_by("opened_at").first()
    return Ticket.objects.count(), (now - first.opened_at).days + 1 if first else 0


def hours_of(script: Script, at: datetime) -> BusinessHours:
    """When its people are at work: by a calendar of the policy, in office hours, or (nothing said) always."""
    pace = script.desk.get("pace", "")
    return BusinessHours.from_dict(OFFICE) if pace == "office" else hours_at(pace, at)


def beginning(script: Script, now: datetime) -> datetime:
    """A month ago, or the policy's own effective date where that is earlier (SL12)."""
    policy = load_pack(script.slug)
    month_ago = now - POLICY_SINCE
    own = start_of(policy, datetime.min.replace(tzinfo=now.tzinfo)) if policy.effective_on else month_ago
    return min(month_ago, own)


def make_platform_admin() -> None:
    """Who signs in on the plain host."""
    connection.set_schema_to_public()
    if not User.objects.filter(email=signins.PLATFORM).exists():
        User.objects.create_user(
            signins.PLATFORM, people.password_of("platform"), name="Plataforma", role=User.Role.ADMIN
        )
