"""A door to WhatsApp: Meta's web hook, verified and stored; then each message understood, its file fetched, receipts noted.

Outgoing: `notifications.channels.whatsapp`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import mimetypes
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from notifications import delivery, outbox
from notifications.channels.whatsapp import GRAPH, VERSION, WINDOW_CLOSED
from notifications.models import Notification
from notifications.texts import KINDS
from policies import publishing
from policies.decisions import attachment_rule
from tickets.intake import conversing, media, storing
from tickets.intake import whatsapp_payload as payload
from tickets.intake.accounts import files_with
from tickets.intake.addresses import e164
from tickets.intake.answers import refused
from tickets.intake.kind import DoorKind, Setting
from tickets.intake.models import Door, Heard, Inbound, Sent
from tickets.intake.result import ATTEMPTS, Result, TryLater
from tickets.intake.ways import FREELY

State = Inbound.State
LARGEST = 3_000_000  # bytes of a web hook's body; Meta says 3 MB

SHAPES = {
    "empty": gettext_noop("(a message without words)"),
    "image": gettext_noop("(a picture)"),
    "video": gettext_noop("(a video)"),
    "audio": gettext_noop("(an audio file)"),
    "voice": gettext_noop("(a voice message)"),
    "document": gettext_noop("(a document)"),
    "sticker": gettext_noop("(a sticker)"),
    "location": gettext_noop("A place: %(detail)s"),
    "contacts": gettext_noop("Contacts:\n%(detail)s"),
    "reaction": gettext_noop("Reacted with %(detail)s"),
    "order": gettext_noop("(an order from the catalogue)"),
    "system": gettext_noop("(a notice of WhatsApp)"),
    "unsupported": gettext_noop("(a message that WhatsApp does not pass on: %(detail)s)"),
}


# --- the web hook -----------------------------------------------------------------------------------------------------


def hear(request: HttpRequest, door: Door, at: datetime) -> HttpResponse:
    """GET: Meta asks whether this is us. POST: signed with the app's secret, or it is not heard."""
    if request.method == "GET":
        return _challenge(request, door)
    if request.method != "POST":
        return refused(door, 405, "Only GET and POST are answered here.", Allow="GET, POST")
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return refused(door, 413, f"At most {LARGEST} bytes are read.")
    body = request.body
    if not is_signed(body, request.headers.get("X-Hub-Signature-256", ""), door):
        return refused(door, 401, "X-Hub-Signature-256 is missing or wrong.")
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return refused(door, 400, "The body is not JSON.")
    if not isinstance(told, dict) or payload.depth_of(told) >= payload.DEEPEST:
        return refused(door, 400, "The body is not an object, or is nested too deep.")
    keep(door, told, at)
    return HttpResponse(status=200)


def _challenge(request: HttpRequest, door: Door) -> HttpResponse:
    expected = str(door.read_secrets().get("verify_token") or "")
    given = request.GET.get("hub.verify_token", "")
    if (
        request.GET.get("hub.mode") != "subscribe"
        or not expected
        or not constant_time_compare(given, expected)
    ):
        return refused(door, 403, "hub.verify_token is not this door's.")
    return HttpResponse(request.GET.get("hub.challenge", "")[:200], content_type="text/plain")


def is_signed(body: bytes, signature: str, door: Door) -> bool:
    secret = str(door.read_secrets().get("app_secret") or "")
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and constant_time_compare(signature, f"sha256={digest}")


def keep(door: Door, told: dict[str, Any], at: datetime) -> None:
    """Store each part by itself, at the door of the number that it is about: an app has one web hook for all its numbers."""
    doors = {d.config.get("phone_number_id"): d for d in Door.objects.filter(kind=door.kind, is_active=True)}
    for part in payload.parts_of(told):
        message = part.content.get("message", {})
        storing.receive(
            doors.get(part.number_id, door), external_id=part.id, raw=json.dumps(part.content).encode(), at=at,
            sender=payload.text(message.get("from")),
        )  # fmt: skip


# --- a file -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fetched:
    file: Any = None
    trouble: str = ""  # why it could not be fetched


