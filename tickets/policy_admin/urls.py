"""/admin/policy/...: the screens of the policy that are not plain lists."""

from __future__ import annotations

from django.urls import path

from policies.admin import trying, views
from tickets.policy_admin import publication, versions

app_name = "policy_admin"
urlpatterns = [
    path("targets/", views.targets, name="targets"),
    path("hours/", views.calendars, name="calendars"),
    path("hours/<str:key>/", views.calendar, name="hours"),
    path("hours/<str:key>/publication/", publication.calendar, name="hours-publication"),
    path("trial/", trying.try_it_out, name="trial"),
    path("publication/", publication.draft_publication, name="publication"),
    path("versions/", versions.versions, name="versions"),
    path("versions/difference/", versions.difference, name="difference"),
    path("versions/<int:number>/return/", versions.roll_back, name="roll-back"),
]
