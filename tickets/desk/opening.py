"""A ticket for a caller (CH03, CH07): who it is, the topic's questions, and then the number or why there is none.

Three steps on one page that work without JavaScript: `?caller=` looks people up, `?requester=` is the one chosen, and the
button beside the topic asks that topic's questions.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from policies.document import say
from policies.publishing import policy_of, version_in_force
from tenants.customers.models import Desk
from tenants.moment import now
from tenants.people.models import User
from tickets import lifecycle
from tickets.access import ticket_or_404
from tickets.lookalikes import Lookalike, is_theirs
from tickets.origin import Origin
from tickets.portal import duplicates

from .callers import caller, find_callers, make_caller
from .forms import refuse
from .guard import agents_only
from .opening_forms import OpeningForm, PersonForm
from .rows import OUTCOMES

form_view = require_http_methods(["GET", "HEAD", "POST"])


@agents_only
@form_view
def new_ticket(request: HttpRequest) -> HttpResponse:
    at = now()
    policy = policy_of(version_in_force(at))
    requester = caller(request.POST.get("requester") or request.GET.get("requester", ""))
    if requester is None:
        return choose_caller(request, at)
    asking = request.method == "POST" and "ask" in request.POST  # only the topic's questions are wanted
    form = OpeningForm(
        request.POST or None, request.FILES or None, policy=policy, shown=asking or request.method != "POST"
    )
    alike: list[Lookalike] = []
    if request.method == "POST" and not asking and form.is_valid():
        into = duplicates.chosen(request)
        if into is not None:
            return go_on_in(request, requester, form, into, at)
        data = form.cleaned_data
        alike = duplicates.unseen(request, policy, requester, data["summary"], data["body"])
    if request.method == "POST" and not asking and form.is_valid() and not alike:
        try:
            opening = lifecycle.open_ticket(requester=requester, by=request.user, at=at, **form.given())
        except ValidationError as error:
            refuse(form, error)
        else:
            return answer(request, requester, opening, at)
    context = duplicates.shown(request, alike) | {
        "requester": requester,
        "form": form,
        "policy": policy,
        "at": at,
    }
    if request.htmx:
        return render(request, "desk/_opening.html", context)
    return render(request, "desk/new.html", context, status=422 if form.errors and not asking else 200)


def go_on_in(request: HttpRequest, requester: User, form: OpeningForm, number: int, at) -> HttpResponse:
    """What the caller said belongs to a ticket that is open already (TD16): it becomes their message there."""
    ticket, given = ticket_or_404(request.user, number), form.given()
    if not is_theirs(ticket, requester):
        raise Http404
    body = "\n\n".join(
        ["" if given["summary"] == ticket.summary else f"**{given['summary']}**", given["body"]]
    ).strip()
    try:
        message = lifecycle.reply(
            ticket, author=requester, body=body, at=at, files=given["files"], key=given["key"],
            origin=Origin(channel=given["channel"]),
        )  # fmt: skip
    except ValidationError as error:
        refuse(form, error)
        context = {"requester": requester, "form": form, "policy": form.policy, "at": at}
        return render(request, "desk/new.html", context, status=422)
    messages.success(request, _("Added to ticket #%(number)s.") % {"number": message.ticket.number})
    return redirect(f"/desk/tickets/{message.ticket.number}/#message-{message.pk}")


def choose_caller(request: HttpRequest, at) -> HttpResponse:
    text = request.GET.get("caller", "").strip()[:100]
    context = {"text": text, "people": find_callers(text) if text else None, "at": at}
    return render(request, "desk/caller.html", context)


@agents_only
@require_safe
def callers(request: HttpRequest) -> HttpResponse:
    """The people found, for the search while typing."""
    text = request.GET.get("caller", "").strip()[:100]
    return render(
        request, "desk/_callers.html", {"text": text, "people": find_callers(text) if text else None}
    )


@agents_only
@form_view
def person(request: HttpRequest) -> HttpResponse:
    form = PersonForm(
        request.POST if request.method == "POST" else None, initial=guess(request.GET.get("caller", ""))
    )
    if form.is_valid():
        language = (Desk.objects.get(id=1).languages or ["en"])[0]
        try:
            made = make_caller(language=language, by=request.user, at=now(), **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            return redirect(f"{reverse('desk:new')}?requester={made.pk}")
    return render(request, "desk/person.html", {"form": form}, status=422 if form.errors else 200)


def guess(text: str) -> dict[str, str]:
    """What was searched for, put where it belongs."""
    text = text.strip()[:100]
    if "@" in text:
        return {"email": text}
    return {"phone": text} if sum(map(str.isdigit, text)) > 5 else {"name": text}


def answer(request: HttpRequest, requester: User, opening: Any, at) -> HttpResponse:
    """The number and what was decided, or why no ticket was made (ZP01) and what the sender is told."""
    language, decision = get_language() or "en", opening.decision
    context = {
        "requester": requester,
        "ticket": opening.ticket,
        "contact": opening.contact,
        "outcome": OUTCOMES.get(decision.outcome, decision.outcome),
        "because": [say(text, language) for text in decision.because],
        "told": say(decision.pointer or decision.sentence, language) if decision.answer else "",
        "answered": decision.answer,
        "at": at,
    }
    return render(request, "desk/opened.html", context)
