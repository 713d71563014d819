"""What is said in a ticket, by either side, and what the clocks make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from notifications.models import Notification
from policies.document import Policy, say
from sla import deadlines
from sla.models import Clock
from tenants.people.models import User
from tickets import attachments
from tickets.audience import is_for_requester, tell_customers, tell_staff
from tickets.chat import presence
from tickets.duty import emergencies as duty
from tickets.duty.facts import is_emergency
from tickets.lifecycle import opening, waiting
from tickets.lifecycle.secrets import Mask, tell_of_masks
from tickets.lifecycle.steps import (
    Status,
    go_on,
    locked,
    locked_current,
    need,
    policy_of,
    promised,
    refuse_unless,
    running,
    said,
    save,
    start_again,
    start_silence,
    take_up_again,
)
from tickets.models import Message, Participant, Ticket
from tickets.origin import TYPED_HERE, Origin
from tickets.timeline import record


@dataclass(frozen=True, slots=True)
class _Words:
    """What somebody says, and how it came in."""

    author: User
    body: str
    at: datetime
    files: Sequence[Any]
    key: str | None
    origin: Origin

    def kept_in(self, ticket: Ticket, **more: Any) -> Message:
        message = Message.objects.create(
            ticket=ticket, author=self.author, by_customer=not self.author.is_agent, body=self.body, at=self.at,
            key=self.key, channel=self.origin.channel, quoted=self.origin.quoted, html=self.origin.html, **more,
        )  # fmt: skip
        attachments.keep(message, self.files)
        return message


def reply(
    ticket: Ticket,
    *,
    author: User,
    body: str,
    at: datetime,
    files: Sequence[Any] = (),
    finding: str = "",
    wait: bool = False,
    key: str | None = None,
    origin: Origin = TYPED_HERE,
) -> Message:
    """A public message. An agent's fulfils what the policy says it fulfils (S5, TD05: `finding`); `wait`: then the
    customer is waited on. A customer's resumes the work, or, beyond the reopen window, opens a linked ticket (S9)."""
    body = need(body, "body", _("Write the message first."))
    attachments.measure(files, policy_of(ticket), ticket.topic)
    with transaction.atomic():
        ticket = locked_current(ticket)
        earlier = Message.objects.filter(key=key).first() if key else None
        if earlier is not None:
            return earlier
        policy = policy_of(ticket)
        mask = Mask.under(policy)
        words = _Words(author, mask.text(body), at, mask.files(files), key, mask.origin(origin))
        _refuse_files(words.files, policy, ticket)
        if author.is_agent:
            message = _answer(ticket, policy, words, mask.text(finding.strip()), wait)
        elif _is_history(ticket, policy, at):
            message = _continue_elsewhere(ticket, words)
            ticket = message.ticket
        else:
            message = _hear(ticket, policy, words)
        tell_of_masks(mask, ticket, message, author, at)
        return message


def _answer(ticket: Ticket, policy: Policy, words: _Words, finding: str, wait: bool) -> Message:
    refuse_unless(ticket.status != Status.CLOSED, "body", _("The ticket is closed: reopen it first."))
    author, at = words.author, words.at
    message = words.kept_in(ticket, finding=finding)
    meet_responses(ticket, policy, at, finding=finding)
    restart_updates(ticket, policy, at)
    if ticket.status == Status.NEW:
        ticket.status = Status.OPEN
    if ticket.owner_id is None:
        ticket.owner = author
    said(ticket, words.body, "agent")
    save(ticket, at)
    record(ticket, "replied", at, author, public=True, message=message, finding=bool(finding))
    tell_customers(
        ticket, "ticket_replied", str(message.pk), at,
        part_id=message.pk, message=_signed(message.told, author), author=author.name,
    )  # fmt: skip
    presence.answered(ticket, message, at)
    if is_emergency(ticket):
        duty.taken(ticket, author, at)
    if wait:
        waiting.begin_waiting(ticket, policy, author, at)
    return message


def _signed(body: str, author: User) -> str:
    """The mail that brings a reply ends with its author's signature; in the thread the name stands beside it."""
    return f"{body}\n\n{author.signature.strip()}".rstrip()


def meet_responses(ticket: Ticket, policy: Policy, at: datetime, *, finding: str = "") -> None:
    """A person of ours has spoken: first response by the policy's rule, next response always (S5, S7)."""
    met = {"human_reply"} | ({"finished_investigation"} if finding else set())
    rows = running(ticket, "first_response", "next_response")
    deadlines.fulfil(
        [r for r in rows if r.metric == "next_response" or policy.clock_rule("first_response").met_by in met],
        at,
    )


