"""The contact form (TD01, TD06): for whoever has no account here, or has lost the way into it. No sign-in, channel `form`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from policies.document import Policy, Topic
from tenants.moment import now
from tenants.people import throttle
from tickets.intake.senders import is_blocked
from tickets.lifecycle import Opening, open_ticket
from tickets.origin import Origin
from tickets.portal.asking import chosen_topic
from tickets.portal.forms import AskForm
from tickets.portal.home import open_sign, policy_at
from tickets.visitors import Visitor, is_stand_in, person_of

DOOR = "form"
HOUR = timedelta(hours=1)
FROM_ADDRESS, FROM_SOURCE = 5, 30  # requests an hour


class ContactForm(AskForm):
    """A topic's questions, and who asks them."""

    asks_for_emergencies = False  # whoever alerts people at night has signed in

    def __init__(self, *args: Any, policy: Policy, topic: Topic | None, **kwargs: Any) -> None:
        super().__init__(*args, policy=policy, topic=topic, **kwargs)
        del self.fields["copies"]
        self.fields["name"] = forms.CharField(
            label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
        )
        self.fields["email"] = forms.EmailField(
            label=_("Your e-mail address"), max_length=254, help_text=_("We answer there."),
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        )  # fmt: skip

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if email.endswith(".invalid"):
            raise ValidationError(_("Enter a valid email address."))
        return email


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Topic first; then its questions. Where the policy knows no contact form there is none; where it only points elsewhere,
    the pointer stands here at once."""
    if request.user.is_authenticated:
        return redirect("portal:new")
    at = now()
    policy = policy_at(at)
    door = policy.channel(DOOR) if policy else None
    if policy is None or door is None:
        raise Http404
    topic = chosen_topic(request, policy)
    if request.method != "POST" and door.opens != "ticket":  # said before anything is typed (ZP01)
        return render(request, "portal/contact_elsewhere.html", {"at": at, "door": door})
    if request.method == "POST":
        return _send(request, policy, topic, at)
    if topic is None and len(policy.topics) > 1:
        context = {"at": at, "policy": policy, "sign": open_sign(policy, at)}
        return render(request, "portal/topics.html", context)
    return _show(request, ContactForm(policy=policy, topic=topic), topic, at)


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/contact_sent.html", {"at": now()})


def _show(
    request: HttpRequest, form: ContactForm, topic: Topic | None, at: datetime, status: int = 200
) -> HttpResponse:
    return render(request, "portal/contact.html", {"at": at, "form": form, "topic": topic}, status=status)


def _send(request: HttpRequest, policy: Policy, topic: Topic | None, at: datetime) -> HttpResponse:
    form = ContactForm(request.POST, request.FILES, policy=policy, topic=topic)
    if not form.is_valid():
        return _show(request, form, topic, at, status=422)
    email, source = form.cleaned_data["email"], throttle.source_of(request)
    by_source = throttle.allows("contact/source", source, at, most=FROM_SOURCE, period=HOUR)
    if not throttle.allows("contact/address", email, at, most=FROM_ADDRESS, period=HOUR) or not by_source:
        form.add_error(None, _("Too many requests within an hour: please try again later."))
        return _show(request, form, topic, at, status=429)
    if is_blocked(email):
        return redirect("portal:contact-sent")
    try:
        opening = _open(form, topic, at)
    except ValidationError as refusal:
        form.refuse(refusal)
        return _show(request, form, topic, at, status=422)
    if opening.ticket is None:
        context = {"at": at, "decision": opening.decision, "form": form, "topic": topic}
        return render(request, "portal/declined.html", context)
    return redirect("portal:contact-sent")


@transaction.atomic
def _open(form: ContactForm, topic: Topic | None, at: datetime) -> Opening:
    said = form.cleaned_data
    person = person_of(Visitor(said["name"], said["email"], get_language() or "en"))
    return open_ticket(
        requester=person, summary=said["summary"], body=said["body"], at=at, channel=DOOR,
        topic=topic.key if topic else "", priority=said.get("priority", ""), module=said.get("module", ""),
        fields=form.typed_fields(), files=said["files"], key=f"form:{said['key']}",
        copies=[said["email"]] if is_stand_in(person) else (),
        origin=Origin(channel=DOOR, sender_address=said["email"], names_subject=False),
    )  # fmt: skip
