"""The register of purchases in the admin (ZP04): list, add, change; and a file of them, looked at row by row and confirmed."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from policies.admin.customers import plan_choices
from tenants import moment
from tenants.customers import importing, register
from tenants.customers.models import Licence, LicenceImport
from tenants.customers.purchase_files import MOST_BYTES, Unreadable, plainly
from tickets.entitlement import day_of, policy_at

STATES = {
    importing.NEW: (gettext_lazy("new"), "is-good"),
    importing.CHANGED: (gettext_lazy("changed"), "is-warn"),
    importing.REFUSED: (gettext_lazy("refused"), "is-bad"),
    importing.SAME: (gettext_lazy("unchanged"), ""),
}
ROWS_SHOWN = 200


def known_plans() -> importing.Plans:
    """A file may call a plan by its name in any of the policy's languages, or by its key."""
    policy = policy_at(moment.now())
    plans = policy.plans if policy else ()
    keys = {plainly(word): plan.key for plan in plans for word in (*plan.name.values(), plan.key)}
    return importing.Plans(keys, dict(plan_choices()))


class LicenceForm(forms.ModelForm):
    class Meta:
        model = Licence
        fields = ["number", "email", "product", "plan", "valid_until", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = [("", _("the policy's first plan")), *plan_choices()]
        if self.instance.plan and self.instance.plan not in dict(options):
            options.append((self.instance.plan, self.instance.plan))
        self.fields["plan"] = forms.ChoiceField(
            label=_("Plan"), choices=options, required=False, widget=UnfoldAdminSelectWidget
        )
        self.before = self.instance.email

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].strip().lower()
        if self.instance.pk and email != self.before and register.accounts_among([self.before]):
            raise ValidationError(register.other_holder(self.instance.number, self.before))
        return email


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.txt,text/csv"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than 5 MB. Please split it."))
        return file


@admin.register(Licence)
class LicenceAdmin(ModelAdmin):
    form = LicenceForm
    list_display = (
        "number",
        "email",
        "product",
        "valid_until",
    )  # and what `get_list_display` says of the policy
    list_filter = ("is_active", "product")
    search_fields = ("number", "email", "product")
    ordering = ("-id",)
    list_per_page = 100
    list_before_template = "admin/purchases/bar.html"
    fields = ("number", "email", "product", "plan", "valid_until", "is_active")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what was bought stays known: purchases are made inactive

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        policy = policy_at(moment.now())
        request._plan_names = dict(plan_choices())
        self.today = day_of(policy, moment.now()) if policy else moment.now().date()
        shown = {"who_may_ask": policy.who_may_ask if policy else "anybody"}
        return super().changelist_view(request, shown | (extra_context or {}))

    def get_list_display(self, request: HttpRequest) -> Any:
        names = getattr(request, "_plan_names", {})
        today = getattr(self, "today", None)

        @admin.display(description=gettext_lazy("plan"), ordering="plan")
        def plan_said(licence: Licence) -> str:
            return names.get(licence.plan, licence.plan) or "–"

        @display(
            description=gettext_lazy("state"),
            label={"active": "success", "over": "warning", "off": "danger"},
        )
        def state(licence: Licence) -> tuple[str, str]:
            if not licence.is_active:
                return "off", _("inactive")
            if licence.valid_until and today and licence.valid_until < today:
                return "over", _("has ended")
            return "active", _("active")

        return ["number", "email", "product", plan_said, "valid_until", state]

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view, "customers_licence_{}".format
        return [
            path("import/", view(self.upload), name=name("import")),
            path("import/<int:pk>/", view(self.report), name=name("imported")),
            path("import/<int:pk>/writing/", view(require_POST(self.write)), name=name("written")),
            *super().get_urls(),
        ]

    def upload(self, request: HttpRequest) -> HttpResponse:
        form = FileForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                kept = importing.upload(file.name, file.read(), by=request.user, at=moment.now())
            except Unreadable as why:
                form.add_error("file", str(why))
            else:
                return redirect("admin:customers_licence_imported", kept.pk)
        earlier = (
            LicenceImport.objects.exclude(written_at=None).select_related("by").defer("content", "report")
        )
        page = {
            **self.admin_site.each_context(request),
            "title": _("Import purchases"),
            "opts": self.opts,
            "form": form,
            "earlier": earlier.order_by("-id")[:10],
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/purchases/upload.html", page, status=status)

    def report(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Before it is written what each row would do, afterwards what each row did."""
        kept = get_object_or_404(LicenceImport, pk=pk)
        if kept.written_at is not None:
            rows = kept.report
        else:
            judged = importing.preview(kept, known_plans())
            rows = [[one.row.line, one.state, one.row.number, one.what] for one in judged]
        counts = Counter(state for _line, state, _number, _what in rows)
        chosen = request.GET.get("state", "")
        chosen = chosen if chosen in STATES else ""
        shown = [
            {
                "line": line,
                "number": number,
                "what": what,
                "said": STATES[state][0],
                "colour": STATES[state][1],
            }
            for line, state, number, what in rows
            if not chosen or state == chosen
        ]
        page = {
            **self.admin_site.each_context(request),
            "title": _("Import purchases"),
            "opts": self.opts,
            "kept": kept,
            "chosen": chosen,
            "states": [
                {"key": key, "name": name, "count": counts[key]} for key, (name, _c) in STATES.items()
            ],
            "total": len(rows),
            "refused": counts[importing.REFUSED],
            "to_write": counts[importing.NEW] + counts[importing.CHANGED],
            "page": Paginator(shown, ROWS_SHOWN).get_page(request.GET.get("page")),
        }
        return TemplateResponse(request, "admin/purchases/report.html", page)

    def write(self, request: HttpRequest, pk: int) -> HttpResponse:
        kept = get_object_or_404(LicenceImport, pk=pk)
        kept = importing.write(kept, known_plans(), by=request.user, at=moment.now())
        counts = Counter(state for _line, state, _number, _what in kept.report)
        messages.success(
            request, _("%(new)s new, %(changed)s changed, %(refused)s refused.")
            % {key: counts[key] for key in (importing.NEW, importing.CHANGED, importing.REFUSED)},
        )  # fmt: skip
        return redirect("admin:customers_licence_imported", pk)
