"""Where words came in: the door, the two addresses, and what a mail carried beside what its writer said."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """All empty for words typed into a page of ours.

    `channel`: the door's key, "" where the ticket's own is meant. `sender_address`, `received_on`: theirs and ours (an
    e-mail address, a telephone number as E.164, a chat's id). `quoted`: what the writer repeated of earlier messages.
    `html`: the message as it was formatted, sanitised.
    """

    channel: str = ""
    sender_address: str = ""
    received_on: str = ""
    quoted: str = ""
    html: str = ""


TYPED_HERE = Origin()