def restart_updates(ticket: Ticket, policy: Policy, at: datetime) -> None:
    """Each public message of ours starts the next period (S1)."""
    rows = running(ticket, "periodic_update")
    if rows:
        deadlines.fulfil(rows, at)
    promise = promised(ticket, policy, "periodic_update", at) if rows else None
    if promise is not None:
        start_again(ticket, promise, at)


def _hear(ticket: Ticket, policy: Policy, words: _Words) -> Message:
    author, at = words.author, words.at
    message = words.kept_in(ticket)
    said(ticket, words.body, "customer")
    was_over = not ticket.is_unresolved
    if was_over:
        take_up_again(ticket, author, at)
    go_on_after(ticket, policy, author, at)
    save(ticket, at)
    record(ticket, "customer_replied", at, author, public=True, message=message)
    presence.heard(ticket, at)
    tell_staff(ticket, ["owner"] if ticket.owner_id else ["team"], "customer_replied", str(message.pk), at,
        author=author.name or author.email, message=words.body,
    )  # fmt: skip
    if was_over:
        duty.follow(ticket, policy, at, by=author, anew=True)
    return message


def go_on_after(ticket: Ticket, policy: Policy, author: User, at: datetime) -> None:
    """A message of the customer ends our waiting on them, completes what was missing and waits for an answer; a third party
    may still be waited on."""
    if ticket.status == Status.PENDING:
        ticket.status = Status.OPEN
        go_on(ticket, at)
    if ticket.missing:
        waiting.now_adequate(ticket, policy, author, at)
    _await_next_response(ticket, policy, at)


def _await_next_response(ticket: Ticket, policy: Policy, at: datetime) -> None:
    """The oldest unanswered message starts the clock; more of them do not restart it (S7)."""
    if running(ticket, "first_response", "next_response"):
        return
    promise = promised(ticket, policy, "next_response", at)
    if promise is not None:
        start_again(ticket, promise, at)


def _is_history(ticket: Ticket, policy: Policy, at: datetime) -> bool:
    """Ended longer ago than the policy lets it be reopened: it can only be consulted and continued elsewhere."""
    ended = ticket.closed_at or ticket.resolved_at
    if ticket.is_unresolved or ended is None or policy.reopen_within is None:
        return False
    return at - ended > policy.reopen_within


def _continue_elsewhere(ticket: Ticket, words: _Words) -> Message:
    asked = opening.open_ticket(
        requester=words.author, summary=ticket.summary, body=words.body, at=words.at,
        channel=words.origin.channel or ticket.channel, topic=ticket.topic, module=ticket.module, fields=ticket.fields,
        files=words.files, key=words.key, follows=ticket, origin=words.origin,
    )  # fmt: skip
    opened = asked.ticket
    if opened is None:
        pointer = say(asked.decision.pointer, words.author.language)
        why = "This ticket is closed, and the policy opens no new one through this channel."
        raise ValidationError({"body": pointer if asked.decision.outcome == "not_a_customer" else why})
    record(ticket, "continued", words.at, words.author, public=True, number=opened.number)
    message = opened.messages.get(by_customer=True)
    message.ticket = opened
    return message


def _refuse_files(files: Sequence[Any], policy: Policy, ticket: Ticket) -> None:
    refused = attachments.check(files, policy, ticket.topic)
    if refused:
        raise ValidationError({"files": refused})


def add_note(
    ticket: Ticket,
    *,
    author: User,
    body: str,
    at: datetime,
    files: Sequence[Any] = (),
    key: str | None = None,
) -> Message:
    """Seen by our side alone; fulfils nothing."""
    body = need(body, "body", _("Write the note first."))
    refuse_unless(author.is_agent, "body", _("Only agents write notes."))
    attachments.measure(files, policy_of(ticket), ticket.topic)
    with transaction.atomic():
        ticket = locked(ticket)
        earlier = Message.objects.filter(key=key).first() if key else None
        if earlier is not None:
            return earlier
        policy = policy_of(ticket)
        mask = Mask.under(policy)
        body, files = mask.text(body), mask.files(files)
        _refuse_files(files, policy, ticket)
        note = Message.objects.create(
            ticket=ticket, kind=Message.Kind.NOTE, author=author, by_customer=False, body=body, at=at, key=key
        )
        attachments.keep(note, files)
        record(ticket, "noted", at, author)
        tell_of_masks(mask, ticket, note, author, at)
        return note


