"""The way out of mails that somebody can do without: List-Unsubscribe with one click (RFC 2369, RFC 8058).

Due where a notice can be switched off: an agent's mutable notices, and what somebody in copy hears of a conversation that
is not theirs. Never on answers to who asked: what they were promised cannot be unsubscribed.

The link is signed. It leads to a page with a button, because scanners click; a mail program's one click is a POST with no
session and no form behind it, so the token alone is what allows it.
"""

from __future__ import annotations

from notifications.models import Notification
from notifications.rendering import address
from notifications.texts import NEVER_MUTED
from tenants import links
from tenants.people.models import User

LEAVE = "leave_url"  # the link that whoever tells somebody in copy puts among the notice's links
DAYS = 365


def headers(notice: Notification) -> dict[str, str]:
    url = way_out(notice)
    if not url:
        return {}
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def way_out(notice: Notification) -> str:
    """The full URL, empty where there is none."""
    if LEAVE in notice.links:
        return address(notice.links[LEAVE], notice)
    person = notice.person
    if person is None or not person.is_agent or notice.kind in NEVER_MUTED:
        return ""
    token = links.sign(purpose(notice.kind), person.pk, notice.created_at, DAYS)
    return links.absolute(f"/notices/off/{notice.kind}/{token}/")


def purpose(kind: str) -> str:
    return f"mute:{kind}"


def mute(person: User, kind: str) -> None:
    if kind not in person.muted_notices:
        person.muted_notices = [*person.muted_notices, kind]
        person.save(update_fields=["muted_notices"])
