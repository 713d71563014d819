"""Whose chat a request is about. The token comes in the header `X-Chat`, never in a cookie: another site cannot send it
(it would need CORS, which we do not speak), so that these addresses need no CSRF token and work inside a foreign frame.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenants.people.throttle import allows, source_of
from tickets.chat import thread, tokens
from tickets.chat.models import Chat
from tickets.chat.refusals import Refused

IDLE = timedelta(days=30)  # so long after the last word a token still opens its chat
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def digest_in(request: HttpRequest) -> str:
    digest = tokens.digest_of(request.headers.get("X-Chat", ""))
    if digest is None:
        raise Refused(403, _("This is no chat of this desk. Please start a new one."))
    return digest


def chat_in(request: HttpRequest, at: datetime) -> Chat | None:
    """The chat of the request's token; None where it has not begun. A signed-in person's chat is theirs alone."""
    chat = thread.chats().filter(secret_hash=digest_in(request)).first()
    if chat is None:
        return None
    if chat.is_left or at - chat.ticket.updated_at > IDLE:
        raise Refused(410, _("This chat has ended. Start a new one if you need us."))
    if not chat.ticket.requester.is_active:
        raise Refused(403, _("This is no chat of this desk. Please start a new one."))
    if not chat.is_visitor and request.user.pk != chat.ticket.requester_id:
        raise Refused(401, _("You are signed out. Sign in again to go on with this chat."))
    return chat


def begun(request: HttpRequest, at: datetime) -> Chat:
    chat = chat_in(request, at)
    if chat is None:
        raise Refused(404, _("This chat has not begun."))
    return chat


def limit_saying(request: HttpRequest, digest: str, at: datetime) -> None:
    """Per chat and per source, kept in PostgreSQL. A widget keeps what was refused and sends it again."""
    source = source_of(request)
    if not (
        allows("chat-say", digest, at, most=30, period=MINUTE)
        and allows("chat-say-source", source, at, most=120, period=MINUTE)
    ):
        raise Refused(429, _("That is a lot at once. Please wait a minute."), retry_after=30)


def limit_beginning(request: HttpRequest, at: datetime) -> None:
    who = f"person-{request.user.pk}" if request.user.is_authenticated else source_of(request)
    if not allows("chat-begin", who, at, most=30, period=HOUR):
        raise Refused(429, _("Too many chats were begun from here. Please try again later."), retry_after=600)
