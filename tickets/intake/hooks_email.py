"""The web hook of a door for e-mail: verified by the key in its address and by the provider's own way, stored, then answered."""

from __future__ import annotations

import json
from datetime import datetime

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tickets.intake import storing
from tickets.intake.email.bounds import Unreadable
from tickets.intake.email.copies import header_text, known_by
from tickets.intake.email.unpacking import Posted, view_of
from tickets.intake.kind import Setting
from tickets.intake.models import Door

MAX_REQUEST = 60_000_000  # a mail of 40 MB in JSON's base64
PROVIDERS = (
    ("mailgun", "Mailgun"),
    ("postmark", "Postmark"),
    ("amazon_ses", "Amazon SES"),
    ("sendgrid", "SendGrid"),
    ("brevo", "Brevo"),
    ("mime", _("Own mail server (the mail itself is posted)")),
)
SETTINGS = (
    Setting("provider", _("Provider"), shape="choice", choices=PROVIDERS, default="mailgun"),
    Setting(
        "signing_key", _("Signing key"), _("Mailgun: the HTTP webhook signing key. Others sign nothing: leave it empty."),
        is_secret=True, is_required=False,
    ),
    Setting(
        "password", _("User and password of the web hook"),
        _("As user:password, if the provider sends them too (put before the host of the address)."),
        is_secret=True, is_required=False,
    ),
    Setting(
        "api_key", _("API key"), _("Brevo: by which attachments are fetched."), is_secret=True, is_required=False
    ),
    Setting(
        "aws_access_key_id", _("AWS access key"),
        _("Amazon SES with S3 only, which needs both keys: mails that lie in S3 are not read without them."),
        is_required=False,
    ),
    Setting(
        "aws_secret_access_key", _("AWS secret key"), _("Amazon SES with S3: needed together with the access key."),
        is_secret=True, is_required=False,
    ),
    Setting("aws_region", _("AWS region"), _("Such as eu-west-1."), is_required=False),
    Setting(
        "authserv_id", _("Name of the checking server"),
        _("As it stands first in Authentication-Results of mails that come in. Empty: the topmost header counts."),
        is_required=False,
    ),
)  # fmt: skip


def hear(request: HttpRequest, door: Door, at: datetime) -> HttpResponse:
    """Verify, store, say 200. A repeated request is stored once and answered alike."""
    from tickets.intake.hooks import refused

    provider = str(door.config.get("provider") or "")
    if request.method == "HEAD":
        return HttpResponse()
    if request.method != "POST":
        return refused(door, 405, "This address takes POST alone.", Allow="POST, HEAD")
    options = door.config | door.read_secrets()
    try:
        posted = _posted(request, provider)
        if provider == "mailgun" and not options.get("signing_key"):
            return refused(door, 403, "This door has no signing key yet: requests cannot be verified.")
        if provider != "mime":
            view_of(provider, options).run_validators(posted)
        elif options.get("password") and not _has_password(posted, options["password"]):
            return refused(door, 401, "The user or the password is wrong.", **{"WWW-Authenticate": "Basic"})
        for part, known_as in parts(posted):
            storing.receive(door, external_id=known_as, raw=part.stored(), at=at)
    except AnymailWebhookValidationFailure as trouble:
        status = 401 if options.get("password") and "HTTP_AUTHORIZATION" not in request.META else 403
        more = {"WWW-Authenticate": 'Basic realm="hook"'} if status == 401 else {}
        return refused(door, status, str(trouble), **more)
    except (Unreadable, AnymailError, KeyError, TypeError, ValueError, AttributeError, IndexError) as trouble:
        return refused(door, 400, f"This is no request of {provider}: {type(trouble).__name__}.")
    return HttpResponse("stored", content_type="text/plain")


def _posted(request: HttpRequest, provider: str) -> Posted:
    """The whole request within our bound. Django's own limit is for forms that people fill in."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > MAX_REQUEST:
        raise RequestDataTooBig
    body = request.read(MAX_REQUEST + 1)
    if len(body) > MAX_REQUEST:
        raise RequestDataTooBig
    posted = Posted(provider, request.META.get("CONTENT_TYPE", ""), body, dict(request.META))
    posted.read_form()
    return posted


def _has_password(posted: Posted, wanted: str) -> bool:
    from anymail.utils import get_request_basic_auth
    from django.utils.crypto import constant_time_compare

    return constant_time_compare(get_request_basic_auth(posted) or "", wanted)


# --- one mail each, and by what it is known -----------------------------------------------------------------------------


def parts(posted: Posted) -> list[tuple[Posted, str]]:
    """The request split into single mails (Brevo sends several), each with what tells a repetition."""
    if posted.provider == "brevo":
        items = posted.json()["items"]
        singles = [
            Posted("brevo", "application/json", json.dumps({"items": [item]}).encode()) for item in items
        ]
        return [(one, known_by(_headers_of(one))) for one in singles]
    return [(posted, known_by(_headers_of(posted)))]


def _headers_of(posted: Posted) -> str:
    """The mail's own headers, wherever this provider puts them; "" where they are not at hand."""
    form = posted.POST
    if posted.provider == "mime":
        return header_text(posted.body)
    if posted.provider == "mailgun":
        listed = json.loads(form.get("message-headers") or "[]")
        return _listed(listed) if listed else form["body-mime"][:200_000]
    if posted.provider == "sendgrid":
        return form.get("headers") or form["email"][:200_000]
    if posted.provider == "postmark":
        told = posted.json()
        return told.get("RawEmail", "")[:200_000] or _listed(
            [[h["Name"], h["Value"]] for h in told.get("Headers") or []]
        )
    if posted.provider == "brevo":
        item = posted.json()["items"][0]
        return _listed(
            [(n, v if isinstance(v, str) else v[0]) for n, v in (item.get("Headers") or {}).items()]
        )
    outer = posted.json()
    if outer.get("Type") != "Notification" or not str(outer.get("Message", "")).startswith("{"):
        return ""
    mail = json.loads(outer["Message"]).get("mail", {})
    return _listed([(h["name"], h["value"]) for h in mail.get("headers") or []])


def _listed(pairs: list[list[str]] | list[tuple[str, str]]) -> str:
    return "\n".join(f"{name}: {' '.join(str(value).split())}" for name, value in pairs)
