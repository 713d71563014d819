"""Kinds of columns in the draft's tables: keys, texts by language, lists."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


def a_key(**options: Any) -> models.CharField:
    return models.CharField(_("key"), max_length=80, **options)


def texts(label: Any = "", **options: Any) -> models.JSONField:
    """A text by language."""
    return models.JSONField(label, default=dict, blank=True, **options)


def keys(label: Any = "") -> ArrayField:
    """A list of keys or words; empty where the document's tuple is. (A varchar array would be cut in silence: the cast does.)"""
    return ArrayField(models.TextField(), verbose_name=label, default=list, blank=True)


def many(label: Any = "") -> models.JSONField:
    """A list of texts, durations or warnings, each as `policies.codec` writes it."""
    return models.JSONField(label, default=list, blank=True)


def choices(values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]
