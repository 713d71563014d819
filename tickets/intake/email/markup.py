"""PURE. A mail's HTML, made harmless: bounded first (nh3 needs 39 s for half a megabyte of nested <div>), then cleaned by nh3.

`harmless` keeps classes and ids, by which `quotes` knows what a mail program repeated; `presentable` is what is stored and
shown: no script, no style, no class, no remote picture. Pictures of the mail itself stay as `cid:` addresses.
"""

from __future__ import annotations

import html
import re

import nh3

from tickets.intake.email.bounds import MAX_DEPTH, MAX_HTML
from tickets.intake.email.charsets import clean

BLOCKS = {
    "p", "div", "br", "hr", "ul", "ol", "li", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote",
    "dl", "dt", "dd", "section", "article", "header", "footer", "center", "address", "tbody", "thead",
}  # fmt: skip
TAGS = {
    "p", "br", "hr", "strong", "b", "em", "i", "u", "s", "strike", "del", "ins", "sub", "sup", "small", "code", "pre",
    "blockquote", "ul", "ol", "li", "a", "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tfoot", "tr",
    "th", "td", "caption", "img", "div", "span", "dl", "dt", "dd",
}  # fmt: skip
VOID = {
    "br",
    "hr",
    "img",
    "input",
    "meta",
    "link",
    "area",
    "base",
    "col",
    "embed",
    "param",
    "source",
    "track",
    "wbr",
}
SELF_CLOSING = {"p", "li", "td", "th", "tr", "dt", "dd", "option"}
PLAIN_TAGS = re.compile(r"</?(?:p|br|div|span)(?:\s[^>]*)?>", re.IGNORECASE)
TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*+)>")
EMPTY_BLOCKS = re.compile(r"(?:<(?:div|p|span)>(?:\s|&nbsp;|<br>)*+</(?:div|p|span)>\s*+){3,}")
NAME = re.compile(r"/?[a-zA-Z][a-zA-Z0-9:-]{0,40}")
HIDING = {"script", "style", "title", "textarea", "noscript", "template", "svg", "math", "xml", "head"}


def harmless(source: str) -> str:
    """Well-formed HTML that a regular expression may read; classes and ids still in it."""
    return nh3.clean(
        shallow(clean(source)[:MAX_HTML])[:MAX_HTML],
        tags=TAGS | {"center", "font"},
        clean_content_tags={"script", "style", "title", "head"},
        attributes={
            "*": {"class", "id", "name"},
            "a": {"href", "title"},
            "img": {"src", "alt", "width", "height"},
            "blockquote": {"type", "cite"},
            "td": {"colspan", "rowspan"},
            "th": {"colspan", "rowspan"},
            "ol": {"start"},
            "div": {"style"},
        },
        filter_style_properties={"border-top", "border"},
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        strip_comments=True,
        link_rel=None,
    )


def presentable(source: str) -> str:
    """What is stored and shown of `harmless` HTML; "" where it says nothing that its text does not."""
    shown = nh3.clean(
        source,
        tags=TAGS,
        attributes={
            "a": {"href", "title"},
            "img": {"src", "alt", "width", "height"},
            "td": {"colspan", "rowspan"},
            "th": {"colspan", "rowspan"},
            "ol": {"start"},
        },
        attribute_filter=_own_pictures_only,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
    )
    shown = EMPTY_BLOCKS.sub("<br>", TOKEN.sub(_picture_or_its_name, shown)).strip()
    return shown if "<" in PLAIN_TAGS.sub("", shown) else ""


def _picture_or_its_name(token: re.Match[str]) -> str:
    """A picture that was left out by the words that stand for it."""
    if token[2] != "img" or token[1] or ' src="' in token[3]:
        return token[0]
    name = re.search(r' alt="([^"]{1,300})"', token[3])
    return f"[{name[1]}]" if name else ""


def _own_pictures_only(tag: str, attribute: str, value: str) -> str | None:
    if (tag, attribute) == ("img", "src") and not value.lower().startswith("cid:"):
        return None
    if tag == "img" and attribute in ("width", "height"):
        return value if value.isdecimal() and len(value) < 5 else None
    return value


