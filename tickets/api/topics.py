"""What a ticket may name: topics with their fields, as the policy in force has them, and the teams of this desk."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from policies.document import Policy, say
from policies.publishing import policy_of, version_in_force
from tenants.customers.models import Team
from tenants.moment import now
from tickets.api import base


class TopicFieldShown(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()
    kind = serializers.CharField(
        help_text="text, textarea, number, datetime, choice, checkbox, checklist, url"
    )
    required = serializers.BooleanField(
        help_text="Without it the request is incomplete, and its clock waits."
    )
    help = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())


class TopicShown(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    hint = serializers.CharField()
    fields_ = TopicFieldShown(many=True)

    def get_fields(self) -> dict[str, Any]:
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}


class TeamShown(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    languages = serializers.ListField(
        child=serializers.CharField(), help_text="New tickets in these come to this team (TD03)."
    )


class Topics(base.ApiView):
    area = "tickets"
    allowed = {"GET": base.anybody}

    @extend_schema(operation_id="topics_list", responses=TopicShown(many=True))
    def get(self, request: Request) -> Response:
        """The topics of the policy in force and what each asks for, in the reader's language."""
        return Response(told(policy_of(version_in_force(now())), base.language(request)))


class Teams(base.ApiView):
    area = "tickets"
    allowed = {"GET": base.agents}

    @extend_schema(operation_id="teams_list", responses=TeamShown(many=True))
    def get(self, request: Request) -> Response:
        """The teams that a ticket can be given to."""
        return Response(TeamShown(Team.objects.order_by("key"), many=True).data)


def told(policy: Policy, language: str) -> list[dict[str, Any]]:
    return [
        {
            "key": topic.key,
            "name": say(topic.name, language),
            "hint": say(topic.hint, language),
            "fields": [
                {
                    "key": field.key,
                    "label": say(field.label, language),
                    "kind": field.kind,
                    "required": field.required,
                    "help": say(field.help, language),
                    "choices": [say(choice, language) for choice in field.choices],
                }
                for field in topic.fields
            ],
        }
        for topic in policy.topics
    ]
