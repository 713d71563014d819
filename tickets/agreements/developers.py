"""A developer at one ticket, to gather its requirements, supervised by the account manager (SL08).

An agent asks, the account manager approves; a plan with dedicated developers needs no approval. The developer follows a link
of their own, sees this ticket alone without our notes, and may write to its customer: the account manager is told of every
message. What they write meets no promise: it is a question, not an answer.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from notifications import outbox
from notifications.outbox import Recipient
from tenants import links as signed
from tenants.customers.models import Membership
from tenants.people.models import User
from tickets.agreements import rights
from tickets.agreements.models import DeveloperAccess
from tickets.agreements.telling import about, tell_ours
from tickets.audience import tell_customers
from tickets.lifecycle.secrets import Mask, tell_of_masks
from tickets.lifecycle.steps import Status, locked, need, policy_of, refuse_unless, said, save
from tickets.models import Message, Participant, Ticket
from tickets.timeline import record

State = DeveloperAccess.State
PURPOSE = "developer"
DAYS = 60


def ask(ticket: Ticket, *, name: str, email: str, because: str, by: User, at: datetime) -> DeveloperAccess:
    because = need(because, "because", _("Say what has to be found out."))
    with transaction.atomic():
        ticket = locked(ticket)
        policy = policy_of(ticket)
        refuse_unless(ticket.is_unresolved, "email", _("The ticket is resolved: reopen it first."))
        person = _developer(email, name, ticket)
        there = DeveloperAccess.objects.filter(
            ticket=ticket, person=person, state__in=[State.ASKED, State.APPROVED]
        )
        refuse_unless(not there.exists(), "email", _("This developer was asked for already."))
        access = DeveloperAccess.objects.create(
            ticket=ticket, person=person, because=Mask.under(policy).text(because), asked_by=by, asked_at=at
        )
        record(ticket, "developer_asked", at, by, developer=_named(person))
        plan = policy.plan(ticket.plan)
        if plan is not None and plan.developers:
            _let_in(access, None, at)
        else:
            tell_ours(
                ticket, ["account_manager"], "developer_asked", str(access.pk), at, author=str(by),
                developer=_named(person), because=access.because,
                links={"developer_url": {"path": f"/desk/developers/{access.pk}/"}},
            )  # fmt: skip
        return access


def decide(access: DeveloperAccess, *, approves: bool, by: User, at: datetime) -> None:
    """The account manager's, as the company's quotes are."""
    with transaction.atomic():
        ticket, access = _locked(access)
        if not rights.may_quote(by, ticket.company):
            raise PermissionDenied(_("The company's account manager decides about developers."))
        refuse_unless(access.state == State.ASKED, "state", _("This was decided already."))
        if approves:
            _let_in(access, by, at)
        else:
            access.state, access.decided_by, access.decided_at = State.REFUSED, by, at
            access.save(update_fields=["state", "decided_by", "decided_at"])
            record(ticket, "developer_refused", at, by, developer=_named(access.person))


def _let_in(access: DeveloperAccess, by: User | None, at: datetime) -> None:
    access.state, access.decided_by = State.APPROVED, by
    access.decided_at = at if by is not None else None
    access.save(update_fields=["state", "decided_by", "decided_at"])
    ticket = access.ticket
    record(
        ticket, "developer_approved", at, by or access.asked_by, public=True, developer=_named(access.person)
    )
    link = {
        "developer_url": {"purpose": PURPOSE, "row": access.pk, "path": "/developer/{token}/", "days": DAYS}
    }
    outbox.tell(
        [Recipient.of(access.person)], kind="developer_invited", key=f"developer:{access.pk}", at=at, links=link,
        words=about(ticket) | {"author": str(by or access.asked_by), "because": access.because},
        channels=["email"],
    )  # fmt: skip


def end(access: DeveloperAccess, *, by: User, at: datetime) -> None:
    """Their link opens nothing any more."""
    with transaction.atomic():
        ticket, access = _locked(access)
        refuse_unless(access.state in (State.ASKED, State.APPROVED), "state", _("It has ended already."))
        access.state, access.ended_at = State.ENDED, at
        access.save(update_fields=["state", "ended_at"])
        record(ticket, "developer_left", at, by, public=True, developer=_named(access.person))


def write(access: DeveloperAccess, *, body: str, at: datetime, key: str | None = None) -> Message:
    """A question to the customer, which the account manager reads along."""
    body = need(body, "body", _("Write the question first."))
    with transaction.atomic():
        ticket, access = _locked(access)
        refuse_unless(access.state == State.APPROVED, "body", _("You see this request no longer."))
        refuse_unless(ticket.status != Status.CLOSED, "body", _("The request is closed."))
        if key and (earlier := Message.objects.filter(key=key).first()):
            return earlier
        mask, person = Mask.under(policy_of(ticket)), access.person
        message = Message.objects.create(
            ticket=ticket, author=person, by_customer=False, body=mask.text(body), at=at, key=key or None
        )
        said(ticket, message.body, "agent")
        save(ticket, at)
        record(ticket, "replied", at, person, public=True, message=message)
        tell_customers(
            ticket,
            "ticket_replied",
            str(message.pk),
            at,
            part_id=message.pk,
            message=message.body,
            author=_named(person),
        )
        tell_ours(
            ticket, ["account_manager", "owner"], "developer_wrote", str(message.pk), at, developer=_named(person),
            message=message.body,
        )  # fmt: skip
        tell_of_masks(mask, ticket, message, person, at)
        return message


def opened_by(token: str, at: datetime) -> DeveloperAccess | None:
    """The access of a developer's own link, while it lasts."""
    row = signed.read(token, PURPOSE, at)
    rows = DeveloperAccess.objects.select_related(
        "person", "ticket__requester", "ticket__company", "ticket__policy_version", "ticket__owner"
    )
    access = rows.filter(pk=row, state=State.APPROVED).first() if row is not None else None
    return access if access and access.person.is_active and not is_customer(access.person) else None


def _developer(email: str, name: str, ticket: Ticket) -> User:
    """Known by their address; else somebody new who signs in nowhere: the link is all they have."""
    email = email.strip().lower()
    person = User.objects.filter(email__iexact=email).first()
    if person is None:
        return User.objects.create_user(
            email, name=need(name, "name", _("Give the developer's name.")), role=User.Role.CUSTOMER,
            language=policy_of(ticket).language, timezone=policy_of(ticket).tz,
        )  # fmt: skip
    is_known = DeveloperAccess.objects.filter(person=person).exists()
    is_free = not is_customer(person) and (is_known or person.is_agent or not _asks(person))
    refuse_unless(is_free, "email", _("This is a customer's address."))
    refuse_unless(person.is_active, "email", _("This person's account is closed."))
    return person


def is_customer(person: User) -> bool:
    """Of a company that we serve: no developer of ours, nor any longer."""
    return not person.is_agent and Membership.objects.filter(person=person).exists()


def _asks(person: User) -> bool:
    """Whether they have asked us for help, or are in copy: somebody served without a company is a customer, too."""
    copies = Participant.objects.filter(person=person)
    return Ticket.objects.filter(requester=person).exists() or copies.exists()


def _locked(access: DeveloperAccess) -> tuple[Ticket, DeveloperAccess]:
    ticket = locked(access.ticket)
    row = (
        DeveloperAccess.objects.select_for_update(of=("self",))
        .select_related("person", "asked_by")
        .get(pk=access.pk)
    )
    row.ticket = ticket
    return ticket, row


def _named(person: User) -> str:
    return person.name or person.email
