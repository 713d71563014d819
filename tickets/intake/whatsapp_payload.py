"""PURE. What Meta's web hook brings, taken apart: each message and each receipt, and a message in readable words.

https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/ (payloads, messages, statuses), and the Groups API's `group_id`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

DEEPEST = 24
MEDIA = ("image", "video", "audio", "document", "sticker")


@dataclass(frozen=True, slots=True)
class Part:
    """A message or a receipt of a payload; `number_id`: which of our numbers it is about. `id` is unique per part."""

    kind: str  # "message", "status"
    id: str
    number_id: str
    content: dict[str, Any]


def depth_of(value: Any, limit: int = DEEPEST) -> int:
    """How deep it is nested, counted to `limit` at most."""
    deepest, level = 0, [value]
    while level and deepest < limit:
        deepest += 1
        level = [inner for each in level for inner in (
            each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        )]  # fmt: skip
    return deepest


def parts_of(payload: Any) -> Iterator[Part]:
    """Each message with its sender's name, each receipt. What has another shape is passed over: Meta adds new ones."""
    for value in values_of(payload):
        number_id = text(table(value.get("metadata")).get("phone_number_id"))
        names = {
            text(contact.get("wa_id")): text(table(contact.get("profile")).get("name"))
            for contact in tables(value.get("contacts"))
        }
        for message in tables(value.get("messages")):
            if text(message.get("id")):
                name = names.get(text(message.get("from")), "")
                yield Part("message", text(message["id"]), number_id, {"message": message, "name": name})
        for status in tables(value.get("statuses")):
            mark = f"{text(status.get('id'))}:{text(status.get('status'))}"
            if text(status.get("id")):
                yield Part("status", f"status:{mark}", number_id, {"status": status})


def values_of(payload: Any) -> Iterator[dict[str, Any]]:
    for entry in tables(table(payload).get("entry")):
        for change in tables(entry.get("changes")):
            if change.get("field") == "messages":
                yield table(change.get("value"))


@dataclass(frozen=True, slots=True)
class Read:
    """A message: what was said, what stands for it where nothing was (`shape`, a key of `whatsapp.SHAPES`), and its file."""

    text: str = ""
    shape: str = ""
    detail: str = ""  # what the shape's sentence names: an emoji, a place
    media_id: str = ""
    media_name: str = ""
    media_kind: str = ""
    quotes: str = ""
    is_aside: bool = False
    is_nothing: bool = False  # a reaction taken back


def read(message: dict[str, Any]) -> Read:
    """Any message as something readable; what nobody knows yet says what it is called."""
    kind = text(message.get("type"))
    content = table(message.get(kind))
    quotes = text(table(message.get("context")).get("id"))
    if kind == "text":
        return Read(text(content.get("body")), "empty", quotes=quotes)
    if kind in MEDIA:
        return Read(
            text(content.get("caption")), "voice" if content.get("voice") is True else kind, text(content.get("filename")),
            text(content.get("id")), text(content.get("filename")), text(content.get("mime_type")), quotes,
        )  # fmt: skip
    if kind == "location":
        return Read(shape="location", detail=place(content), quotes=quotes)
    if kind == "contacts":
        people = "\n".join(card(contact) for contact in tables(message.get("contacts")))
        return Read(shape="contacts", detail=people, quotes=quotes)
    if kind == "reaction":
        emoji = text(content.get("emoji"))
        return Read(
            shape="reaction", detail=emoji, quotes=text(content.get("message_id")), is_aside=True, is_nothing=not emoji
        )  # fmt: skip
    if kind == "button":
        return Read(text(content.get("text")) or text(content.get("payload")), "empty", quotes=quotes)
    if kind == "interactive":
        return Read(chosen(content), "empty", quotes=quotes)
    if kind == "order":
        return Read(text(content.get("text")), "order", quotes=quotes)
    if kind == "system":
        return Read(text(content.get("body")), "system", quotes=quotes)
    errors = tables(message.get("errors"))
    title = text(errors[0].get("title")) if errors else ""
    return Read(shape="unsupported", detail=title or kind, quotes=quotes)


def chosen(content: dict[str, Any]) -> str:
    """What was tapped: a button, a row of a list with its description, a form's answer."""
    reply = table(content.get(text(content.get("type"))))
    said = [text(reply.get(name)) for name in ("title", "description", "body", "response_json")]
    return "\n".join(part for part in said if part)


def place(content: dict[str, Any]) -> str:
    """ "Name, address (-19.92, -43.94)" and a link to a map that anybody can open."""
    latitude, longitude = content.get("latitude"), content.get("longitude")
    named = ", ".join(part for part in (text(content.get("name")), text(content.get("address"))) if part)
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return named
    link = f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"
    return f"{named} ({latitude}, {longitude})\n{link}".strip()


def card(contact: dict[str, Any]) -> str:
    name = text(table(contact.get("name")).get("formatted_name"))
    reached = [text(phone.get("phone")) for phone in tables(contact.get("phones"))]
    reached += [text(email.get("email")) for email in tables(contact.get("emails"))]
    return f"{name}: {', '.join(part for part in reached if part)}".strip(": ")


def moment_of(stamp: Any) -> datetime | None:
    """A Unix timestamp, as text or number."""
    try:
        return datetime.fromtimestamp(int(stamp), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def text(value: Any) -> str:
    return value.replace("\0", "") if isinstance(value, str) else ""


def table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def tables(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
