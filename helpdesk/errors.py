"""What is seen when we failed: a calm page (for programs a problem) with an id, by which the log tells the rest."""

from __future__ import annotations

import logging
import secrets

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template import loader

log = logging.getLogger(__name__)


def failed(request: HttpRequest) -> HttpResponse:
    error_id = secrets.token_hex(4)
    log.error("error %s at %s %s", error_id, request.method, request.path)
    if request.path.startswith("/api/"):
        told = {
            "title": "Internal Server Error",
            "detail": f"We failed; our log tells the rest under {error_id}.",
        }
        problem = {"type": "about:blank", "status": 500} | told
        return JsonResponse(problem, status=500, content_type="application/problem+json")
    return HttpResponse(loader.render_to_string("500.html", {"error_id": error_id}), status=500)


def nowhere(request: HttpRequest, **given: str) -> HttpResponse:
    """An address that the framework offers and this product has no use for."""
    raise Http404
