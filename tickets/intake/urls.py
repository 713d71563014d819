"""/hooks/: where providers bring what came in."""

from __future__ import annotations

from django.urls import path

from tickets.intake.hooks import hook

app_name = "intake"
urlpatterns = [path("<slug:kind>/<str:hook_key>/", hook, name="hook")]
