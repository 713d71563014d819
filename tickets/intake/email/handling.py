"""What becomes of a mail: a reply, a ticket, a contact that became neither, or nothing but a row with its reason.

Asked in this order, the first that applies decides:

1. it cannot be read within the bounds: parked;
2. a bounce of our own mail: written beside that mail;
3. a robot's: ignored, no ticket, never answered (RFC 3834), and no clock moves;
4. a blocked sender, or the provider calls it spam: a box of its own;
5. the provider says that the sender is forged, and it claims somebody we know: held for a person;
6. an agent's or a closed account's address: held, because mail alone neither speaks as an agent nor opens what was closed;
   so is one under .invalid, which stands for somebody known by a number or in a chat;
7. our token, and the sender is the requester or in copy: a reply;
8. anything else: a new contact, which the policy makes a ticket or not (TD14: at the end of the queue, without a trace of the
   ticket whose token it carried).

"Let through" in the admin skips 3 to 5. A repeated copy of a mail, through whatever door, changes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from tenants import links
from tenants.customers.models import Desk
from tenants.people.models import User
from tickets import lifecycle
from tickets.desk.callers import make_known
from tickets.intake import senders
from tickets.intake.email import answers, bounced, filing
from tickets.intake.email.bounds import Unreadable
from tickets.intake.email.copies import header_text, known_by, outside_of
from tickets.intake.email.mail import Envelope, Mail, read_mail
from tickets.intake.email.verdicts import Verdicts
from tickets.intake.models import Door, Inbound
from tickets.intake.result import Result
from tickets.models import Contact, Message, Ticket
from tickets.origin import Origin

State = Inbound.State


def handle(inbound: Inbound, raw: bytes, at: datetime) -> Result:
    """One mail. A web hook's `fetch` has unpacked it: (the mail's bytes, what its provider said beside it)."""
    mime, envelope = getattr(inbound, "fetched", None) or (raw, Envelope())
    if not mime:
        return Result(State.IGNORED, reason=_("The provider’s own message, no mail."))
    try:
        mail = read_mail(mime, at, envelope, str(inbound.door.config.get("authserv_id") or ""))
    except Unreadable as trouble:
        sender, subject = outside_of(mime)
        return Result(State.PARKED, reason=str(trouble), sender=sender, subject=subject)
    with override(_language()):  # the reason is for the desk's admin
        result = _decided(mail, inbound, mime, at)
    return Result(
        result.state, result.reason, result.ticket, result.message, result.contact,
        sender=mail.sender.email, subject=mail.subject, is_kept=result.is_kept, keeps_raw=result.keeps_raw,
    )  # fmt: skip


def _decided(mail: Mail, inbound: Inbound, mime: bytes, at: datetime) -> Result:
    if mail.bounce is not None:
        return bounced.noted(mail.bounce, at)
    if inbound.let_through:
        mail = replace(mail, verdicts=Verdicts())
    else:
        refused = _unwanted(mail, inbound.door)
        if refused is not None:
            return refused
    if not mail.sender.email:
        return Result(State.HELD, reason=_("It names no sender."))
    if f".{mail.sender.email.rpartition('@')[2].rstrip('.')}".endswith(
        ".invalid"
    ):  # RFC 2606: nobody writes from there
        return Result(
            State.HELD,
            reason=_(
                "Its sender’s address ends in .invalid: such addresses stand for people without a mailbox."
            ),
        )
    key = key_of(mail, mime)
    repeated = _earlier(key)
    if repeated is not None:
        return repeated
    person = User.objects.filter(email__iexact=mail.sender.email).first()
    if person is not None and mail.verdicts.is_forged:
        return Result(
            State.HELD, reason=_("The sender’s domain disowns it (DMARC), and it claims somebody we know.")
        )
    if person is not None and person.is_agent:
        return Result(
            State.HELD, reason=_("It comes from an agent’s address: a mail never speaks as an agent.")
        )
    if person is not None and not person.is_active:
        return Result(State.HELD, reason=_("It comes from the address of a closed account."))
    return _taken_in(mail, inbound.door, person, key, at)


def _unwanted(mail: Mail, door: Door) -> Result | None:
    if senders.is_blocked(mail.sender.email):
        return Result(State.SPAM, reason=_("The sender is blocked."))
    if mail.sender.email == door.address.lower() or is_ours(mail):
        return Result(State.IGNORED, reason=_("A mail of our own that came back."))
    if mail.why_automatic:
        why = _("Sent by a program: %(why)s.") % {"why": mail.why_automatic}
        return Result(State.IGNORED, reason=why, keeps_raw=True)
    if mail.is_spam:
        return Result(State.SPAM, reason=_("The provider calls it spam."))
    return None


def is_ours(mail: Mail) -> bool:
    """It claims to come from the desk's own address: answering it would be talking to ourselves."""
    desk = Desk.objects.filter(pk=1).first()
    own = {desk.sender_address.lower(), desk.reply_address.lower()} - {""} if desk else set()
    return mail.sender.email in own or Door.objects.filter(address__iexact=mail.sender.email).exists()


