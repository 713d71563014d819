"""The ground of every screen of the draft: fields that fit the columns, errors at the field, order by dragging, revisions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.postgres.fields import ArrayField
from django.db import models as columns
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from policies import draft
from policies.admin import fields
from policies.admin.checking import next_position, problems_of, problems_of_draft
from policies.admin.choices import keys_of, lists_of, options_of
from policies.document import say
from tenants.moment import now

LONG = {"summary", "sentence", "pointer", "definition", "hint"}


class PartForm(forms.ModelForm):
    """Refuses, at the field, what would make the draft wrong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            value = self.initial.get(name)
            if type(field) is forms.TypedChoiceField and value and value not in dict(field.choices):
                field.choices = [*field.choices, (value, _("%(key)s (gone)") % {"key": value})]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            if isinstance(field, fields.KeysField) and cleaned.get(name) is not None:
                cleaned[name] = as_before(cleaned[name], self.initial.get(name) or [])
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.errors:
            return
        for column, message in problems_of(self.instance):
            self.add_error(column if column in self.fields else None, message)


class DraftFields:
    """Form fields for the columns of the draft, for a ModelAdmin or an inline of one. `helps`: help text by column."""

    helps: dict[str, Any] = {}

    def formfield_for_dbfield(self, db_field: columns.Field, request: HttpRequest, **kwargs: Any) -> Any:
        said = {
            "label": kwargs.get("label") or _capital(db_field.verbose_name),
            "help_text": self.helps.get(db_field.name) or kwargs.get("help_text") or db_field.help_text,
            "required": not db_field.blank,
        }
        keys, name = keys_of(request), db_field.name
        if isinstance(db_field, columns.JSONField):
            return _json_field(db_field, said, keys)
        if isinstance(db_field, ArrayField):
            choices = lists_of(name, keys)
            said["required"] = False
            return (
                fields.KeysField(choices=choices, **said)
                if choices is not None
                else fields.WordsField(**said)
            )
        if isinstance(db_field, columns.DurationField):
            return fields.LengthField(**said)
        if name == "max_bytes":
            return fields.SizeField(**said)
        if name in ("night_rate", "work_rate"):
            return fields.MoneyField(**said | {"required": False})
        options = options_of(db_field.model._meta.model_name, name, keys)
        if options is not None:
            return _choice(db_field, options, said)
        if isinstance(db_field, columns.TextField):
            kwargs["widget"] = UnfoldAdminTextareaWidget(attrs={"rows": 3})
        kwargs["help_text"] = said["help_text"]
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class PartAdmin(DraftFields, ModelAdmin):
    """A list of the draft: in order, dragged into another, each change a new revision."""

    form = PartForm
    ordering_field = "position"
    hide_ordering_field = True
    list_per_page = 500
    exclude = ("position",)
    list_before_template = "admin/policy/_draft_bar.html"
    change_form_before_template = "admin/policy/_draft_bar.html"
    actions = None
    compressed_fields = False
    warn_unsaved_form = True

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change and hasattr(obj, "position"):
            obj.position = next_position(type(obj))
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        draft.touch(now(), request.user)
        warn_of_errors(request)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        draft.touch(now(), request.user)
        warn_of_errors(request)


def warn_of_errors(request: HttpRequest) -> None:
    """After a change: say what is now wrong in the draft, wherever it is."""
    for problem in problems_of_draft():
        if problem.severity == "error":
            said = say(problem.message, get_language() or "en")
            messages.warning(
                request, _("Not ready to publish: %(path)s: %(said)s") % {"path": problem.path, "said": said}
            )


def as_before(chosen: list[str], before: list[str]) -> list[str]:
    """`chosen`, with what was there before in its old order, so that an untouched list stays the same."""
    return [key for key in before if key in chosen] + [key for key in chosen if key not in before]


def _json_field(db_field: columns.Field, said: dict[str, Any], keys: Any) -> forms.Field:
    name = db_field.name
    if db_field.default is dict:
        said["required"] = name in ("name", "label")
        return fields.TextsField(languages=keys.languages, rows=3 if name in LONG else 1, **said)
    said["required"] = False
    if name == "warnings":
        return fields.WarningsField(**said)
    if name == "reminders":
        return fields.LengthsField(**said)
    return fields.TextListField(languages=keys.languages, **said)


def _choice(db_field: columns.Field, options: Any, said: dict[str, Any]) -> forms.Field:
    field = forms.TypedChoiceField(choices=options, widget=UnfoldAdminSelectWidget, empty_value="", **said)
    if not any(key == "" for key, _label in options) and db_field.has_default():
        field.initial = db_field.get_default()
    return field


def _capital(said: Any) -> str:
    text = str(said)
    return text[:1].upper() + text[1:]
