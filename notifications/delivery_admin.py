"""How mail leaves (the tenant's own server or provider, with a test), and who gets none."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from notifications import accounts, rendering
from notifications.channels.email import bounded, provider_id, sender
from notifications.models import MailAccount, Suppression
from notifications.smtp import Backend
from tenants import links, moment, outside, sealing

SECRETS = ("password", "api_key", "hook_secret")
OPTIONS = ("region", "sender_domain")
KEPT = gettext_lazy("Stored, and never shown again. Leave it empty to keep it.")


class MailAccountForm(forms.ModelForm):
    """Which fields are needed is said by the way (`accounts.WAYS`)."""

    way = forms.ChoiceField(
        label=gettext_lazy("Mail leaves by"), required=False, widget=UnfoldAdminSelectWidget
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )
    api_key = forms.CharField(
        label=gettext_lazy("API key"),
        required=False,
        help_text=gettext_lazy("Postmark calls it server token; Amazon SES and Mailjet call it secret key."),
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )
    region = forms.CharField(
        label=gettext_lazy("Region"),
        required=False,
        max_length=40,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Amazon SES: for example sa-east-1. Mailgun: eu, or empty."),
    )
    sender_domain = forms.CharField(
        label=gettext_lazy("Sending domain"),
        required=False,
        max_length=255,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Only where it is not the domain of the sender address."),
    )
    hook_secret = forms.CharField(
        label=gettext_lazy("Key of the provider's reports"),
        required=False,
        help_text=gettext_lazy(
            "Mailgun: the HTTP webhook signing key. SendGrid: the verification key. Others: user:password, if you set one."
        ),
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = MailAccount
        fields = ["way", "host", "port", "security", "username", "connections"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [(key, str(way.label)) for key, way in accounts.WAYS.items()]
        self.fields["way"].choices = [("", _("the mail server of this installation")), *ways]
        self.kept = stored(self.instance)
        for name in SECRETS:
            if self.kept.get(name):
                self.fields[name].help_text = KEPT
        for name in OPTIONS:
            self.fields[name].initial = self.instance.options.get(name, "")
        self.fields["username"].help_text = _("Amazon SES: the access key ID. Mailjet: the API key.")

    def clean_host(self) -> str:
        return self.cleaned_data["host"].strip().rstrip(".").lower()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        way = accounts.WAYS.get(data.get("way", ""))
        for name in way.wants if way else ():
            if not data.get(name) and name not in self.errors and not self.keeps(name):
                self.add_error(name, _("%(way)s needs this.") % {"way": way.label})
        if data.get("way") == "smtp" and data.get("host"):
            self.check_host(data["host"], data.get("port") or 587)
        return data

    def keeps(self, name: str) -> bool:
        """Whether a secret that was not typed stays: it belongs to the way for which it was stored."""
        return name in SECRETS and bool(self.kept.get(name)) and "way" not in self.changed_data

    def check_host(self, host: str, port: int) -> None:
        try:
            outside.checked_addresses(host, port, outside.Rules.of_settings(), 5)
        except (outside.Refused, OSError, ValueError) as failure:
            self.add_error("host", str(failure))

    def save(self, commit: bool = True) -> MailAccount:
        account, data = self.instance, self.cleaned_data
        account.way = data["way"]
        account.options = account.options | {name: data[name].strip() for name in OPTIONS}
        kept = {} if "way" in self.changed_data else self.kept
        accounts.keep_secrets(account, kept | {name: data[name] for name in SECRETS if data[name]})
        return super().save(commit)


def stored(account: MailAccount) -> dict[str, str]:
    try:
        return accounts.secrets_of(account)
    except sealing.InvalidToken:  # SECRET_KEY has changed: they have to be typed again
        return {}


@admin.register(MailAccount)
class MailAccountAdmin(ModelAdmin):
    form = MailAccountForm
    fieldsets = (
        (None, {"fields": ("way",)}),
        (
            gettext_lazy("Server or provider"),
            {
                "fields": (
                    "host",
                    "port",
                    "security",
                    "username",
                    "password",
                    "api_key",
                    "region",
                    "sender_domain",
                    "connections",
                    "hook_secret",
                )
            },
        ),
    )
    conditional_fields = {
        "host": "way == 'smtp'",
        "port": "way == 'smtp'",
        "security": "way == 'smtp'",
        "username": "['smtp', 'amazon_ses', 'mailjet'].includes(way)",
        "password": "way == 'smtp'",
        "api_key": "way != '' && way != 'smtp'",
        "region": "['amazon_ses', 'mailgun'].includes(way)",
        "sender_domain": "way == 'mailgun'",
        "hook_secret": "['mailgun', 'sendgrid', 'postmark', 'brevo', 'amazon_ses'].includes(way)",
        "connections": "way != ''",
    }
    change_form_outer_after_template = "admin/notifications/mail_account.html"

    def get_urls(self) -> list[Any]:
        own = [("test", self.send_test), ("reports", self.new_address)]
        return [
            path(f"{name}/", self.admin_site.admin_view(view), name=f"notifications_mailaccount_{name}")
            for name, view in own
        ] + super().get_urls()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("admin:notifications_mailaccount_change", 1)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The tenant's row; before it is saved for the first time, an empty one."""
        return super().get_object(request, object_id, from_field) or MailAccount()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        account = accounts.current()
        way = accounts.WAYS.get(account.way)
        context |= {
            "title": _("How mail leaves"),
            "account": account,
            "reports": bool(way and way.hook),
            "address": request.session.pop("mail_hook_address", ""),
            "show_save_and_add_another": False,
            "test_url": reverse("admin:notifications_mailaccount_test"),
            "reports_url": reverse("admin:notifications_mailaccount_reports"),
            "desk_url": reverse("admin:customers_desk_change", args=[1]),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: MailAccount) -> HttpResponse:
        messages.success(request, _("Saved. Send yourself a test mail to see that it works."))
        return redirect("admin:notifications_mailaccount_change", 1)

    def send_test(self, request: HttpRequest) -> HttpResponse:
        """A mail to the admin who asks, at once and by the saved way; what the server answers is shown and kept."""
        if request.method == "POST":
            account, at = accounts.current(), moment.now()
            worked, said = tried(account, request.user.email, at)
            account.checked_at, account.checked_said = at, said
            if account.way:
                account.save(update_fields=["checked_at", "checked_said"])
            (messages.success if worked else messages.error)(request, said)
        return redirect("admin:notifications_mailaccount_change", 1)

    def new_address(self, request: HttpRequest) -> HttpResponse:
        """A new address for the provider's reports, shown once; the one before stops working."""
        account = accounts.current()
        if request.method == "POST" and account.way:
            key = accounts.new_hook_key(account)
            account.save(update_fields=["hook_digest"])
            where = reverse("notifications:mail-events", args=[key])
            request.session["mail_hook_address"] = links.absolute(where)
        return redirect("admin:notifications_mailaccount_change", 1)


