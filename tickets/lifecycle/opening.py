"""A contact becomes a ticket, or does not: the policy decides, the clocks start, the customer is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from policies import publishing
from policies.decisions import Decision, decide, emergencies_in
from policies.document import Field, Policy, say
from policies.facts import Facts
from policies.models import PolicyVersion
from policies.sentences import spoken_by
from sla import deadlines
from tenants.compiled import Compiled, Given
from tenants.customers.models import Company, Membership
from tenants.people.models import User
from tickets import attachments, promises, tongues
from tickets.agreements import calls, night
from tickets.audience import tell_customers, tell_person
from tickets.duty import emergencies as duty
from tickets.duty.facts import EMERGENCY, is_emergency
from tickets.entitlement import plan_of, stranger_of
from tickets.facts import situations_at
from tickets.intake.ways import way_back
from tickets.lifecycle.secrets import Mask, tell_of_masks
from tickets.models import Contact, Event, Message, Participant, Ticket
from tickets.origin import TYPED_HERE, Origin
from tickets.webhooks.announcing import announce_contact, announce_event
from tickets.words import promise_words


@dataclass(frozen=True, slots=True)
class Opening:
    """What became of a contact: a ticket, or else the contact that was noted, and the decision with its reasons."""

    decision: Decision
    ticket: Ticket | None = None
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A contact as it came in."""

    requester: User
    summary: str
    body: str
    at: datetime
    channel: str
    topic: str
    priority: str
    module: str
    fields: Mapping[str, Any]
    situations: Iterable[str]
    files: Sequence[Any]
    copies: Iterable[str]
    by: User | None
    key: str | None
    follows: Ticket | None
    origin: Origin
    mask: Mask
    emergencies: tuple[str, ...] = ()  # keys of the policy's checklist


UNTICKED = ("email", "chat", "whatsapp", "whatsapp_group", "sms", "other")  # doors where nobody can tick


def open_ticket(
    *,
    requester: User,
    summary: str,
    body: str,
    at: datetime,
    channel: str = "portal",
    topic: str = "",
    priority: str = "",
    module: str = "",
    fields: Mapping[str, Any] | None = None,
    situations: Iterable[str] = (),
    files: Sequence[Any] = (),
    copies: Iterable[str] = (),
    by: User | None = None,
    key: str | None = None,
    follows: Ticket | None = None,
    origin: Origin = TYPED_HERE,
    emergencies: Iterable[str] = (),
) -> Opening:
    """Open a ticket for `requester` (`by`: the agent who does it on their behalf), unless the policy declines.

    `emergencies`: what was ticked of the policy's checklist (SL06). `key`: a form sent twice opens one ticket. Refuses
    empty texts, unknown topics and priorities, and files beyond the attachment rule, each at its field.
    """
    version = publishing.version_in_force(at)
    policy = publishing.policy_of(version)
    mask = Mask.under(policy)
    asked = _Asked(
        requester, mask.text(summary.strip()), mask.text(body.strip()), at, channel, topic, priority, module,
        mask.fields(fields or {}), situations, mask.files(files), copies, by, key, follows, mask.origin(origin), mask,
        tuple(emergencies) or _told(policy, channel, by, f"{summary}\n{body}"),
    )  # fmt: skip
    _refuse_bad_input(policy, asked)
    try:
        with transaction.atomic():
            return _opened_before(key, policy, at) or _decide_and_open(asked, version, policy)
    except IntegrityError:
        with transaction.atomic():
            earlier = _opened_before(key, policy, at)
        if earlier is None:
            raise
        return earlier


def _decide_and_open(asked: _Asked, version: PolicyVersion, policy: Policy) -> Opening:
    at, company = asked.at, _company_of(asked.requester)
    stated = _stated(policy, asked.topic, [*asked.situations, *([EMERGENCY] if asked.emergencies else [])])
    facts = Facts(
        channel=asked.channel,
        plan=plan_of(policy, asked.requester, company, at),
        priority=_urgent(policy, asked) or asked.priority,
        topic=asked.topic,
        text=f"{asked.summary}\n{asked.body}",
        situations=situations_at(company, stated, at),
        stranger=stranger_of(policy, asked.requester, at, by=asked.by),
        received_on=asked.origin.received_on,
    )
    decision = decide(policy, facts)
    if not decision.accepted:
        return Opening(decision, contact=_note_contact(asked, company, decision))
    missing = missing_fields(policy, asked.topic, asked.fields)
    lacks = _named(missing, asked.requester.language) if _waits(policy, decision) else ""
    decision, team = tongues.routed(policy, decision, asked.requester.language)
    ticket = _write(asked, company, version, decision, situations=stated, missing=lacks, team=team)
    message = _keep_words(ticket, asked)
    _copy(ticket, asked.copies)
    start_clocks(ticket, policy, decision, at, adequate=not missing)
    _record_opening(ticket, decision, asked.by, at, message)
    calls.route(ticket, policy, at)
    if asked.origin.may_answer:
        _tell_opening(ticket, policy, decision, missing, at, asked.origin)
        tell_of_masks(asked.mask, ticket, message, asked.by or asked.requester, at)
    if is_emergency(ticket):
        duty.follow(ticket, policy, at, by=asked.by or asked.requester, conditions=asked.emergencies)
    return Opening(decision, ticket=ticket)


