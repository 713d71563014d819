"""A mail of ours came back: written beside the notice that it was, which withdraws what its delivery had met (ZM05)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from notifications import delivery
from notifications.models import Delivery
from tickets.intake.email.bounces import Bounce
from tickets.intake.models import Inbound
from tickets.intake.result import Result

WHAT = {
    "failed": Delivery.What.BOUNCED,
    "delayed": Delivery.What.DEFERRED,
    "delivered": Delivery.What.DELIVERED,
    "relayed": Delivery.What.SENT,
    "expanded": Delivery.What.SENT,
}


def noted(bounce: Bounce, at: datetime) -> Result:
    """Only whoever got our mail knows its Message-ID; the address in a report is anybody's word and is not used."""
    notice = None
    if bounce.message_id:
        detail = " ".join(word for word in (bounce.status, bounce.diagnostic) if word)
        notice = delivery.record(
            message_id=bounce.message_id, what=WHAT[bounce.action], at=at, detail=detail,
            event_id=f"dsn:{bounce.action}:{bounce.status}", is_hard=None if bounce.is_permanent else False,
        )  # fmt: skip
    if notice is None:
        return Result(Inbound.State.IGNORED, reason=_("A delivery report about a mail that is not ours."))
    return Result(
        Inbound.State.IGNORED,
        reason=_("A delivery report: %(what)s, %(address)s.")
        % {"what": delivery.NAMES[WHAT[bounce.action]], "address": notice.address},
    )
