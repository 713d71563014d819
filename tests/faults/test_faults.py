"""Whatever is killed, frozen, flushed or doubled: every alarm rings once, none early, each in its own tenant; every notice
arrives, at most once more under the same Message-ID; no ticket is lost and no number left out.

The programs are real processes on servers of their own. Sixty tickets in three desks live by one policy of hours: the first
response is due after 2 h (warning after 1 h), the resolution after 20 h (warnings after 4, 6 and 8 h). Each test moves the
clock to the next of these moments, where sixty alarms or more come due at once, and breaks something while they ring.
"""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import redis

from tests.journeys.live import ROOT, Live, until, utc
from tests.servers import private_servers

pytestmark = pytest.mark.faults

START = utc(2027, 6, 1, 12)
TENANTS = ("acme", "globex", "tour")  # acme and globex are twins: equal ids, addresses and numbers
TICKETS = 20  # in each
ALARMS = TICKETS * len(TENANTS)
WARNINGS = {"first_response": (1,), "resolution": (4, 6, 8)}  # hours after the opening
BREACHES = {"first_response": 2, "resolution": 20}
PUBLISH = """
import django; django.setup()
from django_tenants.utils import tenant_context
from policies import codec, draft, publishing
from policies.packs import load_pack
from tenants.models import Tenant
from tenants.moment import now
text = codec.dump(load_pack("tour")).replace('duration = "2m"', 'duration = "2h"')
old = 'duration = "4m"\\nunit = "elapsed"\\nwarnings = [\\n  { share = 50 },\\n]'
assert old in text
policy = codec.load(text.replace(old, '''duration = "20h"
unit = "elapsed"
warnings = [{ share = 20 }, { share = 30 }, { share = 40 }]'''))
for slug in TENANTS:
    with tenant_context(Tenant.objects.get(slug=slug)):
        draft.load_draft(policy, at=now())
        publishing.publish(revision=draft.state().revision, by=None, at=now())
"""


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """The running product, the sixty tickets opened at START."""
    with private_servers() as servers:
        live = Live(servers, tmp_path_factory.mktemp("faults"))
        try:
            live.start()
            live.travel_to(START - timedelta(minutes=1))
            script = f"TENANTS = {TENANTS!r}\n{PUBLISH}"
            subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=settings(live), check=True)
            live.travel_to(START)
            open_many(live, [(tenant, uuid.uuid4().hex) for tenant in TENANTS * TICKETS])
            yield live
        finally:
            os.kill(servers.valkey.child.pid, signal.SIGCONT)
            live.stop()


def settings(live):
    return live.environment | {"DJANGO_SETTINGS_MODULE": "helpdesk.settings"}


# --- the faults -------------------------------------------------------------------------------------------------------


def test_a_hundred_parallel_openings_leave_no_gap_and_a_form_sent_twice_opens_one(live):
    keys = [uuid.uuid4().hex for _ in range(100)]
    open_many(live, [("erp-chamados", key) for key in [*keys, *keys[:10]]], threads=20)
    numbers = [
        number for [number] in live.sql("SELECT number FROM tickets_ticket ORDER BY 1", tenant="erp-chamados")
    ]
    assert numbers == list(range(1, 101))
    for tenant in TENANTS:
        numbers = [
            number for [number] in live.sql("SELECT number FROM tickets_ticket ORDER BY 1", tenant=tenant)
        ]
        assert numbers == list(range(1, TICKETS + 1)), tenant


def test_forty_times_next_ticket_at_once_give_forty_tickets_the_oldest_first(live):
    """erp-chamados works in order of opening (CH08): the first forty of the hundred above, each to one of the two."""
    agents = [live.visitor("erp-chamados", name).open("/desk/") for name in ("bob", "carol")]
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(take_next, agents * 20))
    assert sorted(given) == list(range(1, 41))
    owned = (
        "SELECT count(*) FROM tickets_ticket WHERE number <= 40 AND owner_id IS NOT NULL AND status = 'open'"
    )
    assert live.sql(owned, tenant="erp-chamados") == [(40,)]


def test_a_killed_pool_child_loses_no_warning(live):
    live.travel_to(START + timedelta(hours=1, minutes=10))
    while_they_ring(live, "warned", 0, lambda: os.kill(pool_child(live), signal.SIGKILL))
    wait_for_events(live, "warned", ALARMS)
    everything_happened_once(live)


