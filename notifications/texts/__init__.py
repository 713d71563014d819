"""The words of every notice: its kinds with their placeholders, and the built-in texts by language.

A text is a subject and a body. In a body a blank line ends a paragraph; `> ` begins a quotation, `**bold**` is bold, and a
paragraph `[words]({some_url})` is a button. `{placeholder}` is replaced by its word; a paragraph whose placeholders are all
empty is left out. Nothing else has a meaning: this is not a template language, and a word's own characters stay as they are.
"""

from notifications.texts.kinds import (
    KINDS,
    METRICS,
    NEVER_MUTED,
    PLACEHOLDERS,
    SHARING,
    Kind,
    Text,
    built_in,
    kind_for,
    language_near,
)

__all__ = [
    "KINDS",
    "METRICS",
    "NEVER_MUTED",
    "PLACEHOLDERS",
    "SHARING",
    "Kind",
    "Text",
    "built_in",
    "kind_for",
    "language_near",
]
