"""What is accepted. Keys of the policy are checked against the policy in force (for changes: the ticket's own)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from policies.document import CHANNELS, STATED_SITUATIONS, Field, Policy, say
from tickets.api.fields import Moment, OneOf, Paged, Strict
from tickets.models import Ticket

LONGEST = 100_000
WRITTEN_KINDS = [("public", "to everybody"), ("note", "to agents alone")]


def channels(policy: Policy) -> list[str]:
    """Declared ones and the rest: contact through an undeclared channel is a fact, which the policy declines."""
    return list(dict.fromkeys([*(c.key for c in policy.channels), *CHANNELS]))


def priorities(policy: Policy) -> list[str]:
    return [p.key for p in policy.priorities]


def plans(policy: Policy) -> list[str]:
    return [p.key for p in policy.plans]


def topics(policy: Policy) -> list[str]:
    return [t.key for t in policy.topics]


def text(**said: Any) -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST, **said)


# --- opening ------------------------------------------------------------------------------------------------


class TicketsAsked(Paged):
    status = serializers.ListField(child=serializers.ChoiceField(Ticket.Status.choices), required=False)
    priority = serializers.CharField(required=False, max_length=60)
    channel = serializers.CharField(required=False, max_length=60)
    topic = serializers.CharField(required=False, max_length=60)
    updated_since = Moment(required=False)


class NewTicket(Strict):
    summary = serializers.CharField(max_length=200)
    body = text(help_text="The description, as the customer wrote it.")
    channel = OneOf("channel", channels, default="api", help_text="The door by which the contact came.")
    topic = OneOf("topic", topics, default="", allow_blank=True)
    priority = OneOf(
        "priority", priorities, default="", allow_blank=True,
        help_text="Empty: as the policy has it. Customers choose it only where the policy lets them.",
    )  # fmt: skip
    module = serializers.CharField(max_length=100, default="", allow_blank=True)
    fields_ = serializers.DictField(
        default=dict,
        help_text="The topic's extra fields by key. A required one left out makes it incomplete.",
    )
    situations = serializers.ListField(
        child=serializers.ChoiceField(STATED_SITUATIONS),
        default=list,
        max_length=10,
        help_text="Only from agents.",
    )
    emergencies = serializers.ListField(
        child=serializers.CharField(max_length=80),
        default=list,
        max_length=20,
        help_text="Keys of the policy's checklist: what makes it an emergency.",
    )
    copies = serializers.ListField(
        child=serializers.EmailField(max_length=254), default=list, max_length=20, help_text="People in copy."
    )
    requester = serializers.EmailField(
        required=False,
        max_length=254,
        help_text="For whom: agents must say it, customers ask for themselves.",
    )
    requester_name = serializers.CharField(
        required=False, max_length=200, help_text="Makes an address that is not known yet a customer's."
    )

    def get_fields(self) -> dict[str, Any]:
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        policy, person, errors = self.context["policy"], self.context["person"], {}
        if person.is_agent and "requester" not in given:
            errors["requester"] = ["Say for whom: an agent opens tickets on behalf of somebody."]
        if not person.is_agent:
            if given.get("requester", person.email).lower() != person.email.lower():
                errors["requester"] = ["You can only ask for yourself."]
            if given["situations"]:
                errors["situations"] = ["Only agents state a situation."]
            if given["priority"] and not policy.customer_sets_priority:
                errors["priority"] = ["Here the priority is set by our team: leave it out."]
        if given["module"]:
            module = next((m for m in policy.modules if given["module"] in m.values()), None)
            if module is None:
                listed = ", ".join(say(m, policy.language) for m in policy.modules)
                errors["module"] = [f"There is no such module here; there are: {listed or 'none'}."]
            else:
                given["module"] = say(module, policy.language)
        try:
            given["fields"] = answers(policy, given["topic"], given["fields"])
        except ValidationError as error:
            errors["fields"] = error.detail
        if errors:
            raise ValidationError(errors)
        return given


class NewTicketForm(NewTicket):
    files = serializers.ListField(child=serializers.FileField(), required=False)


def answers(policy: Policy, topic: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The topic's extra fields as they are kept with the ticket: texts, true for a tick, a list of a checklist. Unknown ones are
    refused."""
    chosen = policy.topic(topic)
    known = {field.key: field for field in chosen.fields} if chosen else {}
    kept, errors = {}, {}
    for key, value in given.items():
        if key not in known:
            listed = ", ".join(known) or "none"
            errors[str(key)[:100]] = [f"The topic has no such field; it has: {listed}."]
            continue
        if value is None or value == "":
            continue
        try:
            kept[key] = _as_kept(known[key], value, policy)
        except ValidationError as error:
            errors[key] = error.detail
    if errors:
        raise ValidationError(errors)
    return {key: value for key, value in kept.items() if value not in ("", False)}


