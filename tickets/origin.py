"""Where words came in: the door, the two addresses, and what a mail carried beside what its writer said."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """All empty for words typed into a page of ours.

    `channel`: the door's key, "" where the ticket's own is meant. `sender_address`, `received_on`: theirs and ours (an
    e-mail address, a telephone number as E.164, a chat's id). `quoted`: what the writer repeated of earlier messages.
    `html`: the message as it was formatted, sanitised. `may_answer` False: nothing is answered by itself, as a program or a
    forger may be behind it (RFC 3834). `names_subject` False: what is answered by itself does not repeat the writer's words, as
    nobody knows yet whose address it is. `remark`: stands in the confirmation, such as which files were not kept.
    """

    channel: str = ""
    sender_address: str = ""
    received_on: str = ""
    quoted: str = ""
    html: str = ""
    may_answer: bool = True
    names_subject: bool = True
    remark: str = ""


TYPED_HERE = Origin()
