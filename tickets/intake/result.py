"""What a handler says about one thing that came in."""

from __future__ import annotations

from dataclasses import dataclass

from tickets.intake.models import Inbound
from tickets.models import Contact, Message, Ticket

ATTEMPTS = 3  # then it is parked


@dataclass(frozen=True, slots=True)
class Result:
    """`state`: what became of it; done, parked, held, spam and ignored take effect together with the handler's writes.

    `reason`: for the admin, one sentence; needed for all but done. `is_kept` False: the row goes, it says nothing that a
    person would look for (a delivery receipt). `keeps_raw`: what is ignored stays readable for some days, as it may have been
    misjudged and be let through yet.
    """

    state: str = Inbound.State.DONE
    reason: str = ""
    ticket: Ticket | None = None
    message: Message | None = None
    contact: Contact | None = None
    sender: str = ""
    subject: str = ""
    is_kept: bool = True
    keeps_raw: bool = False


class TryLater(Exception):
    """It can be understood, but not now (a file cannot be fetched): the next attempt may do better."""
