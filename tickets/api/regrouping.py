"""One case per issue (TD16): merge, split, hand over, take out of scope, take out of the conversation; what was declined."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as Refusal
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from policies.publishing import policy_of
from tenants.customers.models import Company, Team
from tenants.moment import now
from tenants.people.models import User
from tickets import declined, lifecycle
from tickets.access import visible_to
from tickets.api import base, requests
from tickets.api.changes import Change
from tickets.api.fields import Moment, OneOf, Strict
from tickets.api.serializers import TicketShown
from tickets.api.tags import tagged
from tickets.api.tickets import shown, ticket_of, ticket_state
from tickets.lifecycle.redacting import may_redact, message_of
from tickets.lifecycle.scoping import OUTCOMES
from tickets.models import Ticket

LARGEST_ID = 2**62


def supervisors(person: User) -> bool:
    return may_redact(person)


# --- what is accepted -------------------------------------------------------------------------------------------------


class MergeAsked(Strict):
    into = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, help_text="The number of the other ticket."
    )
    because = requests.text(default="", allow_blank=True, help_text="For agents: the timeline keeps it.")
    across = serializers.BooleanField(
        default=False, help_text="Although it is another customer's: both may read everything."
    )


class SplitAsked(Strict):
    messages = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), min_length=1, max_length=100,
        help_text="Ids of the customer's messages that ask for something else.",
    )  # fmt: skip
    summary = serializers.CharField(max_length=200)
    topic = OneOf("topic", requests.topics, default="", allow_blank=True)
    priority = OneOf("priority", requests.priorities, default="", allow_blank=True)
    keeps = serializers.BooleanField(default=False, help_text="They stay in this ticket too.")


class HandoverAsked(Strict):
    team = serializers.SlugField(max_length=60, help_text="The key of a team.")
    note = requests.text(help_text="What they need to know; the customer does not see it.")


class ExclusionAsked(Strict):
    outcome = serializers.ChoiceField([(key, key) for key in OUTCOMES])
    because = requests.text(help_text="The customer reads it.")


class RedactionAsked(Strict):
    message = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    text = serializers.BooleanField(default=True, help_text="Whether its text is removed.")
    attachments = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), default=list, max_length=100,
        help_text="Ids of files of this message whose bytes are destroyed.",
    )  # fmt: skip
    summary = serializers.CharField(
        max_length=200,
        default="",
        allow_blank=True,
        help_text="The ticket's from now on, where it told it too.",
    )
    because = requests.text(help_text="The timeline keeps who, when and why; not what it was.")


# --- changes ----------------------------------------------------------------------------------------------------------


class Merging(Change, operation="tickets_merge"):
    """Make it a part of another ticket: its clocks end as merged, its messages and people go over, the customer is told. Answers
    with the ticket, closed; `merged_into` leads on."""

    allowed: ClassVar[dict[str, base.Rule]] = {"POST": base.agents, "DELETE": base.agents}
    accepts = MergeAsked

    def do(self, ticket: Ticket, given: dict[str, Any], done: dict[str, Any]) -> None:
        target = visible_to(done["by"]).filter(number=given.pop("into")).first()
        if target is None:
            raise Refusal({"into": "There is no such ticket."})
        lifecycle.merge(ticket, into=target, **given, **done)

    @extend_schema(operation_id="tickets_unmerge", responses={200: TicketShown})
    def delete(self, request: Request, number: int) -> Response:
        """Two tickets again, with their clocks as they were. For 24 hours after the merge."""
        lifecycle.unmerge(ticket_of(request, number), by=request.user, at=now())
        return tagged(request, shown(request, number))


class Splitting(base.ApiView):
    area = "tickets"
    state = ticket_state
    allowed: ClassVar[dict[str, base.Rule]] = {"POST": base.agents, "DELETE": base.agents}

    @extend_schema(operation_id="tickets_split", request=SplitAsked, responses={201: TicketShown})
    def post(self, request: Request, number: int) -> Response:
        """Open a ticket of its own from messages that ask for something else. It starts when they were written, with its own
        decision; the customer is told its number. Answers with the new ticket."""
        ticket = ticket_of(request, number)
        given = base.body(request, SplitAsked, policy=policy_of(ticket.policy_version))
        new = lifecycle.split(ticket, by=request.user, at=now(), **given)
        return Response(
            shown(request, new.number),
            status=201,
            headers={"Location": reverse("api:ticket", args=[new.number])},
        )

    @extend_schema(operation_id="tickets_unsplit", responses={200: TicketShown})
    def delete(self, request: Request, number: int) -> Response:
        """Of the ticket that was split off: back into the one it came from, while nobody has done anything with it."""
        lifecycle.unsplit(ticket_of(request, number), by=request.user, at=now())
        return tagged(request, shown(request, number))


class Handover(Change, operation="tickets_hand_over"):
    """Pass it to another team with a note. They are told; no clock stops."""

    accepts = HandoverAsked

    def do(self, ticket: Ticket, given: dict[str, Any], done: dict[str, Any]) -> None:
        team = Team.objects.filter(key=given["team"]).first()
        if team is None:
            raise Refusal({"team": f"There is no team “{given['team']}” here."})
        lifecycle.hand_over(ticket, team=team, note=given["note"], **done)


class Exclusion(Change, operation="tickets_take_out_of_scope"):
    """Take it out of scope, or its promise away, with a reason that the customer reads."""

    accepts = ExclusionAsked

    def do(self, ticket: Ticket, given: dict[str, Any], done: dict[str, Any]) -> None:
        lifecycle.rule_out(ticket, **given, **done)


class Redactions(Change, operation="tickets_redact"):
    """Remove a message's text, or files of it, for good. Only for supervisors."""

    allowed: ClassVar[dict[str, base.Rule]] = {"POST": supervisors}
    accepts = RedactionAsked

    def do(self, ticket: Ticket, given: dict[str, Any], done: dict[str, Any]) -> None:
        message = message_of(ticket, given.pop("message"))
        lifecycle.redact(message, files=given.pop("attachments"), **given, **done)


