"""Quotes, meetings, hours and time entries for programs: the same use cases as the pages call, the same rights (SL07-SL10)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError as Refusal
from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
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
from tickets.agreements.models import Meeting, Quote, TimeEntry
from tickets.api import base
from tickets.api.fields import Moment, Paged, Strict
from tickets.api.pages import paged
from tickets.api.serializers import Person
from tickets.api.tags import tagged
from tickets.api.tickets import ticket_of
from tickets.models import Ticket

AREA = "agreements"
LONGEST = 10_000


def text(**said: Any) -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST, **said)


# --- what is shown ----------------------------------------------------------------------------------------------------


class AnswerShown(serializers.Serializer):
    accepted = serializers.BooleanField()
    name = serializers.CharField()
    email = serializers.CharField()
    way = serializers.CharField()
    source = serializers.CharField(allow_null=True)
    at = Moment()
    because = serializers.CharField()
    text = serializers.CharField()
    minutes = serializers.IntegerField()
    rate = serializers.IntegerField()
    currency = serializers.CharField()
    amount = serializers.IntegerField()


class QuoteShown(serializers.Serializer):
    id = serializers.IntegerField()
    ticket = serializers.IntegerField(source="ticket.number")
    kind = serializers.CharField()
    state = serializers.CharField()
    wish = serializers.CharField()
    wanted_at = Moment()
    text = serializers.CharField()
    minutes = serializers.IntegerField(allow_null=True)
    rate = serializers.IntegerField(allow_null=True, help_text="An hour, in hundredths of the currency.")
    currency = serializers.CharField()
    amount = serializers.IntegerField(help_text="In hundredths of the currency.")
    valid_until = Moment(allow_null=True)
    sent_at = Moment(allow_null=True)
    ended_at = Moment(allow_null=True)
    paid_at = Moment(allow_null=True)
    payment = serializers.CharField()
    meeting = serializers.IntegerField(source="meeting_id", allow_null=True)
    answer = serializers.SerializerMethodField()

    @extend_schema_field(AnswerShown(allow_null=True))
    def get_answer(self, quote: Quote) -> Any:
        found = getattr(quote, "answer", None)
        return AnswerShown(found).data if found else None


class MeetingShown(serializers.Serializer):
    id = serializers.IntegerField()
    ticket = serializers.IntegerField(source="ticket.number")
    kind = serializers.CharField()
    state = serializers.CharField()
    agenda = serializers.CharField()
    wished_at = Moment()
    minutes = serializers.IntegerField()
    starts_at = Moment(allow_null=True)
    place = serializers.CharField()
    because = serializers.CharField()


class TimeEntryShown(serializers.Serializer):
    id = serializers.IntegerField()
    ticket = serializers.IntegerField(source="ticket.number")
    kind = serializers.CharField()
    minutes = serializers.IntegerField(help_text="Negative: a correction.")
    on = serializers.DateField()
    note = serializers.CharField()
    by = Person()
    at = Moment()
    quote = serializers.IntegerField(source="quote_id", allow_null=True)
    corrects = serializers.IntegerField(source="corrects_id", allow_null=True)


class HoursShown(serializers.Serializer):
    kind = serializers.CharField()
    per = serializers.CharField()
    total = serializers.IntegerField(help_text="Minutes, as all of these.")
    used = serializers.IntegerField()
    held = serializers.IntegerField(help_text="By trainings that are scheduled.")
    left = serializers.IntegerField()
    first = serializers.DateField()
    last = serializers.DateField()


# --- what is accepted -------------------------------------------------------------------------------------------------


class QuotesAsked(Paged):
    ticket = serializers.IntegerField(required=False, min_value=1, max_value=10**12)
    state = serializers.ChoiceField(Quote.State.choices, required=False)


class NewQuote(Strict):
    ticket = serializers.IntegerField(min_value=1, max_value=10**12, help_text="The ticket's number.")
    kind = serializers.ChoiceField(Quote.Kind.choices)
    wish = text(default="", allow_blank=True, help_text="What should be done.")


class QuoteSent(Strict):
    minutes = serializers.IntegerField(min_value=1, max_value=quotes.LONGEST)
    rate = serializers.IntegerField(
        min_value=0, max_value=quotes.DEAREST, help_text="An hour, in hundredths."
    )
    text = text(help_text="What will be done: the customer accepts exactly this.")
    valid_until = Moment(required=False, help_text="As the policy has it, if left out.")


class QuoteAnswered(Strict):
    accepts = serializers.BooleanField()
    because = serializers.CharField(max_length=1000, default="", allow_blank=True)


class Paid(Strict):
    payment = serializers.CharField(max_length=200, help_text="The reference of the payment.")


class MeetingsAsked(Paged):
    state = serializers.ChoiceField(Meeting.State.choices, required=False)


class NewMeeting(Strict):
    ticket = serializers.IntegerField(
        min_value=1,
        max_value=10**12,
        required=False,
        help_text="Only agents, and they must: on whose ticket.",
    )
    kind = serializers.ChoiceField(Meeting.Kind.choices, default="meeting")
    summary = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="Of the ticket to be made."
    )
    agenda = text()
    wished_at = Moment()
    minutes = serializers.IntegerField(min_value=1, max_value=meetings.LONGEST)


class Scheduled(Strict):
    starts_at = Moment()
    place = serializers.CharField(max_length=300, default="", allow_blank=True)


class Because(Strict):
    because = text()


class NewTimeEntry(Strict):
    kind = serializers.ChoiceField(Quote.Kind.choices)
    minutes = serializers.IntegerField(min_value=1, max_value=hours.A_DAY)
    on = serializers.DateField(help_text="The day on which it was worked.")
    note = serializers.CharField(max_length=300, default="", allow_blank=True)


class HoursAsked(Strict):
    company = serializers.UUIDField(required=False, help_text="Agents must say it; customers have their own.")


class Nothing(Strict):
    """An empty object, or no body at all."""


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


class Sending(base.ApiView):
    area = AREA
    allowed: ClassVar[dict[str, base.Rule]] = {"POST": base.agents}

    @extend_schema(operation_id="quotes_send", request=QuoteSent, responses=QuoteShown)
    def post(self, request: Request, pk: int) -> Response:
        """Write it and send it to the customer. The company's account manager's, and supervisors'."""
        quotes.send(quote_of(request.user, pk), by=request.user, at=now(), **base.body(request, QuoteSent))
        return Response(quote_shown(request, pk))


