"""The chat of a desk: the page inside the frame, the script that opens it, and what the page asks for."""

from __future__ import annotations

from django.urls import path

from tickets.chat import frame, views

app_name = "chat"

urlpatterns = [
    path("", frame.room, name="room"),
    path("widget.js", frame.widget, name="widget"),
    path("thread/", views.thread_of_chat, name="thread"),
    path("messages/", views.messages, name="messages"),
    path("signs/", views.signs, name="signs"),
    path("transcript/", views.transcript_by_mail, name="transcript"),
    path("end/", views.end, name="end"),
    path("files/<str:token>/", views.file, name="file"),
]
