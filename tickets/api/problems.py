"""Refusals as application/problem+json (RFC 9457), with `errors`: what is wrong with each field.

400: the request is malformed, or a field is. 401, 403, 404, 405, 413, 415: as usual; what may not be seen is 404.
409: it met a change of somebody else, or no policy is in force. 412: If-Match names an older state. 422: well formed, but
refused by the policy or by the state of what it is about. 429: too many in a minute.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as Refusal
from django.db import DataError
from django.http import UnreadablePostError
from rest_framework.exceptions import APIException, NotFound, ParseError, PermissionDenied, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from policies.publishing import NoPolicy

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
WHOLE = "request"  # stands where an error is about no field


PROBLEM = {
    "type": "object",
    "description": "RFC 9457.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["about:blank"]},
        "title": {"type": "string", "examples": ["Bad Request"]},
        "status": {"type": "integer", "examples": [400]},
        "detail": {"type": "string"},
        "errors": {
            "type": "object",
            "description": "By field, with dots into what is nested; `request` for what is about no field.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
            "examples": [{"summary": ["This field is required."]}],
        },
        "scope": {
            "type": "string",
            "description": "The scope that the key lacks.",
            "examples": ["tickets:write"],
        },
    },
}


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


class LacksScope(PermissionDenied):
    """The key is good, and not for this. RFC 6750 has the header."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"This key lacks the scope {scope}: an admin makes one that has it.")
        self.scope = scope
        self.extra = {"scope": scope}


class Conflict(APIException):
    """It was decided on a state that is no more."""

    status_code = 409


class TooLarge(APIException):
    status_code = 413
    default_detail = "The request is larger than this API accepts."


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """The problem that `error` is; None for what is not expected and therefore a fault of ours."""
    error = expected(error)
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
    response.data = told | ({"errors": errors} if errors else {}) | getattr(error, "extra", {})
    response.content_type = CONTENT_TYPE
    if isinstance(error, LacksScope):
        response.headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{error.scope}"'
    return response


def expected(error: Exception) -> Exception:
    """What the layers below say, in the words of HTTP."""
    if isinstance(error, Refusal):
        return Refused(said_by(error))
    if isinstance(error, NoPolicy):
        return NothingInForce()
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, SuspiciousOperation | UnreadablePostError):
        return ParseError("The request could not be read to its end.")
    if isinstance(error, DataError):  # no field refused it, and the database did
        log.warning("a value that no field refuses: %s", error)
        return ParseError("A value is outside of what can be kept.")
    return error


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
