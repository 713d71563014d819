"""Refusals of the chat's door as problem+json (RFC 9457), with `errors` by field."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse

View = Callable[..., HttpResponse]


class Refused(Exception):
    def __init__(self, status: int, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.more = status, detail, more


def speaks_problems(view: View) -> View:
    """A `Refused` or a use case's ValidationError inside the view becomes its answer."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refused as refusal:
            return problem(refusal.status, refusal.detail, **refusal.more)
        except ValidationError as refusal:
            named = refusal.message_dict if hasattr(refusal, "error_dict") else {"body": refusal.messages}
            errors = {
                "body" if name == NON_FIELD_ERRORS else name: list(said) for name, said in named.items()
            }
            return problem(422, " ".join(next(iter(errors.values()))), errors=errors)

    return answered


def problem(status: int, detail: str, *, retry_after: int | None = None, **more: Any) -> JsonResponse:
    said = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    } | more
    response = JsonResponse(said, status=status, content_type="application/problem+json")
    response["Cache-Control"] = "no-store"
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response
