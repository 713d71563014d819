"""Who may enter the desk: agents. For customers it does not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from tickets.lifecycle.redacting import may_redact

View = Callable[..., HttpResponse]


def supervisors_only(view: View) -> View:
    """For other agents as for customers: it does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not may_redact(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return agents_only(guarded)


def agents_only(view: View) -> View:
    """A stranger is sent to sign in, also out of a page that has been open for long; a customer meets 404."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            sign_in = redirect_to_login("/desk/" if request.htmx else request.get_full_path())
            return HttpResponse(status=401, headers={"HX-Redirect": sign_in.url}) if request.htmx else sign_in
        if not request.user.is_agent:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