def add_participant(ticket: Ticket, *, by: User, at: datetime, address: str) -> None:
    """Put somebody in copy: they hear every public message."""
    address = address.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError({"address": _("This is not an e-mail address.")}) from error
    with transaction.atomic():
        ticket = locked(ticket)
        refuse_unless(
            address != ticket.requester.email.lower(),
            "address",
            _("That is the requester, who hears everything."),
        )
        person = User.objects.filter(email=address, is_active=True).first()
        __, is_new = Participant.objects.get_or_create(
            ticket=ticket, address=address, defaults={"person": person}
        )
        refuse_unless(is_new, "address", _("This address is in copy already."))
        record(ticket, "participant_added", at, by, public=True, address=address)


def leave_conversation(participant: Participant, *, at: datetime) -> None:
    """Somebody in copy has had enough: from now on they hear nothing of this ticket. Asked for twice it is done once."""
    with transaction.atomic():
        ticket = locked(participant.ticket)
        gone, _rows = Participant.objects.filter(pk=participant.pk).delete()
        if gone:
            record(ticket, "participant_left", at, public=True, address=participant.address)


def delivered(notice: Notification) -> None:
    """A notice was handed over: a confirmation meets the acknowledgement (ZM05), a reply may start the silence (C4)."""
    if notice.about_id is None or notice.sent_at is None or notice.channel == Notification.Channel.IN_APP:
        return
    if notice.kind not in ("ticket_opened", "ticket_replied", "ticket_resolved"):
        return
    with transaction.atomic():
        ticket = locked_current(Ticket.objects.only("merged_into_id").get(pk=notice.about_id))
        policy = policy_of(ticket)
        if ticket.pk != notice.about_id:
            _reached_after_merging(ticket, policy, notice)
            return
        if not is_for_requester(notice, ticket):
            return
        if notice.kind == "ticket_opened":
            rows = [r for r in running(ticket, "acknowledgement") if r.started_at <= notice.created_at]
            deadlines.fulfil(rows, notice.sent_at)
        else:
            _acknowledge_unconfirmed(ticket, notice)
            _handed_over(ticket, notice.created_at, notice.sent_at)
            start_silence(ticket, policy)
        save(ticket, notice.sent_at)


def _reached_after_merging(ticket: Ticket, policy: Policy, notice: Notification) -> None:
    """It was told of a ticket that is a part of `ticket` now: the message that it brought has reached them (C4)."""
    brought = Message.objects.filter(pk=notice.part_id, ticket=ticket, delivered_at=None)
    if notice.part_id is not None and brought.update(delivered_at=notice.sent_at):
        start_silence(ticket, policy)
        save(ticket, notice.sent_at)


def _acknowledge_unconfirmed(ticket: Ticket, notice: Notification) -> None:
    """Where no confirmation was told (a mail may be answered by itself once an hour), our reply says that it is registered."""
    rows = running(ticket, "acknowledgement")
    if rows and not Notification.objects.filter(about_id=ticket.pk, kind="ticket_opened").exists():
        deadlines.fulfil(rows, notice.sent_at)


def _handed_over(ticket: Ticket, written_by: datetime, at: datetime) -> None:
    ours = Message.objects.filter(
        ticket=ticket, by_customer=False, kind=Message.Kind.PUBLIC, delivered_at__isnull=True
    )
    ours.filter(at__lte=written_by).update(delivered_at=at)


def withdrawn(notice: Notification, at: datetime) -> None:
    """A notice that had been handed over came back (a bounce): the acknowledgement runs on (S1)."""
    if notice.about_id is None or notice.kind != "ticket_opened":
        return
    with transaction.atomic():
        ticket = locked(Ticket(pk=notice.about_id))
        if ticket.merged_into_id is None:  # else when that is undone (S10)
            go_on_unconfirmed(ticket)
        save(ticket, at)
        record(ticket, "confirmation_bounced", at, address=notice.address)


def go_on_unconfirmed(ticket: Ticket) -> None:
    met = Clock.objects.filter(subject_id=ticket.pk, metric="acknowledgement", status=Clock.Status.FULFILLED)
    deadlines.withdraw(met)


def seen_in_portal(ticket: Ticket, *, at: datetime) -> None:
    """The customer looked at the ticket: what we wrote has reached them, mail or no mail."""
    unseen = Message.objects.filter(
        ticket=ticket, by_customer=False, kind=Message.Kind.PUBLIC, delivered_at__isnull=True
    )
    if not unseen.exists():
        return
    with transaction.atomic():
        ticket = locked(ticket)
        _handed_over(ticket, at, at)
        start_silence(ticket, policy_of(ticket))
        save(ticket, at)
