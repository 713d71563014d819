"""The public host: the platform's own admin, and a chooser of the desks."""

from __future__ import annotations

from django.urls import path

from helpdesk.platform import chooser, platform_admin

handler500 = "helpdesk.errors.failed"

urlpatterns = [
    path("", chooser, name="home"),
    path("admin/", platform_admin.urls),
]
