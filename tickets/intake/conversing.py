"""What somebody said over a messenger, whichever: who it is, which ticket it belongs to, and what becomes of its files.

One conversation is one ticket until that is resolved; then the policy's window says whether it is taken up again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from policies import publishing
from policies.decisions import decide
from policies.document import Policy
from policies.facts import Facts
from tenants.customers.models import Company
from tenants.people.models import User
from tickets import attachments, lifecycle
from tickets.audience import tell_customers
from tickets.facts import situations_at
from tickets.intake import senders
from tickets.intake.addresses import region_of
from tickets.intake.correspondents import NotServed, is_one_of_us, person_at
from tickets.intake.models import Door, Group, Heard, Inbound, Sent
from tickets.intake.result import Result
from tickets.models import Ticket
from tickets.origin import Origin

State = Inbound.State
GROUP_CHANNEL = "whatsapp_group"


@dataclass(frozen=True, slots=True)
class Said:
    """One message, in the messenger's own terms no longer.

    sender: E.164. text: "" for a file without words. called: a msgid that then stands for the words, with %(detail)s in it.
    files: what was fetched; refused: sentences about those that could not be. quotes: the provider's id of what it answers.
    group: the group's id. is_aside: a reaction, which opens nothing.
    """

    sender: str
    text: str = ""
    name: str = ""
    called: str = ""
    detail: str = ""
    files: Sequence[Any] = ()
    refused: Sequence[str] = field(default=())
    quotes: str = ""
    group: str = ""
    is_aside: bool = False

    @property
    def words(self) -> str:
        """In the language that is active."""
        if self.text.strip():
            return self.text.strip()
        return _(self.called) % {"detail": self.detail} if self.called else ""


def hear(inbound: Inbound, said: Said, at: datetime) -> Result:
    """The words become part of a ticket, or open one, or the policy declines. In the caller's transaction."""
    told = Result(sender=said.sender, subject=one_line(said.text))
    door = inbound.door
    if senders.is_blocked(said.sender) and not inbound.let_through:
        return replace(told, state=State.SPAM, reason="The sender is blocked.")
    group = Group.objects.select_related("company").filter(door=door, group_id=said.group).first()
    if said.group and group is None:
        reason = f"The group {said.group} belongs to no company yet: enter it under “Messenger groups”, then try again."
        return replace(told, state=State.HELD, reason=reason)
    if said.group and is_one_of_us(said.sender, region_of(door.address)):
        return replace(told, state=State.IGNORED, reason="One of us wrote this in the group.")
    note_heard(door, said.group or said.sender, at)
    try:
        person = person_at(door, said.sender, said.name, group.company if group else None)
    except NotServed as refusal:
        return replace(told, state=State.HELD, reason=str(refusal))
    with translation.override(person.language):
        return _place(inbound, said, person, group.company if group else None, told, at)


def note_heard(door: Door, address: str, at: datetime) -> None:
    """From now on we may write freely for a day. The row stays locked: the next message of theirs waits for this one."""
    row, is_new = Heard.objects.get_or_create(door=door, address=address, defaults={"at": at})
    row = Heard.objects.select_for_update().get(pk=row.pk)
    if not is_new and at > row.at:
        row.at = at
        row.save(update_fields=["at"])


def _place(
    inbound: Inbound, said: Said, person: User, company: Company | None, told: Result, at: datetime
) -> Result:
    door = inbound.door
    received_on = said.group or door.address
    origin = Origin(GROUP_CHANNEL if said.group else door.channel, said.sender, received_on)
    ticket = ticket_of(door, said, person, received_on)
    if said.is_aside and (ticket is None or not ticket.is_unresolved):
        return replace(told, state=State.IGNORED, reason="A reaction to what is finished.")
    if ticket is not None and said.group and is_ignored(said, company, at):
        ticket = (
            None  # SL04: a development request in a group is ignored, whatever else is talked about there
        )
    policy = publishing.policy_of(ticket.policy_version if ticket else publishing.version_in_force(at))
    files, refused = sorted_out(said, policy, ticket.topic if ticket else "")
    words = said.words or _("(a message without words)")
    told = replace(told, subject=one_line(words))
    spoken = _Spoken(person, words, files, refused, origin, f"inbound:{inbound.pk}", at)
    return (_reply(ticket, spoken, told) if ticket is not None else None) or _open(spoken, told)


