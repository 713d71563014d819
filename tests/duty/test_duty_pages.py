"""Who is on duty, on the desk, in the admin and by the API: seen, changed, warned of."""

import html
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tenants import outside
from tenants.customers.models import Team
from tenants.moment import now
from tests.duty.conftest import utc
from tickets import lifecycle
from tickets.api import keys
from tickets.api.keys import ApiKey
from tickets.duty import emergencies
from tickets.duty.models import DutyChange, Emergency, Rota

# Monday 16 August 2027, 10:00 in Sao Paulo (UTC-3 all year).
MONDAY_10 = utc(2027, 8, 16, 13)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK = {day: [["00:00", "24:00"]] for day in DAYS}


@pytest.fixture
def desk(desk_of, travel_to):
    tenant = desk_of("suporte-leiloes")
    travel_to(MONDAY_10)
    return tenant


@pytest.fixture
def rota(desk, person):
    """Bob's week began today at 08:00, Grace's begins next Monday."""
    row = Rota.objects.create(
        team=Team.objects.get(key="support"), name="Plantão", weekly=WEEK, first_on=date(2027, 8, 16)
    )
    for position, name in enumerate(("bob", "grace")):
        row.places.create(person=person(name), position=position)
    return row


def read(browser, path):
    page = browser.get(path)
    assert page.status_code == 200
    return " ".join(html.unescape(page.content.decode()).split())


def change(browser, rota, **more):
    form = {"kind": "instead", "starts_at": "2027-08-16T18:00", "ends_at": "2027-08-17T08:00"} | more
    return browser.post(f"/desk/duty/{rota.team_id}/changes/", form, follow=True)


def test_the_desk_shows_who_is_on_duty_and_who_is_next(desk, rota, client_for, person):
    page = read(client_for(desk, person("bob")), "/desk/duty/")
    assert '<p class="duty-who">Bob suporte-leiloes</p>' in page
    assert '<p class="duty-who">Grace suporte-leiloes</p>' in page
    assert "Nobody is on duty at these times" not in page
    assert 'href="/desk/duty/"' in read(client_for(desk, person("bob")), "/desk/"), "the bar leads there"
    assert client_for(desk, person("alice")).get("/desk/duty/").status_code == 404


def test_a_supervisor_enters_who_stands_in_and_takes_it_back(desk, rota, client_for, person):
    carol = client_for(desk, person("carol"))
    change(carol, rota, person=person("bob").pk, instead=person("dora").pk, because="Dentista")
    row = DutyChange.objects.get()
    assert (row.starts_at, row.ends_at) == (utc(2027, 8, 16, 21), utc(2027, 8, 17, 11)), (
        "18:00 to 08:00 there"
    )
    page = read(carol, "/desk/duty/")
    assert "Dora suporte-leiloes" in page and "Dentista" in page
    carol.post(f"/desk/duty/changes/{row.pk}/withdrawal/")
    assert not DutyChange.objects.exists()


def test_a_swap_is_entered_once_for_both(desk, rota, client_for, person):
    carol = client_for(desk, person("carol"))
    page = change(carol, rota, kind="swap", person=person("bob").pk, instead=person("grace").pk)
    assert page.status_code == 422 and "taken over" in html.unescape(page.content.decode())
    change(
        carol, rota, kind="swap", person=person("bob").pk, instead=person("grace").pk,
        back_from="2027-08-24T18:00", back_until="2027-08-25T08:00",
    )  # fmt: skip
    first, back = DutyChange.objects.order_by("pk")
    assert (first.person, first.instead) == (back.instead, back.person) == (person("bob"), person("grace"))


