"""The customer's addresses. `home` has no namespace: sign-in and the letterhead lead there."""

from __future__ import annotations

from django.urls import include, path

from tickets.portal import (
    asking,
    contact,
    conversation,
    files,
    guest,
    help,
    home,
    leaving,
    listing,
    registering,
    status,
    suggesting,
)

portal = [
    path("logo/", home.logo, name="logo"),
    path("account/register/", registering.register, name="register"),
    path("account/register/sent/", registering.sent, name="register-sent"),
    path("contact/", contact.contact, name="contact"),
    path("contact/sent/", contact.sent, name="contact-sent"),
    path("help/", help.shelf, name="help"),
    path("help/suggestions/", suggesting.suggestions, name="suggestions"),
    path("help/<slug:slug>/", help.article, name="help-article"),
    path("help/<slug:slug>/solved/", help.solved, name="help-solved"),
    path("help/<slug:slug>/thanks/", help.thanks, name="help-thanks"),
    path("status/", status.status, name="status"),
    path("status/feed/", status.feed, name="status-feed"),
    path("status/<int:key>/", status.incident, name="incident"),
    path("tickets/", listing.tickets, name="tickets"),
    path("tickets/new/", asking.new, name="new"),
    path("tickets/new/outlook/", asking.preview, name="outlook"),
    path("tickets/<int:number>/", conversation.ticket, name="ticket"),
    path("tickets/<int:number>/received/", asking.received, name="received"),
    path("tickets/<int:number>/why/", conversation.why, name="why"),
    path("tickets/<int:number>/reply/", conversation.reply, name="reply"),
    path("tickets/<int:number>/closing/", conversation.closing, name="closing"),
    path("tickets/<int:number>/reopening/", conversation.reopening, name="reopening"),
    path("tickets/<int:number>/need/", conversation.need, name="need"),
    path("tickets/<int:number>/copies/", conversation.copies, name="copies"),
    path("files/<int:key>/", files.attachment, name="file"),
    path("t/<str:token>/leaving/", leaving.leave, name="leave"),
    path("t/<str:token>/", guest.ticket, name="guest"),
    path("t/<str:token>/reply/", guest.reply, name="guest-reply"),
    path("t/<str:token>/still-needed/", guest.still_needed, name="guest-still-needed"),
    path("t/<str:token>/solved/", guest.solved, name="guest-solved"),
    path("t/<str:token>/reopening/", guest.reopening, name="guest-reopening"),
    path("t/<str:token>/files/<int:key>/", guest.attachment, name="guest-file"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("", include((portal, "portal"))),
]
