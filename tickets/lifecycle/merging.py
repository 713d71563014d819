"""One case per issue (TD16): a ticket becomes a part of another (S10). `unmerging` undoes it.

What holds:

* All of it happens in one transaction, the two tickets locked in order of their ids.
* The source's open clocks end as "merged": they have no verdict and count in no rate. The target's count from the earlier
  start of the two where the source's customer wrote first and was never answered, if the policy has it so.
* Messages move and remember where they were said. Whoever heard of the source hears of the target from now on; links, mails
  and messages to the source lead there (`regrouping.current_of`).
* Nothing that merging writes is a reply: it fulfils no promise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from policies.document import Policy
from sla import deadlines
from sla.models import Clock
from tenants.people.models import User
from tickets.audience import is_reachable, tell_customers
from tickets.chat import presence
from tickets.lifecycle.secrets import Mask
from tickets.lifecycle.steps import (
    Status,
    go_on,
    locked_pair,
    policy_of,
    promised,
    refuse_unless,
    running,
    save,
    say_last_word,
    start_again,
)
from tickets.models import Message, Participant, Ticket
from tickets.regrouping import Regrouping
from tickets.satisfaction import expecting
from tickets.timeline import record

MERGED = "merged"  # how the source's clocks end, and why it is closed
OWN_START = ("acknowledgement", "first_response", "resolution")  # clocks that count from a ticket's start
REPLIES = ("first_response", "next_response")
KEPT = ("status", "waiting_since")  # of both, to be put back


def merge(
    source: Ticket, *, into: Ticket, by: User, at: datetime, because: str = "", across: bool = False
) -> Regrouping:
    """Make `source` a part of `into`. `across`: although people will read it who may not see each other's tickets."""
    refuse_unless(source.pk != into.pk, "into", _("A ticket cannot be merged into itself."))
    with transaction.atomic():
        source, target = locked_pair(source, into)
        _refuse_impossible(source, target, across)
        policy = policy_of(target)
        because = Mask.under(policy).text(because.strip())
        before = Before.of(source, target)
        presence.ended(source, at)
        waiting_since = _waiting_since(source)
        _join_clocks(source, target, policy, waiting_since, at, before)
        _move_messages(source, target, before)
        _add_people(source, target, before)
        _end_source(source, target, at)
        if waiting_since is not None and target.status == Status.PENDING:
            target.status = Status.OPEN
            go_on(target, at)
        say_last_word(target)
        save(source, at)
        save(target, at)
        joint = Regrouping.objects.create(
            kind=Regrouping.Kind.MERGE, source=source, target=target, at=at, by=by, before=before.as_json()
        )
        record(source, "merged", at, by, public=True, number=target.number, because=because)
        record(target, "merged_in", at, by, public=True, number=source.number, because=because)
        tell(source, target, "ticket_merged", joint, at)
        return joint


@dataclass
class Before:
    """What undoing needs (`unmerging`), as JSON: clocks by id, with their whole state or their own start."""

    source: dict[str, Any] = field(default_factory=dict)
    target: dict[str, Any] = field(default_factory=dict)
    messages: list[int] = field(default_factory=list)
    own_messages: list[int] = field(default_factory=list)  # of these, said in the source itself
    participants: list[int] = field(default_factory=list)
    people: list[str] = field(default_factory=list)  # their addresses
    ended: dict[str, Any] = field(default_factory=dict)  # the source's clocks
    open: dict[str, Any] = field(default_factory=dict)  # the target's
    rung: dict[str, Any] = field(default_factory=dict)  # what their alarms had done
    moved: dict[str, str] = field(
        default_factory=dict
    )  # the target's clocks that count from an earlier start

    @classmethod
    def of(cls, source: Ticket, target: Ticket) -> Before:
        rows = running(target)
        return cls(
            source={name: _plain(getattr(source, name)) for name in KEPT},
            target={name: _plain(getattr(target, name)) for name in KEPT},
            open={str(row.pk): row.state for row in rows},
            rung={str(row.pk): deadlines.rung_by(row) for row in rows},
        )

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _refuse_impossible(source: Ticket, target: Ticket, across: bool) -> None:
    refuse_unless(source.is_unresolved, "into", _("Only an open ticket can be merged into another."))
    refuse_unless(
        target.is_unresolved and target.merged_into_id is None,
        "into",
        _("Ticket #%(number)s has ended: reopen it first, or choose another.") % {"number": target.number},
    )
    theirs = source.requester_id == target.requester_id
    refuse_unless(
        theirs or is_reachable(source.requester),
        "into",
        _(
            "%(name)s is only known by a number or a chat, and would not hear of #%(number)s: merge that one into this one."
        )
        % {"name": source.requester, "number": target.number},
    )
    company = source.company if source.company_id == target.company_id else None
    same = theirs or (company is not None and company.members_see_each_other)
    refuse_unless(
        same or across,
        "across",
        _("Ticket #%(number)s is another customer's. Tick this if they may read each other's messages.")
        % {"number": target.number},
    )


