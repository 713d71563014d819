"""Which company is served in which group of a messenger (SL03). Only doors of kinds that have groups are offered."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from tickets.intake.models import Door, Group


@admin.register(Group)
class GroupAdmin(ModelAdmin):
    list_display = ("__str__", "company", "door", "group_id")
    list_select_related = ("company", "door")
    search_fields = ("name", "group_id", "company__name")
    ordering = ("company__name", "name")
    list_per_page = 50
    fields = ("door", "group_id", "company", "name")

    def formfield_for_foreignkey(self, field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if field.name == "door":
            kwargs["queryset"] = Door.objects.filter(kind="whatsapp").order_by("name")
        return super().formfield_for_foreignkey(field, request, **kwargs)
