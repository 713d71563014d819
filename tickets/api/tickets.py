"""Tickets: listed, opened, read; their clocks, and why each deadline is what it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError as Refusal
from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from policies.document import say
from policies.publishing import policy_of, version_in_force
from tenants.customers.models import Desk
from tenants.moment import now
from tenants.people.models import User
from tickets import explaining, lifecycle
from tickets.access import visible_to
from tickets.api import base, requests, serializers
from tickets.api.limits import who
from tickets.api.pages import paged
from tickets.api.replays import sent_key
from tickets.api.tags import tagged
from tickets.api.uploads import Form
from tickets.desk.callers import make_caller
from tickets.lookalikes import Lookalike, worth_a_look
from tickets.masking import masked
from tickets.models import Ticket


class Tickets(base.ApiView):
    """Agents see every ticket, customers those that the portal shows them. Newest first."""

    area = "tickets"
    parser_classes = [base.Json, Form]
    allowed = {"GET": base.anybody, "POST": base.anybody}

    @extend_schema(
        operation_id="tickets_list",
        parameters=[requests.TicketsAsked],
        responses=paged(serializers.TicketShown),
    )
    def get(self, request: Request) -> Response:
        asked = base.query(request, requests.TicketsAsked)
        found = visible_to(request.user)
        for name in ("priority", "channel", "topic"):
            if name in asked:
                found = found.filter(**{name: asked[name]})
        if asked.get("status"):
            found = found.filter(status__in=asked["status"])
        if "updated_since" in asked:
            found = found.filter(updated_at__gte=asked["updated_since"])

        def show(tickets: list[Ticket]) -> list[dict[str, Any]]:
            return serializers.shown_tickets(tickets, request.user, base.language(request))

        return base.page(request, serializers.with_everything(found), asked, show)

    @extend_schema(
        operation_id="tickets_open",
        request={"application/json": requests.NewTicket, "multipart/form-data": requests.NewTicketForm},
        responses={201: serializers.Opened, 200: serializers.Opened},
    )
    def post(self, request: Request) -> Response:
        """Open a ticket. As a form it brings files. 201: it was opened. 200 with `accepted` false: the policy makes no ticket of
        this contact; it is noted, and `pointer` and `because` say where to go and why."""
        at, person = now(), request.user
        policy = policy_of(version_in_force(at))
        given = base.body(request, requests.NewTicket, policy=policy)
        address, name = given.pop("requester", None), given.pop("requester_name", "")
        key = idempotency_key(request, "open")
        with transaction.atomic():
            requester = asker(address, name, by=person, at=at) if person.is_agent else person
            alike = worth_a_look(policy, person, requester, given["summary"], given["body"])
            opening = lifecycle.open_ticket(
                requester=requester, by=person if person.is_agent else None, at=at, key=key, **given
            )
        kept = opening.ticket or opening.contact
        told = (given["summary"], masked(given["summary"]).text)
        refuse_other_use(key, kept is None or kept.summary in told)
        return opened(request, opening, alike)


def opened(request: Request, opening: lifecycle.Opening, alike: Iterable[Lookalike] = ()) -> Response:
    language, decision, ticket = base.language(request), opening.decision, opening.ticket
    told = {
        "accepted": ticket is not None,
        "outcome": ticket.outcome
        if ticket
        else opening.contact.outcome
        if opening.contact
        else decision.outcome,
        "pointer": ""
        if ticket or not decision.answer
        else say(decision.pointer or decision.sentence, language),
        "sentence": say(decision.sentence, language),
        "because": [say(text, language) for text in (ticket or opening.contact or decision).because],
        "ticket": shown(request, ticket.number) if ticket else None,
        "lookalikes": [
            {"number": each.number, "summary": each.summary, "likeness": round(each.likeness, 2),
             "url": reverse("api:ticket", args=[each.number])}
            for each in alike if ticket is None or each.pk != ticket.pk
        ],
    }  # fmt: skip
    if ticket is None:
        return Response(told)
    return Response(told, status=201, headers={"Location": reverse("api:ticket", args=[ticket.number])})


def asker(address: str, name: str, *, by: User, at: datetime) -> User:
    """The customer with this address; with a name, one who was not known becomes known."""
    person = User.objects.filter(email__iexact=address).first()
    if person is None and name:
        language = (Desk.objects.values_list("languages", flat=True).first() or ["en"])[0]
        try:
            return make_caller(
                name=name, email=address, phone="", company=None, language=language, by=by, at=at
            )
        except (IntegrityError, Refusal) as refusal:
            person = User.objects.filter(email__iexact=address).first()  # somebody else was quicker
            if person is None and isinstance(refusal, Refusal):
                raise Refusal({"requester": refusal.messages}) from None
    if person is None:
        raise Refusal({"requester": "Nobody here has this address. With requester_name they become known."})
    if person.is_agent or not person.is_active:
        raise Refusal({"requester": "This is no active customer."})
    return person


def ticket_state(view: base.ApiView, request: Request, number: int, *, lock: bool = False) -> dict[str, Any]:
    """The ticket as `request` reads it; `lock`: and as it stays until the end of the transaction."""
    if lock:
        Ticket.objects.select_for_update().filter(pk=ticket_of(request, number).pk).first()
    return shown(request, number)


class OneTicket(base.ApiView):
    area = "tickets"
    state = ticket_state
    allowed = {"GET": base.anybody}

    @extend_schema(operation_id="tickets_read", responses=serializers.TicketShown)
    def get(self, request: Request, number: int) -> Response:
        """One ticket by its number."""
        return tagged(request, shown(request, number))


class Clocks(base.ApiView):
    area = "tickets"
    allowed = {"GET": base.anybody}

    @extend_schema(operation_id="clocks_list", responses=serializers.ClockShown(many=True))
    def get(self, request: Request, number: int) -> Response:
        """Every clock that the ticket had, in the order of their start."""
        found = explaining.clocks_of(ticket_of(request, number), now(), base.language(request))
        if not request.user.is_agent:
            found = [clock for clock in found if clock.metric != "silence"]
        return Response(serializers.ClockShown(found, many=True).data)


class Explanation(base.ApiView):
    area = "tickets"
    allowed = {"GET": base.anybody}

    @extend_schema(operation_id="tickets_explanation", responses=serializers.Reason(many=True))
    def get(self, request: Request, number: int) -> Response:
        """Why each deadline: in sentences, and for agents with every stretch of time that counted."""
        long = request.user.is_agent
        found = explaining.why_all(ticket_of(request, number), now(), base.language(request), long=long)
        if not long:
            found = [reason for reason in found if reason["metric"] != "silence"]
        return Response(serializers.Reason(found, many=True).data)


# --- shared with the other views of tickets -------------------------------------------------------------------


def ticket_of(request: Request, number: int) -> Ticket:
    """The ticket, where the person may see it; else 404."""
    ticket = serializers.with_everything(visible_to(request.user)).filter(number=number).first()
    if ticket is None:
        raise Http404("There is no such ticket.")
    return ticket


def shown(request: Request, number: int) -> dict[str, Any]:
    return serializers.shown_tickets([ticket_of(request, number)], request.user, base.language(request))[0]


def idempotency_key(request: Request, what: str) -> str | None:
    """The key to keep with the result for ever, where `replays` keeps an answer for a day. It is the sender's own, for this one
    thing: nobody reads another's by guessing."""
    sent = sent_key(request)
    if sent is None:
        return None
    return "api:" + hashlib.sha256(f"{who(request)}:{what}:{sent}".encode()).hexdigest()


def refuse_other_use(key: str | None, same: bool) -> None:
    if key is not None and not same:
        raise Refusal({"Idempotency-Key": "This key was used for another request."})
