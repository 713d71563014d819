"""Contracts are entered here; quotes and their answers are read here: what was accepted is changed by nobody."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import DateField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from policies.words import money
from tenants.moment import within_years
from tickets.agreements.models import Answer, Contract


@admin.register(Contract)
class ContractAdmin(ModelAdmin):
    list_display = ("company", "starts_on", "ends_on")
    fields = ("company", "starts_on", "ends_on")
    search_fields = ("company__name",)
    autocomplete_fields = ("company",)
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("company")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, DateField):
            field.validators.append(within_years)
        return field


@admin.register(Answer)
class AnswerAdmin(ModelAdmin):
    """Who accepted or declined what, when and from where: only to be read."""

    list_display = ("ticket", "accepted", "name", "email", "sum_said", "at", "source")
    list_filter = ("accepted",)
    search_fields = ("name", "email")
    fields = ("ticket", "accepted", "name", "email", "way", "source", "at", "because", "text", "sum_said")
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("quote__ticket").order_by("-pk")

    @admin.display(description=_("ticket"))
    def ticket(self, answer: Answer) -> str:
        return f"#{answer.quote.ticket.number} {answer.quote.ticket.summary}"

    @admin.display(description=_("sum"))
    def sum_said(self, answer: Answer) -> str:
        return money(answer.amount, answer.currency)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
