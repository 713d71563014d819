"""From a notice's words and links to what a person reads: subject, text and HTML, in their language and their zone.

Pieces, from the outside in: `Stationery` (desk and the tenant's own texts, read once a round) -> `letter` -> `blocks`
(paragraphs, quotations, buttons) -> plain text, and HTML on the desk's letterhead. Links are signed here, not before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_location
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from notifications.models import Notification, Template
from notifications.texts import KINDS, METRICS, SHARING, Text, built_in, language_near
from tenants import links
from tenants.customers.models import Desk
from tenants.people import doors

LOCALES = {"pt-br": "pt_BR", "en": "en_GB", "es": "es", "de": "de", "ru": "ru"}
PLACEHOLDER = re.compile(r"\{(\w+)\}")
ENDING = re.compile(PLACEHOLDER.pattern + r"([.?](?!\w))?")
BUTTON = re.compile(r"\[([^\]\n]+)\]\(\{(\w+)\}\)")
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


class Letter(NamedTuple):
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Block:
    """A paragraph, a quotation, or a button; `source` still has its placeholders."""

    shape: str  # "paragraph", "quotation", "button"
    source: str
    url: str = ""


class Stationery:
    """What the mails of one round share: the desk and its own texts."""

    def __init__(self) -> None:
        self.desk = Desk.objects.first() or Desk(name=_("Support"))
        self.home = links.absolute("")  # what every address of this desk begins with
        self.own_texts = {
            (own.kind, own.language): Text(own.subject, own.body) for own in Template.objects.all()
        }

    def letter(self, notice: Notification) -> Letter:
        return compose(
            self.text_for(notice.kind, notice.language),
            language=notice.language,
            words=self.words_for(notice),
            desk=self.desk,
            home=self.home,
        )

    def subject(self, notice: Notification) -> str:
        """One line, for the list of notices in the app: no link is signed for it."""
        text = self.text_for(notice.kind, notice.language)
        return one_line(filled(text.subject, self.plain_words(notice)))

    def text_for(self, kind: str, language: str) -> Text:
        """The desk's own text in this language, else the built-in one; in a language without either, the desk's first."""
        language = language.lower()
        near = language_near(language)
        wanted = [language]
        if near.split("-")[0] == language.split("-")[0]:
            wanted.append(near)
        else:
            wanted += [*self.desk.languages[:1], near]
        own = next((self.own_texts[kind, tag] for tag in wanted if (kind, tag) in self.own_texts), None)
        return own or built_in(kind, wanted[-1] if len(wanted) < 3 else wanted[1])

    def words_for(self, notice: Notification) -> dict[str, str]:
        return self.plain_words(notice) | {
            name: address(link, notice, self.home) for name, link in notice.links.items()
        }

    def plain_words(self, notice: Notification) -> dict[str, str]:
        person, language = notice.person, notice.language
        zone = ZoneInfo((person.timezone if person else "") or self.desk.timezone)
        words = {name: spoken(name, word, language, zone) for name, word in notice.words.items()}
        name = person.name if person else ""
        ours = {"name": name, "greeting": greeting(name, language), "desk": self.desk.name}
        return {"sharing": sharing(notice)} | words | ours


GREETINGS = {  # with a name, without one
    "en": ("Hello {},", "Hello,"),
    "pt": ("Olá {},", "Olá,"),
    "es": ("Hola, {}:", "Hola:"),
    "de": ("Guten Tag {},", "Guten Tag,"),
    "ru": ("Здравствуйте, {}!", "Здравствуйте!"),
}


def greeting(name: str, language: str) -> str:
    named, nameless = GREETINGS.get(language.lower().split("-")[0], GREETINGS["en"])
    return named.format(name) if name else nameless


def sharing(notice: Notification) -> str:
    """What whoever passes the link to the ticket on should know of it: this reader's may open without signing in, or not."""
    link = notice.links.get("ticket_url")
    if link is None:
        return ""
    for_whoever_has_it, for_who_signs_in = SHARING[language_near(notice.language)]
    return for_whoever_has_it if "purpose" in link else for_who_signs_in


def spoken(name: str, word: Any, language: str, zone: ZoneInfo) -> str:
    """A stored word as its reader sees it: a moment in their zone, a text in their language."""
    if isinstance(word, dict) and "moment" in word:
        moment = parse_datetime(word["moment"])
        return moment_in_words(moment, language, zone) if moment else ""
    if isinstance(word, dict):
        near = next((tag for tag in word if tag.split("-")[0] == language.split("-")[0]), "en")
        return str(word.get(language) or word.get(near) or next(iter(word.values()), ""))
    if name == "metric":
        return METRICS[language_near(language)].get(word, word)
    return str(word)


