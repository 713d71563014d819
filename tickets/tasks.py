"""The loops: due alarms, due windows, publications, notices. Celery runs them; `sweep` runs the same without a broker.

A loop takes a bounded batch, which is what makes it fair between tenants, and clears only the hints it saw before it began.
"""

from __future__ import annotations

import logging
import time
from contextlib import closing
from datetime import datetime

from celery import shared_task
from django.db import connection

from notifications import accounts, delivery, outbox
from policies import publishing
from sla import deadlines
from tenants import wakeups
from tenants.models import Tenant
from tenants.moment import now
from tenants.tasks import TenantTask, active_tenant, lease, public, publish
from tickets import adoption, alarms, lifecycle, windows
from tickets.agreements import night, quotes, reports, trying
from tickets.api import limits, replays
from tickets.chat import pace
from tickets.duty import emergencies, feeds
from tickets.entitlement import policy_at
from tickets.intake import polling, storing, working
from tickets.lifecycle import redacting
from tickets.webhooks import delivering

log = logging.getLogger(__name__)
BATCH = 100
NOTICES = 400  # of one tenant's turn
SECONDS = 20  # of one tenant's turn


# --- the tick ---------------------------------------------------------------------------------------------------------


@shared_task(name="tickets.tick")
def tick() -> None:
    """Beat's poke: one indexed query says which tenants have something due; each gets a task of its own."""
    with public():
        seen("worker")
        seen("beat")
        due = wakeups.due_tenants(now())
    for schema, kind in due:
        publish(f"tickets.drain_{kind}", schema=schema)


def sweep_once() -> int:
    """The same without a broker, one tenant after the other in this process. How many turns were taken."""
    with public():
        seen("sweep")
        due = wakeups.due_tenants(now())
    for schema, kind in due:
        try:
            with active_tenant(schema):
                DRAINS[kind]()
        except Exception:  # one bad tenant stops only itself
            log.exception("sweep of %s (%s) failed", schema, kind)
    return len(due)


def seen(name: str) -> None:
    """Say that a background process lives; at most one write in five seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO public.tenants_heartbeat (name, seen_at) VALUES (%s, clock_timestamp())
               ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at
               WHERE tenants_heartbeat.seen_at < clock_timestamp() - interval '5 seconds'""",
            [name],
        )


# --- one tenant's turn ------------------------------------------------------------------------------------------------


@shared_task(name="tickets.drain_alarm", base=TenantTask)
def drain_alarm() -> None:
    drain_alarms()


@shared_task(name="tickets.drain_outbox", base=TenantTask)
def drain_outbox() -> None:
    drain_notices()


@shared_task(name="tickets.drain_delivery", base=TenantTask)
def drain_delivery() -> None:
    drain_reports()


@shared_task(name="tickets.drain_publish", base=TenantTask)
def drain_publish() -> None:
    drain_publications()


@shared_task(name="tickets.drain_poll", base=TenantTask)
def drain_poll() -> None:
    drain_mailboxes()


@shared_task(name="tickets.drain_intake", base=TenantTask)
def drain_intake() -> None:
    drain_inbound()


@shared_task(name="tickets.drain_webhook", base=TenantTask)
def drain_webhook() -> None:
    drain_webhooks()


@shared_task(name="tickets.drain_agreement", base=TenantTask)
def drain_agreement() -> None:
    drain_agreements()


@shared_task(name="tickets.drain_chat", base=TenantTask)
def drain_chat() -> None:
    drain_pace()


@shared_task(name="tickets.drain_feed", base=TenantTask)
def drain_feed() -> None:
    drain_feeds()


@shared_task(name="tickets.drain_duty", base=TenantTask)
def drain_duty() -> None:
    drain_emergencies()


@shared_task(name="tickets.drain_shred", base=TenantTask)
def drain_shred() -> None:
    drain_removed_files()


def drain_alarms() -> int:
    """Ring what is due, windows in their order among the alarms. How many alarms were dealt with."""
    moment = now()
    with lease("alarm") as held:
        if not held:
            return 0
        hints = wakeups.seen_hints("alarm", moment)
        rung, left = ring_due(moment)
        if not left:
            wakeups.clear_hints(hints)
    if rung:
        publish("tickets.drain_outbox", schema=connection.schema_name)
    if left:
        publish("tickets.drain_alarm", schema=connection.schema_name)
    return rung


