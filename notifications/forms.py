"""Which notices a person wants by e-mail, and where a new password is asked for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.texts import KINDS
from tenants.people.models import User

FOR_STAFF = [(key, kind.label) for key, kind in KINDS.items() if kind.for_staff]


class WishesForm(forms.Form):
    wanted = forms.MultipleChoiceField(
        label=_("Send me an e-mail when"),
        required=False,
        choices=FOR_STAFF,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is not ticked still waits for you in the app, under the bell."),
    )

    def __init__(self, person: User, *args: object, **kwargs: object) -> None:
        self.person = person
        wanted = [key for key, _label in FOR_STAFF if key not in person.muted_notices]
        super().__init__(*args, initial={"wanted": wanted}, **kwargs)

    def save(self) -> None:
        self.person.muted_notices = [
            key for key, _label in FOR_STAFF if key not in self.cleaned_data["wanted"]
        ]
        self.person.save(update_fields=["muted_notices"])


class ForgottenForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
