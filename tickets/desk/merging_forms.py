"""What an agent says when tickets are merged, split, handed over, taken out of scope, or cleaned of what must not stand there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from policies.document import Policy
from tenants.customers.models import Team
from tenants.people.models import User
from tickets import moments
from tickets.access import visible_to
from tickets.lifecycle.scoping import OUTCOMES
from tickets.lookalikes import ALIKE, Lookalike
from tickets.models import Message, Ticket
from tickets.queries import number_in

from .forms import choices, described
from .rows import OUTCOMES as OUTCOME_NAMES


class MergeForm(forms.Form):
    likely = forms.ChoiceField(
        label=_("Open tickets of the same customer"), required=False, widget=forms.RadioSelect
    )
    into = forms.CharField(
        label=_("Number of the ticket"),
        required=False,
        max_length=20,
        help_text=_("That it becomes a part of."),
    )
    because = forms.CharField(
        label=_("Why"), required=False, max_length=500, help_text=_("For us; the timeline keeps it.")
    )
    across = forms.BooleanField(label=_("It is another customer's: both may read everything"), required=False)

    def __init__(self, *args: Any, reader: User, likely: Sequence[Lookalike], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        offered = [(str(each.number), self._named(each)) for each in likely]
        if offered:
            self.fields["likely"].choices = offered
            self.fields["into"].label = _("Or another, by its number")
        else:
            del self.fields["likely"]

    @staticmethod
    def _named(each: Lookalike) -> str:
        alike = _(" - %(percent)s %% alike") % {"percent": each.percent} if each.likeness >= ALIKE else ""
        return f"#{each.number} {each.summary}{alike}"

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        typed = data.get("into", "").strip() or data.get("likely", "")
        if not typed:
            self.add_error("into", _("Choose a ticket, or write its number."))
            return data
        number = number_in(typed)
        target = visible_to(self.reader).filter(number=number).first() if number else None
        if target is None:
            self.add_error("into", _("There is no ticket %(number)s.") % {"number": typed})
        data["target"] = target
        return data


class SplitForm(forms.Form):
    messages = forms.MultipleChoiceField(
        label=_("Messages that ask for something else"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one message.")},
    )
    keeps = forms.BooleanField(
        label=_("They stay here too"), required=False, help_text=_("For a message that speaks of both.")
    )
    summary = forms.CharField(
        label=_("Summary of the new ticket"),
        max_length=200,
        error_messages={"required": _("Say in a few words what it is about.")},
    )
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    priority = forms.ChoiceField(label=_("Priority"), required=False)

    def __init__(self, *args: Any, ticket: Ticket, policy: Policy, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = ticket.messages.filter(kind=Message.Kind.PUBLIC, by_customer=True).select_related("author")
        self.fields["messages"].choices = [
            (str(message.pk), f"{moments.near(message.at, at)}: {Truncator(message.body).chars(160)}")
            for message in theirs.order_by("at", "id")
        ]
        nothing = [("", _("Not said"))]
        self.fields["topic"].choices = nothing + choices(policy.topics)
        self.fields["priority"].choices = [("", _("As the policy has it")), *described(policy)]
        for name, offered in (("topic", policy.topics), ("priority", policy.priorities)):
            if not offered:
                del self.fields[name]

    def given(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return data | {"messages": [int(key) for key in data["messages"]]}


class HandoverForm(forms.Form):
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), empty_label=_("Choose a team")
    )
    note = forms.CharField(
        label=_("Note for the team"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=20_000,
        help_text=_("They are told with it. The customer does not see it, and no clock stops."),
        error_messages={"required": _("Write what they need to know.")},
    )

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.exclude(pk=ticket.team_id).order_by("name")


class ExclusionForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("What it is"),
        choices=[(key, OUTCOME_NAMES[key]) for key in OUTCOMES],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is.")},
    )
    because = forms.CharField(
        label=_("Why"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=_("The customer reads it. The clocks end and count in no rate."),
        error_messages={"required": _("Say why: the customer reads it.")},
    )


class RedactionForm(forms.Form):
    parts = forms.MultipleChoiceField(
        label=_("What is removed for good"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what is to be taken out.")},
    )
    summary = forms.CharField(
        label=_("Another summary for the ticket"),
        required=False,
        max_length=200,
        help_text=_("Where the summary tells what must go, too."),
    )
    because = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("The timeline keeps who, when and why; not what it was."),
        error_messages={"required": _("Say why it is taken out: the trace keeps it.")},
    )

    def __init__(self, *args: Any, message: Message, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [("text", _("The text"))] if message.redacted_at is None else []
        files = message.attachments.filter(redacted_at=None).order_by("id")
        offered += [(f"file-{file.pk}", file.name) for file in files]
        self.fields["parts"].choices = offered

    def given(self) -> dict[str, Any]:
        parts = self.cleaned_data["parts"]
        files = [int(part.partition("-")[2]) for part in parts if part.startswith("file-")]
        return {
            "text": "text" in parts,
            "files": files,
            "summary": self.cleaned_data["summary"],
            "because": self.cleaned_data["because"],
        }
