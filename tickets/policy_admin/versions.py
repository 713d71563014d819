"""The published versions: the list, the difference between any two, and the way back to one."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from policies import publishing
from policies.admin.context import draft_summary, for_admins, page
from policies.differences import differences
from policies.models import PolicyVersion
from tenants.moment import now
from tickets.policy_admin.publication import moves_of, shown_moves


@for_admins
def versions(request: HttpRequest) -> HttpResponse:
    at = now()
    rows = list(
        PolicyVersion.objects.defer("document").select_related("published_by").order_by("-number")[:200]
    )
    in_force = next((row.number for row in rows if row.effective_from <= at), None)
    planned = {row.number for row in publishing.planned_versions(at)}
    shown = [{"version": row, "state": _state(row, in_force, planned, at)} for row in rows]
    pair = (rows[1].number, rows[0].number) if len(rows) > 1 else None
    return page(request, "admin/policy/versions.html", _("Versions"), rows=shown, pair=pair)


def _state(row: PolicyVersion, in_force: int | None, planned: set[int], at: Any) -> str:
    if row.number == in_force:
        return "in_force"
    if row.number in planned:
        return "planned"
    return "past" if row.effective_from <= at else "overtaken"


@for_admins
def difference(request: HttpRequest) -> HttpResponse:
    """What changed from one version to another, in sentences."""
    old, new = _version(request.GET.get("old")), _version(request.GET.get("new"))
    sentences = differences(publishing.policy_of(old), publishing.policy_of(new), get_language() or "en")
    numbers = PolicyVersion.objects.order_by("-number").values_list("number", flat=True)
    title = _("Version %(old)s beside version %(new)s") % {"old": old.number, "new": new.number}
    context = {"old": old, "new": new, "sentences": sentences, "numbers": numbers}
    return page(request, "admin/policy/difference.html", title, **context)


def _version(number: str | None) -> PolicyVersion:
    if not (number or "").isdigit():
        raise Http404
    return get_object_or_404(PolicyVersion, number=int(number or 0))


@for_admins
def roll_back(request: HttpRequest, number: int) -> HttpResponse:
    """Back to an older version: what changes, whose deadlines move; POST publishes it as a new number."""
    version, at, summary = get_object_or_404(PolicyVersion, number=number), now(), draft_summary(request)
    policy = publishing.policy_of(version)
    if request.method == "POST":
        adopts_open = request.POST.get("adopts_open") == "yes"
        try:
            revision = int(request.POST.get("revision") or -1)
            new = publishing.roll_back(
                number, revision=revision, by=request.user, at=at, adopts_open=adopts_open
            )
        except (publishing.Refused, ValueError) as refused:
            messages.error(request, str(refused))
            return redirect("policy_admin:roll-back", number=number)
        messages.success(request, _("Published as version %(number)s.") % {"number": new.number})
        return redirect("policy_admin:versions")
    base, zone = summary.get("version"), ZoneInfo(policy.tz)
    before = publishing.policy_of(base) if base else policy
    context = {
        "version": version,
        "sentences": differences(before, policy, get_language() or "en"),
        "moves_new": shown_moves(moves_of(policy, at, adopts_open=False), zone),
        "moves_open": shown_moves(moves_of(policy, at, adopts_open=True), zone),
        "unpublished": summary["differences"],
        "revision": summary["state"].revision if "state" in summary else 0,
    }
    title = _("Back to version %(number)s") % {"number": number}
    return page(request, "admin/policy/roll_back.html", title, **context)