def test_bad_changes_are_refused_at_their_fields_and_agents_only_look(desk, rota, client_for, person):
    carol = client_for(desk, person("carol"))
    for wrong, field in (
        ({"person": person("bob").pk}, "instead"),
        ({"person": person("bob").pk, "instead": person("bob").pk}, "instead"),
        ({"person": person("alice").pk, "instead": person("bob").pk}, "person"),
        ({"person": person("bob").pk, "kind": "absent", "ends_at": "2027-08-16T17:00"}, "ends_at"),
        ({"person": person("bob").pk, "kind": "absent", "starts_at": "soon"}, "starts_at"),
        ({"person": "x" * 200, "kind": "nonsense"}, "kind"),
        ({"person": person("bob").pk, "kind": "absent", "ends_at": "9999-12-31T23:59"}, "ends_at"),
        ({"person": person("bob").pk, "kind": "absent", "starts_at": "0001-01-01T00:00"}, "starts_at"),
        ({"person": person("bob").pk, "kind": "absent", "starts_at": "1999-12-31T00:00"}, "starts_at"),
    ):
        page = change(carol, rota, **wrong)
        assert page.status_code == 422
        form = next(row["form"] for row in page.context["rows"] if row["form"].is_bound)
        assert field in form.errors, wrong
    assert change(client_for(desk, person("bob")), rota, person=person("bob").pk).status_code == 404
    assert not DutyChange.objects.exists()


def test_holes_are_warned_of_on_the_desk_and_in_the_admin(desk, rota, client_for, person):
    carol = client_for(desk, person("carol"))
    # All of Tuesday: but for the desk's own hours, 08:00 to 18:00, nobody is there.
    change(
        carol,
        rota,
        kind="absent",
        person=person("bob").pk,
        starts_at="2027-08-17T00:00",
        ends_at="2027-08-18T00:00",
    )
    page = read(carol, "/desk/duty/")
    assert "Nobody is on duty at these times. Then the team and the supervisors are alerted:" in page
    dora = client_for(desk, person("dora"))
    assert "Then the team and the supervisors are alerted." in read(
        dora, f"/admin/duty/rota/{rota.pk}/change/"
    )
    ids = {f"places-{n}-{name}": value for n, place in enumerate(rota.places.all())
           for name, value in (("id", place.pk), ("rota", rota.pk), ("person", place.person_id), ("position", n))}  # fmt: skip
    form = {
        "team": rota.team_id, "name": "Noites", "timezone": "America/Sao_Paulo", "first_on": "2027-08-16", "turn_days": "7",
        "hands_over_at": "08:00", "at_once": "1", "is_active": "on", "places-TOTAL_FORMS": "2", "places-INITIAL_FORMS": "2",
        "places-MIN_NUM_FORMS": "0", "places-MAX_NUM_FORMS": "1000", "mon": "18:00-24:00", **ids,
    }  # fmt: skip
    saved = dora.post(f"/admin/duty/rota/{rota.pk}/change/", form, follow=True)
    assert "Nobody is on duty from" in html.unescape(saved.content.decode())
    rota.refresh_from_db()
    assert rota.weekly == {"mon": [["18:00", "24:00"]]}
    for wrong in ("18:00", "18:00-18:00", "25:00-26:00", "x" * 300):
        refused = dora.post(f"/admin/duty/rota/{rota.pk}/change/", form | {"mon": wrong})
        assert refused.status_code == 200
        assert refused.context["adminform"].form.errors["mon"], wrong


def test_queries_of_the_duty_page_do_not_grow_with_the_teams(
    desk, rota, client_for, person, django_assert_max_num_queries
):
    carol = client_for(desk, person("carol"))
    for team in Team.objects.exclude(pk=rota.team_id):
        Rota.objects.create(team=team, name="N", weekly=WEEK, first_on=date(2027, 8, 2)).places.create(
            person=person("bob")
        )
    with django_assert_max_num_queries(40):
        read(carol, "/desk/duty/")


