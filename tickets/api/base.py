"""What every view of the API shares: a rule for each method, JSON in and out, strict queries, pages by cursor.

A new resource is a view with `allowed` (who may, by method), `area` (which scope a key needs) and a line in `urls`; writing
methods are transactions with idempotency key and If-Match by themselves (`writing`), and all of it is in the schema (`openapi`).
"""

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
from tickets.api import limits, problems, scopes, uploads, writing
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


def admins(person: User) -> bool:
    return person.role == User.Role.ADMIN


class ByRule(BasePermission):
    """Nobody, but for the rule that the view has for the method, and a key only with the scope. Asked at each request."""

    message = "This is not for your role."

    def has_permission(self, request: Request, view: ApiView) -> bool:
        if not request.user.is_authenticated:
            return False
        rule = view.allowed.get("GET" if request.method == "HEAD" else request.method)
        if rule is None:
            return True  # without a rule there is no handler either: 405
        scope = scopes.scope_of(view.area, request.method)
        if request.auth is not None and not request.auth.allows(scope):
            raise problems.LacksScope(scope)
        return rule(request.user)


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
    """There is one format to answer in, so what is asked for is not looked at. Forms only where files are welcome."""

    def select_parser(self, request: Request, parsers: list[BaseParser]) -> BaseParser | None:
        kind = (request.content_type or Json.media_type).partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(self, request: Request, renderers: list[Any], format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """Deny by default: `allowed` names who may use each method, `area` what a key must be for. A handler without either is an
    error at import. `calls`: the field of a body that holds an address to be called from here. `state`: the one resource
    behind an address as it is now (`lock`: and stays), for ETag and If-Match."""

    allowed: ClassVar[dict[str, Rule]] = {}
    area: ClassVar[str | None] = None
    calls: ClassVar[str] = ""
    state: Callable[..., Any] | None = None
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
            if hasattr(cls, method) and cls.area not in scopes.AREAS:
                raise TypeError(f"{cls.__name__} is of no area that a scope is for")
            if method != "get" and method in cls.__dict__:
                setattr(cls, method, writing.in_one_transaction(cls.__dict__[method]))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who asks, and whether they ask too much: counted before anything else is looked at."""
        self.perform_authentication(request)
        if request.user.is_authenticated:
            self.standing = limits.count(request)
            if self.standing.used > self.standing.limit:
                raise limits.TooMany(self.standing)
        super().initial(request, *args, **kwargs)

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return problems.answer

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        if hasattr(self, "standing"):
            for name, value in self.standing.headers().items():
                response.headers[name] = value
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
    sent, is_form = request.data, hasattr(request.data, "lists")
    files = []
    if is_form:
        sent = uploads.plain(sent, accepted)
        files = uploads.files_of(sent)
    known = {"person": request.user, "typed": not is_form, "looked_up": request.looked_up}
    checked = accepted(data=sent, context=known | context)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data) | ({"files": files} if is_form else {})


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
