"""What may be filled in: the customer's rating, the agent's expected time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from tickets.satisfaction.models import Expectation
from tickets.satisfaction.ratings import WORDS

MOMENT = "%Y-%m-%dT%H:%M"


class RatingForm(forms.Form):
    score = forms.TypedChoiceField(
        label=_("How satisfied are you with our help?"),
        choices=list(WORDS.items()),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the five."), "invalid_choice": _("Choose one of the five.")},
    )  # fmt: skip
    comment = forms.CharField(
        label=_("What was good, what should be better?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ExpectationForm(forms.Form):
    expected_at = forms.DateTimeField(
        label=_("We expect to solve it by"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "short"}, format=MOMENT),
        input_formats=[MOMENT, f"{MOMENT}:%S"],
        help_text=_("In your time zone. The customer is told at once."),
        error_messages={"required": _("Give the day and the time.")},
    )
    because = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        help_text=_("The customer reads it. A change needs one."),
    )

    def __init__(self, *args: Any, before: Expectation | None, **kwargs: Any) -> None:
        initial = {"expected_at": localtime(before.expected_at)} if before else {}
        super().__init__(*args, initial=initial, **kwargs)
