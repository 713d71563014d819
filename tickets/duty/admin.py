"""Rotas, emergencies and calendar feeds in the admin. What they do goes through the use cases, which re-time and tell."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from policies import words
from sla.business_time import WEEKDAYS, BusinessHours, CalendarError
from tenants import outside
from tenants.customers.models import Company
from tenants.moment import now, within_years
from tenants.people.forms import zone_choices
from tenants.people.models import User
from tickets.duty import feeds
from tickets.duty.desk_pages import attended, standing
from tickets.duty.models import DutyChange, Emergency, Feed, Rota, RotaPlace
from tickets.duty.standing import plan_of

SPAN = re.compile(r"(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})")


class HoursField(forms.CharField):
    """The hours of one weekday as people write them: "18:00-24:00, 00:00-08:00"."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=UnfoldAdminTextInputWidget, **options)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(f"{a}-{b}" for a, b in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[list[str]]:
        spans = []
        for part in filter(None, (each.strip() for each in (value or "").split(","))):
            found = SPAN.fullmatch(part)
            if found is None:
                raise ValidationError(_("Write hours such as 18:00-24:00, several with commas."))
            spans.append([each.zfill(5) for each in found.groups()])
        return spans


class RotaForm(forms.ModelForm):
    mon = HoursField(label=gettext_lazy("Monday"))
    tue = HoursField(label=gettext_lazy("Tuesday"))
    wed = HoursField(label=gettext_lazy("Wednesday"))
    thu = HoursField(label=gettext_lazy("Thursday"))
    fri = HoursField(label=gettext_lazy("Friday"))
    sat = HoursField(label=gettext_lazy("Saturday"))
    sun = HoursField(label=gettext_lazy("Sunday"))
    timezone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=zone_choices, widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = Rota
        fields = (
            "team",
            "name",
            "timezone",
            "first_on",
            "turn_days",
            "hands_over_at",
            "at_once",
            "is_active",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        weekly = self.instance.weekly or {day: [["00:00", "24:00"]] for day in WEEKDAYS}
        for day in WEEKDAYS:
            self.initial.setdefault(day, weekly.get(day, []))

    def clean_first_on(self) -> date:
        within_years(self.cleaned_data["first_on"])
        return self.cleaned_data["first_on"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        weekly = {day: said[day] for day in WEEKDAYS if said.get(day)}
        if not any(day in self.errors for day in WEEKDAYS) and said.get("timezone"):
            try:
                BusinessHours.from_dict({"tz": said["timezone"], "weekly": weekly})
            except CalendarError as error:
                day = next((day for day in WEEKDAYS if day in error.field), WEEKDAYS[0])
                self.add_error(day, error.message)
        self.instance.weekly = weekly
        return said


class PlaceInline(TabularInline):
    model = RotaPlace
    extra = 2
    fields = ("person", "position")
    ordering_field = "position"
    hide_ordering_field = True
    verbose_name, verbose_name_plural = (
        gettext_lazy("person"),
        gettext_lazy("people who take turns, in order"),
    )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        ours = User.objects.filter(is_active=True).exclude(role=User.Role.CUSTOMER)
        return super().formfield_for_foreignkey(db_field, request, queryset=ours.order_by("name"), **kwargs)


@admin.register(Rota)
class RotaAdmin(ModelAdmin):
    form = RotaForm
    list_display = ("name", "team", "who", "turn_days", "is_active")
    list_select_related = ("team",)
    inlines = (PlaceInline,)
    readonly_fields = ("on_duty",)
    actions = None
    fieldsets = (
        (None, {"fields": ("team", "name", "is_active", "on_duty")}),
        (
            gettext_lazy("Turns"),
            {
                "fields": ("first_on", "turn_days", "hands_over_at", "at_once"),
                "description": gettext_lazy(
                    "The first person’s turn begins on the first day, at the hour of the hand-over; the others follow in order."
                ),
            },
        ),
        (
            gettext_lazy("Hours of duty"),
            {
                "fields": ("timezone", *WEEKDAYS),
                "description": gettext_lazy(
                    "Such as 18:00-24:00, 00:00-08:00; 18:00-08:00 runs past midnight; empty: nobody. Round the clock is "
                    "simplest: within the desk’s own hours nobody is alerted anyhow."
                ),
            },
        ),
    )

    @admin.display(description=gettext_lazy("people"))
    def who(self, row: Rota) -> str:
        return ", ".join(str(place.person) for place in row.places.all()) or "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rota]:
        return super().get_queryset(request).prefetch_related("places__person")

    @admin.display(description=gettext_lazy("who is on duty"))
    def on_duty(self, row: Rota) -> str:
        """Of the whole team, as saved."""
        if row.pk is None:
            return "–"
        at = now()
        plan = plan_of(row.team, at)
        found = standing(row.team, plan, attended(at), at)
        lines = [_said(_("Now"), found["now"])]
        if found["next"]:
            lines.append(_said(_("Next"), found["next"]))
        lines += [
            _("Nobody: %(begins)s – %(ends)s. Then the team and the supervisors are alerted.")
            % {"begins": _written(begins), "ends": _written(ends)}
            for begins, ends in found["holes"]
        ]
        return format_html_join(format_html("<br>"), "{}", ((line,) for line in lines))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        row, at = form.instance, now()
        found = standing(row.team, plan_of(row.team, at), attended(at), at)
        if found["holes"]:
            begins, ends = found["holes"][0]
            messages.warning(
                request,
                _("Nobody is on duty from %(begins)s to %(ends)s. Then the team and the supervisors are alerted.")
                % {"begins": _written(begins), "ends": _written(ends)},
            )  # fmt: skip


def _said(label: str, duty: dict[str, Any]) -> str:
    people = ", ".join(str(person) for person in duty["people"]) or _("nobody")
    return f"{label}: {people} ({_written(duty['from_at'])} – {_written(duty['to_at'])})"


def _written(at: Any) -> str:
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT")


class ReadOnly(ModelAdmin):
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Emergency)
class EmergencyAdmin(ReadOnly):
    """What was alerted, how often, who took it; an alarm that failed shows its reason."""

    list_display = ("ticket", "declared_at", "rounds", "alerted_at", "claimed_by", "claimed_at", "trouble")
    list_select_related = ("ticket", "claimed_by")
    ordering = ("-declared_at",)
    fields = (
        "ticket",
        "conditions",
        "because",
        "declared_at",
        "declared_by",
        "alerted_at",
        "round",
        "alarm_at",
        "claimed_by",
        "claimed_at",
        "ended_at",
        "ended_because",
        "parked_because",
    )

    @admin.display(description=gettext_lazy("alerts"))
    def rounds(self, row: Emergency) -> int:
        return row.round

    @admin.display(description=gettext_lazy("trouble"))
    def trouble(self, row: Emergency) -> str:
        return row.parked_because[:80] or "–"


@admin.register(DutyChange)
class DutyChangeAdmin(ReadOnly):
    """Read here; entered at the desk, under Duty, by supervisors and admins."""

    list_display = ("team", "person", "kind", "instead", "starts_at", "ends_at", "because", "by")
    list_select_related = ("team", "person", "instead", "by")
    ordering = ("-starts_at",)


class FeedForm(forms.ModelForm):
    company = forms.ModelChoiceField(
        Company.objects.order_by("name"), label=gettext_lazy("Company"), widget=UnfoldAdminSelectWidget
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("While an event takes place"),
        choices=lambda: list(words.SITUATIONS.items()),
        widget=UnfoldAdminSelectWidget,
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=2000,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Of the calendar in iCalendar format (.ics); it begins with https://."),
    )
    timezone = forms.ChoiceField(
        label=gettext_lazy("Zone of times that name none"),
        required=False,
        choices=lambda: [("", _("none: such events are refused")), *zone_choices()],
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("Also for events that last whole days."),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Looked at every … minutes"),
        min_value=5,
        max_value=1440,
        initial=15,
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = Feed
        fields = ("company", "name", "kind", "timezone", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["minutes"] = int(self.instance.every.total_seconds() // 60)
            self.initial["url"] = self.instance.url
            for name in ("company", "kind"):  # its events are windows of these already
                self.fields[name].disabled = True
            if not self.instance.url:  # uploaded files
                self.fields["url"].required = False
                self.fields["url"].disabled = True

    def clean_url(self) -> str:
        url = self.cleaned_data["url"].strip()
        url = f"https://{url[9:]}" if url.lower().startswith("webcal://") else url
        if url:
            try:
                outside.check(url)
            except outside.Refused as refusal:
                raise ValidationError(str(refusal)) from None
        return url


@admin.register(Feed)
class FeedAdmin(ModelAdmin):
    form = FeedForm
    list_display = ("name", "company", "state", "polled_at", "brought", "last_error")
    fields = (
        "company",
        "name",
        "url",
        "kind",
        "timezone",
        "minutes",
        "is_active",
        "polled_at",
        "read_at",
        "last_error",
        "its_windows",
    )
    readonly_fields = ("polled_at", "read_at", "last_error", "its_windows")
    actions = ("look_now",)
    ordering = ("company__name", "id")

    @display(
        description=gettext_lazy("state"), label={"works": "success", "failing": "danger", "off": "info"}
    )
    def state(self, feed: Feed) -> tuple[str, str]:
        if not feed.url:
            return "works", _("uploaded")
        if not feed.is_active:
            return "off", _("switched off")
        if feed.failures:
            return "failing", _("failing")
        return "works", _("working") if feed.read_at else _("not looked at yet")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feed]:
        return feeds.counted()

    @admin.display(description=gettext_lazy("events"))
    def brought(self, feed: Any) -> int:
        return feed.event_count

    @admin.display(description=gettext_lazy("its auctions"))
    def its_windows(self, feed: Feed) -> Any:
        if feed.pk is None:
            return "–"
        rows = feed.events.filter(gone_at=None, ends_at__gt=now()).order_by("starts_at")[:20]
        lines = [f"{_written(row.starts_at)} – {_written(row.ends_at)} {row.name}" for row in rows]
        return format_html_join(format_html("<br>"), "{}", ((line,) for line in lines)) or "–"

    def save_model(self, request: HttpRequest, obj: Feed, form: Any, change: bool) -> None:
        obj.url = form.cleaned_data["url"]
        obj.every = timedelta(minutes=form.cleaned_data["minutes"])
        super().save_model(request, obj, form, change)
        feeds.begin(obj, now())

    def delete_model(self, request: HttpRequest, obj: Feed) -> None:
        """What it has brought and is not over yet goes with it."""
        feeds.forget(obj, now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Feed]) -> None:
        for feed in queryset:
            feeds.forget(feed, now())

    @admin.action(description=gettext_lazy("Look at them now"))
    def look_now(self, request: HttpRequest, queryset: QuerySet[Feed]) -> None:
        for feed in queryset.exclude(url="").select_related("company"):
            changed = feeds.poll(feed, now())
            feed = Feed.objects.filter(pk=feed.pk).first()
            if feed is None:
                continue  # taken away meanwhile
            where = reverse("admin:duty_feed_change", args=[feed.pk])
            if feed.failures:
                messages.error(
                    request, format_html('<a href="{}">{}</a>: {}', where, feed.name, feed.last_error)
                )
            else:
                said = ngettext("%(n)s auction changed", "%(n)s auctions changed", changed) % {"n": changed}
                messages.success(request, format_html('<a href="{}">{}</a>: {}', where, feed.name, said))
