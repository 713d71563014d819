"""What searching needs, once for all tenants: extensions in a schema of their own, and functions named with theirs.

Tenant work has no `public` in its search path, so everything here is called as `public.hd_...`. `unaccent` stands before the
stemmers; the functions are IMMUTABLE, so that a generated column may hold what they return.
"""

from django.db import migrations

LANGUAGES = {"pt-br": "portuguese", "en": "english", "es": "spanish", "de": "german", "ru": "russian"}


def configuration(name):
    return [
        f"CREATE TEXT SEARCH CONFIGURATION public.hd_{name} (COPY = pg_catalog.{name})",
        f"ALTER TEXT SEARCH CONFIGURATION public.hd_{name} ALTER MAPPING FOR hword, hword_part, word"
        f" WITH extensions.unaccent, pg_catalog.{name}_stem",
    ]


EXTENSIONS = [
    "CREATE SCHEMA IF NOT EXISTS extensions",
    "CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA extensions",
    "CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA extensions",
    "ALTER EXTENSION unaccent SET SCHEMA extensions",
    "ALTER EXTENSION pg_trgm SET SCHEMA extensions",
]
# The language of a text, by its tag ("pt-br"), as a configuration; what is not known is not stemmed.
CONFIGURATION = """
CREATE FUNCTION public.hd_configuration(tag text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE split_part(lower(tag), '-', 1)
    WHEN 'pt' THEN 'public.hd_portuguese'::regconfig WHEN 'en' THEN 'public.hd_english'::regconfig
    WHEN 'es' THEN 'public.hd_spanish'::regconfig WHEN 'de' THEN 'public.hd_german'::regconfig
    WHEN 'ru' THEN 'public.hd_russian'::regconfig ELSE 'pg_catalog.simple'::regconfig END"""
# Without accents, in small letters: what letters are compared by.
PLAIN = """
CREATE FUNCTION public.hd_plain(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(extensions.unaccent('extensions.unaccent'::regdictionary, said))"""
# The Portuguese stemmer leaves "impressão" and "impressões" apart: their plural is written as the singular first.
STEMS = r"""
CREATE FUNCTION public.hd_stems(tag text, said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_tsvector(public.hd_configuration(tag), CASE WHEN lower(tag) LIKE 'pt%'
    THEN regexp_replace(coalesce(said, ''), '(\w\w)(ões|oes|ães|aes|ãos|aos)\M', '\1ão', 'gi')
    ELSE coalesce(said, '') END)"""
# A title and a body, each a text by language ({"pt-br": ..., "en": ...}), every language by its own stemmer.
WORDS = """
CREATE FUNCTION public.hd_words(title jsonb, body jsonb) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN {}""".format(" || ".join(
    f"setweight(public.hd_stems('{tag}', {part} ->> '{tag}'), '{weight}')"
    for tag in LANGUAGES for part, weight in (("title", "A"), ("body", "D"))
))
# All that a text by language says, for comparing letters.
LETTERS = """
CREATE FUNCTION public.hd_letters(said jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN public.hd_plain(concat_ws(' ', {}))""".format(", ".join(f"said ->> '{tag}'" for tag in LANGUAGES))
# Any of these words, as a query.
QUERY = r"""
CREATE FUNCTION public.hd_any_of(stems text[]) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT coalesce(string_agg('''' || replace(replace(stem, '\', '\\'), '''', '''''') || '''', ' | '), '')::tsquery
    FROM unnest(stems) AS stem)"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [*EXTENSIONS, *(sql for name in LANGUAGES.values() for sql in configuration(name)),
             CONFIGURATION, PLAIN, STEMS, WORDS, LETTERS, QUERY],
            [
                "DROP FUNCTION public.hd_any_of(text[])", "DROP FUNCTION public.hd_letters(jsonb)",
                "DROP FUNCTION public.hd_words(jsonb, jsonb)", "DROP FUNCTION public.hd_stems(text, text)",
                "DROP FUNCTION public.hd_plain(text)", "DROP FUNCTION public.hd_configuration(text)",
                *(f"DROP TEXT SEARCH CONFIGURATION public.hd_{name}" for name in LANGUAGES.values()),
            ],
        )
    ]
