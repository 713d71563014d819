"""Meetings and trainings: asked for ahead, decided by a supervisor, or quoted and accepted; only then scheduled (SL09, SL10).

    meeting of a plan with meetings, training within the hours   requested -> scheduled, or refused
    refused and insisted; a plan without meetings                quoted (consulting) -> accepted: agreed -> scheduled
    training beyond the hours                                    quoted (training) -> accepted and paid: agreed -> scheduled

The ticket is locked first, then the meeting.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from notifications import outbox
from notifications.outbox import Recipient
from policies.document import Policy
from policies.publishing import policy_of as policy_in
from policies.publishing import version_in_force
from tenants import links as signed
from tenants.customers.models import Company, Desk
from tenants.people.models import User
from tickets.agreements import budgets, quotes, rights
from tickets.agreements.invitations import ATTACHED, ATTACHED_ANEW, Invitation, as_text
from tickets.agreements.models import Meeting, Quote
from tickets.agreements.quotes import written
from tickets.agreements.telling import about, in_languages, lasting, ours_of, tell_ours
from tickets.audience import customers_of, over, staff_of
from tickets.intake.ways import way_to_requester
from tickets.lifecycle.secrets import Mask
from tickets.lifecycle.steps import locked, need, policy_of, refuse_unless, save
from tickets.models import Ticket
from tickets.timeline import record

Kind, State = Meeting.Kind, Meeting.State
PURPOSE = "meeting"
LONGEST = 8 * 60  # minutes


def ask(
    *,
    requester: User,
    kind: str,
    summary: str,
    agenda: str,
    wished_at: datetime,
    minutes: int,
    at: datetime,
    by: User | None = None,
    channel: str = "portal",
    key: str | None = None,
) -> Meeting:
    """A customer asks for one: it is a ticket, too, under the policy's topic for it. A form sent twice asks once."""
    from tickets.lifecycle.opening import open_ticket

    if key and (earlier := Meeting.objects.filter(key=key).first()):
        return earlier
    policy = policy_in(version_in_force(at))
    _refuse_bad(policy, agenda, wished_at, minutes, at)
    topic = policy.topic(policy.training_topic if kind == Kind.TRAINING else policy.meeting_topic)
    known = {field.key for field in topic.fields} if topic else set()
    answers = {"agenda": agenda, "wanted_at": wished_at.isoformat()}
    with transaction.atomic():
        opening = open_ticket(
            requester=requester, summary=summary, body=agenda, at=at, channel=channel, topic=topic.key if topic else "",
            fields={name: value for name, value in answers.items() if name in known}, by=by, key=key,
        )  # fmt: skip
        if opening.ticket is None:
            from policies.document import say

            told = say(opening.decision.pointer or opening.decision.sentence, requester.language)
            raise ValidationError({"summary": told or _("This is not offered to you: ask in a request.")})
        if key and (earlier := Meeting.objects.filter(key=key).first()):
            return earlier  # the same form, a moment ago
        return _asked(opening.ticket, policy, kind, agenda, wished_at, minutes, by or requester, at, key)


def ask_on(
    ticket: Ticket, *, kind: str, agenda: str, wished_at: datetime, minutes: int, by: User, at: datetime,
    key: str | None = None,
) -> Meeting:  # fmt: skip
    """An agent on the customer's behalf, on a ticket that is there."""
    if key and (earlier := Meeting.objects.filter(key=key).first()):
        return earlier
    with transaction.atomic():
        ticket = locked(ticket)
        refuse_unless(ticket.is_unresolved, "agenda", _("The ticket is resolved: reopen it first."))
        others = Meeting.objects.filter(ticket=ticket, state__in=Meeting.OPEN).exclude(state=State.REFUSED)
        is_free = all(other.is_over(at) for other in others)
        refuse_unless(is_free, "agenda", _("This ticket has a meeting already: change that one."))
        policy = policy_in(version_in_force(at))
        _refuse_bad(policy, agenda, wished_at, minutes, at)
        return _asked(ticket, policy, kind, agenda, wished_at, minutes, by, at, key)


def _refuse_bad(policy: Policy, agenda: str, wished_at: datetime, minutes: int, at: datetime) -> None:
    lead = policy.meeting_lead
    refuse_unless(lead is not None, "wished_at", _("Meetings are not asked for at this desk."))
    need(agenda, "agenda", _("Write the agenda: a supervisor decides by it."))
    earliest = at + lead if lead is not None else at
    refuse_unless(
        wished_at >= earliest,
        "wished_at",
        _("This is too soon: the earliest is %(when)s.") % {"when": written(earliest)},
    )
    refuse_unless((wished_at - at).days <= 366, "wished_at", _("This is too far ahead."))
    refuse_unless(0 < minutes <= LONGEST, "minutes", _("Between one minute and eight hours."))


