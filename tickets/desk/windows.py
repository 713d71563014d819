"""Event windows of companies, auctions above all (SL02): listed, opened, moved, ended. Open tickets are timed anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from sla.models import EventWindow
from tenants.customers.models import Company
from tenants.moment import now, within_years
from tickets.windows import cancel_window, move_window, open_window

from .forms import refuse
from .guard import agents_only

RECENT = timedelta(days=14)
MOMENT = {"type": "datetime-local"}


def moment_field(label: Any, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, help_text=help_text, validators=[within_years])


class MovedWindowForm(forms.Form):
    """Times are meant in the reader's zone."""

    starts_at = moment_field(gettext_lazy("From"))
    ends_at = moment_field(gettext_lazy("Until"))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("starts_at") and data.get("ends_at") and data["ends_at"] <= data["starts_at"]:
            self.add_error("ends_at", _("The end must come after the start."))
        return data


class WindowForm(MovedWindowForm):
    company = forms.ModelChoiceField(
        label=gettext_lazy("Company"),
        queryset=Company.objects.none(),
        empty_label=gettext_lazy("Choose a company"),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    field_order = ("company", "name", "starts_at", "ends_at")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].queryset = Company.objects.order_by("name", "id")


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def windows(request: HttpRequest) -> HttpResponse:
    at = now()
    form = WindowForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            open_window(kind="auction", by=request.user, at=at, **data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Entered. The company's open tickets are timed by it."))
            return redirect("desk:windows")
    context = {"at": at, "form": form, "groups": groups(at)}
    return render(request, "desk/windows.html", context, status=422 if form.errors else 200)


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def window(request: HttpRequest, pk: int) -> HttpResponse:
    """Move one."""
    found = get_object_or_404(EventWindow, pk=pk, cancelled_at=None)
    at = now()
    initial = {"starts_at": found.starts_at, "ends_at": found.ends_at}
    form = MovedWindowForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            move_window(found, by=request.user, at=at, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Moved. The company's open tickets are timed anew."))
            return redirect("desk:windows")
    company = Company.objects.filter(reference=found.company_key).first()
    context = {"window": found, "company": company, "form": form, "at": at}
    return render(request, "desk/window.html", context, status=422 if form.errors else 200)


@agents_only
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """One that runs ends now; one that is still to come is taken away."""
    found = get_object_or_404(EventWindow, pk=pk, cancelled_at=None)
    at = now()
    try:
        if found.starts_at < at < found.ends_at:
            move_window(found, starts_at=found.starts_at, ends_at=at, by=request.user, at=at)
            messages.success(request, _("Ended. The company's tickets are timed without it from now on."))
        else:
            cancel_window(found, by=request.user, at=at)
            messages.success(request, _("Taken away."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("desk:windows")


def groups(at) -> list[tuple[str, list[dict[str, Any]]]]:
    """What runs, what comes, and what ended within the last two weeks, with their companies."""
    found = list(
        EventWindow.objects.filter(cancelled_at=None, ends_at__gt=at - RECENT)
        .select_related("feed_event")
        .order_by("starts_at", "id")[:300]
    )
    companies = {c.reference: c for c in Company.objects.filter(reference__in={w.company_key for w in found})}
    rows = [{"window": w, "company": companies.get(w.company_key)} for w in found]
    return [
        ("running", [row for row in rows if row["window"].starts_at <= at < row["window"].ends_at]),
        ("coming", [row for row in rows if row["window"].starts_at > at]),
        ("ended", [row for row in reversed(rows) if row["window"].ends_at <= at]),
    ]