def _refuse_bad_input(policy: Policy, asked: _Asked) -> None:
    errors: dict[str, Any] = {}
    if not asked.summary:
        errors["summary"] = _("Say in a few words what it is about.")
    if len(asked.summary) > 200:
        errors["summary"] = _("Keep the summary under 200 characters; the description has room.")
    if not asked.body:
        errors["body"] = _("Describe what happened.")
    if asked.topic and policy.topic(asked.topic) is None:
        errors["topic"] = _("This topic is not offered any more: choose another.")
    if asked.priority and policy.priority(asked.priority) is None:
        errors["priority"] = _("This priority is not offered any more: choose another.")
    if set(asked.emergencies) - {each.key for each in policy.emergencies}:
        errors["emergencies"] = _("This is not on the list of emergencies any more: look at it again.")
    refused = attachments.check(asked.files, policy, asked.topic)
    if refused:
        errors["files"] = refused
    if errors:
        raise ValidationError(errors)


def _opened_before(key: str | None, policy: Policy, at: datetime) -> Opening | None:
    """What an earlier request with the same key led to."""
    if key is None:
        return None
    message = Message.objects.filter(key=key).select_related("ticket__company", "ticket__requester").first()
    if message is not None:
        ticket = message.ticket
        facts = Facts(channel=ticket.channel, plan=ticket.plan, priority=ticket.priority, topic=ticket.topic,
                      text=f"{ticket.summary}\n{message.body}", situations=frozenset(ticket.situations))  # fmt: skip
        return Opening(decide(policy, facts), ticket=ticket)
    contact = Contact.objects.filter(key=key).first()
    if contact is not None:
        stranger = {"purchases": "unregistered", "invited": "pending"}.get(policy.who_may_ask, "")
        stranger = stranger if contact.outcome == "not_a_customer" else ""
        facts = Facts(channel=contact.channel, text=f"{contact.summary}\n{contact.body}", stranger=stranger)
        return Opening(replace(decide(policy, facts), accepted=False), contact=contact)
    return None


def _company_of(person: User) -> Company | None:
    membership = OF_PERSON.first(person=person.pk)
    return membership.company if membership else None


OF_PERSON = Compiled(
    lambda: Membership.objects.select_related("company__account_manager").filter(person_id=Given("person"))
)


def _stated(policy: Policy, topic: str, situations: Iterable[str]) -> list[str]:
    chosen = policy.topic(topic)
    by_topic = {chosen.situation} if chosen and chosen.situation else set()
    return sorted({*situations, *by_topic})


def _urgent(policy: Policy, asked: _Asked) -> str:
    """An emergency is most urgent: what was ticked always, what an agent says unless they chose another priority."""
    is_stated = EMERGENCY in asked.situations and not asked.priority and policy.knows_emergencies
    return policy.priorities[0].key if policy.priorities and (asked.emergencies or is_stated) else ""


def _told(policy: Policy, channel: str, by: User | None, text: str) -> tuple[str, ...]:
    """What the customer's own words say of the checklist, where they could not tick it."""
    return emergencies_in(policy, text) if by is None and channel in UNTICKED else ()


def missing_fields(policy: Policy, topic: str, fields: Mapping[str, Any]) -> list[Field]:
    """The topic's required fields that were left empty: such a request is not adequate yet (ZM05)."""
    chosen = policy.topic(topic)
    return (
        [f for f in chosen.fields if f.required and not str(fields.get(f.key, "")).strip()] if chosen else []
    )


def _waits(policy: Policy, decision: Decision) -> bool:
    """Whether a promised clock starts only when the request is adequate."""
    return decision.sla and any(promises.waits_for_completion(policy, p.metric) for p in decision.promises)


def _named(fields: Iterable[Field], language: str) -> str:
    return "; ".join(say(field.label, language) for field in fields)


def _note_contact(asked: _Asked, company: Company | None, decision: Decision) -> Contact:
    """No ticket, no clock (ZP01, SL04): the contact is noted, and the sender pointed to the right door if the policy says so."""
    is_answered = decision.answer and asked.origin.may_answer and not _answered_lately(asked)
    contact = Contact.objects.create(
        at=asked.at, channel=asked.channel, address=asked.origin.sender_address or asked.requester.email,
        summary=asked.summary, body=asked.body, outcome=decision.outcome, because=list(decision.because),
        answered=is_answered, key=asked.key, rule=decision.rule, topic=asked.topic, company=company,
    )  # fmt: skip
    if is_answered:
        tell_person(
            asked.requester,
            way_back(asked.origin.sender_address, asked.origin.received_on, asked.channel),
            kind="contact_declined",
            key=f"contact:{contact.pk}",
            words={
                "summary": asked.summary if asked.origin.names_subject else "…",
                "reason": decision.told or decision.pointer,
            },
            at=asked.at,
            links={"portal_url": {"path": "/"}},
        )
    announce_contact(contact)
    return contact


