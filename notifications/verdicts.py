"""PURE: what a mail server's refusal means: for good or for now, and whether the mailbox is to blame (RFC 5321 4.2, RFC 3463).

A refusal for good that names the mailbox (5.1.x: there is none of that name; 5.2.1: it is shut) is a reason to write there
no more. One that names the content, the sender or a rule (5.7.x), or a full mailbox (5.2.2), is not.
"""

from __future__ import annotations

import re

STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
DEAD = {"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
# How servers say it that give no status: "550 No such user here", "550 unknown recipient"
SAID = re.compile(
    r"no such (user|recipient|mailbox|address)|(user|recipient|mailbox|address|account)\W+(is\s+)?(unknown|not found"
    r"|does ?n[o']t exist|disabled|inactive)|(unknown|invalid|nonexistent) (user|recipient|mailbox|address)",
    re.IGNORECASE,
)


def status_of(text: str) -> str:
    """The enhanced status code in a server's words, such as "5.1.1"; empty where there is none."""
    found = STATUS.search(text)
    return found[0] if found else ""


def is_final(code: int) -> bool:
    """Whether a reply code says: never. 4xx says: later."""
    return 500 <= code < 600


def is_dead_mailbox(text: str) -> bool:
    """Whether these words of a refusal for good say that there is no such mailbox."""
    status = status_of(text)
    return status in DEAD if status else bool(SAID.search(text))


def blames_another(text: str) -> bool:
    """Whether they name a reason that has nothing to do with the mailbox's existence."""
    status = status_of(text)
    return bool(status) and status not in DEAD
