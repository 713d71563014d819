"""Articles are found by what people type: without accents, in any number, in every language of the desk, misspelt."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from policies.guidance import articles, searching
from policies.guidance.wording import words_of

AT = datetime(2026, 11, 23, 11, tzinfo=UTC)
TONGUES = ["pt-br", "en", "es", "de", "ru"]


@pytest.fixture
def shelf(tenant_a):
    def put(**said):
        title = {tag.replace("_", "-"): pair[0] for tag, pair in said.items()}
        body = {tag.replace("_", "-"): pair[1] for tag, pair in said.items()}
        return articles.write(title=title, body=body, at=AT, topics=["question"])

    put(pt_br=("Impressões não saem", "Verifique a fila e reinicie o serviço da impressora."))
    put(pt_br=("Atualização de versão", "Feche o sistema em todas as estações antes da cópia de segurança."))
    put(
        en=("Printing a label", "Choose the label printer."),
        de=("Etiketten drucken", "Wählen Sie den Drucker."),
    )
    put(es=("Facturas rechazadas", "Revise el número de serie."), ru=("Счета отклонены", "Проверьте серию."))


def found(text, languages=TONGUES, **more):
    titles = [article.published.title for article in searching.find(text, languages, **more)]
    return [next(title[tag] for tag in TONGUES if tag in title) for title in titles]


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("impressao", "Impressões não saem"),  # no accent, singular: the stemmer alone would not find it
        ("Impressão", "Impressões não saem"),
        ("as impressoes não saem na impressora", "Impressões não saem"),
        ("atualizacoes", "Atualização de versão"),
        ("como atualizar a versao do sistema", "Atualização de versão"),
        ("estacao", "Atualização de versão"),  # in the text alone
        ("labels", "Printing a label"),
        ("printed labels", "Printing a label"),
        ("etikett", "Printing a label"),
        ("factura rechazada", "Facturas rechazadas"),
        ("счет отклонён", "Facturas rechazadas"),
        ("счетами", "Facturas rechazadas"),
        ("atualizasao", "Atualização de versão"),  # misspelt: by similar letters
    ],
)
def test_what_is_typed_finds_what_answers_it(shelf, typed, title):
    assert found(typed)[:1] == [title]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "não como para",
        "pizza com abacaxi",
        "desde ontem",
        "???",
        "'; --",
        "\x00",
        "a" * 5000,
        "& | ! ( ) :* <->",
    ],
)
def test_what_nothing_answers_finds_nothing(shelf, typed):
    assert found(typed) == []


def test_quotes_and_backslashes_are_only_letters(shelf):
    for typed in ("impressao's", "impressao\\", '"impressao"', "http://x.example/?a=1&b=impressao"):
        found(typed)
    assert found("impressao's")[0] == "Impressões não saem"


def test_an_article_of_the_topic_comes_first(tenant_a):
    for topic in ("bug", "question"):
        articles.write(title={"en": f"Printer of {topic}"}, body={"en": "Off and on."}, at=AT, topics=[topic])
    assert found("printer", topic="question")[0] == "Printer of question"
    assert found("printer", topic="bug")[0] == "Printer of bug"


def test_only_the_published_edition_is_found(tenant_a):
    article = articles.write(title={"en": "Old words"}, body={"en": "Ancient remedy."}, at=AT)
    articles.rewrite(article, title={"en": "New words"}, at=AT, publish=False)
    assert found("ancient words") == ["Old words"]
    articles.rewrite(article, body={"en": "Modern cure."}, at=AT)
    assert found("ancient") == [] and found("cure") == ["New words"]
    articles.show(article, None)
    assert found("cure") == []


def test_it_works_without_public_in_the_search_path(tenant_a, shelf):
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        assert "public" not in cursor.fetchone()[0]
    assert found("impressao")


def test_words_that_say_nothing_are_not_looked_for():
    assert words_of("Não consigo imprimir a nota, por favor me ajudem!") == ["imprimir", "nota", "me"]
    assert words_of("Мой счёт не печатается") == ["счёт", "печатается"]
