"""Time entries: an agent says how long which kind of work took; a mistake is put right by a counter-entry (SL10)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from tenants.people.models import User
from tickets.agreements import rights
from tickets.agreements.models import Quote, TimeEntry
from tickets.agreements.telling import hours as worked
from tickets.lifecycle.secrets import Mask
from tickets.lifecycle.steps import locked, policy_of, refuse_unless
from tickets.models import Ticket
from tickets.timeline import record

A_DAY = 24 * 60


def enter(
    ticket: Ticket,
    *,
    kind: str,
    minutes: int,
    on: date,
    by: User,
    at: datetime,
    note: str = "",
    key: str | None = None,
) -> TimeEntry:
    """Draws on an accepted quote of this kind for the ticket as far as it goes, else on the hours of the company's plan."""
    if key and (earlier := TimeEntry.objects.filter(key=key).first()):
        return earlier
    try:
        with transaction.atomic():
            ticket = locked(ticket)
            policy = policy_of(ticket)
            refuse_unless(kind in Quote.Kind.values, "kind", _("There is no such kind of work."))
            refuse_unless(0 < minutes <= A_DAY, "minutes", _("Between one minute and a day."))
            today = at.astimezone(ZoneInfo(policy.tz)).date()
            refuse_unless(on <= today, "on", _("This day is still to come."))
            refuse_unless((today - on).days <= 366, "on", _("This day is too long ago."))
            quote = _paying(ticket, kind, minutes)
            entry = TimeEntry.objects.create(
                ticket=ticket, company=ticket.company, kind=kind, quote=quote, minutes=minutes, on=on,
                note=Mask.under(policy).text(note.strip())[:300], by=by, at=at, key=key or None,
            )  # fmt: skip
            record(ticket, "time_entered", at, by, public=True, work=kind, minutes=minutes, on=on.isoformat())
            return entry
    except IntegrityError:
        earlier = TimeEntry.objects.filter(key=key).first() if key else None
        if earlier is None:
            raise
        return earlier


def _paying(ticket: Ticket, kind: str, minutes: int) -> Quote | None:
    """The accepted quote that these minutes draw on, no more than it has left (SL07); None: the hours of the plan."""
    rows = Quote.objects.filter(ticket=ticket, kind=kind, state=Quote.State.ACCEPTED).order_by("-pk")
    accepted = [(quote, (quote.minutes or 0) - used_of(quote)) for quote in rows]
    quote, left = next(((quote, left) for quote, left in accepted if left > 0), (None, 0))
    if quote is not None:
        said = _("%(left)s are left of the accepted quote: enter those, and the rest by itself.")
        refuse_unless(minutes <= left, "minutes", said % {"left": worked(left)})
    elif kind == Quote.Kind.NIGHT_WORK:
        refuse_unless(
            bool(accepted), "kind", _("The customer has accepted no quote for work out of hours here.")
        )
        refuse_unless(
            False, "minutes", _("The accepted quote for work out of hours is used up: ask for another one.")
        )
    return quote


def used_of(quote: Quote) -> int:
    """Minutes that were entered on a quote."""
    return quote.time_entries.aggregate(sum=Sum("minutes"))["sum"] or 0


def take_back(entry: TimeEntry, *, by: User, at: datetime, note: str = "") -> TimeEntry:
    """The same with its minutes negative: both stay to be seen."""
    with transaction.atomic():
        ticket = locked(entry.ticket)
        may = by.pk == entry.by_id or rights.may_quote(by, ticket.company)
        refuse_unless(may, "entry", _("Who entered it takes it back, or the account manager."))
        refuse_unless(entry.minutes > 0, "entry", _("A correction is not corrected: enter the time anew."))
        is_new = not TimeEntry.objects.filter(corrects=entry).exists()
        refuse_unless(is_new, "entry", _("It was taken back already."))
        counter = TimeEntry.objects.create(
            ticket=ticket, company_id=entry.company_id, kind=entry.kind, quote_id=entry.quote_id, minutes=-entry.minutes,
            on=entry.on, note=note[:300], by=by, at=at, corrects=entry,
        )  # fmt: skip
        record(ticket, "time_corrected", at, by, public=True, work=entry.kind, minutes=entry.minutes)
        return counter
