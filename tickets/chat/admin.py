"""The chat's settings: who may chat, which sites may show it, its words, and the snippet to copy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextareaWidget,
)

from policies.admin.customers import plan_choices
from policies.admin.fields import KeysField, TextsField
from policies.document import say
from tenants import links
from tenants.customers.models import Desk
from tenants.moment import now
from tickets import moments
from tickets.chat import pace
from tickets.chat.admission import origins_of
from tickets.chat.models import ChatSettings, Pace
from tickets.portal.home import policy_at


class SettingsForm(forms.ModelForm):
    class Meta:
        model = ChatSettings
        fields = ["is_on", "audience", "plans", "companies", "visitors", "sites", "greeting", "pointer"]
        help_texts = {
            "is_on": gettext_lazy("The portal then shows a button to whoever may chat."),
            "visitors": gettext_lazy(
                "They are not signed in: agents see that their name and address are what they typed."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tongues = (Desk.objects.first() or Desk()).languages or ["en"]
        labels = {name: field.label for name, field in self.fields.items()}
        self.fields["audience"].widget = UnfoldAdminRadioSelectWidget(choices=ChatSettings.Audience.choices)
        self.fields["plans"] = KeysField(choices=plan_choices(), required=False, label=labels["plans"])
        self.fields["sites"].widget = UnfoldAdminTextareaWidget(attrs={"rows": 3})
        self.fields["sites"].help_text = _(
            "One a line, like https://www.example.com. The portal may always show it; any other site is refused by the browser."
        )
        self.fields["greeting"] = TextsField(languages=tongues, required=False, label=labels["greeting"])
        self.fields["pointer"] = TextsField(
            languages=tongues, rows=2, required=False, label=labels["pointer"],
            help_text=_("Where they reach you instead. The addresses of the policy's channels stand below it."),
        )  # fmt: skip

    def clean_sites(self) -> str:
        return "\n".join(origins_of(self.cleaned_data["sites"]))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("audience") == ChatSettings.Audience.CHOSEN and data.get("is_on"):
            if not data.get("plans") and not data.get("companies"):
                self.add_error("audience", _("Choose a plan or a company, or let every customer chat."))
        policy = policy_at(now())
        channel = policy.channel("chat") if policy else None
        if data.get("is_on") and (channel is None or channel.opens != "ticket"):
            self.add_error(
                "is_on",
                _("The policy in force opens no tickets by chat: change its channel “Live chat” first."),
            )
        return data


@admin.register(ChatSettings)
class ChatSettingsAdmin(ModelAdmin):
    form = SettingsForm
    fieldsets = (
        (None, {"fields": ("is_on",)}),
        (gettext_lazy("Who may chat"), {"fields": ("audience", "plans", "companies", "visitors")}),
        (gettext_lazy("On your own site"), {"fields": ("sites", "snippet")}),
        (gettext_lazy("Words"), {"fields": ("greeting", "pointer")}),
        (gettext_lazy("How soon you answer"), {"fields": ("measured", "hint")}),
    )
    autocomplete_fields = ("companies",)
    readonly_fields = ("snippet", "measured", "hint")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        ChatSettings.objects.get_or_create(id=1)
        return HttpResponseRedirect(reverse("admin:chat_chatsettings_change", args=[1]))

    @admin.display(description=gettext_lazy("put this before </body>"))
    def snippet(self, settings: ChatSettings) -> str:
        script = f'<script src="{links.absolute("/chat/widget.js")}" async></script>'
        return format_html(
            '<input type="text" readonly size="70" value="{}" aria-label="{}" class="w-full max-w-3xl px-3 py-2'
            ' rounded-default border border-base-200 dark:border-base-700 font-mono">',
            script,
            _("Snippet for your own site"),
        )

    @admin.display(description=gettext_lazy("measured"))
    def measured(self, settings: ChatSettings) -> str:
        known = Pace.objects.filter(id=1, valid_until__gt=now()).first()
        usual = pace.usual(now())
        if known is None or usual is None:
            return _(
                "Not yet: it takes %(least)d answered chats within a week. Until then customers read what the policy promises."
            ) % {"least": pace.LEAST}
        said = ngettext(
            "Usually answers in %(usual)s (the median of the last %(count)d chat)",
            "Usually answers in %(usual)s (the median of the last %(count)d chats)",
            known.samples,
        )
        return said % {"usual": moments.lasting(usual), "count": known.samples}

    @admin.display(description=gettext_lazy("promised"))
    def hint(self, settings: ChatSettings) -> str:
        policy = policy_at(now())
        channel = policy.channel("chat") if policy else None
        if channel is None:
            return _("The policy in force has no channel “Live chat”.")
        if channel.opens != "ticket":
            return say(channel.pointer, "en") or _("The policy in force opens no tickets by chat.")
        return _("By the policy in force, like every other ticket of its channel “Live chat”.")