def shallow(source: str) -> str:
    """`source` with at most MAX_DEPTH elements open at a time: deeper tags are left out, their text stays. Linear."""
    out: list[str] = []
    open_tags: list[str] = []
    position, length, closing = 0, len(source), -1
    while position < length:
        start = source.find("<", position)
        if start < 0:
            out.append(source[position:])
            break
        out.append(source[position:start])
        if source.startswith("<!--", start):
            end = source.find("-->", start + 4)
            position = end + 3 if end >= 0 else length
            continue
        name = NAME.match(source, start + 1)
        if closing < start:  # the next one, searched for once
            found = source.find(">", start)
            closing = found if found >= 0 else length
        end = _end_of_tag(source, start) if closing < min(length, start + 20_000) else -1
        if name is None or end < 0:
            if source[start + 1 : start + 2] in ("!", "?") and end >= 0:
                position = end + 1
                continue
            out.append("&lt;")
            position = start + 1
            continue
        if _may_stand(name[0].lower(), open_tags):
            out.append(source[start : end + 1])
        position = end + 1
    return "".join(out)


def _end_of_tag(source: str, start: int) -> int:
    """Where the tag ends; quotes are minded only within 4,000 characters, as no mail program writes longer tags."""
    limit = min(len(source), start + 4_000)
    position = start + 1
    while position < limit:
        end = source.find(">", position, limit)
        if end < 0:
            break
        quotes = [q for q in (source.find('"', position, end), source.find("'", position, end)) if q >= 0]
        if not quotes:
            return end
        quote = min(quotes)
        closing = source.find(source[quote], quote + 1, limit)
        if closing < 0:
            return end
        position = closing + 1
    return source.find(">", start, min(len(source), start + 20_000))


def _may_stand(name: str, open_tags: list[str]) -> bool:
    if name.startswith("/"):
        name = name[1:]
        if name in open_tags:
            while open_tags.pop() != name:
                pass
            return True
        return False
    if name in VOID:
        return len(open_tags) <= MAX_DEPTH
    if name in SELF_CLOSING and open_tags and open_tags[-1] == name:
        open_tags.pop()
    if len(open_tags) >= MAX_DEPTH:
        return False
    open_tags.append(name)
    return True


def as_text(source: str) -> str:
    """The words of `harmless` HTML, a line for each block; cells of a row side by side, links with their address."""
    out: list[str] = []
    position, quoted = 0, 0
    addresses: list[tuple[str, int]] = []
    for token in TOKEN.finditer(source):
        out.append(_words(source[position : token.start()]))
        position, closing, name = token.end(), bool(token[1]), token[2]
        if name == "br":
            out.append("\n")
        elif name == "hr":
            out.append("\n---\n")
        elif name == "li" and not closing:
            out.append("\n- ")
        elif name in ("td", "th") and closing:
            out.append("\t")
        elif name == "a":
            _link(token[3], closing, addresses, out)
        elif name == "blockquote":
            out.append("\n\0" if closing else "\n\1")
        elif name in BLOCKS:
            out.append("\n\n" if name in ("p", "pre") or (name[0] == "h" and len(name) == 2) else "\n")
    out.append(_words(source[position:]))
    lines, quoted = [], 0
    for piece in "".join(out).split("\n"):
        quoted += piece.count("\1") - piece.count("\0")
        words = re.sub(r"[ \t\xa0]*\t[ \t\xa0]*", "\t", re.sub(r"[ \xa0]+", " ", piece.strip("\0\1 \xa0\t")))
        lines.append("> " * max(0, min(quoted, 5)) + words if words and quoted > 0 else words)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _link(attributes: str, closing: bool, addresses: list[tuple[str, int]], out: list[str]) -> None:
    if not closing:
        found = re.search(r'href="([^"]{1,2000})"', attributes)
        addresses.append((html.unescape(found[1]) if found else "", len(out)))
        return
    if not addresses:
        return
    address, since = addresses.pop()
    words = "".join(out[since:]).strip()
    if (
        address.startswith("http")
        and words
        and words.rstrip("/") != address.rstrip("/")
        and not words.startswith("http")
    ):
        out.append(f" ({address})")


def _words(text: str) -> str:
    return clean(html.unescape(re.sub(r"\s+", " ", text)))


def from_text(text: str) -> str:
    """Plain text as HTML, for a body whose other blocks are HTML."""
    return "<div>" + html.escape(text).replace("\n", "<br>") + "</div>"
