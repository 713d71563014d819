"""/rating/<token>/, the link of the mail that brings a solution."""

from __future__ import annotations

from django.urls import path

from tickets.satisfaction import views

app_name = "satisfaction"

urlpatterns = [path("<str:token>/", views.rating, name="rating")]
