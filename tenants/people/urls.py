"""/account/: signing in and out, one's own profile, the pages behind the links of an invitation or a new password."""

from __future__ import annotations

from django.urls import path

from tenants.people import views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("activation/<str:token>/", views.choose_password, name="activate"),
    path("new-password/<str:token>/", views.choose_password, name="new-password"),
    path("profile/", views.profile, name="profile"),
    path("password/", views.change_password, name="change-password"),
    path("language/", views.choose_language, name="language"),
]
