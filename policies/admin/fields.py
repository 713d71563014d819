"""Form fields for what a policy is made of: a text in several languages, a length of time, lists of these. Never JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import zip_longest
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    INPUT_CLASSES,
    TEXTAREA_CLASSES,
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from policies import codec, words
from policies.document import Text, Warning

Choices = Iterable[tuple[str, Any]]


# --- texts ------------------------------------------------------------------------------------------------------------


class TextsWidget(forms.Widget):
    """One input for each language, each under its name; posted as NAME_LANGUAGE. `rows` 1: one line."""

    def __init__(self, languages: Iterable[str], rows: int = 1, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.languages, self.rows = tuple(languages), rows

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_{self.languages[0]}" if self.languages and id_ else id_

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        posted = {key[len(name) + 1 :]: value for key, value in data.items() if key.startswith(f"{name}_")}
        ordered = [tag for tag in self.languages if tag in posted] + [
            tag for tag in posted if tag not in self.languages and re.fullmatch(r"[a-z]{2}(-[a-z]+)?", tag)
        ]
        return {tag: self.read(posted[tag]) for tag in ordered}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(key.startswith(f"{name}_") for key in data)

    def read(self, posted: str) -> str:
        return posted.replace("\r\n", "\n").strip()

    def shown(self, value: Any) -> dict[str, str]:
        return dict(value or {})

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        values = self.shown(value)
        languages = [*self.languages, *(tag for tag in values if tag not in self.languages)]
        id_ = (attrs or {}).get("id", f"id_{name}")
        rows = ((name, tag, id_, values.get(tag, "")) for tag in languages)
        return format_html(
            '<div class="texts">{}</div>', format_html_join("", "{}", ((self._row(*r),) for r in rows))
        )

    def _row(self, name: str, tag: str, id_: str, value: str) -> SafeString:
        control = '<input type="text" name="{}_{}" id="{}_{}" lang="{}" value="{}" class="{}">'
        if self.rows > 1:
            control = '<textarea rows="{}" name="{}_{}" id="{}_{}" lang="{}" class="{}">\n{}</textarea>'
            classes = " ".join(TEXTAREA_CLASSES)
            control = format_html(control, self.rows, name, tag, id_, tag, tag, classes, value)
        else:
            control = format_html(control, name, tag, id_, tag, tag, value, " ".join(INPUT_CLASSES))
        label = dict(settings.LANGUAGES).get(tag, tag)
        return format_html(
            '<label class="texts-row" for="{}_{}"><span>{}</span>{}</label>', id_, tag, label, control
        )


class TextsField(forms.Field):
    """A `Text`. Required means: in the original's language, which is the first."""

    def __init__(self, *, languages: Iterable[str], rows: int = 1, **options: Any) -> None:
        self.languages = tuple(languages)
        super().__init__(widget=TextsWidget(self.languages, rows), **options)

    def clean(self, value: Any) -> Text:
        text = {tag: said for tag, said in (value or {}).items() if said}
        if self.required and (not text or (self.languages and self.languages[0] not in text)):
            name = (
                dict(settings.LANGUAGES).get(self.languages[0], self.languages[0]) if self.languages else ""
            )
            raise ValidationError(_("Write this at least in %(language)s.") % {"language": name})
        return text

    def has_changed(self, initial: Any, data: Any) -> bool:
        return {k: v for k, v in (initial or {}).items() if v} != {k: v for k, v in (data or {}).items() if v}


class TextListWidget(TextsWidget):
    """A list of texts: for each language one box, a line for each."""

    def shown(self, value: Any) -> dict[str, str]:
        if isinstance(value, dict):
            return value
        tags = dict.fromkeys(tag for text in value or [] for tag in text)
        return {tag: "\n".join(text.get(tag, "") for text in value) for tag in tags}

    def read(self, posted: str) -> str:
        return posted.replace("\r\n", "\n").rstrip()


class TextListField(forms.Field):
    """A list of `Text`: the first lines of all languages are one text, the second lines the next."""

    def __init__(self, *, languages: Iterable[str], **options: Any) -> None:
        super().__init__(widget=TextListWidget(languages, rows=4), **options)

    def clean(self, value: Any) -> list[Text]:
        lines = {tag: said.split("\n") for tag, said in (value or {}).items()}
        rows = zip_longest(*lines.values(), fillvalue="")
        texts = [
            {tag: line.strip() for tag, line in zip(lines, row, strict=True) if line.strip()} for row in rows
        ]
        return [text for text in texts if text]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.clean(TextListWidget([]).shown(initial)) != self.clean(data)


