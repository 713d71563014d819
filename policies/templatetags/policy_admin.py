"""Filters of the policy screens."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from policies import lint
from policies.document import Text, say

register = template.Library()


@register.filter
def said(value: lint.Problem | Text) -> str:
    """A problem's message, or a text of the policy, in the reader's language."""
    text = value.message if isinstance(value, lint.Problem) else value
    return say(text, get_language() or "en")
