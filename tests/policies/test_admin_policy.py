"""The policy screens of the admin: who enters, errors at the field, the matrix, hours and holidays, publishing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from policies import draft, models, publishing
from policies.admin import hours, matrix
from policies.admin.fields import LengthField, SizeField, TextListField, TextsField, WarningsField
from policies.tables import matrices
from sla import deadlines
from sla.models import Clock, EventWindow
from tenants.customers.models import Company
from tenants.moment import now
from tickets.adoption import enact_publications
from tickets.lifecycle import open_ticket

pytestmark = pytest.mark.django_db
SCREENS = [
    "/admin/",
    "/admin/policy/targets/",
    "/admin/policy/hours/business/",
    "/admin/policy/hours/business/publication/",
    "/admin/policy/trial/",
    "/admin/policy/trial/?text=o+servidor+caiu&policy=draft",
    "/admin/policy/publication/",
    "/admin/policy/versions/",
    "/admin/policy/versions/difference/?old=1&new=1",
    "/admin/policy/versions/1/return/",
    "/admin/policies/scoperule/?sentence=montar+um+fluxo",
]
TABLES = "target scoperule topic channel plan priority closingrule escalationstep attachmentrule clockrule policyteam calendar"


@pytest.fixture
def admin(tenant_a, client_for, person):
    return client_for(tenant_a, person("dora"))


@pytest.mark.parametrize("url", SCREENS)
def test_a_screen_opens_for_the_admin_and_for_nobody_else(tenant_a, client_for, person, admin, url):
    assert admin.get(url).status_code == 200
    for name in ("alice", "bob", "carol"):
        assert client_for(tenant_a, person(name)).get(url).status_code == 302
    assert client_for(tenant_a).get(url).status_code == 302


@pytest.mark.parametrize("table", TABLES.split())
def test_every_list_and_form_of_the_draft_opens(admin, table):
    assert admin.get(f"/admin/policies/{table}/", follow=True).status_code == 200
    assert admin.get(f"/admin/policies/{table}/add/").status_code == 200
    model = {name.lower(): getattr(models, name) for name in models.__all__}[table]
    if row := model.objects.first():
        assert admin.get(f"/admin/policies/{table}/{row.pk}/change/").status_code == 200


# --- forms ------------------------------------------------------------------------------------------------------------


def form_of(admin, url):
    """What a browser would post back from the form at `url`."""
    form = admin.get(url).context["adminform"].form
    data = {}
    for name, field in form.fields.items():
        value = form[name].value()
        value = field.prepare_value(value) if hasattr(field, "prepare_value") else value
        if isinstance(field, TextsField | TextListField):
            data |= {f"{name}_{tag}": text for tag, text in field.widget.shown(value).items()}
        elif value is not None and value is not False:
            data[name] = value
    return data


def change(table, row):
    return f"/admin/policies/{table}/{row.pk}/change/"


def test_saving_an_untouched_form_changes_nothing_but_the_revision(admin):
    before, revision = draft.export_draft(), draft.state().revision
    for table, model in (
        ("target", models.Target),
        ("scoperule", models.ScopeRule),
        ("channel", models.Channel),
    ):
        for row in model.objects.all():
            assert admin.post(change(table, row), form_of(admin, change(table, row))).status_code == 302
    assert draft.export_draft() == before
    assert draft.state().revision > revision
    assert draft.state().touched_by.email == "dora@example.com"


def test_a_duration_is_typed_and_an_unreadable_one_is_told_at_its_field(admin):
    row = models.Target.objects.exclude(duration=None).first()
    data = form_of(admin, change("target", row))
    assert admin.post(change("target", row), data | {"duration": "36h"}).status_code == 302
    assert models.Target.objects.get(pk=row.pk).duration == timedelta(hours=36)
    answer = admin.post(change("target", row), data | {"duration": "a while"})
    assert "duration" in answer.context["adminform"].form.errors


def test_an_unreachable_rule_is_refused_at_the_rule(admin):
    first = models.Target.objects.first()
    data = form_of(admin, change("target", first)) | {"key": "never-reached"}
    answer = admin.post("/admin/policies/target/add/", data)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    assert not models.Target.objects.filter(key="never-reached").exists()


def test_a_text_is_one_input_for_each_language(admin):
    row = models.Plan.objects.first()
    body = admin.get(change("plan", row)).content.decode()
    assert 'name="name_pt-br"' in body
    assert 'name="name_en"' in body
    admin.post(change("plan", row), {"key": row.key, "name_pt-br": "Ouro", "name_en": "Gold", "note": ""})
    assert models.Plan.objects.get(pk=row.pk).name == {"pt-br": "Ouro", "en": "Gold"}


def test_a_new_row_goes_to_the_end_of_its_list(admin):
    admin.post(
        "/admin/policies/plan/add/", {"key": "gold", "name_pt-br": "Ouro", "name_en": "Gold", "note": ""}
    )
    assert models.Plan.objects.last().key == "gold"


def test_lengths_sizes_and_warnings_are_read_as_people_write_them():
    assert LengthField().clean("1h30m") == timedelta(minutes=90)
    assert SizeField().clean("20 MB") == 20_000_000
    assert WarningsField().clean("75%, 30m") == [{"share": 75}, {"before": "30m"}]
    assert TextsField(languages=["pt-br"]).clean({"pt-br": "Olá", "en": ""}) == {"pt-br": "Olá"}


# --- the matrix -------------------------------------------------------------------------------------------------------


def test_the_matrix_shows_the_example_that_r20_asks_for_zp03(admin):
    body = admin.get("/admin/policy/targets/").content.decode()
    assert "Monday 08:00 gives Wednesday 12:00" in body


def test_writing_into_every_cell_of_a_rule_changes_the_rule(admin, person):
    found = matrices(draft.export_draft(), now())
    first = next(m for m in found if m.metric == "first_response")
    count = models.Target.objects.count()
    matrix.save_matrices(found, {cell.name: "12h" for cell in first.cells()}, at=now(), by=person("dora"))
    assert models.Target.objects.count() == count
    assert models.Target.objects.get(key=next(iter(first.cells())).target.key).duration == timedelta(hours=12)


def test_writing_into_one_cell_puts_a_rule_for_just_that_before_it(admin):
    found = matrices(draft.export_draft(), now())
    first = next(m for m in found if m.metric == "first_response")
    cell = next(iter(first.cells()))
    answer = admin.post("/admin/policy/targets/", {cell.name: "2h"})
    assert answer.status_code == 302
    again = next(m for m in matrices(draft.export_draft(), now()) if m.metric == "first_response")
    said = {(c.plan, c.priority): c.target.duration for c in again.cells()}
    assert said.pop((cell.plan, cell.priority)) == timedelta(hours=2)
    assert set(said.values()) == {timedelta(hours=24)}


def test_a_cell_that_cannot_be_read_is_told_in_the_cell_and_nothing_is_saved(admin):
    before = draft.export_draft()
    cell = next(iter(matrices(before, now())[0].cells()))
    answer = admin.post("/admin/policy/targets/", {cell.name: "soon"})
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.content.decode()
    assert "soon" in answer.content.decode()
    assert draft.export_draft() == before


# --- hours and holidays -----------------------------------------------------------------------------------------------

HOURS = "/admin/policy/hours/business/"


def week(**days):
    return {"action": "week", **dict.fromkeys(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ""), **days}


def test_a_day_may_have_any_number_of_intervals(admin):
    admin.post(HOURS, week(mon="08:00-12:00, 13h-18h, 19-20:30"))
    spec = draft.export_draft().calendars[0]
    assert spec.weekly == {"mon": (("08:00", "12:00"), ("13:00", "18:00"), ("19:00", "20:30"))}


def test_a_calendar_that_never_opens_is_refused_r11(admin):
    before = draft.export_draft()
    answer = admin.post(HOURS, week())
    assert answer.status_code == 400
    assert draft.export_draft() == before


def test_hours_that_cannot_be_read_are_told_at_their_day(admin):
    answer = admin.post(HOURS, week(mon="08:00-18:00", tue="25:00-26:00"))
    assert answer.status_code == 400
    assert 'id="error-tue"' in answer.content.decode()


def test_brazils_optional_holidays_are_one_click_zp02(admin):
    admin.post(
        HOURS, {"action": "place", "country": "BR", "subdivision": "", "categories": ["public", "optional"]}
    )
    page = admin.get(HOURS, headers={"Accept-Language": "pt-BR"}).content.decode()
    assert "públicos e facultativos" in page or "public and optional ones" in page
    spec = draft.export_draft().calendars[0]
    assert spec.holidays[0].categories == ("public", "optional")
    assert "changed" not in hours.marks(spec, (2026,))
    assert hours.marks(spec, (2026,))[date(2026, 12, 24)][0] == "holiday"


def test_a_states_holidays_come_beside_the_countrys(admin):
    admin.post(HOURS, {"action": "place", "country": "BR", "subdivision": "SP", "categories": "public"})
    assert [source.subdivision for source in draft.export_draft().calendars[0].holidays] == ["", "SP"]


def test_own_days_changed_hours_and_breaks_are_added_and_removed(admin):
    admin.post(HOURS, {"action": "day", "kind": "own", "day": "2026-12-09", "name": "Aniversário"})
    admin.post(HOURS, {"action": "day", "kind": "changed", "day": "2026-12-24", "hours": "08:00-12:00"})
    spec = draft.export_draft().calendars[0]
    assert spec.own_holidays == {date(2026, 12, 9): "Aniversário"}
    assert spec.overrides == {date(2026, 12, 24): (("08:00", "12:00"),)}
    row = models.Holiday.objects.get(kind="own")
    admin.post(HOURS, {"action": "remove", "id": row.pk})
    assert draft.export_draft().calendars[0].own_holidays == {}


def test_a_holiday_without_a_name_is_told_at_the_field(admin):
    answer = admin.post(HOURS, {"action": "day", "kind": "own", "day": "2026-12-09", "name": " "})
    assert answer.status_code == 400
    assert answer.context["errors"].keys() == {"name"}


# --- publishing -------------------------------------------------------------------------------------------------------


def test_what_was_previewed_is_published_once(admin):
    row = models.Target.objects.exclude(duration=None).first()
    admin.post(change("target", row), form_of(admin, change("target", row)) | {"duration": "36h"})
    page = admin.get(reverse("policy_admin:publication", urlconf="helpdesk.urls"))
    assert "36 hours" in page.content.decode()
    shown = page.context["form"]["revision"].value()
    said = {"revision": shown, "starts": "now", "adopts_open": "", "note": "slower"}
    assert admin.post("/admin/policy/publication/", said).status_code == 302
    version = publishing.version_in_force(now())
    assert (version.number, version.note, version.published_by.email) == (2, "slower", "dora@example.com")


def test_sl12_an_admin_publishes_from_a_moment_on_for_open_tickets_too(admin, tenant_a, client_for):
    row = models.Target.objects.exclude(duration=None).first()
    admin.post(change("target", row), form_of(admin, change("target", row)) | {"duration": "36h"})
    revision = admin.get("/admin/policy/publication/").context["form"]["revision"].value()
    said = {
        "revision": revision,
        "starts": "later",
        "effective_from": "2030-01-02T08:00",
        "adopts_open": "yes",
    }
    assert admin.post("/admin/policy/publication/", said).status_code == 302
    # 08:00 in Sao Paulo (UTC-3), the policy's own zone.
    begins = datetime(2030, 1, 2, 11, tzinfo=UTC)
    assert publishing.version_in_force(begins - timedelta(seconds=1)).number == 1
    version = publishing.version_in_force(begins)
    assert (version.number, version.effective_from, version.adopts_open) == (2, begins, True)
    listed = admin.get("/admin/policy/versions/").content.decode()
    assert "planned" in listed and "open tickets too" in listed
    assert "24 business hours" in client_for(tenant_a).get("/policy/").content.decode()  # until then


def test_two_admins_never_publish_what_the_other_has_not_shown(admin):
    shown = admin.get("/admin/policy/publication/").context["form"]["revision"].value()
    draft.touch(now())  # the other admin saves something
    admin.post("/admin/policy/publication/", {"revision": shown, "starts": "now"})
    assert publishing.version_in_force(now()).number == 1


def test_a_moment_that_has_passed_is_refused_at_its_field(admin):
    shown = admin.get("/admin/policy/publication/").context["form"]["revision"].value()
    said = {"revision": shown, "starts": "later", "effective_from": "2020-01-01T00:00"}
    answer = admin.post("/admin/policy/publication/", said)
    assert answer.status_code == 400
    assert "effective_from" in answer.context["form"].errors


def test_trying_out_says_decision_deadline_and_stretches(admin):
    url = (
        "/admin/policy/trial/?policy=in-force&channel=portal&text=n%C3%A3o+consigo+entrar&at=2026-11-23T08:00"
    )
    answer = admin.get(url).context["answer"]
    first = next(each for each in answer["deadlines"] if each["metric"] == "first_response")
    assert first["due"].strftime("%A %H:%M") == "Wednesday 12:00"
    assert len(first["rows"]) >= 3


def test_the_other_tenants_admin_is_a_stranger_here(tenant_b, client_for, person, tenant_a):
    connection.set_tenant(tenant_b)
    stranger = client_for(tenant_b, person("dora"))
    assert stranger.get("/admin/policy/targets/").status_code == 200
    stranger.tenant = tenant_a
    stranger.defaults["SERVER_NAME"] = f"{tenant_a.slug}.localhost"
    assert stranger.get("/admin/policy/targets/").status_code == 302


# --- whose deadlines move ---------------------------------------------------------------------------------------------


@pytest.fixture
def waiting_ticket(tenant_a, person):
    """Alice asked and nobody has answered yet."""
    opened = open_ticket(requester=person("alice"), summary="Não abre", body="A tela não abre.", at=now())
    return opened.ticket


def test_the_preview_names_the_tickets_whose_deadlines_would_move(admin, waiting_ticket):
    models.Target.objects.filter(metric="first_response").update(duration=timedelta(hours=7))
    draft.touch(now())
    page = admin.get("/admin/policy/publication/")
    assert page.context["moves_new"]["rows"] == []
    moved = [row for row in page.context["moves_open"]["rows"] if row["metric"] == "First response"]
    assert [row["ticket"].pk for row in moved] == [waiting_ticket.pk]
    assert moved[0]["is_earlier"]
    assert f"#{waiting_ticket.number}" in page.content.decode()


def test_a_preview_of_nothing_moves_nothing(admin, waiting_ticket):
    page = admin.get("/admin/policy/publication/")
    assert page.context["moves_new"]["rows"] == page.context["moves_open"]["rows"] == []


def test_sl12_a_missed_deadline_stays_where_the_promise_stays_though_the_hours_were_compiled_anew(
    admin, waiting_ticket, monkeypatch
):
    """Every publication compiles the holidays of the years around it: other hours by their fingerprint, the same this week."""
    clock = Clock.objects.get(subject_id=waiting_ticket.pk, metric="first_response")
    value = deadlines.value_of(clock)
    began = datetime(2026, 11, 9, 11, tzinfo=UTC)  # two weeks ago: missed long since
    moved = replace(value, started_at=began)
    Clock.objects.filter(pk=clock.pk).update(state=moved.to_state(), started_at=began, due_at=moved.due_at)
    monkeypatch.setattr(publishing, "YEARS_AHEAD", publishing.YEARS_AHEAD + 1)
    draft.touch(now())
    page = admin.get("/admin/policy/publication/")
    assert page.context["moves_new"]["rows"] == page.context["moves_open"]["rows"] == []
    models.Target.objects.filter(metric="first_response").update(duration=timedelta(hours=7))
    draft.touch(now())
    page = admin.get("/admin/policy/publication/")
    assert [row["metric"] for row in page.context["moves_open"]["rows"]] == ["First response"]


def test_publishing_a_holiday_names_the_tickets_that_it_moves_r16(admin, waiting_ticket):
    days = (timedelta(days=n) for n in range(1, 8))
    due_on = {(now() + n).date() for n in days}
    for day in due_on:
        admin.post(HOURS, {"action": "day", "kind": "own", "day": day.isoformat(), "name": "Recesso"})
    page = admin.get(f"{HOURS}publication/")
    assert [row["ticket"].pk for row in page.context["moves"]["rows"]] == [waiting_ticket.pk]
    revision = page.context["preview"].revision
    assert admin.post(f"{HOURS}publication/", {"revision": revision}).status_code == 302
    enact_publications(now())
    before = waiting_ticket.due_at
    waiting_ticket.refresh_from_db()
    assert waiting_ticket.due_at > before


def test_an_event_window_is_entered_moved_and_cancelled_by_the_use_cases_sl02(desk_of, client_for, person):
    tenant = desk_of("suporte-leiloes")
    company = Company.objects.first()
    admin = client_for(tenant, person("dora"))
    times = {
        "starts_at_0": "2026-12-01",
        "starts_at_1": "20:00",
        "ends_at_0": "2026-12-01",
        "ends_at_1": "23:00",
    }
    said = {"company": company.pk, "kind": "auction", "name": "Leilão 7"} | times
    assert admin.post("/admin/sla/eventwindow/add/", said).status_code == 302
    window = EventWindow.objects.get()
    assert window.company_key == company.reference
    backwards = said | {"ends_at_1": "19:00"}
    answer = admin.post(f"/admin/sla/eventwindow/{window.pk}/change/", backwards)
    assert "ends_at" in answer.context["adminform"].form.errors
    assert (
        admin.post(f"/admin/sla/eventwindow/{window.pk}/change/", said | {"ends_at_1": "23:30"}).status_code
        == 302
    )
    admin.post(f"/admin/sla/eventwindow/{window.pk}/delete/", {"post": "yes"})
    assert EventWindow.objects.get().cancelled_at is not None


def test_desk_companies_and_teams_are_edited(admin):
    assert admin.get("/admin/customers/desk/", follow=True).status_code == 200
    company = Company.objects.first()
    page = admin.get(f"/admin/customers/company/{company.pk}/change/").content.decode()
    assert 'value="standard"' in page
    assert admin.get("/admin/customers/team/").status_code == 200
