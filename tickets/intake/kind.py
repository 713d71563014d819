"""What a kind of door consists of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from tickets.intake.models import Door, Inbound
from tickets.intake.result import Result


@dataclass(frozen=True, slots=True)
class Setting:
    """A field of the door's form in the admin. A secret one is sealed and never shown again; empty keeps what is there."""

    name: str
    label: Any  # lazily translated
    help: Any = ""
    is_secret: bool = False
    is_required: bool = True
    shape: str = "line"  # line, number, json, yes_no, choice
    default: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class DoorKind:
    """`handle(inbound, raw, received_at)` understands one thing in one transaction with its effects, or raises.

    `hear(request, door, at)` answers its web hook: verifies, stores by `storing.receive`, and only then says 200; None for
    a door that we look through ourselves. `fetch(inbound, raw)` may talk to the network before the transaction; what it
    returns is `inbound.fetched`. `channels`: the policy's channels that such a door may count as, the usual one first.
    `address`: "email" or "phone": how our own address is checked. `check(config)`: what is wrong with what was typed, by name.
    """

    label: Any
    handle: Callable[[Inbound, bytes, datetime], Result]
    hear: Callable[[HttpRequest, Door, datetime], HttpResponse] | None = None
    fetch: Callable[[Inbound, bytes], Any] | None = None
    settings: tuple[Setting, ...] = ()
    channels: tuple[str, ...] = ("email", "other")
    address: str = "email"
    check: Callable[[dict[str, Any]], dict[str, str]] | None = None
    try_out: Callable[[Door], tuple[bool, str]] | None = None
    hint: str = ""
