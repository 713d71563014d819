"""What was accepted is evidence, read by people: the admin's pages about it speak their language (SL07, TD03)."""

from datetime import timedelta

import pytest
from django.utils import translation

from tenants.people.models import User
from tests.agreements.conftest import FRIDAY_20
from tickets.agreements import quotes
from tickets.agreements.reports import Line

MINUTE = timedelta(minutes=1)


def test_sl07_an_admin_reads_in_their_language_who_accepted_what(sent, browser, person):
    quote = sent()
    quotes.answer(
        quote,
        person=person("alice"),
        accepts=True,
        at=FRIDAY_20 + 20 * MINUTE,
        way="link",
        source="203.0.113.7",
    )
    User.objects.filter(email="dora@example.com").update(language="pt-br")
    dora = browser("dora")
    rows = dora.get("/admin/agreements/answer/").content.decode()
    assert "Respostas a orçamentos" in rows and "Aceito" in rows and "Do endereço" in rows
    page = dora.get(f"/admin/agreements/answer/{quote.answer.pk}/change/").content.decode()
    for words in ("Meio", "pelo link do e-mail", "Motivo", "O que será feito", "203.0.113.7"):
        assert words in page, words
    for name in ("Answers", "Because", ">At<", "Source"):
        assert name not in page, name


def test_sl07_a_quote_is_written_in_hours_of_work_not_in_opening_hours(sent, browser):
    """ "Hours" of a calendar and of work are two words in most languages."""
    quote = sent()
    User.objects.filter(email__in=("bob@example.com", "grace@example.com")).update(language="pt-br")
    page = browser("bob").get(f"/desk/tickets/{quote.ticket.number}/").content.decode()
    assert "Horas de trabalho" in page and "Horários" not in page


@pytest.mark.parametrize(
    ("language", "met", "missed", "said"),
    [("pt-br", 5, 4, "55,5"), ("en", 5, 4, "55.5"), ("de", 999, 1, "99,9"), ("ru", 3, 0, "100")],
)
def test_a_report_writes_percents_as_its_reader_does(language, met, missed, said):
    with translation.override(language):
        assert Line("first_response", met, missed).share == said
