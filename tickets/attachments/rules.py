"""What the policy's rule says of the files of one message, in sentences; and keeping what it lets through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policies.decisions import attachment_rule
from policies.document import AttachmentRule, Policy
from tickets.attachments.looking import Look, look
from tickets.models import Attachment, Message

GRACE = 0.25  # seconds: the last frame and the end of the sound stick out of what a camera calls 30 seconds


def check(files: Sequence[Any], policy: Policy, topic: str) -> list[str]:
    """One sentence for each thing that the rule refuses; empty when all may be attached."""
    rule = rule_of(policy, topic)
    looks = _looks(files, rule)
    return [
        *_counts(looks, rule),
        *(said for file, seen in zip(files, looks, strict=True) for said in _faults(file, seen, rule)),
    ]


def measure(files: Sequence[Any], policy: Policy, topic: str) -> None:
    """Look at the files before a row is locked for them: a video takes a while, and `check` then knows it."""
    _looks(files, rule_of(policy, topic))


def rule_of(policy: Policy, topic: str) -> AttachmentRule:
    return attachment_rule(policy, topic) or AttachmentRule(key="")


def _looks(files: Sequence[Any], rule: AttachmentRule) -> list[Look]:
    """Measured where the rule limits videos; what is refused anyway, for its size or their number, is not."""
    limits = rule.videos_per_message is not None or rule.video_seconds is not None
    wanted = limits and len(files) <= rule.per_message
    return [look(file, measure=wanted and file.size <= rule.max_bytes) for file in files]


def _counts(looks: Sequence[Look], rule: AttachmentRule) -> Iterator[str]:
    if len(looks) > rule.per_message:
        yield ngettext(
            "At most %(limit)s file in one message; you chose %(chosen)s.",
            "At most %(limit)s files in one message; you chose %(chosen)s.",
            rule.per_message,
        ) % {"limit": rule.per_message, "chosen": len(looks)}
    videos = sum(seen.is_video for seen in looks)
    if rule.videos_per_message is not None and videos > rule.videos_per_message:
        yield ngettext(
            "At most %(limit)s video in one message; you chose %(chosen)s.",
            "At most %(limit)s videos in one message; you chose %(chosen)s.",
            rule.videos_per_message,
        ) % {"limit": rule.videos_per_message, "chosen": videos}


def _faults(file: Any, seen: Look, rule: AttachmentRule) -> Iterator[str]:
    """What is wrong with this one, by its name."""
    name = file.name
    if file.size > rule.max_bytes:
        yield _("%(name)s is larger than %(limit)s MB.") % {
            "name": name,
            "limit": rule.max_bytes // 1_000_000,
        }
    if not _fits(seen.kind, rule):
        yield _("%(name)s is of a kind that cannot be attached here (%(kind)s).") % {
            "name": name,
            "kind": seen.kind,
        }
    elif seen.problem == "unreadable":
        yield _("%(name)s is a video whose length cannot be read: it is damaged or incomplete. Please record or export it "
                "again.") % {"name": name}  # fmt: skip
    elif seen.problem == "slow":
        yield _("%(name)s could not be checked in time. Please send a shorter recording, as MP4 or WebM.") % {
            "name": name
        }
    elif (
        rule.video_seconds is not None and seen.is_video and (seen.seconds or 0) > rule.video_seconds + GRACE
    ):
        yield _("%(name)s lasts %(seconds)s seconds; a video may last at most %(limit)s.") % {
            "name": name, "seconds": _said(seen.seconds or 0), "limit": rule.video_seconds,
        }  # fmt: skip


def _fits(kind: str, rule: AttachmentRule) -> bool:
    """What is written in a text file - a log, a table, an answer in JSON - makes it no less plain text."""
    is_text = kind.startswith("text/") or kind == "application/json"
    names = (kind, "text/plain") if is_text else (kind,)
    return not rule.kinds or any(fnmatch(name, wanted) for name in names for wanted in rule.kinds)


def _said(seconds: float) -> str:
    return number_format(round(seconds, 1), 0 if seconds == round(seconds) else 1)


def keep(message: Message, files: Sequence[Any]) -> None:
    for file in files:
        Attachment.objects.create(
            message=message, file=file, name=file.name[-200:], kind=look(file).kind[:100], size=file.size
        )
