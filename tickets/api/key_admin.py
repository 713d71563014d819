"""API keys in the admin: made (the key is shown this once), seen, revoked. The key itself is nowhere to be read again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from tenants.moment import now
from tenants.people.models import User
from tickets.api import keys
from tickets.api.keys import ApiKey
from tickets.api.scopes import SCOPES

TICK = (  # one a line, and wrapped where the screen is narrow: the theme would cut it
    '<span style="display:inline-block;white-space:normal;width:34rem;max-width:70vw"><code>{}</code> {}</span>'
)
format_html_lazy = lazy(format_html, str)


class KeyForm(forms.ModelForm):
    """What a key is for, in ticks; a key for nothing is no key."""

    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("May be used for"),
        choices=[(scope, format_html_lazy(TICK, scope, about)) for scope, about in SCOPES.items()],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy("Give it no more than what uses it needs. Its person's rights apply on top."),
        error_messages={"required": gettext_lazy("Choose at least one: a key for nothing opens nothing.")},
    )

    class Meta:
        model = ApiKey
        fields = ("name", "person", "scopes", "expires_at")

    def clean_expires_at(self) -> datetime | None:
        until = self.cleaned_data["expires_at"]
        if until is not None and until <= now():
            raise forms.ValidationError(_("This moment has passed: choose a later one, or none."))
        return until


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):
    form = KeyForm
    list_display = ("name", "person", "may", "begins_with", "state", "expires_at", "last_used_at")
    list_filter = ("person__role",)
    list_select_related = ("person",)
    list_per_page = 50
    search_fields = ("name", "prefix", "person__name", "person__email")
    ordering = ("-id",)
    actions = ("revoke",)
    autocomplete_fields = ("person",)
    fields = ("name", "person", "scopes", "expires_at")
    shown = (
        "name",
        "person",
        "may",
        "expires_at",
        "begins_with",
        "state",
        "created_at",
        "last_used_at",
        "revoked_at",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields if obj is None else self.shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else self.shown

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a revoked key stays as a trace

    def formfield_for_foreignkey(self, field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if field.name == "person":
            kwargs["queryset"] = User.objects.filter(is_active=True).order_by("name", "email")
        return super().formfield_for_foreignkey(field, request, **kwargs)

    @admin.display(description=gettext_lazy("may be used for"))
    def may(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description=gettext_lazy("begins with"))
    def begins_with(self, key: ApiKey) -> str:
        return f"hd_{key.prefix}_…"

    @display(
        description=gettext_lazy("state"),
        label={"works": "success", "expired": "warning", "revoked": "danger", "left": "warning"},
    )
    def state(self, key: ApiKey) -> tuple[str, str]:
        if key.revoked_at is not None:
            return "revoked", _("revoked")
        if not key.person.is_active:
            return "left", _("its person is deactivated")
        return ("works", _("works")) if key.works(now()) else ("expired", _("expired"))

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        request.written_key = keys.issue(obj, now())

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: Any = None) -> HttpResponse:
        """The key on a page of its own (the admin's are never cached): a message would travel through a cookie."""
        context = self.admin_site.each_context(request) | {
            "title": _("API key “%(name)s”") % {"name": obj.name},
            "opts": self.opts,
            "key": obj,
            "written": request.written_key,
        }
        return TemplateResponse(request, "admin/api_keys/made.html", context)

    @admin.action(description=gettext_lazy("Revoke: they stop working at once"), permissions=["change"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[ApiKey]) -> None:
        names = [str(key) for key in chosen.filter(revoked_at=None)]
        revoked = keys.revoke(chosen, now())
        for key in chosen:
            self.log_change(request, key, "revoked")
        said = ngettext("%(n)s key was revoked: %(names)s", "%(n)s keys were revoked: %(names)s", revoked)
        messages.success(request, said % {"n": revoked, "names": ", ".join(names)})
