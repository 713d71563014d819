"""From which number or gateway a notice leaves. Who knows is above this package and says so at the start (`use`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from notifications.channels.base import Refused
from notifications.models import Notification


class Account(Protocol):
    """A number of ours at a provider."""

    address: str  # E.164
    config: Mapping[str, Any]
    secrets: Mapping[str, Any]

    def may_write_freely(self, address: str) -> bool:
        """Whether they wrote to us in the last 24 hours."""

    def is_group(self, address: str) -> bool: ...

    def files(self, notice: Notification) -> list[File]:
        """What is attached to the message that the notice brings."""

    def sent_parts(self, notice: Notification) -> set[int]:
        """Which parts an earlier attempt handed over."""

    def note_sent(self, notice: Notification, part: int, external_id: str) -> None: ...

    def note_trouble(self, said: str) -> None:
        """What an admin must mend, "" when it works again."""


@dataclass(frozen=True)
class File:
    name: str
    kind: str
    size: int
    read: Callable[[], bytes]


def _nobody(notice: Notification) -> Account:
    raise Refused("There is no number to send this from.")


_find: Callable[[Notification], Account] = _nobody


def use(find: Callable[[Notification], Account]) -> None:
    """`find(notice)` returns its account, or raises `Refused` where there is none (its door was closed)."""
    global _find
    _find = find


def account_of(notice: Notification) -> Account:
    return _find(notice)
