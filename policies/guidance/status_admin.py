"""Components and incidents in the admin: an incident is opened, put right and updated on one page, through the use cases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
)

from policies.admin.choices import keys_of
from policies.admin.fields import TextsField
from policies.document import say
from policies.guidance import incidents
from policies.guidance.models import Component, Incident
from tenants.moment import now


@admin.register(Component)
class ComponentAdmin(ModelAdmin):
    list_display = ("__str__", "note_said")
    ordering_field = "position"
    hide_ordering_field = True
    list_per_page = 200
    actions = None
    fields = ("name", "note")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in ("name", "note"):
            label = str(db_field.verbose_name)
            return TextsField(
                languages=keys_of(request).languages, required=db_field.name == "name",
                label=label[:1].upper() + label[1:],
            )  # fmt: skip
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Component, form: Any, change: bool) -> None:
        if not change:
            obj.position = Component.objects.count()
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("what it is for"))
    def note_said(self, component: Component) -> str:
        return say(component.note, get_language() or "en")


class IncidentForm(forms.ModelForm):
    starts_at = forms.SplitDateTimeField(
        label=gettext_lazy("From"), required=False, widget=UnfoldAdminSplitDateTimeWidget,
        help_text=gettext_lazy("Empty: now."),
    )  # fmt: skip
    ends_at = forms.SplitDateTimeField(
        label=gettext_lazy("Until"), required=False, widget=UnfoldAdminSplitDateTimeWidget,
        help_text=gettext_lazy("Of planned maintenance alone. It begins and ends by itself at its times."),
    )  # fmt: skip

    class Meta:
        model = Incident
        fields = ["impact", "components", "starts_at", "ends_at"]
        widgets = {
            "impact": UnfoldAdminSelectWidget,
            "components": UnfoldAdminCheckboxSelectMultipleWidget,
        }

    tongues: tuple[str, ...] = ()  # set by the admin on the class that it makes for a request

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known, self.at = self.instance.pk is not None, now()
        self.fields["title"] = TextsField(
            languages=self.tongues, required=False, label=_("Title"), initial=self.instance.title,
            help_text=_("What customers notice, such as “Invoices are sent late”."),
        )  # fmt: skip
        self.fields["state"] = forms.ChoiceField(
            label=_("State"),
            required=known,
            choices=self.states(),
            initial=self.instance.state,
            widget=UnfoldAdminSelectWidget,
        )
        self.fields["body"] = TextsField(
            languages=self.tongues, rows=4, required=False, label=_("What is new"),
            help_text=_("A new update, shown with its moment. Empty and the state unchanged: none is made.")
            if known else _("What you know so far, and when you will say more."),
        )  # fmt: skip
        self.fields["components"].required = False
        if known:
            self.fields["starts_at"].help_text = ""
            kept = self.instance.is_maintenance
            choices = Incident.Impact.choices
            self.fields["impact"].choices = [c for c in choices if (c[0] == "maintenance") == kept]
            if not kept:
                del self.fields["ends_at"]

    def states(self) -> list[tuple[str, str]]:
        known = self.instance.pk is not None
        planned = not known or self.instance.is_maintenance
        first = [("", _("as it begins: planned, or looked into"))] if not known else []
        return first + [c for c in Incident.State.choices if planned or c[0] != Incident.State.PLANNED]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.errors:
            return said
        if self.instance.pk is None:
            wrong = incidents.faults(
                title=said["title"], body=said["body"], impact=said["impact"], at=self.at,
                state=said["state"], starts_at=said["starts_at"] or self.at, ends_at=said["ends_at"],
            )  # fmt: skip
        else:
            wrong = incidents.faults_of_correction(
                self.instance, title=said["title"], impact=said["impact"],
                starts_at=said["starts_at"], ends_at=said.get("ends_at"),
            )  # fmt: skip
            if self.says_something_new(said):
                wrong |= incidents.faults_of_update(self.instance, said["state"], said["body"])
        for name, message in wrong.items():
            self.add_error(name, message)
        return said

    def says_something_new(self, said: dict[str, Any]) -> bool:
        return bool(said["body"]) or said["state"] != self.instance.state


@admin.register(Incident)
class IncidentAdmin(ModelAdmin):
    list_display = ("called", "impact", "state_said", "starts_at", "updated_at")
    list_filter = ("impact", "state")
    list_per_page = 50
    ordering = ("-starts_at", "-id")
    actions = None
    change_form_outer_after_template = "admin/guidance/updates.html"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        said = {name: forms.Field(required=False) for name in ("title", "state", "body")}
        own = {"tongues": keys_of(request).languages, "Meta": IncidentForm.Meta}
        return type("DeskIncidentForm", (IncidentForm,), own | said)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        times = ("starts_at", "ends_at") if obj is None or obj.is_maintenance else ("starts_at",)
        return (
            (None, {"fields": ("title", "impact", "components", *times)}),
            (_("An update"), {"fields": ("state", "body")}),
        )

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        incident = kwargs.get("obj")
        if incident is not None:
            context |= {"incident": incident, "updates": incident.updates.select_related("by")}
        context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Incident, form: Any, change: bool) -> None:
        said, at = form.cleaned_data, form.at
        given = {name: said[name] for name in ("title", "impact", "components", "starts_at")}
        given["ends_at"] = said.get("ends_at")
        if not change:
            made = incidents.open_incident(
                state=said["state"], body=said["body"], by=request.user, at=at, **given
            )
            obj.pk, obj._state.adding = made.pk, False
        else:
            incidents.correct(obj, **given)
            if form.says_something_new(said):
                incidents.post_update(obj, state=said["state"], body=said["body"], by=request.user, at=at)
        obj.refresh_from_db()

    @admin.display(description=gettext_lazy("incident"))
    def called(self, incident: Incident) -> str:
        return str(incident)

    @display(
        description=gettext_lazy("state"),
        label={"running": "danger", "to come": "info", "over": "success"},
    )
    def state_said(self, incident: Incident) -> tuple[str, str]:
        at = now()
        if incident.is_running(at):
            planned = incident.is_maintenance and incident.state == Incident.State.PLANNED
            return "running", _("under way") if planned else incident.get_state_display()
        if incident.is_to_come(at):
            return "to come", incident.get_state_display()
        return "over", _("over")
