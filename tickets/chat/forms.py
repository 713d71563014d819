"""What a widget sends. Refusals stand at their field."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from tickets.portal.forms import FilesField

LONGEST = 10_000


class SayForm(forms.Form):
    """`asks_who`: the first message of a visitor, with a name and an address."""

    key = forms.CharField(max_length=40)
    body = forms.CharField(max_length=LONGEST, strip=True)
    name = forms.CharField(max_length=100, required=False)
    email = forms.EmailField(max_length=254, required=False)
    files = FilesField(required=False)
    into = forms.IntegerField(min_value=1, max_value=2**62, required=False)  # goes on in this ticket (TD16)
    is_new = forms.BooleanField(required=False)  # none of those shown: a chat of its own

    def __init__(self, *args: Any, asks_who: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].error_messages |= {"required": _("Write your message first.")}
        self.fields["body"].validators[0].message = _(
            "Keep a message under %(limit_value)d characters; what is longer fits into a file."
        )
        self.fields["name"].error_messages["required"] = _("Tell us your name.")
        self.fields["email"].error_messages |= {
            "required": _("We need your e-mail address, so that our answer reaches you."),
            "invalid": _("This is not an e-mail address."),
        }
        self.fields["name"].required = self.fields["email"].required = asks_who

    def clean_key(self) -> str:
        if not re.fullmatch(r"[0-9A-Za-z-]{8,40}", self.cleaned_data["key"]):
            raise forms.ValidationError(_("A key is 8 to 40 letters, digits and hyphens."))
        return self.cleaned_data["key"]

    def clean_email(self) -> str:
        """Nobody's mailbox ends in .invalid (RFC 2606): with such an address one would be the person whom it stands for.
        In capitals, as the database compares: a dotless i is an I there."""
        address: str = self.cleaned_data["email"]
        if address.upper().endswith(".INVALID"):
            raise forms.ValidationError(self.fields["email"].error_messages["invalid"], code="invalid")
        return address


class SignsForm(forms.Form):
    seen = forms.IntegerField(min_value=0, max_value=2**62, required=False)
    typing = forms.BooleanField(required=False)
