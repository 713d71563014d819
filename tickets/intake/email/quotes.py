"""PURE. What a writer says, apart from what the mail program repeated of earlier messages.

By line in plain text (attributions in the languages of the desks, ">" marks, Outlook's header blocks), by the programs' own
marks in HTML. Signatures stay. When in doubt nothing is folded: a text between two quotes is an answer to the first of them,
a forwarded message is what the mail is about, and a text that would be empty is shown whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tickets.intake.email.markup import TOKEN, VOID

LONGEST_LINE = 500  # characters of a line that are compared
MOST_LINES = 10_000  # a quote begins before them, or is not folded
WROTE = re.compile(
    r"(?:\bwrote|\bwrites|\bescreveu|\bescribi[oó]|\ba [ée]crit|\bschrieb|\bha scritto|\bschreef|\bskrev|\bnapisał|"
    r"\bпишет|\bписал|\bнаписал|\bnapsal|\bkirjoitti|\byazdı|\bhat geschrieben|写道|のメール|さんは書きました)"
    r"(?:\(a\)|\(а\)|а|a)?[^:\n]{0,160}[::]$",
    re.IGNORECASE,
)
LONGEST_WROTE = 200  # characters from "wrote" to the end of its line
STAMP = re.compile(r"\d{1,2}[:.h]\d{2}")
STAMPED_END = re.compile(r"[^\s<>@]@[^\s<>]{1,120}>?[^:\n]{0,20}:$")
FROM_MARK = re.compile(r"\d{1,2}:\d{2}.{0,40}\bот\b", re.IGNORECASE)
FROM_MARK_END = re.compile(r"@.{1,120}:$")
BEFORE_ADDRESS = 190  # characters in which the moment stands
BLOCK_NAME = {
    "from": r"From|De|Von|От|Da|Van|Från|Od|差出人|发件人",
    "other": (
        r"Sent|Date|To|Cc|Subject|Enviado|Enviada|Enviada em|Enviado em|Enviado el|Data|Fecha|Para|Assunto|Asunto|"
        r"Gesendet|Datum|An|Betreff|Отправлено|Дата|Кому|Тема|Копия|Envoyé|À|A|Objet|Inviato|Oggetto|Verzonden|Aan|"
        r"Onderwerp|Importance|Priority|Prioridade|Responder a|Reply-To|Cco|CC"
    ),
}
BLOCK_FROM = re.compile(rf"^\s*[*_]{{0,2}}(?:{BLOCK_NAME['from']})\s?[::][*_]{{0,2}}\s*\S", re.IGNORECASE)
BLOCK_OTHER = re.compile(
    rf"^\s*[*_]{{0,2}}(?:{BLOCK_NAME['other']})\s?[::][*_]{{0,2}}(?:\s|$)", re.IGNORECASE
)
SEPARATOR = re.compile(
    r"^\s*-{2,}\s*(?:Original Message|Mensagem original|Mensaje original|Ursprüngliche Nachricht|Originalnachricht|"
    r"Исходное сообщение|Пересылаемое сообщение|Message d'origine|Messaggio originale|Oorspronkelijk bericht|"
    r"Original-Nachricht|Reply message|Mensagem de resposta)\s*-{2,}\s*$",
    re.IGNORECASE,
)
RULE = re.compile(r"^\s*[_\-]{20,}\s*$")
FORWARDED = re.compile(
    r"^[^\S\n]*+>?[^\S\n]*+(?:-{3,}+[^\S\n]*+)?(?:Forwarded message|Forwarded by|Begin forwarded message|Mensagem encaminhada|"
    r"In[íi]cio da mensagem (?:encaminhada|reenviada)|Mensaje reenviado|Weitergeleitete Nachricht|"
    r"Anfang der weitergeleiteten Nachricht|Пересылаемое сообщение|Пересланное сообщение|Message transféré)\b",
    re.IGNORECASE | re.MULTILINE,
)
FORWARDING_SUBJECT = re.compile(r"^\s*(?:re:\s*)?(?:fwd?|enc|wg|rv|tr|i|пер)\s*:", re.IGNORECASE)
QUOTED_LINE = re.compile(r"^\s{0,3}>")


@dataclass(frozen=True, slots=True)
class Split:
    """`said`: what the writer added; `quoted`: what was repeated, "" where nothing is folded."""

    said: str
    quoted: str = ""


def is_forward(subject: str, text: str) -> bool:
    """A forwarded message is the matter of the mail, not a quote."""
    return bool(FORWARDING_SUBJECT.match(subject) or FORWARDED.search(text[:200_000]))


# --- plain text -------------------------------------------------------------------------------------------------------


def split_text(text: str) -> Split:
    lines = text.split("\n")
    start, end = _repeated(lines)
    if start is None:
        return Split(text.strip())
    said = "\n".join([*lines[:start], *lines[end:]])
    said = re.sub(r"\n{3,}", "\n\n", said).strip()
    if not re.sub(r"[\s_\-*]", "", said):
        return Split(text.strip())
    return Split(said, "\n".join(lines[start:end]).strip())


def _repeated(lines: list[str]) -> tuple[int | None, int]:
    """The one stretch of lines that repeats earlier messages: [start, end), or (None, 0)."""
    for index in range(min(len(lines), MOST_LINES)):
        width = _attribution(lines, index)
        if width:
            end = _end_of_quote(lines, index + width)
            if end is not None:
                return (index, end) if _is_only_quote(lines, end) else (None, 0)
            if QUOTED_LINE.match(lines[index]):
                continue
            return index, len(lines)  # the program repeats without marks, to the end
        if _header_block(lines, index):
            return _with_rule_before(lines, index), len(lines)
    return _trailing_marks(lines)


def _attribution(lines: list[str], index: int) -> int:
    """How many lines from `index` on say "on ... somebody wrote:", 0 where they do not. Mail programs wrap it."""
    first = lines[index].strip()[:LONGEST_LINE]
    if len(first) < 6 or QUOTED_LINE.match(first):
        return 0
    joined = ""
    for width in range(1, 5):
        if index + width > len(lines):
            return 0
        line = lines[index + width - 1].strip()[:LONGEST_LINE]
        if not line or (width > 1 and (QUOTED_LINE.match(line) or len(joined) > 2 * LONGEST_LINE)):
            return 0
        joined = f"{joined} {line}".strip()
        if line[-1] in ":：" and _says_wrote(joined):
            return width
    return 0


def _says_wrote(line: str) -> bool:
    has_when = bool(re.search(r"\d", line))
    if has_when and _is_stamped(line):
        return True
    return bool(WROTE.search(line[-LONGEST_WROTE:])) and (has_when or "@" in line)


def _is_stamped(line: str) -> bool:
    """A moment, then an address at the end. From the last "@" backwards: one pattern for all of it tries each pair of places."""
    at = line.rfind("@")
    if at < 1:
        return False
    before = line[max(0, at - BEFORE_ADDRESS) : at]
    if STAMPED_END.match(line, at - 1) and STAMP.search(before[:-1]):
        return True
    return bool(FROM_MARK_END.match(line, at) and FROM_MARK.search(before))


def _end_of_quote(lines: list[str], start: int) -> int | None:
    """Behind the run of ">" lines that begins at `start` (blank lines before and within it); None without such a run."""
    position = start
    while position < len(lines) and not lines[position].strip():
        position += 1
    if position >= len(lines) or not QUOTED_LINE.match(lines[position]):
        return None
    end = position
    while position < len(lines):
        if QUOTED_LINE.match(lines[position]):
            end = position + 1
        elif lines[position].strip():
            break
        position += 1
    return end


def _is_only_quote(lines: list[str], since: int) -> bool:
    """No further marks: between two quotes stand answers, which belong where they are."""
    return not any(QUOTED_LINE.match(line) for line in lines[since:])


def _header_block(lines: list[str], index: int) -> bool:
    """Outlook's way: "From: ... Sent: ... To: ... Subject: ..." in a block, or its line "Original Message"."""
    line = lines[index][:LONGEST_LINE]
    if SEPARATOR.match(line):
        return True
    if not BLOCK_FROM.match(line):
        return False
    following = [other[:LONGEST_LINE] for other in lines[index + 1 : index + 10] if other.strip()][:6]
    return sum(bool(BLOCK_OTHER.match(other)) for other in following) >= 2


