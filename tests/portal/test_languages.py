"""A customer's language from the switch to the mail, and who of us speaks it (TD03)."""

import re
from datetime import timedelta

import pytest

from notifications import outbox
from policies import publishing
from tenants import links
from tenants.customers.models import Desk, Team
from tenants.people.models import User
from tests.portal.conftest import MONDAY_8
from tickets import moments
from tickets.models import Ticket
from tickets.templatetags.words import file_size

ALL = ["en", "pt-br", "de", "es", "ru"]
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def desk(desk_of, client_for, person, at):
    """360dialog, whose admin has switched all five languages on."""
    tenant = desk_of("360dialog")
    page = client_for(tenant, person("dora")).post(
        "/admin/customers/desk/1/change/",
        {"name": "360dialog", "colour": "#2f5d8c", "sender_name": "", "sender_address": "", "reply_address": "",
         "languages": ALL, "timezone": "Europe/Berlin", "_save": "1"},
    )  # fmt: skip
    assert page.status_code == 302, page.content.decode()
    assert Desk.objects.get().languages == ALL
    return tenant


def switch(client, language, back="/"):
    answer = client.post("/account/language/", {"language": language, "next": back})
    assert answer.url == back


def ask(client, **more):
    given = {
        "topic": "other",
        "summary": "Passwort",
        "body": "Geht nicht.",
        "field_impact": "Alle.",
        "key": KEY,
    }
    return client.post("/tickets/new/?topic=other", given | more)


def sent(mailoutbox):
    """What lies in the outbox, handed over to the mail server."""
    list(outbox.deliver(MONDAY_8 + timedelta(minutes=1)))
    return list(mailoutbox)


def read(client, path, **headers):
    answer = client.get(path, headers=headers)
    return answer, answer.content.decode()


def test_td03_a_customer_switches_to_german_and_is_answered_in_german(desk, client_for, person, mailoutbox):
    alice = client_for(desk, person("alice"))
    _, english = read(alice, "/")
    assert 'name="language" value="de" lang="de"' in english
    switch(alice, "de")
    answer, german = read(alice, "/")
    assert answer["Content-Language"] == "de" and {"Cookie", "Accept-Language"} <= set(
        answer["Vary"].split(", ")
    )
    assert '<html lang="de"' in german and "Wie können wir helfen" in german.replace("wie", "Wie")
    _, form = read(alice, "/tickets/new/?topic=other")
    assert "In wenigen Worten" in form and "Vollständige Beschreibung" in form
    refused = ask(alice, body="")
    assert "Beschreiben Sie, was passiert ist." in refused.content.decode()
    assert ask(alice).status_code == 302
    assert Ticket.objects.get().language == "de"
    [mail] = [mail for mail in sent(mailoutbox) if mail.to == ["alice@example.com"]]
    assert mail.subject == "Wir haben Ihre Anfrage Nr. 1 erhalten: Passwort"
    # Premium: 30 minutes round the clock, from Monday 12:00 in Berlin (11:00 UTC).
    assert "Unser Ziel (erste Antwort): Montag, 23. November, 12:30 (Europe/Berlin)." in mail.body
    assert mail.body.startswith("Guten Tag") and "Anfrage verfolgen:" in mail.body
    assert '<html lang="de">' in mail.alternatives[0][0]
    _, ticket = read(alice, "/tickets/1/")
    assert "Wir antworten bis" in ticket and "heute 12:30" in ticket


@pytest.mark.parametrize(
    ("language", "heading", "prevails"),
    [
        ("de", "Wie schnell wir antworten", "Maßgeblich ist der Text auf Englisch."),
        ("es", "Con qué rapidez respondemos", "Prevalece el texto en inglés."),
        ("ru", "Как быстро мы отвечаем", "Преимущество имеет текст на этом языке: английский."),
        ("pt-br", "Com que rapidez respondemos", "Prevalece o texto em inglês."),
    ],
)
def test_td03_the_policy_page_speaks_each_language_and_says_which_prevails(
    desk, client_for, language, heading, prevails
):
    visitor = client_for(desk)
    switch(visitor, language, "/policy/")
    answer, page = read(visitor, "/policy/")
    assert answer["Content-Language"] == language and f'<html lang="{language}"' in page
    assert heading in page and prevails in page
    policy = publishing.policy_of(publishing.version_in_force(MONDAY_8))
    assert policy.summary[language] in page.replace("&#x27;", "'")
    assert f'<link rel="alternate" hreflang="{language}" href="http://360dialog.localhost' in page


