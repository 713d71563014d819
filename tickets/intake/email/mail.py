"""PURE. bytes -> Mail: everything that the desk wants to know of a mail, in bounded time, or `Unreadable`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message

from tickets.intake.email import markup, quotes
from tickets.intake.email.bounces import Bounce, read_bounce
from tickets.intake.email.bounds import MAX_TEXT
from tickets.intake.email.headers import Address, addresses, header, headers, message_ids, moment, raw_headers
from tickets.intake.email.parts import Block, File, Taken, parse, take_apart
from tickets.intake.email.robots import suppresses_answers, why_automatic
from tickets.intake.email.verdicts import Verdicts, is_marked_spam, read_verdicts


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the provider said beside the mail. `sender` None: it said nothing of it; "": the empty one of a report."""

    sender: str | None = None
    recipients: tuple[str, ...] = ()
    is_spam: bool = False
    verdicts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mail:
    """`text`: what was said; `quoted`: what the mail program repeated; `html`: `text` as formatted, sanitised, "" where
    formatting adds nothing; pictures of the mail itself stand in it as `cid:`. Message-IDs are without brackets."""

    sender: Address
    reply_to: tuple[Address, ...]
    recipients: tuple[str, ...]
    subject: str
    message_id: str
    references: tuple[str, ...]
    written_at: datetime
    text: str
    quoted: str
    html: str
    files: tuple[File, ...]
    why_automatic: str
    may_be_answered: bool
    bounce: Bounce | None
    verdicts: Verdicts
    is_spam: bool


def read_mail(raw: bytes, at: datetime, envelope: Envelope = Envelope(), authserv_id: str = "") -> Mail:
    """`at`: when it came. Raises Unreadable, and nothing else for any bytes."""
    message = parse(raw)
    taken = take_apart(message)
    sender = (addresses(message, "From", most=1) or addresses(message, "Sender", most=1) or [Address()])[0]
    subject = header(message, "Subject")[:998]
    text, quoted, html = _words(taken, subject)
    why = why_automatic(message, sender, envelope.sender)
    return Mail(
        sender=sender,
        reply_to=tuple(addresses(message, "Reply-To", most=5)),
        recipients=_recipients(message, envelope),
        subject=subject,
        message_id=next(iter(message_ids(" ".join(raw_headers(message, "Message-ID")))), ""),
        references=_references(message),
        written_at=moment(message, at),
        text=text,
        quoted=quoted,
        html=html,
        files=tuple(taken.files),
        why_automatic=why,
        may_be_answered=not why and not suppresses_answers(message) and bool(sender.email),
        bounce=read_bounce(message, taken, text),
        verdicts=read_verdicts(message, authserv_id, envelope.verdicts),
        is_spam=envelope.is_spam or is_marked_spam(message),
    )


def _recipients(message: Message, envelope: Envelope) -> tuple[str, ...]:
    """Every address that the mail was sent to, the envelope's first: a token may stand in any of them."""
    named = addresses(message, "Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc", "X-Forwarded-To")
    return tuple(
        dict.fromkeys([*(r.strip().lower() for r in envelope.recipients), *(a.email for a in named)])
    )[:200]


def _references(message: Message) -> tuple[str, ...]:
    """Message-IDs that the mail answers, the nearest first."""
    found = (
        message_ids(" ".join(headers(message, "In-Reply-To")))
        + message_ids(" ".join(headers(message, "References")))[::-1]
    )
    return tuple(dict.fromkeys(found))


# --- words ------------------------------------------------------------------------------------------------------------


def _words(taken: Taken, subject: str) -> tuple[str, str, str]:
    """(said, quoted, html)."""
    source = _html_of(taken.blocks)
    harmless = markup.harmless(source) if source else ""
    in_html = markup.as_text(harmless) if harmless else ""
    text = _text_of(taken.blocks)
    plain = text if _is_the_same(text, in_html) else in_html
    if quotes.is_forward(subject, plain):
        return plain[:MAX_TEXT], "", markup.presentable(harmless) if harmless else ""
    html_split = quotes.split_html(harmless) if harmless else quotes.Split("")
    split = quotes.split_text(plain)
    if not split.quoted and html_split.quoted:
        split = quotes.Split(
            markup.as_text(markup.harmless(html_split.said)),
            markup.as_text(markup.harmless(html_split.quoted)),
        )
    is_alike = bool(split.quoted) == bool(html_split.quoted)
    html = markup.presentable(html_split.said) if harmless and is_alike else ""
    return split.said[:MAX_TEXT], split.quoted[:MAX_TEXT], html


def _is_the_same(text: str, in_html: str) -> bool:
    """Whether the plain text says what the HTML says: some programs send a placeholder, or nothing, beside their HTML."""
    if not in_html.strip():
        return True
    said = len("".join(text.split()))
    return said > 0 and said * 3 + 200 > len("".join(in_html.split()))


def _text_of(blocks: list[Block]) -> str:
    texts = [b.text if b.text.strip() else markup.as_text(markup.harmless(b.html)) for b in blocks]
    return "\n\n".join(text.strip("\n") for text in texts if text.strip())[:MAX_TEXT]


def _html_of(blocks: list[Block]) -> str:
    if not any(block.html.strip() for block in blocks):
        return ""
    return "\n".join(block.html if block.html.strip() else markup.from_text(block.text) for block in blocks)
