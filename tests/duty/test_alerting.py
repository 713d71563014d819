"""An emergency between its row and its people: holes, owners, links, failures, what ends it. Moments are worked out by hand."""

import threading
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection, connections

from notifications import outbox
from notifications.models import Notification
from tenants import links
from tenants.customers.models import Team
from tenants.people.models import User
from tests.conftest import enter
from tests.duty.conftest import utc
from tickets import lifecycle
from tickets.agreements import developers
from tickets.agreements.models import DeveloperAccess
from tickets.duty import alerting, claims, emergencies
from tickets.duty.facts import is_emergency
from tickets.duty.models import Alert, DutyChange, Emergency, Rota
from tickets.models import Contact, Event, Ticket

# Sunday 15 August 2027, 20:00 in Sao Paulo (UTC-3 all year); Monday 08:00 is 11:00 UTC.
SUNDAY_20 = utc(2027, 8, 15, 23)
MINUTE = timedelta(minutes=1)
WEEK = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@pytest.fixture
def desk(desk_of):
    return desk_of("suporte-leiloes")


@pytest.fixture
def rota(desk, person):
    return make_rota(person, "bob", "grace")


def make_rota(person, *names, **given):
    team = Team.objects.get(key=given.pop("team", "support"))
    given = {"first_on": date(2027, 8, 2)} | given
    row = Rota.objects.create(team=team, name="Plantão", weekly=WEEK, at_once=len(names), **given)
    for position, name in enumerate(names):
        row.places.create(person=person(name), position=position)
    return row


@pytest.fixture
def opened(person):
    def open_one(at=SUNDAY_20, **more):
        given = {"summary": "ERP fora do ar", "body": "Desde as 19h.", "emergencies": ["server-down"]} | more
        return lifecycle.open_ticket(requester=person("alice"), at=at, **given).ticket

    return open_one


def alerted(ticket):
    """Who was alerted, round by round."""
    rows = Alert.objects.filter(emergency__ticket=ticket).order_by("round", "person__email")
    found = {}
    for row in rows.select_related("person"):
        found.setdefault(row.round, []).append(row.person.email.split("@")[0])
    return found


def notices(kind, name=None):
    rows = Notification.objects.filter(kind=kind).order_by("pk")
    return list(rows.filter(address=f"{name}@example.com") if name else rows)


def test_sl06_the_moments_of_the_alerts(rota, opened):
    ticket = opened()
    assert alerted(ticket) == {1: ["bob", "grace"]}
    assert emergencies.of(ticket).alarm_at == SUNDAY_20 + 10 * MINUTE
    for minutes in (9, 10, 10, 19, 20):  # nothing before its moment, nothing twice
        emergencies.ring_due(SUNDAY_20 + minutes * MINUTE)
    assert alerted(ticket) == {
        1: ["bob", "grace"],
        2: ["bob", "carol", "grace"],
        3: ["bob", "carol", "grace"],
    }
    told = Event.objects.filter(ticket=ticket, kind="duty_alerted").order_by("at")
    assert [(e.at, e.data["round"]) for e in told] == [
        (SUNDAY_20, 1),
        (SUNDAY_20 + 10 * MINUTE, 2),
        (SUNDAY_20 + 20 * MINUTE, 3),
    ]
    assert len(notices("emergency_alerted", "alice")) == 1
    assert {n.channel for n in notices("emergency_alert", "bob")} == {"email", "in_app"}


def test_sl06_an_alert_is_never_muted(rota, opened, person):
    User.objects.filter(pk=person("bob").pk).update(muted_notices=["emergency_alert", "escalated"])
    opened()
    assert {n.channel for n in notices("emergency_alert", "bob")} == {"email", "in_app"}


