"""SMS through a gateway that takes JSON by HTTP. Which URL, which header, which names of fields: the door's configuration.

config["send"]: {"url", "header", "fields": {"to", "from", "text", "id", "parts", "encoding"}, "more": {...}, "answer_id":
"data.id", "longest_parts": 6}; every field is optional but "to" and "text". The header's value is the secret "send_secret".
"""

from __future__ import annotations

import json
import re
from math import ceil
from typing import Any

from notifications.channels.accounts import Account
from notifications.channels.base import Refused
from notifications.channels.messenger import Messenger, NotTaken, call
from notifications.channels.short import short_text
from notifications.models import Notification
from notifications.rendering import Stationery

FIELDS = {"to": "to", "from": "from", "text": "text", "id": "id"}
PARTS = 6
ROOM = 20  # characters of the text that stay beside a link
LINK = re.compile(r"://\S+$")
# GSM 03.38: what fits into 7 bits, and what takes two of them (3GPP TS 23.038).
BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = set("^{}\\[~]|€\f")


class SmsChannel(Messenger):
    def hand_over(self, account: Account, notice: Notification, stationery: Stationery) -> str:
        settings = account.config.get("send") or {}
        if not settings.get("url"):
            raise Refused("The SMS door does not say where to send: add the gateway's address.")
        text = fitting(short_text(notice, stationery), int(settings.get("longest_parts") or PARTS))
        parts, encoding = measured(text)
        values = {"to": notice.address, "from": account.address, "text": text, "id": notice.message_id,
                  "parts": parts, "encoding": encoding}  # fmt: skip
        names = FIELDS | (settings.get("fields") or {})
        message: dict[str, Any] = dict(settings.get("more") or {})
        for field, name in names.items():
            if name and field in values:
                message[name] = values[field]
        headers = [("Content-Type", "application/json")]
        if settings.get("header") and account.secrets.get("send_secret"):
            headers.append((settings["header"], account.secrets["send_secret"]))
        status, answer = call(settings["url"], headers, json.dumps(message).encode())
        taken(account, status, answer)
        external_id = str(value_at(answer, settings.get("answer_id") or "id") or notice.message_id)[:200]
        account.note_sent(notice, 0, external_id)
        account.note_trouble("")
        return external_id


def taken(account: Account, status: int, answer: dict[str, Any]) -> None:
    """Nothing, or why not: too many requests and faults of the gateway are tried again, the rest never will be taken."""
    if status < 300:
        return
    said = f"SMS gateway: {status} {json.dumps(answer)[:300] if answer else ''}".strip()
    if status in (401, 403):
        account.note_trouble(said)
        raise NotTaken(said)
    if status in (408, 425, 429) or status >= 500 or status < 400:
        raise NotTaken(said)
    raise Refused(said)


def measured(text: str) -> tuple[int, str]:
    """(how many messages it takes, "gsm7" or "ucs2"): 160 or 70 characters, 153 or 67 in each of several."""
    if all(c in BASIC or c in EXTENDED for c in text):
        length, one, each, encoding = sum(2 if c in EXTENDED else 1 for c in text), 160, 153, "gsm7"
    else:
        length, one, each, encoding = len(text.encode("utf-16-be")) // 2, 70, 67, "ucs2"
    return (1 if length <= one else ceil(length / each)), encoding


def fitting(text: str, parts: int) -> str:
    """Shortened until it takes at most `parts` messages; its links stay where there is room."""
    cut, longest = text, len(text)
    while measured(cut)[0] > parts and longest > 40:
        longest = longest * 9 // 10
        cut = shortened(text, longest)
    return cut


def shortened(text: str, longest: int) -> str:
    """Lines that end in a link stay whole, the last ones first; of the others what there is room for, from the beginning."""
    lines = [line for line in text.split("\n") if line]
    room, kept = longest, {}
    for place, line in reversed(list(enumerate(lines))):
        if LINK.search(line) and len(line) + ROOM <= room:
            kept[place] = line
            room -= len(line) + 1
    for place, line in enumerate(lines):
        if place in kept or LINK.search(line):
            continue
        if len(line) >= room:
            kept[place] = f"{line[: max(room - 3, 0)]}..."
            break
        kept[place] = line
        room -= len(line) + 1
    return "\n".join(kept[place] for place in sorted(kept)) or f"{text[: longest - 3]}..."


def value_at(answer: Any, path: str) -> Any:
    """answer["data"]["messages"][0]["id"] for "data.messages.0.id"; None where there is none."""
    for step in path.split("."):
        if isinstance(answer, list) and step.isdigit() and int(step) < len(answer):
            answer = answer[int(step)]
        elif isinstance(answer, dict):
            answer = answer.get(step)
        else:
            return None
    return answer
