"""Who may ask and hold an account: the rule in every door, the register's files, links that work once."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from notifications.models import Notification
from notifications.people_pages import MAILS_PER_ACCOUNT
from policies import publishing
from policies.mailboxes import department_of
from policies.packs import load_pack
from tenants import moment
from tenants.customers import importing
from tenants.customers.models import AddressChange, Licence, LicenceImport
from tenants.customers.purchase_files import MOST_ROWS, Unreadable, read
from tenants.people.models import User
from tickets import identity, lifecycle
from tickets.desk.callers import make_caller, make_known
from tickets.models import Contact, Ticket
from tickets.registration import ask_for_account

PLANS = importing.Plans({"standard": "standard", "padrao": "standard"}, {"standard": "Standard"})
REGISTER = "/account/register/"


def ask(requester, by=None, channel="portal", key=None):
    return lifecycle.open_ticket(
        requester=requester, summary="Help", body="Please.", at=moment.now(), by=by, channel=channel, key=key
    )


# --- the register's files


@pytest.mark.parametrize(
    "content",
    [
        b"number,email\r\n1,a@example.com\r\n",
        b"\xef\xbb\xbfN\xc3\xbamero;E-mail\n1;A@Example.com\n",
        "Número\tE-mail\n1\ta@example.com\n".encode("utf-16"),
        "Nº;Endereço de e-mail\n1;a@example.com\n".encode("cp1252"),
        b"sep=;\nlicenca;email\n\n1;a@example.com\n",
        b'"number, of the order";number;email\nx;1;"a@example.com"\n',
    ],
)
def test_zp04_a_file_is_read_as_spreadsheets_write_it(content):
    [row] = read(content)
    assert (row.given["number"], row.given["email"], row.wrong) == ("1", "a@example.com", ())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"number,email\n", "no rows"),
        (b"number,product\n1,x\n", "A column is missing: email"),
        (b"number,email,e-mail\n1,x,y\n", "called alike: email"),
        (b"PK\x03\x04zip", "not a CSV file"),
        (b"number,email\n\x00\x81", "letters cannot be read"),
        (b"number,email\n" + b"1,a@example.com\n" * (MOST_ROWS + 1), "more than 10,000 rows"),
        (b'number,email\n"' + b"x" * 200_000, "cannot be read from line"),
        (b"x" * 5_000_001, "larger than 5 MB"),
    ],
)
def test_zp04_what_is_no_table_is_refused_whole(content, words):
    with pytest.raises(Unreadable, match=words):
        read(content)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("=SUM(A1),a@example.com,,", "run as a formula"),
        ("1,@a@example.com,,", "run as a formula"),
        ("1,nobody,,", "is no e-mail address"),
        ("1,,,", "The e-mail is missing"),
        (",a@example.com,,", "The number is missing"),
        ("1,a@example.com,31/02/2027,", "no such day"),
        ("1,a@example.com,soon,", "is no date"),
        ("1,a@example.com,,perhaps", "neither active nor inactive"),
        ("1,a@example.com,,,more", "more cells than headings"),
        (f"{'9' * 81},a@example.com,,", "longer than 80"),
        ('"1\n2",a@example.com,,', "control character"),
    ],
)
def test_zp04_a_faulty_row_says_what_is_wrong_with_it(cells, words):
    [row] = read(f"number,email,valid until,active\n{cells}\n".encode())
    assert words in " ".join(row.wrong)


def test_zp04_the_preview_says_which_new_licences_are_not_active(tenant_a):
    file = b"number;email;product;active\nB;b@example.com;One;no\nC;c@example.com;One;yes\n"
    judged = importing.judge(read(file), PLANS)
    assert [one.what for one in judged] == ["b@example.com, One, active: no", "c@example.com, One"]


def test_zp04_each_row_is_new_changed_unchanged_or_refused_and_nothing_is_written_before(tenant_a, person):
    at, dora = moment.now(), person("dora")
    Licence.objects.create(number="A", email="a@example.com", product="One", is_active=False)
    Licence.objects.create(number="B", email="b@example.com")
    content = (
        "number,email,plan,valid until\nA,a@example.com,Padrão,2027-12-31\nB,b@example.com,,\nC,c@example.com,gold,\n"
        "L-1,other@example.com,,\nD,d@example.com,standard,01/02/2028\n"
    )
    kept = importing.upload("sold.csv", content.encode(), by=dora, at=at)
    judged = importing.preview(kept, PLANS)
    assert [one.state for one in judged] == ["changed", "same", "refused", "refused", "new"]
    assert "no plan “gold”" in judged[2].what and "signs in as alice@example.com" in judged[3].what
    assert not Licence.objects.filter(number="D").exists()
    importing.write(kept, PLANS, by=dora, at=at)
    importing.write(kept, PLANS, by=dora, at=at)  # twice is once
    changed = Licence.objects.get(number="A")
    assert (changed.plan, changed.valid_until, changed.product, changed.is_active) == (
        "standard", date(2027, 12, 31), "One", False,
    )  # fmt: skip
    assert Licence.objects.get(number="D").valid_until == date(2028, 2, 1)
    assert Licence.objects.get(number="L-1").email == "alice@example.com"
    kept = LicenceImport.objects.get(pk=kept.pk)
    assert bytes(kept.content) == b"" and len(kept.report) == 5


def test_zp04_the_preview_and_the_report_name_plans_as_people_do(desk_of, client_for, person):
    tenant = desk_of("suporte-leiloes")
    User.objects.filter(pk=person("dora").pk).update(language="pt-br")
    Licence.objects.create(number="A", email="a@example.com", plan="premium")
    dora = client_for(tenant, person("dora"))
    content = "número;email;plano\nA;a@example.com;standard\nB;b@example.com;standard\nC;c@example.com;ouro\n"
    path = dora.post(
        "/admin/customers/licence/import/", {"file": SimpleUploadedFile("x.csv", content.encode())}
    ).url
    for step in ("previewed", "written"):
        page = html.unescape(dora.get(path).content.decode())
        assert "Premium → Padrão" in page and "b@example.com, Padrão" in page, step
        assert "Não há plano “ouro”; há: Padrão, Premium, Enterprise." in page
        assert ", standard" not in page and "→ standard" not in page, step
        dora.post(f"{path}writing/")
    assert set(Licence.objects.filter(number__in="AB").values_list("plan", flat=True)) == {"standard"}


def test_zp04_the_largest_file_is_shown_and_written_in_few_queries(
    tenant_a, client_for, person, django_assert_max_num_queries
):
    dora = client_for(tenant_a, person("dora"))
    rows = "".join(f"N{n};n{n}@example.com\n" for n in range(MOST_ROWS))
    file = SimpleUploadedFile("big.csv", f"numero;email\n{rows}".encode())
    answer = dora.post("/admin/customers/licence/import/", {"file": file})
    assert answer.status_code == 302
    with django_assert_max_num_queries(30):
        page = dora.get(answer.url)
    assert b"10000" in page.content and len(page.content) < 400_000
    with django_assert_max_num_queries(60):
        dora.post(f"{answer.url}writing/")
    assert Licence.objects.filter(number__startswith="N").count() == MOST_ROWS
    assert dora.get(f"{answer.url}?state=new&page=50").status_code == 200
    for bad in (b"", b"PK\x03\x04", b"a,b\n1,2\n"):
        refused = dora.post("/admin/customers/licence/import/", {"file": SimpleUploadedFile("x.csv", bad)})
        assert refused.status_code == 422


# --- the rule, in every door


def test_zp04_without_an_active_licence_no_door_opens_a_ticket(desk_of, person):
    desk_of("z-pro")
    alice, bob = person("alice"), person("bob")
    assert ask(alice).ticket is not None
    today = datetime(2026, 11, 22, 12, tzinfo=UTC)
    for change in (
        {"is_active": False},
        {"is_active": True, "valid_until": today.date() - timedelta(days=400)},
    ):
        Licence.objects.filter(email=alice.email).update(**change)
        for by, channel in ((None, "portal"), (bob, "portal")):
            opening = ask(alice, by, channel)
            assert opening.ticket is None and opening.contact.outcome == "not_a_customer"
            assert "active licence" in opening.decision.because[0]["en"] and opening.decision.pointer
        assert ask(alice, channel="whatsapp").contact.outcome == "wrong_channel"  # that is said first
    again = [ask(alice, key="same") for _ in range(2)]
    assert again[0].contact == again[1].contact and again[1].decision.outcome == "not_a_customer"
    assert Ticket.objects.filter(requester=alice).count() == 1
    told = Notification.objects.filter(person=alice, kind="contact_declined")
    assert told.exists() and Contact.objects.filter(address=alice.email, answered=True).exists()


def test_ch04_who_was_not_invited_or_is_pending_opens_nothing_but_staff_may_for_them(desk_of, person):
    desk_of("erp-chamados")
    stranger = make_known(name="Rui", email="rui@example.com", phone="", company=None, language="en")
    assert not Notification.objects.filter(person=stranger).exists()  # whoever writes is not invited by that
    for channel in ("portal", "email"):
        opening = ask(stranger, channel=channel)
        assert opening.ticket is None and opening.contact.outcome == "not_a_customer"
    assert ask(stranger, by=person("bob"), channel="phone").ticket is not None


def test_ch04_staff_that_makes_somebody_known_invites_them(desk_of, person):
    desk_of("erp-chamados")
    common = {"phone": "", "company": None, "language": "en", "by": person("bob"), "at": moment.now()}
    nina = make_caller(name="Nina", email="nina@example.com", **common)
    assert Notification.objects.get(person=nina).kind == "invitation"
    with pytest.raises(ValidationError):
        make_caller(name="X", email="Suporte@example.com", **common)


def test_ch04_an_address_that_is_known_is_said_so_in_the_agents_language(desk_of, person):
    desk_of("erp-chamados")
    with translation.override("pt-br"), pytest.raises(ValidationError) as refused:
        make_known(name="A", email=person("alice").email, phone="", company=None, language="pt-br")
    assert refused.value.message_dict == {
        "email": ["Alguém com este endereço já é conhecido: procure por ele."]
    }


def test_ch04_a_department_is_known_whatever_its_case_accents_and_tags():
    policy = replace(load_pack("erp-chamados"), refused_mailboxes=("suporte", "Direção"))
    for address in (
        "suporte@x.com",
        "SUPORTE@x.com",
        "suporté@x.com",
        "suporte+loja@x.com",
        " direcao@x.com",
    ):
        assert department_of(policy, address)
    for address in ("suporte.maria@x.com", "maria@suporte.com", "ana+suporte@x.com"):
        assert department_of(policy, address) == ""


def test_ch04_the_api_refuses_a_department_too(desk_of, client_for, person):
    tenant = desk_of("erp-chamados")
    client = client_for(tenant, person("bob"))
    sent = {"email": "vendas@example.com", "name": "Vendas"}
    answer = client.post("/api/v1/people/", sent, content_type="application/json")
    assert answer.status_code == 422 and "department" in str(answer.json()["errors"]["email"])
    sent = {"requester": "vendas@example.com", "requester_name": "V", "summary": "x", "body": "y"}
    answer = client.post("/api/v1/tickets/", sent, content_type="application/json")
    assert answer.status_code == 422 and "department" in str(answer.json()["errors"]["requester"])


# --- registering


def test_zp04_registering_is_answered_alike_and_throttled(desk_of, client_for):
    tenant = desk_of("z-pro")
    Licence.objects.create(number="N", email="new@example.com")
    client = client_for(tenant)
    for email in ("new@example.com", "alice@example.com", "nobody@example.com"):
        for _ in range(MAILS_PER_ACCOUNT + 2):
            answer = client.post(REGISTER, {"email": email})
            assert (answer.status_code, answer.url) == (302, "/account/register/sent/")
    assert not User.objects.filter(email="nobody@example.com").exists()
    new = User.objects.get(email="new@example.com")
    assert not new.has_usable_password()
    assert 1 <= Notification.objects.filter(person=new).count() <= MAILS_PER_ACCOUNT
    assert client.post(REGISTER, {"email": "no address"}).status_code == 422


def test_zp04_whoever_has_no_licence_gets_no_first_password_by_asking_for_a_new_one(
    desk_of, client_for, person
):
    tenant = desk_of("z-pro")
    stranger = make_known(name="Rui", email="rui@example.com", phone="", company=None, language="en")
    client = client_for(tenant)
    client.post("/account/forgotten/", {"email": stranger.email})
    assert not Notification.objects.filter(person=stranger).exists()
    Licence.objects.create(number="R", email=stranger.email)
    client.post("/account/forgotten/", {"email": stranger.email})
    assert Notification.objects.get(person=stranger).kind == "password_reset"


def test_only_where_purchases_count_somebody_registers(tenant_a, client_for):
    Licence.objects.create(number="N", email="new@example.com")
    assert "Our staff makes your account" in client_for(tenant_a).get(REGISTER).content.decode()
    client_for(tenant_a).post(REGISTER, {"email": "new@example.com"})
    ask_for_account("new@example.com", at=moment.now())
    assert not User.objects.filter(email="new@example.com").exists()


# --- the address


def test_zp05_a_change_moves_the_purchases_and_tells_both_addresses(desk_of, person):
    desk_of("z-pro")
    alice, dora, at = person("alice"), person("dora"), moment.now()
    for to, because in (("erin@example.com", "x"), ("alice@example.com", "x"), ("new@example.com", " ")):
        with pytest.raises(ValidationError):
            identity.change_address(alice, to=to, because=because, by=dora, at=at)
    assert not AddressChange.objects.exists()
    identity.change_address(alice, to="Alice.Nova@example.com", because="Asked by phone", by=dora, at=at)
    alice.refresh_from_db()
    assert alice.email == "alice.nova@example.com" and ask(alice).ticket is not None
    told = Notification.objects.filter(kind="address_changed").values_list("address", flat=True)
    assert set(told) == {"alice@example.com", "alice.nova@example.com"}
    assert not Licence.objects.filter(email="alice@example.com").exists()


def test_a_program_does_not_change_the_address_of_a_holder(tenant_a, client_for, person):
    client = client_for(tenant_a, person("bob"))
    pk = Licence.objects.get(email="alice@example.com").pk
    sent = {"email": "x@example.com"}
    answer = client.patch(f"/api/v1/licences/{pk}/", sent, content_type="application/json")
    assert answer.status_code == 422 and "signs in as alice@example.com" in str(
        answer.json()["errors"]["email"]
    )
    assert client.get("/api/v1/licences/?email=ALICE@example.com").json()["results"][0]["number"] == "L-1"


def test_the_admin_chooses_who_may_ask_and_the_public_page_says_it(desk_of, client_for, person):
    tenant = desk_of("z-pro")
    dora = client_for(tenant, person("dora"))
    form = dora.get("/admin/policies/general/1/change/").content.decode()
    assert "only addresses in the register of purchases" in form and "refused_mailboxes" in form
    assert "Customers with an active licence" in client_for(tenant).get("/policy/").content.decode()
    publishing.publish_pack(replace(load_pack("z-pro"), who_may_ask="anybody"), moment.now())
    assert "Customers with an active licence" not in client_for(tenant).get("/policy/").content.decode()