# --- the report -------------------------------------------------------------------------------------------------------


PERIOD = timedelta(days=30)


class DeclinedAsked(Strict):
    since = Moment(required=False, help_text="From this moment on; left out, 30 days before `until`.")
    until = Moment(required=False, help_text="Before this moment; left out, now.")
    outcome = serializers.CharField(required=False, max_length=20)
    rule = serializers.CharField(required=False, max_length=80)
    topic = serializers.CharField(required=False, max_length=60)
    channel = serializers.CharField(required=False, max_length=20)
    company = serializers.UUIDField(required=False)
    overruled = serializers.ChoiceField([("yes", "yes"), ("no", "no")], required=False)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        given["until"] = given.get("until") or now()
        given["since"] = given.get("since") or given["until"] - PERIOD
        if given["until"] <= given["since"]:
            raise serializers.ValidationError({"until": ["It comes after `since`."]})
        return given


class DeclinedCount(serializers.Serializer):
    by = serializers.CharField(help_text="outcome, rule, topic, channel or company")
    outcome = serializers.CharField(help_text="Of an outcome or a rule.")
    key = serializers.CharField(
        help_text="The rule's, topic's or channel's key, or the company's name; may be empty."
    )
    count = serializers.IntegerField()
    contacts = serializers.IntegerField(help_text="Of these, contacts that became no ticket.")
    overruled = serializers.IntegerField(help_text="Of these, tickets that one of us took on after all.")


class DeclinedRow(serializers.Serializer):
    contact = serializers.IntegerField(allow_null=True, help_text="The contact's id; null for a ticket.")
    ticket = serializers.IntegerField(allow_null=True, help_text="The ticket's number; null for a contact.")
    at = Moment()
    outcome = serializers.CharField()
    rule = serializers.CharField()
    topic = serializers.CharField()
    channel = serializers.CharField()
    company = serializers.CharField()
    summary = serializers.CharField()
    overruled = serializers.BooleanField()
    because = serializers.CharField(help_text="Why it was taken on after all.")


class DeclinedReport(serializers.Serializer):
    count = serializers.IntegerField()
    contacts = serializers.IntegerField()
    overruled = serializers.IntegerField()
    counts = DeclinedCount(many=True)
    rows = DeclinedRow(many=True, help_text=f"The latest {declined.LISTED}.")


class Declined(base.ApiView):
    area = "tickets"
    allowed: ClassVar[dict[str, base.Rule]] = {"GET": supervisors}

    @extend_schema(operation_id="declined_report", parameters=[DeclinedAsked], responses=DeclinedReport)
    def get(self, request: Request) -> Response:
        """What was not taken on in a period: contacts without a ticket, tickets without a promise, and those overruled. Only for
        supervisors."""
        asked = base.query(request, DeclinedAsked)
        if "company" in asked:
            asked["company"] = (
                Company.objects.filter(reference=asked["company"]).values_list("pk", flat=True).first() or -1
            )
        found = declined.report_of(declined.Wanted(**asked))
        counts = [
            {"by": each.by, "outcome": each.outcome or "", "count": each.count, "contacts": each.contacts,
             "overruled": each.overruled,
             "key": each.company if each.by == "company" else getattr(each, each.by) or ""}
            for by in declined.BY for each in found.by[by]
        ]  # fmt: skip
        rows = [
            row._asdict() | {"ticket": row.number, "contact": None if row.number else row.pk}
            for row in found.rows
        ]
        told = {"count": found.count, "contacts": found.contacts, "overruled": found.overruled}
        return Response(DeclinedReport(told | {"counts": counts, "rows": rows}).data)
