"""A notice as a short message: the same text as the mail's, without its greeting, its signature and its letterhead."""

from __future__ import annotations

from notifications.models import Notification
from notifications.rendering import BOLD, BUTTON, Block, Stationery, blocks, filled, says_something


def short_text(notice: Notification, stationery: Stationery, bold: str = "") -> str:
    """Plain text with links. `bold`: what stands around bold words, such as WhatsApp's asterisk."""
    words = stationery.words_for(notice)
    text = stationery.text_for(notice.kind, notice.language)
    shown = [
        said(block, words, bold)
        for block in blocks(text.body, words)
        if block.source != "{greeting}" and says_something(block, words)
    ]
    return "\n\n".join(shown)


def said(block: Block, words: dict[str, str], bold: str) -> str:
    if block.shape == "button":
        return f"{filled(block.source, words)}: {block.url}"
    source = BOLD.sub(rf"{bold}\1{bold}", BUTTON.sub(r"\1 ({\2})", block.source))
    return filled(source, words).strip()
