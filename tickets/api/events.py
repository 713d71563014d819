"""The timeline of a ticket: what happened, when, by whom, in a sentence; for agents with the data behind it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from policies.publishing import policy_of
from tickets.api import base
from tickets.api.fields import Moment, Paged
from tickets.api.pages import paged
from tickets.api.serializers import FOR_AGENTS, Author
from tickets.api.tickets import ticket_of
from tickets.desk import sentences as to_agents
from tickets.desk.rows import Names
from tickets.models import Event
from tickets.portal import story as to_customers


class EventForCustomers(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="opened, replied, assigned, warned, breached, closed, ...")
    at = Moment()
    actor = Author(allow_null=True, help_text="Who did it; null: the system, or the passing of time.")
    sentence = serializers.SerializerMethodField(
        help_text="In the reader's language; empty where the message beside it says it."
    )

    def get_sentence(self, event: Event) -> str:
        return str(self.context["say"](event))


class EventShown(EventForCustomers):
    """An event. What is marked so is there for agents only."""

    is_public = serializers.BooleanField(required=False, help_text=FOR_AGENTS)
    data = serializers.DictField(required=False, help_text=f"{FOR_AGENTS} What the sentence is made of.")


class Events(base.ApiView):
    area = "tickets"
    allowed = {"GET": base.anybody}

    @extend_schema(operation_id="events_list", parameters=[Paged], responses=paged(EventShown))
    def get(self, request: Request, number: int) -> Response:
        """What happened to the ticket, oldest first. Customers read what the portal tells them."""
        asked, ticket = base.query(request, Paged), ticket_of(request, number)
        found = Event.objects.filter(ticket=ticket).select_related("actor")
        shape, say = EventShown, for_agents(Names(policy_of(ticket.policy_version)))
        if not request.user.is_agent:
            found, shape, say = found.filter(is_public=True), EventForCustomers, to_customers.sentence_of

        def show(events: list[Event]) -> Any:
            return shape(events, many=True, context={"say": say}).data

        return base.page(request, found, asked, show, newest_first=False)


def for_agents(names: Names) -> Any:
    def say(event: Event) -> str:
        sentence = to_agents.sentence_of(event, names)
        return sentence.words if sentence else ""

    return say
