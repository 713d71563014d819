"""The desk's addresses about agreements."""

from __future__ import annotations

from django.urls import path

from tickets.agreements import desk, desk_meetings, developer_pages

app_name = "agreements-desk"

urlpatterns = [
    path("quotes/", desk.quote_list, name="quotes"),
    path("quotes/<int:pk>/", desk.quote, name="quote"),
    path("quotes/<int:pk>/withdrawal/", desk.withdrawal, name="withdrawal"),
    path("quotes/<int:pk>/payment/", desk.payment, name="payment"),
    path("developers/<int:pk>/", developer_pages.access, name="developer"),
    path("developers/<int:pk>/decision/", developer_pages.decision, name="developer-decision"),
    path("tickets/<int:number>/developer/", developer_pages.wanted, name="bring-developer"),
    path("meetings/", desk_meetings.meeting_list, name="meetings"),
    path("meetings/<int:pk>/", desk_meetings.meeting, name="meeting"),
    path("meetings/<int:pk>/schedule/", desk_meetings.schedule, name="schedule"),
    path("meetings/<int:pk>/refusal/", desk_meetings.refusal, name="refusal"),
    path("meetings/<int:pk>/cancellation/", desk_meetings.cancellation, name="cancellation"),
    path("tickets/<int:number>/meeting/", desk_meetings.asked, name="asked"),
    path("tickets/<int:number>/time/", desk_meetings.time, name="time"),
    path("tickets/<int:number>/time/<int:pk>/correction/", desk_meetings.correction, name="correction"),
    path("tickets/<int:number>/quote/", desk.wanted, name="wanted"),
    path("tickets/<int:number>/night-work/", desk.night_work, name="night-work"),
]