# --- the clocks -------------------------------------------------------------------------------------------------------


def _waiting_since(source: Ticket) -> datetime | None:
    """Since when the source's customer waits for an answer of ours, where one was promised."""
    return min((row.started_at for row in running(source, *REPLIES)), default=None)


def _join_clocks(
    source: Ticket,
    target: Ticket,
    policy: Policy,
    waiting_since: datetime | None,
    at: datetime,
    before: Before,
) -> None:
    ending = running(source)
    if policy.merged_counts_from_earlier and _wrote_first_unanswered(source, target):
        for row in running(target, *OWN_START, "next_response"):
            start = _start_of_twin(row, ending)
            if start is not None and start < row.started_at:
                before.moved[str(row.pk)] = row.started_at.isoformat()
                deadlines.count_from(row, start)
    if waiting_since is not None and not running(target, *REPLIES):
        _await_reply(target, policy, waiting_since if policy.merged_counts_from_earlier else at, at)
    before.ended = {str(row.pk): row.state for row in ending}
    deadlines.end(ending, at, MERGED)


def _wrote_first_unanswered(source: Ticket, target: Ticket) -> bool:
    ours = Message.objects.filter(ticket=source, kind=Message.Kind.PUBLIC, by_customer=False)
    return source.opened_at < target.opened_at and not ours.exists()


def _start_of_twin(row: Clock, others: list[Clock]) -> datetime | None:
    """When the source's clock of the same promise started; any reply of ours answers both customers."""
    metrics = REPLIES if row.metric in REPLIES else (row.metric,)
    starts = [o.started_at for o in others if o.metric in metrics and o.situation == row.situation]
    return min(starts, default=None)


def _await_reply(target: Ticket, policy: Policy, since: datetime, at: datetime) -> None:
    """The target was answered, its new part was not: the oldest unanswered message starts the clock (S7)."""
    promise = promised(target, policy, "next_response", at)
    if promise is not None:
        start_again(target, promise, since)


# --- messages and people ----------------------------------------------------------------------------------------------


def _move_messages(source: Ticket, target: Ticket, before: Before) -> None:
    moving = list(Message.objects.filter(ticket=source).values_list("pk", "came_from"))
    before.messages = [pk for pk, _came_from in moving]
    before.own_messages = [pk for pk, came_from in moving if came_from is None]
    Message.objects.filter(pk__in=before.own_messages).update(came_from=source.number)
    Message.objects.filter(pk__in=before.messages).update(ticket=target)


def _add_people(source: Ticket, target: Ticket, before: Before) -> None:
    """Requester and copies of the source hear of the target; who does already stays as they are."""
    people: dict[str, User | None] = {copy.address.lower(): copy.person for copy in source.participants.all()}
    if is_reachable(source.requester):
        people[source.requester.email.lower()] = source.requester
    known = {copy.address.lower() for copy in target.participants.all()} | {target.requester.email.lower()}
    for address in sorted(people.keys() - known):
        copy = Participant.objects.create(ticket=target, address=address, person=people[address])
        before.participants.append(copy.pk)
        before.people.append(address)


def _end_source(source: Ticket, target: Ticket, at: datetime) -> None:
    expecting.forget(source, at)
    source.status, source.closed_at, source.close_reason = Status.CLOSED, at, MERGED
    source.waiting_since, source.merged_into = None, target


def tell(source: Ticket, target: Ticket, kind: str, joint: Regrouping, at: datetime) -> None:
    """The source's customers, once: where it goes on."""
    words = {"other_number": str(target.number), "other_summary": target.summary}
    tell_customers(source, kind, str(joint.pk), at, **words)
