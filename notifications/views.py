"""Notices in the app, the bell, one's wishes, and the demo's outbox."""

from __future__ import annotations

from email.header import decode_header, make_header

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from notifications import inbox, invitations, rendering
from notifications.channels.email import sender
from notifications.forms import WishesForm
from notifications.models import Notification
from tenants import moment
from tenants.people.access import agent_required, signed_in
from tenants.people.models import User

PAGE = 50


@signed_in
def notices(request: HttpRequest) -> HttpResponse:
    found, next_before = inbox.page_of(request.user, number(request.GET.get("before")))
    return render(request, "notifications/notices.html", {"notices": found, "next_before": next_before})


@signed_in
def bell(request: HttpRequest) -> HttpResponse:
    """The bell alone: a fragment that a page asks for again from time to time."""
    return render(request, "notifications/_bell.html")


@require_POST
@signed_in
def read_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark it as read and go where it leads."""
    notice = get_object_or_404(inbox.notices_of(request.user), pk=pk)
    inbox.read(request.user, moment.now(), pk=pk)
    return redirect(inbox.path_of(notice) or "notifications:notices")


@require_POST
@signed_in
def read_all(request: HttpRequest) -> HttpResponse:
    inbox.read(request.user, moment.now())
    return redirect("notifications:notices")


@agent_required
def wishes(request: HttpRequest) -> HttpResponse:
    form = WishesForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved: you get just these by e-mail."))
        return redirect("notifications:wishes")
    return render(request, "notifications/wishes.html", {"form": form})


def demo_admins_only(request: HttpRequest) -> None:
    """The outbox shows every mail, links included: in the demo only, and to its admins only."""
    person = request.user
    if not settings.DEMO or not person.is_authenticated or person.role != User.Role.ADMIN:
        raise Http404


def outbox(request: HttpRequest) -> HttpResponse:
    """Every mail, the latest first, by state."""
    demo_admins_only(request)
    mails = Notification.objects.filter(channel=Notification.Channel.EMAIL)
    counts = dict(mails.values_list("state").annotate(Count("id")).order_by())
    state = request.GET.get("state", "")
    if state in Notification.State.values:
        mails = mails.filter(state=state)
    if before := number(request.GET.get("before")):
        mails = mails.filter(id__lt=before)
    found = list(mails.select_related("person").order_by("-id")[: PAGE + 1])
    stationery = rendering.Stationery()
    for mail in found:
        mail.line = stationery.subject(mail)
    tabs = [("", _("All"), sum(counts.values()))]
    tabs += [(value, label, counts.get(value, 0)) for value, label in state_names().items()]
    page = {"mails": found[:PAGE], "state": state, "tabs": tabs, "names": state_names()}
    page["next_before"] = found[PAGE - 1].pk if len(found) > PAGE else None
    return render(request, "notifications/outbox.html", page)


def outbox_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail as it goes out: its headers, its HTML and text, and the invitation that it brings."""
    demo_admins_only(request)
    mails = Notification.objects.filter(channel=Notification.Channel.EMAIL).select_related("person")
    mail = get_object_or_404(mails, pk=pk)
    stationery = rendering.Stationery()
    letter = stationery.letter(mail)
    page = {
        "mail": mail,
        "letter": letter,
        "sender": str(make_header(decode_header(sender(stationery)))),
        "state_name": state_names()[mail.state],
        "shown": request.GET.get("as", ""),
        "file": invitations.FILE,
        "invitation": mail.words.get(invitations.WORD, ""),
        "framed": letter.html.replace("<head>", '<head><base target="_top">', 1),  # links leave the frame
    }
    return render(request, "notifications/outbox_mail.html", page)


def state_names() -> dict[str, str]:
    return {"pending": _("Waiting"), "sent": _("Sent"), "parked": _("Gave up"), "dropped": _("Dropped")}


def number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None
