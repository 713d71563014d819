"""What the widget asks for while somebody chats: the thread, saying something, signs of life, the end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from policies.document import say
from tenants import links
from tenants.moment import now
from tickets import lifecycle
from tickets.chat import admission, door, lookalikes, presence, talking, thread, transcript
from tickets.chat.forms import SayForm, SignsForm
from tickets.chat.models import Chat
from tickets.chat.refusals import Refused, speaks_problems
from tickets.intake.senders import is_blocked
from tickets.models import Attachment, Message
from tickets.portal.files import served
from tickets.portal.home import policy_at


@require_GET
@speaks_problems
def thread_of_chat(request: HttpRequest) -> HttpResponse:
    """What is new. Asked every few seconds: 304 and one query where nothing is."""
    at = now()
    chat = door.begun(request, at)
    presence.customer_is_there(chat, at)
    version = f'"{thread.version_of(chat, at)}"'
    if request.headers.get("If-None-Match") == version:
        response: HttpResponse = HttpResponse(status=304)
    else:
        response = JsonResponse(thread.state_of(chat, after_in(request), at) | {"every": pace_of(chat, at)})
    response["ETag"], response["Cache-Control"] = version, "no-store"
    return response


def after_in(request: HttpRequest) -> int:
    after = request.GET.get("after", "")
    return int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0


def pace_of(chat: Chat, at: datetime) -> int:
    """Milliseconds until the next question: short while people talk."""
    is_warm = (at - chat.ticket.updated_at).total_seconds() < thread.WARM
    return thread.ACTIVE if is_warm else thread.CALM


@csrf_exempt
@require_POST
@speaks_problems
def messages(request: HttpRequest) -> HttpResponse:
    """Say something: the first message begins the chat."""
    at, digest = now(), door.digest_in(request)
    chat = door.chat_in(request, at)
    door.limit_saying(request, digest, at)
    allowed = (
        None if chat is not None else admission.admit(request.user, admission.settings_now(), policy_at(at))
    )
    form = SayForm(request.POST, request.FILES, asks_who=bool(allowed and allowed.asks_who))
    if not form.is_valid():
        errors = {name: list(said) for name, said in form.errors.items()}
        raise Refused(422, next(iter(errors.values()))[0], errors=errors)
    said = form.cleaned_data
    if chat is None and allowed and allowed.is_open and request.user.is_authenticated:
        lookalikes.offer(request, said, at)
        if said["into"]:
            return lookalikes.go_on_in(request, digest, said, at)
    if chat is None:
        chat = _begin(request, digest, allowed, said, at)
    else:
        _go_on(chat, said, at)
    shown = thread.chats().get(pk=chat.pk)
    answer = thread.state_of(shown, after_in(request), at) | {"every": thread.ACTIVE}
    response = JsonResponse(answer, status=201)
    response["ETag"], response["Cache-Control"] = f'"{thread.version_of(shown, at)}"', "no-store"
    return response


def _begin(request: HttpRequest, digest: str, allowed: Any, said: dict[str, Any], at: datetime) -> Chat:
    language = get_language() or "en"
    who: Any = request.user
    if allowed.asks_who or not request.user.is_authenticated:
        who = talking.Visitor(said["name"], said["email"].lower(), language)
    if not allowed.is_open:
        if said["email"] or request.user.is_authenticated:
            reason = {"en": f"The chat is not open to this person ({allowed.why})."}
            talking.decline(who, body=said["body"], key=f"{digest[:24]}:{said['key']}", reason=reason, at=at)
        raise Refused(403, _("The chat is not open to you here. Please use another way to reach us."))
    door.limit_beginning(request, at)
    if isinstance(who, talking.Visitor) and is_blocked(who.address):
        raise Refused(403, _("The chat is not open to you here. Please use another way to reach us."))
    begun = talking.begin(digest, who, body=said["body"], files=said["files"], key=said["key"], at=at)
    if isinstance(begun, talking.Declined):
        words = say(begun.decision.pointer or begun.decision.sentence, language)
        raise Refused(
            409, words or _("The chat is not open to you here. Please use another way to reach us.")
        )
    return begun


def _go_on(chat: Chat, said: dict[str, Any], at: datetime) -> None:
    try:
        talking.say_in(chat, body=said["body"], files=said["files"], key=said["key"], at=at)
    except talking.Over as over:
        raise Refused(409, _("This chat is closed. Start a new one if you need us.")) from over


@csrf_exempt
@require_POST
@speaks_problems
def signs(request: HttpRequest) -> HttpResponse:
    """The customer types, or has messages on the screen: those count as handed over, and are not mailed (C4)."""
    at = now()
    chat = door.begun(request, at)
    form = SignsForm(request.POST)
    if not form.is_valid():
        raise Refused(422, _("A number was expected."), errors={n: list(e) for n, e in form.errors.items()})
    if form.cleaned_data["typing"] and not presence.is_typing(chat.customer_typing_at, at):
        Chat.objects.filter(pk=chat.pk).update(customer_typing_at=at, customer_seen_at=at)
    seen = min(form.cleaned_data["seen"] or 0, chat.last_id or 0)
    if seen > chat.seen_id:
        see(chat, seen, at)
    return HttpResponse(status=204)


def see(chat: Chat, seen: int, at: datetime) -> None:
    """Locks as the lifecycle does: the ticket first, its chat last."""
    with transaction.atomic():
        ours = Message.objects.filter(ticket=chat.ticket, by_customer=False, kind=Message.Kind.PUBLIC)
        if not ours.filter(pk__gt=seen).exists():
            lifecycle.seen_in_portal(chat.ticket, at=at)
        presence.shown_to_customer(chat, seen)
        Chat.objects.filter(pk=chat.pk, seen_id__lt=seen).update(seen_id=seen, customer_seen_at=at)


@csrf_exempt
@require_POST
@speaks_problems
def transcript_by_mail(request: HttpRequest) -> HttpResponse:
    at = now()
    chat = door.begun(request, at)
    with transaction.atomic():
        transcript.send(chat, chat.ticket, at)
    address = chat.given_address or chat.ticket.requester.email
    return JsonResponse({"said": _("The transcript is on its way to %(address)s.") % {"address": address}})


@csrf_exempt
@require_POST
@speaks_problems
def end(request: HttpRequest) -> HttpResponse:
    at = now()
    talking.leave(door.begun(request, at), is_solved=request.POST.get("solved") == "1", at=at)
    return HttpResponse(status=204)


@require_GET
def file(request: HttpRequest, token: str) -> HttpResponse:
    """A file of a chat, behind a link that is signed for two days and this tenant."""
    key = links.read(token, "chat-file", now())
    if key is None:
        raise Http404
    rows = Attachment.objects.filter(message__ticket__channel="chat").exclude(message__kind=Message.Kind.NOTE)
    found = get_object_or_404(rows, pk=key)
    if not found.file:
        raise Http404
    return served(found)