def test_sl06_where_nobody_is_on_duty_the_team_and_the_supervisors_are_alerted(desk, opened, person):
    ticket = opened()  # there is no rota at all: Bob and Carol are the team
    assert alerted(ticket) == {1: ["bob", "carol"]}
    assert Event.objects.get(ticket=ticket, kind="duty_alerted").data["is_hole"] is True
    make_rota(person, "grace")
    DutyChange.objects.create(
        team=Team.objects.get(key="support"), kind="absent", person=person("grace"), at=SUNDAY_20,
        starts_at=SUNDAY_20 - 60 * MINUTE, ends_at=SUNDAY_20 + 60 * MINUTE,
    )  # fmt: skip
    assert alerted(opened(summary="De novo")) == {1: ["bob", "carol"]}
    assert alerted(opened(SUNDAY_20 + 60 * MINUTE, summary="Mais tarde")) == {1: ["grace"]}


def test_sl06_who_has_left_leaves_a_hole_and_who_stands_in_is_alerted(rota, opened, person):
    User.objects.filter(pk=person("grace").pk).update(is_active=False)
    assert alerted(opened()) == {1: ["bob"]}
    DutyChange.objects.create(
        team=rota.team, kind="instead", person=person("bob"), instead=person("dora"), at=SUNDAY_20,
        starts_at=SUNDAY_20, ends_at=SUNDAY_20 + 60 * MINUTE,
    )  # fmt: skip
    assert alerted(opened(summary="De novo")) == {1: ["dora"]}


def test_sl06_a_ticket_that_becomes_somebodys_is_taken_by_them(rota, opened, person):
    ticket = opened()
    lifecycle.assign(ticket, owner=person("carol"), by=person("dora"), at=SUNDAY_20 + 3 * MINUTE)
    row = emergencies.of(ticket)
    assert (row.claimed_by, row.alarm_at) == (person("carol"), None)
    [told] = notices("emergency_taken", "alice")
    assert told.words["author"].startswith("Carol")
    emergencies.ring_due(SUNDAY_20 + 60 * MINUTE)
    assert alerted(ticket) == {1: ["bob", "grace"]}


def test_sl06_who_answers_has_it_and_nobody_is_woken_again(rota, opened, person):
    ticket = opened()
    lifecycle.reply(ticket, author=person("grace"), body="Estou olhando.", at=SUNDAY_20 + 3 * MINUTE)
    row = emergencies.of(ticket)
    assert (row.claimed_by, row.claimed_at, row.alarm_at) == (person("grace"), SUNDAY_20 + 3 * MINUTE, None)
    [told] = notices("emergency_taken", "alice")
    assert told.words["author"].startswith("Grace")
    assert notices("emergency_taken_staff", "bob"), "who can lie down again"
    emergencies.ring_due(SUNDAY_20 + 60 * MINUTE)
    assert alerted(ticket) == {1: ["bob", "grace"]}


def test_sl06_what_a_customer_or_a_developer_writes_takes_nothing(rota, opened, person):
    monday_17 = utc(2027, 8, 16, 20)
    ticket = opened(monday_17)
    lifecycle.reply(ticket, author=person("alice"), body="E agora?", at=monday_17 + MINUTE)
    developer = User.objects.create_user("dev@example.com", name="Dev", role=User.Role.CUSTOMER)
    access = DeveloperAccess.objects.create(
        ticket=ticket,
        person=developer,
        state="approved",
        because="?",
        asked_by=person("bob"),
        asked_at=monday_17,
    )
    developers.write(access, body="Qual navegador?", at=monday_17 + 2 * MINUTE)
    assert emergencies.of(ticket).claimed_by is None
    emergencies.ring_due(utc(2027, 8, 16, 21))  # 18:00, when the desk closes
    assert alerted(ticket) == {1: ["bob", "grace"]}


def test_sl06_an_answer_from_before_it_was_one_keeps_nobody_asleep(rota, opened, person):
    monday_12 = utc(2027, 8, 16, 15)
    ticket = opened(monday_12, emergencies=())
    lifecycle.reply(ticket, author=person("bob"), body="Qual relatório?", at=monday_12 + MINUTE)
    lifecycle.assign(ticket, owner=None, by=person("bob"), at=monday_12 + 2 * MINUTE)
    claims.declare(ticket, by=person("carol"), at=utc(2027, 8, 16, 20), because="Parou tudo.")
    emergencies.ring_due(utc(2027, 8, 16, 21))
    assert alerted(ticket) == {1: ["bob", "grace"]}


