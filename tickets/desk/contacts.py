"""Contacts that became no ticket, and why (ZP01, SL04)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from policies.document import say
from policies.publishing import policy_of, version_in_force
from tenants.moment import now
from tickets.models import Contact

from .guard import agents_only
from .rows import Names

PAGE = 50


@agents_only
@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    at, language = now(), get_language() or "en"
    names = Names(policy_of(version_in_force(at)))
    found = Contact.objects.order_by("-id")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 18:
        found = found.filter(pk__lt=int(before))
    found = list(found[: PAGE + 1])
    rows = [
        {
            "contact": contact,
            "channel": names.channels.get(contact.channel, contact.channel),
            "outcome": names.outcomes.get(contact.outcome, contact.outcome),
            "because": [say(text, language) if isinstance(text, dict) else text for text in contact.because],
        }
        for contact in found[:PAGE]
    ]
    older = found[PAGE - 1].pk if len(found) > PAGE else None
    return render(request, "desk/contacts.html", {"rows": rows, "older": older, "at": at})