@dataclass(frozen=True, slots=True)
class _Spoken:
    person: User
    words: str
    files: list[Any]
    refused: list[str]
    origin: Origin
    key: str
    at: datetime


def _reply(ticket: Ticket, spoken: _Spoken, told: Result) -> Result | None:
    """None where the ticket is history and the policy continues it nowhere: then it is a contact like any other."""
    # What was received before something else happened in the ticket is heard after it.
    at = max(spoken.at, ticket.updated_at)
    try:
        message = lifecycle.reply(
            ticket, author=spoken.person, body=spoken.words, at=at, files=spoken.files, key=spoken.key,
            origin=spoken.origin,
        )  # fmt: skip
    except ValidationError:
        if ticket.is_unresolved:
            raise
        return None
    if spoken.refused:
        said = "\n".join(spoken.refused)
        tell_customers(message.ticket, "files_refused", spoken.key, at, refused=said)
    return replace(told, ticket=message.ticket, message=message)


def _open(spoken: _Spoken, told: Result) -> Result:
    opening = lifecycle.open_ticket(
        requester=spoken.person, summary=summary_of(spoken.words), body=spoken.words, at=spoken.at,
        channel=spoken.origin.channel, files=spoken.files, key=spoken.key,
        origin=replace(spoken.origin, remark="\n".join(spoken.refused)),
    )  # fmt: skip
    if opening.ticket is None:
        return replace(told, state=State.DONE, reason=opening.decision.outcome, contact=opening.contact)
    return replace(told, ticket=opening.ticket, message=opening.ticket.messages.first())


def ticket_of(door: Door, said: Said, person: User, received_on: str) -> Ticket | None:
    """The ticket of the message that is quoted, if it is theirs; else their conversation at this door: what is unresolved
    before what has ended, the latest first. In a group everybody talks about the group's ticket."""
    quoted = _quoted_ticket(door, said.quotes) if said.quotes else None
    if quoted is not None and (quoted.requester_id == person.pk or quoted.received_on == said.group != ""):
        return quoted
    theirs = Ticket.objects.select_related("policy_version", "requester").filter(received_on=received_on)
    theirs = theirs if said.group else theirs.filter(requester=person, sender_address=said.sender)
    open_ones = theirs.filter(status__in=Ticket.UNRESOLVED)
    if said.group:  # what has ended in a group was ended for all: a new matter is a new ticket
        return open_ones.order_by("-pk").first()
    return open_ones.order_by("-pk").first() or theirs.order_by("-pk").first()


def _quoted_ticket(door: Door, external_id: str) -> Ticket | None:
    tickets = Ticket.objects.select_related("policy_version", "requester")
    about = Sent.objects.filter(door=door, external_id=external_id).values_list("notice__about_id", flat=True)
    found = about.first()
    if found is not None:
        return tickets.filter(pk=found).first()
    earlier = Inbound.objects.filter(door=door, external_id=external_id, ticket__isnull=False).first()
    return tickets.filter(pk=earlier.ticket_id).first() if earlier else None


def is_ignored(said: Said, company: Company | None, at: datetime) -> bool:
    policy = publishing.policy_of(publishing.version_in_force(at))
    facts = Facts(
        channel=GROUP_CHANNEL,
        plan=company.plan if company else "",
        text=said.words,
        situations=situations_at(company, (), at),
    )
    return decide(policy, facts).outcome == "ignored"


def sorted_out(said: Said, policy: Policy, topic: str) -> tuple[list[Any], list[str]]:
    """(files to keep, sentences about those that are refused). A refused file never costs the words."""
    kept, refused = [], list(said.refused)
    for file in said.files:
        wrong = attachments.check([file], policy, topic)
        refused += wrong
        if not wrong:
            kept.append(file)
    return kept, refused


def one_line(words: str) -> str:
    return " ".join(words.split())


def summary_of(words: str) -> str:
    """The first words of the first line: what the ticket is called until somebody says it better."""
    line = " ".join(next((line for line in words.splitlines() if line.strip()), words).split())
    if len(line) <= 80:
        return line
    return f"{line[:79].rsplit(' ', 1)[0]}…"
