"""Refusals as application/problem+json (RFC 9457), with `errors`: what is wrong with each field.

400: the request is malformed, or a field is. 401, 403, 404, 405, 415: as usual; what may not be seen is 404.
422: well formed, but refused by the policy or by the state of what it is about. 409: no policy is in force.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as Refusal
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from policies.publishing import NoPolicy

CONTENT_TYPE = "application/problem+json"
WHOLE = "request"  # stands where an error is about no field


class Problem(serializers.Serializer):
    """RFC 9457."""

    type = serializers.CharField(help_text="Always about:blank: `status` and `errors` say what happened.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="By field, with dots into what is nested; `request` for what is about no field.",
    )


class Refused(APIException):
    """Well formed, and refused."""

    status_code = 422

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("It was understood, and refused.")
        self.errors = errors


class NothingInForce(APIException):
    status_code = 409
    default_detail = "No policy is in force here yet."


class NotFoundHere(NotFound):
    def __init__(self, hint: str = "") -> None:
        super().__init__(f"There is nothing at this address.{hint}")


class TooLarge(APIException):
    status_code = 413
    default_detail = "The request is larger than this API accepts."


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """The problem that `error` is; None for what is not expected and therefore a fault of ours."""
    if isinstance(error, Refusal):
        error = Refused(said_by(error))
    if isinstance(error, NoPolicy):
        error = NothingInForce()
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, ValidationError):
        errors, detail = flat(error.detail), "Some fields are not as they must be."
    else:
        errors, detail = getattr(error, "errors", None), str(response.data.get("detail", ""))
    told = {
        "type": "about:blank",
        "title": HTTPStatus(response.status_code).phrase,
        "status": response.status_code,
        "detail": detail,
    }
    response.data = told | ({"errors": errors} if errors else {})
    response.content_type = CONTENT_TYPE
    return response


def said_by(refusal: Refusal) -> dict[str, list[str]]:
    """What a use case refused, by field."""
    named = refusal.message_dict if hasattr(refusal, "error_dict") else {WHOLE: refusal.messages}
    return {WHOLE if name == NON_FIELD_ERRORS else name: list(texts) for name, texts in named.items()}


def flat(detail: Any, at: str = "") -> dict[str, list[str]]:
    """DRF's nested errors as one level: {"fields.os": [...], "copies.2": [...]}."""
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for key, inner in detail.items():
            name = at if key == "non_field_errors" else f"{at}.{key}" if at else str(key)
            found |= flat(inner, name)
        return found
    if isinstance(detail, list) and any(isinstance(inner, dict | list) for inner in detail):
        found = {}
        for place, inner in enumerate(detail):
            if inner:
                found |= flat(inner, f"{at}.{place}" if at else str(place))
        return found
    texts = detail if isinstance(detail, list) else [detail]
    return {at or WHOLE: [str(text) for text in texts]}