def key_of(mail: Mail, mime: bytes) -> str:
    """By which a second copy of a mail is known; with its sender, so that nobody takes another's Message-ID."""
    known_as = known_by(header_text(mime)) if mail.message_id else ""
    material = f"{known_as}|{mail.sender.email}".encode() if known_as else mime
    return f"mail:{hashlib.sha256(material).hexdigest()[:48]}"


def _earlier(key: str) -> Result | None:
    message = Message.objects.filter(key=key).select_related("ticket").first()
    contact = Contact.objects.filter(key=key).first() if message is None else None
    if message is None and contact is None:
        return None
    ticket = message.ticket if message else None
    return Result(State.IGNORED, _("A copy of a mail that is here already."), ticket, contact=contact)


# --- what it becomes --------------------------------------------------------------------------------------------------


def _taken_in(mail: Mail, door: Door, person: User | None, key: str, at: datetime) -> Result:
    ticket = answered_ticket(mail)
    if ticket is not None and may_answer(mail, ticket):
        if mail.verdicts.is_forged:  # somebody in copy without an account
            return Result(
                State.HELD, reason=_("The sender’s domain disowns it (DMARC), and it answers a ticket.")
            )
        return _replied(mail, door, ticket, person or known_as(mail, ticket.language), key, at)
    is_new = person is None
    person = person or known_as(mail, _language())
    return _opened(mail, door, person, key, at, is_new=is_new)


def answered_ticket(mail: Mail) -> Ticket | None:
    """By the token in an address of ours or in a Message-ID of ours. Subject, number and plain In-Reply-To say nothing."""
    for text in (*mail.recipients, *mail.references):
        row = links.read_reply_token(text)
        if row is not None:
            return Ticket.objects.select_related("requester", "policy_version").filter(pk=row).first()
    return None


def may_answer(mail: Mail, ticket: Ticket) -> bool:
    """TD14: only the ticket's own address, or somebody in copy."""
    sender = mail.sender.email
    return (
        ticket.requester.email.lower() == sender
        or ticket.participants.filter(address__iexact=sender).exists()
    )


def known_as(mail: Mail, language: str) -> User:
    name = mail.sender.name[:200] or mail.sender.email.partition("@")[0]
    return make_known(name=name, email=mail.sender.email, phone="", company=None, language=language)


def _language() -> str:
    desk = Desk.objects.filter(pk=1).first()
    return desk.languages[0] if desk and desk.languages else "pt-br"


def _replied(mail: Mail, door: Door, ticket: Ticket, person: User, key: str, at: datetime) -> Result:
    with override(person.language):
        kept, refused = filing.sorted_out(mail.files, filing.policy_for(ticket), ticket.topic)
        try:
            with transaction.atomic():
                message = lifecycle.reply(
                    ticket, author=person, body=filing.body_of(mail, kept), at=at, files=kept, key=key,
                    origin=_origin(mail, door),
                )  # fmt: skip
        except ValidationError:  # it ended long ago, and the policy opens no new one by mail
            return _opened(mail, door, person, key, at, is_new=False)
        filing.place_pictures(message, mail)
        filing.name_refused(message, refused, at)
    answers.tell_refused(message.ticket, person, refused, mail, at)
    return Result(ticket=message.ticket, message=message)


def _opened(mail: Mail, door: Door, person: User, key: str, at: datetime, *, is_new: bool) -> Result:
    policy = filing.policy_in_force(at)
    with override(person.language):
        kept, refused = filing.sorted_out(mail.files, policy, "")
        may_answer = mail.may_be_answered and not mail.verdicts.is_forged and answers.is_due(person.email, at)
        opening = lifecycle.open_ticket(
            requester=person, summary=filing.summary_of(mail), body=filing.body_of(mail, kept), at=at,
            channel=door.channel, files=kept, key=key,
            origin=_origin(mail, door, may_answer=may_answer, names_subject=not is_new, remark="\n".join(refused)),
        )  # fmt: skip
        if opening.ticket is None:
            return Result(contact=opening.contact, reason=_("The policy opens no ticket by this channel."))
        message = opening.ticket.messages.get(key=key)
        filing.place_pictures(message, mail)
        filing.name_refused(message, refused, at)
    return Result(ticket=opening.ticket, message=message)


def _origin(mail: Mail, door: Door, **more: Any) -> Origin:
    return Origin(
        channel=door.channel, sender_address=mail.sender.email, received_on=door.address, quoted=mail.quoted,
        html=mail.html, **more,
    )  # fmt: skip
