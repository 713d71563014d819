"""The customer's forms. The one for a new ticket grows with the policy: topic, its extra fields, modules, priorities."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from policies.decisions import attachment_rule, default_priority
from policies.document import AttachmentRule, Field, Policy, Text, Topic, say
from tickets.attachments.hints import hint

MOST_COPIES = 10


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; what may be attached is the policy's rule, checked by the use case."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(file, initial) for file in files]


class WritingForm(forms.Form):
    """A text with files. `key` makes a form that is sent twice one message."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, *args: Any, rule: AttachmentRule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("key", uuid.uuid4().hex)
        self.fields["files"] = FilesField(label=_("Files"), required=False)
        hint(self.fields["files"], rule)

    def clean_key(self) -> str:
        """A key of our making or none: it is unique among all messages of the desk."""
        key = self.cleaned_data["key"]
        return key if re.fullmatch(r"[0-9a-f]{32}", key) else uuid.uuid4().hex

    def refuse(self, error: ValidationError) -> None:
        """Put a use case's refusal at its field, or above the form where there is no such field here."""
        named = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, messages in named.items():
            self.add_error(name if name in self.fields else None, [ValidationError(m) for m in messages])


class ReplyForm(WritingForm):
    body = forms.CharField(widget=forms.Textarea(attrs={"class": "brief", "rows": 4}))

    field_order = ["body", "files", "key"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = _("Your message")
        self.fields["body"].error_messages["required"] = _("Write your message first.")


class CopyForm(forms.Form):
    address = forms.EmailField(max_length=254)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].label = _("E-mail address")


class AskForm(WritingForm):
    """A new ticket under `topic` of `policy`. Labels and choices are said in the active language."""

    asks_for_emergencies = True

    def __init__(self, *args: Any, policy: Policy, topic: Topic | None, **kwargs: Any) -> None:
        super().__init__(*args, rule=attachment_rule(policy, topic.key if topic else ""), **kwargs)
        self.policy, self.topic, self.language = policy, topic, get_language() or "en"
        files = self.fields.pop("files")
        for field in topic.fields if topic else ():
            self.fields[extra_name(field)] = self._extra(field)
        self.fields["summary"] = forms.CharField(
            label=_("In a few words"),
            max_length=200,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            error_messages={"required": _("Say in a few words what it is about.")},
        )
        if policy.modules:
            self.fields["module"] = forms.ChoiceField(
                label=_("Part of the system"),
                required=False,
                choices=[
                    ("", _("I am not sure")),
                    *((say(m, policy.language), self._say(m)) for m in policy.modules),
                ],
            )
        self.fields["body"] = forms.CharField(
            label=_("Full description"),
            help_text=_(
                "What you did, what you expected and what you saw. Never send passwords or full API keys."
            ),
            widget=forms.Textarea(attrs={"rows": 7}),
            error_messages={"required": _("Describe what happened.")},
        )
        if policy.customer_sets_priority and policy.priorities:
            self._add_priority(policy, topic)
        if (
            policy.emergencies
            and not (topic and topic.situation == "emergency")
            and self.asks_for_emergencies
        ):
            self._add_emergencies(policy)
        self.fields["files"] = files
        self.fields["copies"] = forms.CharField(
            label=_("People in copy"),
            required=False,
            help_text=_(
                "E-mail addresses with commas between them. They receive every message of this ticket."
            ),
            widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
        )

    @property
    def extra_fields(self) -> list[forms.BoundField]:
        return [self[extra_name(field)] for field in (self.topic.fields if self.topic else ())]

    @property
    def chosen_priority(self) -> str:
        return str(self["priority"].value() or "") if "priority" in self.fields else ""

    def typed_fields(self) -> dict[str, Any]:
        """The topic's extra fields as they are kept with the ticket: texts, true for a tick, of a checklist what was ticked."""
        found = {}
        for field in self.topic.fields if self.topic else ():
            value = self.cleaned_data.get(extra_name(field))
            if value not in (None, "", False):
                found[field.key] = value if isinstance(value, bool | int | float | list) else str(value)
        return found

    def clean_copies(self) -> list[str]:
        addresses = [part for part in re.split(r"[\s,;]+", self.cleaned_data["copies"].strip()) if part]
        for address in addresses:
            try:
                validate_email(address)
                MaxLengthValidator(254)(address)
            except ValidationError as error:
                raise ValidationError(
                    _("“%(address)s” is not an e-mail address.") % {"address": address}
                ) from error
        if len(addresses) > MOST_COPIES:
            raise ValidationError(_("At most %(number)d people in copy.") % {"number": MOST_COPIES})
        return addresses

    def _say(self, text: Text) -> str:
        return say(text, self.language)

    def _add_priority(self, policy: Policy, topic: Topic | None) -> None:
        self.fields["priority"] = forms.ChoiceField(
            label=_("How urgent is it?"),
            choices=[(p.key, self._say(p.name)) for p in policy.priorities],
            widget=forms.RadioSelect,
            initial=(topic.priority if topic else "") or default_priority(policy),
        )

    def _add_emergencies(self, policy: Policy) -> None:
        """The checklist: a tick makes it an emergency (SL06). A topic that says so already asks nothing more."""
        says = (
            _(
                "Tick what has happened. Then it is most urgent, and outside our hours everybody on duty is alerted."
            )
            if policy.emergency_calendar
            else _(
                "Tick what has happened. Then it is most urgent, and everybody on duty is alerted at once."
            )
        )
        self.fields["emergencies"] = forms.MultipleChoiceField(
            label=_("Is it an emergency?"),
            help_text=f"{says} {_('It costs you nothing.')}" if policy.emergency_is_free else says,
            required=False,
            choices=[(each.key, self._say(each.name)) for each in policy.emergencies],
            widget=forms.CheckboxSelectMultiple,
        )

    @property
    def emergency_choices(self) -> list[dict[str, Any]]:
        ticked = self["emergencies"].value() or [] if "emergencies" in self.fields else []
        return [
            {"key": e.key, "name": self._say(e.name), "help": self._say(e.help), "is_ticked": e.key in ticked}
            for e in self.policy.emergencies
        ]

    def _extra(self, field: Field) -> forms.Field:
        """A form field for a field of the policy (CH05, TD15). What is required is asked for here (ZM05)."""
        common: dict[str, Any] = {
            "label": self._say(field.label),
            "help_text": self._say(field.help),
            "required": field.required,
            "error_messages": {"required": _("We need this to help you.")},
        }
        if field.kind == "choice":
            choices = [(say(c, self.policy.language), self._say(c)) for c in field.choices]
            return forms.ChoiceField(choices=[("", _("Choose…")), *choices], **common)
        if field.kind == "checklist":
            choices = [(say(c, self.policy.language), self._say(c)) for c in field.choices]
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
        if field.kind == "checkbox":
            return forms.BooleanField(**common)
        if field.kind == "number":
            return forms.DecimalField(**common)
        if field.kind == "datetime":
            widget = forms.DateTimeInput(
                attrs={"type": "datetime-local", "class": "short"}, format="%Y-%m-%dT%H:%M"
            )
            return forms.DateTimeField(
                widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **common
            )
        if field.kind == "url":
            return forms.URLField(max_length=2000, assume_scheme="https", **common)
        if field.kind == "textarea":
            return forms.CharField(
                widget=forms.Textarea(attrs={"class": "brief", "rows": 3}), max_length=20_000, **common
            )
        return forms.CharField(max_length=500, **common)


def extra_name(field: Field) -> str:
    return f"field_{field.key}"
