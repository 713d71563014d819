"""What may be filled in: a quote, an answer, a meeting, hours, a developer. Money is typed as its reader writes it
(250.00, 250,00) and kept in hundredths."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from policies import words
from tenants.moment import within_years
from tickets.agreements.models import Quote
from tickets.agreements.quotes import DEAREST
from tickets.desk.forms import KeyedForm

MOMENT = "%Y-%m-%dT%H:%M"


def moment_field(label: Any, help_text: Any = "", **more: Any) -> forms.DateTimeField:
    """In the reader's zone."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "class": "short"}, format=MOMENT)
    return forms.DateTimeField(
        label=label, widget=widget, help_text=help_text, input_formats=[MOMENT, f"{MOMENT}:%S"],
        error_messages={"required": _("Give the day and the time.")}, validators=[within_years], **more,
    )  # fmt: skip


class MoneyField(forms.CharField):
    def to_python(self, value: Any) -> int | None:
        said = super().to_python(value)
        found = words.amount_of(said) if said else None
        if said and (found is None or found > DEAREST):
            raise ValidationError(
                _("Write an amount such as %(amount)s."), params={"amount": words.amount(25000)}
            )
        return found

    def prepare_value(self, value: Any) -> Any:
        return words.amount(value) if isinstance(value, int) else value


class MinutesField(forms.CharField):
    """A length of work, written as "2h", "90m", "1h30" or "1:30"; kept in minutes."""

    def to_python(self, value: Any) -> int | None:
        said = super().to_python(value).strip().lower().replace(" ", "").replace("min", "m").replace(",", ".")
        if not said:
            return None
        if match := re.fullmatch(r"(\d{1,4})(?:h|:)(\d{1,2})?m?", said):
            return int(match[1]) * 60 + int(match[2] or 0)
        if match := re.fullmatch(r"(\d{1,5})m", said):
            return int(match[1])
        if match := re.fullmatch(r"(\d{1,4})(\.\d{1,2})?h?", said):
            return round(float(match[1] + (match[2] or "")) * 60)
        raise ValidationError(_("Write a length such as 2h, 90m or 1h30."))

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 60}h{value % 60:02}" if isinstance(value, int) else value


class WishForm(forms.Form):
    """The customer would rather not wait."""

    wish = forms.CharField(
        label=_("What should be done now?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "brief"}),
    )


class WantedForm(forms.Form):
    """On a customer's behalf."""

    kind = forms.ChoiceField(label=_("Kind of work"), choices=Quote.Kind.choices)
    wish = forms.CharField(
        label=_("What the customer wants"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what the customer wants: the account manager reads it.")},
    )  # fmt: skip


class QuoteForm(forms.Form):
    minutes = MinutesField(
        label=_("Hours of work"),
        help_text=_("Such as 2h or 1h30."),
        error_messages={"required": _("Say how many hours.")},
    )
    rate = MoneyField(label=_("Rate per hour"), error_messages={"required": _("Say what an hour costs.")})
    text = forms.CharField(
        label=_("What will be done"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("The customer accepts exactly this text with this price."),
        error_messages={"required": _("Write what will be done: the customer accepts this text.")},
    )  # fmt: skip
    valid_until = moment_field(_("Valid until"), _("In your time zone. Then it lapses by itself."))


class AnswerForm(forms.Form):
    """A customer declines a quote, or calls a meeting off."""

    because = forms.CharField(label=_("Reason"), max_length=1000, required=False)


class PaymentForm(forms.Form):
    payment = forms.CharField(
        label=_("Reference of the payment"), max_length=200,
        error_messages={"required": _("Give the reference of the payment.")},
    )  # fmt: skip


class MeetingForm(KeyedForm):
    summary = forms.CharField(
        label=_("What it is about"), max_length=200,
        error_messages={"required": _("Say in a few words what it is about.")},
    )  # fmt: skip
    agenda = forms.CharField(
        label=_("Agenda"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("A supervisor decides by it: what should be settled, and who takes part."),
        error_messages={"required": _("Write the agenda: a supervisor decides by it.")},
    )  # fmt: skip
    wished_at = moment_field(_("When you would like it"))
    minutes = MinutesField(
        label=_("How long"),
        help_text=_("Such as 1h or 45m."),
        error_messages={"required": _("Say how long it takes.")},
    )


class DeskMeetingForm(MeetingForm):
    """On behalf of a ticket's requester."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("meeting", _("Meeting")), ("training", _("Training"))]
    )
    field_order = ("kind", "agenda", "wished_at", "minutes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["summary"]


class RefusalForm(forms.Form):
    because = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The customer reads it."),
        error_messages={"required": _("Say why: the customer reads it.")},
    )  # fmt: skip


class ScheduleForm(forms.Form):
    starts_at = moment_field(_("Begins"), _("In your time zone. Both sides get an invitation by mail."))
    place = forms.CharField(
        label=_("Where"), max_length=300, required=False, help_text=_("A link to the call, or an address.")
    )


class TimeForm(KeyedForm):
    kind = forms.ChoiceField(label=_("Kind of work"), choices=Quote.Kind.choices)
    minutes = MinutesField(
        label=_("Time"),
        help_text=_("Such as 45m or 1h30."),
        error_messages={"required": _("Say how long it took.")},
    )
    on = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
        error_messages={"required": _("Give the day.")}, validators=[within_years],
    )  # fmt: skip
    note = forms.CharField(label=_("What was done"), max_length=300, required=False)


class DeveloperForm(forms.Form):
    name = forms.CharField(label=_("Developer"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), help_text=_("The link to this ticket goes there."))
    because = forms.CharField(
        label=_("What has to be found out"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The account manager decides by it."),
        error_messages={"required": _("Say what has to be found out.")},
    )  # fmt: skip


class DeveloperReplyForm(KeyedForm):
    body = forms.CharField(
        label=_("Question about the requirements"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write the question first.")},
    )  # fmt: skip
