"""Mailboxes that we look through ourselves (IMAP), each door about once a minute.

* What is new is stored as it came, before it is marked or moved: a crash in between finds it again, and it is stored once.
* UIDs are remembered with their UIDVALIDITY: a mail that somebody has read already is not missed, an old one not taken in.
* A mail that cannot be fetched, a door that does not answer: noted for the admin; the next one is not held up.
* Hints of kind "poll" carry it on: a tenant without mailboxes is never looked at.
"""

from __future__ import annotations

import contextlib
import imaplib
import json
import re
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from imap_tools import BaseMailBox
from imap_tools.errors import ImapToolsError

from tenants import outside, wakeups
from tenants.customers.models import Desk
from tickets.intake import sealing, storing
from tickets.intake.email.bounds import MAX_BYTES
from tickets.intake.email.copies import header_text, known_by
from tickets.intake.imap import Mailbox
from tickets.intake.kind import Setting
from tickets.intake.models import Door, Inbound

EVERY = timedelta(minutes=1)
TIMEOUT = 10  # seconds for each step of the talk
DOOR_SECONDS = 25.0  # one mailbox's share of a turn: no further mail is begun
TALK_SECONDS = 90.0  # then the line is cut, wherever the talk stands
TRIAL_SECONDS = 20.0  # while an admin waits
TURN_SECONDS = 60.0
AT_ONCE = 100
TROUBLE = (
    OSError,
    outside.Refused,
    imaplib.IMAP4.error,
    ImapToolsError,
    ssl.SSLError,
    sealing.InvalidToken,
    UnicodeError,
    ValueError,
)

SETTINGS = (
    Setting("host", gettext_lazy("IMAP server"), gettext_lazy("Such as imap.example.com.")),
    Setting("port", gettext_lazy("Port"), shape="number", default=993),
    Setting(
        "security", gettext_lazy("Encryption"), shape="choice", default="tls",
        choices=(("tls", "TLS"), ("starttls", "STARTTLS"), ("none", gettext_lazy("none (only within one's own house)"))),
    ),
    Setting("user", gettext_lazy("User"), gettext_lazy("Often the whole address.")),
    Setting(
        "password", gettext_lazy("Password"), gettext_lazy("Of the mailbox, or one made for this program."), is_secret=True
    ),
    Setting("folder", gettext_lazy("Folder"), default="INBOX"),
    Setting(
        "move_to", gettext_lazy("Move what was taken in to"), is_required=False,
        help=gettext_lazy("A folder of the mailbox. Empty: it stays, marked as read."),
    ),
    Setting(
        "authserv_id", gettext_lazy("Name of the checking server"), is_required=False,
        help=gettext_lazy(
            "As it stands first in Authentication-Results of mails that come in. Empty: the topmost header counts."
        ),
    ),
)  # fmt: skip


class Unfetched(Exception):
    """The server lists a mail and does not hand it over."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look through a mailbox brought. `is_done` False: more waits there."""

    stored: int
    is_done: bool
    trouble: str = ""


# --- the loop over doors ------------------------------------------------------------------------------------------------


def due_doors(now: datetime) -> list[Door]:
    """Open mailboxes that were not looked at for a minute, the longest waiting first."""
    doors = Door.objects.filter(kind="imap", is_active=True)
    waiting = (
        Q(polled_at=None) | Q(polled_at__lte=now - EVERY) | Q(polled_at__gt=now)
    )  # the clock may have been moved back
    return list(doors.filter(waiting).order_by(F("polled_at").asc(nulls_first=True), "id"))


def poll_due(now: datetime) -> int:
    """Look through each due mailbox within the turn. How many mails were stored."""
    until, stored, left = time.monotonic() + TURN_SECONDS, 0, False
    for door in due_doors(now):
        if time.monotonic() > until:
            left = True
            break
        found = poll(door, now)
        stored += found.stored
        left = left or not found.is_done
    wakeups.wake("poll", now) if left else look_again(now)
    return stored


