"""The composer: a reply to the customer, a note among ourselves. A refusal shows the ticket again with the typed text."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from policies.publishing import policy_of
from tenants.moment import now
from tickets import lifecycle
from tickets.access import ticket_or_404

from .forms import NoteForm, ReplyForm, refuse
from .guard import agents_only
from .ticket import asks_for_investigation, show


@agents_only
@require_POST
def replies(request: HttpRequest, number: int) -> HttpResponse:
    ticket = ticket_or_404(request.user, number)
    investigates = asks_for_investigation(ticket, policy_of(ticket.policy_version))
    form = ReplyForm(request.POST, request.FILES, investigates=investigates, prefix="reply")
    if form.is_valid():
        data = form.cleaned_data
        try:
            message = lifecycle.reply(
                ticket,
                author=request.user,
                body=data["body"],
                at=now(),
                files=data["files"],
                finding=data.get("finding", ""),
                wait=data["wait"],
                key=data["key"] or None,
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(
                request, _("Reply sent; now waiting for the customer.") if data["wait"] else _("Reply sent.")
            )
            return redirect(f"/desk/tickets/{number}/#message-{message.pk}")
    return show(request, ticket, reply=form)


@agents_only
@require_POST
def notes(request: HttpRequest, number: int) -> HttpResponse:
    ticket = ticket_or_404(request.user, number)
    form = NoteForm(request.POST, request.FILES, prefix="note")
    if form.is_valid():
        data = form.cleaned_data
        try:
            message = lifecycle.add_note(
                ticket,
                author=request.user,
                body=data["body"],
                at=now(),
                files=data["files"],
                key=data["key"] or None,
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Note kept; the customer does not see it."))
            return redirect(f"/desk/tickets/{number}/#message-{message.pk}")
    return show(request, ticket, note=form)
