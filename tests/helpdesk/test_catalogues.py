"""Everything that we say is said in Portuguese: no msgid is missing, empty or fuzzy, and the placeholders agree.

The strings in use are found here by reading the code, Python by its syntax tree and templates by Django's own lexer:
what `makemessages` overlooks - a `_()` inside an f-string - is found too.
"""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.template.base import Lexer, TokenType
from django.utils.text import smart_split
from django.utils.translation import trim_whitespace
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from helpdesk.bootstrap import ROOT
from helpdesk.catalogues import FOLDER

PACKAGES = ("helpdesk", "notifications", "policies", "sla", "tenants", "tickets")
PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|\{\w+\}|</?strong>")


def catalogue():
    with (FOLDER / "pt_BR" / "LC_MESSAGES" / "django.po").open("rb") as source:
        return read_po(source, locale="pt_BR", domain="django", abort_invalid=True)


MESSAGES = [message for message in catalogue() if message.id]


def key(message):
    return message.context or "", message.id[0] if message.pluralizable else message.id


# --- the catalogue itself


def test_is_complete():
    empty = [
        key(message)
        for message in MESSAGES
        if not all(message.string if message.pluralizable else [message.string])
    ]
    assert not empty
    assert not [key(message) for message in MESSAGES if message.fuzzy]


def test_placeholders_agree():
    for message in MESSAGES:
        ids, said = (message.id, message.string) if message.pluralizable else ([message.id], [message.string])
        assert len(said) == len(ids), key(message)
        for original, translated in zip(ids, said, strict=True):
            assert placeholders(translated) == placeholders(original), key(message)


def test_edges_agree():
    """A space or a line break at an end belongs to the sentence around."""
    for message in MESSAGES:
        if not message.pluralizable:
            assert (message.string[0].isspace(), message.string[-1].isspace()) == (
                message.id[0].isspace(),
                message.id[-1].isspace(),
            ), key(message)


def test_tells_nothing_of_a_machine():
    text = (FOLDER / "pt_BR" / "LC_MESSAGES" / "django.po").read_text()
    assert not re.findall(r"^#[:~].*|^\"POT-Creation-Date.*|(?<=\s)/home/|\S+@\S+", text, re.MULTILINE)


def placeholders(text):
    return sorted(PLACEHOLDERS.findall(text))


# --- what the code says


def test_every_string_of_python_is_there():
    known = {key(message) for message in MESSAGES}
    missing = {
        f"{path.relative_to(ROOT)}: {said}"
        for path in sources("**/*.py", *PACKAGES)
        for said in strings_of_python(path.read_text())
        if said not in known
    }
    assert not missing


def test_every_string_of_templates_is_there():
    known = {key(message) for message in MESSAGES}
    missing = {
        f"{path.relative_to(ROOT)}: {said}"
        for path in sources("**/*.html", "templates", *PACKAGES)
        for said in strings_of_template(path.read_text())
        if said not in known
    }
    assert not missing


def test_every_string_of_repeated_parts_is_there():
    known = {key(message) for message in MESSAGES}
    said = {
        ("", message)
        for path in sources("**/*.jinja", "templates")
        for _, _, message in extract_from_ast(Environment().parse(path.read_text()), gettext_functions=("_",))
    }
    assert ("", "Note - only we see it") in said
    assert said <= known


def test_the_reader_of_python_sees_all_forms():
    code = """
a = _("one" " more")
b = f"{gettext('inside')} {count}"
c = ngettext("%(n)d day", "%(n)d days", n)
d = pgettext_lazy("state", "New")
e = _(variable)
"""
    assert strings_of_python(code) == {
        ("", "one more"),
        ("", "inside"),
        ("", "%(n)d day"),
        ("state", "New"),
    }


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ('{% translate "Save" %}', ("", "Save")),
        ("{% translate 'Save' as word %}", ("", "Save")),
        ('{% translate "Open" context "state" %}', ("state", "Open")),
        ('{{ name|default:_("nobody") }}', ("", "nobody")),
        (
            "{% blocktranslate with n=total %}{{ n }} of 100%{% endblocktranslate %}",
            ("", "%(n)s of 100%%"),
        ),
        ("{% blocktranslate trimmed %}\n  One\n  line\n{% endblocktranslate %}", ("", "One line")),
        (
            "{% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}",
            ("", "%(n)s day"),
        ),
    ],
)
def test_the_reader_of_templates_sees_all_forms(template, said):
    assert strings_of_template(template) == {said}


def sources(pattern, *folders):
    return [path for folder in folders for path in sorted(Path(ROOT, folder).glob(pattern))]


def strings_of_python(code):
    """(context, msgid) of every call with literal words, inside f-strings too."""
    return set(
        filter(None, (_said(node) for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)))
    )


def _said(call):
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    words = [each.value if isinstance(each, ast.Constant) else None for each in call.args]
    if name in PLAIN | PLURAL and words and isinstance(words[0], str):
        return "", words[0]
    if name in WITH_CONTEXT and len(words) == 2:
        return words[0], words[1]
    return None


def strings_of_template(template):
    found, block, context, trimmed = set(), None, "", False
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


def _context(contents):
    said = re.search(r"\bcontext\s+([\"'])(.*?)\1", contents)
    return said.group(2) if said else ""


def _literals(contents, found):
    found.update(("", words) for _quote, words in re.findall(r"\b_\(([\"'])(.*?)\1\)", contents))
