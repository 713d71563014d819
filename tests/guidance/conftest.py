"""A shelf with two articles, and whoever reads them."""

from datetime import UTC, datetime

import pytest

MONDAY_8 = datetime(2026, 11, 23, 11, tzinfo=UTC)  # 08:00 in Sao Paulo (UTC-3)
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def stopped(monkeypatch):
    """The pages' clock, stopped on Monday 08:00; `stopped(moment)` moves it."""

    def stop(moment):
        for view in ("help", "status", "suggesting", "asking", "contact", "home"):
            monkeypatch.setattr(f"tickets.portal.{view}.now", lambda: moment)
        for page in ("article_admin", "status_admin"):
            monkeypatch.setattr(f"policies.guidance.{page}.now", lambda: moment)

    stop(MONDAY_8)
    return stop


@pytest.fixture
def text():
    return lambda response: response.content.decode()


@pytest.fixture
def shelf(db):
    """shelf("error", "Erro 17", "Reinicie."): a published article of that topic, in Portuguese, with an English half."""
    from policies.guidance import articles

    def put(topic, title, body, **more):
        said = {"title": {"pt-br": title}, "body": {"pt-br": body}} | more
        return articles.write(topics=[topic], at=MONDAY_8, **said)

    return put
