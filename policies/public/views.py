"""The public page of the policy in force. Needs no sign-in; every figure comes from the field that the engine reads."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from policies import publishing
from policies.public.page import page_of
from tenants.moment import now


def page(request: HttpRequest) -> HttpResponse:
    at = now()
    try:
        version = publishing.version_in_force(at)
    except publishing.NoPolicy:
        return render(request, "policy/none.html", status=404)
    policy = publishing.policy_of(version)
    context = page_of(policy, at, get_language() or policy.language)
    began_on = version.effective_from.astimezone(ZoneInfo(policy.tz)).date()
    context |= {"version": version, "policy": policy, "is_dated_alike": began_on == policy.effective_on}
    return render(request, "policy/page.html", context)
