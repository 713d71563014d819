"""Filters of the policy screens."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.translation import get_language

from policies import draft, lint, models
from policies.document import Text, say

register = template.Library()


@register.filter
def said(value: lint.Problem | Text) -> str:
    """A problem's message, or a text of the policy, in the reader's language."""
    text = value.message if isinstance(value, lint.Problem) else value
    return say(text, get_language() or "en")


@register.filter
def place(problem: lint.Problem) -> str:
    """The form of the row that a problem is about; "" where there is none."""
    from policies.admin.checking import (  # unfold loads all tag libraries while it is being imported
        PATH,
        row_of,
    )

    if (row := row_of(problem.path)) is not None:
        if isinstance(row, models.Calendar):
            return reverse("policy_admin:hours", args=[row.key])
        return reverse(f"admin:policies_{row._meta.model_name}_change", args=[row.pk])
    if not PATH.fullmatch(problem.path) and problem.path.split(".")[0] in draft.GENERAL:
        return reverse("admin:policies_general_change", args=[1])
    return ""
