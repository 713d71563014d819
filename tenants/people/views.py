"""Signing in and out, choosing a password behind a signed link, one's own profile, the language switch."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from tenants import moment
from tenants.audit import trail
from tenants.customers.models import Desk
from tenants.people import doors, languages
from tenants.people.access import signed_in
from tenants.people.forms import ChangePasswordForm, NewPasswordForm, ProfileForm, SignInForm
from tenants.people.throttle import source_of

BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignIn(LoginView):
    """Throttled per account and source (axes); the session's key is new afterwards. Nobody signs in twice."""

    form_class = SignInForm
    template_name = "people/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: SignInForm) -> HttpResponse:
        answer = super().form_valid(form)
        noted(self.request, trail.SIGNED_IN)
        return answer


def noted(request: HttpRequest, action: str) -> None:
    trail.note(action, by=request.user, at=moment.now(), source=source_of(request))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        noted(request, trail.SIGNED_OUT)
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("sign-in")


@never_cache
@sensitive_post_parameters("new_password1", "new_password2")
def choose_password(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind a mailed link: opening it changes nothing (scanners do), its button does, once."""
    person = doors.person_at(token, moment.now())
    if person is None:
        return render(request, "people/link_over.html", status=410)
    invited = not person.has_usable_password()
    desk = Desk.objects.first() or Desk()
    form = NewPasswordForm(person, request.POST or None, asks_name=invited, desk_languages=desk.languages)
    if request.method == "POST" and form.is_valid():
        form.save()
        login(request, person, backend=BACKEND)
        noted(request, trail.CHOSE_PASSWORD)
        with override(person.language):
            messages.success(request, _("Your password is set, and you are signed in."))
        return redirect("home")
    return render(
        request, "people/choose_password.html", {"form": form, "person": person, "invited": invited}
    )


@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    desk = Desk.objects.first() or Desk()
    form = ProfileForm(request.POST or None, instance=request.user, desk_languages=desk.languages)
    if request.method == "POST" and form.is_valid():
        person = form.save()
        with override(person.language):
            messages.success(request, _("Your profile is saved."))
        return remember_language(redirect("profile"), request, person.language)
    return render(request, "people/profile.html", {"form": form})


@signed_in
@sensitive_post_parameters("old_password", "new_password1", "new_password2")
def change_password(request: HttpRequest) -> HttpResponse:
    form = ChangePasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        noted(request, trail.CHOSE_PASSWORD)
        update_session_auth_hash(request, form.user)  # this session stays, all others of this person end
        messages.success(
            request, _("Your password is changed. Wherever else you were signed in, you no longer are.")
        )
        return redirect("change-password")
    return render(request, "people/change_password.html", {"form": form})


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Kept in a cookie for visitors, in their profile for people."""
    desk = Desk.objects.first() or Desk()
    language = request.POST.get("language", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = redirect(back)
    if language not in dict(languages.choices(desk.languages)):
        return response
    if request.user.is_authenticated:
        request.user.language = language
        request.user.save(update_fields=["language"])
    return remember_language(response, request, language)


def remember_language(response: HttpResponse, request: HttpRequest, language: str) -> HttpResponse:
    response.set_cookie(
        languages.COOKIE,
        language,
        max_age=languages.COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response
