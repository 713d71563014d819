"""Asking for an account with the address of a purchase (ZP04). The answer is the same whatever the address is."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from notifications.forms import ForgottenForm
from tenants import moment
from tenants.people import throttle
from tickets.entitlement import policy_at
from tickets.registration import ask_for_account

HOUR = timedelta(hours=1)
MAILS_PER_ADDRESS, TRIES_PER_SOURCE = 3, 30


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The form, or, where accounts are made otherwise, how one gets an account."""
    if request.user.is_authenticated:
        return redirect("home")
    at = moment.now()
    policy = policy_at(at)
    if policy is None or policy.who_may_ask != "purchases":
        return render(request, "people/register_by_staff.html")
    form = ForgottenForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "people/register.html", {"form": form}, status=422 if form.errors else 200)
    email = form.cleaned_data["email"].lower()
    with transaction.atomic():
        source = throttle.source_of(request)
        by_source = throttle.allows("register/source", source, at, most=TRIES_PER_SOURCE, period=HOUR)
        by_address = throttle.allows("register/address", email, at, most=MAILS_PER_ADDRESS, period=HOUR)
        if by_source and by_address:
            ask_for_account(email, at=at)
    return redirect("portal:register-sent")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "people/register_sent.html")
