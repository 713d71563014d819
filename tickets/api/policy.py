"""The policy in force, and what it would say to a request."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from policies import codec
from policies.calendars import ALWAYS
from policies.document import Policy
from policies.explanation import explain
from policies.facts import Facts
from policies.publishing import NoPolicy, policy_of, version_in_force
from sla.business_time import BusinessHours
from sla.calendars import hours_at
from tenants.customers.models import Membership
from tenants.moment import now
from tickets.api import base, requests
from tickets.api.fields import Moment
from tickets.api.tags import tagged

PROMISED = (
    "schema", "key", "name", "language", "tz", "summary", "languages", "effective_on", "default_priority",
    "customer_sets_priority", "customer_may_close", "masks_secrets", "shows_duplicates", "who_may_ask", "reopen_within",
    "asks_rating",
    "closes_resolved_after", "modules", "channels", "calendars", "plans",
    "priorities", "topics", "clock_rules", "targets", "closing_rules", "attachments",
    "emergencies", "emergency_calendar", "emergency_is_free",
    "budgets", "night_rate", "work_rate", "currency", "quote_valid", "meeting_lead", "meeting_topic", "training_topic",
)  # fmt: skip
OURS = ("note", "team", "warnings")  # what a part of it says to our side


class PolicyShown(serializers.Serializer):
    number = serializers.IntegerField()
    effective_from = Moment()
    published_at = Moment()
    fingerprint = serializers.CharField()
    document = serializers.DictField(
        help_text="As `policy export` has it, in JSON. Customers read what is promised to them, not how we work."
    )


class DeadlineShown(serializers.Serializer):
    metric = serializers.CharField()
    target = serializers.CharField(allow_null=True)
    unit = serializers.CharField()
    calendar = serializers.CharField()
    due_at = Moment(allow_null=True)
    breach_at = Moment(allow_null=True)
    because = serializers.ListField(child=serializers.CharField())
    stretches = serializers.ListField(child=serializers.DictField())


class ExplanationShown(serializers.Serializer):
    """The object of `manage.py policy explain --json`."""

    accepted = serializers.BooleanField()
    outcome = serializers.CharField()
    plan = serializers.CharField()
    priority = serializers.CharField()
    policy_version = serializers.IntegerField()
    policy = serializers.CharField()
    at = Moment()
    team = serializers.CharField()
    sla = serializers.BooleanField()
    rule = serializers.CharField()
    sentence = serializers.CharField()
    pointer = serializers.CharField()
    contact = serializers.CharField()
    because = serializers.ListField(child=serializers.CharField())
    deadlines = DeadlineShown(many=True)


class PolicyInForce(base.ApiView):
    area = "policy"
    allowed = {"GET": base.anybody}

    @extend_schema(operation_id="policy_read", responses=PolicyShown)
    def get(self, request: Request) -> Response:
        """The version in force with its document."""
        return tagged(request, self.state(request))

    def state(self, request: Request, *, lock: bool = False) -> Any:
        version = version_in_force(now())
        document = codec.to_dict(policy_of(version))
        if not request.user.is_agent:
            document = promised(document)
        told = {
            name: getattr(version, name)
            for name in ("number", "effective_from", "published_at", "fingerprint")
        }
        return PolicyShown(told | {"document": document}).data


def promised(document: dict[str, Any]) -> dict[str, Any]:
    """What customers read of a document: its promises, without scope rules, escalation and remarks."""

    def public(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: public(value) for key, value in part.items() if key not in OURS}
        return [public(each) for each in part] if isinstance(part, list) else part

    return {key: public(value) for key, value in document.items() if key in PROMISED}


class PolicyExplanation(base.ApiView):
    area = "policy"
    allowed = {"GET": base.anybody}

    @extend_schema(
        operation_id="policy_explanation",
        parameters=[requests.ExplanationAsked],
        responses=ExplanationShown,
    )
    def get(self, request: Request) -> Response:
        """Which deadlines a request would get, and why, by the policy and the hours in force at that moment. For a customer
        the plan is their company's, where none is said."""
        policy = policy_of(version_in_force(now()))
        asked = base.query(request, requests.ExplanationAsked, policy=policy)
        at = asked.get("at") or now()
        try:
            version = version_in_force(at)
        except NoPolicy:
            raise ValidationError({"at": ["No policy was in force at that moment."]}) from None
        policy = policy_of(version)
        facts = Facts(
            channel=asked["channel"],
            plan=asked["plan"] or own_plan(request.user, policy),
            priority=asked["priority"],
            topic=asked["topic"],
            text=asked["text"],
            situations=frozenset(asked["situation"]),
        )
        hours = {ALWAYS: BusinessHours.always()} | {
            spec.key: hours_at(spec.key, at) for spec in policy.calendars
        }
        told = explain(policy, facts, at, hours, base.language(request), version=version.number)
        return Response(
            told if request.user.is_agent else {name: told[name] for name in told if name != "team"}
        )


def own_plan(person: Any, policy: Policy) -> str:
    membership = Membership.objects.select_related("company").filter(person=person).first()
    plan = membership.company.plan if membership else ""
    return plan if policy.plan(plan) is not None else ""
