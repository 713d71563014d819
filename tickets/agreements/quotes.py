"""A quote from its wish to its end: wanted, sent, accepted or declined, lapsed or withdrawn; paid and begun after that.

What holds: a quote has one answer; it is given by somebody who may, before its end, and kept as it was given, for ever. The
ticket is locked first, then the quote: of two answers the second finds the first. While a quote is open, the customer's
silence closes nothing (S14).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from policies.document import Policy
from tenants.people.models import User
from tenants.wakeups import wake
from tickets.agreements import rights, trying
from tickets.agreements.models import Answer, Meeting, Quote, QuoteReader, Trial
from tickets.agreements.telling import in_languages, lasting, money, tell_ours, tell_readers
from tickets.duty.facts import is_emergency
from tickets.lifecycle.secrets import Mask
from tickets.lifecycle.steps import (
    Status,
    end_silence,
    go_on,
    locked,
    need,
    policy_of,
    refuse_unless,
    running,
    save,
    start_silence,
)
from tickets.models import Ticket
from tickets.timeline import record

Kind, State, What = Quote.Kind, Quote.State, Trial.What
PURPOSE = "quote"
LONGEST = 60 * 1000  # minutes of one quote
DEAREST = 10**9  # hundredths an hour
FARTHEST = timedelta(days=366)  # ahead


def want(
    ticket: Ticket,
    *,
    kind: str,
    by: User | None,
    at: datetime,
    wish: str = "",
    meeting: Meeting | None = None,
) -> Quote:
    """Ask the account manager to write one. Asked twice while it is open, it is the same one."""
    with transaction.atomic():
        ticket = locked(ticket)
        return wanted(ticket, policy_of(ticket), kind, by, at, wish, meeting)


def wanted(
    ticket: Ticket,
    policy: Policy,
    kind: str,
    by: User | None,
    at: datetime,
    wish: str,
    meeting: Meeting | None = None,
) -> Quote:
    """The same, the ticket being locked."""
    open_one = Quote.objects.filter(ticket=ticket, kind=kind, state__in=Quote.OPEN).first()
    if open_one is not None:
        return open_one
    refuse_unless(ticket.is_unresolved, "kind", _("The ticket is resolved: reopen it first."))
    wish = Mask.under(policy).text(wish.strip())
    quote = Quote.objects.create(
        ticket=ticket,
        company=ticket.company,
        meeting=meeting,
        kind=kind,
        wish=wish,
        wanted_by=by,
        wanted_at=at,
    )
    end_silence(running(ticket), at, "quoting")
    save(ticket, at)
    record(ticket, "quote_wanted", at, by, public=True, work=kind, quote=quote.pk)
    tell_ours(
        ticket, ["account_manager"], "quote_wanted", str(quote.pk), at, but=by, author=str(by or ""),
        work=in_languages(Kind(kind).label), message=wish, links=desk_link(quote),
    )  # fmt: skip
    return quote


def send(
    quote: Quote,
    *,
    by: User,
    at: datetime,
    minutes: int,
    rate: int,
    text: str,
    valid_until: datetime | None = None,
) -> Quote:
    """Write it and send it to who may answer, and to who asked."""
    with transaction.atomic():
        ticket, quote = _locked(quote)
        policy, people = policy_of(ticket), rights.deciders(ticket)
        end = valid_until or at + policy.quote_valid
        _refuse_others(by, quote)
        _refuse_hindered(ticket, quote)
        _refuse_unsendable(quote, policy, people, minutes, rate)
        _refuse_moment(end, policy, at)
        text = Mask.under(policy).text(
            need(text, "text", _("Write what will be done: the customer accepts this text."))
        )
        quote.state, quote.text, quote.minutes, quote.rate = State.SENT, text, minutes, rate
        quote.currency, quote.valid_until, quote.sent_by, quote.sent_at = policy.currency, end, by, at
        quote.save()
        wake("agreement", end)
        record(ticket, "quote_sent", at, by, public=True, **facts(quote))
        readers = _readers(quote, people)
        tell_readers(
            quote,
            readers,
            "quote_sent",
            str(quote.pk),
            at,
            author=by.name,
            valid_until=end,
            **words_of(quote),
        )
    return quote


def _refuse_unsendable(quote: Quote, policy: Policy, people: list[User], minutes: int, rate: int) -> None:
    refuse_unless(quote.state == State.WANTED, "state", _("This quote was sent already, or has ended."))
    refuse_unless(0 < minutes <= LONGEST, "minutes", _("Between one minute and a thousand hours."))
    refuse_unless(0 <= rate <= DEAREST, "rate", _("Say what an hour costs."))
    refuse_unless(bool(policy.currency), "rate", _("The policy names no currency: an admin has to enter it."))
    refuse_unless(
        bool(people), "state", _("Nobody of the company may accept it: name a manager of the company first.")
    )


def _refuse_moment(end: datetime, policy: Policy, at: datetime) -> None:
    """It is valid until a moment to come, which is not out of all measure."""
    refuse_unless(end > at, "valid_until", _("This moment is over: give one to come."))
    refuse_unless(end <= at + max(FARTHEST, policy.quote_valid), "valid_until", _("This is too far ahead."))


def answer(
    quote: Quote,
    *,
    person: User,
    accepts: bool,
    at: datetime,
    way: str,
    source: str | None = None,
    because: str = "",
) -> Answer:
    """Accept or decline, as it stands. What was accepted, by whom, when and from where is kept for ever (SL07)."""
    with transaction.atomic():
        ticket, quote = _locked(quote)
        if not rights.may_answer(person, quote):
            raise PermissionDenied(_("Somebody else of your company decides about quotes."))
        _refuse_ended(quote, at)
        if accepts:
            _refuse_hindered(ticket, quote)
        because = Mask.under(policy_of(ticket)).text(because.strip())
        given = Answer.objects.create(
            quote=quote, accepted=accepts, person=person, name=person.name, email=person.email, way=way, source=source,
            at=at, because=because, text=quote.text, minutes=quote.minutes, rate=quote.rate, currency=quote.currency,
            amount=quote.amount,
        )  # fmt: skip
        quote.state, quote.ended_at = (State.ACCEPTED if accepts else State.DECLINED), at
        quote.save(update_fields=["state", "ended_at"])
        _follow(ticket, quote, at)
        kind = "quote_accepted" if accepts else "quote_declined"
        record(ticket, kind, at, person, public=True, because=because, **facts(quote))
        said = {
            "author": person.name or person.email,
            "because": because,
            "answered_at": at,
            **words_of(quote),
        }
        tell_ours(
            ticket,
            ["account_manager", "owner", "team"],
            kind,
            str(quote.pk),
            at,
            links=desk_link(quote),
            **said,
        )
        tell_readers(quote, _readers(quote, rights.deciders(ticket)), kind, str(quote.pk), at, **said)
    return given


def _refuse_ended(quote: Quote, at: datetime) -> None:
    if quote.state in (State.ACCEPTED, State.DECLINED):
        earlier = quote.answer
        said = {"name": earlier.name or earlier.email, "when": written(earlier.at)}
        words = (
            _("%(name)s has accepted it already, %(when)s.")
            if earlier.accepted
            else _("%(name)s has declined it, %(when)s.")
        )
        raise ValidationError({"state": words % said})
    refuse_unless(quote.state != State.WITHDRAWN, "state", _("We have withdrawn this quote."))
    refuse_unless(quote.state != State.WANTED, "state", _("This quote is still being written."))
    is_valid = quote.state == State.SENT and quote.valid_until is not None and at < quote.valid_until
    refuse_unless(is_valid, "state", _("This quote is no longer valid. Ask for a new one."))


def hindrance(ticket: Ticket, quote: Quote) -> str:
    """Why nobody may buy it now, "" where nothing hinders: the ticket has ended, or has become an emergency, which is free
    and which nobody pays for by mistake (SL06)."""
    if ticket.merged_into_id is not None and ticket.merged_into is not None:
        return _("It goes on in ticket #%(number)s: both were about the same.") % {
            "number": ticket.merged_into.number
        }
    if ticket.status == Status.CLOSED:
        return _("The request is closed.")
    if not ticket.is_unresolved:
        return _("The ticket is resolved: reopen it first.")
    if quote.kind == Kind.NIGHT_WORK and is_emergency(ticket):
        return _("There is nothing to pay for now: we are open, or this is attended anyway.")
    return ""


def _refuse_hindered(ticket: Ticket, quote: Quote) -> None:
    why = hindrance(ticket, quote)
    refuse_unless(not why, "state", why)


def _follow(ticket: Ticket, quote: Quote, at: datetime) -> None:
    """What an answer means for the ticket: the customer has spoken, and what was bought may begin."""
    from tickets.agreements import meetings, night

    if ticket.status == Status.PENDING and quote.state == State.ACCEPTED:
        ticket.status = Status.OPEN
        go_on(ticket, at)
    if quote.state == State.ACCEPTED and quote.kind == Kind.NIGHT_WORK:
        night.authorise(ticket, at)
    if quote.meeting_id is not None:
        meetings.quote_ended(quote, at)
    _silence_again(ticket, at)
    save(ticket, at)


def _silence_again(ticket: Ticket, at: datetime) -> None:
    """No quote is open any more: a ticket that waits for its customer is timed from now on."""
    if ticket.status == Status.PENDING and not is_open(ticket):
        ticket.waiting_since = max(at, ticket.waiting_since or at)
        start_silence(ticket, policy_of(ticket))


def withdraw(quote: Quote, *, by: User, at: datetime) -> None:
    """Taken back, written or not."""
    with transaction.atomic():
        ticket, quote = _locked(quote)
        _refuse_others(by, quote)
        refuse_unless(quote.state in Quote.OPEN, "state", _("This quote has ended already."))
        _withdraw(ticket, quote, by, at)


def withdraw_with(meeting: Meeting, ticket: Ticket, by: User, at: datetime) -> None:
    """The meeting was called off: nobody pays for it any more. The ticket is locked."""
    for quote in Quote.objects.select_for_update().filter(meeting=meeting, state__in=Quote.OPEN):
        quote.ticket = ticket
        _withdraw(ticket, quote, by, at)


def _withdraw(ticket: Ticket, quote: Quote, by: User, at: datetime) -> None:
    was_sent = quote.state == State.SENT
    quote.state, quote.ended_at = State.WITHDRAWN, at
    quote.save(update_fields=["state", "ended_at"])
    _follow(ticket, quote, at)
    record(ticket, "quote_withdrawn", at, by, public=True, work=quote.kind, quote=quote.pk)
    if was_sent:
        tell_readers(quote, quote.readers.select_related("person"), "quote_ended", f"withdrawn:{quote.pk}", at,
                     **words_of(quote))  # fmt: skip


def lapse_due(now: datetime, limit: int = 100) -> int:
    """End the quotes whose time is over, each in its own transaction: one that cannot be ended holds up no other. How many."""
    over = _over(now).order_by("valid_until")[:limit]
    return sum(trying.attempt(What.QUOTE, quote.pk, now, partial(_lapse, quote, now)) for quote in over)


def _over(now: datetime) -> QuerySet[Quote]:
    held = trying.held(What.QUOTE, now)
    return Quote.objects.filter(state=State.SENT, valid_until__lte=now).exclude(pk__in=held)


def _lapse(quote: Quote, now: datetime) -> bool:
    with transaction.atomic():
        ticket, quote = _locked(quote)
        if quote.state != State.SENT or quote.valid_until is None or quote.valid_until > now:
            return False  # answered meanwhile
        at = quote.valid_until
        quote.state, quote.ended_at = State.LAPSED, at
        quote.save(update_fields=["state", "ended_at"])
        _follow(ticket, quote, now)
        record(ticket, "quote_lapsed", at, public=True, **facts(quote))
        said = {"valid_until": at, **words_of(quote)}
        tell_ours(
            ticket, ["account_manager"], "quote_ended", str(quote.pk), now, links=desk_link(quote), **said
        )
        tell_readers(quote, quote.readers.select_related("person"), "quote_ended", str(quote.pk), now, **said)
    return True


def look_again(now: datetime) -> None:
    """A hint for the next quote that lapses, where one was forgotten, and for those that one round did not reach."""
    coming = Quote.objects.filter(state=State.SENT, valid_until__gt=now)
    if (soonest := coming.aggregate(at=Min("valid_until"))["at"]) is not None:
        wake("agreement", soonest)
    if _over(now).exists():
        wake("agreement", now)


def mark_paid(quote: Quote, *, by: User, at: datetime, payment: str) -> None:
    """The money is there, by this reference (SL10)."""
    with transaction.atomic():
        ticket, quote = _locked(quote)
        _refuse_others(by, quote)
        refuse_unless(quote.state == State.ACCEPTED, "payment", _("Only an accepted quote can be paid."))
        refuse_unless(quote.paid_at is None, "payment", _("It is marked as paid already."))
        quote.payment = need(payment, "payment", _("Give the reference of the payment."))[:200]
        quote.paid_by, quote.paid_at = by, at
        quote.save(update_fields=["paid_by", "paid_at", "payment"])
        from tickets.agreements import meetings

        if quote.meeting_id is not None:
            meetings.quote_ended(quote, at)
        record(
            ticket,
            "quote_paid",
            at,
            by,
            public=True,
            work=quote.kind,
            quote=quote.pk,
            reference=quote.payment,
        )


# --- reading ----------------------------------------------------------------------------------------------------------


def is_open(ticket: Ticket) -> bool:
    return Quote.objects.filter(ticket=ticket, state__in=Quote.OPEN).exists()


def reader_of(token: str, at: datetime) -> QuoteReader | None:
    """Whose link this is, as long as they may read the quote; None for a forged, foreign or expired one."""
    from tenants import links

    row = links.read(token, PURPOSE, at)
    rows = QuoteReader.objects.select_related(
        "person", "quote__ticket__requester", "quote__ticket__company", "quote__ticket__policy_version"
    )
    reader = rows.filter(pk=row).first() if row is not None else None
    if reader is None or not reader.person.is_active or not rights.may_read(reader.person, reader.quote):
        return None
    return reader


def written(at: datetime) -> str:
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT")


def default_end(quote: Quote, policy: Policy, at: datetime) -> datetime:
    """Work out of hours makes sense until the next opening; everything else as long as the policy says."""
    from tickets.agreements import night

    opening = night.next_opening(policy, at) if quote.kind == Kind.NIGHT_WORK else None
    return (
        opening if opening is not None and opening > at + timedelta(minutes=15) else at + policy.quote_valid
    )


def facts(quote: Quote) -> dict[str, object]:
    """For the timeline."""
    return {
        "work": quote.kind, "quote": quote.pk, "minutes": quote.minutes, "amount": quote.amount,
        "currency": quote.currency, "valid_until": quote.valid_until.isoformat() if quote.valid_until else "",
    }  # fmt: skip


def words_of(quote: Quote) -> dict[str, object]:
    """For notices."""
    if quote.minutes is None:
        return {"work": in_languages(Kind(quote.kind).label)}
    return {
        "work": in_languages(Kind(quote.kind).label), "message": quote.text, "hours": lasting(quote.minutes),
        "rate": money(quote.rate or 0, quote.currency), "amount": money(quote.amount, quote.currency),
    }  # fmt: skip


def desk_link(quote: Quote) -> dict[str, dict[str, str]]:
    return {"quote_url": {"path": f"/desk/quotes/{quote.pk}/"}}


# --- steps ------------------------------------------------------------------------------------------------------------


def _locked(quote: Quote) -> tuple[Ticket, Quote]:
    ticket = locked(quote.ticket)
    row = Quote.objects.select_for_update(of=("self",)).select_related("meeting", "sent_by").get(pk=quote.pk)
    row.ticket = ticket
    return ticket, row


def _readers(quote: Quote, people: list[User]) -> list[QuoteReader]:
    """A link for each of them, and for whoever asked."""
    ticket = quote.ticket
    also = [ticket.requester] if rights.belongs(ticket.requester, ticket) else []
    wanted = {person.pk: person for person in (*people, *also)}
    QuoteReader.objects.bulk_create(
        [QuoteReader(quote=quote, person=person) for person in wanted.values()], ignore_conflicts=True
    )
    return list(quote.readers.filter(person__in=wanted).select_related("person").order_by("pk"))


def _refuse_others(by: User, quote: Quote) -> None:
    if not rights.may_quote(by, quote.ticket.company):
        raise PermissionDenied(_("Quotes of this company are its account manager's."))
