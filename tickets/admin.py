"""Tickets, clocks and the ledger, to look at. Read-only: a change made here would skip clocks and events.

The one thing that can be done is to let a parked alarm try again, once its reason is mended.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin

from sla import deadlines
from sla.models import Breach, Clock
from tenants.moment import now
from tickets import people_admin, purchases_admin
from tickets.api import key_admin
from tickets.models import Contact, Event, Ticket
from tickets.policy_admin import windows

__all__ = ["key_admin", "people_admin", "purchases_admin", "windows"]  # imported to be registered


class ReadOnlyAdmin(ModelAdmin):
    """Seen by admins, changed by nobody."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EventInline(admin.TabularInline):
    model = Event
    fields = ("at", "kind", "actor", "is_public")
    readonly_fields = fields
    extra = 0
    can_delete = False


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    list_display = ("number", "summary", "company", "status", "priority", "outcome", "due_at")
    list_filter = ("status", "priority", "outcome", "channel")
    list_select_related = ("company",)
    search_fields = ("number", "summary")
    inlines = [EventInline]


@admin.register(Contact)
class ContactAdmin(ReadOnlyAdmin):
    list_display = ("at", "channel", "address", "summary", "outcome", "answered")
    list_filter = ("outcome", "channel")


@admin.register(Breach)
class BreachAdmin(ReadOnlyAdmin):
    list_display = ("breached_at", "subject_id", "metric", "due_at", "detected_at", "by_change")
    list_filter = ("metric", "by_change")


class ParkedFilter(admin.SimpleListFilter):
    title = gettext_lazy("alarm")
    parameter_name = "alarm"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("parked", _("parked")), ("coming", _("to come"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Clock]) -> QuerySet[Clock]:
        if self.value() == "parked":
            return queryset.filter(alarm_at__isnull=False, attempts__gte=deadlines.ATTEMPTS)
        return queryset.filter(alarm_at__isnull=False) if self.value() == "coming" else queryset


@admin.register(Clock)
class ClockAdmin(ReadOnlyAdmin):
    list_display = (
        "subject_id",
        "metric",
        "status",
        "due_at",
        "alarm_at",
        "alarm_kind",
        "attempts",
        "parked_because",
    )
    list_filter = (ParkedFilter, "metric", "status")
    actions = ["ring_again"]

    @admin.action(description=gettext_lazy("Let parked alarms try again"))
    def ring_again(self, request: HttpRequest, queryset: QuerySet[Clock]) -> None:
        count = deadlines.unpark(queryset.values_list("pk", flat=True), now())
        text = ngettext("%(count)s alarm rings again.", "%(count)s alarms ring again.", count) % {
            "count": count
        }
        self.message_user(request, text, messages.SUCCESS)
