"""What departs from a rota, why something is an emergency, a calendar file: what people fill in at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies import words
from tenants.customers.models import Company, Team
from tenants.moment import within_years
from tenants.people.forms import zone_choices
from tenants.people.models import User
from tickets.duty.ics import LARGEST
from tickets.duty.models import DutyChange

MOMENT = "%Y-%m-%dT%H:%M"
KINDS = [
    ("instead", gettext_lazy("Somebody stands in")),
    ("swap", gettext_lazy("They swap: the second time span is the other one’s")),
    ("absent", gettext_lazy("Absent, nobody stands in")),
    ("extra", gettext_lazy("On duty besides")),
]


def moment_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "class": "short"}, format=MOMENT)
    return forms.DateTimeField(
        label=label,
        widget=widget,
        input_formats=[MOMENT, f"{MOMENT}:%S"],
        required=required,
        help_text=help_text,
        validators=[within_years],
    )


class ChangeForm(forms.Form):
    """Times are meant in the reader's zone."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=KINDS, initial="instead")
    person = forms.ModelChoiceField(label=gettext_lazy("Who"), queryset=User.objects.none())
    instead = forms.ModelChoiceField(
        label=gettext_lazy("Who stands in"), queryset=User.objects.none(), required=False
    )
    starts_at = moment_field(gettext_lazy("From"))
    ends_at = moment_field(gettext_lazy("Until"))
    back_from = moment_field(
        gettext_lazy("In exchange, from"), required=False, help_text=gettext_lazy("Only where they swap.")
    )
    back_until = moment_field(
        gettext_lazy("In exchange, until"), required=False, help_text=gettext_lazy("Only where they swap.")
    )
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours = User.objects.filter(is_active=True).exclude(role=User.Role.CUSTOMER).order_by("name", "id")
        self.fields["person"].queryset = self.fields["instead"].queryset = ours

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        kind = said.get("kind")
        self._ordered(said, "starts_at", "ends_at")
        if kind in ("instead", "swap"):
            if not said.get("instead"):
                self.add_error("instead", _("Say who stands in."))
            elif said.get("instead") == said.get("person"):
                self.add_error("instead", _("Nobody stands in for themselves."))
        if kind == "swap":
            for name in ("back_from", "back_until"):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, _("Say when the other one’s turn is taken over."))
            self._ordered(said, "back_from", "back_until")
        return said

    def _ordered(self, said: dict[str, Any], first: str, last: str) -> None:
        if said.get(first) and said.get(last) and said[last] <= said[first]:
            self.add_error(last, _("The end must come after the start."))

    def rows(self, team: Team, by: User, at: datetime) -> list[DutyChange]:
        """A swap is two changes."""
        said = self.cleaned_data
        common = {"team": team, "because": said["because"], "by": by, "at": at}
        stands_in = said["instead"] if said["kind"] in ("instead", "swap") else None
        kind = "instead" if said["kind"] == "swap" else said["kind"]
        rows = [
            DutyChange(kind=kind, person=said["person"], instead=stands_in, starts_at=said["starts_at"],
                       ends_at=said["ends_at"], **common)
        ]  # fmt: skip
        if said["kind"] == "swap":
            rows.append(
                DutyChange(kind=kind, person=said["instead"], instead=said["person"], starts_at=said["back_from"],
                           ends_at=said["back_until"], **common)
            )  # fmt: skip
        return rows


class EmergencyForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The customer reads it in the ticket."),
        error_messages={"required": gettext_lazy("Give the reason: it stays in the timeline.")},
    )


class UploadForm(forms.Form):
    company = forms.ModelChoiceField(
        label=gettext_lazy("Company"),
        queryset=Company.objects.none(),
        empty_label=gettext_lazy("Choose a company"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("While an event takes place"), initial="auction")
    timezone = forms.ChoiceField(
        label=gettext_lazy("Zone of times that name none"),
        required=False,
        help_text=gettext_lazy("Also for events that last whole days."),
    )
    file = forms.FileField(
        label=gettext_lazy("Calendar file (.ics)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,text/calendar"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].queryset = Company.objects.order_by("name", "id")
        self.fields["kind"].choices = list(words.SITUATIONS.items())
        self.fields["timezone"].choices = [("", _("none: such events are refused")), *zone_choices()]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise ValidationError(
                _("The calendar is too large: at most %(megabytes)s MB are read.")
                % {"megabytes": LARGEST // 1_000_000}
            )
        return file
