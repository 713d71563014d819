"""What is answered. A ticket has more to tell to agents than to customers; each field is listed, none follows by itself."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from rest_framework import serializers

from policies.document import say
from tickets.api.fields import Moment
from tickets.models import Attachment, Message, Ticket

FOR_AGENTS = "Only for agents."


class Person(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()


class CompanyName(serializers.Serializer):
    reference = serializers.UUIDField()
    name = serializers.CharField()


class TicketForCustomers(serializers.Serializer):
    number = serializers.IntegerField()
    summary = serializers.CharField()
    status = serializers.ChoiceField(Ticket.Status.choices)
    channel = serializers.CharField()
    plan = serializers.CharField()
    priority = serializers.CharField()
    topic = serializers.CharField()
    module = serializers.CharField()
    fields_ = serializers.DictField(help_text="The topic's extra fields.")
    requester = Person()
    company = CompanyName(allow_null=True)
    outcome = serializers.CharField(help_text="in_scope, out_of_scope, other_service, third_party, no_sla")
    because = serializers.SerializerMethodField(help_text="The decision's reasons, in the reader's language.")
    sentence = serializers.SerializerMethodField(help_text="What the policy says of a ticket out of scope.")
    missing = serializers.CharField(
        help_text="What an incomplete request still lacks; its clock waits for it."
    )
    due_at = Moment(allow_null=True, help_text="The earliest deadline that is still to be met.")
    due_metric = serializers.CharField()
    opened_at = Moment()
    updated_at = Moment()
    resolved_at = Moment(allow_null=True)
    closed_at = Moment(allow_null=True)
    solution = serializers.CharField()
    follows = serializers.IntegerField(
        source="follows.number",
        default=None,
        allow_null=True,
        help_text="The ticket that this one continues.",
    )
    merged_into = serializers.IntegerField(
        source="merged_into.number",
        default=None,
        allow_null=True,
        help_text="The ticket that it is a part of now.",
    )
    split_from = serializers.IntegerField(
        source="split_from.number",
        default=None,
        allow_null=True,
        help_text="The ticket that it was a part of.",
    )

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()  # a field named “fields” would hide the serializer's own attribute
        return {name.rstrip("_"): field for name, field in found.items()}

    def get_because(self, ticket: Ticket) -> list[str]:
        return [say(text, self.context["language"]) for text in ticket.because]

    def get_sentence(self, ticket: Ticket) -> str:
        return say(ticket.sentence, self.context["language"])


class TicketShown(TicketForCustomers):
    """A ticket. What is marked so is there for agents only."""

    owner = Person(required=False, allow_null=True, help_text=FOR_AGENTS)
    team = serializers.CharField(
        source="team.key", default=None, allow_null=True, required=False, help_text=FOR_AGENTS
    )
    joined_teams = serializers.SerializerMethodField(help_text=FOR_AGENTS)
    situations = serializers.ListField(child=serializers.CharField(), required=False, help_text=FOR_AGENTS)
    clock_state = serializers.CharField(required=False, help_text=FOR_AGENTS)
    scope_rule = serializers.CharField(required=False, help_text=FOR_AGENTS)
    overruled_because = serializers.CharField(required=False, help_text=FOR_AGENTS)
    escalated_at = Moment(allow_null=True, required=False, help_text=FOR_AGENTS)
    language = serializers.CharField(required=False, help_text=FOR_AGENTS)
    policy_version = serializers.IntegerField(
        source="policy_version.number", required=False, help_text=FOR_AGENTS
    )

    def get_joined_teams(self, ticket: Ticket) -> list[str]:
        return [team.key for team in ticket.extra_teams.all()]


def with_everything(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """`tickets` with what their answer names, whatever their number."""
    related = (
        "requester", "company", "owner", "team", "policy_version", "follows", "merged_into", "split_from",
    )  # fmt: skip
    return tickets.select_related(*related).defer("policy_version__document").prefetch_related("extra_teams")


def shown_tickets(tickets: list[Ticket], person: Any, language: str) -> list[dict[str, Any]]:
    shape = TicketShown if person.is_agent else TicketForCustomers
    return shape(tickets, many=True, context={"language": language}).data


# --- messages -----------------------------------------------------------------------------------------------


class AttachmentShown(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.CharField(help_text="The MIME type, told by the content.")
    size = serializers.IntegerField(help_text="In bytes.")
    url = serializers.SerializerMethodField(help_text="Where the file is fetched, with the same key.")

    def get_url(self, file: Attachment) -> str:
        return reverse("api:attachment", args=[file.pk])


class Author(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class MessageForCustomers(serializers.Serializer):
    id = serializers.IntegerField()
    ticket = serializers.IntegerField(
        source="ticket.number",
        help_text="Another one than you wrote to, where that ticket was history and was continued.",
    )
    kind = serializers.ChoiceField(Message.Kind.choices)
    author = Author(allow_null=True)
    by_customer = serializers.BooleanField()
    body = serializers.CharField()
    finding = serializers.CharField(
        required=False, help_text="What a finished investigation found, said with the body."
    )
    at = Moment()
    came_from = serializers.IntegerField(
        allow_null=True, help_text="The number of the ticket it was said in, which was merged into this one."
    )
    redacted_at = Moment(allow_null=True, help_text="Its text was removed then.")
    attachments = AttachmentShown(many=True)


class MessageShown(MessageForCustomers):
    """A message. What is marked so is there for agents only."""

    delivered_at = Moment(allow_null=True, required=False, help_text=FOR_AGENTS)


def messages_of(ticket: Ticket, person: Any) -> QuerySet[Message]:
    """What `person` may read of the ticket: notes are for agents."""
    files = Prefetch("attachments", Attachment.objects.order_by("id"))
    found = Message.objects.filter(ticket=ticket).select_related("author", "ticket").prefetch_related(files)
    return found if person.is_agent else found.exclude(kind=Message.Kind.NOTE)


def shown_messages(messages: list[Message], person: Any) -> list[dict[str, Any]]:
    return (MessageShown if person.is_agent else MessageForCustomers)(messages, many=True).data


# --- clocks -------------------------------------------------------------------------------------------------


class ClockShown(serializers.Serializer):
    metric = serializers.CharField()
    label = serializers.CharField()
    situation = serializers.CharField()
    status = serializers.CharField(help_text="running, warned, breached, paused, met, missed, ended")
    target = serializers.CharField()
    calendar = serializers.CharField()
    tz = serializers.CharField()
    because = serializers.CharField()
    started_at = Moment()
    due_at = Moment(allow_null=True)
    breach_at = Moment(allow_null=True)
    fulfilled_at = Moment(allow_null=True)
    paused_since = Moment(allow_null=True)
    remaining_seconds = serializers.SerializerMethodField(help_text="Open time left; negative when late.")

    def get_remaining_seconds(self, clock: Any) -> int | None:
        return None if clock.remaining is None else int(clock.remaining.total_seconds())


class StretchShown(serializers.Serializer):
    from_ = Moment()
    to = Moment(allow_null=True)
    counted_seconds = serializers.IntegerField()
    why = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}


class Reason(serializers.Serializer):
    """Why this deadline, of one clock."""

    metric = serializers.CharField()
    label = serializers.CharField()
    situation = serializers.CharField()
    sentences = serializers.ListField(child=serializers.CharField())
    target = serializers.CharField()
    calendar = serializers.CharField()
    tz = serializers.CharField()
    due_at = Moment(allow_null=True)
    breach_at = Moment(allow_null=True)
    stretches = StretchShown(many=True, required=False, help_text=FOR_AGENTS)


class LookalikeShown(serializers.Serializer):
    """An open ticket of the same company that looks alike (TD16)."""

    number = serializers.IntegerField()
    summary = serializers.CharField()
    likeness = serializers.FloatField(help_text="From 0.5 to 1.")
    url = serializers.CharField()


class Opened(serializers.Serializer):
    """What became of a contact. `accepted` false: the policy makes no ticket of it, and `pointer` says where to go."""

    accepted = serializers.BooleanField()
    outcome = serializers.CharField()
    pointer = serializers.CharField()
    sentence = serializers.CharField(help_text="What the policy says of what is out of scope.")
    because = serializers.ListField(child=serializers.CharField())
    ticket = TicketShown(allow_null=True)
    lookalikes = LookalikeShown(
        many=True,
        help_text="Open tickets that look like this one, where the policy shows them; an agent may merge it into one.",
    )
