"""One ticket as a conversation: read it, answer, say that it is solved, open it again, put people in copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from policies import publishing
from policies.decisions import attachment_rule
from tenants.moment import now
from tenants.people.access import signed_in
from tenants.people.models import User
from tickets import explaining, lifecycle, moments
from tickets.access import ticket_or_404, visible_to
from tickets.models import Ticket
from tickets.portal.forms import CopyForm, ReplyForm
from tickets.portal.standing import standing_of
from tickets.portal.story import story_of
from tickets.regrouping import current_of


@dataclass(frozen=True, slots=True)
class Paths:
    """Where this reader reads and acts: signed in under /tickets/, as a guest under /t/<token>/."""

    page: str
    reply: str
    closing: str
    reopening: str
    need: str
    file: Callable[[int], str]
    copies: str = ""
    why: str = ""


def member_paths(number: int) -> Paths:
    def to(name: str) -> str:
        return reverse(f"portal:{name}", args=[number])

    return Paths(
        page=to("ticket"),
        reply=to("reply"),
        closing=to("closing"),
        reopening=to("reopening"),
        need=to("need"),
        copies=to("copies"),
        why=to("why"),
        file=lambda key: reverse("portal:file", args=[key]),
    )


# --- the page -----------------------------------------------------------------------------------------------


@signed_in
@require_GET
def ticket(request: HttpRequest, number: int) -> HttpResponse:
    if request.user.is_agent:
        return redirect("desk:ticket", number)
    at = now()
    found = ticket_or_404(request.user, number)
    if found.merged_into_id is not None:
        into = visible_to(request.user).filter(pk=current_of(found).pk).first()
        if into is not None:
            messages.info(request, _("Ticket #%(number)s was merged into this one.") % {"number": number})
            return redirect("portal:ticket", into.number)
    if found.requester_id == request.user.pk:
        lifecycle.seen_in_portal(found, at=at)
    return page(request, found, at, member_paths(number))


def page(
    request: HttpRequest,
    ticket: Ticket,
    at: datetime,
    paths: Paths,
    *,
    form: ReplyForm | None = None,
    guest: User | None = None,
    status: int = 200,
) -> HttpResponse:
    policy = publishing.policy_of(ticket.policy_version)
    everything = request.GET.get("all") == "1"
    topic = policy.topic(ticket.topic)
    context: dict[str, Any] = {
        "at": at,
        "ticket": ticket,
        "reader": guest or request.user,
        "is_guest": guest is not None,
        "standing": standing_of(ticket, at),
        "story": story_of(ticket, paths.file, everything=everything),
        "form": form or reply_form(ticket),
        "paths": paths,
        "topic": topic,
        "priority": policy.priority(ticket.priority) if policy.customer_sets_priority else None,
        "facts": extra_facts(ticket, topic, at),
        "copies": list(ticket.participants.select_related("person").order_by("address")[:30]),
        "follows": ticket.follows.number if ticket.follows_id and ticket.follows else None,
    }
    return render(request, "portal/ticket.html", context, status=status)


def reply_form(ticket: Ticket, *data: Any) -> ReplyForm:
    policy = publishing.policy_of(ticket.policy_version)
    return ReplyForm(*data, rule=attachment_rule(policy, ticket.topic))


def extra_facts(ticket: Ticket, topic: Any, at: datetime) -> list[tuple[dict[str, str], Any]]:
    """The topic's fields that were filled in, with their labels (CH05)."""
    return [
        (f.label, moments.stated(ticket.fields[f.key], f, at))
        for f in (topic.fields if topic else ())
        if f.key in ticket.fields
    ]


@signed_in
@require_GET
def why(request: HttpRequest, number: int) -> HttpResponse:
    """Why this deadline: every clock that runs, in sentences."""
    at, language = now(), get_language() or "en"
    found = ticket_or_404(request.user, number)
    reasons = [r for r in explaining.why_all(found, at, language, long=False) if r["metric"] != "silence"]
    return render(request, "portal/why.html", {"at": at, "ticket": found, "reasons": reasons})


