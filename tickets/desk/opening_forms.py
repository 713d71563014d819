"""The form of a ticket for a caller: channel, topic, the topic's own questions, and the request itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from policies.decisions import attachment_rule
from policies.document import Field, Policy, say
from tenants.customers.models import Company
from tickets.attachments.hints import hint
from tickets.origin import Origin

from .forms import FilesField, KeyedForm, choices, described, stated_situations

CHANNEL_NAMES = {
    "portal": _("Portal"),
    "email": _("E-mail"),
    "form": _("Contact form"),
    "chat": _("Chat"),
    "whatsapp": _("WhatsApp"),
    "whatsapp_group": _("WhatsApp group"),
    "phone": _("Phone"),
    "api": _("API"),
    "other": _("Another way"),
}
ASKING = {  # another topic asks its own questions at once; without JavaScript a button does it
    "hx-post": "/desk/new/",
    "hx-vals": '{"ask": "1"}',
    "hx-select": "#questions",
    "hx-target": "#questions",
    "hx-swap": "outerHTML",
    "hx-trigger": "change",
    "hx-include": "closest form",
}
BY_HAND = ("phone", "email", "whatsapp", "whatsapp_group", "chat", "form", "portal", "other")


class PersonForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("A personal one: confirmations go there.")
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    company = forms.ModelChoiceField(
        label=_("Company"), queryset=Company.objects.none(), required=False, empty_label=_("None")
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].queryset = Company.objects.order_by("name", "id")


class OpeningForm(KeyedForm):
    """`shown`: what was typed so far is shown with another topic's questions; nothing is judged yet."""

    channel = forms.ChoiceField(label=_("Channel"), initial="phone")
    called = forms.CharField(
        label=_("Number called"),
        max_length=40,
        required=False,
        help_text=_("Of a call: empty for the support number."),
    )
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    priority = forms.ChoiceField(label=_("Priority"), required=False)
    module = forms.ChoiceField(label=_("Module"), required=False)
    summary = forms.CharField(
        label=_("Summary"),
        max_length=200,
        error_messages={"required": _("Say in a few words what it is about.")},
    )
    body = forms.CharField(
        label=_("Description"),
        widget=forms.Textarea,
        error_messages={"required": _("Describe what happened.")},
    )
    situations = forms.MultipleChoiceField(
        label=_("Situation"), required=False, widget=forms.CheckboxSelectMultiple, choices=stated_situations
    )
    copies = forms.CharField(
        label=_("In copy"),
        required=False,
        max_length=1000,
        help_text=_("E-mail addresses, with commas between them."),
    )
    files = FilesField(label=_("Files"), required=False)

    def __init__(self, data: Any = None, files: Any = None, *, policy: Policy, shown: bool = False) -> None:
        initial = {} if data is None else {name: data[name] for name in data}
        if shown and data is not None:
            initial["situations"] = data.getlist("situations")
            super().__init__(initial=initial)
        else:
            super().__init__(data, files)
        if shown and initial.get("key"):
            self.fields["key"].initial = initial["key"]
        self.policy = policy
        self._offer(policy)
        self.chosen_topic = policy.topic((data or {}).get("topic") or "")
        for field in self.chosen_topic.fields if shown and data is not None and self.chosen_topic else ():
            if field.kind == "checklist":
                self.initial[f"field_{field.key}"] = data.getlist(f"field_{field.key}")
        for field in self.chosen_topic.fields if self.chosen_topic else ():
            self.fields[f"field_{field.key}"] = control_of(field)
        hint(
            self.fields["files"], attachment_rule(policy, self.chosen_topic.key if self.chosen_topic else "")
        )

    def _offer(self, policy: Policy) -> None:
        nothing = [("", _("Not said"))]
        named = dict(choices(policy.channels))
        self.fields["channel"].choices = [(key, named.get(key, CHANNEL_NAMES[key])) for key in BY_HAND]
        self.fields["topic"].choices = nothing + choices(policy.topics)
        self.fields["topic"].widget.attrs |= ASKING
        self.fields["priority"].choices = [("", _("As the policy has it")), *described(policy)]
        language = get_language() or "en"
        modules = [say(text, language) for text in policy.modules]
        self.fields["module"].choices = nothing + [(name, name) for name in modules]
        for name, offered in (("topic", policy.topics), ("priority", policy.priorities), ("module", modules)):
            if not offered:
                del self.fields[name]

    @property
    def questions(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("field_")]

    def clean_copies(self) -> list[str]:
        addresses = [
            part for part in self.cleaned_data["copies"].replace(";", ",").replace(",", " ").split() if part
        ]
        check = forms.EmailField(error_messages={"invalid": _("One of these is not an e-mail address.")})
        return [check.clean(address) for address in addresses]

    def given(self) -> dict[str, Any]:
        """The arguments of `open_ticket`."""
        data = dict(self.cleaned_data)
        fields = {name[6:]: plain(data.pop(name)) for name in list(data) if name.startswith("field_")}
        data["key"] = data["key"] or None
        called = data.pop("called", "")
        if called and data["channel"] == "phone":
            data["origin"] = Origin(
                received_on=called
            )  # whether calls are taken there, the policy says (SL11)
        return data | {
            "fields": {name: value for name, value in fields.items() if value not in (None, "", [])}
        }


def control_of(field: Field) -> forms.Field:
    """A topic's question. By phone nothing is forced: what is missing makes the request incomplete (ZM05), not unsent."""
    language = get_language() or "en"
    said = {"label": say(field.label, language), "help_text": say(field.help, language), "required": False}
    if field.kind == "choice":
        offered = [(text, text) for text in (say(choice, language) for choice in field.choices)]
        return forms.ChoiceField(choices=[("", _("Not said")), *offered], **said)
    if field.kind == "textarea":
        return forms.CharField(widget=forms.Textarea(attrs={"class": "brief"}), max_length=10_000, **said)
    if field.kind == "number":
        return forms.DecimalField(**said)
    if field.kind == "datetime":
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return forms.DateTimeField(widget=widget, **said)
    if field.kind == "url":
        return forms.URLField(assume_scheme="https", **said)
    if field.kind == "checklist":
        return forms.MultipleChoiceField(
            choices=[(text, text) for text in (say(choice, language) for choice in field.choices)],
            widget=forms.CheckboxSelectMultiple, **said,
        )  # fmt: skip
    if field.kind == "checkbox":
        return forms.BooleanField(**said)
    return forms.CharField(max_length=500, **said)


def plain(value: Any) -> Any:
    """What JSON can hold."""
    if value is None or isinstance(value, (str, bool, list)):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
