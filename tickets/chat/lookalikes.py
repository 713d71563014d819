"""Before a signed-in customer's chat begins: is it one of these (TD16)? A visitor, who may be anybody, is shown nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tickets import lifecycle
from tickets.access import ticket_or_404
from tickets.chat import talking
from tickets.chat.refusals import Refused
from tickets.lookalikes import worth_a_look
from tickets.origin import Origin
from tickets.portal.home import policy_at


def offer(request: HttpRequest, said: dict[str, Any], at: datetime) -> None:
    """409 with what looks alike, unless one was chosen, or none of them. The widget keeps the message meanwhile."""
    policy = policy_at(at)
    if said["into"] or said["is_new"] or policy is None:
        return
    found = worth_a_look(policy, request.user, request.user, talking.summary_of(said["body"]), said["body"])
    if found:
        shown = [
            {
                "number": each.number,
                "summary": each.summary,
                "url": reverse("portal:ticket", args=[each.number]),
                "add": _("Add it to #%(number)s") % {"number": each.number},
            }
            for each in found
        ]
        told = _(
            "These are open already and look like what you wrote. Your message is kept until you choose."
        )
        raise Refused(409, told, lookalikes=shown)


def go_on_in(request: HttpRequest, digest: str, said: dict[str, Any], at: datetime) -> JsonResponse:
    """The first message goes on in that ticket; no chat begins."""
    ticket = ticket_or_404(request.user, said["into"])
    message = lifecycle.reply(
        ticket, author=request.user, body=said["body"], at=at, files=said["files"],
        key=talking.message_key(digest, said["key"]), origin=Origin(channel="chat"),
    )  # fmt: skip
    number = message.ticket.number
    return JsonResponse(
        {
            "number": number,
            "url": reverse("portal:ticket", args=[number]),
            "said": _("Added to ticket #%(number)s.") % {"number": number},
            "link": _("Open it"),
        },
        status=201,
    )
