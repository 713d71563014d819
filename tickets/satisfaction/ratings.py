"""How satisfied the customer is: asked once a resolution, answered on a page that needs no sign-in (ZM06, TD12).

Nobody is asked about a ticket that no person of ours has answered, nor about one that closed by silence. What was answered
can be changed for 14 days from the resolution; then it stays, for reports with the agent and the team of that moment.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from notifications import outbox
from notifications.models import Notification
from notifications.outbox import Recipient
from policies.document import Policy
from tenants import links
from tickets.lifecycle.secrets import Mask
from tickets.lifecycle.steps import locked, policy_of, refuse_unless
from tickets.models import Message, Ticket
from tickets.satisfaction.models import Rating
from tickets.timeline import record

PURPOSE = "rating"
DAYS = 90  # the link shows what was answered for longer than it can be changed
WORDS = {
    1: gettext_lazy("very bad"),
    2: gettext_lazy("bad"),
    3: gettext_lazy("neither good nor bad"),
    4: gettext_lazy("good"),
    5: gettext_lazy("very good"),
}
LANGUAGES = tuple(tag for tag, _name in settings.LANGUAGES)


def ask(ticket: Ticket, policy: Policy, at: datetime) -> Rating | None:
    """A resolution of the locked ticket: its customer may rate it from now on. None where nobody is asked."""
    if not policy.asks_rating or not _was_answered(ticket):
        return None
    before = Rating.objects.filter(ticket=ticket).count()
    return Rating.objects.create(
        ticket=ticket, resolution=before + 1, asked_at=at, agent=ticket.owner, team=ticket.team
    )


def _was_answered(ticket: Ticket) -> bool:
    ours = Message.objects.filter(ticket=ticket, by_customer=False, kind=Message.Kind.PUBLIC)
    return ours.exclude(author=None).exists()


def link_of(rating: Rating | None) -> dict[str, dict[str, Any]]:
    """For the notice that brings the solution: the requester's own link; none where nobody is asked."""
    if rating is None:
        return {}
    return {"rate_url": {"purpose": PURPOSE, "row": rating.pk, "path": "/rating/{token}/", "days": DAYS}}


def path_of(rating: Rating, at: datetime) -> str:
    """The same page, for who reads the ticket at `at`."""
    return f"/rating/{links.sign(PURPOSE, rating.pk, at, DAYS)}/"


def opened_by(token: str, at: datetime) -> Rating | None:
    """The rating of a link of ours, or None for a forged, foreign or expired one."""
    row = links.read(token, PURPOSE, at)
    rows = Rating.objects.select_related("ticket__requester", "ticket__policy_version")
    rating = rows.filter(pk=row).first() if row is not None else None
    return rating if rating and rating.ticket.requester.is_active else None


def rate(rating: Rating, *, score: int, comment: str, at: datetime) -> Mask:
    """The customer's answer, or another one. What was masked in the comment (TD17) is in the returned mask."""
    with transaction.atomic():
        ticket = locked(rating.ticket)
        rating = Rating.objects.select_for_update(of=("self",)).select_related("agent").get(pk=rating.pk)
        refuse_unless(
            rating.is_open(at), "score", _("The time to answer is over: what you told us stays as it is.")
        )
        mask = Mask.under(policy_of(ticket))
        comment, before = mask.text(comment.strip()), rating.score
        if (score, comment) == (before, rating.comment):
            return mask
        rating.score, rating.comment = score, comment
        rating.changed_at = at if before else None
        rating.rated_at = rating.rated_at or at
        rating.save(update_fields=["score", "comment", "rated_at", "changed_at"])
        record(ticket, "rated", at, ticket.requester, public=True, score=score, before=before)
        if score != before:
            _tell_owner(ticket, rating, at)
        return mask


def _tell_owner(ticket: Ticket, rating: Rating, at: datetime) -> None:
    """In the app, whoever has the ticket now, or had it then."""
    owner = ticket.owner or rating.agent
    if owner is None:
        return
    outbox.tell(
        [Recipient.of(owner)],
        kind="rated",
        key=f"rated:{rating.pk}:{at.isoformat()}",
        words={
            "number": str(ticket.number),
            "summary": ticket.summary,
            "requester": ticket.requester.name or ticket.requester.email,
            "company": ticket.company.name if ticket.company else "",
            "score": str(rating.score),
            "rating": in_languages(rating.score),
            "comment": rating.comment,
        },
        links={"ticket_url": {"path": f"/desk/tickets/{ticket.number}/"}},
        channels=[Notification.Channel.IN_APP],
        about_id=ticket.pk,
        at=at,
    )


def in_languages(score: int) -> dict[str, str]:
    said = {}
    for language in LANGUAGES:
        with override(language):
            said[language] = str(WORDS[score])
    return said


def latest_of(ticket: Ticket) -> Rating | None:
    """The one that was asked for last."""
    return Rating.objects.filter(ticket=ticket).order_by("-resolution").first()
