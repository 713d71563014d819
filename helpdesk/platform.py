"""The platform's own pages on the public host: which desks there are, and their administration. Never a tenant's data."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from tenants.links import with_port
from tenants.models import Domain, Tenant, Wakeup
from tenants.people.models import User


class PlatformAdmin(UnfoldAdminSite):
    site_header = site_title = "Platform"
    index_title = "Desks of this platform"


platform_admin = PlatformAdmin(name="platform")


class DomainInline(admin.TabularInline):
    model = Domain
    extra = 0


@admin.register(Tenant, site=platform_admin)
class TenantAdmin(ModelAdmin):
    list_display = ("name", "slug", "status", "is_demo", "created_at")
    list_filter = ("status", "is_demo")
    search_fields = ("name", "slug")
    readonly_fields = ("schema_name", "created_at")
    inlines = [DomainInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # `manage.py create_desk` makes the schema with it

    def has_delete_permission(self, request: HttpRequest, obj: Tenant | None = None) -> bool:
        return False


@admin.register(Wakeup, site=platform_admin)
class WakeupAdmin(ModelAdmin):
    list_display = ("schema_name", "kind", "due_at")
    list_filter = ("kind",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(User, site=platform_admin)
class PlatformPeopleAdmin(ModelAdmin):
    list_display = ("email", "name", "role", "is_active")
    fields = ("email", "name", "role", "is_active")


def chooser(request: HttpRequest) -> HttpResponse:
    tenants = Tenant.objects.filter(status=Tenant.Status.ACTIVE).order_by("created_at", "id")
    domains = dict(Domain.objects.filter(is_primary=True).values_list("tenant_id", "domain"))
    desks = [
        {"name": t.name, "slug": t.slug, "host": with_port(domains[t.pk])} for t in tenants if t.pk in domains
    ]
    return render(request, "chooser.html", {"desks": desks})
