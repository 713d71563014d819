"""Two who write, publish or withdraw articles at the same moment: each is answered, and neither by an error."""

import threading
import time

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, connections, transaction

from policies.guidance import articles, searching
from policies.guidance.models import Article
from tests.conftest import enter
from tests.guidance.conftest import MONDAY_8

TITLE, BODY = {"en": "Moving house"}, {"en": "Tell us the day."}


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """Without a transaction around the test, so that threads see what it writes; what it wrote is taken away again."""
    with django_db_blocker.unblock():
        tenant = enter("tour")
        known = set(Article.objects.values_list("pk", flat=True))
        yield tenant
        connection.set_tenant(tenant)
        Article.objects.exclude(pk__in=known).delete()
        Session.objects.all().delete()
        connection.set_schema_to_public()


def while_the_first_is_unfinished(tenant, second):
    """An article is written, and before its commit `second` is called in another thread. What that returned."""
    answers = []

    def call():
        connection.set_tenant(tenant)
        try:
            answers.append(second())
        finally:
            connections.close_all()

    thread = threading.Thread(target=call)
    with transaction.atomic():
        articles.write(title=TITLE, body=BODY, at=MONDAY_8)
        thread.start()
        until_somebody_waits(thread)
    thread.join(30)
    return answers


def until_somebody_waits(thread):
    ends = time.monotonic() + 30
    while thread.is_alive() and time.monotonic() < ends:
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)


def test_two_articles_of_one_title_get_addresses_of_their_own(committed):
    [second] = while_the_first_is_unfinished(
        committed, lambda: articles.write(title=TITLE, body=BODY, at=MONDAY_8)
    )
    assert second.slug == "moving-house-2"
    assert Article.objects.filter(slug__startswith="moving-house").count() == 2


def test_an_address_that_is_being_taken_is_refused_at_its_field_and_what_was_typed_stays(
    committed, client_for, person
):
    dora = client_for(committed, person("dora"))
    typed = {"slug": "moving-house", "publish": "on"}
    typed |= {f"{name}_{tag}": f"My {name}." for name in ("title", "body") for tag in ("en", "pt-br")}
    [page] = while_the_first_is_unfinished(
        committed, lambda: dora.post("/admin/guidance/article/add/", typed)
    )
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == ["slug"]
    assert "My body." in page.content.decode()


@pytest.mark.parametrize("gone", ["deleted", "withdrawn"])
def test_an_article_that_goes_while_somebody_looks_for_it_is_not_found(gone, tenant_a, monkeypatch):
    article = articles.write(title=TITLE, body=BODY, at=MONDAY_8)
    by_stems = searching._by_stems

    def then_it_goes(*asked):
        matches = by_stems(*asked)
        assert [match.article for match in matches] == [article.pk]
        article.delete() if gone == "deleted" else articles.show(article, None)
        return matches

    monkeypatch.setattr(searching, "_by_stems", then_it_goes)
    assert searching.find("moving house", ["en"]) == []
