"""Pages in the schema: what `base.page` answers, for each kind of row."""

from __future__ import annotations

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers


def paged(row: type[serializers.Serializer]) -> serializers.Serializer:
    fields = {
        "next": serializers.URLField(
            allow_null=True, help_text="The next page; null where this is the last."
        ),
        "results": row(many=True),
    }
    return inline_serializer(f"{row.__name__}Page", fields)
