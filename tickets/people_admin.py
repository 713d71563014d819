"""People in the admin: invite, set role, teams and company, deactivate with a hand-over. Passwords are nobody's but their own.

Here, above all packages, because leaving hands tickets over and an invitation is a notice.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from notifications.people_pages import invite
from tenants import moment
from tenants.customers.models import Company, Desk, Licence, Membership, Team
from tenants.people import languages
from tenants.people.forms import zone_choices
from tenants.people.models import User
from tickets import handover, identity
from tickets.entitlement import why_no_account

if admin.site.is_registered(Group):
    admin.site.unregister(Group)  # roles say who may do what


class PersonForm(forms.ModelForm):
    """Somebody of this desk. Teams are for our side, a company for customers; the e-mail says who they are and stays."""

    teams = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Teams"),
        queryset=Team.objects.order_by("name"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy("For people of our side."),
    )
    company = forms.ModelChoiceField(
        label=gettext_lazy("Company"),
        queryset=Company.objects.order_by("name"),
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("For customers: it decides their plan."),
    )

    class Meta:
        model = User
        fields = ["email", "name", "role", "language", "spoken_languages", "timezone", "phone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        desk = Desk.objects.first() or Desk()
        if "language" in self.fields:
            offered = [*desk.languages, *([self.instance.language] if self.instance.pk else [])]
            self.fields["language"] = forms.ChoiceField(
                label=_("Language"),
                choices=languages.choices(offered),
                widget=UnfoldAdminSelectWidget,
            )
            self.fields["spoken_languages"] = forms.MultipleChoiceField(
                label=_("Other languages spoken"),
                required=False,
                choices=languages.choices([*offered, *self.instance.spoken_languages]),
                widget=UnfoldAdminCheckboxSelectMultipleWidget,
                help_text=_("For people of our side: tickets in these languages are offered to them first."),
            )
            self.fields["timezone"].widget = UnfoldAdminSelectWidget(choices=zone_choices())
        if self.instance.pk:
            self.initial["teams"] = list(self.instance.teams.all())
            membership = Membership.objects.filter(person=self.instance).first()
            self.initial["company"] = membership and membership.company_id
        else:
            self.initial |= {"timezone": desk.timezone, "role": User.Role.CUSTOMER}
            self.initial["language"] = desk.languages[0] if desk.languages else "en"

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Somebody with this e-mail is here already."))
        return email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        customer = data.get("role") == User.Role.CUSTOMER
        if customer and data.get("teams"):
            self.add_error("teams", _("A customer is in no team. Choose another role, or no team."))
        if not customer and data.get("company"):
            self.add_error(
                "company", _("Only customers belong to a company. Choose the role Customer, or no company.")
            )
        was_admin = (
            self.instance.pk and "role" in self.changed_data and self.initial["role"] == User.Role.ADMIN
        )
        if customer and not self.instance.pk and data.get("email"):
            if reason := why_no_account(data["email"], moment.now()):
                self.add_error("email", reason)
        others = User.objects.filter(role=User.Role.ADMIN, is_active=True).exclude(pk=self.instance.pk)
        if was_admin and not others.exists():
            self.add_error("role", _("This is the last admin; make somebody else one first."))
        return data


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("New e-mail"), max_length=254, widget=UnfoldAdminEmailInputWidget
    )
    because = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("Kept with your name, and told to both addresses."),
        widget=UnfoldAdminTextInputWidget,
    )


class HandoverForm(forms.Form):
    heir = forms.ModelChoiceField(
        label=gettext_lazy("Their open tickets and companies go to"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("nobody: the tickets wait for their teams"),
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, person: User, *args: Any) -> None:
        super().__init__(*args)
        colleagues = (
            User.objects.exclude(role=User.Role.CUSTOMER).filter(is_active=True).exclude(pk=person.pk)
        )
        self.fields["heir"].queryset = colleagues.order_by("name")


@admin.register(User)
class PeopleAdmin(ModelAdmin):
    form = PersonForm
    list_display = ("said", "email", "role", "where", "state", "last_login")
    list_filter = ("role", "is_active", "teams")
    search_fields = ("name", "email")
    ordering = ("name", "email")
    list_per_page = 50
    fieldsets = (
        (None, {"fields": ("email", "name", "role")}),
        (gettext_lazy("Where"), {"fields": ("teams", "company")}),
        (gettext_lazy("How they read"), {"fields": ("language", "spoken_languages", "timezone", "phone")}),
    )
    change_form_outer_before_template = "admin/people/inviting.html"
    change_form_outer_after_template = "admin/people/coming_and_going.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        memberships = Prefetch("membership", Membership.objects.select_related("company"))
        return super().get_queryset(request).prefetch_related("teams", memberships)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("email", "role") if obj == request.user else ("email",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what they wrote stays theirs: people are deactivated

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def said(self, person: User) -> str:
        return person.name or person.email

    @admin.display(description=gettext_lazy("teams or company"))
    def where(self, person: User) -> str:
        membership = getattr(person, "membership", None)
        return membership.company.name if membership else ", ".join(team.name for team in person.teams.all())

    @display(
        description=gettext_lazy("state"), label={"active": "success", "invited": "info", "left": "warning"}
    )
    def state(self, person: User) -> tuple[str, str]:
        if not person.is_active:
            return "left", _("deactivated")
        return ("active", _("active")) if person.has_usable_password() else ("invited", _("invited"))

    def save_model(self, request: HttpRequest, obj: User, form: PersonForm, change: bool) -> None:
        """A new person has no password: they choose one behind the link of their invitation."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        obj.teams.set(form.cleaned_data["teams"])
        if company := form.cleaned_data["company"]:
            Membership.objects.update_or_create(person=obj, defaults={"company": company})
        else:
            Membership.objects.filter(person=obj).delete()
        if not change:
            invite(obj, by=request.user, at=moment.now())
            messages.info(request, _("An invitation is on its way to %(email)s.") % {"email": obj.email})

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view, "people_user_{}".format
        return [
            path("<int:pk>/deactivation/", view(self.deactivation), name=name("deactivation")),
            path("<int:pk>/address/", view(self.address), name=name("address")),
            path("<int:pk>/activation/", view(require_POST(self.activation)), name=name("activation")),
            path("<int:pk>/invitation/", view(require_POST(self.invitation)), name=name("invitation")),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        person = kwargs.get("obj")
        if person is not None:
            context |= {
                "person": person,
                "invited": not person.has_usable_password(),
                "self": person == request.user,
                "address_changes": person.address_changes.select_related("by")[:20],
            }
        elif kwargs.get("add"):
            context |= {"title": _("Invite somebody"), "inviting": True}
        return super().render_change_form(request, context, *args, **kwargs)

    def deactivation(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = get_object_or_404(User, pk=pk, is_active=True)
        form = HandoverForm(person, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                heir = form.cleaned_data["heir"]
                moved = handover.deactivate(person, heir=heir, by=request.user, at=moment.now())
            except ValidationError as refusal:
                form.add_error("heir" if hasattr(refusal, "error_dict") else None, refusal.messages[0])
            else:
                self.log_change(
                    request, person, f"deactivated; {moved} tickets handed over to {heir or 'nobody'}"
                )
                tickets = ngettext(
                    "%(n)s ticket was handed over.", "%(n)s tickets were handed over.", moved
                ) % {"n": moved}
                messages.success(
                    request, _("%(person)s can no longer sign in.") % {"person": person} + " " + tickets
                )
                return redirect("admin:people_user_change", pk)
        page = {
            **self.admin_site.each_context(request),
            "title": _("Deactivate %(person)s") % {"person": person},
            "opts": self.opts,
            "person": person,
            "form": form,
            "tickets": handover.open_tickets_of(person).count(),
            "companies": person.managed_companies.count(),
            "back_url": reverse("admin:people_user_change", args=[pk]),
        }
        return TemplateResponse(request, "admin/people/deactivation.html", page)

    def address(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The address that says who they are: a staff act, with its reason (ZP05)."""
        person = get_object_or_404(User, pk=pk)
        form = AddressForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            try:
                change = identity.change_address(
                    person, to=said["email"], because=said["because"], by=request.user, at=moment.now()
                )
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                self.log_change(request, person, f"address: {change}; {change.because}")
                messages.success(
                    request, _("%(person)s signs in as %(email)s now. Both addresses are told.")
                    % {"person": person, "email": change.new},
                )  # fmt: skip
                return redirect("admin:people_user_change", pk)
        page = {
            **self.admin_site.each_context(request),
            "title": _("Change the address of %(person)s") % {"person": person},
            "opts": self.opts,
            "person": person,
            "form": form,
            "licences": Licence.objects.filter(email=person.email).order_by("number")[:20],
            "back_url": reverse("admin:people_user_change", args=[pk]),
        }
        return TemplateResponse(
            request, "admin/people/address.html", page, status=422 if form.errors else 200
        )

    def activation(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = get_object_or_404(User, pk=pk, is_active=False)
        handover.activate(person)
        self.log_change(request, person, "activated again")
        messages.success(request, _("%(person)s can sign in again.") % {"person": person})
        return redirect("admin:people_user_change", pk)

    def invitation(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = get_object_or_404(User, pk=pk, is_active=True)
        with transaction.atomic():
            invite(person, by=request.user, at=moment.now())
        messages.success(request, _("A new invitation is on its way to %(email)s.") % {"email": person.email})
        return redirect("admin:people_user_change", pk)
