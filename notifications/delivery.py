"""What became of what was sent: `record` writes down what a server, a provider or a returned mail (RFC 3464) reports.

* A report that is repeated is stored once (`event_id`).
* A bounce that blames the mailbox, and a complaint, put the address on the list of those that get no mail.
* What must be acted on waits in `unsettled`, under a hint of kind "delivery": tickets withdraws what a bounce undoes.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject, Lower
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy

from notifications import verdicts
from notifications.models import Delivery, Notification, Suppression
from tenants import wakeups
from tenants.compiled import Compiled, Given

log = logging.getLogger(__name__)
What, State = Delivery.What, Notification.State
FINAL = (What.BOUNCED, What.REJECTED, What.COMPLAINED)
WAIT = timedelta(seconds=15)
ATTEMPTS = 5
SEEN = "It was seen in the chat."  # why a mail was dropped that brings what its reader has read already
LISTED = (
    "This address gets no mail"  # how the reason begins; whoever shows it says it in the reader's language
)
SLACK = timedelta(minutes=5)  # between our clock and a provider's

# Mails that let somebody in are asked for at that very moment, by them or by an admin, a few an hour at most: they go out in
# spite of a bounce or a complaint of the past, and stop only at an entry that an admin made by hand.
LETS_IN = frozenset({"password_reset", "invitation", "registration", "account_known"})


def record(
    *,
    message_id: str,
    what: str,
    at: datetime,
    detail: str = "",
    event_id: str = "",
    address: str = "",
    is_hard: bool | None = None,
) -> Notification | None:
    """Store one report about the notice of `message_id`, and return the notice; None for one that is not ours.

    message_id: our Message-ID, with or without its brackets, or what the provider calls the mail. what: a `Delivery.What`.
    event_id: the reporter's own name for this report; without it, the same report at the same moment is the same.
    is_hard: whether a bounce says that the mailbox is dead; None: read from `detail`. ValueError for an unknown `what`.
    """
    what = What(what)
    notice = notice_of(message_id)
    if notice is None:
        return None
    with transaction.atomic():
        if note(notice, what, at, detail=detail, event_id=event_id, address=address):
            if what == What.COMPLAINED:
                suppress(address or notice.address, Suppression.Reason.COMPLAINT, at, detail)
            elif what == What.BOUNCED and (
                not verdicts.blames_another(detail) if is_hard is None else is_hard
            ):
                suppress(address or notice.address, Suppression.Reason.HARD_BOUNCE, at, detail)
    return notice


def notice_of(message_id: str) -> Notification | None:
    bare = message_id.strip().strip("<>")
    if not bare:
        return None
    named = Q(message_id__in=[bare, f"<{bare}>"]) | Q(provider_id__in=[bare, f"<{bare}>", message_id.strip()])
    return Notification.objects.filter(named).order_by("-id").first()


def note(
    notice: Notification,
    what: str,
    at: datetime,
    *,
    detail: str = "",
    event_id: str = "",
    address: str = "",
) -> bool:
    """Add the row and the hint, in the caller's transaction. False where the report is known already."""
    address = address or notice.address
    same = f"{notice.pk}/{what}/{address}/{at.isoformat()}"
    event_id = f"{notice.pk}:{what}:{event_id or same}"
    row = Delivery(
        notification=notice,
        what=what,
        at=at,
        address=address[:320],
        detail=detail[:2000],
        event_id=event_id if len(event_id) <= 200 else hashlib.sha256(event_id.encode()).hexdigest(),
        settled_at=None if what in FINAL else at,  # nobody acts on the others
    )
    known = Delivery.objects.filter(event_id=row.event_id)
    if known.exists():
        return False
    Delivery.objects.bulk_create([row], ignore_conflicts=True)
    if what in FINAL:
        wakeups.wake("delivery", at)
    return True


# --- who gets no mail -------------------------------------------------------------------------------------------------


def suppress(address: str, reason: str, at: datetime, detail: str = "") -> None:
    """From now on no mail goes there. The first reason stays."""
    Suppression.objects.bulk_create(
        [Suppression(address=address.lower(), reason=reason, since=at, detail=detail[:2000])],
        ignore_conflicts=True,
    )


def gets_no_mail(address: str) -> bool:
    """Whether the address is on the list."""
    return Suppression.objects.filter(address=address.lower()).exists()


def is_listed() -> Exists:
    """For a query of notices: whether the address is on the list."""
    return Exists(Suppression.objects.filter(address=Lower(OuterRef("address"))))


def why_no_mail(notice: Notification) -> str:
    """Why this mail must not be sent, in words; empty where it may."""
    if notice.address.lower().endswith(
        ".invalid"
    ):  # RFC 2606: what stands for the address of somebody without one
        return "Nobody has this address: it stands for somebody of whom no e-mail address is known."
    found = Suppression.objects.filter(address=notice.address.lower()).first()
    if found is None or (notice.kind in LETS_IN and found.reason != Suppression.Reason.MANUAL):
        return ""
    return f"{LISTED} since {found.since:%Y-%m-%d %H:%M} UTC ({found.reason}). {found.detail}".strip()


