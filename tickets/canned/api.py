"""Canned answers for programs: what the person of the key may use, and write: their own, or, who leads, everybody's too."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as Refusal
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tenants.customers.models import Team
from tenants.moment import now
from tenants.people import languages
from tickets.api import base
from tickets.api.fields import Moment, Paged, Strict
from tickets.api.pages import paged
from tickets.api.tags import tagged
from tickets.canned import texts
from tickets.canned.models import LONGEST, CannedAnswer

MINE, TEAMS, EVERYBODYS = "mine", "team", "everybody"
WHOSE = [MINE, TEAMS, EVERYBODYS]
PLACEHOLDERS = (
    "Replaced when it is inserted: " + ", ".join(f"`{{{name}}}`" for name in texts.PLACEHOLDERS) + "."
)


class CannedShown(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    shortcut = serializers.CharField(help_text="Typed in a reply as /shortcut; empty where there is none.")
    body = serializers.CharField(help_text=PLACEHOLDERS)
    language = serializers.CharField(help_text="Of the tickets on which it is offered; empty: of all.")
    whose = serializers.ChoiceField(WHOSE, help_text="Who may use it.")
    team = serializers.CharField(allow_null=True, help_text="The team's key, where it is a team's.")
    may_change = serializers.BooleanField(help_text="Whether this person may change and delete it.")
    changed_at = Moment()


class CannedChanged(Strict):
    title = serializers.CharField(required=False, max_length=80)
    body = serializers.CharField(
        required=False, max_length=LONGEST, trim_whitespace=False, help_text=PLACEHOLDERS
    )
    shortcut = serializers.RegexField(
        r"^[a-z0-9-]*\Z", required=False, max_length=30, allow_blank=True,
        help_text="Small letters without accents, figures and hyphens; once among the answers of the same people.",
    )  # fmt: skip
    language = serializers.CharField(
        required=False, max_length=10, allow_blank=True, help_text="One that this desk speaks; empty: any."
    )
    whose = serializers.ChoiceField(
        WHOSE, required=False, help_text="`team` and `everybody` are for supervisors and admins."
    )
    team = serializers.CharField(
        required=False, max_length=60, help_text="The team's key, with `whose` `team`."
    )


class NewCanned(CannedChanged):
    title = serializers.CharField(max_length=80)
    body = serializers.CharField(max_length=LONGEST, trim_whitespace=False, help_text=PLACEHOLDERS)
    whose = serializers.ChoiceField(
        WHOSE, default=MINE, help_text="`team` and `everybody` are for supervisors and admins."
    )


class Canned(base.ApiView):
    area = "canned"
    allowed = {"GET": base.agents, "POST": base.agents}

    @extend_schema(operation_id="canned_list", parameters=[Paged], responses=paged(CannedShown))
    def get(self, request: Request) -> Response:
        """Canned answers that this person may use or change, the newest first. Nobody reads what is another's own."""
        asked, person = base.query(request, Paged), request.user
        return base.page(
            request, texts.known_to(person), asked, lambda rows: [shown(row, person) for row in rows]
        )

    @extend_schema(operation_id="canned_write", request=NewCanned, responses={201: CannedShown})
    def post(self, request: Request) -> Response:
        """Write one: for oneself, or, who leads, for a team or for everybody."""
        answer = CannedAnswer()
        _change(answer, request, base.body(request, NewCanned))
        headers = {"Location": reverse("api:canned-answer", args=[answer.pk])}
        return Response(shown(answer, request.user), status=201, headers=headers)


class OneCanned(base.ApiView):
    area = "canned"
    allowed = {"GET": base.agents, "PATCH": base.agents, "DELETE": base.agents}

    def state(self, request: Request, pk: int, *, lock: bool = False) -> dict[str, Any]:
        if lock:
            CannedAnswer.objects.select_for_update().filter(pk=pk).first()
        return shown(answer_of(request, pk), request.user)

    @extend_schema(operation_id="canned_read", responses=CannedShown)
    def get(self, request: Request, pk: int) -> Response:
        """One canned answer."""
        return tagged(request, shown(answer_of(request, pk), request.user))

    @extend_schema(operation_id="canned_change", request=CannedChanged, responses=CannedShown)
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is sent."""
        answer = changeable(request, pk)
        _change(answer, request, base.body(request, CannedChanged))
        return tagged(request, shown(answer, request.user))

    @extend_schema(operation_id="canned_delete", request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Delete it. Replies that were begun with it stay as they are."""
        changeable(request, pk).delete()
        return Response(status=204)


def answer_of(request: Request, pk: int) -> CannedAnswer:
    found = texts.known_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such canned answer.")
    return found


def changeable(request: Request, pk: int) -> CannedAnswer:
    answer = answer_of(request, pk)
    if not texts.may_change(request.user, answer):
        raise PermissionDenied("You may use this one; supervisors and admins change it.")
    return answer


def shown(answer: CannedAnswer, person: Any) -> dict[str, Any]:
    told = {
        "id": answer.pk, "title": answer.title, "shortcut": answer.shortcut, "body": answer.body,
        "language": answer.language, "whose": MINE if answer.owner_id else TEAMS if answer.team_id else EVERYBODYS,
        "team": answer.team.key if answer.team else None, "may_change": texts.may_change(person, answer),
        "changed_at": answer.changed_at,
    }  # fmt: skip
    return dict(CannedShown(told).data)


def _change(answer: CannedAnswer, request: Request, given: dict[str, Any]) -> None:
    _give_to(answer, request.user, given.pop("whose", None), given.pop("team", None))
    spoken = {"", answer.language, *languages.of_desk(request)}
    if given.get("language", "") not in spoken:
        raise Refusal({"language": "This desk does not speak it."})
    for name, value in given.items():
        setattr(answer, name, value)
    texts.keep(answer, now())


def _give_to(answer: CannedAnswer, person: Any, whose: str | None, team: str | None) -> None:
    """Whose it is from now on; what is not said stays."""
    if team is not None and whose not in (None, TEAMS):
        raise Refusal({"team": "Leave it out: only what is a team's has a team."})
    if whose is None and team is None:
        return
    if whose == MINE:
        answer.owner, answer.team = person, None
        return
    if not texts.leads(person):
        raise PermissionDenied("Only supervisors and admins write for a team or for everybody.")
    found = Team.objects.filter(key=team).first() if team else None
    if whose != EVERYBODYS and found is None:
        raise Refusal({"team": "There is no such team." if team else "Say which team's it is."})
    answer.owner, answer.team = None, found