def test_td03_each_language_of_the_policy_has_an_address_of_its_own(desk, client_for):
    answer, page = read(client_for(desk), "/policy/?language=ru", accept_language="de")
    assert answer["Content-Language"] == "ru" and "Как быстро мы отвечаем" in page
    answer, page = read(client_for(desk), "/policy/?language=fr", accept_language="de")
    assert answer["Content-Language"] == "de"


def test_td03_a_policy_without_texts_in_the_language_says_so_and_marks_them(desk_of, client_for, person, at):
    tenant = desk_of("z-pro")
    Desk.objects.update(languages=["pt-br", "en", "de"])
    _, page = read(client_for(tenant), "/policy/", accept_language="de")
    assert "Sie werden auf Englisch gezeigt." in page
    assert "Maßgeblich ist der Text auf Portugiesisch (Brasilien)." in page
    assert re.search(r'<p class="policy-lead" lang="en">', page)
    _, original = read(client_for(tenant), "/policy/?language=pt-br")
    assert "Prevalece" not in original


def test_td03_a_link_of_a_mail_is_read_in_the_tickets_language_until_another_is_chosen(
    desk, client_for, person
):
    User.objects.filter(email="alice@example.com").update(language="es")
    ask(client_for(desk, person("alice")))
    path = f"/t/{links.sign('guest', Ticket.objects.get().pk, MONDAY_8, 90)}/"
    reader = client_for(desk)
    answer, page = read(reader, path, accept_language="de")
    assert answer["Content-Language"] == "es" and '<html lang="es"' in page
    assert "Respondemos a más tardar" in page
    switch(reader, "ru", path)
    answer, page = read(reader, path)
    assert answer["Content-Language"] == "ru" and "Срок ответа" in page


def test_td03_strangers_are_answered_in_the_language_they_write_in(desk, client_for, mailoutbox, monkeypatch):
    monkeypatch.setattr("tickets.portal.contact.now", lambda: MONDAY_8)
    visitor = client_for(desk)
    switch(visitor, "ru", "/contact/?topic=other")
    _, form = read(visitor, "/contact/?topic=other")
    assert "Ваше имя" in form and "Ваш адрес эл. почты" in form
    given = {"name": "Нина", "email": "nina@new.example", "topic": "other", "summary": "Вход", "body": "Не входит.",
             "field_impact": "Все.", "key": KEY}  # fmt: skip
    assert visitor.post("/contact/?topic=other", given).status_code == 302
    [mail] = sent(mailoutbox)
    assert mail.subject.startswith("Мы получили Ваше обращение № 1")
    # 24 hours by the form (TD06): Tuesday, 12:00 in Berlin.
    assert "Наш целевой срок (первый ответ): вторник, 24 ноября, 12:00 (Europe/Berlin)." in mail.body
    assert "Здравствуйте, Нина!" in mail.body


# --- who speaks it


@pytest.fixture
def german_ticket(desk, client_for, person):
    User.objects.filter(email="alice@example.com").update(language="de")
    ask(client_for(desk, person("alice")))
    return Ticket.objects.get()


def test_td03_an_agent_who_speaks_the_customers_language_is_offered_first(
    desk, german_ticket, client_for, person
):
    bob = client_for(desk, person("bob"))
    _, before = read(bob, f"/desk/tickets/{german_ticket.number}/assignment/")
    assert "Speak the customer" not in before  # nobody does
    _, profile = read(bob, "/account/profile/")
    assert "Other languages you speak" in profile
    bob.post(
        "/account/profile/",
        {
            "name": "Bob",
            "language": "en",
            "timezone": "Europe/Berlin",
            "spoken_languages": ["de"],
            "phone": "",
            "signature": "",
        },
    )
    assert person("bob").spoken_languages == ["de"]
    carol = client_for(desk, person("carol"))
    _, offered = read(carol, f"/desk/tickets/{german_ticket.number}/assignment/")
    speaking, _, others = offered.partition('<optgroup label="Others">')
    assert '<optgroup label="Speak the customer’s language: German">' in speaking
    assert f'value="{person("bob").pk}"' in speaking and f'value="{person("carol").pk}"' in others
    carol.post(f"/desk/tickets/{german_ticket.number}/assignment/", {"owner": person("carol").pk})
    _, page = read(carol, f"/desk/tickets/{german_ticket.number}/")
    assert "German" in page and "the owner does not speak it" in page


