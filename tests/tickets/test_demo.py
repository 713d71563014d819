"""The demo: stories that the product accepts at any hour, a desk made from them, and what a second run does."""

import json
import stat
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import connection
from django.test import Client

from notifications.models import Notification
from policies.packs import load_pack
from sla.business_time import BusinessHours
from sla.models import Breach, Clock
from tenants.models import Tenant
from tenants.moment import now
from tickets.attachments import kind_of
from tickets.demo import acts, pictures, seeding, signins
from tickets.demo.pace import Pace, length
from tickets.demo.script import SLUGS, script_of
from tickets.models import Event, Ticket

WEEKDAYS = BusinessHours.from_dict(seeding.OFFICE)
SATURDAY_EVENING = datetime(2026, 11, 21, 22, 35, tzinfo=UTC)  # 19:35 in Sao Paulo


@pytest.fixture
def var(tmp_path, monkeypatch):
    monkeypatch.setenv("HELPDESK_VAR", str(tmp_path))
    return tmp_path


@pytest.fixture
def tour(db, settings, var, tmp_path):
    """The tour's desk, made anew over one that a kill left half made."""
    settings.MEDIA_ROOT = tmp_path / "media"
    connection.set_schema_to_public()
    half_made = Tenant.objects.get(slug="tour")
    Tenant.objects.filter(pk=half_made.pk).update(status=Tenant.Status.PROVISIONING)
    assert seeding.missing(SLUGS) == ["tour"]
    its_files = settings.MEDIA_ROOT / half_made.schema_name
    its_files.mkdir(parents=True)
    line = seeding.make("tour")
    tenant = Tenant.objects.get(slug="tour")
    assert tenant.schema_name != half_made.schema_name and not its_files.exists()
    connection.set_tenant(tenant)
    yield line
    connection.set_schema_to_public()


def test_moments_of_a_story_keep_to_working_time():
    pace = Pace(WEEKDAYS, "America/Sao_Paulo", SATURDAY_EVENING)
    # Friday 20 November closed at 18:00 = 21:00 UTC; 22 worked minutes before that it was 20:38.
    assert abs(pace.moment("-22m") - datetime(2026, 11, 20, 20, 38, tzinfo=UTC)) <= timedelta(seconds=1)
    assert pace.moment("~3m") == SATURDAY_EVENING - timedelta(minutes=3)
    assert pace.moment("+25m") == SATURDAY_EVENING + timedelta(minutes=25)
    # Working days back from Saturday: Friday is the first, Monday the fifth, the Friday before the sixth.
    assert pace.moment("6d 09:12") == datetime(2026, 11, 13, 12, 12, tzinfo=UTC)
    assert pace.moment("+1d 13:00") == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    # Friday 17:30 and an hour of work: Monday 08:30.
    friday = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
    assert pace.later(friday, "1h") == datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
    assert pace.later(friday, "~1h") == friday + timedelta(hours=1)


def test_a_duration_that_is_none_is_refused():
    with pytest.raises(ValueError):
        length("soon")


@pytest.mark.parametrize("slug", SLUGS)
def test_a_script_names_only_what_is_there(slug):
    script, policy = script_of(slug), load_pack(slug)
    people = {each["key"] for each in script.staff} | {
        one["key"] for company in script.companies for one in company["people"]
    }
    companies = {company["name"] for company in script.companies}
    assert {each["role"] for each in script.staff} >= {"agent", "supervisor", "account_manager", "admin"}
    assert {team for each in script.staff for team in each.get("teams", ())} <= policy.teams.keys()
    assert {company["plan"] for company in script.companies} <= {plan.key for plan in policy.plans}
    assert {window["company"] for window in script.windows} <= companies
    for story in script.stories:
        assert {story.who, *(step.actor for step in story.steps)} <= people, story.summary
        assert {step.act for step in story.steps} <= acts.ACTS.keys(), story.summary
        assert len(story.summary) <= 200


def test_a_generated_picture_is_a_png():
    assert kind_of(pictures.file_named("erro.png", "2026-11-21")) == "image/png"
    assert kind_of(pictures.file_named("saida.txt", "2026-11-21")) == "text/plain"


