"""The trail, to read."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from tenants.audit.models import Entry


@admin.register(Entry)
class EntryAdmin(ModelAdmin):
    list_display = ("id", "at", "who", "action", "subject", "told")
    list_filter = ("action", "at")
    search_fields = ("who", "subject")
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-id",)
    fields = ("at", "who", "source", "action", "subject", "told", "digest")
    readonly_fields = fields

    @admin.display(description=_("detail"))
    def told(self, entry: Entry) -> str:
        """What was changed, as the admin's own log says it, else the facts as they were noted."""
        change = entry.detail.get("change")
        if change is None:
            return "; ".join(f"{name}: {value}" for name, value in entry.detail.items())
        try:
            parts = json.loads(change)
        except ValueError:
            return str(change)
        said = [one for part in parts for one in part.values()] if isinstance(parts, list) else []
        return "; ".join(", ".join(map(str, one.get("fields", [one.get("object", "")]))) for one in said)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
