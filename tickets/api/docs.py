"""What outside programs read first: the index, the OpenAPI 3.1 description and its page. They tell nothing of the tenant."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from tickets.api import base, problems

INDEX = ("tickets", "policy", "policy-explanation", "windows", "companies", "people", "me", "schema", "docs")
REFUSALS = {
    "400": "Malformed, or a field is not as it must be",
    "401": "Nobody is known by this key or session",
    "403": "Not for this role, or the CSRF token is missing",
    "404": "It does not exist, or may not be seen",
    "409": "No policy is in force",
    "422": "Understood, and refused by the policy or by the present state",
}
DESCRIPTION = """
Opens, reads and works tickets, reads the support policy and what it would say, and enters event windows.

**Who asks.** An API key in `Authorization: Bearer hd_…` (made in the admin) acts as one person of this desk; a signed-in
browser uses its session and sends the CSRF token with writes. What a person may not see answers 404.

**Moments** are ISO 8601 with an offset; answers are in UTC. **Lists** come in pages: follow `next` until it is null.
Unknown fields and parameters are refused. **Refusals** are `application/problem+json` (RFC 9457) with `errors` by field.

**Writing twice.** Send `Idempotency-Key` when opening a ticket or writing a message: a repeated request is done once.

**No ticket.** The policy may decline a contact. Opening then answers 200 with `accepted` false, a `pointer` and the reasons.
"""


class Index(base.ApiView):
    """Where things are. The one view of data-less addresses that strangers may read."""

    allowed: ClassVar[dict[str, base.Rule]] = {"GET": base.anybody}
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="index",
        tags=["index"],
        responses=OpenApiTypes.OBJECT,
        auth=[],
    )
    def get(self, request: Request) -> Response:
        """The addresses of what there is."""
        return Response({name.replace("-", "_"): reverse(f"api:{name}") for name in INDEX})


class Schema(SpectacularAPIView):
    """The description is the same for everybody, so it is made once per process."""

    permission_classes = [AllowAny]
    authentication_classes: ClassVar[list[Any]] = []

    def _get_schema_response(self, request: Request) -> Response:
        return Response(
            described(), headers={"Content-Disposition": 'inline; filename="helpdesk-api-v1.yaml"'}
        )


@cache
def described() -> dict[str, Any]:
    return SchemaGenerator(urlconf="helpdesk.urls").get_schema(request=None, public=True)


class Docs(SpectacularSwaggerSplitView):
    permission_classes = [AllowAny]
    authentication_classes: ClassVar[list[Any]] = []
    url_name = "api:schema"
    title = "Helpdesk API"


def with_refusals(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of drf-spectacular: every operation may refuse, and says how."""
    result["info"]["description"] = DESCRIPTION.strip()
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    content = {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for methods in result["paths"].values():
        for method, operation in methods.items():
            operation["summary"] = operation.get("description", "").partition("\n")[0].partition(".")[0]
            if operation["operationId"] == "index":
                continue
            for status, description in REFUSALS.items():
                if status != "422" or method != "get":
                    operation["responses"].setdefault(
                        status, {"description": description, "content": content}
                    )
    return result


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
    },
}