def _with_rule_before(lines: list[str], index: int) -> int:
    before = index - 1
    while before >= 0 and not lines[before].strip():
        before -= 1
    return before if before >= 0 and (RULE.match(lines[before]) or SEPARATOR.match(lines[before])) else index


def _trailing_marks(lines: list[str]) -> tuple[int | None, int]:
    """One run of ">" lines, at the beginning or the end, without a line that introduces it."""
    marked = [index for index, line in enumerate(lines) if QUOTED_LINE.match(line)]
    if len(marked) < 2:
        return None, 0
    start, end = marked[0], marked[-1] + 1
    inside = [line for line in lines[start:end] if line.strip()]
    if len(inside) != len(marked):
        return None, 0
    is_first = not any(line.strip() for line in lines[:start])
    is_last = not any(line.strip() for line in lines[end:])
    return (start, end) if is_first != is_last else (None, 0)


# --- HTML -------------------------------------------------------------------------------------------------------------

WHOLE = re.compile(
    r"\b(?:gmail_quote|gmail_extra_quote|gmail_attr|moz-cite-prefix|yahoo_quoted|protonmail_quote|tutanota_quote|"
    r"zmail_extra|mail-quote-collapse|reply-quote|quoted-html)\b|mail-editor-reference-message-container"
)
FROM_HERE = re.compile(
    r"\b(?:divRplyFwdMsg|x_divRplyFwdMsg|appendonsend|x_appendonsend|OLK_SRC_BODY_SECTION|stopSpelling)\b"
)
BORDER = re.compile(r"border(?:-top)?:[^;\"]{0,100}solid\s{1,10}#(?:e1e1e1|b5c4df)", re.IGNORECASE)
BLANKS = re.compile(r"(?:\s|<hr[^>]{0,200}>|<br>|&nbsp;)++")


