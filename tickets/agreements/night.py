"""Work out of hours (SL07): what is no emergency waits for the next opening, or is quoted, accepted, and only then begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from policies.document import Policy
from sla.business_time import BusinessHours
from sla.calendars import hours_at
from tenants.people.models import User
from tenants.wakeups import wake
from tickets.agreements import quotes, trying
from tickets.agreements.models import Quote, Trial
from tickets.agreements.telling import in_languages, money
from tickets.duty.facts import is_emergency
from tickets.facts import facts_of
from tickets.lifecycle.steps import Status, locked, policy_of, refuse_unless, save
from tickets.models import Ticket
from tickets.timeline import record

NIGHT = "night_work"
SERVED = ("in_scope", "no_sla")


@dataclass(frozen=True, slots=True)
class Offer:
    """Two ways: wait until `opens_at` (None: no opening is in sight), or have it worked on now at `rate` an hour."""

    opens_at: datetime | None
    rate: int
    currency: str


def offer_of(ticket: Ticket, policy: Policy, at: datetime) -> Offer | None:
    """None in opening hours, for what is attended at any hour anyway, and where it was asked for already."""
    if not policy.night_rate or ticket.outcome not in SERVED or not ticket.is_unresolved:
        return None
    if is_open(policy, at) or is_attended(ticket, policy, at):
        return None
    standing = Quote.objects.filter(ticket=ticket, kind=NIGHT, state__in=(*Quote.OPEN, Quote.State.ACCEPTED))
    if any(quote.state in Quote.OPEN or authorises(quote, policy, at) for quote in standing):
        return None
    return Offer(next_opening(policy, at), policy.night_rate, policy.currency)


def is_attended(ticket: Ticket, policy: Policy, at: datetime) -> bool:
    """An emergency is free (SL06); so is whatever else the policy promises by the clock, such as a running auction's (SL02)."""
    if is_emergency(ticket):
        return True
    promised = {target.situation for target in policy.targets} - {"", NIGHT}
    return bool(facts_of(ticket, at).situations & promised)


def ask(ticket: Ticket, *, by: User, at: datetime, wish: str = "") -> Quote:
    """The customer would rather not wait. This costs nothing: the quote has to be accepted first."""
    with transaction.atomic():
        ticket = locked(ticket)
        policy = policy_of(ticket)
        there = Quote.objects.filter(ticket=ticket, kind=NIGHT, state__in=Quote.OPEN).first()
        if there is not None:
            return there
        offered = offer_of(ticket, policy, at) is not None
        refuse_unless(
            offered, "wish", _("There is nothing to pay for now: we are open, or this is attended anyway.")
        )
        return quotes.wanted(ticket, policy, NIGHT, by, at, wish)


def authorise(ticket: Ticket, at: datetime) -> None:
    """The customer has accepted: what the policy promises for such work counts from now on. The ticket is locked."""
    from tickets.lifecycle.routing import redecide

    policy = policy_of(ticket)
    ticket.situations = sorted({*ticket.situations, NIGHT})
    redecide(ticket, policy, at)
    if (over_at := night_after(policy, at)) is not None:
        wake("agreement", over_at)


def authorises(quote: Quote, policy: Policy, at: datetime) -> bool:
    """Whether work may be done on it: of the night for which it was accepted, and of no other."""
    if quote.state != Quote.State.ACCEPTED or quote.ended_at is None:
        return False
    over_at = night_after(policy, quote.ended_at)
    return over_at is None or at < over_at


def night_after(policy: Policy, accepted_at: datetime) -> datetime | None:
    """When the night is over for which a quote was accepted: at the next opening. None: no opening is in sight."""
    found = hours(policy, accepted_at)
    if found is None:
        return None
    begins = found.next_closing(accepted_at) if found.is_open(accepted_at) else accepted_at
    return found.next_opening(begins) if begins is not None else None


def end_due(now: datetime, limit: int = 100) -> int:
    """We have opened: what was promised for authorised nights holds no longer. How many tickets; each for itself."""
    what = Trial.What.NIGHT
    rows = authorised_tickets().exclude(pk__in=trying.held(what, now))[:limit]
    return sum(trying.attempt(what, ticket.pk, now, partial(_end, ticket, now)) for ticket in rows)


def _end(ticket: Ticket, now: datetime) -> bool:
    from tickets.lifecycle.routing import state_situation

    if _is_authorised(ticket, now):
        return False
    state_situation(ticket, by=None, at=now, situation=NIGHT, holds=False)
    return True


