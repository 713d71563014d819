"""{% jinja "desk/bar.jinja" %}: a part rendered by Jinja2 (tickets/jinja.py) with all that the page around it knows."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from tickets import jinja as parts

register = template.Library()


@register.simple_tag(takes_context=True)
def jinja(context: template.Context, name: str) -> SafeString:
    return parts.part(name, **context.flatten())
