"""Signing in, choosing a password, one's own profile."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenants.people import languages
from tenants.people.models import User

USUAL_ZONES = (
    "America/Sao_Paulo", "America/Manaus", "America/Cuiaba", "America/Rio_Branco", "America/Noronha",
    "America/New_York", "Europe/Lisbon", "Europe/Berlin", "Europe/Moscow", "UTC",
)  # fmt: skip


PASSWORD_HELP = _("At least 10 characters; a sentence is easy to remember.")


@cache
def zone_choices() -> list[tuple[object, list[tuple[str, str]]]]:
    usual = [(zone, named(zone)) for zone in USUAL_ZONES]
    others = sorted(
        (zone, named(zone)) for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")
    )
    return [
        (_("Often chosen"), usual),
        (_("All zones"), [choice for choice in others if choice not in usual]),
    ]


def named(zone: str) -> str:
    return zone.replace("_", " ").replace("/", " / ")


class SignInForm(AuthenticationForm):
    """The same answer for a wrong password, an unknown address and a deactivated person."""

    error_messages = {
        "invalid_login": _("This e-mail and password do not go together. Please check both."),
        "inactive": _("This e-mail and password do not go together. Please check both."),
    }

    def __init__(self, request: HttpRequest | None = None, *args: object, **kwargs: object) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"] = forms.EmailField(
            label=_("E-mail"),
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        )

    def clean_username(self) -> str:
        return self.cleaned_data["username"].lower()  # counted as one account, however it is typed


class NewPasswordForm(SetPasswordForm):
    """A first or a new password. The invitation's page also asks who they are and how they read (CH04)."""

    field_order = ["name", "phone", "language", "new_password1", "new_password2"]

    def __init__(
        self,
        user: User,
        *args: object,
        asks_name: bool = False,
        desk_languages: list[str] | None = None,
        **kwargs: object,
    ) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password1"].help_text = PASSWORD_HELP
        self.fields["new_password2"].label = _("The same once more")
        self.fields["new_password2"].help_text = ""
        if asks_name:
            self.fields["name"] = forms.CharField(
                label=_("Your name"),
                max_length=200,
                initial=user.name,
                widget=forms.TextInput(attrs={"autocomplete": "name"}),
            )
            self.fields["phone"] = forms.CharField(
                label=_("Telephone"),
                max_length=40,
                required=False,
                initial=user.phone,
                widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
            )
            self.fields["language"] = forms.ChoiceField(
                label=_("Language"),
                required=False,
                initial=user.language,
                choices=languages.choices([*(desk_languages or []), user.language]),
            )
            self.order_fields(self.field_order)

    def save(self, commit: bool = True) -> User:
        self.user.name = self.cleaned_data.get("name", self.user.name)
        self.user.phone = self.cleaned_data.get("phone") or self.user.phone
        self.user.language = self.cleaned_data.get("language") or self.user.language
        return super().save(commit)


class ChangePasswordForm(PasswordChangeForm):
    """A new password for somebody who knows the old one."""

    def __init__(self, user: User, *args: object, **kwargs: object) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["old_password"].label = _("Present password")
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password1"].help_text = PASSWORD_HELP
        self.fields["new_password2"].label = _("The same once more")
        self.fields["new_password2"].help_text = ""


def spoken_field(offered: list[str]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Other languages you speak"),
        required=False,
        choices=languages.choices(offered),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tickets in these languages are offered to you first, as those in your own are."),
    )


class ProfileForm(forms.ModelForm):
    """One's own settings. The e-mail is not among them: it says who somebody is."""

    class Meta:
        model = User
        fields = ["name", "language", "spoken_languages", "timezone", "phone", "signature"]
        labels = {
            "name": _("Name"),
            "language": _("Language"),
            "timezone": _("Time zone"),
            "phone": _("Telephone"),
            "signature": _("Signature"),
        }
        help_texts = {
            "timezone": _("All times are shown in it."),
            "signature": _("Ends the mails that bring your replies to customers."),
        }
        widgets = {
            "signature": forms.Textarea(attrs={"rows": 3, "class": "brief"}),
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        }

    def __init__(self, *args: object, desk_languages: list[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), choices=languages.choices([*desk_languages, self.instance.language])
        )
        self.fields["spoken_languages"] = spoken_field([*desk_languages, *self.instance.spoken_languages])
        self.fields["timezone"].widget = forms.Select(choices=zone_choices())
        self.fields["name"].required = True
        if not self.instance.is_agent:
            del self.fields["signature"], self.fields["spoken_languages"]

    def clean_timezone(self) -> str:
        zone = self.cleaned_data["timezone"]
        if zone not in available_timezones():
            raise forms.ValidationError(_("Please choose a zone from the list."))
        return zone