def look_again(now: datetime) -> None:
    """A hint for authorised nights, where one was forgotten."""
    if authorised_tickets().exists():
        wake("agreement", now)


def authorised_tickets() -> QuerySet[Ticket]:
    rows = Ticket.objects.filter(status__in=Ticket.UNRESOLVED, situations__contains=[NIGHT])
    return rows.select_related("policy_version").order_by("pk")


def _is_authorised(ticket: Ticket, now: datetime) -> bool:
    quote = (
        Quote.objects.filter(ticket=ticket, kind=NIGHT, state=Quote.State.ACCEPTED).order_by("-pk").first()
    )
    return quote is not None and authorises(quote, policy_of(ticket), now)


def begin(ticket: Ticket, *, by: User, at: datetime) -> Quote:
    """An agent starts to work out of hours. Refused, with the reason, before the customer has authorised it."""
    with transaction.atomic():
        ticket = locked(ticket)
        policy = policy_of(ticket)
        refuse_unless(ticket.is_unresolved, "work", _("The ticket is resolved: reopen it first."))
        needed = bool(policy.night_rate) and not is_open(policy, at) and not is_attended(ticket, policy, at)
        refuse_unless(needed, "work", _("This needs no authorisation now: just do it."))
        quote = Quote.objects.select_for_update().filter(ticket=ticket, kind=NIGHT).order_by("-pk").first()
        refuse_unless(quote is not None and authorises(quote, policy, at), "work", why_not(quote))
        if quote.begun_at is None:
            quote.begun_by, quote.begun_at = by, at
            quote.save(update_fields=["begun_by", "begun_at"])
            ticket.owner = ticket.owner or by
            ticket.status = Status.OPEN if ticket.status == Status.NEW else ticket.status
            save(ticket, at)
            record(ticket, "night_work_begun", at, by, public=True, quote=quote.pk)
    return quote


def why_not(quote: Quote | None) -> str:
    """Why nobody may begin yet."""
    state = quote.state if quote else None
    if state == Quote.State.WANTED:
        return _("The customer asked for work now, and the account manager has not quoted it yet.")
    if state == Quote.State.SENT:
        return _("The customer has not accepted the quote yet.")
    if state == Quote.State.DECLINED:
        return _("The customer declined the quote: it waits for the next opening.")
    if state == Quote.State.LAPSED:
        return _("The quote has lapsed without an answer: it waits for the next opening.")
    if state == Quote.State.ACCEPTED:
        return _(
            "What the customer accepted was for an earlier night: it waits for the next opening, or for another quote."
        )
    return _(
        "Out of hours we work only when the customer has accepted a quote: nobody asked for one. It waits for the next opening."
    )


def stands(ticket: Ticket, policy: Policy, at: datetime) -> dict[str, object] | None:
    """For the desk: whether work may begin now, and why not; None where nothing has to be authorised."""
    if (
        not policy.night_rate
        or not ticket.is_unresolved
        or is_open(policy, at)
        or is_attended(ticket, policy, at)
    ):
        return None
    quote = Quote.objects.filter(ticket=ticket, kind=NIGHT).order_by("-pk").first()
    may = quote is not None and authorises(quote, policy, at)
    return {
        "may": may,
        "begun": quote.begun_at if may and quote else None,
        "why": "" if may else why_not(quote),
    }


# --- hours ------------------------------------------------------------------------------------------------------------


def hours(policy: Policy, at: datetime) -> BusinessHours | None:
    key = policy.emergency_calendar or (policy.calendars[0].key if policy.calendars else "")
    return hours_at(key, at) if key else None


def is_open(policy: Policy, at: datetime) -> bool:
    """Without a calendar it is always open: there is no night then."""
    found = hours(policy, at)
    return found is None or found.is_open(at)


def next_opening(policy: Policy, at: datetime) -> datetime | None:
    found = hours(policy, at)
    return found.next_opening(at) if found else None


# --- the confirmation -------------------------------------------------------------------------------------------------


def offer_words(
    ticket: Ticket, policy: Policy, at: datetime
) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    """(words, links for the requester) of the notice that confirms a request; empty where nothing is offered."""
    offer = offer_of(ticket, policy, at)
    if offer is None:
        return {}, {}
    link = {"purpose": "guest", "row": ticket.pk, "path": "/t/{token}/night-work/", "days": 14}
    return {"opens_at": offer.opens_at or "", "rate": money(offer.rate, offer.currency)}, {"night_url": link}


__all__ = [
    "Offer",
    "ask",
    "authorise",
    "begin",
    "in_languages",
    "is_open",
    "offer_of",
    "offer_words",
    "stands",
]