def fetch(inbound: Inbound, raw: bytes) -> Fetched:
    """The message's file, before the transaction. The last attempt does without it rather than lose the words."""
    message = payload.table(json.loads(raw).get("message"))
    read = payload.read(message)
    if not read.media_id:
        return Fetched()
    door = inbound.door
    token = str(door.read_secrets().get("access_token") or "")
    base = str(door.config.get("graph_url") or GRAPH).rstrip("/")
    try:
        name = (
            read.media_name or f"{read.shape}{mimetypes.guess_extension(read.media_kind.split(';')[0]) or ''}"
        )
        return Fetched(
            media.fetch(f"{base}/{VERSION}/{read.media_id}", token, name, largest(inbound.received_at))
        )
    except media.TooLarge:
        return Fetched(trouble=_("A file was larger than may be attached here, and was not kept."))
    except media.NotFetched as failure:
        if inbound.attempts < ATTEMPTS:
            raise TryLater(str(failure)) from None
        return Fetched(trouble=_("A file could not be fetched from WhatsApp. Please send it again."))


def largest(at: datetime) -> int:
    rule = attachment_rule(publishing.policy_of(publishing.version_in_force(at)), "")
    return rule.max_bytes if rule else media.LARGEST


# --- understanding ----------------------------------------------------------------------------------------------------


def handle(inbound: Inbound, raw: bytes, at: datetime) -> Result:
    content = json.loads(raw)
    if "status" in content:
        return note_receipt(inbound.door, content["status"], at)
    message, read = content["message"], payload.read(content["message"])
    sender = e164(payload.text(message.get("from")))
    if sender is None:
        return Result(State.PARKED, "The sender is no telephone number.")
    if read.is_nothing:
        return Result(State.IGNORED, "A reaction was taken back.", sender=sender)
    fetched: Fetched = inbound.fetched
    said = conversing.Said(
        sender=sender,
        name=content.get("name", ""),
        text=read.text,
        called=SHAPES[read.shape],
        detail=read.detail,
        files=[fetched.file] if fetched.file else [],
        refused=[fetched.trouble] if fetched.trouble else [],
        quotes=read.quotes,
        group=payload.text(message.get("group_id")),
        is_aside=read.is_aside,
    )
    return conversing.hear(inbound, said, at)


# --- receipts ---------------------------------------------------------------------------------------------------------

REPORTS = {"sent": "sent", "delivered": "delivered", "read": "delivered", "failed": "rejected"}


def note_receipt(door: Door, status: dict[str, Any], at: datetime) -> Result:
    """Sent, delivered, read or failed: told to the notice. Nobody looks for the row afterwards."""
    what = payload.text(status.get("status"))
    notice = notice_of(door, status)
    if notice is None or what not in REPORTS:
        return Result(is_kept=False)
    errors = payload.tables(status.get("errors"))
    code = errors[0].get("code") if errors else None
    reported_at = min(payload.moment_of(status.get("timestamp")) or at, at)
    if notice.state == Notification.State.PENDING and what != "failed":
        note_lost_answer(door, notice, payload.text(status.get("id"))[:200], reported_at, at)
    if what == "failed" and code == WINDOW_CLOSED and send_as_template(door, notice, at):
        return Result(is_kept=False)
    delivery.record(
        message_id=notice.message_id, what=REPORTS[what], at=reported_at, event_id=f"{status.get('id')}:{what}",
        detail=said_of(errors), is_hard=False,
    )  # fmt: skip
    return Result(is_kept=False)


def note_lost_answer(
    door: Door, notice: Notification, external_id: str, reported_at: datetime, at: datetime
) -> None:
    """The answer to our first request was lost: its words were taken all the same, and are not sent again. Files are still to
    be sent after them. A notice of which something is known as sent is on its way: nothing was lost."""
    if not external_id or Sent.objects.filter(notice=notice).exists():
        return
    Sent.objects.get_or_create(door=door, external_id=external_id, defaults={"notice": notice, "part": 0})
    pending = Notification.objects.filter(pk=notice.pk, state=Notification.State.PENDING)
    if files_with(notice).exists():
        pending.update(provider_id=external_id)
        return
    pending.update(state=Notification.State.SENT, sent_at=reported_at, provider_id=external_id)
    outbox.look_again(at)


