"""Which canned answers somebody may use and change, and their words filled in for a ticket.

Placeholders are an allow-list, never a template language: `{customer}` is replaced, any other brace stays as it is typed.
"""

from __future__ import annotations

import re
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from tenants.customers.context import DESK
from tenants.people.models import User
from tickets import moments
from tickets.canned.models import CannedAnswer
from tickets.lifecycle.redacting import may_redact as leads
from tickets.models import Ticket

PLACEHOLDERS = {
    "customer": _("the requester's name"),
    "number": _("the ticket's number"),
    "summary": _("the ticket's summary"),
    "deadline": _("when the next deadline ends, by the requester's clock"),
    "agent": _("your name"),
    "desk": _("the desk's name"),
}
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def usable_by(person: User) -> QuerySet[CannedAnswer]:
    """One's own, those of one's teams, and everybody's, by title."""
    mine = Q(owner=person) | Q(team__in=person.teams.all()) | Q(owner=None, team=None)
    return CannedAnswer.objects.filter(mine).select_related("team").order_by("title", "pk")


def known_to(person: User) -> QuerySet[CannedAnswer]:
    """What the list shows: all that one may use or change, by title."""
    both = Q(pk__in=usable_by(person).values("pk")) | Q(pk__in=changeable_by(person).values("pk"))
    return CannedAnswer.objects.filter(both).select_related("team").order_by("title", "pk")


def changeable_by(person: User) -> QuerySet[CannedAnswer]:
    """One's own; who leads changes those of every team and everybody's too."""
    shared = Q(owner=None) if leads(person) else Q(pk=None)
    return CannedAnswer.objects.filter(Q(owner=person) | shared).select_related("team")


def may_change(person: User, answer: CannedAnswer) -> bool:
    """The same of one that `person` knows."""
    return answer.owner_id == person.pk if answer.owner_id else leads(person)


def keep(answer: CannedAnswer, at: datetime) -> None:
    """Save it. ValidationError at its field where a placeholder is unknown, or the shortcut is taken."""
    if unknown := unknown_placeholders(answer.body):
        raise ValidationError(
            {
                "body": _("There is no placeholder %(name)s. There are: %(known)s.")
                % {
                    "name": ", ".join(f"{{{name}}}" for name in unknown),
                    "known": ", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
                }
            }
        )
    answer.changed_at = at
    try:
        with transaction.atomic():
            answer.save()
    except IntegrityError:
        raise ValidationError(
            {"shortcut": _("Another answer of the same people has this shortcut.")}
        ) from None


def unknown_placeholders(text: str) -> list[str]:
    return sorted({name for name in PLACEHOLDER.findall(text) if name not in PLACEHOLDERS})


def fitting(person: User, ticket: Ticket) -> list[CannedAnswer]:
    """Those that `person` may use here: in the ticket's language or in none, the ticket's language first."""
    found = usable_by(person).filter(language__in=["", ticket.language])
    return sorted(found, key=lambda answer: (not answer.language, answer.title.lower(), answer.pk))


def filled(answer: CannedAnswer, words: dict[str, str]) -> str:
    """The text with its placeholders replaced by `words_for` a ticket; what has no value (no deadline) is left empty."""
    return PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), answer.body)


def begun_with(pk: str, ticket: Ticket, person: User, at: datetime) -> str:
    """The answer of that id, filled, to begin a reply with; "" where there is none that `person` may use."""
    found = usable_by(person).filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None
    return filled(found, words_for(ticket, person, at)) if found else ""


def words_for(ticket: Ticket, person: User, at: datetime) -> dict[str, str]:
    requester, desk = ticket.requester, DESK.first()
    with translation.override(ticket.language or requester.language), timezone.override(requester.timezone):
        deadline = moments.near(ticket.due_at, at) if ticket.due_at else ""
    return {
        "customer": requester.name or requester.email,
        "number": str(ticket.number),
        "summary": ticket.summary,
        "deadline": deadline,
        "agent": person.name or person.email,
        "desk": desk.name if desk else "",
    }
