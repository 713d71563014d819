"""The customers' addresses: a ticket's two ways, quotes, meetings, and what their company has."""

from __future__ import annotations

from django.urls import path

from tickets.agreements import developer_pages, meeting_pages, portal

app_name = "agreements"

urlpatterns = [
    path("tickets/<int:number>/night-work/", portal.night_work, name="night-work"),
    path("t/<str:token>/night-work/", portal.guest_night_work, name="guest-night-work"),
    path("quotes/<int:pk>/", portal.quote, name="quote"),
    path("q/<str:token>/", portal.linked, name="linked-quote"),
    path("meetings/new/<str:kind>/", meeting_pages.new, name="new-meeting"),
    path("meetings/<int:pk>/", meeting_pages.meeting, name="meeting"),
    path("meetings/<int:pk>/<str:act>/", meeting_pages.meeting_act, name="meeting-act"),
    path("m/<str:token>/", meeting_pages.linked, name="linked-meeting"),
    path("m/<str:token>/<str:act>/", meeting_pages.linked_act, name="linked-meeting-act"),
    path("developer/<str:token>/", developer_pages.developer, name="developer"),
    path("developer/<str:token>/files/<int:key>/", developer_pages.developer_file, name="developer-file"),
    path("company/report/", meeting_pages.report, name="report"),
    path("company/", meeting_pages.company, name="company"),
]
