"""Somebody in copy leaves the conversation, by the link that their mails carry (RFC 8058): a page with a button, or one click."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tenants import links
from tenants.moment import now
from tenants.people import languages
from tickets import lifecycle
from tickets.models import Participant


@csrf_exempt  # a mail program's one click has no session: the token is what allows it
@never_cache
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """The token names a participant. Whoever has left, and whose link is forged, foreign or old, gets the same page."""
    at = now()
    row = links.read(token, "leave", at)
    copies = Participant.objects.select_related("ticket__requester")
    copy = copies.filter(pk=row).first() if row is not None else None
    if copy is None:
        return render(request, "portal/link_expired.html", {"at": at}, status=410)
    if request.method == "POST":
        lifecycle.leave_conversation(copy, at=at)
    page = {"ticket": copy.ticket, "address": copy.address, "has_left": request.method == "POST", "at": at}
    with languages.reading(request, copy.ticket.language):
        return render(request, "portal/leave.html", page)