# --- lengths of time --------------------------------------------------------------------------------------------------

HOW_TO_WRITE = _("Write a length of time such as 24h, 30m or 1h30m.")


def read_length(said: str) -> timedelta:
    try:
        length = codec.read_duration(said.strip().lower().replace(" ", "").removesuffix("in"))
    except codec.DocumentError:
        raise ValidationError(HOW_TO_WRITE) from None
    if length < timedelta(0):
        raise ValidationError(_("A length of time cannot be negative."))
    return length


class LengthField(forms.CharField):
    """A timedelta, written as "24h", "30m", "1h30m"."""

    widget = UnfoldAdminTextInputWidget(attrs={"class": "short", "inputmode": "text", "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        return codec.write_duration(value) if isinstance(value, timedelta) else value

    def to_python(self, value: Any) -> Any:
        said = super().to_python(value)
        return read_length(said) if said else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "")


class LengthsField(forms.CharField):
    """Several lengths, with commas between; stored as the codec writes them."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        said = [part for part in re.split(r"[,;]", super().to_python(value)) if part.strip()]
        return [codec.write_duration(read_length(part)) for part in said]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "")


class WarningsField(LengthsField):
    """When to warn: "75%" of the target, or "30m" before its end, with commas between."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return ", ".join(" ".join(self._said(each)) for each in value)

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        said = [
            part.split() for part in re.split(r"[,;]", forms.CharField.to_python(self, value)) if part.strip()
        ]
        return [self._read(parts) for parts in said]

    def _said(self, each: dict[str, Any]) -> list[str]:
        share = [f"{each['share']}%"] if each.get("share") is not None else []
        return share + ([each["before"]] if each.get("before") else [])

    def _read(self, parts: list[str]) -> dict[str, Any]:
        warning = Warning()
        for part in parts:
            if match := re.fullmatch(r"(\d{1,3})%", part):
                if not 0 < int(match[1]) < 100:
                    raise ValidationError(_("A share lies between 1% and 99% of the target."))
                warning = Warning(before=warning.before, share=int(match[1]))
            else:
                warning = Warning(before=read_length(part), share=warning.share)
        return codec.encode(warning)


# --- keys and words ---------------------------------------------------------------------------------------------------


class KeysField(forms.MultipleChoiceField):
    """Some of the policy's keys, as tick boxes; nothing ticked: all. A key that is gone stays to be seen and unticked."""

    def __init__(self, *, choices: Choices, **options: Any) -> None:
        super().__init__(choices=list(choices), widget=UnfoldAdminCheckboxSelectMultipleWidget, **options)

    def prepare_value(self, value: Any) -> Any:
        known = {key for key, _label in self.choices}
        gone = [key for key in value or [] if key not in known]
        self.choices = [*self.choices, *((key, _("%(key)s (gone)") % {"key": key}) for key in gone)]
        return value

    def valid_value(self, value: str) -> bool:
        return super().valid_value(value) or bool(re.fullmatch(r"[\w*.-]{1,80}", value))


class WordsField(forms.CharField):
    """A list of words or phrases, one a line."""

    def __init__(self, *, rows: int = 4, **options: Any) -> None:
        options.pop("max_length", None)
        super().__init__(widget=UnfoldAdminTextareaWidget(attrs={"rows": rows}), **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        return [line.strip() for line in super().to_python(value).splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data)


class SizeField(forms.CharField):
    """Bytes, written as "20 MB", "500 kB" or "1 GB"."""

    widget = UnfoldAdminTextInputWidget
    UNITS = {"": 1, "b": 1, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000}

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        unit = next((unit for unit in ("gb", "mb", "kb") if value and value % self.UNITS[unit] == 0), "")
        return f"{value // self.UNITS[unit]} { ({'kb': 'kB'}.get(unit) or unit.upper()) }".strip()

    def to_python(self, value: Any) -> int | None:
        match = re.fullmatch(r"(\d+)\s*([kmg]?b?)", super().to_python(value).strip().lower())
        if match is None or match[2] not in self.UNITS:
            raise ValidationError(_("Write a size such as 20 MB or 500 kB."))
        return int(match[1]) * self.UNITS[match[2]]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "")


class MoneyField(forms.CharField):
    """Hundredths of a currency, written as people write amounts in the reader's language; empty is nothing."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        return (words.amount(value) if value else "") if isinstance(value, int) else value

    def to_python(self, value: Any) -> int:
        said = super().to_python(value)
        found = words.amount_of(said) if said else 0
        if found is None:
            raise ValidationError(
                _("Write an amount such as %(amount)s."), params={"amount": words.amount(25000)}
            )
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "")
