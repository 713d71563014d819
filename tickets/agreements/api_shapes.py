"""What the API shows of agreements, and what it accepts: shapes alone, no use case."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tickets.agreements import hours, meetings, quotes
from tickets.agreements.models import Meeting, Quote
from tickets.api.fields import Moment, Paged, Strict
from tickets.api.serializers import Person

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
