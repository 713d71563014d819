"""The screens of the draft that are no plain lists: the home page, the matrix of targets, hours and holidays."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from policies import draft, models, tables, words
from policies.admin import hours, matrix
from policies.admin.catalogue import names_of
from policies.admin.checking import problems_of
from policies.admin.context import draft_summary, for_admins, page
from policies.admin.parts import warn_of_errors
from policies.calendars import hours_of_calendar, years_around
from policies.codec import WEEKDAYS
from policies.document import say
from tenants.moment import now


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What unfold's home page shows above the list of tables. On the platform's host: nothing."""
    if getattr(request, "tenant", None) is None:
        return context
    return context | {"draft": draft_summary(request), "title": _("Administration")}


# --- targets ----------------------------------------------------------------------------------------------------------


@for_admins
def targets(request: HttpRequest) -> HttpResponse:
    """The matrix; saving writes the changed cells into the ordered list below it."""
    at, status, found = now(), 200, []
    summary = draft_summary(request)
    if "policy" in summary:
        found = tables.matrices(summary["policy"], at)
    if request.method == "POST":
        try:
            count = matrix.save_matrices(found, request.POST, at=at, by=request.user)
        except ValidationError as error:
            status = 400
            for message in error.messages:
                messages.error(request, message)
        else:
            if count:
                messages.success(
                    request, _("Saved in the draft. Nothing changes for anybody before it is published.")
                )
            return redirect("policy_admin:targets")
    return page(
        request,
        "admin/policy/targets.html",
        _("Targets"),
        status,
        matrices=found,
        priorities=_priorities(summary),
        rules=_rules(summary),
    )


def _priorities(summary: dict[str, Any]) -> list[tuple[str, str]]:
    language = get_language() or "en"
    policy = summary.get("policy")
    return [(each.key, say(each.name, language)) for each in policy.priorities] if policy else []


def _rules(summary: dict[str, Any]) -> list[dict[str, Any]]:
    """The ordered list, in words, with the ids of its rows."""
    policy = summary.get("policy")
    if policy is None:
        return []
    ids, name = dict(models.Target.objects.values_list("key", "pk")), names_of(policy, get_language() or "en")
    return [
        {
            "id": ids.get(target.key),
            "metric": words.METRICS.get(target.metric, target.metric),
            "promise": words.target(target.duration, target.unit, target.days),
            "grace": words.hours(target.grace) if target.grace else "",
            "applies": words.condition(target.when, name),
            "situation": words.SITUATIONS.get(target.situation, target.situation),
            "calendar": name("calendars", target.calendar) if target.calendar else _("round the clock"),
        }
        for target in policy.targets
    ]


# --- hours ------------------------------------------------------------------------------------------------------------


@for_admins
def calendars(request: HttpRequest) -> HttpResponse:
    """All calendars of the draft, or straight to the only one."""
    rows = list(models.Calendar.objects.prefetch_related("opening_hours", "departures"))
    if len(rows) == 1:
        return redirect("policy_admin:hours", key=rows[0].key)
    language, at, cards = get_language() or "en", now(), []
    for row in rows:
        spec = draft.spec_of(row)
        card = {"key": row.key, "name": say(row.name, language) or row.key, "week": words.week(spec.weekly)}
        cards.append(card | {"tz": row.tz, "next": hours.next_departures(spec, at, 3)})
    return page(request, "admin/policy/calendars.html", _("Hours and holidays"), cards=cards)


@for_admins
def calendar(request: HttpRequest, key: str) -> HttpResponse:
    """One calendar: its week, its year, and what departs from the week."""
    row = get_object_or_404(models.Calendar, key=key)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            with transaction.atomic():
                draft.locked_state()
                saved = _change(row, request.POST)
                _refuse_impossible(row)
                draft.touch(now(), request.user)
        except ValidationError as error:
            errors = error.message_dict if hasattr(error, "error_dict") else {"all": error.messages}
        else:
            messages.success(request, saved)
            warn_of_errors(request)
            return redirect("policy_admin:hours", key=key)
    return _calendar_page(request, row, errors)


def _change(row: models.Calendar, posted: Any) -> str:
    """Carry out one button of the screen; what to say about it."""
    action = posted.get("action")
    if action == "week":
        draft.write_week(row, _read_week(posted))
        return _("The week is saved in the draft.")
    if action == "place":
        country, state = posted.get("country", "BR"), posted.get("subdivision", "")
        hours.add_source(row, country, state, posted.getlist("categories"))
        return _("The holidays are in the draft.")
    if action == "day":
        day = parse_date(posted.get("day", "") or "-") if posted.get("day") else None
        hours.add_day(row, posted.get("kind", ""), day, posted.get("name", ""), posted.get("hours", ""))
        return _("The day is in the draft.")
    if action == "remove":
        row.departures.filter(pk=posted.get("id")).delete()
        return _("Taken out of the draft.")
    raise ValidationError(_("Nothing was changed."))


def _read_week(posted: Any) -> dict[str, tuple[tuple[str, str], ...]]:
    week, errors = {}, {}
    for day in WEEKDAYS:
        try:
            intervals = hours.read_intervals(posted.get(day, ""))
        except ValidationError as error:
            errors[day] = error.messages
            continue
        if intervals:
            week[day] = intervals
    if errors:
        raise ValidationError(errors)
    return week


def _refuse_impossible(row: models.Calendar) -> None:
    """R11: a calendar without any opening, or with overlapping nonsense, is refused where it is typed."""
    found = problems_of(models.Calendar.objects.get(pk=row.pk))
    if found:
        raise ValidationError({"week": [message for _column, message in found]})


def _calendar_page(request: HttpRequest, row: models.Calendar, errors: dict[str, list[str]]) -> HttpResponse:
    at, language = now(), get_language() or "en"
    row = models.Calendar.objects.prefetch_related("opening_hours", "departures").get(pk=row.pk)
    spec = draft.spec_of(row)
    week = hours.week_of(spec)
    for day in week:
        if errors and day.key in request.POST:
            day.said = request.POST[day.key]
        day.error = " ".join(errors.get(day.key, []))
    year = int(request.GET["year"]) if request.GET.get("year", "").isdigit() else at.year
    year = min(max(year, 1970), 2100)
    country = request.POST.get("country", "BR")
    context = {
        "calendar": row,
        "name": say(row.name, language) or row.key,
        "week": week,
        "week_said": words.week(spec.weekly),
        "open_now": _is_open(spec, at),
        "year": year,
        "months": hours.year_of(spec, year, at.date()),
        "next": hours.next_departures(spec, at),
        "departures": [hours.describe(each) for each in row.departures.all()],
        "kinds": [(k, label) for k, label in models.Holiday.Kind.choices if k != models.Holiday.Kind.LIBRARY],
        "countries": hours.countries(),
        "country": country,
        "places": hours.places("BR"),
        "categories": hours.categories("BR"),
        "posted": request.POST,
        "errors": errors,
        "days": words.DAYS,
    }
    return page(request, "admin/policy/hours.html", context["name"], 400 if errors else 200, **context)


def _is_open(spec: Any, at: Any) -> bool | None:
    try:
        return hours_of_calendar(spec, years_around(at, spec.tz)).is_open(at)
    except ValueError:
        return None
