"""The page behind an alert's link: what has happened, and a button. A GET takes nothing: scanners click."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from policies.publishing import policy_of
from tenants.moment import now
from tickets.duty import alerting, claims, emergencies
from tickets.duty.models import Alert, Emergency
from tickets.facts import first_words


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim_page(request: HttpRequest, token: str) -> HttpResponse:
    at = now()
    alert = alerting.opened_by(token, at)
    if alert is None:
        response = render(request, "portal/link_expired.html", {"at": at, "reader": "duty"}, status=410)
    else:
        with translation.override(alert.person.language), timezone.override(alert.person.timezone):
            response = _taken(request, alert, at) if request.method == "POST" else _page(request, alert, at)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _taken(request: HttpRequest, alert: Alert, at: datetime) -> HttpResponse:
    try:
        claims.claim(alert.emergency.ticket, by=alert.person, at=at)
    except ValidationError as refusal:
        return _page(request, alert, at, refused=" ".join(refusal.messages), status=409)
    return redirect(request.path)  # which says who has it


def _page(
    request: HttpRequest, alert: Alert, at: datetime, refused: str = "", status: int = 200
) -> HttpResponse:
    ticket = alert.emergency.ticket
    row = emergencies.of(ticket) or _last_of(alert)
    policy = policy_of(ticket.policy_version)
    context = {
        "at": at,
        "ticket": ticket,
        "emergency": row,
        "person": alert.person,
        "words": first_words(ticket),
        "conditions": emergencies.conditions_of(row, policy, translation.get_language() or "en"),
        "is_over": row.ended_at is not None or not ticket.is_unresolved,
        "refused": refused,
    }
    return render(request, "duty/claim.html", context, status=status)


def _last_of(alert: Alert) -> Emergency:
    return Emergency.objects.select_related("claimed_by").get(pk=alert.emergency_id)
