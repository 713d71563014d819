"""WhatsApp through Meta's Cloud API (Graph): text within 24 hours of the customer's last message, an approved template after.

https://developers.facebook.com/docs/whatsapp/cloud-api/ (messages, media, error codes).
"""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from notifications.channels.accounts import Account, File
from notifications.channels.base import Refused
from notifications.channels.messenger import Messenger, NotTaken, call
from notifications.channels.short import short_text
from notifications.models import Notification
from notifications.rendering import Stationery

GRAPH = "https://graph.facebook.com"
VERSION = "v23.0"
LONGEST, LONGEST_WORD = 4096, 1024  # characters of a text, and of one of a template's words
WINDOW_CLOSED = 131047
NEVER = {100, 131008, 131009, 131021, 131026, 131030, 131045, 131049, 131051, 131052, 132000, 132001, 132005, 132007,
         132012, 132015, 132016, 133010}  # fmt: skip
OURS_TO_MEND = {0, 3, 10, 190, 200, 131005, 131031, 131042, 368}
MEDIA = {"image/jpeg": "image", "image/png": "image", "video/mp4": "video", "video/3gpp": "video",
         "audio/aac": "audio", "audio/mpeg": "audio", "audio/ogg": "audio", "audio/amr": "audio"}  # fmt: skip


class GraphError(NotTaken):
    def __init__(self, code: int, said: str) -> None:
        super().__init__(f"WhatsApp: {said} ({code})" if code else f"WhatsApp: {said}")
        self.code = code


class WhatsAppChannel(Messenger):
    """A message, then each file of it. What an earlier attempt sent is not sent again."""

    def hand_over(self, account: Account, notice: Notification, stationery: Stationery) -> str:
        sent = account.sent_parts(notice)
        is_free = account.may_write_freely(notice.address)
        if 0 not in sent:
            notice.provider_id = self._send_words(account, notice, stationery, is_free)
        if is_free:
            self._send_files(account, notice, stationery, sent)
        account.note_trouble("")
        return notice.provider_id

    def _send_words(
        self, account: Account, notice: Notification, stationery: Stationery, is_free: bool
    ) -> str:
        if is_free:
            text = cut(short_text(notice, stationery, bold="*"), LONGEST)
            try:
                return self._send(
                    account, notice, 0, {"type": "text", "text": {"body": text, "preview_url": False}}
                )
            except GraphError as failure:
                if failure.code != WINDOW_CLOSED:  # the provider's clock decides
                    raise
        template = template_for(account.config, notice, stationery)
        if template is None:
            raise Refused(closed(stationery))
        return self._send(account, notice, 0, {"type": "template", "template": template})

    def _send_files(
        self, account: Account, notice: Notification, stationery: Stationery, sent: set[int]
    ) -> None:
        """Each of them; then Refused, by their names, for those that are never taken: the words have arrived."""
        refused = []
        for part, file in enumerate(account.files(notice), start=1):
            if part in sent:
                continue
            try:
                self._send(account, notice, part, media(file, upload(account, file)))
            except Refused as refusal:
                refused.append((file.name, str(refusal)))
        if refused:
            raise Refused(without_files(stationery, refused))

    def _send(self, account: Account, notice: Notification, part: int, content: dict[str, Any]) -> str:
        group = account.is_group(notice.address)
        message = {
            "messaging_product": "whatsapp",
            "recipient_type": "group" if group else "individual",
            "to": notice.address if group else notice.address.removeprefix("+"),
            # The receipts bring it back: an unclear answer is then known to have been taken.
            "biz_opaque_callback_data": notice.message_id,
            **content,
        }
        answer = graph(
            account, f"{account.config.get('phone_number_id')}/messages", json.dumps(message).encode()
        )
        try:
            external_id = str(answer["messages"][0]["id"])
        except (KeyError, IndexError, TypeError):
            raise NotTaken("WhatsApp: the answer names no message.") from None
        account.note_sent(notice, part, external_id)
        return external_id


