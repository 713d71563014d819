"""Which published articles answer a few typed words: by stems in every language of the desk, else by similar letters.

An article counts when it has enough of the words that were typed, those of its title twice; the rest is order. One query for
the stems, one for the articles; a third only where stems found little.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from policies.guidance.models import Article
from policies.guidance.wording import words_of

ENOUGH = 0.34  # of the words that were typed
SIMILAR = 0.45  # of a word's letters, in threes
LONG = 6  # letters: a short word resembles too many others
FEW = 2  # fewer than so many by stems: look for similar letters too


@dataclass(frozen=True, slots=True)
class Match:
    article: int
    score: float


def find(text: str, languages: Iterable[str], *, topic: str = "", limit: int = 20) -> list[Article]:
    """Published articles, the best answer first; those of `topic` before others that answer as well."""
    words = words_of(text)
    if not words:
        return []
    matches = _by_stems(words, list(languages), topic, limit)
    if len(matches) < FEW:
        known = {match.article for match in matches}
        matches += [match for match in _by_letters(words, topic, limit) if match.article not in known]
    order = [match.article for match in matches[:limit]]
    rows = Article.objects.filter(published__isnull=False).select_related("published").in_bulk(order)
    return [rows[key] for key in order if key in rows]  # others were withdrawn or deleted meanwhile


# A stem of the title weighs two. Each language's share is of its own stems: "the" is none in English, one in German.
BY_STEMS = """
WITH asked AS (
    SELECT tag, tsvector_to_array(public.hd_stems(tag, %s)) AS stems FROM unnest(%s::text[]) AS tag
), wanted AS (
    SELECT public.hd_any_of(array_agg(stem)) AS query FROM asked, unnest(stems) AS stem
), found AS (
    SELECT a.id, a.topics, e.words, ts_rank(e.words, wanted.query) AS rank
    FROM guidance_article a JOIN guidance_edition e ON e.id = a.published_id, wanted
    WHERE e.words @@ wanted.query ORDER BY rank DESC LIMIT 100
), scored AS (
    SELECT found.id, found.rank, %s = ANY(found.topics) AS here, max(share) AS share
    FROM found, asked, LATERAL (
        SELECT sum(CASE WHEN 'A' = ANY(w.weights) THEN 2 ELSE 1 END)::float / greatest(cardinality(asked.stems), 1) AS share
        FROM unnest(found.words) AS w WHERE w.lexeme = ANY(asked.stems)
    ) AS shares GROUP BY 1, 2, 3
)
SELECT id, share + rank + CASE WHEN here THEN 0.3 ELSE 0 END AS score FROM scored
WHERE share >= %s ORDER BY score DESC, id LIMIT %s
"""
BY_LETTERS = """
SELECT id, share + CASE WHEN here THEN 0.3 ELSE 0 END AS score FROM (
    SELECT a.id, %s = ANY(a.topics) AS here, (
        SELECT coalesce(avg(near), 0) * count(near)::float / %s FROM (
            SELECT extensions.strict_word_similarity(word, e.letters) AS near FROM unnest(%s::text[]) AS word
        ) AS each WHERE near >= %s
    ) AS share FROM guidance_article a JOIN guidance_edition e ON e.id = a.published_id
) AS scored WHERE share >= %s ORDER BY score DESC, id LIMIT %s
"""


def _by_stems(words: list[str], languages: list[str], topic: str, limit: int) -> list[Match]:
    return _asked(BY_STEMS, [" ".join(words), languages, topic, ENOUGH, limit])


def _by_letters(words: list[str], topic: str, limit: int) -> list[Match]:
    letters = [word for word in words if len(word) >= LONG]
    if not letters:
        return []
    return _asked(BY_LETTERS, [topic, len(words), letters, SIMILAR, ENOUGH * SIMILAR, limit])


def _asked(sql: str, given: list[Any]) -> list[Match]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [Match(*row) for row in cursor.fetchall()]
