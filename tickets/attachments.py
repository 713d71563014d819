"""Files of a message: refused with a clear reason by the policy's rule, or kept. Types are told by content, not by name."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatch
from typing import Any

import puremagic
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policies.decisions import attachment_rule
from policies.document import AttachmentRule, Policy
from tickets.models import Attachment, Message


def check(files: Sequence[Any], policy: Policy, topic: str) -> list[str]:
    """One sentence for each file that the rule refuses; empty when all may be attached."""
    rule = attachment_rule(policy, topic) or AttachmentRule(key="")
    refused = []
    if len(files) > rule.per_message:
        refused.append(
            ngettext(
                "At most %(limit)s file in one message; you chose %(chosen)s.",
                "At most %(limit)s files in one message; you chose %(chosen)s.",
                rule.per_message,
            )
            % {"limit": rule.per_message, "chosen": len(files)}
        )
    kinds = [kind_of(file) for file in files]
    videos = [kind for kind in kinds if kind.startswith("video/")]
    if rule.videos_per_message is not None and len(videos) > rule.videos_per_message:
        refused.append(
            ngettext(
                "At most %(limit)s video in one message; you chose %(chosen)s.",
                "At most %(limit)s videos in one message; you chose %(chosen)s.",
                rule.videos_per_message,
            )
            % {"limit": rule.videos_per_message, "chosen": len(videos)}
        )
    for file, kind in zip(files, kinds, strict=True):
        if file.size > rule.max_bytes:
            refused.append(
                _("%(name)s is larger than %(limit)s MB.")
                % {"name": file.name, "limit": rule.max_bytes // 1_000_000}
            )
        if rule.kinds and not any(fnmatch(kind, wanted) for wanted in rule.kinds):
            refused.append(
                _("%(name)s is of a kind that cannot be attached here (%(kind)s).")
                % {"name": file.name, "kind": kind}
            )
    return refused


def kind_of(file: Any) -> str:
    """The MIME type by the first bytes; plain text and the unknown are told apart by whether they decode."""
    file.seek(0)
    head = file.read(8192)
    file.seek(0)
    try:
        matches = puremagic.magic_string(head, file.name)
        if matches and matches[0].mime_type:
            return str(matches[0].mime_type)
    except (puremagic.PureError, ValueError):
        pass
    try:
        head.decode("utf-8")
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "text/plain"


def keep(message: Message, files: Sequence[Any]) -> None:
    for file in files:
        kind = kind_of(file)
        Attachment.objects.create(
            message=message, file=file, name=file.name[-200:], kind=kind, size=file.size
        )