class Answering(base.ApiView):
    area = AREA
    allowed: ClassVar[dict[str, base.Rule]] = {"POST": base.anybody}

    @extend_schema(operation_id="quotes_answer", request=QuoteAnswered, responses=QuoteShown)
    def post(self, request: Request, pk: int) -> Response:
        """Accept or decline it, as a person of the company who may. It is kept for ever as it was given."""
        given = base.body(request, QuoteAnswered)
        quotes.answer(quote_of(request.user, pk), person=request.user, at=now(), way="api",
                      source=source_of(request) or None, **given)  # fmt: skip
        return Response(quote_shown(request, pk))


class Withdrawal(base.ApiView):
    area = AREA
    allowed: ClassVar[dict[str, base.Rule]] = {"POST": base.agents}

    @extend_schema(operation_id="quotes_withdraw", request=Nothing, responses=QuoteShown)
    def post(self, request: Request, pk: int) -> Response:
        """Take it back before it was answered."""
        base.body(request, Nothing)
        quotes.withdraw(quote_of(request.user, pk), by=request.user, at=now())
        return Response(quote_shown(request, pk))


class Payment(base.ApiView):
    area = AREA
    allowed: ClassVar[dict[str, base.Rule]] = {"POST": base.agents}

    @extend_schema(operation_id="quotes_pay", request=Paid, responses=QuoteShown)
    def post(self, request: Request, pk: int) -> Response:
        """Mark an accepted quote as paid, with the payment's reference."""
        given = base.body(request, Paid)
        quotes.mark_paid(quote_of(request.user, pk), by=request.user, at=now(), **given)
        return Response(quote_shown(request, pk))


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


class Schedule(base.ApiView):
    area = AREA
    allowed: ClassVar[dict[str, base.Rule]] = {"POST": base.agents}

    @extend_schema(operation_id="meetings_schedule", request=Scheduled, responses=MeetingShown)
    def post(self, request: Request, pk: int) -> Response:
        """Approve and schedule it, or move it: both sides get the invitation. What needs a quote has to be accepted first."""
        found = meeting_of(request.user, pk)
        meetings.schedule(found, by=request.user, at=now(), **base.body(request, Scheduled))
        return Response(MeetingShown(meeting_of(request.user, pk)).data)


class MeetingRefusal(base.ApiView):
    area = AREA
    allowed: ClassVar[dict[str, base.Rule]] = {"POST": base.agents}

    @extend_schema(operation_id="meetings_refuse", request=Because, responses=MeetingShown)
    def post(self, request: Request, pk: int) -> Response:
        """Refuse it with a reason, as a supervisor. The customer may insist, which makes it a quote."""
        found = meeting_of(request.user, pk)
        meetings.refuse(found, by=request.user, at=now(), **base.body(request, Because))
        return Response(MeetingShown(meeting_of(request.user, pk)).data)


class Insistence(base.ApiView):
    area = AREA
    allowed: ClassVar[dict[str, base.Rule]] = {"POST": base.anybody}

    @extend_schema(operation_id="meetings_insist", request=Nothing, responses=MeetingShown)
    def post(self, request: Request, pk: int) -> Response:
        """Insist upon a refused one: the account manager quotes consulting hours."""
        base.body(request, Nothing)
        found = meeting_of(request.user, pk, acting=True)
        meetings.insist(found, by=request.user, at=now())
        return Response(MeetingShown(meeting_of(request.user, pk)).data)


class Cancellation(base.ApiView):
    area = AREA
    allowed: ClassVar[dict[str, base.Rule]] = {"POST": base.anybody}

    @extend_schema(operation_id="meetings_cancel", request=Because, responses=MeetingShown)
    def post(self, request: Request, pk: int) -> Response:
        """Call it off: both sides are told, and calendars forget it."""
        given = base.body(request, Because)
        meetings.cancel(meeting_of(request.user, pk, acting=True), by=request.user, at=now(), **given)
        return Response(MeetingShown(meeting_of(request.user, pk)).data)


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