def _answered_lately(asked: _Asked) -> bool:
    """A number that was pointed elsewhere is not pointed there again for an hour: people write in many short messages."""
    if not asked.origin.sender_address.startswith("+"):
        return False
    return Contact.objects.filter(
        address=asked.origin.sender_address, answered=True, at__gt=asked.at - timedelta(hours=1)
    ).exists()


def _write(
    asked: _Asked, company: Company | None, version: PolicyVersion, decision: Decision, **found: Any
) -> Ticket:
    requester = asked.requester
    return Ticket.objects.create(
        number=next_number(),
        requester=requester,
        company=company,
        summary=asked.summary,
        channel=asked.channel,
        sender_address=asked.origin.sender_address,
        received_on=asked.origin.received_on,
        plan=decision.plan,
        priority=decision.priority,
        topic=asked.topic,
        module=asked.module,
        fields=dict(asked.fields),
        follows=asked.follows,
        language=requester.language,
        policy_version=version,
        outcome=decision.outcome,
        scope_rule=decision.rule,
        because=list(decision.because),
        sentence=decision.told,
        opened_at=asked.at,
        updated_at=asked.at,
        last_word=asked.summary[:160],
        last_word_by="customer",
        **found,
    )


def _keep_words(ticket: Ticket, asked: _Asked) -> Message:
    message = Message.objects.create(
        ticket=ticket, author=asked.requester, by_customer=True, body=asked.body, at=asked.at, key=asked.key,
        channel=asked.channel, quoted=asked.origin.quoted, html=asked.origin.html,
    )  # fmt: skip
    attachments.keep(message, asked.files)
    return message


def next_number() -> int:
    """The next number of this tenant. The counter's row stays locked until the commit: numbers have no gaps."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO tickets_counter (id, last_number) VALUES (1, 1)
               ON CONFLICT (id) DO UPDATE SET last_number = tickets_counter.last_number + 1 RETURNING last_number"""
        )
        return int(cursor.fetchone()[0])


def _copy(ticket: Ticket, addresses: Iterable[str]) -> None:
    wanted = {address.strip().lower() for address in addresses} - {"", ticket.requester.email.lower()}
    if wanted:
        people = {person.email: person for person in User.objects.filter(email__in=wanted, is_active=True)}
        Participant.objects.bulk_create(
            [Participant(ticket=ticket, address=a, person=people.get(a)) for a in sorted(wanted)]
        )


def start_clocks(ticket: Ticket, policy: Policy, decision: Decision, at: datetime, *, adequate: bool) -> None:
    """Start what was promised; what waits for an adequate request (ZM05) starts when it is one."""
    ticket.adequate_at = at if adequate else None
    wanted = [promises.as_promise(p) for p in (*decision.promises, *decision.situational)]
    rows = deadlines.start(
        ticket.pk,
        [
            promise
            for promise in wanted
            if promise.metric in promises.AT_OPENING
            and (adequate or not promises.waits_for_completion(policy, promise.metric))
        ],
        at,
    )
    promises.cache(ticket, rows)
    ticket.save(update_fields=["adequate_at", "due_at", "due_metric", "clock_state"])


def _record_opening(
    ticket: Ticket, decision: Decision, by: User | None, at: datetime, message: Message
) -> None:
    data = {"channel": ticket.channel, "priority": ticket.priority, "version": ticket.policy_version.number}
    events = [
        Event(ticket=ticket, kind="opened", at=at, actor=by or ticket.requester, is_public=True, data=data)
    ]
    decided = {"outcome": decision.outcome, "rule": decision.rule, "because": list(decision.because)}
    events.append(Event(ticket=ticket, kind="decided", at=at, is_public=not decision.sla, data=decided))
    Event.objects.bulk_create(events)
    announce_event(ticket, events[0], message)


def _tell_opening(
    ticket: Ticket,
    policy: Policy,
    decision: Decision,
    missing: Sequence[Field],
    at: datetime,
    origin: Origin = TYPED_HERE,
) -> None:
    named = {} if origin.names_subject else {"summary": _("from your message")}
    scope: Any = decision.told
    if origin.remark:
        scope = f"{say(decision.told, ticket.language)}\n\n{origin.remark}".strip()
    promise = promise_words(ticket, policy)
    offer, offer_link = night.offer_words(ticket, policy, at)
    tell_customers(ticket, "ticket_opened", "opened", at, scope=scope, promise=promise, for_requester=offer_link,
                   **named, **offer)  # fmt: skip
    if ticket.missing:
        said = {language: _named(missing, language) for language in spoken_by(policy)}
        tell_customers(ticket, "request_incomplete", "opened", at, missing=said)
