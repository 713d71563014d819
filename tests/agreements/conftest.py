"""Suporte Leilões: Alice asks (plan Premium), Grace manages her account, Carol supervises, Bob answers. São Paulo is UTC-3.

The clock of everything stands where a test puts it; mails are what a person receives, and links are followed from them.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection

from tenants.customers.models import Membership
from tests.api.conftest import Program
from tickets import lifecycle, tasks
from tickets.agreements import night, quotes
from tickets.api import keys
from tickets.api.keys import ApiKey
from tickets.api.scopes import SCOPES

FRIDAY_20 = datetime(2026, 11, 27, 23, tzinfo=UTC)  # 20:00
MONDAY_8 = datetime(2026, 11, 30, 11, tzinfo=UTC)  # the next opening
MINUTE = timedelta(minutes=1)


@pytest.fixture
def at(db):
    """at(moment): it is `moment` now, for pages, jobs and the API."""

    def put(moment):
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO public.tenants_clockoffset (id, "offset") VALUES (1, %s - clock_timestamp())
                   ON CONFLICT (id) DO UPDATE SET "offset" = excluded."offset" """,
                [moment],
            )
        return moment

    return put


@pytest.fixture
def leiloes(desk_of):
    return desk_of("suporte-leiloes")


@pytest.fixture
def browser(leiloes, client_for, person):
    """browser("alice"): somebody signed in; browser(): a stranger who follows a link."""
    return lambda name=None: client_for(leiloes, person(name) if name else None)


@pytest.fixture
def opened(leiloes, person):
    def open_one(at, **given):
        given = {"summary": "Report is wrong", "body": "A column is missing."} | given
        return lifecycle.open_ticket(requester=person(given.pop("who", "alice")), at=at, **given).ticket

    return open_one


@pytest.fixture
def managed(leiloes, person):
    """Erin is named manager of Alice's company."""
    Membership.objects.filter(person=person("erin")).update(is_manager=True)
    return person("erin")


@pytest.fixture
def sent(at, opened, person):
    """A quote that Alice asked for and Grace has sent: two hours at R$ 250.00, valid until Monday's opening."""

    def send_one(moment=FRIDAY_20, **given):
        at(moment)
        ticket = opened(moment, who=given.pop("who", "alice"))
        at(moment + MINUTE)
        quote = night.ask(ticket, by=ticket.requester, at=moment, wish="Before tomorrow's auction, please.")
        given = {
            "minutes": 120,
            "rate": 25000,
            "text": "Mend the report tonight.",
            "valid_until": MONDAY_8,
        } | given
        return quotes.send(quote, by=person("grace"), at=moment + MINUTE, **given)

    return send_one


@pytest.fixture
def program(leiloes, client_for, person):
    """program("bob"): a program with Bob's key, for everything."""

    def made(name):
        key = keys.issue(ApiKey(name="ERP", person=person(name), scopes=list(SCOPES)), FRIDAY_20)
        return Program(client_for(leiloes), key)

    return made


def delivered():
    """Let the real jobs send what waits; the mails that came of it."""
    before = len(mail.outbox)
    while tasks.drain_notices():
        pass
    return mail.outbox[before:]


def mail_to(name, mails, containing=""):
    """The last of `mails` to name@example.com with these words."""
    found = [m for m in mails if m.to == [f"{name}@example.com"] and containing in m.subject + m.body]
    assert found, [(m.to, m.subject) for m in mails]
    return found[-1]


def path_in(message, containing):
    """The path of the first link with `containing` in it."""
    links = re.findall(r"https?://[^/\s]+(/[^\s)>\]]*)", message.body)
    return next(link for link in links if containing in link)