def ring_due(moment: datetime) -> tuple[int, bool]:
    """(alarms dealt with, whether some are left). Bounded by number and by time."""
    until, rung = time.monotonic() + SECONDS, 0
    with wakeups.gathered(moment):
        while time.monotonic() < until and rung < 5 * BATCH:
            due = next_alarms(moment)
            dealt_with = ring_batch(due, moment)
            rung += dealt_with
            if not due:
                return rung, False
            if not dealt_with:
                break
    return rung, True


def next_alarms(moment: datetime) -> list[tuple[int, int, datetime]]:
    """A batch of due alarms; one by one while windows are to be opened or closed among them, each in its turn (R18)."""
    if not windows.due_windows(moment).exists():
        return deadlines.due_alarms(moment, BATCH)
    due = deadlines.due_alarms(moment, 1)
    windows.enact_due(due[0][2] if due else moment)
    return deadlines.due_alarms(moment, 1)


def ring_batch(due: list[tuple[int, int, datetime]], moment: datetime) -> int:
    deadlines.count_attempts(clock_id for clock_id, _, _ in due)
    return alarms.ring_together([(clock_id, ticket_id) for clock_id, ticket_id, _ in due], moment)


def drain_notices() -> int:
    """Hand notices over by several connections, and tell the tickets what was delivered.

    One process at a time drains a tenant: ticks that come meanwhile find the lease taken and occupy nobody, so that the
    others' turns come. When something is left at the end of the turn, the next one is asked for behind theirs.
    """
    moment = now()
    handed_over = 0
    with lease("outbox") as held:
        if not held:
            return 0
        hints = wakeups.seen_hints("outbox", moment)
        senders = accounts.senders_for(accounts.current())
        with closing(outbox.deliver(moment, limit=NOTICES, senders=senders)) as sent:
            for notice in sent:
                lifecycle.delivered(notice)
                handed_over += 1
        wakeups.clear_hints(hints)
        left = bool(wakeups.seen_hints("outbox", moment))
    if left and handed_over:
        publish("tickets.drain_outbox", schema=connection.schema_name)
    return handed_over


def drain_reports() -> int:
    """Tell the tickets what came back of what was delivered."""
    moment = now()
    with lease("delivery") as held:
        if not held:
            return 0
        hints = wakeups.seen_hints("delivery", moment)
        seen = 0
        for report in delivery.unsettled(BATCH):
            with delivery.attempt(report):
                if report.what != "complained":  # it arrived, alas
                    lifecycle.came_back(report.notification, at=min(report.at, moment), detail=report.detail)
            seen += 1
        delivery.look_again(moment)
        wakeups.clear_hints(hints)
    return seen


def drain_publications() -> int:
    moment = now()
    with lease("publish", seconds=600) as held:
        if not held:
            return 0
        hints = wakeups.seen_hints("publish", moment)
        moved = adoption.enact_publications(moment) + adoption.adopt_plans(moment)
        reports.look_again(policy_at(moment), moment)
        wakeups.clear_hints(hints)
    return moved


def drain_inbound() -> int:
    """Understand what came in, one worker a tenant, so that a conversation keeps its order. How many things were read."""
    moment = now()
    with lease("intake") as held:
        if not held:
            return 0
        hints = wakeups.seen_hints("intake", moment)
        count = working.work_off(moment, limit=2 * BATCH)
        wakeups.clear_hints(hints)
    if count:
        publish("tickets.drain_outbox", schema=connection.schema_name)
    return count


def drain_pace() -> int:
    """A chat had its first answer: work out anew how soon we usually answer."""
    moment = now()
    hints = wakeups.seen_hints("chat", moment)
    measured = pace.measure(moment)
    wakeups.clear_hints(hints)
    return measured.samples if measured else 0


def drain_agreements() -> int:
    """End the quotes and the authorised nights whose time is over, send last month's reports. How many of all."""
    moment = now()
    with lease("agreement") as held:
        if not held:
            return 0
        hints = wakeups.seen_hints("agreement", moment)
        lapsed = quotes.lapse_due(moment) + night.end_due(moment)
        policy = policy_at(moment)
        lapsed += reports.send_due(policy, moment)
        trying.forget(moment)
        quotes.look_again(moment)
        reports.look_again(policy, moment)
        trying.look_again()
        wakeups.clear_hints(hints)
    if lapsed:
        publish("tickets.drain_outbox", schema=connection.schema_name)
    return lapsed


