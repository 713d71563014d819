"""What a provider's web hook brought, as it was stored, and the mail in it. Runs in the worker, before the transaction.

Where the provider hands over the mail as it was (Mailgun's "forward to MIME URL", Postmark's RawEmail, SES, SendGrid's "send
raw") its bytes are taken as they are; where it has taken the mail apart, anymail puts it together again.
"""

from __future__ import annotations

import base64
import email.message
import json
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from anymail.exceptions import AnymailError
from anymail.inbound import AnymailInboundMessage
from anymail.webhooks.amazon_ses import AmazonSESInboundWebhookView
from anymail.webhooks.brevo import BrevoInboundWebhookView
from anymail.webhooks.mailgun import MailgunInboundWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from anymail.webhooks.sendgrid import SendGridInboundWebhookView
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict

from tickets.intake.email.bounds import MAX_BYTES, Unreadable
from tickets.intake.email.mail import Envelope
from tickets.intake.models import Inbound
from tickets.intake.result import TryLater

TIMEOUT = httpx.Timeout(10, connect=5)
SPAM_SCORE = 5.0  # SpamAssassin's own limit, where a provider tells the score alone
CONFIRMATION = re.compile(r"^sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$")
KEPT_META = ("HTTP_X_AMZ_SNS_MESSAGE_TYPE", "HTTP_X_AMZ_SNS_MESSAGE_ID")


@dataclass
class Posted:
    """A request as anymail's views look at it, read back from its bytes."""

    provider: str
    content_type: str  # with its parameters
    body: bytes
    META: dict[str, str] = field(default_factory=dict)
    POST: QueryDict = field(default_factory=lambda: QueryDict(mutable=True))
    FILES: dict[str, SimpleUploadedFile] = field(default_factory=dict)
    encoding: str = "utf-8"

    def stored(self) -> bytes:
        head = {
            "provider": self.provider,
            "content_type": self.content_type,
            "meta": {name: self.META[name] for name in KEPT_META if name in self.META},
        }
        return json.dumps(head).encode() + b"\n" + self.body

    @classmethod
    def read_back(cls, raw: bytes) -> Posted:
        head, _, body = raw.partition(b"\n")
        told = json.loads(head)
        posted = cls(told["provider"], told["content_type"], body, told["meta"])
        posted.read_form()
        return posted

    def read_form(self) -> None:
        """Fill POST and FILES. Django's own parser refuses fields beyond 2.5 MB, and a whole mail may come in one."""
        kind = self.content_type.split(";")[0].strip().lower()
        if kind == "application/x-www-form-urlencoded":
            self.POST = QueryDict(self.body, mutable=True)
        if kind != "multipart/form-data":
            return
        self.POST.encoding = "utf-8"
        for name, file_name, content, part_kind in form_parts(self.content_type, self.body):
            if file_name is None:
                self.POST.appendlist(name, content.decode("utf-8", "surrogateescape"))
            else:
                self.FILES[name] = SimpleUploadedFile(file_name or "file", content, part_kind)

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Unreadable("The provider's JSON cannot be read.") from error


def form_parts(content_type: str, body: bytes) -> list[tuple[str, str | None, bytes, str]]:
    """(name, file name or None, content, type) of each field of a form. Split by its boundary alone."""
    found = re.search(r'boundary="?([^";,\s]{1,200})', content_type)
    if found is None:
        raise Unreadable("The form says no boundary.")
    parts = []
    pieces = (b"\r\n" + body).split(b"\r\n--" + found[1].encode())
    for piece in pieces[1:400]:
        head, separator, content = piece.partition(b"\r\n\r\n")
        if piece.startswith(b"--") or not separator:
            continue
        header = email.message_from_bytes(head.lstrip(b"\r\n") + b"\r\n\r\n")
        name = header.get_param("name", header="content-disposition")
        if name:
            parts.append((str(name), header.get_filename(), content, header.get_content_type()))
    return parts


# --- one provider each ------------------------------------------------------------------------------------------------


def fetch(inbound: Inbound, raw: bytes) -> tuple[bytes, Envelope]:
    """(the mail, what the provider said beside it). Talks to Brevo or S3 where parts of it lie there; TryLater if it fails."""
    posted = Posted.read_back(raw)
    mime, envelope = UNPACK[posted.provider](posted, inbound.door.config | inbound.door.read_secrets())
    if len(mime) > MAX_BYTES:
        mime = mime[: MAX_BYTES + 1]
    return mime, envelope


def _plain(posted: Posted, options: dict[str, Any]) -> tuple[bytes, Envelope]:
    return posted.body, Envelope()


