"""PURE. Words that must go out of other texts, however these were wrapped, quoted, formatted or cut on their way.

A text of some length is found by its words in their order, whatever stands between them: "> ", "**", the end of a line. A short
one is found exactly as it is, never inside another word. Where a copy was cut, what is left of its beginning goes as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

LONG = 12  # letters and digits: so many of them in this order are this text and no other
SEVERAL = (
    4  # signs, or three and a digit among them: a shorter text like "ok" goes only where it stands alone
)
WORD = re.compile(r"[^\W_]+")
MARK = "\0"  # stands where something went while the rest is looked through; no kept text has it

# Names under which keys, states, people and the policy's own sentences are told: no copies of what somebody wrote.
NOT_WRITTEN = frozenset({
    "type", "path", "url", "status", "channel", "plan", "priority", "topic", "outcome", "due_metric", "clock_state", "team",
    "language", "kind", "from", "to", "requester", "author", "actor", "owner", "company", "email", "key", "rule", "metric",
    "promise", "scope", "missing", "written_by", "number", "other_number", "score", "month",
})  # fmt: skip
TYPED = "fields"  # below it all was written by the customer, whatever its names


def flat(text: str) -> str:
    """Its letters and digits alone, in small letters."""
    return "".join(WORD.findall(text)).casefold()


@dataclass(frozen=True)
class Gone:
    """One text that must go."""

    text: str

    @cached_property
    def flat(self) -> str:
        return flat(self.text)

    @property
    def is_long(self) -> bool:
        return len(self.flat) >= LONG

    @property
    def longest(self) -> str:
        """Its longest word, by which rows are found that may tell it; the text itself where it has none."""
        return max(WORD.findall(self.text), key=len, default=self.text)

    def is_whole(self, said: str) -> bool:
        """`said` is this text and nothing else."""
        return said.strip() == self.text.strip() or (bool(self.flat) and flat(said) == self.flat)

    def begins_with(self, said: str) -> bool:
        """`said` is what a cut left of it."""
        begun = flat(said)
        return len(begun) >= LONG and self.flat.startswith(begun)

    def marked_in(self, said: str) -> str:
        return self._marked_by_words(said) if self.is_long else self._marked_exactly(said)

    def _marked_by_words(self, said: str) -> str:
        """Looked for in the words of `said`, joined by blanks: quick, however long both are."""
        words = WORD.findall(self.text)
        end = self.text[self.text.rindex(words[-1]) + len(words[-1]) :].strip()
        sought = f" {' '.join(words).casefold()} "
        found = list(WORD.finditer(said))
        joined = f" {' '.join(word[0].casefold() for word in found)} "
        kept, done, first, at = [], 0, 0, 0
        while (place := joined.find(sought, at)) >= 0:
            first += joined.count(" ", at, place)
            last = found[first + len(words) - 1].end()
            kept += [said[done : found[first].start()], MARK]
            done = last + len(end) if end and said.startswith(end, last) else last
            first, at = first + len(words), place + len(sought) - 1
        return "".join([*kept, said[done:]])

    def _marked_exactly(self, said: str) -> str:
        parts = self.text.split()
        several = SEVERAL - 1 if any(sign.isdigit() for sign in self.text) else SEVERAL
        if sum(map(len, parts)) < several:
            return said
        sought = r"\s+".join(map(re.escape, parts))
        return re.sub(rf"(?<!\w){sought}(?!\w)", MARK, said, flags=re.IGNORECASE)


class Blot:
    """Texts that must go and what is to stand in their place. `alone`: such that go only where nothing else is said.
    `kept`: a copy that says just this stays, although one of them begins so."""

    def __init__(
        self, gone: Iterable[str], instead: str, *, alone: Iterable[str] = (), kept: str = ""
    ) -> None:
        self.gone, self.alone, self.instead, self.kept = _each(gone), _each(alone), instead, kept

    def out_of(self, said: Any, *, typed: bool = False) -> Any:
        """`said`, plain JSON, without them."""
        if isinstance(said, dict):
            return {
                name: each
                if name in NOT_WRITTEN and not typed
                else self.out_of(each, typed=typed or name == TYPED)
                for name, each in said.items()
            }
        if isinstance(said, list):
            return [self.out_of(each, typed=typed) for each in said]
        return self.out_of_copy(said) if isinstance(said, str) else said

    def out_of_copy(self, said: str) -> str:
        """A text that a program made of what was written, and may have cut."""
        if said == self.kept:
            return said
        cut = any(each.begins_with(said) for each in self.gone)
        return self.instead if cut else self.out_of_text(said)

    def out_of_text(self, said: str) -> str:
        """A text that somebody wrote."""
        told = flat(said)
        if any(each.is_whole(said) for each in (*self.gone, *self.alone)):
            return self.instead
        marked = said.replace(self.instead, MARK)
        for each in self.gone:
            if not each.is_long or each.flat in told:
                marked = each.marked_in(marked)
        return re.sub(rf"{MARK}(?:[\s>|*_]*{MARK})*", lambda _found: self.instead, marked)

    def is_quoted_in(self, said: str) -> bool:
        """Whether some of it is repeated there: people quote a part, and programs wrap its lines."""
        told = flat(said)
        return any(line in told for line in self._lines) or self.out_of_text(said) != said

    @cached_property
    def _lines(self) -> list[str]:
        lines = (flat(line) for each in self.gone for line in each.text.splitlines())
        return [line for line in lines if len(line) >= LONG]


def _each(texts: Iterable[str]) -> list[Gone]:
    """Each once, the longest first."""
    wanted = {text.strip() for text in texts} - {""}
    return [Gone(text) for text in sorted(wanted, key=lambda text: (-len(text), text))]