def test_sl06_declared_at_night_by_its_own_owner_it_alerts_everybody_until_somebody_takes_it(
    rota, opened, person
):
    ticket = opened(emergencies=())
    lifecycle.assign(ticket, owner=person("dora"), by=person("dora"), at=SUNDAY_20)
    claims.declare(ticket, by=person("dora"), at=SUNDAY_20 + MINUTE, because="Parou tudo.")
    assert alerted(ticket) == {1: ["bob", "grace"]}
    emergencies.ring_due(SUNDAY_20 + 11 * MINUTE)
    assert alerted(ticket) == {1: ["bob", "grace"], 2: ["bob", "carol", "grace"]}
    claims.claim(ticket, by=person("grace"), at=SUNDAY_20 + 12 * MINUTE)
    ticket.refresh_from_db()
    assert emergencies.of(ticket).claimed_by == ticket.owner == person("grace")


def test_sl06_resolved_it_alerts_nobody_and_opened_again_at_night_it_does(rota, opened, person):
    ticket = opened()
    lifecycle.resolve(ticket, by=person("bob"), at=SUNDAY_20 + MINUTE, solution="Reiniciado.")
    emergencies.ring_due(SUNDAY_20 + 10 * MINUTE)
    assert Emergency.objects.get().ended_because == "resolved"
    assert alerted(ticket) == {1: ["bob", "grace"]}
    lifecycle.reply(ticket, author=person("alice"), body="Caiu de novo!", at=SUNDAY_20 + 30 * MINUTE)
    row = emergencies.of(ticket)
    assert (row.alerted_at, row.claimed_by) == (SUNDAY_20 + 30 * MINUTE, None)


def test_sl06_in_hours_it_waits_for_the_closing(rota, opened, person):
    monday_17 = utc(2027, 8, 16, 20)
    ticket, other = opened(monday_17), opened(monday_17, summary="Outro")
    lifecycle.assign(other, owner=person("bob"), by=person("bob"), at=monday_17 + MINUTE)
    assert alerted(ticket) == {} and ticket.priority == "1"
    assert emergencies.of(ticket).alarm_at == utc(2027, 8, 16, 21), "18:00, when the desk closes"
    emergencies.ring_due(utc(2027, 8, 16, 21))
    assert alerted(ticket) == {1: ["bob", "grace"]}
    assert alerted(other) == {}
    assert notices("emergency_taken", "alice") == [], "in hours nobody was alerted, and nothing more is said"


def test_sl06_who_owned_it_before_it_was_one_has_it_at_the_closing_only_by_taking_it(rota, opened, person):
    monday_12, monday_17, closing = utc(2027, 8, 16, 15), utc(2027, 8, 16, 20), utc(2027, 8, 16, 21)
    tickets = [opened(monday_12, emergencies=(), summary=name) for name in ("left", "answered", "pressed")]
    for ticket in tickets:
        lifecycle.assign(ticket, owner=person("dora"), by=person("dora"), at=monday_12)
        claims.declare(ticket, by=person("carol"), at=monday_17, because="Parou tudo.")
    left, answered, pressed = tickets
    lifecycle.reply(answered, author=person("dora"), body="Estou olhando.", at=monday_17 + MINUTE)
    claims.claim(pressed, by=person("dora"), at=monday_17 + MINUTE)
    emergencies.ring_due(closing)
    # Dora may have left at noon: of what she has said nothing of, everybody on duty hears.
    assert alerted(left) == {1: ["bob", "grace"]} and emergencies.of(left).claimed_by is None
    for ticket in (answered, pressed):
        assert alerted(ticket) == {} and emergencies.of(ticket).claimed_by == person("dora")