def drain_webhooks() -> int:
    """Tell other systems what happened, one turn of it. How many tries were made."""
    moment = now()
    with lease("webhook") as held:
        if not held:
            return 0
        hints = wakeups.seen_hints("webhook", moment)
        tried = delivering.deliver(moment)
        wakeups.clear_hints(hints)
    if tried >= delivering.BATCH:
        publish("tickets.drain_webhook", schema=connection.schema_name)
    return tried


def drain_emergencies() -> int:
    """Alert people on duty again of what nobody has taken."""
    moment = now()
    with lease("duty") as held:
        if not held:
            return 0
        hints = wakeups.seen_hints("duty", moment)
        rung = emergencies.ring_due(moment)
        wakeups.clear_hints(hints)
        emergencies.look_again()
    if rung:
        publish("tickets.drain_outbox", schema=connection.schema_name)
    return rung


def drain_feeds() -> int:
    """Look at the calendars whose turn it is. How many windows were entered, moved or cancelled."""
    moment = now()
    with lease("feed", seconds=600) as held:
        if not held:
            return 0
        hints = wakeups.seen_hints("feed", moment)
        changed = feeds.poll_due(moment)
        wakeups.clear_hints(hints)
        feeds.look_again(moment)
    if changed:
        publish("tickets.drain_outbox", schema=connection.schema_name)
    return changed


def drain_mailboxes() -> int:
    """Look through the mailboxes whose turn it is, and come again in a minute."""
    moment = now()
    with lease("poll") as held:
        if not held:
            return 0
        hints = wakeups.seen_hints("poll", moment)
        count = polling.poll_due(moment)
        wakeups.clear_hints(hints)
    if count:
        publish("tickets.drain_intake", schema=connection.schema_name)
    return count


def drain_removed_files() -> int:
    """Destroy the bytes of files that were taken out of a conversation."""
    moment = now()
    with lease("shred") as held:
        if not held:
            return 0
        hints = wakeups.seen_hints("shred", moment)
        count = redacting.destroy_files(BATCH)
        if count < BATCH:
            wakeups.clear_hints(hints)
    return count


DRAINS = {
    "alarm": drain_alarms,
    "outbox": drain_notices,
    "delivery": drain_reports,
    "publish": drain_publications,
    "intake": drain_inbound,
    "poll": drain_mailboxes,
    "duty": drain_emergencies,
    "feed": drain_feeds,
    "shred": drain_removed_files,
    "webhook": drain_webhooks,
    "chat": drain_pace,
    "agreement": drain_agreements,
}


# --- slow passes ------------------------------------------------------------------------------------------------------


@shared_task(name="tickets.reconcile")
def reconcile() -> None:
    """Add the hints that a bug forgot: one task a tenant, slowly."""
    with public():
        schemas = list(
            Tenant.objects.filter(status=Tenant.Status.ACTIVE).values_list("schema_name", flat=True)
        )
    for schema in schemas:
        publish("tickets.reconcile_tenant", schema=schema)


@shared_task(name="tickets.reconcile_tenant", base=TenantTask)
def reconcile_tenant() -> None:
    soonest = deadlines.next_alarm_moment()
    if soonest is not None:
        wakeups.wake("alarm", soonest)
    moment = now()
    outbox.look_again(moment)
    delivering.look_again(moment)
    delivering.forget_old(moment)
    working.look_again(moment)
    polling.look_again(moment)
    emergencies.look_again()
    feeds.look_again(moment)
    storing.forget_old(moment)
    quotes.look_again(moment)
    night.look_again(moment)
    reports.look_again(policy_at(moment), moment)
    trying.look_again()
    replays.forget(moment)
    limits.forget(moment)


@shared_task(name="tickets.materialise_holidays")
def materialise_holidays() -> None:
    with public():
        schemas = list(
            Tenant.objects.filter(status=Tenant.Status.ACTIVE).values_list("schema_name", flat=True)
        )
    for schema in schemas:
        publish("tickets.renew_holidays", schema=schema)


@shared_task(name="tickets.renew_holidays", base=TenantTask)
def renew_holidays() -> None:
    publishing.renew_holidays(now())
