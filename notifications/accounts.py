"""How a tenant's mail leaves: the installation's server (EMAIL_URL), a server of its own, or a provider that anymail knows.

To add a provider is one `Way` in WAYS. Its web hook for events, where we read one, is `notifications.events`.
"""

from __future__ import annotations

import hashlib
import secrets as randomness
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.utils.translation import gettext_lazy as _

from notifications.models import MailAccount
from notifications.smtp import Backend
from tenants import sealing

PURPOSE = "mail account"
TIMEOUT = (5, 10)  # seconds to connect and to read, of a provider's API
DJANGOS = "django.core.mail.backends.smtp.EmailBackend"


@dataclass(frozen=True)
class Way:
    """`wants`: the fields of the form that it needs; `may`: those that it can use besides. `hook`: whether it reports events."""

    label: Any
    open: Callable[[MailAccount, dict[str, str]], Any]
    wants: tuple[str, ...] = ("api_key",)
    may: tuple[str, ...] = ()
    hook: bool = False


def smtp(account: MailAccount, secrets: dict[str, str]) -> Backend:
    return Backend(
        host=account.host,
        port=account.port or {"starttls": 587, "tls": 465}.get(account.security, 25),
        username=account.username,
        password=secrets.get("password", ""),
        use_tls=account.security == MailAccount.Security.STARTTLS,
        use_ssl=account.security == MailAccount.Security.TLS,
        timeout=settings.EMAIL_TIMEOUT,
        is_guarded=True,
    )


def mailgun(account: MailAccount, secrets: dict[str, str]) -> Any:
    from anymail.backends.mailgun import EmailBackend

    in_europe = account.options.get("region", "").lower().startswith("eu")
    url = "https://api.eu.mailgun.net/v3" if in_europe else "https://api.mailgun.net/v3"
    domain = account.options.get("sender_domain") or None
    return EmailBackend(api_key=secrets["api_key"], sender_domain=domain, api_url=url, timeout=TIMEOUT)


def postmark(account: MailAccount, secrets: dict[str, str]) -> Any:
    from anymail.backends.postmark import EmailBackend

    return EmailBackend(server_token=secrets["api_key"], timeout=TIMEOUT)


def sendgrid(account: MailAccount, secrets: dict[str, str]) -> Any:
    from anymail.backends.sendgrid import EmailBackend

    return EmailBackend(api_key=secrets["api_key"], timeout=TIMEOUT)


def brevo(account: MailAccount, secrets: dict[str, str]) -> Any:
    from anymail.backends.brevo import EmailBackend

    return EmailBackend(api_key=secrets["api_key"], timeout=TIMEOUT)


def amazon_ses(account: MailAccount, secrets: dict[str, str]) -> Any:
    from anymail.backends.amazon_ses import EmailBackend

    return EmailBackend(session_params=ses_session(account, secrets), client_params=SES_CLIENT)


SES_CLIENT = {
    "config": {"connect_timeout": TIMEOUT[0], "read_timeout": TIMEOUT[1], "retries": {"max_attempts": 0}}
}


def ses_session(account: MailAccount, secrets: dict[str, str]) -> dict[str, str]:
    return {
        "aws_access_key_id": account.username,
        "aws_secret_access_key": secrets["api_key"],
        "region_name": account.options.get("region", ""),
    }


def mailjet(account: MailAccount, secrets: dict[str, str]) -> Any:
    from anymail.backends.mailjet import EmailBackend

    return EmailBackend(api_key=account.username, secret_key=secrets["api_key"], timeout=TIMEOUT)


def mailersend(account: MailAccount, secrets: dict[str, str]) -> Any:
    from anymail.backends.mailersend import EmailBackend

    return EmailBackend(api_token=secrets["api_key"], timeout=TIMEOUT)


def resend(account: MailAccount, secrets: dict[str, str]) -> Any:
    from anymail.backends.resend import EmailBackend

    return EmailBackend(api_key=secrets["api_key"], timeout=TIMEOUT)


def sparkpost(account: MailAccount, secrets: dict[str, str]) -> Any:
    from anymail.backends.sparkpost import EmailBackend

    return EmailBackend(api_key=secrets["api_key"], timeout=TIMEOUT)


WAYS: dict[str, Way] = {
    "smtp": Way(
        _("A mail server of our own (SMTP)"), smtp, ("host",), ("port", "security", "username", "password")
    ),
    "mailgun": Way("Mailgun", mailgun, ("api_key",), ("sender_domain", "region", "hook_secret"), hook=True),
    "postmark": Way("Postmark", postmark, ("api_key",), ("hook_secret",), hook=True),
    "amazon_ses": Way(
        "Amazon SES", amazon_ses, ("username", "api_key", "region"), ("hook_secret",), hook=True
    ),
    "sendgrid": Way("SendGrid", sendgrid, ("api_key",), ("hook_secret",), hook=True),
    "brevo": Way("Brevo", brevo, ("api_key",), ("hook_secret",), hook=True),
    "mailjet": Way("Mailjet", mailjet, ("username", "api_key")),
    "mailersend": Way("MailerSend", mailersend),
    "resend": Way("Resend", resend),
    "sparkpost": Way("SparkPost", sparkpost),
}


def current() -> MailAccount:
    """The tenant's account; an unsaved one without a way where it has none."""
    return MailAccount.objects.first() or MailAccount()


def opened(account: MailAccount) -> Any:
    """A connection (a Django e-mail backend) that is not open yet, with bounded steps."""
    if way := WAYS.get(account.way):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # anymail's opinions of providers are for developers
            return way.open(account, secrets_of(account))
    if settings.EMAIL_BACKEND == DJANGOS:
        return Backend()  # settings.EMAIL_TIMEOUT bounds every step of the talk
    return get_connection()


def senders_for(account: MailAccount) -> int:
    """How many connections at a time."""
    return account.connections if account.way else settings.MAIL_SENDERS


def secrets_of(account: MailAccount) -> dict[str, str]:
    """sealing.InvalidToken where SECRET_KEY has changed since they were typed."""
    return sealing.open_words(PURPOSE, account.secrets)


def keep_secrets(account: MailAccount, secrets: dict[str, str]) -> None:
    account.secrets = sealing.seal_words(PURPOSE, {name: word for name, word in secrets.items() if word})


def new_hook_key(account: MailAccount) -> str:
    """A key for the address of our web hook: shown once, only its digest is stored."""
    key = randomness.token_urlsafe(24)
    account.hook_digest = digest_of(key)
    return key


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
