"""Amounts of money in forms: shown and taken as the reader writes them (SL07)."""

import html

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from policies.admin import fields
from tenants.people.models import User
from tests.agreements.conftest import FRIDAY_20
from tickets.agreements import quotes
from tickets.agreements.forms import MoneyField
from tickets.agreements.models import Quote

EVERY = ("pt-br", "en", "es", "de", "ru")


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("pt-br", "1.250,00"),
        ("en", "1,250.00"),
        ("es", "1.250,00"),
        ("de", "1.250,00"),
        ("ru", "1\N{NO-BREAK SPACE}250,00"),
    ],
)
def test_an_amount_is_shown_as_its_reader_writes_it_and_what_is_shown_is_taken(language, shown):
    with translation.override(language):
        for field in (MoneyField(), fields.MoneyField()):
            assert field.prepare_value(125000) == shown
            assert field.clean(shown) == 125000
        assert fields.MoneyField(required=False).clean("") == 0


@pytest.mark.parametrize("language", EVERY)
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("250", 25000),
        ("250,00", 25000),
        ("250.00", 25000),
        (" 1 250,50 ", 125050),
        ("1.250,00", 125000),
        ("1,250.00", 125000),
        ("1.234.567", 123456700),
        ("0,05", 5),
    ],
)
def test_what_can_be_one_amount_alone_is_taken_in_every_language(language, typed, kept):
    with translation.override(language):
        assert MoneyField().clean(typed) == kept


@pytest.mark.parametrize(
    ("language", "typed", "kept"),
    [
        ("pt-br", "1.250", 125000),
        ("de", "1.250", 125000),
        ("en", "1,250", 125000),
        ("en", "1.250", None),  # thousands, or a thousandth of a hundredth: nobody knows
        ("pt-br", "1,250", None),
        ("ru", "1,250", None),
        ("pt-br", "12.50.00", None),
        ("pt-br", "1.250.00", None),
        ("pt-br", "-5", None),
        ("pt-br", "R$ 250,00", None),
        ("pt-br", "٢٥٠", None),
        ("pt-br", "1" * 30, None),
        ("pt-br", "1" + ".000" * 9, None),
    ],
)
def test_what_could_be_two_amounts_or_none_is_refused_with_an_example(language, typed, kept):
    example = "250.00" if language == "en" else "250,00"
    with translation.override(language):
        for field in (MoneyField(), fields.MoneyField()):
            if kept is not None:
                assert field.clean(typed) == kept
                continue
            with pytest.raises(ValidationError) as refusal:
                field.clean(typed)
            assert example in refusal.value.messages[0]


def test_sl07_the_form_of_a_quote_shows_and_takes_amounts_in_portuguese(at, opened, browser, person):
    at(FRIDAY_20)
    User.objects.filter(pk=person("grace").pk).update(language="pt-br")
    quote = quotes.want(opened(FRIDAY_20), kind="night_work", by=None, at=FRIDAY_20)
    grace, path = browser("grace"), f"/desk/quotes/{quote.pk}/"
    assert 'value="250,00"' in grace.get(path).content.decode()
    given = {"minutes": "1h", "text": "Hoje.", "valid_until": "2026-11-30T08:00"}
    refused = grace.post(path, given | {"rate": "1,250"})
    assert refused.status_code == 422 and 'value="1,250"' in refused.content.decode()
    assert "Escreva um valor como 250,00." in html.unescape(refused.content.decode())
    assert grace.post(path, given | {"rate": "1.250,50"}).status_code == 302
    assert Quote.objects.get().rate == 125050