def test_sl06_the_words_of_a_message_without_a_form_are_enough(rota, opened):
    ticket = opened(
        summary="Socorro", body="O servidor caiu e o leilão parou!", channel="whatsapp", emergencies=()
    )
    assert is_emergency(ticket) and ticket.priority == "1"
    assert emergencies.of(ticket).conditions == ["server-down", "operation-stopped"]
    for calm in ("O relatório caiu de posição no ranking.", "Bom dia, uma dúvida."):
        assert not is_emergency(opened(summary="Oi", body=calm, channel="whatsapp", emergencies=()))
    assert not is_emergency(opened(summary="O servidor caiu", body="?", emergencies=())), "the form has ticks"


def test_what_is_not_on_the_list_is_refused_at_its_field(rota, opened):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError) as refusal:
        opened(emergencies=["the moon is full"])
    assert list(refusal.value.message_dict) == ["emergencies"]
    assert not Ticket.objects.exists()


def test_sl06_no_promise_on_another_number_and_no_alert(rota, opened):
    ticket = opened(channel="other")
    assert ticket.outcome != "in_scope" or ticket.due_at is None
    if ticket.outcome != "in_scope":
        assert alerted(ticket) == {}


def test_an_alarm_that_fails_three_times_is_parked_with_its_reason(rota, opened, monkeypatch):
    ticket = opened()

    def broken(*args, **kwargs):
        raise RuntimeError("no such team")

    monkeypatch.setattr(emergencies, "plan_of", broken)
    for _ in range(4):
        emergencies.ring_due(SUNDAY_20 + 10 * MINUTE)
    row = emergencies.of(ticket)
    assert (row.attempts, row.alarm_at, row.parked_because) == (3, None, "RuntimeError: no such team")


def test_an_alarm_whose_worker_is_killed_each_time_is_parked_and_the_admin_shows_why(
    rota, opened, monkeypatch, desk, client_for, person
):
    ticket, other = opened(), opened(summary="Outro")
    stuck, act = emergencies.of(ticket).pk, emergencies._act

    def killed(pk, now):
        if pk == stuck:
            raise KeyboardInterrupt  # as little as a kill is it caught by anybody
        act(pk, now)

    monkeypatch.setattr(emergencies, "_act", killed)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            emergencies.ring_due(SUNDAY_20 + 10 * MINUTE)
    emergencies.ring_due(SUNDAY_20 + 10 * MINUTE)
    row = emergencies.of(ticket)
    assert (row.alarm_at, row.parked_because) == (None, "The worker was killed each time that it rang.")
    assert 2 in alerted(other), "the others are heard"
    page = client_for(desk, person("dora")).get("/admin/duty/emergency/").content.decode()
    assert "The worker was killed each time that it rang." in page


# --- the page behind the link -----------------------------------------------------------------------------------------


def sent_to(name):
    """Mails that really left, to name@example.com."""
    return [each for each in mail.outbox if each.to == [f"{name}@example.com"]]


def test_sl06_the_link_of_the_mail_is_the_persons_own(rota, opened, desk, client_for, person, travel_to):
    travel_to(SUNDAY_20)
    ticket = opened()
    for notice in outbox.deliver(SUNDAY_20):
        lifecycle.delivered(notice)
    [letter] = sent_to("bob")
    path = (
        next(word for word in letter.body.split() if "/duty/" in word).strip("()").partition("localhost")[2]
    )
    path = path[path.index("/duty/") :]
    browser = client_for(desk)
    page = browser.get(path)
    assert page.status_code == 200 and b"I take it" in page.content and b"ERP fora do ar" in page.content
    assert emergencies.of(ticket).claimed_by is None, "looking takes nothing"
    done = browser.post(path, follow=True)
    assert b"You have it" in done.content
    assert emergencies.of(ticket).claimed_by == person("bob")
    ticket.refresh_from_db()
    assert ticket.owner == person("bob")
    browser.post(path)
    assert len(notices("emergency_taken", "alice")) == 1, "pressed twice it is taken once"
    travel_to(SUNDAY_20 + timedelta(days=2, minutes=1))
    assert browser.get(path).status_code == 410


