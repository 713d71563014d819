"""Quotes, meetings, hours and time entries for programs: the same use cases as the pages call, the same rights (SL07-SL10)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError as Refusal
from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from policies.publishing import policy_of, version_in_force
from tenants.customers.models import Company
from tenants.moment import now
from tenants.people.models import User
from tenants.people.throttle import source_of
from tickets.access import visible_to
from tickets.agreements import budgets, hours, meetings, night, quotes, rights
from tickets.agreements.api_shapes import (
    Because,
    HoursAsked,
    HoursShown,
    MeetingsAsked,
    MeetingShown,
    NewMeeting,
    NewQuote,
    NewTimeEntry,
    Nothing,
    Paid,
    QuoteAnswered,
    QuotesAsked,
    QuoteSent,
    QuoteShown,
    Scheduled,
    TimeEntryShown,
)
from tickets.agreements.models import Meeting, Quote, TimeEntry
from tickets.api import base
from tickets.api.fields import Paged, Strict
from tickets.api.pages import paged
from tickets.api.tags import tagged
from tickets.api.tickets import ticket_of
from tickets.models import Ticket

AREA = "agreements"


# --- acts upon one of them --------------------------------------------------------------------------------------------


class Act(base.ApiView):
    """One act upon a quote or a meeting: `accepts` is what it needs to know, `do` the use case, `operation` its name in the
    schema. Answers with what it is then."""

    area = AREA
    allowed: ClassVar[dict[str, base.Rule]] = {"POST": base.agents}
    accepts: ClassVar[type[Strict]] = Nothing
    shows: ClassVar[type[serializers.Serializer]]

    def __init_subclass__(cls, operation: str = "", **kwargs: Any) -> None:
        if operation:

            def post(self: Act, request: Request, pk: int) -> Response:
                given = base.body(request, self.accepts)
                self.do(request, self.found(request.user, pk), given)
                return Response(self.shows(self.seen(request.user, pk)).data)

            post.__doc__ = cls.__doc__
            cls.post = extend_schema(operation_id=operation, request=cls.accepts, responses=cls.shows)(post)
        super().__init_subclass__(**kwargs)  # last: it is what puts `post` into one transaction

    def found(self, person: User, pk: int) -> Any:
        """The row, for somebody who acts upon it."""
        return self.seen(person, pk)

    def seen(self, person: User, pk: int) -> Any:
        """The row, for somebody who reads it."""
        raise NotImplementedError

    def do(self, request: Request, row: Any, given: dict[str, Any]) -> None:
        raise NotImplementedError


class QuoteAct(Act):
    shows = QuoteShown

    def seen(self, person: User, pk: int) -> Quote:
        return quote_of(person, pk)


class MeetingAct(Act):
    shows = MeetingShown

    def found(self, person: User, pk: int) -> Meeting:
        return meeting_of(person, pk, acting=True)

    def seen(self, person: User, pk: int) -> Meeting:
        return meeting_of(person, pk)


# --- quotes -----------------------------------------------------------------------------------------------------------


class Quotes(base.ApiView):
    area = AREA
    allowed: ClassVar[dict[str, base.Rule]] = {"GET": base.anybody, "POST": base.anybody}

    @extend_schema(operation_id="quotes_list", parameters=[QuotesAsked], responses=paged(QuoteShown))
    def get(self, request: Request) -> Response:
        """Quotes that one may read, the newest first."""
        asked = base.query(request, QuotesAsked)
        found = quotes_of(request.user)
        if "ticket" in asked:
            found = found.filter(ticket__number=asked["ticket"])
        if "state" in asked:
            found = found.filter(state=asked["state"])
        return base.page(request, found, asked, lambda rows: QuoteShown(rows, many=True).data)

    @extend_schema(operation_id="quotes_want", request=NewQuote, responses={201: QuoteShown})
    def post(self, request: Request) -> Response:
        """Ask for one: the account manager is told. A customer asks for work out of hours alone; asked twice it is one."""
        given = base.body(request, NewQuote)
        ticket = ticket_numbered(request.user, given["ticket"])
        if request.user.is_agent:
            quote = quotes.want(ticket, kind=given["kind"], by=request.user, at=now(), wish=given["wish"])
        elif given["kind"] == Quote.Kind.NIGHT_WORK:
            quote = night.ask(ticket, by=request.user, at=now(), wish=given["wish"])
        else:
            raise Refusal(
                {
                    "kind": "Ask for a meeting or a training, or write in the ticket: our team asks for the quote."
                }
            )
        headers = {"Location": reverse("api:quote", args=[quote.pk])}
        return Response(quote_shown(request, quote.pk), status=201, headers=headers)


class OneQuote(base.ApiView):
    area = AREA
    allowed: ClassVar[dict[str, base.Rule]] = {"GET": base.anybody}

    def state(self, request: Request, pk: int, *, lock: bool = False) -> Any:
        return quote_shown(request, pk)

    @extend_schema(operation_id="quotes_read", responses=QuoteShown)
    def get(self, request: Request, pk: int) -> Response:
        """One quote, with its answer: who accepted what, when and from where."""
        return tagged(request, quote_shown(request, pk))


class Sending(QuoteAct, operation="quotes_send"):
    """Write it and send it to the customer. The company's account manager's, and supervisors'."""

    accepts = QuoteSent

    def do(self, request: Request, quote: Quote, given: dict[str, Any]) -> None:
        quotes.send(quote, by=request.user, at=now(), **given)


