"""What became of a reply, as marks on its message: "delivered 10:02", "bounced: mailbox unknown". Words, shape and colour."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from notifications import delivery
from notifications.delivery import Standing

LONGEST = 90
ORDER = (
    "waiting",
    "deferred",
    "sent",
    "delivered",
    "seen",
)  # of those that are well, the one that is least far counts
LOOKS = {
    "waiting": ("", "running"),
    "deferred": ("is-warn", "warn"),
    "sent": ("", "running"),
    "delivered": ("", "good"),
    "seen": ("", "good"),
}


class Mark(NamedTuple):
    tone: str
    icon: str
    words: str
    whole: str  # for who wants to know it all


def marks(standings: Iterable[Standing], at: datetime) -> list[Mark]:
    """One mark for those whom it reached or will, and one for each whom it did not."""
    standings = list(standings)
    many = len(standings) > 1
    well = [each for each in standings if not each.is_bad]
    found = [bad(each, many) for each in standings if each.is_bad]
    if well:
        last = min(well, key=lambda each: (ORDER.index(each.what), -each.at.timestamp()))
        tone, icon = LOOKS[last.what]
        when = "" if last.what in ("waiting", "seen") else f" {clock(last.at, at)}"
        reached = ", ".join(each.address for each in well)
        found.insert(
            0, Mark(tone, icon, f"{delivery.NAMES[last.what]}{when}", f"{reached} {last.detail}".strip())
        )
    return found


def bad(each: Standing, with_address: bool) -> Mark:
    reason = " ".join(each.detail.split())
    if reason.startswith(delivery.LISTED):
        reason = _("this address gets no mail any more")
    short = reason if len(reason) <= LONGEST else reason[: LONGEST - 1] + "…"
    said = str(delivery.NAMES[each.what])
    if with_address:
        said = _("%(address)s: %(what)s") % {"address": each.address, "what": said}
    return Mark("is-bad", "bad", f"{said}: {short}" if short else said, f"{each.address}: {reason}")


def clock(moment: datetime, at: datetime) -> str:
    """The time of day, with its date where that is another day, in the reader's zone."""
    local, today = timezone.localtime(moment), timezone.localtime(at)
    name = "TIME_FORMAT" if local.date() == today.date() else "SHORT_DATETIME_FORMAT"
    return formats.date_format(local, name)
