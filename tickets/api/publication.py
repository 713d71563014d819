"""The policy's draft, what publishing it would change, and publishing exactly that: the revision is the token."""

from __future__ import annotations

from django.core.exceptions import ValidationError as Refusal
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from policies import codec, draft, publishing
from policies.document import say
from policies.models import PolicyVersion
from tenants.moment import now
from tickets.api import base
from tickets.api.fields import Moment, Paged, Strict
from tickets.api.pages import paged
from tickets.api.problems import Conflict
from tickets.policy_admin.publication import moves_of

MOVES_COUNTED = 200


class VersionShown(serializers.Serializer):
    number = serializers.IntegerField()
    effective_from = Moment()
    published_at = Moment()
    adopts_open = serializers.BooleanField(help_text="Open tickets live by it too, not only new ones.")
    note = serializers.CharField()
    fingerprint = serializers.CharField()


class ProblemShown(serializers.Serializer):
    path = serializers.CharField()
    severity = serializers.CharField(help_text="error: it cannot be published; warning: it can.")
    message = serializers.CharField()


class DraftShown(serializers.Serializer):
    revision = serializers.IntegerField(help_text="Send it when publishing: it says what you have seen.")
    differences = serializers.ListField(
        child=serializers.CharField(), help_text="From the version in force, in sentences."
    )
    problems = ProblemShown(many=True)
    starts_at = Moment(help_text="When it would come into force if it were published now.")
    moves_new = serializers.IntegerField(
        help_text=f"Deadlines of open tickets that new hours would move; at most {MOVES_COUNTED} are counted."
    )
    moves_open = serializers.IntegerField(help_text="The same with `adopts_open`.")
    document = serializers.DictField()


class Publishing(Strict):
    revision = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, help_text="Of the draft that you saw."
    )
    effective_from = Moment(required=False, help_text="Now, or the draft's own date, if not given.")
    adopts_open = serializers.BooleanField(default=False, help_text="Open tickets too.")
    note = serializers.CharField(max_length=200, default="", allow_blank=True)


class Draft(base.ApiView):
    area = "policy"
    allowed = {"GET": base.admins}

    @extend_schema(operation_id="policy_draft", responses=DraftShown)
    def get(self, request: Request) -> Response:
        """The draft beside the version in force: what would change, what is wrong with it, whose deadlines would move."""
        at, language = now(), base.language(request)
        try:
            seen = publishing.preview(at=at, language=language)
        except draft.NoDraft:
            raise Conflict("There is no draft here yet.") from None
        except codec.DocumentError as error:
            raise Refusal({f"draft.{error.path}": error.message}) from None
        told = {
            "revision": seen.revision,
            "differences": seen.differences,
            "problems": [
                {"path": each.path, "severity": each.severity, "message": say(each.message, language)}
                for each in seen.problems
            ],
            "starts_at": publishing.start_of(seen.policy, at),
            "moves_new": min(MOVES_COUNTED, len(moves_of(seen.policy, at, adopts_open=False))),
            "moves_open": min(MOVES_COUNTED, len(moves_of(seen.policy, at, adopts_open=True))),
            "document": codec.to_dict(seen.policy),
        }
        return Response(DraftShown(told).data)


class Versions(base.ApiView):
    area = "policy"
    allowed = {"GET": base.agents, "POST": base.admins}

    @extend_schema(operation_id="policy_versions", parameters=[Paged], responses=paged(VersionShown))
    def get(self, request: Request) -> Response:
        """Every version that was published, the last first."""
        asked = base.query(request, Paged)
        found = PolicyVersion.objects.defer("document")
        return base.page(request, found, asked, lambda rows: VersionShown(rows, many=True).data)

    @extend_schema(operation_id="policy_publish", request=Publishing, responses={201: VersionShown})
    def post(self, request: Request) -> Response:
        """Publish the draft as you saw it. 409: it is at another revision by now, so look at it again."""
        given = base.body(request, Publishing)
        try:
            version = publishing.publish(by=request.user, at=now(), **given)
        except draft.NoDraft:
            raise Conflict("There is no draft here yet.") from None
        except publishing.DraftMoved as refused:
            raise Conflict(str(refused)) from None
        except publishing.PolicyHasErrors as refused:
            language = base.language(request)
            found = {f"draft.{each.path}": [] for each in refused.problems}
            for each in refused.problems:
                found[f"draft.{each.path}"].append(say(each.message, language))
            raise Refusal(found) from None
        except publishing.Refused as refused:
            raise Refusal({"effective_from": str(refused)}) from None
        return Response(VersionShown(version).data, status=201)