def without_files(stationery: Stationery, refused: list[tuple[str, str]]) -> str:
    """Which files did not arrive though the words did, for the agent, in the desk's language."""
    with translation.override((stationery.desk.languages or ["en"])[0]):
        said = _("The words were sent; the file “%(name)s” was refused. %(why)s")
        return " ".join(said % {"name": name, "why": why} for name, why in refused)


def closed(stationery: Stationery) -> str:
    """Why nothing was sent, for the agent, in the desk's language."""
    with translation.override((stationery.desk.languages or ["en"])[0]):
        return _(
            "WhatsApp’s 24-hour window is closed, and this door has no approved template for this notice."
        )


def graph(account: Account, path: str, content: bytes, kind: str = "application/json") -> dict[str, Any]:
    """POST to the Graph API; Refused for what it will never take."""
    base = str(account.config.get("graph_url") or GRAPH).rstrip("/")
    headers = [("Authorization", f"Bearer {account.secrets.get('access_token', '')}"), ("Content-Type", kind)]
    status, answer = call(f"{base}/{VERSION}/{path}", headers, content)
    if status < 300:
        return answer
    error = answer.get("error")
    error = error if isinstance(error, dict) else {}
    code = error.get("code") if isinstance(error.get("code"), int) else 0
    details = error.get("error_data")
    said = (details.get("details") if isinstance(details, dict) else "") or error.get("message") or status
    failure = GraphError(code, str(said)[:300])
    if code in OURS_TO_MEND and error:
        account.note_trouble(str(failure))
    if code in NEVER:
        raise Refused(str(failure), "bounced" if code == 131026 else "rejected")
    raise failure


def upload(account: Account, file: File) -> str:
    """The first of two steps to send a file: its content, for an id."""
    mark = uuid.uuid4().hex
    name = re.sub(r'[\r\n"\\]', "_", file.name)
    fields = {"messaging_product": "whatsapp", "type": file.kind}
    lines = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in fields.items()
    ]
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {file.kind}\r\n\r\n'
    )  # fmt: skip
    content = ("".join(lines) + head).encode() + file.read() + f"\r\n--{mark}--\r\n".encode()
    path = f"{account.config.get('phone_number_id')}/media"
    answer = graph(account, path, content, f"multipart/form-data; boundary={mark}")
    return str(answer.get("id", ""))


def media(file: File, media_id: str) -> dict[str, Any]:
    kind = MEDIA.get(file.kind, "document")
    named = {"filename": file.name} if kind == "document" else {}
    return {"type": kind, kind: {"id": media_id} | named}


def template_for(config: Any, notice: Notification, stationery: Stationery) -> dict[str, Any] | None:
    """The door's template for this kind of notice in this language, filled in; None where it has none.

    config["templates"]: kind or "*" -> language or "*" -> {"name", "code": "pt_BR", "words": ["number", ...]}.
    """
    by_kind = config.get("templates") or {}
    by_language = by_kind.get(notice.kind) or by_kind.get("*") or {}
    short = notice.language.split("-")[0]
    chosen = by_language.get(notice.language) or by_language.get(short) or by_language.get("*")
    if not chosen:
        return None
    words = stationery.words_for(notice)
    parameters = [
        {"type": "text", "text": one_line(words.get(name, "")) or "-"} for name in chosen.get("words", [])
    ]
    body = [{"type": "body", "parameters": parameters}] if parameters else []
    return {"name": chosen["name"], "language": {"code": chosen.get("code", "en")}, "components": body}


def one_line(word: str) -> str:
    """A template's word has no line ends, no tabs, no rows of blanks, and at most 1024 characters."""
    return cut(" ".join(word.split()), LONGEST_WORD)


def cut(text: str, longest: int) -> str:
    """Shortened in its middle, so that the links at its end stay."""
    if len(text) <= longest:
        return text
    tail = text[-400:] if longest > 1000 else ""
    return text[: longest - len(tail) - 3] + "\n…\n" + tail if tail else text[: longest - 1] + "…"
