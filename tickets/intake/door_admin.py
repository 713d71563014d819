"""Doors in the admin: their kind decides the fields; secrets are written and never shown; the hook's address is shown once."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from policies.document import say
from policies.publishing import NoPolicy, policy_of, version_in_force
from tenants import links, wakeups
from tenants.moment import now
from tickets.intake import addresses, doors
from tickets.intake.kind import DoorKind, Setting
from tickets.intake.models import Door


class DoorForm(forms.ModelForm):
    """Its own fields, and one for each setting of its kind."""

    class Meta:
        model = Door
        fields = ["name", "address", "channel", "is_active"]
        widgets = {
            "name": UnfoldAdminTextInputWidget,
            "address": UnfoldAdminTextInputWidget,
            "is_active": UnfoldBooleanSwitchWidget,
        }

    kind_of_door: DoorKind  # set by the admin on the class that it makes for a request

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.secrets_left()
        for setting in self.kind_of_door.settings:
            self.fields[setting.name] = field_for(setting, self.instance.config, kept or {})
            if setting.is_secret and kept is None:
                self.fields[setting.name].help_text = _(
                    "What was kept here can be read no longer: the server’s SECRET_KEY has changed. Enter it again."
                )
        self.fields["channel"] = forms.ChoiceField(
            label=self.fields["channel"].label,
            choices=channel_choices(self.kind_of_door, self.instance.channel),
            widget=UnfoldAdminSelectWidget,
            help_text=_("As which of the policy’s channels a contact through this door counts."),
        )
        self.fields["address"].required = True
        self.fields["address"].help_text = address_help(self.kind_of_door)

    def clean_address(self) -> str:
        address = addresses.checked(self.cleaned_data["address"], self.kind_of_door.address)
        kind = self.instance.kind or self.data.get("kind", "")
        others = Door.objects.filter(kind=kind, address=address, is_active=True).exclude(pk=self.instance.pk)
        if self.kind_of_door.address == "phone" and (other := others.first()):
            raise forms.ValidationError(_("The door “%(name)s” has this number.") % {"name": other.name})
        return address

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.kind_of_door.check is not None:
            typed = {s.name: data.get(s.name) for s in self.kind_of_door.settings if not s.is_secret}
            for name, wrong in self.kind_of_door.check(typed).items():
                if name not in self.errors:
                    self.add_error(name, wrong)
        return data

    def save(self, commit: bool = True) -> Door:
        door = self.instance
        kept = door.secrets_left() or {}
        for setting in self.kind_of_door.settings:
            value = self.cleaned_data.get(setting.name)
            if not setting.is_secret:
                door.config = door.config | {setting.name: value}
            elif value:
                kept[setting.name] = value
        door.keep_secrets(kept)
        return super().save(commit)


def field_for(setting: Setting, config: dict[str, Any], kept: dict[str, Any]) -> forms.Field:
    common = {"label": setting.label, "help_text": setting.help, "required": setting.is_required}
    if setting.is_secret:
        if kept.get(setting.name):
            note = _("Kept and not shown. Empty: it stays as it is.")
            common |= {"required": False, "help_text": f"{setting.help} {note}".strip()}
        return forms.CharField(
            **common,
            max_length=4000,
            widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        )
    initial = config.get(setting.name, setting.default)
    if setting.shape == "yes_no":
        return forms.BooleanField(
            **common | {"required": False}, initial=initial, widget=UnfoldBooleanSwitchWidget
        )
    if setting.shape == "number":
        return forms.IntegerField(**common, initial=initial, min_value=1, widget=UnfoldAdminTextInputWidget)
    if setting.shape == "choice":
        return forms.ChoiceField(
            **common, initial=initial, choices=setting.choices, widget=UnfoldAdminSelectWidget
        )
    if setting.shape == "json":
        shown = UnfoldAdminTextareaWidget(attrs={"rows": 8, "class": "font-mono", "spellcheck": "false"})
        return forms.JSONField(**common, initial=initial or {}, widget=shown, encoder=_Indented)
    return forms.CharField(**common, initial=initial, max_length=500, widget=UnfoldAdminTextInputWidget)


class _Indented(json.JSONEncoder):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"indent": 2})


def channel_choices(kind: DoorKind, current: str) -> list[tuple[str, str]]:
    """The kind's usual channels first, then all others of the policy in force, by the names that it gives them; what it
    does not know comes last."""
    try:
        policy = policy_of(version_in_force(now()))
    except NoPolicy:
        policy = None
    named = {c.key: say(c.name, policy.language) for c in policy.channels} if policy else {}
    wanted = [*([current] if current else []), *kind.channels]
    keys = dict.fromkeys([*(key for key in wanted if key in named), *named, *wanted])
    unknown = _("not in the policy: such contacts are turned away")
    return [(key, f"{named[key]} ({key})" if key in named else f"{key} ({unknown})") for key in keys]


def address_help(kind: DoorKind) -> str:
    if kind.address == "phone":
        return _("Our number with its country, such as +55 38 99950-7998.")
    return _("The e-mail address that people write to.")


@admin.register(Door)
class DoorAdmin(ModelAdmin):
    list_display = ("name", "kind_said", "address", "channel", "is_active", "state_said")
    list_per_page = 50
    ordering = ("name",)
    change_form_outer_after_template = "admin/intake/hook.html"

    def get_urls(self) -> list[Any]:
        made_anew = self.admin_site.admin_view(self.new_address)
        tried = self.admin_site.admin_view(self.try_out)
        return [
            path("<int:pk>/address/", made_anew, name="intake_door_address"),
            path("<int:pk>/trial/", tried, name="intake_door_trial"),
            *super().get_urls(),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what came in through it names it: a door is closed instead

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if self._asked_for(request) not in doors.KINDS:
            kinds = [(name, kind.label) for name, kind in doors.KINDS.items()]
            page = self.admin_site.each_context(request) | {
                "title": _("What kind of door?"),
                "opts": self.opts,
                "kinds": kinds,
            }
            return TemplateResponse(request, "admin/intake/kinds.html", page)
        return super().add_view(request, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kind = doors.KINDS[self._kind_name(request, obj)]
        fields = {setting.name: field_for(setting, {}, {}) for setting in kind.settings}
        if obj is None:
            fields["kind"] = forms.CharField(widget=forms.HiddenInput, initial=self._asked_for(request))
        return type("KindOfDoorForm", (DoorForm,), {"kind_of_door": kind, **fields, "Meta": DoorForm.Meta})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        kind = doors.KINDS[self._kind_name(request, obj)]
        carried = ["kind"] if obj is None else []
        names = ["name", "address", "channel", *(s.name for s in kind.settings), "is_active", *carried]
        return [(kind.label, {"fields": names})]

    def _kind_name(self, request: HttpRequest, obj: Any) -> str:
        return obj.kind if obj is not None and obj.kind in doors.KINDS else self._asked_for(request)

    def _asked_for(self, request: HttpRequest) -> str:
        """The kind of door that is being made: chosen by the link, then carried by the form."""
        return request.POST.get("kind") or request.GET.get("kind", "")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        kind = doors.KINDS[self._kind_name(request, kwargs.get("obj"))]
        context["title"] = kind.label if kwargs.get("obj") is None else f"{kwargs['obj']} · {kind.label}"
        context["show_save_and_add_another"] = False
        context["door"] = kwargs.get("obj")
        context["has_hook"] = kind.hear is not None
        context["has_trial"] = kind.try_out is not None
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Door, form: Any, change: bool) -> None:
        if not change:
            obj.kind = self._asked_for(request)
            if doors.KINDS[obj.kind].hear is not None:
                request.hook_key = obj.new_hook_key()
        obj.save()
        if hint := doors.KINDS[obj.kind].hint:
            wakeups.wake(hint, now())

    def response_add(self, request: HttpRequest, obj: Door, post_url_continue: Any = None) -> HttpResponse:
        key = getattr(request, "hook_key", "")
        if not key:
            messages.success(request, _("The door is open."))
            return redirect("admin:intake_door_changelist")
        return self.shown_once(request, obj, key)

    def new_address(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A new key for its hook; from now on the old address answers 404."""
        door = Door.objects.filter(pk=pk).first()
        if door is None or request.method != "POST":
            return redirect("admin:intake_door_changelist")
        key = door.new_hook_key()
        door.save(update_fields=["hook_digest"])
        self.log_change(request, door, "hook address")
        return self.shown_once(request, door, key)

    def try_out(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Look whether the door works as it is saved, and say so in words."""
        door = Door.objects.filter(pk=pk).first()
        kind = doors.KINDS.get(door.kind) if door else None
        if door is None or kind is None or kind.try_out is None or request.method != "POST":
            return redirect("admin:intake_door_changelist")
        works, told = kind.try_out(door)
        (messages.success if works else messages.error)(request, told)
        if works and door.last_error:
            Door.objects.filter(pk=pk).update(last_error="")
        return redirect("admin:intake_door_change", pk)

    def shown_once(self, request: HttpRequest, door: Door, key: str) -> HttpResponse:
        """On a page of its own (the admin's are never cached): a message would travel through a cookie."""
        page = self.admin_site.each_context(request) | {
            "title": _("Address of “%(name)s”") % {"name": door.name},
            "opts": self.opts,
            "door": door,
            "url": links.absolute(reverse("intake:hook", args=[door.kind, key])),
        }
        return TemplateResponse(request, "admin/intake/address.html", page)

    @admin.display(description=gettext_lazy("kind"))
    def kind_said(self, door: Door) -> str:
        return str(doors.KINDS[door.kind].label) if door.kind in doors.KINDS else door.kind

    @display(
        description=gettext_lazy("state"),
        label={"works": "success", "closed": "warning", "trouble": "danger"},
    )
    def state_said(self, door: Door) -> tuple[str, str]:
        if not door.is_active:
            return "closed", _("closed")
        return ("trouble", door.last_error[:80]) if door.last_error else ("works", _("open"))