def _mailgun(posted: Posted, options: dict[str, Any]) -> tuple[bytes, Envelope]:
    form = posted.POST
    if form.get("body-mime"):
        mime = form["body-mime"].encode("utf-8", "surrogateescape")
    else:
        mime = as_bytes(view_of(posted.provider, options).esp_to_anymail_event(posted).message)
    told = dict(
        re.findall(
            rb"^X-Mailgun-(Spf|Dkim-Check-Result):\s*(\w+)", mime[:100_000], re.MULTILINE | re.IGNORECASE
        )
    )
    verdicts = {"spf": told.get(b"Spf", b"").decode(), "dkim": told.get(b"Dkim-Check-Result", b"").decode()}
    return mime, Envelope(form.get("sender"), _some(form.get("recipient")), verdicts=_said(verdicts))


def _postmark(posted: Posted, options: dict[str, Any]) -> tuple[bytes, Envelope]:
    told = posted.json()
    headers = {h["Name"].lower(): h["Value"] for h in reversed(told.get("Headers") or [])}
    if told.get("RawEmail"):
        mime = told["RawEmail"].encode("utf-8", "surrogatepass")
    else:
        mime = as_bytes(view_of(posted.provider, options).esp_to_anymail_event(told).message)
    sender = headers.get("return-path")
    spf = headers.get("received-spf", "").split(" ")[0]
    return mime, Envelope(
        None if sender is None else sender.strip("<> "), _some(told.get("OriginalRecipient")),
        is_spam=headers.get("x-spam-status", "").lower().startswith("yes"), verdicts=_said({"spf": spf}),
    )  # fmt: skip


def _amazon_ses(posted: Posted, options: dict[str, Any]) -> tuple[bytes, Envelope]:
    outer = posted.json()
    if outer.get("Type") == "SubscriptionConfirmation":
        confirm_subscription(str(outer.get("SubscribeURL") or ""))
        return b"", Envelope()
    if outer.get("Type") != "Notification" or not str(outer.get("Message", "")).startswith("{"):
        return b"", Envelope()
    told = json.loads(outer["Message"])
    receipt, mail = told.get("receipt", {}), told.get("mail", {})
    action = receipt.get("action", {})
    if action.get("type") == "S3":
        mime = _from_s3(posted.provider, action, options)
    else:
        content = str(told.get("content") or "")
        is_encoded = action.get("encoding") == "BASE64"
        mime = base64.b64decode(content) if is_encoded else content.encode("utf-8", "surrogateescape")
    said = {
        name: str(receipt.get(f"{name}Verdict", {}).get("status", ""))
        for name in ("dmarc", "spf", "dkim", "spam", "virus")
    }
    verdicts = {name: said[name] for name in ("dmarc", "spf", "dkim") if said[name] in ("PASS", "FAIL")}
    is_spam = "FAIL" in (said["spam"], said["virus"])
    return mime, Envelope(
        mail.get("source"), tuple(receipt.get("recipients") or ()), is_spam, _said(verdicts)
    )


def _sendgrid(posted: Posted, options: dict[str, Any]) -> tuple[bytes, Envelope]:
    form = posted.POST
    if form.get("email"):
        mime = form["email"].encode("utf-8", "surrogateescape")
    else:
        mime = as_bytes(view_of(posted.provider, options).esp_to_anymail_event(posted).message)
    try:
        told = json.loads(form.get("envelope") or "{}")
    except ValueError:
        told = {}
    dkim = "pass" if ": pass" in form.get("dkim", "") else "fail" if ": fail" in form.get("dkim", "") else ""
    return mime, Envelope(
        told.get("from"), tuple(told.get("to") or ()), _is_beyond(form.get("spam_score")),
        _said({"spf": form.get("SPF", ""), "dkim": dkim}),
    )  # fmt: skip


def _brevo(posted: Posted, options: dict[str, Any]) -> tuple[bytes, Envelope]:
    item = posted.json()["items"][0]
    message = view_of(posted.provider, options).esp_to_anymail_event(item).message
    score = item.get("SpamScore") or (item.get("Spam") or {}).get("Score")
    return as_bytes(message), Envelope(
        message.envelope_sender, _some(message.envelope_recipient), _is_beyond(score)
    )


UNPACK: dict[str, Callable[[Posted, dict[str, Any]], tuple[bytes, Envelope]]] = {
    "mailgun": _mailgun,
    "postmark": _postmark,
    "amazon_ses": _amazon_ses,
    "sendgrid": _sendgrid,
    "brevo": _brevo,
    "mime": _plain,
}


def _some(recipient: str | None) -> tuple[str, ...]:
    return (recipient,) if recipient else ()