def split_html(source: str) -> Split:
    """`source`: harmless HTML with its classes (`markup.harmless`). The parts are HTML again, perhaps unbalanced."""
    said: list[str] = []
    quoted: list[str] = []
    position, depth, closes_at, is_rest = 0, 0, 0, False
    for token in TOKEN.finditer(source):
        (quoted if closes_at or is_rest else said).append(source[position : token.start()])
        position = token.end()
        closing, name, attributes = bool(token[1]), token[2], token[3]
        if is_rest:
            quoted.append(token[0])
            continue
        if name in VOID:
            (quoted if closes_at else said).append(token[0])
            continue
        if closing:
            (quoted if closes_at else said).append(token[0])
            closes_at = 0 if closes_at == depth else closes_at
            depth -= 1
            continue
        depth += 1
        if not closes_at and _begins_rest(name, attributes):
            is_rest = True
        elif not closes_at and _is_quote(name, attributes):
            closes_at = depth
        (quoted if closes_at or is_rest else said).append(token[0])
    (quoted if closes_at or is_rest else said).append(source[position:])
    return _checked("".join(said), "".join(quoted), source)


def _is_quote(name: str, attributes: str) -> bool:
    if name == "blockquote" and ('type="cite"' in attributes or "cite=" in attributes):
        return True
    return bool(attributes) and bool(WHOLE.search(attributes))


def _begins_rest(name: str, attributes: str) -> bool:
    if not attributes:
        return False
    return bool(FROM_HERE.search(attributes)) or (name == "div" and bool(BORDER.search(attributes)))


def _says_something(source: str) -> bool:
    return bool(re.sub(r"&nbsp;|\s", "", TOKEN.sub("", source))) or "<img" in source


def _checked(said: str, quoted: str, source: str) -> Split:
    if not quoted or not _says_something(said) or _has_answers_between(source):
        return Split(source)
    return Split(_without_end(said), quoted)


def _without_end(said: str) -> str:
    """`said` without the rules and blanks at its end. Each run is looked at once: a "+$" would try it from each character."""
    last = max(BLANKS.finditer(said), key=re.Match.end, default=None)
    return said[: last.start()] if last and last.end() == len(said) else said


def _has_answers_between(source: str) -> bool:
    """Two cited blocks with words between them: answers, point by point."""
    depth, ends, position, words_since_end = 0, 0, 0, False
    for token in TOKEN.finditer(source):
        if depth == 0 and ends and _says_something(source[position : token.start()]):
            words_since_end = True
        position = token.end()
        if token[2] != "blockquote":
            continue
        if token[1]:
            depth -= 1
            ends += depth == 0
        else:
            if depth == 0 and words_since_end and "cite" in token[3]:
                return True
            depth += 1
    return False