def test_td03_the_desks_own_language_stays_first_whatever_else_of_its_settings_is_saved(
    desk, client_for, person
):
    dora, address = client_for(desk, person("dora")), "/admin/customers/desk/1/change/"
    Desk.objects.update(languages=["de", "en", "pt-br"])
    tags = re.findall(r'name="languages" value="([^"]+)"', dora.get(address).content.decode())
    assert tags[:3] == ["de", "en", "pt-br"] and len(tags) == 5, "a browser posts them as they stand"
    assert "The first of them" in read(dora, address)[1]


def test_td03_an_admin_says_which_other_languages_somebody_speaks(desk, client_for, person):
    dora, bob = client_for(desk, person("dora")), person("bob")
    address = f"/admin/people/user/{bob.pk}/change/"
    assert "Other languages spoken" in read(dora, address)[1]
    said = {"name": "Bob", "role": "agent", "language": "en", "timezone": "Europe/Berlin", "phone": ""}
    assert dora.post(address, said | {"spoken_languages": ["de", "ru"]}).status_code == 302
    assert person("bob").spoken_languages == ["de", "ru"]


def test_td03_the_queue_is_narrowed_to_a_language_and_names_the_foreign_ones(
    desk, german_ticket, client_for, person
):
    bob = client_for(desk, person("bob"))
    _, page = read(bob, "/desk/?language=de")
    assert "Passwort" in page and '<span class="badge">German</span>' in page
    assert "Passwort" not in read(bob, "/desk/?language=ru")[1]
    User.objects.filter(pk=person("bob").pk).update(spoken_languages=["de"])
    _, page = read(client_for(desk, person("bob")), "/desk/?language=de")
    assert "Passwort" in page and '<span class="badge">German</span>' not in page


def test_td03_a_team_with_languages_of_its_own_gets_new_tickets_in_them(desk, client_for, person):
    dora = client_for(desk, person("dora"))
    team = Team.objects.get(key="partners")
    page = dora.post(
        f"/admin/customers/team/{team.pk}/change/",
        {"name": "Partner", "languages": ["de"], "members": [], "_save": "1"},
    )
    assert page.status_code == 302, page.content.decode()
    User.objects.filter(email="alice@example.com").update(language="de")
    ask(client_for(desk, person("alice")))
    ticket = Ticket.objects.get()
    assert ticket.team == team
    _, seen = read(client_for(desk, person("bob")), f"/desk/tickets/{ticket.number}/")
    assert "Team “Partner” speaks the customer’s language." in seen
    ask(client_for(desk, person("erin")), key=KEY[::-1], summary="Password")  # Erin reads Portuguese
    assert Ticket.objects.get(summary="Password").team.key == "first-level"


# --- figures and moments


@pytest.mark.parametrize(
    ("language", "size", "near", "ago"),
    [
        ("en", "1.5 MB", "Wed 25 Nov, 12:00", "4 days ago"),
        ("pt-br", "1,5 MB", "qua, 25 nov, 12:00", "há 4 dias"),
        ("es", "1,5 MB", "mié 25 nov, 12:00", "hace 4 días"),
        ("de", "1,5 MB", "Mi, 25. Nov, 12:00", "vor 4 Tagen"),
        ("ru", "1,5 MB", "ср, 25 ноября, 12:00", "4 дня назад"),
    ],
)
def test_td03_figures_and_moments_follow_the_language(language, size, near, ago):
    from django.utils import timezone, translation

    wednesday = MONDAY_8 + timedelta(days=2, hours=4)  # 12:00 in São Paulo
    with translation.override(language), timezone.override("America/Sao_Paulo"):
        assert file_size(1_500_000) == size
        assert moments.near(wednesday, MONDAY_8) == near
        assert moments.relative(MONDAY_8 - timedelta(days=4), MONDAY_8) == ago
