"""What an admin types of a webhook; each refusal stands at its field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from tenants import outside
from tickets.webhooks.events import EVENTS
from tickets.webhooks.models import Subscription


class SubscriptionForm(forms.ModelForm):
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        error_messages={"required": gettext_lazy("Choose at least one event.")},
    )

    class Meta:
        model = Subscription
        fields = ["name", "url", "events"]
        widgets = {
            "url": UnfoldAdminTextInputWidget(
                attrs={"inputmode": "url", "autocapitalize": "off", "spellcheck": "false"}
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["events"].choices = [(name, kind.label) for name, kind in EVENTS.items()]

    def clean_url(self) -> str:
        """Refused here already where it would be refused at every call."""
        url = self.cleaned_data["url"].strip()
        try:
            outside.check(url)
        except outside.Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return url

    def clean_events(self) -> list[str]:
        chosen = set(self.cleaned_data["events"])
        return [name for name in EVENTS if name in chosen]

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        if not name:
            raise forms.ValidationError(_("Give it a name."))
        return name
