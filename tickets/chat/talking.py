"""What a customer says in a chat: the first message opens the ticket and is answered at once (TD09), the others reply to it.

Every message carries the key that its widget gave it: sent again after a lost answer, it is still one message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from policies import publishing
from policies.decisions import Decision
from policies.document import say
from sla.calendars import hours_at
from tenants.people.middleware import zone_named
from tenants.people.models import User
from tickets import lifecycle, moments, weeks
from tickets.chat import presence, transcript
from tickets.chat.models import Chat
from tickets.masking import masked
from tickets.models import Contact, Message, Ticket
from tickets.origin import Origin
from tickets.visitors import Visitor, is_stand_in, person_of
from tickets.webhooks.announcing import announce_contact
from tickets.words import promise_words

SUMMARY = 90


@dataclass(frozen=True, slots=True)
class Declined:
    """No ticket was opened; where to go instead."""

    decision: Decision


class Over(Exception):
    """This chat has ended."""


def number_of(ticket: Ticket) -> str:
    """The chat's id, which is its protocol: "C-1042" for ticket 1042."""
    return f"C-{ticket.number}"


def begin(
    digest: str,
    who: User | Visitor,
    *,
    body: str,
    files: Sequence[Any],
    key: str,
    at: datetime,
) -> Chat | Declined:
    """Open the ticket of a new chat, and answer at once. The same token and key again: the same chat."""
    try:
        with transaction.atomic():
            return _begin(digest, who, body, files, key, at)
    except IntegrityError:  # the same token a second time, at the same moment
        chat = Chat.objects.select_related("ticket__requester").filter(secret_hash=digest).first()
        if chat is None:
            raise
        say_in(chat, body=body, files=files, key=key, at=at)
        return chat


def _begin(
    digest: str, who: User | Visitor, body: str, files: Sequence[Any], key: str, at: datetime
) -> Chat | Declined:
    given = who.address if isinstance(who, Visitor) else ""
    requester = person_of(who) if isinstance(who, Visitor) else who
    opening = lifecycle.open_ticket(
        requester=requester, summary=summary_of(body), body=body, at=at, channel="chat", files=files,
        key=message_key(digest, key), origin=Origin(channel="chat", sender_address=given or requester.email),
        copies=[given] if is_stand_in(requester) else (),
    )  # fmt: skip
    if opening.ticket is None:
        return Declined(opening.decision)
    return begun(opening.ticket, digest, given, at)


def begun(ticket: Ticket, digest: str, given: str, at: datetime) -> Chat:
    """The chat of a ticket that was just opened, with its instant answer. `given`: the address of a visitor, else ""."""
    chat, is_new = Chat.objects.get_or_create(
        ticket=ticket,
        defaults={
            "secret_hash": digest, "is_visitor": bool(given), "given_address": given,
            "opened_at": at, "waiting_since": at, "customer_seen_at": at,
        },
    )  # fmt: skip
    if is_new:
        answer_at_once(ticket, given or ticket.requester.email, digest, at)
    return chat


def say_in(chat: Chat, *, body: str, files: Sequence[Any], key: str, at: datetime) -> Message:
    """A further message of the customer, by the ticket's own rules: it resumes the work, it may reopen what was solved."""
    if chat.ended_at is not None:
        raise Over
    with transaction.atomic():
        ticket = chat.ticket
        given = chat.given_address or ticket.requester.email
        message = lifecycle.reply(
            ticket, author=ticket.requester, body=body, at=at, files=files,
            key=message_key(chat.secret_hash, key), origin=Origin(channel="chat", sender_address=given),
        )  # fmt: skip
        # Beyond the reopen window it became the first message of a linked ticket (S9): the chat goes on there.
        Chat.objects.filter(pk=chat.pk).update(
            ticket=message.ticket_id, customer_seen_at=at, customer_typing_at=None
        )  # fmt: skip
        if message.ticket_id != ticket.pk:
            chat.ticket = message.ticket
        presence.shown_to_agent(chat, message, at)
        return message


