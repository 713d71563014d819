"""Asking for help: the form that grows with the topic, what would happen, and what did."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notifications import delivery
from policies.document import Policy, Topic
from policies.facts import Facts
from tenants.moment import now
from tenants.people.access import signed_in
from tickets.access import ticket_or_404
from tickets.duty.facts import EMERGENCY
from tickets.entitlement import plan_of, stranger_of
from tickets.facts import situations_at
from tickets.lifecycle import open_ticket
from tickets.lookalikes import Lookalike
from tickets.portal import duplicates
from tickets.portal.forms import AskForm, extra_name
from tickets.portal.home import open_sign, policy_at
from tickets.portal.outlook import Outlook, outlook
from tickets.portal.standing import standing_of


@signed_in
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Topic first; then its form. A POST with `show` only shows another topic's fields, with everything typed kept."""
    if request.user.is_agent:
        return redirect("desk:queue")
    at = now()
    policy = policy_at(at)
    if policy is None:
        return render(request, "portal/not_open_yet.html", {"at": at})
    topic = chosen_topic(request, policy)
    if topic is not None and request.method == "GET" and (kind := meeting_kind(policy, topic.key)):
        return redirect("agreements:new-meeting", kind)
    if request.method == "POST" and "show" not in request.POST:
        return _send(request, policy, topic, at)
    if topic is None and len(policy.topics) > 1:
        return render(
            request, "portal/topics.html", {"at": at, "policy": policy, "sign": open_sign(policy, at)}
        )
    return _show(request, policy, topic, at, _form(request, policy, topic, is_sent=False))


def meeting_kind(policy: Policy, topic: str) -> str:
    """Asking under such a topic is asking for a meeting or a training, with a page of its own (SL09, SL10)."""
    if policy.meeting_lead is None or not topic:
        return ""
    return {policy.meeting_topic: "meeting", policy.training_topic: "training"}.get(topic, "")


def chosen_topic(request: HttpRequest, policy: Policy) -> Topic | None:
    key = request.POST.get("topic") or request.GET.get("topic") or ""
    return policy.topic(key) or (policy.topics[0] if len(policy.topics) == 1 else None)


def _form(request: HttpRequest, policy: Policy, topic: Topic | None, *, is_sent: bool) -> AskForm:
    """Bound when sent; else filled with what was typed so far, without complaints."""
    if is_sent:
        return AskForm(request.POST, request.FILES, policy=policy, topic=topic)
    typed: dict[str, Any] = {
        name: value for name, value in request.POST.items() if value and name != "csrfmiddlewaretoken"
    }
    for field in topic.fields if topic else ():
        if field.kind == "checklist":
            typed[extra_name(field)] = request.POST.getlist(extra_name(field))
    typed["emergencies"] = request.POST.getlist("emergencies")  # type: ignore[assignment]
    return AskForm(initial=typed, policy=policy, topic=topic)


def _show(
    request: HttpRequest,
    policy: Policy,
    topic: Topic | None,
    at: datetime,
    form: AskForm,
    status: int = 200,
    alike: Iterable[Lookalike] = (),
) -> HttpResponse:
    context = duplicates.shown(request, alike) | {
        "at": at,
        "form": form,
        "policy": policy,
        "topic": topic,
        "outlook": outlook(policy, facts_typed(request, policy, topic, form, at), at),
        "priorities": policy.priorities if "priority" in form.fields else (),
    }
    template = "portal/_ask_fields.html" if request.htmx and "show" in request.POST else "portal/ask.html"
    return render(request, template, context, status=status)


def _send(request: HttpRequest, policy: Policy, topic: Topic | None, at: datetime) -> HttpResponse:
    form = _form(request, policy, topic, is_sent=True)
    if form.is_valid():
        said, into = form.cleaned_data, duplicates.chosen(request)
        try:
            if into is not None:
                message = duplicates.go_on_in(into, form, topic, request.user, at)
                messages.success(
                    request, _("Added to ticket #%(number)s.") % {"number": message.ticket.number}
                )
                return redirect(f"/tickets/{message.ticket.number}/?added=1#message-{message.pk}")
            alike = duplicates.unseen(request, policy, request.user, said["summary"], said["body"])
            if alike:
                return _show(request, policy, topic, at, form, alike=alike)
            opening = open_ticket(
                requester=request.user,
                summary=said["summary"],
                body=said["body"],
                at=at,
                topic=topic.key if topic else "",
                priority=said.get("priority", ""),
                module=said.get("module", ""),
                fields=form.typed_fields(),
                files=said["files"],
                copies=said["copies"],
                key=said["key"],
                emergencies=said.get("emergencies", ()),
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            if opening.ticket is not None:
                return redirect("portal:received", opening.ticket.number)
            context = {"at": at, "decision": opening.decision, "form": form, "topic": topic}
            return render(request, "portal/declined.html", context)
    return _show(request, policy, topic, at, form, status=422)


def facts_typed(
    request: HttpRequest, policy: Policy, topic: Topic | None, form: AskForm, at: datetime
) -> Facts:
    """The request as it stands, before it is sent: the same facts that `open_ticket` would decide by."""
    membership = getattr(request.user, "membership", None)
    company = membership.company if membership else None
    stated = [topic.situation] if topic and topic.situation else []
    priority = form.chosen_priority
    if "emergencies" in form.fields and form["emergencies"].value() and policy.priorities:
        stated, priority = [*stated, EMERGENCY], policy.priorities[0].key
    return Facts(
        channel="portal",
        plan=plan_of(policy, request.user, company, at),
        priority=priority if policy.priority(priority) else "",
        topic=topic.key if topic else "",
        text=f"{request.POST.get('summary', '')}\n{request.POST.get('body', '')}",
        situations=situations_at(company, stated, at),
        stranger=stranger_of(policy, request.user, at),
    )


@signed_in
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The line under the form while it is typed: would this be in scope, and by when would we answer."""
    at = now()
    policy = policy_at(at)
    seen: Outlook | None = None
    if policy is not None:
        topic = chosen_topic(request, policy)
        form = _form(request, policy, topic, is_sent=False)
        seen = outlook(policy, facts_typed(request, policy, topic, form, at), at)
    return render(request, "portal/_outlook.html", {"at": at, "outlook": seen})


@signed_in
@require_GET
def received(request: HttpRequest, number: int) -> HttpResponse:
    """The confirmation: the number, what was decided and why, and the deadline."""
    at = now()
    ticket = ticket_or_404(request.user, number)
    context: dict[str, Any] = {
        "at": at,
        "ticket": ticket,
        "standing": standing_of(ticket, at),
        "gets_no_mail": delivery.gets_no_mail(ticket.requester.email),
    }
    return render(request, "portal/received.html", context)
