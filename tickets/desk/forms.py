"""What an agent may fill in. Forms know the ticket's policy, not what follows from an answer."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from policies.document import STATED_SITUATIONS, Policy, say
from tenants.customers.models import Team
from tenants.people.models import User
from tickets import tongues
from tickets.jinja import WIDGETS
from tickets.models import Ticket

from .situations import SITUATION_NAMES


def refuse(form: forms.Form, error: ValidationError) -> None:
    """Put a use case's refusal at the fields that it names, and what names none above the form."""
    for name, messages in (
        error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    ).items():
        for message in messages:
            form.add_error(name if name in form.fields else None, message)


class FileInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files."""

    widget = FileInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        one = super().clean
        return [one(item, initial) for item in data] if data else []


class KeyedForm(forms.Form):
    """A form whose second sending is the first one again: it carries its key."""

    key = forms.CharField(max_length=80, widget=forms.HiddenInput, required=False)

    default_renderer = WIDGETS

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = secrets.token_urlsafe(18)


class NoteForm(KeyedForm):
    body = forms.CharField(
        label=_("Note"), widget=forms.Textarea, error_messages={"required": _("Write the note first.")}
    )
    files = FilesField(label=_("Files"), required=False)


class ReplyForm(KeyedForm):
    """`finished` and `finding` are asked for only where a finished investigation meets the first response (TD05)."""

    body = forms.CharField(
        label=_("Reply"), widget=forms.Textarea, error_messages={"required": _("Write the reply first.")}
    )
    files = FilesField(label=_("Files"), required=False)
    wait = forms.BooleanField(label=_("and wait for the customer"), required=False)
    finished = forms.BooleanField(label=_("Investigation finished"), required=False)
    finding = forms.CharField(label=_("What the investigation found"), required=False, max_length=2000)

    def __init__(self, *args, investigates: bool = False, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not investigates:
            del self.fields["finished"], self.fields["finding"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("finished") and not data.get("finding", "").strip():
            self.add_error(
                "finding", _("Say what the investigation found, in a sentence the customer can use.")
            )
        if not data.get("finished"):
            data["finding"] = ""
        return data


class AssignmentForm(forms.Form):
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=_("Nobody")
    )

    def __init__(self, *args, ticket: Ticket, **kwargs) -> None:
        super().__init__(*args, initial={"owner": ticket.owner_id}, **kwargs)
        self.fields["owner"].queryset = agents()
        self.fields["owner"].choices = [("", _("Nobody")), *tongues.by_language(agents(), ticket.language)]


class TriageForm(forms.Form):
    """Empty keeps what is."""

    priority = forms.ChoiceField(label=_("Priority"), required=False)
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("No team")
    )
    topic = forms.ChoiceField(label=_("Topic"), required=False)

    def __init__(self, *args, ticket: Ticket, policy: Policy, **kwargs) -> None:
        initial = {"priority": ticket.priority, "team": ticket.team_id, "topic": ticket.topic}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["priority"].choices = described(policy, ticket.priority)
        self.fields["topic"].choices = choices(policy.topics, ticket.topic)
        self.fields["team"].queryset = Team.objects.order_by("name")
        if ticket.team_id:
            self.fields["team"].empty_label = None
        for name in ("priority", "topic"):
            if not self.fields[name].choices:
                del self.fields[name]
            elif not initial[name]:
                self.fields[name].choices = [("", _("Not said")), *self.fields[name].choices]


class WaitingForm(forms.Form):
    on = forms.ChoiceField(
        label=_("Wait on"),
        choices=[("customer", _("the customer")), ("third_party", _("a third party"))],
        initial="customer",
        widget=forms.RadioSelect,
    )
    because = forms.CharField(
        label=_("What we wait for"),
        required=False,
        max_length=500,
        help_text=_("For a third party: who, and for what. The timeline keeps it."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("on") == "third_party" and not data.get("because", "").strip():
            self.add_error("because", _("Say which third party, and what for."))
        return data


class ResolutionForm(forms.Form):
    solution = forms.CharField(
        label=_("Solution"),
        widget=forms.Textarea,
        required=False,
        help_text=_("The customer receives this text with the notice that the ticket is resolved."),
    )

    def __init__(self, *args, policy: Policy, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["solution"].required = policy.solution_required
        self.fields["solution"].error_messages["required"] = _(
            "Write how it was solved: the customer is sent it."
        )


class ReopeningForm(forms.Form):
    because = forms.CharField(label=_("Why it is opened again"), required=False, max_length=500)


class ClosureForm(forms.Form):
    """Nothing to fill in: closing is confirmed."""


class MissingForm(forms.Form):
    missing = forms.CharField(
        label=_("What is missing"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The customer is asked for it. The response clock starts when the request is complete."),
        error_messages={"required": _("Say what the customer still has to send.")},
    )


class ScopeForm(forms.Form):
    because = forms.CharField(
        label=_("Why we support it all the same"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Give the reason: it stays in the timeline.")},
    )


class SituationForm(forms.Form):
    """The situations that are stated by hand; an auction is an event window."""

    situations = forms.MultipleChoiceField(
        label=_("What holds for this ticket"), required=False, widget=forms.CheckboxSelectMultiple
    )
    because = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The customer reads it in the ticket."),
        error_messages={"required": _("Give the reason: it stays in the timeline.")},
    )

    def __init__(self, *args, ticket: Ticket, **kwargs) -> None:
        super().__init__(*args, initial={"situations": ticket.situations}, **kwargs)
        self.fields["situations"].choices = stated_situations()


class ParticipantForm(forms.Form):
    address = forms.EmailField(
        label=_("E-mail address"), help_text=_("They receive every reply from now on.")
    )


def agents():
    """Who can own a ticket, by name."""
    return User.objects.exclude(role=User.Role.CUSTOMER).filter(is_active=True).order_by("name", "id")


def stated_situations() -> list[tuple[str, Any]]:
    return [(key, SITUATION_NAMES[key]) for key in STATED_SITUATIONS if key != "auction"]


def choices(parts: tuple[Any, ...], current: str = "") -> list[tuple[str, str]]:
    """(key, name) of a policy's parts, in the reader's language; an unknown current key stays choosable."""
    language = get_language() or "en"
    found = [(part.key, say(part.name, language)) for part in parts]
    if current and current not in dict(found):
        found.append((current, current))
    return found


def described(policy: Policy, current: str = "") -> list[tuple[str, str]]:
    """The priorities with their definitions, where one is chosen (ZM02, TD07)."""
    language = get_language() or "en"
    meant = {priority.key: say(priority.definition, language) for priority in policy.priorities}
    return [
        (key, f"{name}: {meant[key]}" if meant.get(key) else name)
        for key, name in choices(policy.priorities, current)
    ]