def moment_in_words(moment: datetime, language: str, zone: ZoneInfo) -> str:
    """Such as: Wednesday, 25 November 2026, 12:00 (São Paulo). The zone is named by its city."""
    local = moment.astimezone(zone)
    locale = LOCALES.get(language.lower(), "en_GB")
    city = get_timezone_location(zone, locale=locale, return_city=True)
    return f"{format_date(local, 'full', locale=locale)}, {local:%H:%M} ({city})"


def address(link: Mapping[str, Any], notice: Notification, home: str | None = None) -> str:
    """A full URL. Signed as of the notice's own moment, so that every attempt sends the same link with the same end."""
    path = link["path"]
    if purpose := link.get("purpose"):
        days = link.get("days", 90)
        if purpose in doors.PURPOSES:
            token = doors.token(purpose, notice.person, notice.created_at, days)
        else:
            token = links.sign(purpose, link["row"], notice.created_at, days)
        path = path.replace("{token}", token)
    return links.absolute(path) if home is None else home + path


def compose(
    text: Text, *, language: str, words: Mapping[str, str], desk: Desk, home: str | None = None
) -> Letter:
    """The letter of `text` with `words`, on the desk's letterhead."""
    shown = [block for block in blocks(text.body, words) if says_something(block, words)]
    subject, home = one_line(filled(text.subject, words)), home or links.absolute("")
    with translation.override(language):
        html = render_to_string(
            "notifications/mail.html",
            {
                "subject": subject,
                "language": language,
                "desk": desk,
                "home_url": f"{home}/",
                "ink": ink_on(desk.colour),
                "blocks": [
                    {"shape": block.shape, "html": as_html(block, words), "url": block.url} for block in shown
                ],
            },
        )
        plain = "\n\n".join([*(as_text(block, words) for block in shown), f"-- \n{desk.name}\n{home}/"])
    return Letter(
        subject, plain + "\n", html + ""
    )  # + "": a plain str, so that a page that quotes it escapes it


def blocks(body: str, words: Mapping[str, str]) -> list[Block]:
    found = []
    for source in re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip()):
        source = source.strip()
        if button := BUTTON.fullmatch(source):
            found.append(Block("button", button[1], words.get(button[2], "")))
        elif source.startswith(">"):
            found.append(Block("quotation", re.sub(r"^> ?", "", source, flags=re.MULTILINE)))
        elif source:
            found.append(Block("paragraph", source))
    return found


def says_something(block: Block, words: Mapping[str, str]) -> bool:
    """A paragraph is left out where all its placeholders are empty, a button where it leads nowhere."""
    if block.shape == "button":
        return bool(block.url)
    names = PLACEHOLDER.findall(block.source)
    return (
        not names or any(words.get(name, "").strip() for name in names if name != "desk") or names == ["desk"]
    )


def filled(source: str, words: Mapping[str, str]) -> str:
    """`source` with its words. A word that ends its sentence itself, as a summary may, gets no second stop: "Why??"."""

    def said(found: re.Match[str]) -> str:
        word, stop = words.get(found[1], ""), found[2] or ""
        return word if word.endswith((".", "?", "!", "…")) else word + stop

    return ENDING.sub(said, source)


def one_line(text: str) -> str:
    """A subject: no line ends, which a header must not have, and a length that mail programs show."""
    line = " ".join(text.split())
    return line if len(line) <= 200 else line[:199] + "…"


def as_text(block: Block, words: Mapping[str, str]) -> str:
    if block.shape == "button":
        label = filled(block.source, words)
        return f"{label}{'' if label.endswith('?') else ':'}\n{block.url}"
    plain = filled(BOLD.sub(r"\1", BUTTON.sub(r"\1 ({\2})", block.source)), words).strip()
    return (
        "\n".join(f"> {line}".rstrip() for line in plain.splitlines())
        if block.shape == "quotation"
        else plain
    )


def as_html(block: Block, words: Mapping[str, str]) -> SafeString:
    """Marks first, words after and escaped: what somebody wrote can be no mark and no tag."""
    source = BOLD.sub(r"<strong>\1</strong>", escape(block.source))
    source = BUTTON.sub(r'<a href="{\2}">\1</a>', source)
    return mark_safe(
        filled(source, {name: escape(word).strip() for name, word in words.items()}).replace("\n", "<br>")
    )


def ink_on(colour: str) -> str:
    """White or near-black, whichever reads better on `colour` (WCAG relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.053 else "#14171a"


def unknown_placeholders(kind: str, text: str) -> list[str]:
    allowed = KINDS[kind].placeholders
    return sorted({name for name in PLACEHOLDER.findall(text) if name not in allowed})
