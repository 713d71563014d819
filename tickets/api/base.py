"""What every view of the API shares: a rule for each method, JSON in and out, strict queries, pages by cursor."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import get_language
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from tenants.people.models import User
from tickets.api import problems
from tickets.api.authentication import ApiKeyAuthentication
from tickets.api.fields import Strict

LARGEST = 1_000_000  # bytes of one request
PAGE, LARGEST_PAGE = 50, 200

HALF = re.compile(rb"\\u[dD][89a-fA-F]")  # the escape of a surrogate, of which two make a character

Rule = Callable[[User], bool]


def anybody(person: User) -> bool:
    """Whoever is signed in; what they see is decided by `access`."""
    return True


def agents(person: User) -> bool:
    return person.is_agent


class ByRule(BasePermission):
    """Nobody, but for the rule that the view has for the method."""

    message = "Only agents may do this."

    def has_permission(self, request: Request, view: ApiView) -> bool:
        if not request.user.is_authenticated:
            return False
        rule = view.allowed.get("GET" if request.method == "HEAD" else request.method)
        return rule is None or rule(request.user)  # without a rule there is no handler either: 405


class Json(BaseParser):
    """Strict, bounded JSON."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise problems.TooLarge()
        try:
            value = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
            if HALF.search(raw):
                json.dumps(
                    value, ensure_ascii=False
                ).encode()  # half a character is no text: UnicodeEncodeError
            return value
        except (ValueError, RecursionError) as error:  # Unicode errors are ValueErrors
            raise ParseError(f"This is not JSON in UTF-8: {str(error)[:200]}") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


class OnlyJson(BaseContentNegotiation):
    """There is one format, so what is asked for is not looked at."""

    def select_parser(self, request: Request, parsers: list[BaseParser]) -> BaseParser | None:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return parsers[0] if kind in ("", Json.media_type) else None

    def select_renderer(self, request: Request, renderers: list[Any], format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """Deny by default: `allowed` names who may use each method, and a handler without a rule is an error at import."""

    allowed: ClassVar[dict[str, Rule]] = {}
    authentication_classes = [ApiKeyAuthentication, SessionAuthentication]
    permission_classes = [ByRule]
    parser_classes = [Json]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = OnlyJson
    metadata_class = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for method in ("get", "post", "put", "patch", "delete"):
            if hasattr(cls, method) and method.upper() not in cls.allowed:
                raise TypeError(f"{cls.__name__} has no rule for {method.upper()}")

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return problems.answer

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class Nowhere(ApiView):
    """Any other address under the API: a problem, not a page."""

    allowed = {}
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        hint = "" if request.path.endswith("/") else " Addresses end with a slash."
        raise problems.NotFoundHere(hint)


def body(request: Request, accepted: type[Strict], **context: Any) -> dict[str, Any]:
    """What was sent, checked by `accepted`; a refusal names every field at once."""
    checked = accepted(data=request.data, context={"person": request.user, **context})
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def query(request: Request, accepted: type[Strict], **context: Any) -> dict[str, Any]:
    """The parameters of the address, checked alike."""
    many = {name for name, field in accepted().fields.items() if hasattr(field, "child")}
    sent = {name: values if name in many else values[-1] for name, values in request.query_params.lists()}
    checked = accepted(data=sent, context={"person": request.user, **context})
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def language(request: Request) -> str:
    """The person's own where they are signed in, else what `Accept-Language` asks for."""
    return get_language() or "en"


# --- pages ------------------------------------------------------------------------------------------------------------


def page(
    request: Request,
    rows: QuerySet[Any],
    asked: dict[str, Any],
    show: Callable[[list[Any]], Any],
    *,
    newest_first: bool = True,
) -> Response:
    """One page by the rows' ids, read from where the last one ended: {"next": address or null, "results": [...]}."""
    limit = asked.get("page_size", PAGE)
    if asked.get("cursor"):
        key = place(asked["cursor"])
        rows = rows.filter(id__lt=key) if newest_first else rows.filter(id__gt=key)
    found = list(rows.order_by("-id" if newest_first else "id")[: limit + 1])
    following = None
    if len(found) > limit:
        found = found[:limit]
        following = replace_query_param(request.build_absolute_uri(), "cursor", token(found[-1].pk))
    return Response({"next": following, "results": show(found)})


def token(key: int) -> str:
    return base64.urlsafe_b64encode(f"id:{key}".encode()).decode().rstrip("=")


def place(cursor: str) -> int:
    try:
        kind, _, key = (
            base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").partition(":")
        )
    except (binascii.Error, ValueError):
        kind, key = "", ""
    if kind != "id" or not key.isdecimal() or len(key) > 18:
        raise ValidationError({"cursor": ["Take it from the `next` of the page before."]})
    return int(key)
