"""Parts of pages that repeat many times, rendered by Jinja2: three times as fast as the engine of the pages around them.

A part gets its words and moments as the pages do: `_`, `icon`, `moment(at, now)`, and the filters of `templatetags.words`.
Everything that it places is escaped, but what says of itself that it is HTML.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.forms.renderers import Jinja2 as JinjaWidgets
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from jinja2 import Environment, FileSystemLoader

from tickets.templatetags import words

_PARTS = Environment(
    loader=FileSystemLoader(settings.BASE_DIR / "templates"), autoescape=True, auto_reload=settings.DEBUG
)
_PARTS.globals |= {"_": gettext, "icon": words.icon, "moment": words.time_tag}
_PARTS.filters |= {
    "markdown": words.markdown,
    "said": words.said,
    "initials": words.initials,
    "file_size": words.file_size,
}


def part(name: str, **context: Any) -> SafeString:
    """templates/<name> with `context`, as HTML."""
    return mark_safe(_PARTS.get_template(name).render(context))


# Widgets too: `default_renderer = WIDGETS` in a form. One for all, because each reads its templates anew.
WIDGETS = JinjaWidgets()