def notice_of(door: Door, status: dict[str, Any]) -> Notification | None:
    sent = Sent.objects.select_related("notice").filter(door=door, external_id=payload.text(status.get("id")))
    if row := sent.first():
        return row.notice
    ours = payload.text(status.get("biz_opaque_callback_data"))
    return Notification.objects.filter(message_id=ours, channel=door.kind).first() if ours else None


def send_as_template(door: Door, notice: Notification, at: datetime) -> bool:
    """The provider says that the 24 hours are over: it knows. False where the door has no template for it anyway."""
    templates = door.config.get("templates") or {}
    Heard.objects.filter(door=door, address=notice.address, at__gt=at - FREELY).update(at=at - FREELY)
    if not (templates.get(notice.kind) or templates.get("*")):
        return False
    Sent.objects.filter(notice=notice).delete()
    Notification.objects.filter(pk=notice.pk).update(state=Notification.State.PARKED, sent_at=None)
    outbox.send_again(notice, at=at + timedelta(seconds=1))
    return True


def said_of(errors: list[dict[str, Any]]) -> str:
    """ "Message undeliverable (131026)" of the first error."""
    if not errors:
        return ""
    first = errors[0]
    details = payload.text(payload.table(first.get("error_data")).get("details"))
    said = details or payload.text(first.get("message")) or payload.text(first.get("title"))
    return f"WhatsApp: {said} ({first.get('code')})"


# --- the form ---------------------------------------------------------------------------------------------------------


def check(config: dict[str, Any]) -> dict[str, str]:
    """What is wrong with the typed settings, by their names."""
    wrong = {}
    if not str(config.get("phone_number_id") or "").isdigit():
        wrong["phone_number_id"] = _("Digits only: the ID at Meta, not the number itself.")
    if said := wrong_templates(config.get("templates") or {}):
        wrong["templates"] = said
    return wrong


def wrong_templates(templates: Any) -> str:
    shape = _("Each template needs “name”, and may have “code” and a list of “words”.")
    if not isinstance(templates, dict):
        return shape
    for kind, by_language in templates.items():
        if kind != "*" and kind not in KINDS:
            said = _("There is no notice “%(kind)s”. There are: %(kinds)s")
            return said % {"kind": kind, "kinds": ", ".join(KINDS)}
        for template in by_language.values() if isinstance(by_language, dict) else [None]:
            names = template.get("words", []) if isinstance(template, dict) and template.get("name") else None
            if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                return shape
            unknown = [name for name in names if kind != "*" and name not in KINDS[kind].placeholders]
            if unknown:
                return _("“%(kind)s” does not know %(words)s.") % {"kind": kind, "words": ", ".join(unknown)}
    return ""


KIND = DoorKind(
    label=gettext_lazy("WhatsApp (Cloud API)"),
    handle=handle,
    hear=hear,
    fetch=fetch,
    channels=("whatsapp", "other"),
    address="phone",
    check=check,
    settings=(
        Setting("phone_number_id", gettext_lazy("Phone number ID"),
                gettext_lazy("From the app’s “API Setup” page at Meta. Not the number itself.")),
        Setting("access_token", gettext_lazy("Access token"),
                gettext_lazy("A permanent token of a system user with whatsapp_business_messaging."), is_secret=True),
        Setting("app_secret", gettext_lazy("App secret"),
                gettext_lazy("Every request of Meta is signed with it; unsigned ones are refused."), is_secret=True),
        Setting("verify_token", gettext_lazy("Verify token"),
                gettext_lazy("Any words of yours: type the same at Meta, beside the webhook URL."), is_secret=True),
        Setting("templates", gettext_lazy("Approved templates"), gettext_lazy(
            "Used when the customer has not written for 24 hours. By kind of notice and language; * stands for any: "
            "{\"*\": {\"pt-br\": {\"name\": \"news\", \"code\": \"pt_BR\", \"words\": [\"number\", \"ticket_url\"]}}}"),
            is_required=False, shape="json"),
        Setting("graph_url", gettext_lazy("Address of the Graph API"),
                gettext_lazy("Only behind a proxy of your own."), is_required=False, default=GRAPH),
    ),
)  # fmt: skip