class Answering(QuoteAct, operation="quotes_answer"):
    """Accept or decline it, as a person of the company who may. It is kept for ever as it was given."""

    allowed = {"POST": base.anybody}
    accepts = QuoteAnswered

    def do(self, request: Request, quote: Quote, given: dict[str, Any]) -> None:
        source = source_of(request) or None
        quotes.answer(quote, person=request.user, at=now(), way="api", source=source, **given)


class Withdrawal(QuoteAct, operation="quotes_withdraw"):
    """Take it back before it was answered."""

    def do(self, request: Request, quote: Quote, given: dict[str, Any]) -> None:
        quotes.withdraw(quote, by=request.user, at=now())


class Payment(QuoteAct, operation="quotes_pay"):
    """Mark an accepted quote as paid, with the payment's reference."""

    accepts = Paid

    def do(self, request: Request, quote: Quote, given: dict[str, Any]) -> None:
        quotes.mark_paid(quote, by=request.user, at=now(), **given)


class NightWork(base.ApiView):
    area = AREA
    allowed: ClassVar[dict[str, base.Rule]] = {"POST": base.agents}

    @extend_schema(operation_id="tickets_begin_night_work", request=Nothing, responses=QuoteShown)
    def post(self, request: Request, number: int) -> Response:
        """Begin to work out of hours. Refused until the customer has accepted a quote for it."""
        base.body(request, Nothing)
        quote = night.begin(ticket_of(request, number), by=request.user, at=now())
        return Response(quote_shown(request, quote.pk))


def quotes_of(person: User) -> QuerySet[Quote]:
    rows = Quote.objects.select_related(
        "ticket__requester", "ticket__company", "ticket__policy_version", "answer"
    )
    if person.is_agent:
        return rows
    managed = rights.is_manager(person)
    own = Q(
        ticket__in=Ticket.objects.filter(requester=person).filter(
            Q(company=None) | Q(company__memberships__person=person)
        )
    )
    return rows.filter(own | Q(company=managed) if managed else own)


def quote_of(person: User, pk: int) -> Quote:
    quote = quotes_of(person).filter(pk=pk).first()
    if quote is None or not rights.may_read(person, quote):
        raise Http404("There is no such quote.")
    return quote


def quote_shown(request: Request, pk: int) -> Any:
    return QuoteShown(quote_of(request.user, pk)).data


def ticket_numbered(person: User, number: int) -> Ticket:
    ticket = (
        visible_to(person)
        .select_related("requester", "company", "policy_version")
        .filter(number=number)
        .first()
    )
    if ticket is None:
        raise Refusal({"ticket": "There is no such ticket."})
    return ticket


# --- meetings ---------------------------------------------------------------------------------------------------------


class Meetings(base.ApiView):
    area = AREA
    allowed: ClassVar[dict[str, base.Rule]] = {"GET": base.anybody, "POST": base.anybody}

    @extend_schema(operation_id="meetings_list", parameters=[MeetingsAsked], responses=paged(MeetingShown))
    def get(self, request: Request) -> Response:
        """Meetings and trainings of the tickets that one sees, the newest first."""
        asked = base.query(request, MeetingsAsked)
        found = meetings_of(request.user)
        if "state" in asked:
            found = found.filter(state=asked["state"])
        return base.page(request, found, asked, lambda rows: MeetingShown(rows, many=True).data)

    @extend_schema(operation_id="meetings_ask", request=NewMeeting, responses={201: MeetingShown})
    def post(self, request: Request) -> Response:
        """Ask for one, as far ahead as the policy says: a customer for themselves, an agent on a ticket."""
        given, at = base.body(request, NewMeeting), now()
        number, summary = given.pop("ticket", None), given.pop("summary")
        if request.user.is_agent:
            if number is None:
                raise Refusal({"ticket": "Say on which ticket: an agent asks on behalf of somebody."})
            meeting = meetings.ask_on(ticket_numbered(request.user, number), by=request.user, at=at, **given)
        elif number is not None:
            raise Refusal({"ticket": "A meeting makes a ticket of its own: leave it out."})
        else:
            meeting = meetings.ask(requester=request.user, summary=summary, at=at, channel="api", **given)
        headers = {"Location": reverse("api:meeting", args=[meeting.pk])}
        return Response(MeetingShown(meeting_of(request.user, meeting.pk)).data, status=201, headers=headers)


