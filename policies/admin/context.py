"""What the screens of the draft share: who may see them, their frame, and what stands unpublished."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from policies import codec, draft, lint, publishing
from policies.document import say
from tenants.moment import now

View = Callable[..., HttpResponse]


def for_admins(view: View) -> View:
    """Only administrators of this desk come in; others are asked to sign in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return admin.site.admin_view(view)(request, *args, **kwargs)

    return guarded


def page(request: HttpRequest, template: str, title: Any, status: int = 200, **context: Any) -> HttpResponse:
    """A page in the frame of the admin."""
    request.current_app = admin.site.name
    framed = admin.site.each_context(request) | {"title": title, "draft": draft_summary(request)} | context
    return render(request, template, framed, status=status)


def draft_summary(request: HttpRequest) -> dict[str, Any]:
    """The draft beside what is in force: how many changes, what is wrong. Worked out once a request."""
    if not hasattr(request, "_draft_summary"):
        request._draft_summary = _summary(now(), get_language() or "en")
    return request._draft_summary


def said(problem: lint.Problem, language: str) -> str:
    return say(problem.message, language)


def _summary(at: datetime, language: str) -> dict[str, Any]:
    try:
        preview = publishing.preview(at=at, language=language)
    except draft.NoDraft:
        return {"exists": False, "at": at, "version": None, "differences": [], "errors": [], "warnings": []}
    except codec.DocumentError as error:
        problem = lint.Problem(error.path, "error", {"en": error.message})
        return {
            "exists": True,
            "at": at,
            "version": None,
            "differences": [],
            "errors": [problem],
            "warnings": [],
        }
    return {
        "exists": True,
        "at": at,
        "policy": preview.policy,
        "preview": preview,
        "state": draft.state(),
        "version": preview.base,
        "differences": preview.differences,
        "errors": preview.errors,
        "warnings": [problem for problem in preview.problems if problem.severity != "error"],
        "planned": preview.overtaken,
    }
