"""Every notice in every language of the product: the same placeholders, none left over, nothing empty (TD03)."""

import re
from datetime import UTC, datetime

import pytest
from django.conf import settings

from notifications.models import Notification
from notifications.rendering import PLACEHOLDER, Block, Stationery, as_text, filled
from notifications.texts import KINDS, METRICS, built_in
from notifications.texts.kinds import TEXTS
from notifications.texts.samples import SAMPLES, links_for, words_for
from tenants.people.models import User

LANGUAGES = [tag for tag, _name in settings.LANGUAGES]
AT = datetime(2026, 11, 23, 11, tzinfo=UTC)
HELLO = {
    "pt-br": "Olá Ana,",
    "en": "Hello Ana,",
    "es": "Hola, Ana:",
    "de": "Guten Tag Ana,",
    "ru": "Здравствуйте, Ana!",
}
# Six hours after Monday 23 November 2026, 11:00 UTC: 17:00 UTC, 14:00 in São Paulo; in each language's own order.
DUE = {
    "pt-br": "segunda-feira, 23 de novembro de 2026, 14:00",
    "en": "Monday, 23 November 2026, 14:00",
    "es": "lunes, 23 de noviembre de 2026, 14:00",
    "de": "Montag, 23. November 2026, 14:00",
    "ru": "понедельник, 23 ноября 2026 г., 14:00",
}


def test_every_language_of_the_product_has_its_texts():
    assert set(TEXTS) == set(METRICS) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_td03_every_kind_of_notice_says_the_same_in_every_language(language):
    english = TEXTS["en"]
    assert set(TEXTS[language]) == set(english) == set(KINDS)
    for kind, (subject, body) in TEXTS[language].items():
        assert named(subject) == named(english[kind][0]), kind
        assert named(body) == named(english[kind][1]), kind
        assert body.count("**") % 2 == 0, kind
        assert body.count("[") == english[kind][1].count("["), kind
    assert set(METRICS[language]) == set(METRICS["en"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_td03_every_kind_of_notice_renders_in_every_language(tenant_a, language):
    ana = User.objects.create_user("ana.souza@example.com", name="Ana", language=language)
    stationery = Stationery()
    for kind, known in KINDS.items():
        notice = Notification(
            kind=kind, language=language, person=ana, created_at=AT, words=stored(known.words), links={}
        )
        notice.links = links_for(known.words)
        letter = stationery.letter(notice)
        assert letter.subject.strip(), kind
        for part in (letter.subject, letter.text, letter.html):
            assert not PLACEHOLDER.search(re.sub(r"<style>.*?</style>", "", part, flags=re.DOTALL)), kind
        assert f'<html lang="{language}">' in letter.html
        if "{greeting}" in built_in(kind, language).body:
            assert HELLO[language] in letter.text, kind
        if "{due_at}" in built_in(kind, language).body:
            assert DUE[language] in re.sub(r"\s", " ", letter.text), kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_samples_speak_every_language(language):
    assert not [name for name, word in SAMPLES.items() if isinstance(word, dict) and language not in word]


def named(text):
    return sorted(set(PLACEHOLDER.findall(text)))


def stored(placeholders):
    """As the outbox keeps them: a moment is written down as one."""
    return {
        name: {"moment": word.isoformat()} if isinstance(word, datetime) else word
        for name, word in words_for(placeholders, AT).items()
    }


def test_a_summary_that_is_a_question_gets_no_second_question_mark():
    words = {"summary": "Where is the report?", "number": "7"}
    assert filled("Still need help with #{number}: {summary}?", words) == (
        "Still need help with #7: Where is the report?"
    )
    assert filled("Ticket #{number}, {summary}.", words) == "Ticket #7, Where is the report?"
    assert filled("Is it #{number}? See {summary} now.", words) == "Is it #7? See Where is the report? now."


def test_a_button_that_asks_has_no_colon_in_plain_text():
    ask, go = (
        Block("button", "How did we do?", "https://x.test/"),
        Block("button", "Read it", "https://x.test/"),
    )
    assert as_text(ask, {}) == "How did we do?\nhttps://x.test/"
    assert as_text(go, {}) == "Read it:\nhttps://x.test/"
