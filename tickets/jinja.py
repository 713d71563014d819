"""Parts of pages that repeat many times or stand on every page agents open, rendered by Jinja2: three times as fast as
the engine of the pages around them, and their words are looked up once a language.

A part gets its words and moments as the pages do: `_`, `ngettext`, `icon`, `url`, `moment(at, now)`, `due(at, now)`, and
the filters of `templatetags.words`. Everything that it places is escaped, but what says of itself that it is HTML.
A page brings one in with `part()`, a template of Django's with `{% jinja "desk/bar.jinja" %}` (templatetags/jinja.py).
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.forms.renderers import Jinja2 as JinjaWidgets
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import Environment, FileSystemLoader

from tickets.templatetags import desk, words

PLACES = ("7000000001", "7000000002")  # stand for a number in an address until it is known


def address(name: str, *args: object) -> str:
    """`url("desk:ticket", 42)`. Where only numbers vary, what Django makes of the name is asked once."""
    if not all(type(arg) is int for arg in args):
        return reverse(name, args=args)
    return _form_of_address(name, len(args)).format(*args)


@lru_cache
def _form_of_address(name: str, numbers: int) -> str:
    places = PLACES[:numbers]
    form = reverse(name, args=places)
    for place in places:
        form = form.replace(place, "{}")
    return form


def csrf_input(token: str) -> SafeString:
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)


def long_moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


_PARTS = Environment(
    loader=FileSystemLoader(settings.BASE_DIR / "templates"), autoescape=True, auto_reload=settings.DEBUG
)
_PARTS.globals |= {
    "ngettext": ngettext,
    "icon": words.icon,
    "url": address,
    "csrf_input": csrf_input,
    "moment": words.time_tag,
    "due": words.countdown,
}
_PARTS.filters |= {
    "markdown": words.markdown,
    "said": words.said,
    "initials": words.initials,
    "file_size": words.file_size,
    "capfirst": capfirst,
    "localized": localize,
    "long_moment": long_moment,
    "clock_word": desk.clock_word,
    "clock_shape": desk.clock_shape,
    "clock_tone": desk.clock_tone,
    "situation_word": desk.situation_word,
    "left": desk.left,
}


def part(name: str, **context: Any) -> SafeString:
    """templates/<name> with `context`, as HTML."""
    return mark_safe(_PARTS.get_template(name).render(context, _=_words(get_language()).__getitem__))


class _Words(dict[str, str]):
    """msgid -> what it is called in the one language that it is asked in."""

    def __missing__(self, msgid: str) -> str:
        said = self[msgid] = gettext(msgid)
        return said


@lru_cache
def _words(language: str | None) -> _Words:
    """Of the active language: fills itself with what the parts ask for, which is no more than they say."""
    return _Words()


# Widgets too: `default_renderer = WIDGETS` in a form. One for all, because each reads its templates anew.
WIDGETS = JinjaWidgets()
