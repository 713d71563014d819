"""Which hours count from when: the versions of a calendar as segments of a clock (R16). Compiled hours are kept per content."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sla.business_time import BusinessHours
from sla.clock import Segment
from sla.models import Calendar
from tenants import gathering
from tenants.compiled import Compiled, Given

ALWAYS = BusinessHours.always()
_compiled: dict[str, BusinessHours] = {ALWAYS.fingerprint: ALWAYS}


def segments_from(key: str, at: datetime) -> tuple[Segment, ...]:
    """The calendar `key` from `at` on: the version in force then and those already published for later. "" is 24/7 (R19)."""
    if not key:
        return (Segment(at, ALWAYS),)
    versions = gathering.once(("calendar", key), lambda: VERSIONS.all(key=key))
    if not versions:
        raise LookupError(f"No calendar “{key}” has been published.")
    past = [v for v in versions if v[0] <= at] or versions[:1]
    chosen = [(at, past[-1][1])] + [v for v in versions if v[0] > at and v is not past[-1]]
    hours = hours_by_fingerprint(print_ for _, print_ in chosen)
    return tuple(Segment(from_at, hours[print_]) for from_at, print_ in chosen)


VERSIONS = Compiled(
    lambda: (
        Calendar.objects.filter(key=Given("key"))
        .order_by("effective_from")
        .values_list("effective_from", "fingerprint")
    )
)


def hours_at(key: str, at: datetime) -> BusinessHours:
    """The hours of calendar `key` in force at `at`."""
    return segments_from(key, at)[0].hours


def hours_by_fingerprint(prints: Iterable[str]) -> dict[str, BusinessHours]:
    wanted = set(prints)
    missing = wanted - _compiled.keys()
    if missing:
        for print_, document in Calendar.objects.filter(fingerprint__in=missing).values_list(
            "fingerprint", "document"
        ):
            _compiled[print_] = BusinessHours.from_dict(document)
    return {print_: _compiled[print_] for print_ in wanted}


def publish_hours(key: str, document: dict, effective_from: datetime) -> bool:
    """Let calendar `key` be `document` (for BusinessHours.from_dict) from then on. False: it already says that.

    Versions that were planned for later are withdrawn: what is published last holds (R16). Raises CalendarError for an
    impossible calendar (R11).
    """
    hours = BusinessHours.from_dict(document)
    versions = Calendar.objects.filter(key=key).order_by("-effective_from")
    withdrawn, _ = versions.filter(effective_from__gt=effective_from).delete()
    latest = versions.first()
    if latest is not None and latest.fingerprint == hours.fingerprint:
        return bool(withdrawn)
    if latest is not None and latest.effective_from >= effective_from:
        effective_from = latest.effective_from + timedelta(seconds=1)  # published twice within a second
    Calendar.objects.create(
        key=key, effective_from=effective_from, fingerprint=hours.fingerprint, document=hours.to_dict()
    )
    return True