def _asked(
    ticket: Ticket, policy: Policy, kind: str, agenda: str, wished_at: datetime, minutes: int, by: User, at: datetime,
    key: str | None,
) -> Meeting:  # fmt: skip
    meeting = Meeting.objects.create(
        ticket=ticket, kind=kind, agenda=Mask.under(policy).text(agenda.strip()), wished_at=wished_at, minutes=minutes,
        asked_by=by, asked_at=at, uid=f"{uuid.uuid4().hex}@{settings.BASE_DOMAIN}", key=key or None,
    )  # fmt: skip
    record(ticket, "meeting_asked", at, by, public=True, work=kind, meeting=meeting.pk)
    if _is_included(meeting, policy, at):
        said = {
            "author": str(by),
            "wished_at": wished_at,
            "hours": lasting(minutes),
            "message": meeting.agenda,
        }
        tell_ours(ticket, ["supervisors"], "meeting_asked", str(meeting.pk), at, work=_named(meeting), but=by,
                  links=desk_link(meeting), **said)  # fmt: skip
    else:
        _to_quote(meeting, policy, by, at)
    return meeting


def _is_included(meeting: Meeting, policy: Policy, at: datetime) -> bool:
    """Whether the plan covers it: then a supervisor decides, and no price is named."""
    ticket = meeting.ticket
    if meeting.kind == Kind.MEETING:
        plan = policy.plan(ticket.plan)
        return plan is None or plan.meetings
    return exceeding(meeting, policy, at) <= 0


def exceeding(meeting: Meeting, policy: Policy, at: datetime) -> int:
    """Minutes of a training beyond what the plan has left in the period in which it takes place."""
    held = budgets.standing_of(
        meeting.ticket.company, policy, "training", meeting.starts_at or meeting.wished_at, but=meeting
    )
    left = max(held.left, 0) if held is not None else 0
    return meeting.minutes - left


def _to_quote(meeting: Meeting, policy: Policy, by: User | None, at: datetime) -> Quote:
    """It has a price: the account manager is asked for a quote."""
    meeting.state = State.QUOTED
    meeting.save(update_fields=["state"])
    kind = Quote.Kind.TRAINING if meeting.kind == Kind.TRAINING else Quote.Kind.CONSULTING
    quote = quotes.wanted(meeting.ticket, policy, kind, by, at, meeting.agenda, meeting)
    if quote.meeting_id is None:  # one of this kind was open already: it is about this, too
        Quote.objects.filter(pk=quote.pk).update(meeting=meeting)
    return quote


# --- decisions --------------------------------------------------------------------------------------------------------


def schedule(meeting: Meeting, *, by: User, at: datetime, starts_at: datetime, place: str = "") -> Meeting:
    """Approve and schedule; or move what is scheduled. Both sides get the invitation, or its next version."""
    with transaction.atomic():
        ticket, meeting = _locked(meeting)
        policy = policy_of(ticket)
        _refuse_unready(meeting, by)
        refuse_unless(starts_at > at, "starts_at", _("This moment is over: give one to come."))
        refuse_unless(starts_at <= at + quotes.FARTHEST, "starts_at", _("This is too far ahead."))
        was, is_moved = meeting.state, starts_at != meeting.starts_at
        invited = meeting.decided_by if was == State.SCHEDULED else None
        if was == State.SCHEDULED:
            if (starts_at, place.strip()) == (meeting.starts_at, meeting.place):
                return meeting
            meeting.sequence += 1
        meeting.starts_at, meeting.place = starts_at, place.strip()[:300]
        if is_moved and meeting.kind == Kind.TRAINING:
            _refuse_beyond(meeting, policy, at)
        meeting.state, meeting.decided_by, meeting.decided_at = State.SCHEDULED, by, at
        meeting.save()
        save(ticket, at)
        record(ticket, "meeting_scheduled", at, by, public=True, work=meeting.kind, meeting=meeting.pk,
               starts_at=starts_at.isoformat())  # fmt: skip
        _tell_both(meeting, "meeting_scheduled", [by, invited], at)
        return meeting


def _refuse_beyond(meeting: Meeting, policy: Policy, at: datetime) -> None:
    """A training within the plan's hours of its period, whichever that is now (SL10). The company's trainings wait for each
    other: of two approvals at once the second counts the first."""
    if meeting.quotes.filter(state=Quote.State.ACCEPTED).exists():
        return  # it is paid for
    Company.objects.select_for_update(no_key=True).filter(pk=meeting.ticket.company_id).first()
    fits = exceeding(meeting, policy, at) <= 0
    refuse_unless(fits, "starts_at", _("The plan has not enough hours left then: refuse it, or quote it."))