def look_again(now: datetime) -> None:
    """Leave a hint for the next look, where there is a mailbox."""
    doors = Door.objects.filter(kind="imap", is_active=True)
    if not doors.exists():
        return
    if doors.filter(polled_at=None).exists():
        wakeups.wake("poll", now)
        return
    oldest = doors.aggregate(at=Min("polled_at"))["at"]
    wakeups.wake("poll", min(max(now, oldest + EVERY), now + EVERY))


def poll(door: Door, now: datetime) -> Found:
    """One mailbox. Never raises for what a server does; the trouble stands at the door, for the admin to see."""
    Door.objects.filter(pk=door.pk).update(polled_at=now)  # first: a door that fails waits for its turn again
    with override(_language()):
        try:
            with opened(door, TALK_SECONDS) as box:
                found = take_in(door, box, now)
        except TROUBLE as trouble:
            found = Found(0, True, in_words(door, trouble))
    Door.objects.filter(pk=door.pk).exclude(last_error=found.trouble).update(last_error=found.trouble)
    if not found.is_done:
        Door.objects.filter(pk=door.pk).update(polled_at=None)
    return found


def _language() -> str:
    """The desk's own: what goes wrong is told to its admin."""
    languages = Desk.objects.values_list("languages", flat=True).first()
    return languages[0] if languages else settings.LANGUAGE_CODE


# --- one mailbox --------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def opened(door: Door, seconds: float) -> Iterator[BaseMailBox]:
    """Signed in, in the door's folder; signed out at the end, which comes after `seconds` at the latest."""
    config, secrets = door.config, door.read_secrets()
    host, port = str(config.get("host") or ""), int(config.get("port") or 993)
    box = Mailbox(host, port, str(config.get("security") or "tls"), TIMEOUT, seconds)
    try:
        box.login(str(config.get("user") or ""), str(secrets.get("password") or ""), initial_folder=None)
        box.folder.set(str(config.get("folder") or "INBOX"))
        yield box
    finally:
        with contextlib.suppress(Exception):  # whatever a server says when we leave
            box.logout()
        box.client.hang_up()


def take_in(door: Door, box: BaseMailBox, now: datetime) -> Found:
    """Store what is new, oldest first, then mark or move it. Where nothing was new, the next look is not at once: a mailbox
    may refuse to mark what we read."""
    until = time.monotonic() + DOOR_SECONDS
    validity = _validity(box)
    last = int(door.config.get("last_uid") or 0) if door.config.get("uid_validity") == validity else 0
    wanted, stored, troubles = _new_uids(box, last), 0, []
    for uid in wanted:
        if stored >= AT_ONCE or time.monotonic() > until:
            return Found(stored, not stored, " ".join(troubles[:3]))
        try:
            stored += _take(door, box, uid, now)
        except Unfetched as trouble:
            troubles.append(str(trouble))
        last = max(last, uid)
        _remember(door, validity, last)
    if not wanted and (door.config.get("uid_validity") != validity):
        _remember(door, validity, max(last, _newest(box)))
    return Found(stored, True, " ".join(troubles[:3]))


def _take(door: Door, box: BaseMailBox, uid: int, now: datetime) -> int:
    size = _size(box, uid)
    if size > MAX_BYTES:
        raw = _literal(box, uid, "(BODY.PEEK[HEADER])")
    else:
        raw = _literal(box, uid, "(BODY.PEEK[])")
    inbound = storing.receive(door, external_id=known_by(header_text(raw)), raw=raw, at=now)
    if inbound is not None and size > MAX_BYTES:
        why = _("The mail is larger than %(limit)s MB; it is still in the mailbox.") % {
            "limit": MAX_BYTES // 1_000_000
        }
        Inbound.objects.filter(pk=inbound.pk).update(state=Inbound.State.PARKED, reason=why)
    _put_away(door, box, uid)
    return int(inbound is not None)


def _put_away(door: Door, box: BaseMailBox, uid: int) -> None:
    """Marked as read, or moved; a mailbox that allows neither is read all the same, by its UIDs."""
    with contextlib.suppress(*TROUBLE):
        box.client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
        if door.config.get("move_to"):
            box.move([str(uid)], str(door.config["move_to"]))


