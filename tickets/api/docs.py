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

from tickets.api import base


class Index(base.ApiView):
    """Where things are. The one view of data-less addresses that strangers may read."""

    allowed: ClassVar[dict[str, base.Rule]] = {"GET": base.anybody}
    area = ""
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="index",
        tags=["index"],
        responses=OpenApiTypes.OBJECT,
        auth=[],
    )
    def get(self, request: Request) -> Response:
        """The addresses of what there is."""
        from tickets.api.urls import urlpatterns

        named = [
            each.name
            for each in urlpatterns
            if each.name and "<" not in str(each.pattern) and hasattr(each.callback.view_class, "get")
        ]
        return Response({name.replace("-", "_"): reverse(f"api:{name}") for name in named if name != "index"})


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