def test_a_forged_link_one_of_the_twin_and_one_of_who_has_left_open_nothing(
    rota, opened, desk, client_for, person
):
    opened()
    alert = Alert.objects.get(person=person("bob"))
    browser = client_for(desk)
    at = links_now()
    good = links.sign(alerting.PURPOSE, alert.pk, at, 2)
    assert browser.get(f"/duty/{good}/").status_code == 200
    assert browser.get(f"/duty/{links.sign('guest', alert.pk, at, 2)}/").status_code == 410
    assert browser.get(f"/duty/{good[:-2]}xx/").status_code == 410
    assert 'next=/desk/duty/"' in browser.get(f"/duty/{good[:-2]}xx/").content.decode()
    connection.set_tenant(enter("zoom"))
    foreign = links.sign(alerting.PURPOSE, alert.pk, at, 2)
    connection.set_tenant(desk)
    assert browser.get(f"/duty/{foreign}/").status_code == 410
    User.objects.filter(pk=person("bob").pk).update(is_active=False)
    assert browser.post(f"/duty/{good}/").status_code == 410
    assert emergencies.of(Ticket.objects.get()).claimed_by is None


def links_now():
    from tenants.moment import now

    return now()


def test_what_is_over_can_no_longer_be_taken(rota, opened, desk, client_for, person):
    ticket = opened()
    path = f"/duty/{links.sign(alerting.PURPOSE, Alert.objects.first().pk, links_now(), 2)}/"
    claims.withdraw(ticket, by=person("carol"), at=SUNDAY_20 + MINUTE, because="Era o cabo.")
    browser = client_for(desk)
    assert b"This emergency is over" in browser.get(path).content
    refused = browser.post(path)
    assert refused.status_code == 409 and b"no emergency any more" in refused.content


# --- two at once ------------------------------------------------------------------------------------------------------


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """The desk outside any transaction; what was made is cleared away."""
    with django_db_blocker.unblock():
        tenant = enter("suporte-leiloes")
        try:
            yield tenant
        finally:
            connection.set_tenant(tenant)
            from sla.models import Breach, Clock
            from tickets.models import Counter

            for table in (Breach, Clock, Notification, Emergency, Ticket, Contact, Rota, Counter):
                table.objects.all().delete()
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM public.tenants_wakeup")
                cursor.execute("DELETE FROM public.tenants_lease")
            connection.set_schema_to_public()


def test_sl06_of_two_who_press_at_once_exactly_one_has_it(committed, client_for, person):
    names = ("bob", "grace", "carol", "dora")
    make_rota(person, *names, first_on=date(2026, 1, 5))
    at = links_now()
    ticket = lifecycle.open_ticket(
        requester=person("alice"),
        summary="ERP fora do ar",
        body="Tudo parou.",
        emergencies=["server-down"],
        at=at,
    ).ticket
    row = emergencies.of(ticket)
    if row.alerted_at is None:  # the suite runs within office hours
        from django.db import transaction

        from tickets.lifecycle.steps import policy_of

        with transaction.atomic():
            emergencies.alert(row, ticket, policy_of(ticket), at)
    paths = [f"/duty/{links.sign(alerting.PURPOSE, alert.pk, at, 2)}/" for alert in row.alerts.order_by("pk")]
    start, pages = threading.Barrier(len(paths)), []

    def press(path):
        browser = client_for(committed)
        start.wait(10)
        pages.append(browser.post(path, follow=True).content.decode())
        connections.close_all()

    threads = [threading.Thread(target=press, args=(path,)) for path in paths]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    connection.set_tenant(committed)
    assert len(pages) == 4
    assert sum("You have it" in page for page in pages) == 1
    assert sum("was first and has it" in page for page in pages) == 3
    row.refresh_from_db()
    ticket.refresh_from_db()
    assert row.claimed_by == ticket.owner
    assert Event.objects.filter(ticket=ticket, kind="emergency_taken").count() == 1
    assert len(notices("emergency_taken", "alice")) == 1
