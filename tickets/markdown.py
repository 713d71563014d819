"""What people write, as safe HTML: Markdown without raw HTML, then nh3. Bounded in size and depth before either runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

REMEMBERED = 8_000  # characters: longer messages are rendered each time
LARGEST = 256_000  # characters; what is longer is cut, never refused
TAGS = {"p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
TAGS |= {"h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"}
ADDRESS = re.compile(r"https?://[^\s<>\"'`]*[^\s<>\"'`.,;:!?)\]}]")


def as_html(text: str) -> SafeString:
    """`text` as HTML that holds no script, no style, no image and no unknown link scheme. Single line breaks stay."""
    return _remembered(text) if len(text) <= REMEMBERED else _made(text)


@lru_cache(maxsize=2_000)
def _remembered(text: str) -> SafeString:
    """The same messages are read again and again."""
    return _made(text)


def _made(text: str) -> SafeString:
    rendered = _PARSER.render(text[:LARGEST])
    return mark_safe(  # the output of nh3
        nh3.clean(
            rendered,
            tags=TAGS,
            attributes={"a": {"href", "title"}, "ol": {"start"}},
            url_schemes={"http", "https", "mailto", "tel"},
            link_rel="noopener noreferrer nofollow",
        )
    )


def _link_addresses(state: StateCore) -> None:
    """A bare http(s) address in running text becomes a link; inside a link or code it stays text."""
    for block in state.tokens:
        if block.type != "inline" or not block.children or "://" not in block.content:
            continue
        inside, children = 0, []
        for token in block.children:
            inside += token.nesting if token.type in ("link_open", "link_close") else 0
            children += _linked(token) if token.type == "text" and not inside else [token]
        block.children = children


def _linked(token: Token) -> Iterator[Token]:
    end = 0
    for found in ADDRESS.finditer(token.content):
        yield _text(token.content[end : found.start()])
        yield Token("link_open", "a", 1, attrs={"href": found[0]})
        yield _text(found[0])
        yield Token("link_close", "a", -1)
        end = found.end()
    yield _text(token.content[end:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20}).enable(
    ["table", "strikethrough"]
)
_PARSER.disable("image")
_PARSER.core.ruler.push("addresses", _link_addresses)
