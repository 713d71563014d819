"""Companies with their plan, teams, and the desk's face. (Here, because a company's plan is chosen from the policy's.)"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminColorInputWidget,
    UnfoldAdminSelectWidget,
)

from policies import publishing
from policies.admin.fields import KeysField
from policies.document import say
from tenants.customers.models import Company, Desk, Membership, Team
from tenants.moment import now
from tenants.people import languages
from tenants.people.models import User
from tenants.wakeups import wake


def plan_choices() -> list[tuple[str, str]]:
    """The plans of the policy in force; its first one is what a company without a plan has."""
    try:
        policy = publishing.policy_of(publishing.version_in_force(now()))
    except publishing.NoPolicy:
        return []
    return [(plan.key, say(plan.name, get_language() or "en") or plan.key) for plan in policy.plans]


class MembershipInline(TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ()
    verbose_name, verbose_name_plural = _("member"), _("members")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "person":
            kwargs["queryset"] = User.objects.filter(role=User.Role.CUSTOMER).order_by("email")
            kwargs["label"] = _("person")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Company)
class CompanyAdmin(ModelAdmin):
    list_display = ("name", "account_manager", "people")
    search_fields = ("name",)
    list_filter = ("members_see_each_other",)
    fields = ("name", "plan", "account_manager", "members_see_each_other")
    inlines = (MembershipInline,)
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("account_manager").prefetch_related("memberships")

    def get_list_display(self, request: HttpRequest) -> Any:
        plans = dict(plan_choices())

        @admin.display(description=_("plan"), ordering="plan")
        def plan_said(company: Company) -> str:
            return plans.get(company.plan, company.plan) or "–"

        return ["name", plan_said, "account_manager", "people"]

    def save_model(self, request: HttpRequest, obj: Company, form: Any, change: bool) -> None:
        """Another plan is another promise: the workers bring the company's open tickets in line (S12)."""
        super().save_model(request, obj, form, change)
        if change and "plan" in form.changed_data:
            wake("publish", now())

    @admin.display(description=_("members"))
    def people(self, company: Company) -> int:
        return len(company.memberships.all())

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "plan":
            options = [("", _("the policy's first plan")), *plan_choices()]
            return forms.ChoiceField(
                choices=options,
                required=False,
                label=_("Plan"),
                widget=UnfoldAdminSelectWidget(choices=options),
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "account_manager":
            kwargs["queryset"] = User.objects.exclude(role=User.Role.CUSTOMER).filter(is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Team)
class TeamAdmin(ModelAdmin):
    list_display = ("name", "key", "who", "tongues")
    fields = ("name", "key", "members", "languages")
    search_fields = ("name", "key")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("members")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("key",) if obj else ()

    @admin.display(description=_("members"))
    def who(self, team: Team) -> str:
        return ", ".join(person.name or person.email for person in team.members.all()) or str(_("nobody yet"))

    @admin.display(description=_("languages"))
    def tongues(self, team: Team) -> str:
        names = dict(settings.LANGUAGES)
        return ", ".join(names.get(tag, tag) for tag in team.languages) or "–"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "languages":
            offered = languages.choices((Desk.objects.first() or Desk()).languages)
            return KeysField(
                choices=offered, required=False, label=_("Languages"), help_text=db_field.help_text
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "members":
            kwargs["queryset"] = User.objects.exclude(role=User.Role.CUSTOMER).filter(is_active=True)
            kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
        return super().formfield_for_manytomany(db_field, request, **kwargs)


def own_first() -> list[tuple[str, Any]]:
    """All languages, the desk's in their own order: as they stand on the page they are posted, and the first is its own."""
    known = dict(settings.LANGUAGES)
    ours = (Desk.objects.first() or Desk()).languages
    return [(tag, known.pop(tag)) for tag in dict.fromkeys(ours) if tag in known] + list(known.items())


@admin.register(Desk)
class DeskAdmin(ModelAdmin):
    fieldsets = (
        (None, {"fields": ("name", "logo", "colour")}),
        (_("Mail"), {"fields": ("sender_name", "sender_address", "reply_address")}),
        (_("Languages and zone"), {"fields": ("languages", "timezone")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:customers_desk_change", args=[1]))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "languages":
            return KeysField(choices=own_first(), required=True, label=_("Languages"), help_text=_(
                "The first of them is the desk's own: whoever writes for the first time is answered in it."
            ))  # fmt: skip
        if db_field.name == "reply_address":
            kwargs["help_text"] = _(
                "Where answers to your mails arrive: an address that a mailbox of yours or an incoming web hook receives. "
                "Each mail carries it with the ticket's own mark behind a plus sign."
            )
        if db_field.name == "colour":
            kwargs["widget"] = UnfoldAdminColorInputWidget(attrs={"type": "color"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)