def message_key(digest: str, key: str) -> str:
    """Unique among all messages of the desk, and out of reach of other chats."""
    return f"chat:{digest[:24]}:{key}"


def client_key(message: Message) -> str:
    return message.key.rpartition(":")[2] if message.key and message.key.startswith("chat:") else ""


def summary_of(body: str) -> str:
    """The first line, cut between words."""
    plain = body.replace("**", "").replace("`", "")
    line = next((line for line in (each.strip() for each in plain.splitlines()) if line), "") or _("Chat")
    if len(line) <= SUMMARY:
        return line
    return line[:SUMMARY].rpartition(" ")[0] + "…" if " " in line[:SUMMARY] else line[:SUMMARY] + "…"


# --- the instant answer -----------------------------------------------------------------------------------------------


def answer_at_once(ticket: Ticket, address: str, digest: str, at: datetime) -> None:
    """TD09: number, promise and hours, in the customer's language and zone. By the system: it fulfils nothing (S5, TD05)."""
    requester = ticket.requester
    with translation.override(ticket.language), timezone.override(zone_named(requester.timezone)):
        body = instant_words(ticket, address, at)
    Message.objects.create(
        ticket=ticket, kind=Message.Kind.SYSTEM, by_customer=False, body=body, at=at, channel="chat",
        key=message_key(digest, "instant"),
    )  # fmt: skip


def instant_words(ticket: Ticket, address: str, at: datetime) -> str:
    """In the zone in force, which is the customer's; a visitor's is the desk's, as everywhere on the portal."""
    policy = publishing.policy_of(ticket.policy_version)
    language = ticket.language
    words = [_("Thank you. Your chat has the number %(number)s.") % {"number": f"**{number_of(ticket)}**"}]
    if ticket.outcome != "in_scope" and ticket.sentence:
        words.append(say(ticket.sentence, language))
    elif promised := say(promise_words(ticket, policy, timezone.get_current_timezone_name()), language):
        words.append(promised)
    if policy.calendars:
        sign = weeks.sign_of(hours_at(policy.calendars[0].key, at), at)
        if not sign.is_open and sign.opens_at is not None:
            words.append(
                _("We are closed now and open %(when)s.") % {"when": moments.near(sign.opens_at, at)}
            )
    words.append(_("If you leave, our answer reaches you at %(address)s.") % {"address": address})
    return " ".join(words)


# --- the end ----------------------------------------------------------------------------------------------------------


def leave(chat: Chat, *, is_solved: bool, at: datetime) -> None:
    """The customer ends the chat: solved, or to be gone on with by mail. Its token is worth nothing from now on."""
    with transaction.atomic():
        ticket = chat.ticket
        if is_solved and ticket.status != Ticket.Status.CLOSED:
            lifecycle.close(ticket, by=ticket.requester, at=at)
        Chat.objects.filter(pk=chat.pk).update(
            ended_at=Coalesce(F("ended_at"), at), is_left=True, waiting_since=None
        )
        transcript.send(chat, ticket, at)


def decline(who: User | Visitor, *, body: str, key: str, reason: dict[str, str], at: datetime) -> None:
    """Somebody wrote who may not chat: no ticket, but the contact is noted with the reason."""
    address = who.address if isinstance(who, Visitor) else who.email
    body = masked(body).text  # TD17: also where no ticket comes of it
    try:
        with transaction.atomic():
            contact = Contact.objects.create(
                at=at, channel="chat", address=address, summary=summary_of(body)[:200], body=body,
                outcome="wrong_channel", because=[reason], answered=True, key=f"chat-declined:{key}"[:80], rule="chat",
            )  # fmt: skip
            announce_contact(contact)
    except IntegrityError:
        return


__all__ = [
    "Declined",
    "Over",
    "ValidationError",
    "Visitor",
    "begin",
    "decline",
    "leave",
    "number_of",
    "say_in",
]