def _as_kept(field: Field, value: Any, policy: Policy) -> Any:
    if field.kind == "checkbox":
        return serializers.BooleanField().run_validation(value)
    if field.kind == "number":
        return f"{serializers.DecimalField(max_digits=30, decimal_places=10).run_validation(value):f}"
    if field.kind == "datetime":
        return Moment().run_validation(value).isoformat()
    if field.kind == "checklist":
        ticked = serializers.ListField(child=serializers.CharField(), max_length=50).run_validation(value)
        return list(dict.fromkeys(_chosen(field, each, policy) for each in ticked))
    if field.kind == "choice":
        return _chosen(field, value, policy)
    if field.kind == "url":
        return serializers.URLField(max_length=2000).run_validation(value)
    longest = 20_000 if field.kind == "textarea" else 500
    return serializers.CharField(max_length=longest, allow_blank=True).run_validation(value)


def _chosen(field: Field, value: Any, policy: Policy) -> str:
    """A choice may be named in any language, and is kept in the policy's own."""
    for choice in field.choices:
        if value in choice.values():
            return say(choice, policy.language)
    listed = ", ".join(say(choice, policy.language) for choice in field.choices)
    raise ValidationError([f"Choose one of: {listed}."])


# --- messages -----------------------------------------------------------------------------------------------


class NewMessage(Strict):
    body = text()
    kind = serializers.ChoiceField(
        WRITTEN_KINDS,
        default="public",
        help_text="Notes: only agents.",
    )
    finding = text(
        default="", allow_blank=True, help_text="Only agents: what the finished investigation found."
    )
    wait = serializers.BooleanField(default=False, help_text="Only agents: then wait on the customer.")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        marks = [name for name in ("finding", "wait") if given[name]]
        if not self.context["person"].is_agent:
            refused = marks + (["kind"] if given["kind"] == "note" else [])
            if refused:
                raise ValidationError({name: ["Only agents may say this."] for name in refused})
        if given["kind"] == "note" and marks:
            raise ValidationError({name: ["A note fulfils nothing."] for name in marks})
        return given


class NewMessageForm(NewMessage):
    files = serializers.ListField(child=serializers.FileField(), required=False)


# --- changes ------------------------------------------------------------------------------------------------


class Assignment(Strict):
    owner = serializers.EmailField(
        max_length=254, allow_null=True, help_text="An agent's address; null: nobody owns it."
    )


class Triage(Strict):
    priority = OneOf("priority", priorities, required=False)
    topic = OneOf("topic", topics, required=False, allow_blank=True)
    team = serializers.SlugField(required=False, max_length=60, help_text="The key of a team.")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if not given:
            raise ValidationError("Say at least one of priority, topic and team.")
        return given


class Waiting(Strict):
    on = serializers.ChoiceField([("customer", "the customer"), ("third_party", "a third party")])
    because = text(default="", allow_blank=True, help_text="Whom we wait for; needed with a third party.")


class Resolution(Strict):
    solution = text(default="", allow_blank=True, help_text="Sent to the customer; most policies demand it.")


class Reopening(Strict):
    because = text(default="", allow_blank=True)


class Scope(Strict):
    because = text(help_text="Why it is in scope after all.")


class Situation(Strict):
    situation = serializers.ChoiceField(STATED_SITUATIONS)
    holds = serializers.BooleanField()
    because = serializers.CharField(
        max_length=500,
        default="",
        allow_blank=True,
        help_text="The reason, which the customer reads; needed where this changes something.",
    )


class Completeness(Strict):
    missing = text(
        allow_blank=True, help_text="What is missing: the customer is asked. Empty: it is complete."
    )


class Participant(Strict):
    address = serializers.EmailField(max_length=254)


class Nothing(Strict):
    """An empty object, or no body at all."""


# --- windows, policy, people ----------------------------------------------------------------------------------


class WindowsAsked(Paged):
    company = serializers.UUIDField(required=False)
    ends_after = Moment(required=False)
    starts_before = Moment(required=False)


class WindowMoved(Strict):
    starts_at = Moment(required=False)
    ends_at = Moment(required=False)


class NewWindow(Strict):
    company = serializers.UUIDField(help_text="The company's reference.")
    kind = serializers.ChoiceField(STATED_SITUATIONS, default="auction")
    name = serializers.CharField(max_length=200, default="", allow_blank=True)
    starts_at = Moment()
    ends_at = Moment()


class ExplanationAsked(Strict):
    plan = OneOf("plan", plans, default="", allow_blank=True)
    priority = OneOf("priority", priorities, default="", allow_blank=True)
    channel = OneOf("channel", channels, default="", allow_blank=True)
    topic = OneOf("topic", topics, default="", allow_blank=True)
    text = serializers.CharField(
        max_length=20_000, default="", allow_blank=True, help_text="What the customer writes."
    )
    situation = serializers.ListField(
        child=serializers.ChoiceField(STATED_SITUATIONS), default=list, max_length=10
    )
    at = Moment(required=False, help_text="When the request arrives; now if not given.")


class CompaniesAsked(Paged):
    name = serializers.CharField(required=False, max_length=200)
    plan = serializers.CharField(required=False, max_length=60)


class PeopleAsked(Paged):
    email = serializers.EmailField(required=False, max_length=254)
    role = serializers.CharField(required=False, max_length=20)
    company = serializers.UUIDField(required=False)
    is_active = serializers.BooleanField(required=False)


class LicencesAsked(Paged):
    number = serializers.CharField(required=False, max_length=80)
    email = serializers.EmailField(required=False, max_length=254)
    is_active = serializers.BooleanField(required=False)