def _refuse_unready(meeting: Meeting, by: User) -> None:
    if meeting.state == State.REQUESTED:
        if not rights.may_decide_meetings(by):
            raise PermissionDenied(_("A supervisor decides about meetings."))
        return
    if meeting.state in (State.AGREED, State.SCHEDULED):
        if not (rights.may_decide_meetings(by) or rights.may_quote(by, meeting.ticket.company)):
            raise PermissionDenied(_("A supervisor schedules meetings, or the account manager."))
        return
    refuse_unless(False, "starts_at", why_not(meeting))


def why_not(meeting: Meeting) -> str:
    """Why it may not be scheduled yet."""
    if meeting.state == State.QUOTED:
        quote = meeting.quotes.order_by("-pk").first()
        if quote is not None and quote.state == Quote.State.ACCEPTED:
            return _("The quote is accepted, but not marked as paid.")
        return _("It is scheduled only when the customer has accepted the quote.")
    if meeting.state == State.REFUSED:
        return _("It was not approved: the customer may insist, and is quoted.")
    return _("It was called off.")


def refuse(meeting: Meeting, *, by: User, at: datetime, because: str) -> None:
    because = need(because, "because", _("Say why: the customer reads it."))
    with transaction.atomic():
        ticket, meeting = _locked(meeting)
        if not rights.may_decide_meetings(by):
            raise PermissionDenied(_("A supervisor decides about meetings."))
        refuse_unless(meeting.state == State.REQUESTED, "because", _("This was decided already."))
        _set(meeting, State.REFUSED, by, at, Mask.under(policy_of(ticket)).text(because))
        record(ticket, "meeting_refused", at, by, public=True, work=meeting.kind, because=meeting.because)
        _tell_customers(meeting, "meeting_refused", at, because=meeting.because)


def insist(meeting: Meeting, *, by: User, at: datetime) -> Quote:
    """Refused, and wanted all the same: the account manager quotes consulting hours (SL09)."""
    with transaction.atomic():
        ticket, meeting = _locked(meeting)
        refuse_unless(meeting.state == State.REFUSED, "because", _("There is nothing to insist upon now."))
        record(ticket, "meeting_insisted", at, by, public=True, work=meeting.kind)
        return _to_quote(meeting, policy_of(ticket), by, at)


def cancel(meeting: Meeting, *, by: User, at: datetime, because: str = "") -> None:
    """Called off by either side; a scheduled one with an invitation that takes it out of the calendars."""
    with transaction.atomic():
        ticket, meeting = _locked(meeting)
        refuse_unless(meeting.state != State.CANCELLED, "because", _("It was called off already."))
        refuse_unless(not meeting.is_over(at), "because", _("It has taken place already."))
        was, invited = meeting.state, meeting.decided_by
        meeting.sequence += was == State.SCHEDULED
        _set(meeting, State.CANCELLED, by, at, Mask.under(policy_of(ticket)).text(because.strip()))
        record(ticket, "meeting_cancelled", at, by, public=True, work=meeting.kind, because=meeting.because)
        quotes.withdraw_with(meeting, ticket, by, at)
        people = [by, invited if was == State.SCHEDULED else None]
        _tell_both(meeting, "meeting_cancelled", people, at, was=was, because=meeting.because)


def quote_ended(quote: Quote, at: datetime) -> None:
    """Accepted (and paid, for a training): it may be scheduled. Otherwise it is as if it were refused."""
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=quote.meeting_id)
    if meeting.state != State.QUOTED:
        return
    if quote.state == Quote.State.ACCEPTED:
        if quote.kind != Quote.Kind.TRAINING or quote.paid_at is not None:
            meeting.state = State.AGREED
    elif quote.state not in Quote.OPEN:
        meeting.state = State.REFUSED
    meeting.save(update_fields=["state"])


def opened_by(token: str, at: datetime) -> Meeting | None:
    """The meeting of its requester's link."""
    row = signed.read(token, PURPOSE, at)
    rows = Meeting.objects.select_related("ticket__requester", "ticket__company", "ticket__policy_version")
    meeting = rows.filter(pk=row).first() if row is not None else None
    return meeting if meeting and rights.belongs(meeting.ticket.requester, meeting.ticket) else None


def may_act(person: User, meeting: Meeting) -> bool:
    """Of the customer's side: who asked, and who answers quotes."""
    ticket = meeting.ticket
    asked = person.pk == ticket.requester_id and rights.belongs(person, ticket)
    return asked or person.pk in {each.pk for each in rights.deciders(ticket)}


# --- telling ----------------------------------------------------------------------------------------------------------


