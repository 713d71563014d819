"""Everything that we say is said in every language of the product: no msgid is missing, empty or fuzzy, and the
placeholders agree (TD03). What is in use is read from the code (`helpdesk.wording`), not from a list kept by hand.
"""

import ast
import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import translation
from django.utils.translation import gettext, ngettext

from helpdesk import catalogues, wording
from helpdesk.catalogues import file_of, key_of
from helpdesk.wording import strings_of_python, strings_of_template

PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|\{\w+\}|</?strong>")
LANGUAGES = catalogues.languages()

every_language = pytest.mark.parametrize("language", LANGUAGES)


def messages_of(language):
    return [message for message in catalogues.read(file_of(language)) if message.id]


def forms_of(message):
    return (message.id, message.string) if message.pluralizable else ([message.id], [message.string])


# --- the catalogues themselves


@every_language
def test_is_complete(language):
    assert not [key_of(message) for message in messages_of(language) if not all(forms_of(message)[1])]
    assert not [key_of(message) for message in messages_of(language) if message.fuzzy]


@every_language
def test_placeholders_agree(language):
    """In each plural form. Where one form is said of 1, 21 and 31, it names the number even where English needs none."""
    forms = catalogues.read(file_of(language)).num_plurals
    for message in messages_of(language):
        ids, said = forms_of(message)
        assert len(said) == (forms if message.pluralizable else 1), key_of(message)
        for nth, translated in enumerate(said):
            original = ids[-1] if forms > 2 else ids[min(nth, len(ids) - 1)]
            assert placeholders(translated) == placeholders(original), key_of(message)


@every_language
def test_edges_agree(language):
    """A space or a line break at an end belongs to the sentence around."""
    for message in messages_of(language):
        if not message.pluralizable:
            assert (message.string[0].isspace(), message.string[-1].isspace()) == (
                message.id[0].isspace(),
                message.id[-1].isspace(),
            ), key_of(message)


@every_language
def test_tells_nothing_of_a_machine(language):
    text = file_of(language).read_text()
    assert not re.findall(r"^#[:~].*|^\"POT-Creation-Date.*|(?<=\s)/home/|\S+@\S+", text, re.MULTILINE)


def placeholders(text):
    return sorted(PLACEHOLDERS.findall(text))


# --- what the code says


@every_language
def test_td03_everything_that_meets_customers_is_there(language):
    missing = catalogues.missing(language)
    assert not {
        f"{sorted(paths)[0]}: {key}" for key, paths in missing.items() if wording.meets_customers(paths)
    }


@every_language
def test_td03_everything_that_agents_and_admins_see_is_there(language):
    assert not {f"{sorted(paths)[0]}: {key}" for key, paths in catalogues.missing(language).items()}


TEXT_OF_ADMINS = (
    "policies/lint.py",
    "tickets/desks.py",
)  # findings of the linter; the first draft of a blank desk


def test_td03_every_text_that_stands_in_the_code_is_there_in_every_language():
    """{"pt-br": ..., "en": ...}: what is kept with a ticket, or said by modules that know no catalogue."""
    wanted = set(LANGUAGES) | {"en"}
    lacking = set()
    for path in wording.sources("**/*.py", *wording.PACKAGES):
        name = path.relative_to(wording.ROOT).as_posix()
        if "/migrations/" in name or name in TEXT_OF_ADMINS:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Dict):
                tags = {key.value for key in node.keys if isinstance(key, ast.Constant)}
                if {"pt-br", "en"} <= tags and not wanted <= tags:
                    lacking.add(f"{name}:{node.lineno}: {sorted(wanted - tags)}")
    assert not lacking


def test_what_meets_customers_is_known_by_where_it_stands():
    for path in (
        "templates/portal/ticket.html", "tickets/portal/forms.py", "templates/people/sign_in.html", "policies/words.py",
        "templates/policy/page.html", "templates/chat/room.html", "tickets/satisfaction/views.py", "notifications/texts/kinds.py",
        "tickets/attachments/rules.py", "tickets/api/problems.py", "templates/parts/footer.html",
    ):  # fmt: skip
        assert wording.meets_customers({path}), path
    for path in (
        "templates/desk/queue.html", "tickets/desk/forms.py", "tickets/chat/admin.py", "policies/admin/hours.py",
        "templates/admin/index.html", "tickets/people_admin.py", "helpdesk/platform.py",
    ):  # fmt: skip
        assert not wording.meets_customers({path}), path
        assert wording.meets_customers({path, "templates/portal/home.html"})


def test_rows_that_another_engine_renders_are_read_too():
    said = wording.in_use()
    assert any(path.endswith(".jinja") for path in said["", "Note - only we see it"])


def test_the_command_lists_what_is_missing(monkeypatch):
    monkeypatch.setattr(
        catalogues, "missing", lambda language: {("state", "New"): {"templates/portal/x.html"}}
    )
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("translations", "de", stdout=out, stderr=StringIO())
    assert out.getvalue() == "de\ttemplates/portal/x.html\t[state] 'New'\n"
    monkeypatch.setattr(catalogues, "missing", lambda language: {})
    call_command("translations", stderr=StringIO())


def test_td03_russian_counts_in_three_forms():
    with translation.override("ru"):
        counted = {
            n: ngettext("%(n)d business hour", "%(n)d business hours", n) % {"n": n}
            for n in (1, 2, 5, 11, 21, 24)
        }
    assert counted == {
        1: "1 рабочий час", 2: "2 рабочих часа", 5: "5 рабочих часов", 11: "11 рабочих часов", 21: "21 рабочий час",
        24: "24 рабочих часа",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "Mis solicitudes"),
        ("de", "Meine Anfragen"),
        ("ru", "Мои обращения"),
        ("pt-br", "Meus chamados"),
    ],
)
def test_the_compiled_catalogue_speaks(language, said):
    with translation.override(language):
        assert gettext("My tickets") == said


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