def _validity(box: BaseMailBox) -> int:
    told = box.client.untagged_responses.get("UIDVALIDITY") or [b"0"]
    return int(told[-1])


def _new_uids(box: BaseMailBox, last: int) -> list[int]:
    """Unread ones, and on a later visit all that came after the last, these first; in their order."""
    found = set(_search(box, "UNSEEN"))
    if last:
        found |= {uid for uid in _search(box, f"UID {last + 1}:*") if uid > last}
    return sorted(found, key=lambda uid: (uid <= last, uid))


def _newest(box: BaseMailBox) -> int:
    return max(_search(box, "UID *:*"), default=0)


def _search(box: BaseMailBox, criteria: str) -> list[int]:
    status, data = box.client.uid("SEARCH", None, *criteria.split(" "))  # type: ignore[arg-type]
    if status != "OK":
        raise imaplib.IMAP4.error(f"The server does not search for {criteria}.")
    return [int(uid) for uid in b" ".join(part for part in data if part).split()]


def _size(box: BaseMailBox, uid: int) -> int:
    status, data = box.client.uid("FETCH", str(uid), "(RFC822.SIZE)")
    found = re.search(
        rb"RFC822\.SIZE (\d+)", b" ".join(p if isinstance(p, bytes) else p[0] for p in data if p)
    )
    if status != "OK" or found is None:
        raise Unfetched(_("The mail with UID %(uid)s could not be read.") % {"uid": uid})
    return int(found[1])


def _literal(box: BaseMailBox, uid: int, what: str) -> bytes:
    status, data = box.client.uid("FETCH", str(uid), what)
    for part in data:
        if status == "OK" and isinstance(part, tuple):
            return bytes(part[1])
    raise Unfetched(_("The mail with UID %(uid)s could not be read.") % {"uid": uid})


def _remember(door: Door, validity: int, last: int) -> None:
    """In one statement: an admin may be saving the door's other settings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE intake_door SET config = config || %s::jsonb WHERE id = %s",
            [json.dumps({"uid_validity": validity, "last_uid": last}), door.pk],
        )


# --- for the admin ------------------------------------------------------------------------------------------------------


def tried(door: Door) -> tuple[bool, str]:
    """A look from the door's form: (whether it works, what to tell). Stores nothing, marks nothing."""
    try:
        with opened(door, TRIAL_SECONDS) as box:
            waiting = len(_search(box, "UNSEEN"))
    except TROUBLE as trouble:
        return False, in_words(door, trouble)
    return True, _("The mailbox answers. Unread messages in %(folder)s: %(count)s.") % {
        "folder": door.config.get("folder") or "INBOX",
        "count": waiting,
    }


def in_words(door: Door, trouble: Exception) -> str:
    """What a person can do about it."""
    host = door.config.get("host")
    name = type(trouble).__name__
    if "Login" in name or "AUTHENTICATIONFAILED" in str(trouble):
        return _("%(host)s does not let us in: the user or the password is wrong.") % {"host": host}
    if isinstance(trouble, sealing.InvalidToken):
        return _("The password can be read no longer: the server’s SECRET_KEY has changed. Enter it again.")
    if "Folder" in name:
        return _("There is no folder %(folder)s.") % {"folder": door.config.get("folder")}
    if isinstance(trouble, outside.Refused):
        return str(trouble)
    if isinstance(trouble, ssl.SSLError):
        return _("No encrypted connection to %(host)s: %(why)s") % {"host": host, "why": str(trouble)[:200]}
    if isinstance(trouble, TimeoutError):
        return _("%(host)s does not answer within %(seconds)s seconds.") % {"host": host, "seconds": TIMEOUT}
    if isinstance(trouble, OSError):
        return _("%(host)s cannot be reached: %(why)s") % {"host": host, "why": str(trouble)[:200]}
    return _("%(host)s answers with an error: %(why)s") % {"host": host, "why": str(trouble)[:300]}
