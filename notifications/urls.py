"""/notices/ for everybody signed in, /outbox/ for the demo's admins; a new password, and providers' reports, for all."""

from __future__ import annotations

from django.urls import path

from notifications import outside_pages, people_pages, views

app_name = "notifications"

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/bell/", views.bell, name="bell"),
    path("notices/reading/", views.read_all, name="read-all"),
    path("notices/<int:pk>/reading/", views.read_one, name="read"),
    path("notices/wishes/", views.wishes, name="wishes"),
    path("notices/off/<slug:kind>/<str:token>/", outside_pages.off, name="off"),
    path("hooks/mail-events/<str:key>/", outside_pages.mail_events, name="mail-events"),
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/<int:pk>/", views.outbox_mail, name="outbox-mail"),
    path("account/forgotten/sent/", people_pages.forgotten_sent, name="forgotten-sent"),
]
