"""Draft -> preview -> publish. What was shown is what is published: the form carries the revision that it shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextInputWidget

from policies import calendars, publishing, words
from policies.admin.context import draft_summary, for_admins, page
from policies.differences import differences
from policies.document import CalendarSpec, Policy, say
from sla.business_time import BusinessHours
from tenants.moment import now
from tickets.adoption import Move, preview_moves

SHOWN = 200


class PublicationForm(forms.Form):
    """From when, for whom. `revision` is what the admin was shown."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    starts = forms.ChoiceField(
        label=gettext_lazy("Takes effect"),
        choices=[("now", gettext_lazy("now")), ("later", gettext_lazy("from a moment on"))],
        widget=forms.RadioSelect,
        initial="now",
    )
    effective_from = forms.DateTimeField(
        label=gettext_lazy("From"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    adopts_open = forms.ChoiceField(
        label=gettext_lazy("For whom"),
        choices=[("", gettext_lazy("new tickets only")), ("yes", gettext_lazy("open tickets too"))],
        widget=forms.RadioSelect,
        required=False,
        initial="",
    )
    note = forms.CharField(
        label=gettext_lazy("Note for your colleagues"),
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, zone: ZoneInfo, at: datetime, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.at = zone, at

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        moment = said.get("effective_from")
        if said.get("starts") != "later":
            said["effective_from"] = None
        elif moment is None:
            self.add_error("effective_from", _("Say from which moment on."))
        else:
            said["effective_from"] = moment.replace(tzinfo=self.zone)
            if said["effective_from"] < self.at:
                self.add_error("effective_from", _("This moment has passed: choose a later one, or now."))
        return said


@for_admins
def draft_publication(request: HttpRequest) -> HttpResponse:
    """The preview with its form; POST publishes exactly what this preview showed."""
    summary, at = draft_summary(request), now()
    if "preview" not in summary:
        return page(request, "admin/policy/publication.html", _("Publish"))
    preview = summary["preview"]
    zone = ZoneInfo(preview.policy.tz)
    form = PublicationForm(zone, at, request.POST or None, initial={"revision": preview.revision})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        options = {"effective_from": said["effective_from"], "adopts_open": said["adopts_open"] == "yes"}
        try:
            version = publishing.publish(
                revision=said["revision"], by=request.user, at=at, note=said["note"], **options
            )
        except publishing.DraftMoved as refused:
            messages.error(request, str(refused))
            return redirect("policy_admin:publication")
        except publishing.Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Published as version %(number)s.") % {"number": version.number})
            return redirect("policy_admin:versions")
    starts_at = publishing.start_of(preview.policy, at)
    context = {
        "form": form,
        "preview": preview,
        "zone": zone.key,
        "starts_at": starts_at if starts_at > at else None,
        "moves_new": shown_moves(moves_of(preview.policy, at, adopts_open=False), zone),
        "moves_open": shown_moves(moves_of(preview.policy, at, adopts_open=True), zone),
    }
    status = 400 if form.errors else 200
    return page(request, "admin/policy/publication.html", _("Publish"), status, **context)


@for_admins
def calendar(request: HttpRequest, key: str) -> HttpResponse:
    """The hours of one calendar, published at once and apart from the promises (R16)."""
    summary, at = draft_summary(request), now()
    preview, base = summary.get("preview"), summary.get("version")
    spec = next((each for each in preview.policy.calendars if each.key == key), None) if preview else None
    if spec is None or base is None:
        return redirect("policy_admin:calendars")
    if request.method == "POST":
        try:
            revision = int(request.POST.get("revision") or -1)
            name = say(spec.name, preview.policy.language)
            publishing.publish_calendar(key, revision=revision, by=request.user, at=at, note=name)
        except (publishing.Refused, ValueError) as refused:
            messages.error(request, str(refused))
            return redirect("policy_admin:hours-publication", key=key)
        messages.success(request, _("The hours are published: open tickets are counted by them from now on."))
        return redirect("policy_admin:hours", key=key)
    policy = publishing.policy_of(base)
    changed = _with(policy, spec)
    zone = ZoneInfo(spec.tz)
    context = {
        "preview": preview,
        "calendar": spec,
        "name": say(spec.name, get_language() or "en") or key,
        "is_new": all(each.key != key for each in policy.calendars),
        "sentences": differences(policy, changed, get_language() or "en"),
        "moves": shown_moves(moves_of(changed, at, adopts_open=False, only=key), zone),
    }
    return page(request, "admin/policy/hours_publication.html", context["name"], **context)


def moves_of(policy: Policy, at: datetime, *, adopts_open: bool, only: str = "") -> list[Move]:
    """Whose deadlines move; none where the draft's calendars cannot be compiled (lint says so beside it)."""
    try:
        return preview_moves(
            policy, at, adopts_open=adopts_open, hours=published_hours(policy, at, only), limit=SHOWN + 1
        )
    except ValueError:
        return []


def published_hours(policy: Policy, at: datetime, only: str = "") -> dict[str, BusinessHours]:
    """The hours as publishing would write them: the same years of holidays, so that equal hours stay equal."""
    years = range(at.year - publishing.YEARS_BACK, at.year + publishing.YEARS_AHEAD + 1)
    return {
        spec.key: calendars.hours_of_calendar(spec, years)
        for spec in policy.calendars
        if not only or spec.key == only
    }


def shown_moves(moves: Iterable[Move], zone: ZoneInfo) -> dict[str, Any]:
    rows = [
        {
            "ticket": move.ticket,
            "metric": words.METRICS.get(move.metric, move.metric),
            "before": move.before and move.before.astimezone(zone),
            "after": move.after and move.after.astimezone(zone),
            "is_earlier": bool(move.before and move.after and move.after < move.before),
        }
        for move in moves
    ]
    return {"rows": rows[:SHOWN], "more": len(rows) > SHOWN, "count": min(len(rows), SHOWN)}


def _with(policy: Policy, spec: CalendarSpec) -> Policy:
    return replace(
        policy, calendars=tuple(spec if each.key == spec.key else each for each in policy.calendars)
    )