def test_the_tour_is_made_anew_and_stands(tour, var, rf):
    """One desk for all of these questions: making it takes seconds."""
    it_has_warnings_breaches_escalations_reminders_and_closings(tour)
    its_history_is_dated_as_the_policy_says()
    its_people_sign_in_with_what_the_file_says(var, rf)
    it_leaves_nothing_behind_for_the_workers()


def it_has_warnings_breaches_escalations_reminders_and_closings(tour):
    assert tour.startswith(f"tour: {Ticket.objects.count()} tickets over ")
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert kinds >= {"warned", "breached", "escalated", "reminded", "closed", "resolved", "noted"}
    assert Ticket.objects.filter(closed_by_system=True, close_reason="silence").exists()
    states = set(Ticket.objects.filter(status__in=Ticket.UNRESOLVED).values_list("clock_state", flat=True))
    assert states >= {"running", "breached"}


def its_history_is_dated_as_the_policy_says():
    # First response within 2 minutes, resolution within 4: breached a moment after the due time, seen a second later.
    for breach in Breach.objects.all():
        assert breach.breached_at == breach.due_at
        assert breach.detected_at - breach.breached_at <= timedelta(seconds=1)
    late = Ticket.objects.get(summary__startswith="Rota da manhã")
    clock = Clock.objects.get(subject_id=late.pk, metric="first_response")
    assert clock.due_at - clock.started_at == timedelta(minutes=2)
    assert clock.breached_at == clock.due_at and clock.fulfilled_at == clock.started_at + timedelta(
        minutes=3, seconds=30
    )
    # Numbers follow the order of opening, without a gap.
    opened = list(Ticket.objects.order_by("opened_at", "number").values_list("number", flat=True))
    assert opened == list(range(1, len(opened) + 1))


def it_leaves_nothing_behind_for_the_workers():
    present = Event.objects.order_by("-at").values_list("at", flat=True)[0]
    assert present <= now()
    assert not Clock.objects.filter(alarm_at__lte=present).exists()
    assert not Clock.objects.exclude(parked_because="").exists()
    assert not Notification.objects.filter(state="pending").exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM public.tenants_wakeup WHERE schema_name = %s AND due_at <= %s",
            [connection.schema_name, present],
        )
        assert cursor.fetchone()[0] == 0


def its_people_sign_in_with_what_the_file_says(var, rf):
    signins.write()
    path = var / "demo.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    entries = json.loads(path.read_text())
    assert {entry["tenant"] for entry in entries} == {*SLUGS, "platform"}
    mine = [entry for entry in entries if entry["tenant"] == "tour"]
    assert [entry["role"] for entry in mine] == [
        "customer",
        "agent",
        "supervisor",
        "account_manager",
        "admin",
    ]
    for entry in mine:
        assert set(entry) == {"tenant", "url", "role", "email", "password"}
        person = authenticate(rf.post("/"), username=entry["email"], password=entry["password"])
        assert person is not None and person.role == entry["role"]


def test_a_second_run_makes_nothing(db, var, capsys):
    connection.set_schema_to_public()
    before = set(Tenant.objects.values_list("schema_name", flat=True))
    call_command("seed_demo")
    call_command("seed_demo")
    connection.set_schema_to_public()
    assert set(Tenant.objects.values_list("schema_name", flat=True)) == before
    assert "tickets over" not in capsys.readouterr().out


def test_a_desk_of_ones_own_with_a_demo_name_is_left_alone(db):
    connection.set_schema_to_public()
    Tenant.objects.filter(slug="zoom").update(is_demo=False, status=Tenant.Status.SUSPENDED)
    assert "zoom" not in seeding.missing(SLUGS)


def test_the_plain_host_shows_the_desks_and_an_unknown_host_none(db, settings, var):
    signins.write()
    settings.DEMO = True
    page = Client(SERVER_NAME="localhost", headers={"accept-language": "pt-BR"}).get("/")
    assert page.status_code == 200
    for slug in SLUGS:
        assert f"{slug}.localhost" in page.text and f"demo-{slug}-2026" in page.text
    settings.DEMO = False
    assert "demo-zoom-2026" not in Client(SERVER_NAME="localhost").get("/").text
    unknown = Client(SERVER_NAME="nobody.localhost", headers={"accept-language": "pt-BR"}).get("/")
    assert unknown.status_code == 404 and "nobody.localhost" in unknown.text
    assert 'lang="pt-br"' in unknown.text
    connection.set_schema_to_public()
