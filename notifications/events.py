"""Reports of providers: /hooks/mail-events/<key>/. The key finds the account, the provider's signature decides.

anymail's tracking views verify and parse; they are made for each request, with this tenant's secrets instead of the settings'.
Mailgun and SendGrid sign, so their signing key is needed before anything is accepted; Postmark, Brevo and Amazon SES are known
by the key in the address and, where one is typed, by a user and password (user:password).
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from datetime import datetime
from typing import Any

from anymail.exceptions import AnymailConfigurationError, AnymailError, AnymailWebhookValidationFailure
from django.http import HttpRequest

from notifications import accounts, delivery
from notifications.models import MailAccount
from tenants import sealing

log = logging.getLogger(__name__)

WHATS = {
    "sent": "sent",
    "delivered": "delivered",
    "deferred": "deferred",
    "bounced": "bounced",
    "complained": "complained",
    "rejected": "rejected",
    "failed": "rejected",
}  # what anymail calls it -> what we do; nobody's opening and clicking is recorded


class Refused(Exception):
    """The request is not taken: `status` is what it is answered."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


def hear(request: HttpRequest, account: MailAccount, now: datetime) -> int:
    """Record the reports of a request; how many were about notices of ours. Refused where it is not the provider's, or broken."""
    view = view_of(account)
    try:
        view.run_validators(request)
        events = parsed(view, request)
    except AnymailWebhookValidationFailure as failure:
        raise Refused(403, "The signature or the password is missing or wrong.") from failure
    except AnymailConfigurationError as failure:
        raise Refused(
            400, "This address takes reports of what was sent, not mail that comes in."
        ) from failure
    except (
        AnymailError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        LookupError,
        RecursionError,
    ) as failure:
        raise Refused(400, "This is not a report in the provider's format.") from failure
    return sum(told(event, now) for event in events)


def parsed(view: Any, request: HttpRequest) -> list[Any]:
    if hasattr(view, "auto_confirm_sns_subscription"):
        view.basic_auth = ["the key in the address"]  # was checked; it lets SNS's subscription be confirmed
    return list(view.parse_events(request))


def told(event: Any, now: datetime) -> bool:
    what = WHATS.get(event.event_type)
    if what is None:
        return False
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    details = [str(part) for part in (event.mta_response, event.description) if part]
    at = event.timestamp
    notice = delivery.record(
        message_id=str(metadata.get("notice") or event.message_id or ""),
        what=what,
        at=min(at, now) if at and at.tzinfo else now,
        detail=details[0] if details else "",
        event_id=str(event.event_id or ""),
        address=str(event.recipient or ""),
        is_hard=False if is_soft(event.esp_event) else None,
    )
    return notice is not None


def is_soft(written: Any) -> bool:
    """Whether the provider calls this bounce a passing one (Brevo, Postmark, Amazon SES)."""
    if not hasattr(written, "get"):
        return False
    bounce = written.get("bounce")
    kind = bounce.get("bounceType") if isinstance(bounce, dict) else ""
    return kind == "Transient" or written.get("event") == "soft_bounce" or written.get("Type") == "SoftBounce"


# --- the views of the providers ---------------------------------------------------------------------------------------


def view_of(account: MailAccount) -> Any:
    make = VIEWS.get(account.way)
    if make is None:
        raise Refused(404, "No provider is set up here that reports what becomes of mail.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return make(account, accounts.secrets_of(account))
    except (ValueError, TypeError, AnymailError, sealing.InvalidToken) as failure:
        raise Refused(
            403, "The key that is stored for this web hook cannot be used: store it again."
        ) from failure


def mailgun(account: MailAccount, secrets: dict[str, str]) -> Any:
    from anymail.webhooks.mailgun import MailgunTrackingWebhookView

    key = signing_key(secrets)
    return MailgunTrackingWebhookView(api_key=key, webhook_signing_key=key, webhook_secret=[])


def sendgrid(account: MailAccount, secrets: dict[str, str]) -> Any:
    from anymail.webhooks.sendgrid import SendGridTrackingWebhookView

    key = signing_key(secrets)
    return SendGridTrackingWebhookView(tracking_webhook_verification_key=key, webhook_secret=[])


def postmark(account: MailAccount, secrets: dict[str, str]) -> Any:
    from anymail.webhooks.postmark import PostmarkTrackingWebhookView

    return PostmarkTrackingWebhookView(webhook_secret=secrets.get("hook_secret") or [])


def brevo(account: MailAccount, secrets: dict[str, str]) -> Any:
    from anymail.webhooks.brevo import BrevoTrackingWebhookView

    return BrevoTrackingWebhookView(webhook_secret=secrets.get("hook_secret") or [])


def amazon_ses(account: MailAccount, secrets: dict[str, str]) -> Any:
    from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView

    return AmazonSESTrackingWebhookView(
        webhook_secret=secrets.get("hook_secret") or [],
        session_params=accounts.ses_session(account, secrets),
        client_params=accounts.SES_CLIENT,
    )


def signing_key(secrets: dict[str, str]) -> str:
    if not secrets.get("hook_secret"):
        raise Refused(403, "The signing key of the web hook has not been stored yet.")
    return secrets["hook_secret"]


VIEWS: dict[str, Callable[[MailAccount, dict[str, str]], Any]] = {
    "mailgun": mailgun,
    "sendgrid": sendgrid,
    "postmark": postmark,
    "brevo": brevo,
    "amazon_ses": amazon_ses,
}