def as_others_said(detail: str) -> str:
    """A report's reason without our own words about the list: they are for the admin, and in English."""
    return detail.partition("). ")[2] if detail.startswith(LISTED) else detail


# --- what follows -----------------------------------------------------------------------------------------------------


def unsettled(limit: int = 100) -> list[Delivery]:
    """Reports that somebody may have to act on, inside `attempt`.

    A report can overtake the news that the mail was handed over: it waits until that has been acted on.
    """
    ready = Q(notification__settled_at__isnull=False) | ~Q(notification__state=State.SENT)
    rows = Delivery.objects.filter(ready, settled_at=None).select_related("notification__person")
    return list(rows.order_by("id")[:limit])


@contextmanager
def attempt(row: Delivery) -> Iterator[None]:
    """The block acts on this report. One that fails is tried again a few times, and holds no other one up."""
    try:
        yield
    except Exception as failure:
        log.exception("what follows from report %s failed", row.pk)
        row.attempts, row.error = row.attempts + 1, f"{type(failure).__name__}: {failure}"[:2000]
        if row.attempts < ATTEMPTS:
            row.save(update_fields=["attempts", "error"])
            return
    row.settled_at = row.at
    row.save(update_fields=["attempts", "error", "settled_at"])


def look_again(now: datetime) -> None:
    """Leave a hint for what still waits."""
    if Delivery.objects.filter(settled_at=None).exists():
        wakeups.wake("delivery", now + WAIT)


# --- what is shown ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """How one notice stands: "waiting", "sent", "gave_up", "dropped", "seen", or what was reported last of it."""

    what: str
    address: str
    at: datetime
    detail: str = ""
    channel: str = "email"

    @property
    def is_bad(self) -> bool:
        return self.what in ("bounced", "complained", "rejected", "gave_up", "dropped")


def standing_of(about_id: int) -> dict[int, list[Standing]]:
    """part_id -> how the notices that brought this part to people outside stand. One query for a whole subject."""
    found: dict[int, list[Standing]] = {}
    for row in SENT_ABOUT.all(about=about_id):
        found.setdefault(row.part_id, []).append(standing(row))
    return found


def with_reports(notices: QuerySet[Notification]) -> QuerySet[Notification]:
    """Each with `worst`, `arrived` and `latest` of what was reported of it."""
    reports = Delivery.objects.filter(notification=OuterRef("pk")).order_by("-at", "-id")
    told = JSONObject(what=F("what"), at=F("at"), detail=F("detail"))
    final = reports.filter(what__in=FINAL)
    return notices.annotate(
        worst=Subquery(final.values(told=told)[:1]),
        arrived=Subquery(reports.filter(what=What.DELIVERED).values(told=told)[:1]),
        latest=Subquery(reports.values(told=told)[:1]),
    )


SENT_ABOUT = Compiled(
    lambda: with_reports(
        Notification.objects.filter(about_id=Given("about"), part_id__isnull=False)
        .exclude(channel=Notification.Channel.IN_APP)
        .only("part_id", "address", "channel", "state", "sent_at", "due_at", "error")
    ).order_by("id")
)


def standing(row: Notification) -> Standing:
    """Of a notice with `worst`, `arrived` and `latest`: a bounce outweighs an arrival, which outweighs what came before it.

    What was reported of an attempt before the last one, which an admin asked for, counts no more.
    """
    since = row.sent_at - SLACK if row.sent_at else row.due_at - SLACK
    told = next(
        (each for each in (row.worst, row.arrived, row.latest) if each and at_of(each) >= since), None
    )
    if told and row.state != State.PENDING:
        return Standing(told["what"], row.address, at_of(told), told["detail"], row.channel)
    if row.state == State.DROPPED and row.error == SEEN:
        return Standing("seen", row.address, row.due_at, "", row.channel)
    what = {"pending": "waiting", "sent": "sent", "parked": "gave_up", "dropped": "dropped"}[row.state]
    return Standing(what, row.address, row.sent_at or row.due_at, row.error, row.channel)


def at_of(told: dict[str, str]) -> datetime:
    return parse_datetime(told["at"]) or datetime.min.replace(tzinfo=UTC)


# How each standing is called, in the reader's language.
NAMES = {
    "waiting": gettext_lazy("on its way"),
    "sent": gettext_lazy("sent"),
    "delivered": gettext_lazy("delivered"),
    "seen": gettext_lazy("seen in the chat"),
    "deferred": gettext_lazy("delayed"),
    "bounced": gettext_lazy("bounced"),
    "complained": gettext_lazy("reported as spam"),
    "rejected": gettext_lazy("refused"),
    "gave_up": gettext_lazy("not sent"),
    "dropped": gettext_lazy("not sent"),
}