def test_a_killed_worker_loses_no_breach_and_no_escalation(live):
    live.travel_to(START + timedelta(hours=2, minutes=10))

    def kill():
        live.kill("worker")
        live.run("worker")

    while_they_ring(live, "breached", 0, kill)
    wait_for_events(live, "breached", ALARMS)
    wait_for_events(live, "escalated", ALARMS)
    everything_happened_once(live)
    # The ledger tells the moment of the policy, not the moment at which it was noticed (C3, S13).
    for tenant in TENANTS:
        assert live.sql("SELECT breached_at FROM sla_breach WHERE breached_at <> due_at", tenant=tenant) == []


def test_two_beats_two_workers_and_a_flushed_valkey_double_nothing(live):
    live.run("worker", beside="2")
    live.run("beat", beside="2")
    live.travel_to(START + timedelta(hours=4, minutes=10))
    before = events(live, "warned")

    def flush_and_kill():
        valkey(live).flushall()
        live.kill("beat")

    while_they_ring(live, "warned", before, flush_and_kill)
    wait_for_events(live, "warned", before + ALARMS)
    valkey(live).flushall()
    everything_happened_once(live)
    live.kill("worker2")


def test_c01_a_frozen_valkey_delays_no_customer_and_no_alarm(live):
    alice = asking(live, "acme")
    os.kill(live.servers.valkey.child.pid, signal.SIGSTOP)
    before, began = events(live, "warned"), time.monotonic()
    live.travel_to(START + timedelta(hours=6, minutes=30))
    response = ask(alice, uuid.uuid4().hex)
    assert time.monotonic() - began < 5
    assert response.status_code == 302
    wait_for_events(live, "warned", before + 1)  # the sweep needs only PostgreSQL
    assert time.monotonic() - began < 30
    wait_for_events(live, "warned", before + ALARMS)
    everything_happened_once(live)
    os.kill(live.servers.valkey.child.pid, signal.SIGCONT)
    [[thawed]] = live.sql("SELECT clock_timestamp()")
    until(lambda: last_tick(live) > thawed, "the worker ticks again")


def test_without_worker_and_beat_the_sweep_alone_rings_within_30_seconds(live):
    for name in ("worker", "beat2"):
        live.kill(name)
    before, began = events(live, "warned"), time.monotonic()
    live.travel_to(START + timedelta(hours=8, minutes=10))
    wait_for_events(live, "warned", before + 1)
    assert time.monotonic() - began < 30
    # The ticket that was opened while Valkey was frozen has its own first warning by now.
    wait_for_events(live, "warned", before + ALARMS + 1)
    everything_happened_once(live)


# --- what must hold ---------------------------------------------------------------------------------------------------


def everything_happened_once(live):
    """Whatever was told is told to the end; then nothing is double, early, lost, or in another tenant's mail."""
    live.travel_to(live.now() + timedelta(minutes=3))  # leases of the killed run out
    until(live.is_idle, "all is done")
    received = Counter((mail.message["Message-ID"], mail.to) for mail in live.mail.received)
    for tenant in TENANTS:
        once(live, tenant)
        mails_arrived(live, tenant, received)


def once(live, tenant):
    """Each alarm of each ticket whose moment has come rang, once, and not before."""
    now = live.now()
    tickets = live.sql("SELECT id, opened_at FROM tickets_ticket", tenant=tenant)
    rung = live.sql(
        "SELECT ticket_id, kind, data->>'metric', at FROM tickets_event ORDER BY at", tenant=tenant
    )
    ledger = live.sql("SELECT subject_id, metric, breached_at, detected_at FROM sla_breach", tenant=tenant)
    for ticket, opened in tickets:
        for metric, hours in WARNINGS.items():
            due = [opened + timedelta(hours=hour) for hour in hours if opened + timedelta(hours=hour) <= now]
            warned = [at for row, kind, of, at in rung if (row, kind, of) == (ticket, "warned", metric)]
            assert len(warned) == len(due), (tenant, ticket, metric, warned, due)
            assert all(at >= moment for at, moment in zip(warned, due, strict=True)), (
                tenant,
                ticket,
                warned,
                due,
            )
            breach = opened + timedelta(hours=BREACHES[metric])
            found = [(at, seen) for row, of, at, seen in ledger if (row, of) == (ticket, metric)]
            assert [at for at, _ in found] == [breach] * (breach < now), (tenant, ticket, metric)
            assert all(seen > at for at, seen in found), "noticed early"
            for kind in ("breached", "escalated"):
                told = [at for row, each, of, at in rung if (row, each, of) == (ticket, kind, metric)]
                assert len(told) == (breach < now), (tenant, ticket, kind, metric)
    assert live.sql("SELECT parked_because FROM sla_clock WHERE parked_because <> ''", tenant=tenant) == []


