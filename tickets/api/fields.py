"""Fields that refuse what they do not know: moments with their offset, serializers without unknown keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from policies.explanation import moment
from tenants import outside
from tenants.moment import FIRST_YEAR, LAST_YEAR

LOST_PLUS = re.compile(
    r"(?<=\d) (\d\d:?\d\d)$"
)  # in an address a "+" that was not escaped arrives as a blank


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(serializers.Field):
    """ISO 8601. Out: UTC with Z, whole seconds. In: with an offset, because without one it could mean anything."""

    default_error_messages = {
        "invalid": "Write a moment as ISO 8601 with its offset, for example 2026-11-23T08:00:00-03:00.",
        "range": f"Only moments of the years {FIRST_YEAR} to {LAST_YEAR} make sense here.",
    }

    def to_internal_value(self, data: Any) -> datetime:
        written = data.strip()[:40] if isinstance(data, str) else ""
        try:
            at = datetime.fromisoformat(LOST_PLUS.sub(r"+\1", written) if "T" in written else written)
        except ValueError:
            self.fail("invalid")
        if at.tzinfo is None:
            self.fail("invalid")
        if not FIRST_YEAR <= at.year <= LAST_YEAR:
            self.fail("range")
        return at.astimezone(UTC).replace(microsecond=0)

    def to_representation(self, value: datetime) -> str | None:
        return moment(value)


class CalledAddress(serializers.CharField):
    """An address that is called from here. DNS was asked for it before the transaction (`writing.look_up`); what that found
    stands in the context."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=outside.LONGEST, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        url = super().to_internal_value(data)
        refusal = self.context["looked_up"].get(url, "This is not an address that can be called.")
        if refusal:
            raise ValidationError(refusal)
        return url


class Strict(serializers.Serializer):
    # An unknown key is an error: a misspelt field must not be lost silently. In JSON (`typed`) a number is no text and a
    # text no number. (A docstring would stand in the schema.)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            for key, value in data.items():
                if key not in self.fields:
                    errors[str(key)[:100]] = ["There is no such field here."]
                elif self.context.get("typed") and (wrong := mistyped(self.fields[key], value)):
                    errors[key] = [wrong]
        try:
            value = super().to_internal_value(data)
        except ValidationError as error:
            errors |= error.detail
        if errors:
            raise ValidationError(errors)
        return value


KINDS: tuple[tuple[tuple[type, ...], tuple[type, ...], str], ...] = (
    ((serializers.BooleanField,), (bool,), "Write true or false."),
    ((serializers.IntegerField,), (int,), "Write a number."),
    ((serializers.ListField,), (list,), "Write a list."),
    ((serializers.DictField,), (dict,), "Write an object."),
    (
        (serializers.CharField, serializers.ChoiceField, serializers.UUIDField, Moment),
        (str,),
        "Write a text.",
    ),
)


def mistyped(field: serializers.Field, value: Any) -> str:
    """What is wrong with the JSON type of `value`; "" where nothing is. null is for the field itself to judge."""
    if value is None:
        return ""
    for fields, types, sentence in KINDS:
        if isinstance(field, fields):
            wrong = not isinstance(value, types) or (isinstance(value, bool) and bool not in types)
            if wrong:
                return sentence
            if isinstance(field, serializers.ListField):
                return next((said for each in value if (said := mistyped(field.child, each))), "")
            return ""
    return ""


class Paged(Strict):
    cursor = serializers.CharField(
        required=False, max_length=100, help_text="From the `next` of the page before."
    )
    page_size = serializers.IntegerField(
        required=False, min_value=1, max_value=200, help_text="50 if not given."
    )


class OneOf(serializers.CharField):
    """A key of the policy in force. `part` names it in the refusal; the view puts the policy into the context."""

    default_error_messages = {"unknown": "There is no {part} “{chosen}” here; there are: {legal}."}

    def __init__(self, part: str, legal: Any, **kwargs: Any) -> None:
        super().__init__(max_length=60, **kwargs)
        self.part, self.legal = part, legal

    def to_internal_value(self, data: Any) -> str:
        key = super().to_internal_value(data)
        legal: Iterable[str] = self.legal(self.context["policy"])
        if key and key not in legal:
            self.fail("unknown", part=self.part, chosen=key, legal=", ".join(legal) or "none")
        return key
