"""The developer's one page, by their own link; and the desk's page on which the account manager decides (SL08)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from policies.publishing import policy_of
from tenants.moment import now
from tickets.access import ticket_or_404
from tickets.agreements import developers, rights
from tickets.agreements.forms import DeveloperForm, DeveloperReplyForm
from tickets.agreements.models import DeveloperAccess
from tickets.desk.changes import _change, posted
from tickets.desk.forms import refuse
from tickets.desk.guard import agents_only
from tickets.models import Attachment, Message
from tickets.portal.conversation import extra_facts
from tickets.portal.files import served
from tickets.portal.story import story_of

View = Callable[..., HttpResponse]


def with_link(view: View) -> View:
    @wraps(view)
    @never_cache
    def opened(request: HttpRequest, token: str, **rest: Any) -> HttpResponse:
        at = now()
        access = developers.opened_by(token, at)
        if access is None:
            response = render(
                request, "portal/link_expired.html", {"at": at, "reader": "developer"}, status=410
            )
        else:
            with translation.override(access.person.language), timezone.override(access.person.timezone):
                response = view(request, access, token, **rest)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


@require_http_methods(["GET", "HEAD", "POST"])
@with_link
def developer(request: HttpRequest, access: DeveloperAccess, token: str) -> HttpResponse:
    form = DeveloperReplyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            developers.write(
                access, body=form.cleaned_data["body"], at=now(), key=form.cleaned_data["key"] or None
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Sent to the customer. The account manager has been told."))
            return redirect(request.path)
    ticket = access.ticket
    topic = policy_of(ticket.policy_version).topic(ticket.topic)
    context = {
        "at": now(), "ticket": ticket, "access": access, "form": form, "topic": topic, "reader": access.person,
        "facts": extra_facts(ticket, topic, now()),
        "story": story_of(ticket, lambda key: reverse("agreements:developer-file", args=[token, key]), everything=True),
    }  # fmt: skip
    return render(request, "agreements/developer.html", context, status=422 if form.errors else 200)


@require_safe
@with_link
def developer_file(request: HttpRequest, access: DeveloperAccess, token: str, key: int) -> HttpResponse:
    files = Attachment.objects.filter(message__ticket=access.ticket).exclude(message__kind=Message.Kind.NOTE)
    file = get_object_or_404(files, pk=key)
    if not file.file:
        raise Http404
    return served(file)


# --- the desk ---------------------------------------------------------------------------------------------------------


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def wanted(request: HttpRequest, number: int) -> HttpResponse:
    ticket = ticket_or_404(request.user, number)
    form = DeveloperForm(posted(request))

    def act(data: dict[str, Any], at: Any) -> str:
        access = developers.ask(ticket, by=request.user, at=at, **data)
        if access.state == DeveloperAccess.State.APPROVED:
            return _("The plan has developers of its own: the link is on its way.")
        return _("The account manager is asked.")

    return _change(request, ticket, form, act, _("Bring in a developer"), _("Bring in a developer"))


@agents_only
@require_safe
def access(request: HttpRequest, pk: int) -> HttpResponse:
    rows = DeveloperAccess.objects.select_related(
        "person", "asked_by", "decided_by", "ticket__company__account_manager"
    )
    found = get_object_or_404(rows, pk=pk)
    context = {
        "at": now(), "access": found, "ticket": found.ticket,
        "may_decide": rights.may_quote(request.user, found.ticket.company),
    }  # fmt: skip
    return render(request, "agreements/desk/developer.html", context)


@agents_only
@require_POST
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(DeveloperAccess.objects.select_related("ticket"), pk=pk)
    what, at = request.POST.get("decision", ""), now()
    try:
        if what == "end":
            developers.end(found, by=request.user, at=at)
            done = _("The link opens nothing any more.")
        elif what in ("approve", "refuse"):
            developers.decide(found, approves=what == "approve", by=request.user, at=at)
            done = _("Approved: the link is on its way.") if what == "approve" else _("Refused.")
        else:
            raise ValidationError(_("Press one of the buttons."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except PermissionDenied as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("agreements-desk:developer", pk)