def mails_arrived(live, tenant, received):
    """Every notice was written once and has arrived under its own Message-ID, in its own tenant's words."""
    notices = live.sql(
        "SELECT message_id, address, kind, about_id, state FROM notifications_notification WHERE channel = 'email'",
        tenant=tenant,
    )
    assert {state for *_, state in notices} == {"sent"}, tenant
    warned, breached = events(live, "warned", tenant), events(live, "breached", tenant)
    told = Counter((kind, address.split("@")[0]) for _, address, kind, _, _ in notices)
    for name in ("bob", "carol"):
        assert told["deadline_warning", name] == warned
        assert told["escalated", name] == breached
    again = 0
    texts = {mail.message["Message-ID"]: mail for mail in live.mail.received}
    for message_id, address, *_ in notices:
        times = received[message_id, address]
        assert times >= 1, f"{tenant}: {message_id} to {address} is lost"
        again += times - 1
        mail = texts[message_id]
        assert f"{tenant}.localhost" in mail.text
        assert not any(other in mail.text + mail.subject for other in TENANTS if other != tenant), (
            mail.subject
        )
    assert again <= 3, "only what was in hand when its process was killed may come a second time"


# --- what is done and seen --------------------------------------------------------------------------------------------


def asking(live, tenant):
    """Alice at this tenant with the form for a new ticket before her."""
    alice = live.visitor(tenant, "alice")
    topic = "other" if tenant == "erp-chamados" else "question"
    return alice.open(f"/tickets/new/?topic={topic}")


def ask(alice, key):
    form = alice.form("/tickets/new/", {"summary"})
    data = form.values | {"summary": f"Question {key[:6]}", "body": "It stands still.", "key": key}
    headers = {"Referer": f"http://{alice.host}{alice.path}", "Origin": f"http://{alice.host}"}
    return alice.http.post("/tickets/new/", data=data, headers=headers)


def take_next(agent):
    """The number that 'Next ticket' leads this agent to."""
    headers = {"Referer": f"http://{agent.host}/desk/", "Origin": f"http://{agent.host}"}
    token = agent.form("/desk/next/").values["csrfmiddlewaretoken"]
    answer = agent.http.post("/desk/next/", data={"csrfmiddlewaretoken": token}, headers=headers)
    assert answer.status_code == 302, answer.text[:2000]
    return int(answer.headers["location"].split("/")[-2])


def open_many(live, wanted, threads=8):
    """Open a ticket for each (tenant, key), side by side."""
    visitors = {tenant: asking(live, tenant) for tenant in dict(wanted)}
    with ThreadPoolExecutor(threads) as pool:
        for response in pool.map(lambda each: ask(visitors[each[0]], each[1]), wanted):
            assert response.status_code == 302, response.text[:2000]


def events(live, kind, *tenants):
    found = "SELECT count(*) FROM tickets_event WHERE kind = %s"
    return sum(live.sql(found, [kind], tenant=tenant)[0][0] for tenant in tenants or TENANTS)


def wait_for_events(live, kind, number):
    until(lambda: events(live, kind) >= number, f"{number} times {kind}; there were {events(live, kind)}")


def while_they_ring(live, kind, before, act):
    """Do `act` as soon as the first of them has rung."""
    end = time.monotonic() + 60
    while events(live, kind) <= before:
        assert time.monotonic() < end, f"nothing rang: {kind}"
    rung = events(live, kind) - before
    act()
    assert rung < ALARMS, "all had rung before anything broke: nothing is proven"


def pool_child(live):
    main = live.children["worker"].pid
    with open(f"/proc/{main}/task/{main}/children") as children:
        return int(children.read().split()[0])


def valkey(live):
    return redis.Redis.from_url(live.servers.valkey.url())


def last_tick(live):
    return live.sql("SELECT seen_at FROM public.tenants_heartbeat WHERE name = 'worker'")[0][0]
