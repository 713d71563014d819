"""A door to an SMS gateway that speaks JSON over HTTP, whichever: the configuration says what its fields are called.

config["receive"]: {"signature_header", "signature_prefix", "time_header", "fields": {"id", "from", "text", "at", "encoding",
"reference", "part", "parts"}, "list": "messages", "receipt": {"id", "status", "reason"}, "statuses": {"DELIVRD": "delivered"}}.
Every name may be a path ("data.id"). The signature is the hex HMAC-SHA256, under the secret "receive_secret", of the body, or of
"<time>.<body>" where a time header is named; such a request is good for five minutes. Outgoing: `notifications.channels.sms`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from notifications import delivery
from notifications.channels.sms import value_at
from tenants import outside
from tickets.intake import conversing, storing
from tickets.intake.addresses import e164, region_of
from tickets.intake.answers import refused
from tickets.intake.kind import DoorKind, Setting
from tickets.intake.models import Door, Inbound, Sent
from tickets.intake.result import Result
from tickets.intake.whatsapp_payload import DEEPEST, depth_of, moment_of

State = Inbound.State
LARGEST = 256_000  # bytes of a request
LATE = timedelta(minutes=5)
MESSAGE = {"id": "id", "from": "from", "text": "text", "encoding": "encoding",
           "reference": "reference", "part": "part", "parts": "parts"}  # fmt: skip
RECEIPT = {"id": "id", "status": "status", "reason": "reason"}
REPORTS = {"delivered": "delivered", "sent": "sent", "failed": "rejected", "undelivered": "rejected",
           "rejected": "rejected", "expired": "rejected"}  # fmt: skip
EMPTY = gettext_noop("(a message without words)")


# --- the web hook -----------------------------------------------------------------------------------------------------


def hear(request: HttpRequest, door: Door, at: datetime) -> HttpResponse:
    if request.method != "POST":
        return refused(door, 405, "Only POST is answered here.", Allow="POST")
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return refused(door, 413, f"At most {LARGEST} bytes are read.")
    body, rules = request.body, door.config.get("receive") or {}
    if problem := wrong_signature(request, body, door, rules, at):
        return refused(door, 401, problem)
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return refused(door, 400, "The body is not JSON.")
    if not isinstance(told, dict | list) or depth_of(told) >= DEEPEST:
        return refused(door, 400, "The body is not an object, or is nested too deep.")
    for item in items_of(told, rules):
        keep(door, item, rules, at)
    return HttpResponse(status=200)


def wrong_signature(
    request: HttpRequest, body: bytes, door: Door, rules: dict[str, Any], at: datetime
) -> str:
    """What is wrong with it; empty when it is right."""
    header = rules.get("signature_header") or "X-Signature"
    secret = str(door.read_secrets().get("receive_secret") or "")
    signed = body
    if rules.get("time_header"):
        stamp = request.headers.get(rules["time_header"], "")
        sent_at = moment_of(stamp)
        if sent_at is None or abs(at - sent_at) > LATE:
            return f"{rules['time_header']} is missing, or more than five minutes off."
        signed = stamp.encode() + b"." + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    expected = f"{rules.get('signature_prefix') or ''}{digest}"
    if not secret or not constant_time_compare(request.headers.get(header, ""), expected):
        return f"{header} is missing or wrong."
    return ""


def items_of(told: Any, rules: dict[str, Any]) -> list[dict[str, Any]]:
    """One request may bring several, as a list or under the name that the configuration gives."""
    found = value_at(told, rules["list"]) if rules.get("list") else told
    return [item for item in (found if isinstance(found, list) else [found]) if isinstance(item, dict)]


def keep(door: Door, item: dict[str, Any], rules: dict[str, Any], at: datetime) -> None:
    names = MESSAGE | (rules.get("fields") or {})
    receipt = RECEIPT | (rules.get("receipt") or {})
    if value_at(item, names["text"]) is None and value_at(item, receipt["status"]) is not None:
        mark = f"{value_at(item, receipt['id'])}:{value_at(item, receipt['status'])}"
        storing.receive(door, external_id=f"status:{mark}", raw=json.dumps(item).encode(), at=at)
        return
    external_id = value_at(item, names["id"])
    storing.receive(
        door, external_id=str(external_id or ""), raw=json.dumps(item).encode(), at=at,
        sender=str(value_at(item, names["from"]) or ""),
    )  # fmt: skip


# --- understanding ----------------------------------------------------------------------------------------------------


def handle(inbound: Inbound, raw: bytes, at: datetime) -> Result:
    item, rules = json.loads(raw), inbound.door.config.get("receive") or {}
    if inbound.external_id.startswith("status:"):
        return note_receipt(inbound.door, item, rules, at)
    names = MESSAGE | (rules.get("fields") or {})
    sender = e164(str(value_at(item, names["from"]) or ""), region_of(inbound.door.address))
    if sender is None:
        return Result(State.PARKED, "The sender is no telephone number: nobody could be answered.")
    parts = number(value_at(item, names["parts"]))
    if parts > 1:
        return handle_part(inbound, item, names, sender, parts, at)
    return conversing.hear(inbound, said_by(sender, text_of(item, names)), at)


def said_by(sender: str, text: str) -> conversing.Said:
    return conversing.Said(sender=sender, text=text, called=EMPTY)


def text_of(item: dict[str, Any], names: dict[str, str]) -> str:
    """The words. Some gateways give what is not GSM 7-bit as hexadecimal UTF-16 ("ucs2"). ValueError where that is none."""
    text = str(value_at(item, names["text"]) or "")
    if str(value_at(item, names["encoding"]) or "").lower() in ("ucs2", "ucs-2", "hex"):
        text = bytes.fromhex(text).decode("utf-16-be")
    return text.replace("\0", "")


def handle_part(
    inbound: Inbound, item: dict[str, Any], names: dict[str, str], sender: str, parts: int, at: datetime
) -> Result:
    """One part of a long message: held until all are there, then read as one. An admin may let it through as it is."""
    reference, place = str(value_at(item, names["reference"]) or ""), number(value_at(item, names["part"]))
    mark = f"part {place} of {parts} ({reference})"
    there = {place: text_of(item, names)}
    waiting = Inbound.objects.select_for_update().filter(
        door=inbound.door, sender=sender, state=State.HELD, raw__isnull=False, reason__endswith=f"of {parts} ({reference})",
        received_at__gt=at - timedelta(days=1),
    )  # fmt: skip
    others = list(waiting.exclude(pk=inbound.pk))
    for other in others:
        told = json.loads(other.read_raw())
        there.setdefault(number(value_at(told, names["part"])), text_of(told, names))
    if len(there) < parts and not inbound.let_through:
        return Result(State.HELD, f"Waits for the rest of a long message: {mark}", sender=sender)
    result = conversing.hear(inbound, said_by(sender, "".join(there[place] for place in sorted(there))), at)
    if result.state == State.DONE:  # else all of it is read once more when an admin lets it through
        Inbound.objects.filter(pk__in=[other.pk for other in others]).update(
            state=State.IGNORED, reason="Read together with its other parts.", raw=None, raw_key=None,
            ticket=result.ticket, message=result.message,
        )  # fmt: skip
    return result


def note_receipt(door: Door, item: dict[str, Any], rules: dict[str, Any], at: datetime) -> Result:
    names = RECEIPT | (rules.get("receipt") or {})
    status = str(value_at(item, names["status"]) or "")
    what = {**REPORTS, **(rules.get("statuses") or {})}.get(status) or REPORTS.get(status.lower())
    external_id = str(value_at(item, names["id"]) or "")
    sent = Sent.objects.select_related("notice").filter(door=door, external_id=external_id).first()
    if sent is not None and what is not None:
        reason = str(value_at(item, names["reason"]) or "")
        delivery.record(
            message_id=sent.notice.message_id, what=REPORTS.get(what, what), at=at, event_id=f"{external_id}:{what}",
            detail=f"SMS gateway: {status} {reason}".strip(), is_hard=False,
        )  # fmt: skip
    return Result(is_kept=False)


def number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


def check(config: dict[str, Any]) -> dict[str, str]:
    """What is wrong with the typed settings, by their names."""
    wrong = {}
    send, receive = config.get("send"), config.get("receive") or {}
    if not isinstance(send, dict) or not isinstance(send.get("fields", {}), dict):
        wrong["send"] = _('Write an object: {"url": "https://…", "fields": {…}}.')
    else:
        try:
            outside.check_url(str(send.get("url") or ""))
        except outside.Refused as refusal:
            wrong["send"] = f"url: {refusal}"
    if not isinstance(receive, dict) or not all(
        isinstance(receive.get(name, {}), dict) for name in ("fields", "receipt", "statuses")
    ):
        wrong["receive"] = _("Write an object; “fields”, “receipt” and “statuses” in it are objects too.")
    return wrong


KIND = DoorKind(
    label=gettext_lazy("SMS (HTTP gateway)"),
    handle=handle,
    hear=hear,
    channels=("sms", "other"),
    address="phone",
    check=check,
    settings=(
        Setting("send", gettext_lazy("Sending"), gettext_lazy(
            "Where and how the gateway takes messages, as JSON: url, header (its value is the secret below), fields (its names "
            "for to, from, text, id), more (sent as it is), answer_id (where its answer names the message), longest_parts."),
            shape="json", default={"url": "https://", "header": "Authorization",
            "fields": {"to": "to", "from": "from", "text": "text", "id": "id"}, "answer_id": "id"}),
        Setting("send_secret", gettext_lazy("Secret for sending"),
                gettext_lazy("The value of that header, such as “Bearer …”."), is_secret=True, is_required=False),
        Setting("receive", gettext_lazy("Receiving"), gettext_lazy(
            "What the gateway’s requests look like, as JSON: signature_header, signature_prefix, time_header, list, fields, "
            "receipt, statuses."),
            is_required=False, shape="json", default={"signature_header": "X-Signature",
            "fields": {"id": "id", "from": "from", "text": "text"}}),
        Setting("receive_secret", gettext_lazy("Secret for receiving"),
                gettext_lazy("Requests are signed with it (HMAC-SHA256, hexadecimal); unsigned ones are refused."),
                is_secret=True),
    ),
)  # fmt: skip
