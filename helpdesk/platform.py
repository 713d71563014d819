"""The platform's own pages on the public host: which desks there are, and their administration. Never a tenant's data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from policies import publishing
from tenants import moment
from tenants.customers.models import Desk
from tenants.links import with_port
from tenants.models import Domain, Tenant, Wakeup
from tenants.people.models import User
from tickets.demo import signins


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
    """The desks of this platform, each with what it promises; in the demo with its sign-ins."""
    domains = Domain.objects.filter(is_primary=True, tenant__status=Tenant.Status.ACTIVE)
    people = signins.read() if settings.DEMO else []
    at = moment.now()
    desks = [
        {
            "name": domain.tenant.name,
            "host": with_port(domain.domain),
            "people": [person for person in people if person["tenant"] == domain.tenant.slug],
            **face_of(domain.tenant, at),
        }
        for domain in domains.select_related("tenant").order_by("tenant__name", "tenant_id")
    ]
    platform = [person for person in people if person["tenant"] == "platform"]
    return render(request, "chooser.html", {"desks": desks, "platform": platform, "scheme": settings.SCHEME})


def face_of(tenant: Tenant, at: datetime) -> dict[str, Any]:
    """A desk's colour and the sentence that sums up its policy in force, {} before there is one."""
    connection.set_tenant(tenant)
    try:
        policy = publishing.policy_of(publishing.version_in_force(at))
        return {"summary": policy.summary, "colour": Desk.objects.get(id=1).colour}
    except (publishing.NoPolicy, Desk.DoesNotExist):
        return {}
    finally:
        connection.set_schema_to_public()