def tried(account: MailAccount, address: str, at: datetime) -> tuple[bool, str]:
    """(whether a test mail was taken, what the server said of it)."""
    stationery = rendering.Stationery()
    message = EmailMultiAlternatives(
        subject=_("A test mail of %(desk)s") % {"desk": stationery.desk.name},
        body=_("It has arrived: mail leaves as it should. Sent %(at)s.")
        % {"at": f"{at:%Y-%m-%d %H:%M:%S} UTC"},
        from_email=sender(stationery),
        to=[address],
        reply_to=[stationery.desk.reply_address] if stationery.desk.reply_address else [],
    )
    connection = None
    try:
        connection = message.connection = accounts.opened(account)
        with bounded(connection):
            message.send()
        answer = connection.answer if isinstance(connection, Backend) else provider_id(message)
    except sealing.InvalidToken:
        return False, _("The stored secrets cannot be read any more: type them again.")
    except Exception as failure:  # whatever a server or a library says: it is what the admin wants to read
        return False, _("It was not taken: %(said)s") % {"said": f"{type(failure).__name__}: {failure}"[:600]}
    finally:
        if connection is not None:
            close_quietly(connection)
    said = _("The test mail to %(address)s was taken.") % {"address": address}
    return True, f"{said} {answer}".strip()


def close_quietly(connection: Any) -> None:
    try:
        connection.close()
    except Exception:  # it hung up first
        return


@admin.register(Suppression)
class SuppressionAdmin(ModelAdmin):
    """Who gets no mail, since when and why. To allow an address again is to take it off the list."""

    list_display = ("address", "reason_said", "since", "detail")
    list_filter = ("reason",)
    search_fields = ("address",)
    ordering = ("-since",)
    fields = ("address",)
    actions = ("allow_again",)
    show_full_result_count = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {
            name: action for name, action in super().get_actions(request).items() if name != "delete_selected"
        }

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "address" in form.base_fields:
            form.base_fields["address"].help_text = _(
                "From now on no mail goes there, a new password and invitations included."
            )
        return form

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: bool) -> None:
        obj.address, obj.since = obj.address.lower(), moment.now()
        obj.detail = _("by %(who)s") % {"who": request.user}
        super().save_model(request, obj, form, change)

    @display(
        description=gettext_lazy("reason"),
        label={"hard_bounce": "warning", "complaint": "danger", "manual": "info"},
    )
    def reason_said(self, row: Suppression) -> tuple[str, str]:
        return row.reason, str(row.get_reason_display())

    @admin.action(description=gettext_lazy("Allow again"))
    def allow_again(self, request: HttpRequest, rows: Any) -> None:
        addresses = list(rows.values_list("address", flat=True))
        rows.delete()
        messages.success(
            request, _("Mail goes again to %(addresses)s.") % {"addresses": ", ".join(addresses)}
        )
