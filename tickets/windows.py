"""Event windows of a company (an auction runs): entered, moved, cancelled, and enacted when their moments come (SL02, R18).

While a window is open a second clock runs beside the ordinary one; when it ends, the ordinary one alone remains.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from policies.document import Text
from sla import deadlines
from sla.models import EventWindow
from tenants.customers.models import Company
from tenants.people.models import User
from tenants.wakeups import wake
from tickets import promises
from tickets.facts import facts_of
from tickets.lifecycle.routing import due_of, tell_moved
from tickets.lifecycle.steps import locked, policy_of, running, save, start_again
from tickets.models import Ticket
from tickets.timeline import record

BEGAN: Text = {
    "pt-br": "Começou um evento agendado da sua empresa.",
    "en": "A scheduled event of your company has begun.",
    "es": "Ha empezado un evento programado de su empresa.",
    "de": "Ein geplantes Ereignis Ihrer Firma hat begonnen.",
    "ru": "Началось запланированное мероприятие Вашей компании.",
}
ENDED: Text = {  # whether it is over, was moved or was called off
    "pt-br": "O evento agendado da sua empresa não está mais em andamento.",
    "en": "The scheduled event of your company is not running any more.",
    "es": "El evento programado de su empresa ya no está en curso.",
    "de": "Das geplante Ereignis Ihrer Firma läuft nicht mehr.",
    "ru": "Запланированное мероприятие Вашей компании больше не идёт.",
}


def open_window(
    *,
    company: Company,
    kind: str,
    name: str,
    starts_at: datetime,
    ends_at: datetime,
    by: User | None,
    at: datetime,
) -> EventWindow:
    """Enter a window. It may have begun already; its open tickets are re-timed now, or when it begins."""
    _refuse_empty(starts_at, ends_at)
    with transaction.atomic():
        window = EventWindow.objects.create(
            company_key=company.reference, kind=kind, name=name, starts_at=starts_at, ends_at=ends_at
        )
        _hint(window, at)
    enact_due(at)
    return window


def move_window(
    window: EventWindow, *, starts_at: datetime, ends_at: datetime, by: User | None, at: datetime
) -> None:
    """Other moments for a window: what it did to open tickets is undone and done anew."""
    _refuse_empty(starts_at, ends_at)
    with transaction.atomic():
        window = EventWindow.objects.select_for_update().get(pk=window.pk)
        if window.opened_at is not None and window.closed_at is None and not (starts_at <= at < ends_at):
            _leave(window, at, "window moved")
        if starts_at > at:
            window.opened_at = None
        window.starts_at, window.ends_at, window.closed_at = starts_at, ends_at, None
        window.save()
        _hint(window, at)
    enact_due(at)


def cancel_window(window: EventWindow, *, by: User | None, at: datetime) -> None:
    with transaction.atomic():
        window = EventWindow.objects.select_for_update().get(pk=window.pk)
        if window.cancelled_at is not None:
            return
        if window.opened_at is not None and window.closed_at is None:
            _leave(window, at, "window cancelled")
        window.cancelled_at = window.closed_at = at
        window.save()


def enact_due(now: datetime) -> int:
    """Open and close the windows of this tenant whose moment has come. How many were enacted."""
    enacted = 0
    for pk in list(due_windows(now).values_list("pk", flat=True)):
        with transaction.atomic():
            window = (
                EventWindow.objects.select_for_update(skip_locked=True)
                .filter(pk=pk, closed_at__isnull=True)
                .first()
            )
            if window is None:
                continue
            if window.opened_at is None:
                _enter(window, min(window.starts_at, now) if window.starts_at > now else now)
                window.opened_at = now
            if window.ends_at <= now:
                _leave(window, window.ends_at, "window over")
                window.closed_at = now
            window.save()
            enacted += 1
    return enacted


def due_windows(now: datetime) -> QuerySet[EventWindow]:
    """Those that should have opened or closed by `now`, and have not yet."""
    return EventWindow.objects.filter(closed_at__isnull=True).filter(
        Q(starts_at__lte=now, opened_at__isnull=True) | Q(ends_at__lte=now)
    )


def _refuse_empty(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise ValidationError({"ends_at": _("The end must be after the start.")})


def _hint(window: EventWindow, at: datetime) -> None:
    wake("alarm", max(window.starts_at, at))
    wake("alarm", window.ends_at)


def _tickets(window: EventWindow) -> list[Ticket]:
    tickets = Ticket.objects.filter(
        company__reference=window.company_key, status__in=Ticket.UNRESOLVED, outcome="in_scope"
    )
    return list(tickets.order_by("pk"))


def _enter(window: EventWindow, at: datetime) -> None:
    """The situational clocks of the company's open tickets start at the later of the ticket and the window (R18)."""
    for ticket in _tickets(window):
        ticket = locked(ticket)
        facts, before = facts_of(ticket, window.starts_at), due_of(ticket)
        started = False
        for (metric, situation), promise in promises.wanted(policy_of(ticket), facts).items():
            if situation != window.kind or not _is_open(ticket, metric) or _runs(ticket, metric, situation):
                continue
            start_again(ticket, promise, max(ticket.opened_at, window.starts_at))
            started = True
        if started:
            save(ticket, at)
            record(
                ticket,
                "window_opened",
                window.starts_at,
                public=True,
                situation=window.kind,
                name=window.name,
            )
            tell_moved(ticket, before, at, None, BEGAN, key=f"window:{window.pk}:{at.isoformat()}")


def _leave(window: EventWindow, at: datetime, how: str) -> None:
    """The ordinary deadline alone remains, unchanged by the window (R18)."""
    for ticket in _tickets(window):
        ticket = locked(ticket)
        rows, before = [row for row in running(ticket) if row.situation == window.kind], due_of(ticket)
        if rows and not _another_runs(window, at):
            deadlines.end(rows, at, how)
            save(ticket, at)
            record(ticket, "window_closed", at, public=True, situation=window.kind, name=window.name)
            tell_moved(ticket, before, at, None, ENDED, key=f"window:{window.pk}:over:{at.isoformat()}")


def _is_open(ticket: Ticket, metric: str) -> bool:
    return any(row.metric == metric for row in running(ticket))


def _runs(ticket: Ticket, metric: str, situation: str) -> bool:
    return any(row.metric == metric and row.situation == situation for row in running(ticket))


def _another_runs(window: EventWindow, at: datetime) -> bool:
    return (
        EventWindow.objects.filter(
            company_key=window.company_key,
            kind=window.kind,
            cancelled_at__isnull=True,
            starts_at__lte=at,
            ends_at__gt=at,
        )
        .exclude(pk=window.pk)
        .exists()
    )
