"""/policy/: what this desk promises, for everybody to read."""

from __future__ import annotations

from django.urls import path

from policies.public import views

app_name = "policy"
urlpatterns = [path("", views.page, name="page")]
