"""The status page (TD18): what runs is seen before anybody asks about it; what is over is history; all of it in a feed."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from policies.guidance import incidents
from policies.guidance.models import Component, Incident, Update
from tests.guidance.conftest import MONDAY_8

ATOM = "{http://www.w3.org/2005/Atom}"


def said(words):
    return {"en": words}


@pytest.fixture
def api_component(db):
    return lambda name="Sending": Component.objects.create(name=said(name))


def begin(title="Messages are late", body="We look into it.", impact="partial", **more):
    return incidents.open_incident(
        title=said(title), body=said(body), impact=impact, at=more.pop("at", MONDAY_8), **more
    )


def test_td18_an_incident_is_seen_before_anybody_asks_and_is_history_once_it_is_over(
    desk_of, client_for, person, text, stopped, api_component
):
    desk = desk_of("360dialog")
    sending = api_component()
    api_component("Reports")
    dora, alice, visitor = (client_for(desk, who and person(who)) for who in ("dora", "alice", None))
    form = {"title_en": "Messages are late", "impact": "partial", "components": [sending.pk], "state": "",
            "body_en": "We look into it.", "starts_at_0": "", "starts_at_1": "", "ends_at_0": "", "ends_at_1": ""}  # fmt: skip
    assert dora.post("/admin/guidance/incident/add/", form).status_code == 302
    incident = Incident.objects.get()
    assert (incident.state, incident.starts_at) == ("investigating", MONDAY_8)
    assert list(incident.components.all()) == [sending]

    for client, page in (
        (visitor, "/"),
        (alice, "/tickets/new/"),
        (alice, "/tickets/new/?topic=question"),
        (visitor, "/status/"),
    ):
        shown = text(client.get(page))
        assert "Messages are late" in shown and "We look into it." in shown, page
    status = text(visitor.get("/status/"))
    assert "partly down" in status and "works" in status  # Sending, and Reports
    assert "Everything works" not in status

    # An update, later, through the same page of the admin.
    later = MONDAY_8 + timedelta(hours=1)
    stopped(later)
    change = f"/admin/guidance/incident/{incident.pk}/change/"
    told = form | {
        "state": "monitoring",
        "body_en": "A fix is **out**.",
        "starts_at_0": "2026-11-23",
        "starts_at_1": "08:00:00",
    }
    assert dora.post(change, told).status_code == 302
    home = text(visitor.get("/"))
    assert "A fix is" in home and "fixed, we are watching it" in home

    entry = ElementTree.fromstring(visitor.get("/status/feed/").content).find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}title").text == "Messages are late (fixed, we are watching it)"
    assert entry.find(f"{ATOM}updated").text == "2026-11-23T12:00:00+00:00"
    assert (
        "We look into it." in entry.find(f"{ATOM}summary").text
        and "<strong>out</strong>" in entry.find(f"{ATOM}summary").text
    )
    assert entry.find(f"{ATOM}id").text.endswith(f"/status/{incident.pk}/")

    stopped(later + timedelta(hours=1))
    dora.post(change, told | {"state": "resolved", "body_en": "All is well."})
    for client, page in ((visitor, "/"), (alice, "/tickets/new/?topic=question"), (alice, "/tickets/new/")):
        assert "Messages are late" not in text(client.get(page)), page
    status = text(visitor.get("/status/"))
    assert "Everything works" in status and status.index("History") < status.index("Messages are late")
    assert "All is well." in text(visitor.get(f"/status/{incident.pk}/"))
    assert "(over)" in text(visitor.get("/status/feed/"))
    assert [update.state for update in incident.updates.all()] == ["resolved", "monitoring", "investigating"]


def test_td18_whoever_has_no_account_sees_it_before_the_contact_form(desk_of, client_for, text):
    desk = desk_of("erp-chamados")
    begin("Ninguém entra")
    assert "Ninguém entra" in text(client_for(desk).get("/contact/?topic=other"))
    assert "If this is what you see, you need not write" in text(client_for(desk).get("/contact/"))


def test_td18_maintenance_is_planned_runs_and_ends_by_itself(
    tenant_a, client_for, text, stopped, api_component
):
    part = api_component()
    begin("Database move", impact="maintenance", components=[part],
          starts_at=MONDAY_8 + timedelta(hours=2), ends_at=MONDAY_8 + timedelta(hours=4))  # fmt: skip
    visitor = client_for(tenant_a)
    assert "Database move" not in text(visitor.get("/"))
    status = text(visitor.get("/status/"))
    assert "Everything works" in status and status.index("Planned maintenance") < status.index(
        "Database move"
    )
    stopped(MONDAY_8 + timedelta(hours=3))
    assert "Database move" in text(visitor.get("/"))
    stopped(MONDAY_8 + timedelta(hours=4))
    assert "Database move" not in text(visitor.get("/"))
    status = text(visitor.get("/status/"))
    assert status.index("History") < status.index("Database move")


def test_the_worst_of_what_runs_is_said_of_a_component(tenant_a, api_component):
    part = api_component()
    begin("Slow", impact="minor", components=[part])
    begin("Down", impact="major", components=[part])
    running = incidents.running(MONDAY_8)
    assert [str(each) for each in running] == ["Down", "Slow"]
    assert [(each.component, each.impact) for each in incidents.standing(running)] == [(part, "major")]


def test_a_resolved_incident_can_open_again(tenant_a):
    incident = begin()
    incidents.post_update(incident, state="resolved", body=said("Over."), at=MONDAY_8 + timedelta(hours=1))
    assert incidents.running(MONDAY_8 + timedelta(hours=2)) == []
    incidents.post_update(incident, state="identified", body=said("Back."), at=MONDAY_8 + timedelta(hours=2))
    assert incidents.running(MONDAY_8 + timedelta(hours=2)) == [incident]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"body": " \x00 "}, "body"),
        ({"body": "x" * 10_001}, "body"),
        ({"state": "planned"}, "state"),
        ({"starts_at": MONDAY_8 + timedelta(hours=1)}, "starts_at"),
        ({"ends_at": MONDAY_8 + timedelta(hours=1)}, "ends_at"),
        ({"impact": "maintenance"}, "ends_at"),
        ({"impact": "maintenance", "ends_at": MONDAY_8 - timedelta(hours=1)}, "ends_at"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(tenant_a, more, field):
    with pytest.raises(ValidationError) as refused:
        begin(**more)
    assert list(refused.value.message_dict) == [field]
    assert not Incident.objects.exists()


def test_the_admin_says_what_is_wrong_and_keeps_what_was_typed(tenant_a, client_for, person, text):
    dora = client_for(tenant_a, person("dora"))
    blank = {
        "starts_at_0": "",
        "starts_at_1": "",
        "ends_at_0": "",
        "ends_at_1": "",
        "impact": "maintenance",
        "state": "",
    }
    page = text(dora.post("/admin/guidance/incident/add/", blank | {"title_en": "Database move"}))
    assert "Say what customers should know." in page and "Say until when it lasts." in page
    assert 'value="Database move"' in page
    for wrong in (
        {"starts_at_0": "soon"},
        {"impact": "terrible"},
        {"state": "fine"},
        {"components": ["x"]},
        {"title_en": "\x00"},
    ):
        assert (
            dora.post(
                "/admin/guidance/incident/add/", blank | {"title_en": "A", "body_en": "B"} | wrong
            ).status_code
            == 200
        )
    assert not Incident.objects.exists()


def test_correcting_says_nothing_new(tenant_a, client_for, person, text):
    incident = begin("Mesages are late")
    dora = client_for(tenant_a, person("dora"))
    form = {"title_en": "Messages are late", "impact": "major", "state": "investigating", "body_en": "",
            "starts_at_0": "2026-11-23", "starts_at_1": "08:00:00"}  # fmt: skip
    assert dora.post(f"/admin/guidance/incident/{incident.pk}/change/", form).status_code == 302
    incident.refresh_from_db()
    assert (str(incident), incident.impact, Update.objects.count()) == ("Messages are late", "major", 1)
    refused = dora.post(f"/admin/guidance/incident/{incident.pk}/change/", form | {"state": "monitoring"})
    assert "Say what customers should know." in text(refused)


def test_components_are_kept_in_each_language(tenant_a, client_for, person, text):
    dora = client_for(tenant_a, person("dora"))
    answer = dora.post(
        "/admin/guidance/component/add/", {"name_pt-br": "Envio", "name_en": "Sending", "note_en": "API"}
    )
    assert answer.status_code == 302
    assert Component.objects.get().name == {"pt-br": "Envio", "en": "Sending"}
    assert "Envio" in text(dora.get("/admin/guidance/component/")) or "Sending" in text(
        dora.get("/admin/guidance/component/")
    )
    assert "Sending" in text(client_for(tenant_a).get("/status/"))


def test_nothing_has_happened_and_nothing_is_there(tenant_a, client_for, text):
    visitor = client_for(tenant_a)
    page = text(visitor.get("/status/"))
    assert "Everything works" in page and "Nothing has happened so far." in page
    assert ElementTree.fromstring(visitor.get("/status/feed/").content).find(f"{ATOM}entry") is None
    assert 'href="/status/"' not in text(visitor.get("/"))
    for path in ("/status/1/", "/status/99999999999999999999999/"):
        assert visitor.get(path).status_code == 404
    for page in ("x", "-1", "0", "9" * 50, ""):
        assert visitor.get("/status/", {"page": page}).status_code == 200


def test_the_feed_bears_what_was_pasted_and_says_its_times_in_utc(desk_of, client_for, text):
    """Monday 08:00 in Sao Paulo is 11:00 UTC."""
    desk = desk_of("z-pro")
    begin("Mail\x0b is late\x08", "We\x0c look.")
    feed = client_for(desk).get("/status/feed/")
    assert feed.status_code == 200
    assert "Mail is late" in text(feed) and "2026-11-23 11:00 UTC" in text(feed)


def test_the_feed_names_the_desks_own_address_whatever_the_request_says(tenant_a, client_for, text):
    begin()
    feed = text(client_for(tenant_a).get("/status/feed/", headers={"X-Forwarded-Host": "evil.example"}))
    assert "evil.example" not in feed and "http://acme.localhost" in feed


def test_history_comes_in_pages_and_asks_no_more_for_many(tenant_a, client_for, text, api_component):
    part = api_component()
    visitor = client_for(tenant_a)

    def over(n):
        incident = begin(f"Incident {n}", components=[part], at=MONDAY_8 - timedelta(days=n))
        incidents.post_update(
            incident, state="resolved", body=said("Over."), at=MONDAY_8 - timedelta(days=n - 1)
        )

    def queries():
        counts = []
        for path in ("/status/", "/status/feed/", "/"):
            visitor.get(path)
            with CaptureQueriesContext(connection) as seen:
                visitor.get(path)
            counts.append(len(seen))
        return counts

    begin("Running 0", components=[part])
    for n in range(2, 5):
        over(n)
    few = queries()
    for n in range(5, 30):
        over(n)
    for n in range(1, 4):
        begin(f"Running {n}", components=[part])
    assert queries() == few
    assert "Incident 2<" in text(visitor.get("/status/")) and "Incident 29<" not in text(
        visitor.get("/status/")
    )
    assert "Incident 29<" in text(visitor.get("/status/", {"page": 3}))


def test_the_twin_sees_none_of_it(tenant_b, client_for, text):
    begin("Secret of globex")
    from tests.conftest import enter

    acme = client_for(enter("acme"))
    for path in ("/status/", "/status/feed/", "/"):
        assert "Secret of globex" not in text(acme.get(path))


def test_td18_planned_maintenance_is_in_the_feed_as_of_when_it_was_told(tenant_a, client_for, stopped):
    """Monday 08:00 in Sao Paulo is 11:00 UTC; a Last-Modified of the future would hide what is said before (RFC 9110, 8.8.2)."""
    begin("Database move", impact="maintenance",
          starts_at=MONDAY_8 + timedelta(days=2), ends_at=MONDAY_8 + timedelta(days=2, hours=1))  # fmt: skip
    visitor = client_for(tenant_a)
    feed = visitor.get("/status/feed/")
    entry = ElementTree.fromstring(feed.content).find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}published").text == "2026-11-23T11:00:00+00:00"
    assert feed["Last-Modified"] == "Mon, 23 Nov 2026 11:00:00 GMT"
