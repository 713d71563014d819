"""What WhatsApp and SMS have in common: the number a notice leaves from, its short text, and the talk over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import httpx

from notifications.channels.accounts import Account, account_of
from notifications.channels.base import Channel, Refused
from notifications.models import Notification
from notifications.rendering import Stationery
from tenants import outside

LARGEST = 64_000  # bytes of an answer that are read


class NotTaken(Exception):
    """The provider took it not, or said nothing: it is tried again later."""


class Messenger(Channel):
    """A subclass hands over one notice: `hand_over(account, notice, stationery)` returns what the provider calls it."""

    def __init__(self) -> None:
        self.stationery: Stationery | None = None

    def send(self, notice: Notification) -> None:
        if self.stationery is None:
            self.stationery = Stationery()
        notice.provider_id = self.hand_over(account_of(notice), notice, self.stationery)

    def hand_over(self, account: Account, notice: Notification, stationery: Stationery) -> str:
        raise NotImplementedError


def call(url: str, headers: Iterable[tuple[str, str]], content: bytes) -> tuple[int, dict[str, Any]]:
    """POST through the guarded door. (status, what was answered as JSON; {} for anything else)."""
    try:
        answer = outside.post(url, content, headers, largest=LARGEST)
    except outside.NotFound as failure:
        raise NotTaken(str(failure)) from None
    except outside.Refused as refusal:
        raise Refused(str(refusal)) from None
    except (httpx.HTTPError, outside.TooLong) as failure:
        raise NotTaken(f"No answer from the provider ({type(failure).__name__}).") from None
    return answer.status, read_json(answer.body)


def read_json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