def _said(verdicts: dict[str, str]) -> dict[str, str]:
    return verdicts if any(verdicts.values()) else {}


def _is_beyond(score: Any) -> bool:
    try:
        return float(score) >= SPAM_SCORE
    except (TypeError, ValueError):
        return False


def as_bytes(message: AnymailInboundMessage) -> bytes:
    """A mail that anymail put together, written out; its files in base64, which anymail leaves open."""
    for part in message.walk():
        if part.get_content_maintype() in ("multipart", "message") or part["Content-Transfer-Encoding"]:
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            part.set_payload(base64.encodebytes(content).decode("ascii"))
            part["Content-Transfer-Encoding"] = "base64"
    return email.message.Message.as_bytes(message)


# --- anymail's views --------------------------------------------------------------------------------------------------


class Brevo(BrevoInboundWebhookView):
    """Files are fetched with timeouts, from Brevo alone, up to our own bound."""

    def _fetch_attachment(self, attachment: dict[str, Any]) -> AnymailInboundMessage:
        url = f"{self.api_url}inbound/attachments/{quote(attachment['DownloadToken'], safe='')}"
        try:
            response = httpx.get(url, headers={"api-key": self.api_key}, timeout=TIMEOUT)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise TryLater(f"Brevo did not hand over a file ({type(error).__name__}).") from error
        return AnymailInboundMessage.construct_attachment(
            content_type=attachment.get("ContentType") or "application/octet-stream",
            content=response.content[:MAX_BYTES],
            filename=attachment.get("Name"),
            content_id=attachment.get("ContentID"),
        )


def view_of(provider: str, options: dict[str, Any]) -> Any:
    """anymail's view of this provider with this door's own secrets; it verifies requests and knows their shapes."""
    given: dict[str, Any] = {"webhook_secret": options.get("password") or []}
    if provider == "mailgun":
        given["webhook_signing_key"] = options.get("signing_key") or "none"
    if provider == "brevo":
        given["api_key"] = options.get("api_key") or "none"
    if provider == "amazon_ses":
        given |= {"client_params": _aws(options), "auto_confirm_sns_subscriptions": False}
    views: dict[str, Any] = {
        "mailgun": MailgunInboundWebhookView,
        "postmark": PostmarkInboundWebhookView,
        "amazon_ses": AmazonSESInboundWebhookView,
        "sendgrid": SendGridInboundWebhookView,
        "brevo": Brevo,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the key in the hook's address is the secret that anymail misses
        return views[provider](**given)


def _aws(options: dict[str, Any]) -> dict[str, Any]:
    from botocore.config import Config

    params: dict[str, Any] = {
        "config": Config(connect_timeout=5, read_timeout=10, retries={"max_attempts": 1})
    }
    if _has_own_keys(options):
        params["aws_access_key_id"] = options["aws_access_key_id"]
        params["aws_secret_access_key"] = options["aws_secret_access_key"]
    if options.get("aws_region"):
        params["region_name"] = options["aws_region"]
    return params


def _has_own_keys(options: dict[str, Any]) -> bool:
    return bool(options.get("aws_access_key_id") and options.get("aws_secret_access_key"))


def _from_s3(provider: str, action: dict[str, Any], options: dict[str, Any]) -> bytes:
    from botocore.exceptions import BotoCoreError, ClientError

    if not _has_own_keys(
        options
    ):  # boto3 would take the machine's, which may read what is no business of this tenant
        raise Unreadable(
            "The mail lies in S3, and the door has no AWS keys of its own: it needs the access key and the secret key."
        )
    size, chunks = 0, []
    try:
        for chunk in view_of(provider, options).fetch_s3_chunks(action["bucketName"], action["objectKey"]):
            chunks.append(chunk)
            size += len(chunk)
            if size > MAX_BYTES:
                break
    except (BotoCoreError, ClientError, AnymailError) as error:
        raise TryLater(f"S3 did not hand over the mail ({type(error).__name__}).") from error
    return b"".join(chunks)


def confirm_subscription(url: str) -> None:
    """Follow the link by which SNS asks whether we want its notices: Amazon's own, and no other."""
    parts = urlsplit(url)
    if (
        parts.scheme != "https"
        or not CONFIRMATION.match(parts.hostname or "")
        or parts.port not in (None, 443)
    ):
        raise Unreadable("The link that confirms the subscription is not Amazon's.")
    try:
        httpx.get(url, timeout=TIMEOUT, follow_redirects=False).raise_for_status()
    except httpx.HTTPError as error:
        raise TryLater(f"Amazon did not take the confirmation ({type(error).__name__}).") from error