def _tell_both(
    meeting: Meeting,
    kind: str,
    people: list[User | None],
    at: datetime,
    was: str = State.SCHEDULED,
    **more: Any,
) -> None:
    """With the invitation; what was not scheduled yet is in nobody's calendar, and concerns whoever was to decide about it.

    `people`: who does it, and who has scheduled it before, in whose calendar it stands.
    """
    audiences = ["owner", "account_manager", *(["supervisors"] if was == State.REQUESTED else [])]
    find = staff_of if was == State.SCHEDULED else ours_of
    ours = find(meeting.ticket, audiences)
    for person in people:
        if person and person.is_agent and person.is_active and all(each.person != person for each in ours):
            ours = [*ours, Recipient.of(person)]
    said = {"starts_at": meeting.starts_at or meeting.wished_at, "place": meeting.place, **more}
    if was == State.SCHEDULED:
        calendar = _calendar(meeting, ours, at, cancelled=kind == "meeting_cancelled")
        said |= {"calendar": calendar, "attached": ATTACHED_ANEW if meeting.sequence else ATTACHED}
    _tell_customers(meeting, kind, at, **said)
    ways = {"ticket_url": {"path": f"/desk/tickets/{meeting.ticket.number}/"}, **desk_link(meeting)}
    _send(meeting, ours, f"{kind}", at, ways, said)


def _tell_customers(meeting: Meeting, kind: str, at: datetime, **said: Any) -> None:
    """Everybody of the customer's side; whoever wrote by a messenger hears there. The page that acts is the requester's alone."""
    ticket, way = meeting.ticket, way_to_requester(meeting.ticket)
    page = {
        "ticket_url": {"path": f"/tickets/{ticket.number}/"},
        "meeting_url": {"path": f"/meetings/{meeting.pk}/"},
    }
    own_page = {"purpose": PURPOSE, "row": meeting.pk, "path": "/m/{token}/", "days": 90}
    for person in customers_of(ticket):
        if person.person != ticket.requester:
            _send(meeting, [person], kind, at, page, said)
        elif way is None:
            _send(meeting, [person], kind, at, page | {"meeting_url": own_page}, said)
    if way is not None:
        links = page if way.is_group else page | {"meeting_url": own_page}
        short = {name: word for name, word in said.items() if name not in ("calendar", "attached")}
        _send(meeting, [over(way, ticket.requester)], kind, at, links, short, [way.channel])


def _send(
    meeting: Meeting,
    people: list[Recipient],
    kind: str,
    at: datetime,
    ways: dict[str, Any],
    said: dict[str, Any],
    channels: list[str] | None = None,
) -> None:
    words = {"work": _named(meeting), "hours": lasting(meeting.minutes), "message": meeting.agenda}
    if people:
        outbox.tell(
            people, kind=kind, key=f"{kind}:{meeting.pk}:{meeting.sequence}:{at.isoformat()}",
            words=about(meeting.ticket) | words | said, at=at, about_id=meeting.ticket_id, links=ways,
            channels=channels,
        )  # fmt: skip


def _calendar(meeting: Meeting, ours: list[Recipient], at: datetime, *, cancelled: bool) -> str:
    desk, ticket = Desk.objects.first() or Desk(name="Support"), meeting.ticket
    people = [each for each in (*customers_of(ticket), *ours) if each.address]
    said = Invitation(
        uid=meeting.uid, sequence=meeting.sequence, summary=f"#{ticket.number} {ticket.summary}", agenda=meeting.agenda,
        place=meeting.place, starts_at=meeting.starts_at or at, ends_at=meeting.ends_at or at,
        organizer=(desk.sender_name or desk.name, desk.sender_address or settings.DEFAULT_FROM_EMAIL),
        attendees=tuple((each.person.name if each.person else "", each.address) for each in people),
    )  # fmt: skip
    return as_text(said, at, cancelled=cancelled)


def desk_link(meeting: Meeting) -> dict[str, dict[str, str]]:
    return {"meeting_url": {"path": f"/desk/meetings/{meeting.pk}/"}}


def _named(meeting: Meeting) -> dict[str, str]:
    return in_languages(Kind(meeting.kind).label)


# --- steps ------------------------------------------------------------------------------------------------------------


def _locked(meeting: Meeting) -> tuple[Ticket, Meeting]:
    ticket = locked(meeting.ticket)
    row = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    row.ticket = ticket
    return ticket, row


def _set(meeting: Meeting, state: str, by: User, at: datetime, because: str) -> None:
    meeting.state, meeting.decided_by, meeting.decided_at, meeting.because = state, by, at, because
    meeting.save(update_fields=["state", "decided_by", "decided_at", "because", "sequence"])
