"""The room inside the frame, and the script that puts the frame into a page: of our portal, or of a tenant's own site."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_GET

from notifications.rendering import ink_on
from policies.decisions import attachment_rule
from policies.document import Policy
from policies.facts import Facts
from tenants import links
from tenants.customers.models import Desk
from tenants.moment import now
from tickets import moments
from tickets.attachments.hints import in_words
from tickets.chat import pace, tokens
from tickets.chat.admission import admit, origins_of, settings_now
from tickets.chat.forms import LONGEST
from tickets.portal.home import open_sign, plan_of, policy_at
from tickets.portal.outlook import outlook


@require_GET
@never_cache
@xframe_options_exempt  # frame-ancestors says it better: this desk, and the sites that its admin has named
def room(request: HttpRequest) -> HttpResponse:
    at, settings = now(), settings_now()
    policy = policy_at(at)
    allowed = admit(request.user, settings, policy)
    context: dict[str, Any] = {"at": at, "admission": allowed, "settings": settings, "words": words()}
    if policy is not None and allowed.is_open:
        context |= expectations(policy, request.user, at) | {
            "token": tokens.mint(),
            "viewer": f"person-{request.user.pk}" if request.user.is_authenticated else "visitor",
            "longest": LONGEST,
            "file_rules": in_words(attachment_rule(policy, "")),
        }
    elif policy is not None:
        context["doors"] = [c for c in policy.channels if c.opens == "ticket" and c.address]
    response = render(request, "chat/room.html", context)
    response._csp_replace = {"frame-ancestors": ["'self'", *sites_of(settings.sites)]}
    return response


def expectations(policy: Policy, person: Any, at: datetime) -> dict[str, Any]:
    """How soon somebody answers: what was measured, else what is promised; and whether we are open."""
    usual = pace.usual(at)
    return {
        "sign": open_sign(policy, at),
        "usual": moments.lasting(usual) if usual is not None else "",
        "outlook": outlook(policy, Facts(channel="chat", plan=plan_of(person)), at),
    }


def sites_of(text: str) -> list[str]:
    try:
        return origins_of(text)
    except ValidationError:  # checked when it was typed; a row from elsewhere opens no door
        return []


@require_GET
def widget(request: HttpRequest) -> HttpResponse:
    """For `<script src=".../chat/widget.js" async>`: a button, and the frame behind it. Where the chat is off, nothing."""
    desk, settings = Desk.objects.first() or Desk(), settings_now()
    known = {
        "room": links.absolute("/chat/"),
        "name": desk.name,
        "colour": desk.colour,
        "ink": ink_on(desk.colour),
        "open": _("Chat with us"),
        "close": _("Close the chat"),
        "title": _("Chat with %(desk)s") % {"desk": desk.name},
        "unread": _("new messages"),
        "language": get_language() or "en",
    }
    said = json.dumps(known, ensure_ascii=True).replace("<", "\\u003c")
    script = (
        render_to_string("chat/widget.js", {"known": said}) if settings.is_on else "/* The chat is off. */"
    )
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "public, max-age=300"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def words() -> dict[str, str]:
    """What the room's script says."""
    return {
        "connecting": _("Connecting… your messages are kept and sent as soon as the connection is back."),
        "offline": _("You are offline. Your messages are kept and sent as soon as you are back."),
        "waiting": _("waiting to be sent"),
        "failed": _("not sent"),
        "you": _("You"),
        "typing": _("%(name)s is typing…"),
        "unread": _("new messages"),
        "over": _("This chat has ended."),
        "files_lost": _("Please attach the file again: it was not sent before the page was reloaded."),
        "chat": _("Chat"),
        "alike": _("Is it one of these?"),
        "alike_new": _("No, begin a new chat"),
    }