def test_sl06_an_agent_declares_and_withdraws_at_the_desk(desk, rota, client_for, person):
    ticket = lifecycle.open_ticket(
        requester=person("alice"),
        summary="Lento",
        body="Tudo lento.",
        at=utc(2027, 8, 15, 23),
        channel="whatsapp",
    ).ticket
    bob = client_for(desk, person("bob"))
    path = f"/desk/tickets/{ticket.number}/emergency/"
    assert bob.post(path, {"because": " "}).status_code == 422
    assert bob.post(path, {"because": "Parou de vez."}).status_code == 302
    row = Emergency.objects.get()
    assert (row.because, row.declared_by) == ("Parou de vez.", person("bob"))
    page = read(bob, f"/desk/tickets/{ticket.number}/")
    assert "Parou de vez." in page and "I take it" in page
    bob.post(path, {"because": "Voltou sozinho."})
    assert emergencies.of(ticket) is None
    assert "no longer - An emergency: Voltou sozinho." in read(bob, f"/desk/tickets/{ticket.number}/")


# --- by the API -------------------------------------------------------------------------------------------------------


@pytest.fixture
def api(desk, client_for, person):
    """api("bob")("post", "tickets/", {...}): a program of Bob's; with scopes, by a key that has only these."""

    def of(name, *scopes):
        browser = client_for(desk, None if scopes else person(name))
        headers = {}
        if scopes:
            key = keys.issue(ApiKey(name="ERP", person=person(name), scopes=list(scopes)), now())
            headers = {"Authorization": f"Bearer {key}"}

        def ask(method, path, body=None):
            given = {} if body is None else {"data": body, "content_type": "application/json"}
            return getattr(browser, method)(f"/api/v1/{path}", headers=headers, **given)

        return ask

    return of


def test_sl06_who_is_on_duty_by_the_api(api, rota):
    [support] = api("bob", "duty:read")("get", "duty/").json()
    assert support["team"] == "support"
    assert support["now"] == {
        "from_at": "2027-08-16T13:00:00Z", "to_at": "2027-08-23T11:00:00Z", "people": ["bob@example.com"],
    }  # fmt: skip
    assert support["next"]["people"] == ["grace@example.com"]
    [later] = api("bob", "duty:read")("get", "duty/?at=2027-08-23T08:00:00-03:00").json()
    assert later["now"]["people"] == ["grace@example.com"]
    assert api("alice", "duty:read")("get", "duty/").status_code == 403
    lacking = api("bob", "tickets:read")("get", "duty/")
    assert lacking.status_code == 403 and lacking.json()["scope"] == "duty:read"


def test_sl06_claimed_by_the_api_the_second_is_told_who_was_first(api, rota, person):
    asked = {
        "summary": "ERP fora do ar",
        "body": "Tudo parou.",
        "channel": "portal",
        "emergencies": ["server-down"],
    }
    made = api("alice")("post", "tickets/", asked)
    assert made.status_code == 201, made.content
    number = made.json()["ticket"]["number"]
    refused = api("alice")(
        "post", "tickets/", asked | {"emergencies": ["nothing of yours"], "summary": "Outro"}
    )
    assert refused.status_code == 422 and "emergencies" in refused.json()["errors"]
    assert api("bob")("post", f"tickets/{number}/claim/", {}).status_code == 200
    again = api("grace")("post", f"tickets/{number}/claim/", {})
    assert again.status_code == 409 and "Bob" in again.json()["detail"]
    assert api("alice")("post", f"tickets/{number}/claim/", {}).status_code in (403, 404)
    assert Emergency.objects.get().claimed_by == person("bob")