# --- what the customer does ---------------------------------------------------------------------------------


@signed_in
@require_POST
def reply(request: HttpRequest, number: int) -> HttpResponse:
    at = now()
    found = ticket_or_404(request.user, number)
    return answer(request, found, at, member_paths(number), author=request.user)


def answer(
    request: HttpRequest,
    ticket: Ticket,
    at: datetime,
    paths: Paths,
    *,
    author: User,
    guest: User | None = None,
) -> HttpResponse:
    """A reply; beyond the reopen window it became the first message of a linked ticket (CH09)."""
    form = reply_form(ticket, request.POST, request.FILES)
    if form.is_valid():
        said = form.cleaned_data
        try:
            message = lifecycle.reply(
                ticket, author=author, body=said["body"], at=at, files=said["files"], key=said["key"]
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            if message.ticket.pk != ticket.pk:
                text = _("This is ticket #%(number)s now: the earlier one is history and stays readable.")
                told = text % {"number": message.ticket.number}
                messages.success(
                    request, told, extra_tags=message.key or ""
                )  # its draft is no draft any more
                return (
                    redirect("portal:ticket", message.ticket.number)
                    if guest is None
                    else redirect(paths.page)
                )
            messages.success(request, _("Your message has been sent."))
            return redirect(f"{paths.page}#message-{message.pk}")
    return page(request, ticket, at, paths, form=form, guest=guest, status=422)


@signed_in
@require_POST
def closing(request: HttpRequest, number: int) -> HttpResponse:
    return closed(request, ticket_or_404(request.user, number), member_paths(number), by=request.user)


def closed(request: HttpRequest, ticket: Ticket, paths: Paths, *, by: User) -> HttpResponse:
    done = _("Thank you. The ticket is closed; it stays here as history.")
    return act(request, paths, done, lambda at: lifecycle.close(ticket, by=by, at=at))


@signed_in
@require_POST
def reopening(request: HttpRequest, number: int) -> HttpResponse:
    return reopened(request, ticket_or_404(request.user, number), member_paths(number), by=request.user)


def reopened(request: HttpRequest, ticket: Ticket, paths: Paths, *, by: User) -> HttpResponse:
    done = _("The ticket is open again. Write to us what is still wrong.")
    return act(request, paths, done, lambda at: lifecycle.reopen(ticket, by=by, at=at))


@signed_in
@require_POST
def need(request: HttpRequest, number: int) -> HttpResponse:
    return needed(request, ticket_or_404(request.user, number), member_paths(number), by=request.user)


def needed(request: HttpRequest, ticket: Ticket, paths: Paths, *, by: User) -> HttpResponse:
    done = _(
        "Good that you said so: the ticket stays open. If we asked you something, please answer it below."
    )
    return act(request, paths, done, lambda at: lifecycle.still_need_help(ticket, by=by, at=at))


@signed_in
@require_POST
def copies(request: HttpRequest, number: int) -> HttpResponse:
    found, form = ticket_or_404(request.user, number), CopyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("That is not an e-mail address."))
        return redirect("portal:ticket", number)
    address = form.cleaned_data["address"]
    done = _("%(address)s now receives every message of this ticket.") % {"address": address}
    paths = member_paths(number)
    return act(
        request,
        paths,
        done,
        lambda at: lifecycle.add_participant(found, by=request.user, at=at, address=address),
    )


def act(request: HttpRequest, paths: Paths, done: str, change: Callable[[datetime], None]) -> HttpResponse:
    """One use case, then back to the ticket with what was done or why not."""
    try:
        change(now())
    except ValidationError as refusal:
        for text in refusal.messages:
            messages.error(request, text)
    else:
        messages.success(request, done)
    return redirect(paths.page)
