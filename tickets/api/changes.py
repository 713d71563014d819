"""Changes of a ticket as nouns: POST does one use case and answers with the ticket as it is then."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError as Refusal
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from policies.publishing import policy_of
from tenants.customers.models import Team
from tenants.moment import now
from tenants.people.models import User
from tickets import lifecycle
from tickets.api import base, requests
from tickets.api.fields import Strict
from tickets.api.serializers import TicketShown
from tickets.api.tags import tagged
from tickets.api.tickets import shown, ticket_of, ticket_state
from tickets.models import Ticket


class Change(base.ApiView):
    """One change: `accepts` is what it needs to know, `do` the use case, `operation` its name in the schema. If-Match is
    compared with the ticket."""

    area = "tickets"
    state = ticket_state
    allowed: ClassVar[dict[str, base.Rule]] = {"POST": base.agents}
    accepts: ClassVar[type[Strict]] = requests.Nothing

    def __init_subclass__(cls, operation: str, **kwargs: Any) -> None:
        def post(self: Change, request: Request, number: int) -> Response:
            return self.change(request, number)

        post.__doc__ = cls.__doc__
        told = extend_schema(operation_id=operation, request=cls.accepts, responses=TicketShown)
        cls.post = told(post)
        super().__init_subclass__(**kwargs)

    def change(self, request: Request, number: int) -> Response:
        ticket = ticket_of(request, number)
        given = base.body(request, self.accepts, policy=policy_of(ticket.policy_version))
        self.do(ticket, given, {"by": request.user, "at": now()})
        return tagged(request, shown(request, number))

    def do(self, ticket: Ticket, given: dict[str, Any], done: dict[str, Any]) -> None:
        raise NotImplementedError


class Assignment(Change, operation="tickets_assign"):
    """Give the ticket to an agent, or to nobody."""

    accepts = requests.Assignment

    def do(self, ticket: Ticket, given: dict[str, Any], done: dict[str, Any]) -> None:
        owner = None
        if given["owner"] is not None:
            owner = User.objects.filter(email__iexact=given["owner"]).first()
            if owner is None:
                raise Refusal({"owner": "Nobody here has this address."})
        lifecycle.assign(ticket, owner=owner, **done)


class Triage(Change, operation="tickets_triage"):
    """Set priority, topic or team; what is left out stays. Another priority or topic is another promise."""

    accepts = requests.Triage

    def do(self, ticket: Ticket, given: dict[str, Any], done: dict[str, Any]) -> None:
        if "team" in given:
            key = given["team"]
            given["team"] = Team.objects.filter(key=key).first()
            if given["team"] is None:
                raise Refusal({"team": f"There is no team “{key}” here."})
        lifecycle.triage(ticket, **given, **done)


class Waiting(Change, operation="tickets_wait"):
    """Wait on the customer or on a third party."""

    allowed = {"POST": base.agents, "DELETE": base.agents}
    accepts = requests.Waiting

    def do(self, ticket: Ticket, given: dict[str, Any], done: dict[str, Any]) -> None:
        if given["on"] == "customer":
            lifecycle.wait_on_customer(ticket, **done)
        else:
            lifecycle.wait_on_third_party(ticket, because=given["because"], **done)

    @extend_schema(operation_id="tickets_resume", responses={200: TicketShown})
    def delete(self, request: Request, number: int) -> Response:
        """The wait is over: work goes on."""
        lifecycle.resume_work(ticket_of(request, number), by=request.user, at=now())
        return tagged(request, shown(request, number))


class Resolution(Change, operation="tickets_resolve"):
    """Resolved, with the solution that the customer receives."""

    accepts = requests.Resolution

    def do(self, ticket: Ticket, given: dict[str, Any], done: dict[str, Any]) -> None:
        lifecycle.resolve(ticket, solution=given["solution"], **done)


class Closure(Change, operation="tickets_close"):
    """Close it. Customers say so that it is solved, where the policy lets them."""

    allowed = {"POST": base.anybody}

    def do(self, ticket: Ticket, given: dict[str, Any], done: dict[str, Any]) -> None:
        lifecycle.close(ticket, **done)


class Reopening(Change, operation="tickets_reopen"):
    """Open it again: customers within the policy's time, agents always."""

    allowed = {"POST": base.anybody}
    accepts = requests.Reopening

    def do(self, ticket: Ticket, given: dict[str, Any], done: dict[str, Any]) -> None:
        lifecycle.reopen(ticket, because=given["because"], **done)


class Scope(Change, operation="tickets_put_in_scope"):
    """Put in scope what the rules had put out of it, with a reason."""

    accepts = requests.Scope

    def do(self, ticket: Ticket, given: dict[str, Any], done: dict[str, Any]) -> None:
        lifecycle.overrule(ticket, because=given["because"], **done)


class Situations(Change, operation="tickets_state_situation"):
    """Say that a situation holds for this ticket, or that it does not."""

    accepts = requests.Situation

    def do(self, ticket: Ticket, given: dict[str, Any], done: dict[str, Any]) -> None:
        lifecycle.state_situation(ticket, **given, **done)


class Completeness(Change, operation="tickets_completeness"):
    """Ask the customer for what is missing, or say that nothing is: then the clocks that waited for it start."""

    accepts = requests.Completeness

    def do(self, ticket: Ticket, given: dict[str, Any], done: dict[str, Any]) -> None:
        if given["missing"]:
            lifecycle.ask_for_missing(ticket, missing=given["missing"], **done)
        else:
            lifecycle.complete(ticket, **done)


class Participants(Change, operation="tickets_copy"):
    """Put somebody in copy: they hear every public message."""

    allowed = {"POST": base.anybody}
    accepts = requests.Participant

    def do(self, ticket: Ticket, given: dict[str, Any], done: dict[str, Any]) -> None:
        lifecycle.add_participant(ticket, address=given["address"], **done)


class Next(base.ApiView):
    area = "tickets"
    allowed: ClassVar[dict[str, base.Rule]] = {"POST": base.agents}

    @extend_schema(
        operation_id="tickets_take_next", request=requests.Nothing, responses={200: TicketShown, 204: None}
    )
    def post(self, request: Request) -> Response:
        """Take the most urgent ticket that nobody owns, of one's teams; 204 where nothing waits. Two at once get two."""
        base.body(request, requests.Nothing)
        ticket = lifecycle.take_next(by=request.user, at=now())
        if ticket is None:
            return Response(status=204)
        return tagged(request, shown(request, ticket.number))
