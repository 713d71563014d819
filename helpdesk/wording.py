"""Which words the product says, and in which of its files: read from the code, Python by its syntax tree and templates by
Django's own lexer, so that what `makemessages` overlooks - a `_()` inside an f-string - is found too.

A word's readers follow from where it stands: what only agents and admins open is `OURS`; all the rest meets customers.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.template.base import Lexer, TokenType
from django.utils.text import smart_split
from django.utils.translation import trim_whitespace

from helpdesk.bootstrap import ROOT

Key = tuple[str, str]  # context, msgid

PACKAGES = ("helpdesk", "notifications", "policies", "sla", "tenants", "tickets")
PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
OURS = re.compile(
    r"(^|/)(desk|admin|policy_admin|management|demo|migrations|platform)/"  # rooms that no customer enters
    r"|(_|/)admin\.py$|/door_fields\.py$|^policies/(lint|differences)\.py$"
    r"|^helpdesk/(checks|platform|theme|supervisor)\.py$"
)


@cache
def in_use() -> dict[Key, set[str]]:
    """Every word that the product says, with the files that say it."""
    found: dict[Key, set[str]] = {}
    for path, words in _all():
        for key in words:
            found.setdefault(key, set()).add(path.relative_to(ROOT).as_posix())
    return found


def _all() -> Iterator[tuple[Path, set[Key]]]:
    for path in sources("**/*.py", *PACKAGES):
        yield path, strings_of_python(path.read_text())
    for path in sources("**/*.html", "templates", *PACKAGES):
        yield path, strings_of_template(path.read_text())
    for path in sources("**/*.js", "templates"):
        yield path, strings_of_template(path.read_text())
    for path in sources("**/*.jinja", "templates"):
        yield path, strings_of_repeated_part(path.read_text())


def meets_customers(paths: set[str]) -> bool:
    return any(not OURS.search(path) for path in paths)


def sources(pattern: str, *folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted(Path(ROOT, folder).glob(pattern))]


def strings_of_python(code: str) -> set[Key]:
    """(context, msgid) of every call with literal words, inside f-strings too."""
    return set(
        filter(None, (_said(node) for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)))
    )


def _said(call: ast.Call) -> Key | None:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    words = [each.value if isinstance(each, ast.Constant) else None for each in call.args]
    if name in PLAIN | PLURAL and words and isinstance(words[0], str):
        return "", words[0]
    if name in WITH_CONTEXT and len(words) == 2 and isinstance(words[0], str) and isinstance(words[1], str):
        return words[0], words[1]
    return None


def strings_of_repeated_part(template: str) -> set[Key]:
    """Of a Jinja2 template: the rows of long lists."""
    from jinja2 import Environment
    from jinja2.ext import extract_from_ast

    tree = Environment().parse(template)
    called = extract_from_ast(tree, gettext_functions=("_", "ngettext"))
    said = (words[0] if isinstance(words, tuple) else words for _, _, words in called)
    return {("", words) for words in said if isinstance(words, str)}


def strings_of_template(template: str) -> set[Key]:
    found: set[Key] = set()
    block: str | None = None
    context, trimmed = "", False
    for token in Lexer(template).tokenize():
        tag = token.contents.split(None, 1)[0] if token.token_type == TokenType.BLOCK else ""
        if tag in ("blocktranslate", "blocktrans"):
            block, context = "", _context(token.contents)
            trimmed = " trimmed" in token.contents
            _literals(token.contents, found)
        elif tag == "plural" or tag.startswith("endblocktrans"):
            if block is not None:
                found.add((context, trim_whitespace(block) if trimmed else block))
            block = None
        elif block is not None:
            block += (
                f"%({token.contents})s"
                if token.token_type == TokenType.VAR
                else token.contents.replace("%", "%%")
            )
        elif tag in ("translate", "trans"):
            words = list(smart_split(token.contents))[1]
            if words[0] in "\"'" and words[-1] == words[0]:
                found.add((_context(token.contents), words[1:-1].replace("%", "%%")))
        elif token.token_type in (TokenType.BLOCK, TokenType.VAR):
            _literals(token.contents, found)
    return found


def _context(contents: str) -> str:
    said = re.search(r"\bcontext\s+([\"'])(.*?)\1", contents)
    return said.group(2) if said else ""


def _literals(contents: str, found: set[Key]) -> None:
    found.update(("", words) for _quote, words in re.findall(r"\b_\(([\"'])(.*?)\1\)", contents))
