"""/duty/<token>/, the link of an alert: one page, one button."""

from __future__ import annotations

from django.urls import path

from tickets.duty import claim_page

app_name = "duty"

urlpatterns = [path("<str:token>/", claim_page.claim_page, name="claim")]
