"""Who may see a page: a rule for each view, said in one line above it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from tenants.people.models import User

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Anybody of this tenant; a stranger is sent to sign in, also out of a page that stood open for long."""
    return _guard(view, lambda person: True)


def agent_required(view: View) -> View:
    """People who work on our side; a customer meets 403."""
    return _guard(view, lambda person: person.is_agent)


def admin_required(view: View) -> View:
    """Admins of this desk; anybody else meets 403."""
    return _guard(view, lambda person: person.role == User.Role.ADMIN)


def _guard(view: View, may: Callable[[User], bool]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            if getattr(request, "htmx", False):
                return HttpResponse(status=401, headers={"HX-Redirect": redirect_to_login("/").url})
            return redirect_to_login(request.get_full_path())
        if not may(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