class OneMeeting(base.ApiView):
    area = AREA
    allowed: ClassVar[dict[str, base.Rule]] = {"GET": base.anybody}

    def state(self, request: Request, pk: int, *, lock: bool = False) -> Any:
        return MeetingShown(meeting_of(request.user, pk)).data

    @extend_schema(operation_id="meetings_read", responses=MeetingShown)
    def get(self, request: Request, pk: int) -> Response:
        """One meeting or training."""
        return tagged(request, MeetingShown(meeting_of(request.user, pk)).data)


class Schedule(MeetingAct, operation="meetings_schedule"):
    """Approve and schedule it, or move it: both sides get the invitation. What needs a quote has to be accepted first."""

    accepts = Scheduled

    def do(self, request: Request, meeting: Meeting, given: dict[str, Any]) -> None:
        meetings.schedule(meeting, by=request.user, at=now(), **given)


class MeetingRefusal(MeetingAct, operation="meetings_refuse"):
    """Refuse it with a reason, as a supervisor. The customer may insist, which makes it a quote."""

    accepts = Because

    def do(self, request: Request, meeting: Meeting, given: dict[str, Any]) -> None:
        meetings.refuse(meeting, by=request.user, at=now(), **given)


class Insistence(MeetingAct, operation="meetings_insist"):
    """Insist upon a refused one: the account manager quotes consulting hours."""

    allowed = {"POST": base.anybody}

    def do(self, request: Request, meeting: Meeting, given: dict[str, Any]) -> None:
        meetings.insist(meeting, by=request.user, at=now())


class Cancellation(MeetingAct, operation="meetings_cancel"):
    """Call it off: both sides are told, and calendars forget it."""

    allowed = {"POST": base.anybody}
    accepts = Because

    def do(self, request: Request, meeting: Meeting, given: dict[str, Any]) -> None:
        meetings.cancel(meeting, by=request.user, at=now(), **given)


def meetings_of(person: User) -> QuerySet[Meeting]:
    rows = Meeting.objects.select_related("ticket__requester", "ticket__company", "ticket__policy_version")
    return rows if person.is_agent else rows.filter(ticket__in=visible_to(person))


def meeting_of(person: User, pk: int, *, acting: bool = False) -> Meeting:
    found = meetings_of(person).filter(pk=pk).first()
    if found is None or (acting and not person.is_agent and not meetings.may_act(person, found)):
        raise Http404("There is no such meeting.")
    return found


# --- hours ------------------------------------------------------------------------------------------------------------


class TimeEntries(base.ApiView):
    area = AREA
    allowed: ClassVar[dict[str, base.Rule]] = {"GET": base.agents, "POST": base.agents}

    @extend_schema(operation_id="time_list", parameters=[Paged], responses=paged(TimeEntryShown))
    def get(self, request: Request, number: int) -> Response:
        """Time entries of a ticket, the newest first; corrections among them."""
        asked = base.query(request, Paged)
        found = TimeEntry.objects.filter(ticket=ticket_of(request, number)).select_related("ticket", "by")
        return base.page(request, found, asked, lambda rows: TimeEntryShown(rows, many=True).data)

    @extend_schema(operation_id="time_enter", request=NewTimeEntry, responses={201: TimeEntryShown})
    def post(self, request: Request, number: int) -> Response:
        """Enter time worked. It draws on an accepted quote of its kind, else on the hours of the company's plan."""
        ticket = ticket_of(request, number)
        entry = hours.enter(ticket, by=request.user, at=now(), **base.body(request, NewTimeEntry))
        return Response(TimeEntryShown(entry).data, status=201)


class Correction(base.ApiView):
    area = AREA
    allowed: ClassVar[dict[str, base.Rule]] = {"POST": base.agents}

    @extend_schema(operation_id="time_take_back", request=Nothing, responses={201: TimeEntryShown})
    def post(self, request: Request, pk: int) -> Response:
        """Take an entry back by a counter-entry: nothing is deleted."""
        base.body(request, Nothing)
        entry = TimeEntry.objects.select_related("ticket").filter(pk=pk).first()
        if entry is None:
            raise Http404("There is no such entry.")
        return Response(TimeEntryShown(hours.take_back(entry, by=request.user, at=now())).data, status=201)


class Hours(base.ApiView):
    area = AREA
    allowed: ClassVar[dict[str, base.Rule]] = {"GET": base.anybody}

    @extend_schema(operation_id="hours_read", parameters=[HoursAsked], responses=HoursShown(many=True))
    def get(self, request: Request) -> Response:
        """What is left of the hours that a company's plan includes, by kind of work."""
        asked, at = base.query(request, HoursAsked), now()
        company = self._company(request.user, asked.get("company"))
        found = budgets.standing(company, policy_of(version_in_force(at)), at)
        return Response(HoursShown(found, many=True).data)

    def _company(self, person: User, reference: Any) -> Company:
        if person.is_agent:
            if reference is None:
                raise serializers.ValidationError({"company": ["Say of which company."]})
            company = Company.objects.filter(reference=reference).first()
        else:
            membership = getattr(person, "membership", None)
            company = membership.company if membership else None
            if company is not None and reference not in (None, company.reference):
                company = None
        if company is None:
            raise Http404("There is no such company.")
        return company
