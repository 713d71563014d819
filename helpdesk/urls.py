"""A tenant's host: portal, desk, API, admin."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from helpdesk import errors
from notifications.people_pages import forgotten
from tickets.entitlement import may_begin

handler500 = "helpdesk.errors.failed"

urlpatterns = [
    path("", include("tickets.portal.urls")),
    path("policy/", include("policies.public.urls")),
    path("desk/", include("tickets.desk.urls")),
    path("desk/", include("tickets.agreements.desk_urls")),
    path("", include("tickets.agreements.urls")),
    path("chat/", include("tickets.chat.urls")),
    path("duty/", include("tickets.duty.urls")),
    path("rating/", include("tickets.satisfaction.urls")),
    path("api/v1/", include("tickets.api.urls")),
    path("account/forgotten/", forgotten, {"may_begin": may_begin}, name="forgotten"),
    path("", include("notifications.urls")),  # before the hooks of doors: /hooks/mail-events/ is its own
    path("hooks/", include("tickets.intake.urls")),
    path("account/", include("tenants.people.urls")),
    path("admin/policy/", include("tickets.policy_admin.urls")),
    path("admin/r/<path:object>", errors.nowhere),  # it would look into tables of another schema
    path("admin/", admin.site.urls),
]
