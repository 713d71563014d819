"""What may be attached, in one sentence from the policy's rule (ZP06, CH10)."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policies.document import AttachmentRule
from policies.words import file_kinds


def rules_in_words(rule: AttachmentRule | None) -> str:
    rule = rule or AttachmentRule(key="")
    words = [
        ngettext("Up to %(number)d file", "Up to %(number)d files", rule.per_message)
        % {"number": rule.per_message},
        _("%(size)d MB each") % {"size": max(1, rule.max_bytes // 1_000_000)},
    ]
    sentence = ", ".join(words)
    if rule.kinds:
        names = file_kinds(rule.kinds)
        sentence += ": " + ", ".join(names)
    sentence += "."
    if rule.videos_per_message is not None:
        sentence += " " + ngettext(
            "At most %(number)d video.", "At most %(number)d videos.", rule.videos_per_message
        ) % {"number": rule.videos_per_message}
    if rule.video_seconds is not None:
        sentence += " " + _("A video lasts %(seconds)d seconds at most.") % {"seconds": rule.video_seconds}
    return sentence
