"""The rule before a file is chosen: in words under the field, and in figures for the script that checks while choosing."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django import forms
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from policies.document import AttachmentRule
from policies.words import file_kinds


def hint(field: forms.Field, rule: AttachmentRule | None) -> None:
    """Make `field` say what may be attached. The script reads the data attributes (static/js/files.js)."""
    rule = rule or AttachmentRule(key="")
    field.help_text, words = _told(rule, get_language())
    field.widget.attrs |= {
        "multiple": True,
        "data-list": "",
        "data-max-bytes": rule.max_bytes,
        "data-per-message": rule.per_message,
        "data-words": words,
    }
    if rule.videos_per_message is not None:
        field.widget.attrs["data-videos"] = rule.videos_per_message


@lru_cache(maxsize=500)
def _told(rule: AttachmentRule, language: str | None) -> tuple[str, str]:
    """The rule for people, and the script's words as JSON, in `language`, the active one."""
    return in_words(rule), json.dumps(_script_words(rule), ensure_ascii=False)


def in_words(rule: AttachmentRule | None) -> str:
    """What may be attached, in one or three sentences (ZP06, CH10)."""
    rule = rule or AttachmentRule(key="")
    words = [
        ngettext("Up to %(number)d file", "Up to %(number)d files", rule.per_message)
        % {"number": rule.per_message},
        _("%(size)d MB each") % {"size": max(1, rule.max_bytes // 1_000_000)},
    ]
    sentence = ", ".join(words)
    if rule.kinds:
        sentence += ": " + ", ".join(file_kinds(rule.kinds))
    sentence += "."
    if rule.videos_per_message is not None:
        sentence += " " + _videos(rule.videos_per_message)
    if rule.video_seconds is not None:
        sentence += " " + _("A video lasts %(seconds)d seconds at most.") % {"seconds": rule.video_seconds}
    return sentence


def _videos(number: int) -> str:
    return ngettext("At most %(number)d video.", "At most %(number)d videos.", number) % {"number": number}


def _script_words(rule: AttachmentRule) -> dict[str, Any]:
    return {
        "drop": _("Drop files here, or paste a screenshot into the text."),
        "remove": _("Remove %(name)s"),
        "tooBig": _("too large"),
        "tooMany": ngettext(
            "At most %(number)d file in one message: remove some.",
            "At most %(number)d files in one message: remove some.",
            rule.per_message,
        )
        % {"number": rule.per_message},
        "tooLarge": _("Remove what is too large: at most %(size)d MB each.")
        % {"size": max(1, rule.max_bytes // 1_000_000)},
        "videos": _videos(rule.videos_per_message) if rule.videos_per_message is not None else "",
        "screenshot": _("screenshot"),
        "sending": _("Sending: %(percent)s"),
        "checking": _("Sent; the files are being checked…"),
        "failed": _(
            "It could not be sent. Nothing is lost: check your connection and press the button again."
        ),
    }