def test_sl02_a_feed_by_the_api(api, customer):
    from tenants.customers.models import Company

    company = str(Company.objects.get(name="Company suporte-leiloes").reference)
    dora = api("dora")
    made = dora("post", "feeds/", {"company": company, "name": "Agenda", "url": customer.url})
    assert made.status_code == 201, made.content
    feed = made.json()
    assert (feed["every_minutes"], feed["is_active"], feed["kind"]) == (15, True, "auction")
    path = f"feeds/{feed['id']}/"
    assert (
        dora("patch", path, {"every_minutes": 60, "timezone": "America/Sao_Paulo"}).json()["every_minutes"]
        == 60
    )
    for wrong in (
        {"every_minutes": 1},
        {"timezone": "Mars/Olympus"},
        {"url": "https://10.0.0.1/"},
        {"colour": "red"},
    ):
        answer = dora("patch", path, wrong)
        assert answer.status_code == 400 and list(answer.json()["errors"]) == list(wrong), wrong
    assert [row["id"] for row in dora("get", f"feeds/?company={company}").json()["results"]] == [feed["id"]]
    assert api("bob")("get", "feeds/").status_code == 403
    assert dora("delete", path).status_code == 204 and dora("delete", path).status_code == 204
    assert dora("get", path).status_code == 404


def test_years_that_make_no_sense_are_refused_at_their_fields(desk, rota, api, client_for, person):
    dora = client_for(desk, person("dora"))
    for year in ("0001", "1999", "2101", "9999"):
        page = dora.post(
            "/admin/duty/rota/add/", {"team": rota.team_id, "name": "N", "first_on": f"{year}-08-16"}
        )
        assert page.context["adminform"].form.errors["first_on"] == [
            "Only moments of the years 2000 to 2100 make sense here."
        ]
        refused = api("bob", "duty:read")("get", f"duty/?at={year}-08-16T08:00:00-03:00")
        assert refused.status_code == 400 and "at" in refused.json()["errors"]
    for at in ("2000-01-01T00:00:00Z", "2100-12-31T23:59:59Z"):
        assert api("bob", "duty:read")("get", f"duty/?at={at}").status_code == 200
    bounds = {"starts_at": utc(2027, 8, 16), "ends_at": utc(2101, 1, 3), "at": MONDAY_10}
    with pytest.raises(IntegrityError, match="duty_change_of_our_times"), transaction.atomic():
        DutyChange.objects.create(team=rota.team, kind="absent", person=person("bob"), **bounds)
    last = change(
        client_for(desk, person("carol")),
        rota,
        kind="absent",
        person=person("bob").pk,
        ends_at="2100-12-31T23:59",
    )
    assert last.status_code == 200 and DutyChange.objects.get().ends_at == utc(2101, 1, 1, 2, 59)


def test_dns_is_asked_before_the_transaction(api, customer, monkeypatch):
    from tenants.customers.models import Company

    depth, outer, check = [], len(connection.savepoint_ids), outside.check

    def asked(url, **options):
        depth.append(len(connection.savepoint_ids))
        return check(url, **options)

    monkeypatch.setattr(outside, "check", asked)
    company = str(Company.objects.get(name="Company suporte-leiloes").reference)
    given = {"company": company, "name": "Agenda", "url": f" {customer.url} "}
    made = api("dora")("post", "feeds/", given)
    assert made.status_code == 201 and made.json()["url"] == customer.url
    path = f"feeds/{made.json()['id']}/"
    assert api("dora")("patch", path, {"url": f"{customer.url}?2"}).status_code == 200
    assert api("dora")("patch", path, {"url": 5}).status_code == 400
    refused = api("dora")("post", "feeds/", {"name": "", "url": "https://10.0.0.1/"})
    assert set(refused.json()["errors"]) == {"company", "name", "url"}, "all at once"
    assert depth == [outer] * 3


def test_the_length_of_a_rota_is_kept_in_bounds(desk, rota, client_for, person):
    dora = client_for(desk, person("dora"))
    page = dora.post(
        "/admin/duty/rota/add/", {"team": rota.team_id, "name": "N", "turn_days": "0", "at_once": "-1"}
    )
    errors = page.context["adminform"].form.errors
    assert {"turn_days", "at_once", "first_on", "timezone"} <= set(errors)
    assert timedelta(0) < timedelta(days=rota.turn_days)
