"""Event windows in the admin (SL02): entered, moved and cancelled through the use cases, which re-time open tickets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from policies import words
from sla.models import EventWindow
from tenants.customers.models import Company
from tenants.moment import now
from tickets import windows


class WindowForm(forms.ModelForm):
    company = forms.ModelChoiceField(
        Company.objects.order_by("name"), label=_("Company"), widget=UnfoldAdminSelectWidget
    )
    kind = forms.ChoiceField(label=_("While it is open"), choices=list(words.SITUATIONS.items()))

    class Meta:
        model = EventWindow
        fields = ("kind", "name", "starts_at", "ends_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].widget = UnfoldAdminSelectWidget(choices=self.fields["kind"].choices)
        if self.instance.pk:
            self.initial["company"] = Company.objects.filter(reference=self.instance.company_key).first()
            for name in ("company", "kind"):  # a window moves in time only; another one is another window
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("starts_at") and said.get("ends_at") and said["ends_at"] <= said["starts_at"]:
            self.add_error("ends_at", _("The end must be after the start."))
        if self.instance.cancelled_at is not None:
            raise ValidationError(_("This window was cancelled; enter a new one."))
        return said


@admin.register(EventWindow)
class EventWindowAdmin(ModelAdmin):
    form = WindowForm
    list_display = ("what", "name", "starts_at", "ends_at")
    fields = ("company", "kind", "name", "starts_at", "ends_at")
    ordering = ("-starts_at",)
    actions = None
    list_per_page = 100

    def get_list_display(self, request: HttpRequest) -> Any:
        companies = dict(Company.objects.values_list("reference", "name"))
        at = now()

        @admin.display(description=_("company"))
        def whose(window: EventWindow) -> str:
            return companies.get(window.company_key, "–")

        @admin.display(description=_("state"))
        def state(window: EventWindow) -> str:
            if window.cancelled_at:
                return str(_("cancelled"))
            if window.ends_at <= at:
                return str(_("over"))
            return str(_("running now") if window.starts_at <= at else _("to come"))

        return [whose, *self.list_display, state]

    @admin.display(description=_("while"))
    def what(self, window: EventWindow) -> str:
        return str(words.SITUATIONS.get(window.kind, window.kind))

    def save_model(self, request: HttpRequest, obj: EventWindow, form: Any, change: bool) -> None:
        said = {"starts_at": obj.starts_at, "ends_at": obj.ends_at, "by": request.user, "at": now()}
        if change:
            windows.move_window(EventWindow.objects.get(pk=obj.pk), **said)
            EventWindow.objects.filter(pk=obj.pk).update(name=obj.name)
            return
        opened = windows.open_window(
            company=form.cleaned_data["company"], kind=obj.kind, name=obj.name, **said
        )
        obj.pk, obj._state.adding = opened.pk, False

    def delete_model(self, request: HttpRequest, obj: EventWindow) -> None:
        """Deleting is cancelling: what it did stays in the history."""
        windows.cancel_window(obj, by=request.user, at=now())
