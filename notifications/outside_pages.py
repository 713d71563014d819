"""Pages and addresses for those who are not signed in: providers' reports, and the way out of a notice."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notifications import accounts, events, leaving
from notifications.models import MailAccount
from notifications.texts import KINDS, NEVER_MUTED
from tenants import links, moment
from tenants.people.models import User

log = logging.getLogger(__name__)
LARGEST = 2_000_000  # bytes of one report


@csrf_exempt
def mail_events(request: HttpRequest, key: str) -> HttpResponse:
    """What became of mail, as the tenant's provider reports it. The answer to a repeated report is the same."""
    account = MailAccount.objects.filter(hook_digest=accounts.digest_of(key)).first()
    if account is None:
        return problem(404, "No mail account has this address.")
    if request.method == "HEAD":  # some providers look first
        return HttpResponse()
    if request.method != "POST":
        return problem(405, "Reports come as POST.", Allow="POST, HEAD")
    try:
        if len(request.body) > LARGEST:
            raise RequestDataTooBig
        known = events.hear(request, account, moment.now())
    except RequestDataTooBig:
        return refused(account, 413, f"A report has at most {LARGEST} bytes.")
    except events.Refused as refusal:
        return refused(account, refusal.status, str(refusal))
    return HttpResponse(json.dumps({"recorded": known}), content_type="application/json")


def refused(account: MailAccount, status: int, detail: str) -> HttpResponse:
    log.warning("a report to the mail account (%s) was refused: %s %s", account.way, status, detail)
    return problem(status, detail)


def problem(status: int, detail: str, **headers: str) -> HttpResponse:
    """RFC 9457."""
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return HttpResponse(
        json.dumps(told), status=status, content_type="application/problem+json", headers=headers
    )


@csrf_exempt  # a mail program's one click has no session: the token is what allows it (RFC 8058)
@never_cache
@require_http_methods(["GET", "POST"])
def off(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """Switch off one kind of notice for the person of the link: a page with a button, or one click."""
    if kind not in KINDS or kind in NEVER_MUTED:
        raise Http404
    row = links.read(token, leaving.purpose(kind), moment.now())
    person = User.objects.filter(pk=row, is_active=True).first() if row else None
    if person is None:
        return render(request, "notifications/off.html", {"is_over": True}, status=410)
    if request.method == "POST":
        leaving.mute(person, kind)
    page = {"label": KINDS[kind].label, "person": person, "is_off": kind in person.muted_notices}
    return render(request, "notifications/off.html", page)
