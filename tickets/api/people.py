"""Who is who: oneself, and for agents the people of this desk, whom they make known, change and let go.

Agents change customers; people of our own side are changed by admins alone. What is refused is nobody's rise in rank.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tenants.customers.models import Membership, Team
from tenants.moment import now
from tenants.people.models import User
from tickets import directory
from tickets.api import base, requests
from tickets.api.fields import Moment, Strict
from tickets.api.pages import paged
from tickets.api.serializers import CompanyName
from tickets.api.tags import tagged


class PersonShown(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(User.Role.choices)
    language = serializers.CharField()
    spoken_languages = serializers.ListField(child=serializers.CharField())
    timezone = serializers.CharField()
    phone = serializers.CharField()
    is_active = serializers.BooleanField()
    company = CompanyName(source="membership.company", default=None, allow_null=True)
    teams = serializers.SerializerMethodField()

    def get_teams(self, person: User) -> list[str]:
        return [team.key for team in person.teams.all()]


class PersonChanged(Strict):
    name = serializers.CharField(max_length=200, required=False)
    role = serializers.ChoiceField(User.Role.choices, required=False, help_text="Set by admins alone.")
    language = serializers.CharField(max_length=10, required=False, help_text="One that this desk speaks.")
    spoken_languages = serializers.ListField(
        child=serializers.CharField(max_length=10),
        required=False,
        max_length=20,
        help_text="What somebody of our side speaks beside `language`: tickets in these are offered to them first.",
    )
    timezone = serializers.CharField(max_length=50, required=False, help_text="As in America/Sao_Paulo.")
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    company = serializers.UUIDField(
        required=False, allow_null=True, help_text="A company's reference: it decides the plan. null: none."
    )


class NewPerson(PersonChanged):
    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=200)
    invite = serializers.BooleanField(default=False, help_text="Mail them a link to choose a password.")


class Handover(Strict):
    heir = serializers.EmailField(
        max_length=254, default=None, allow_null=True, help_text="An active colleague's address."
    )


class KeyShown(serializers.Serializer):
    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    expires_at = Moment(allow_null=True)


class MeShown(serializers.Serializer):
    person = PersonShown()
    key = KeyShown(allow_null=True, help_text="The API key that asks; null in a browser's session.")


def with_places(people: QuerySet[User]) -> QuerySet[User]:
    memberships = Prefetch("membership", Membership.objects.select_related("company"))
    return people.prefetch_related(memberships, Prefetch("teams", Team.objects.order_by("key")))


class Me(base.ApiView):
    area = ""
    allowed = {"GET": base.anybody}

    @extend_schema(operation_id="me", responses=MeShown)
    def get(self, request: Request) -> Response:
        """Whom you are here, and by which key."""
        person = with_places(User.objects.filter(pk=request.user.pk)).get()
        return Response(MeShown({"person": person, "key": request.auth}).data)


class People(base.ApiView):
    area = "people"
    allowed = {"GET": base.agents, "POST": base.agents}

    @extend_schema(
        operation_id="people_list", parameters=[requests.PeopleAsked], responses=paged(PersonShown)
    )
    def get(self, request: Request) -> Response:
        """Customers and our own side, the newest first."""
        asked = base.query(request, requests.PeopleAsked)
        found = User.objects.all()
        if "email" in asked:
            found = found.filter(email__iexact=asked["email"])
        for name in ("role", "is_active"):
            if name in asked:
                found = found.filter(**{name: asked[name]})
        if "company" in asked:
            found = found.filter(membership__company__reference=asked["company"])
        return base.page(request, with_places(found), asked, lambda rows: PersonShown(rows, many=True).data)

    @extend_schema(operation_id="people_create", request=NewPerson, responses={201: PersonShown})
    def post(self, request: Request) -> Response:
        """Make somebody known. They have no password until they are invited (`invite`) or ask for one."""
        given = base.body(request, NewPerson)
        person = directory.make_person(by=request.user, at=now(), **given)
        headers = {"Location": reverse("api:person", args=[person.pk])}
        return Response(shown(person.pk), status=201, headers=headers)


class OnePerson(base.ApiView):
    area = "people"
    allowed = {"GET": base.agents, "PATCH": base.agents}

    def state(self, request: Request, pk: int, *, lock: bool = False) -> Any:
        if lock:
            User.objects.select_for_update().filter(pk=pk).first()
        return shown(pk)

    @extend_schema(operation_id="people_read", responses=PersonShown)
    def get(self, request: Request, pk: int) -> Response:
        """One person."""
        return tagged(request, shown(pk))

    @extend_schema(operation_id="people_update", request=PersonChanged, responses=PersonShown)
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is sent, leave the rest. The address is who they are, and stays."""
        person = person_of(pk)
        given = base.body(request, PersonChanged)
        directory.change_person(person, by=request.user, **given)
        return tagged(request, shown(pk))


class Deactivation(base.ApiView):
    """POST lets somebody go; DELETE lets them in again."""

    area = "people"
    allowed = {"POST": base.agents, "DELETE": base.agents}
    state = OnePerson.state

    @extend_schema(operation_id="people_deactivate", request=Handover, responses=PersonShown)
    def post(self, request: Request, pk: int) -> Response:
        """They sign in no more. Open tickets of an agent go to `heir`, or back to their teams."""
        given = base.body(request, Handover)
        directory.let_go(person_of(pk), heir=given["heir"], by=request.user, at=now())
        return tagged(request, shown(pk))

    @extend_schema(operation_id="people_activate", request=None, responses={200: PersonShown})
    def delete(self, request: Request, pk: int) -> Response:
        """They may sign in again, with the password that they had."""
        directory.let_in(person_of(pk), by=request.user)
        return tagged(request, shown(pk))


def person_of(pk: int) -> User:
    person = User.objects.filter(pk=pk).first()
    if person is None:
        raise Http404("There is no such person.")
    return person


def shown(pk: int) -> Any:
    return PersonShown(with_places(User.objects.filter(pk=person_of(pk).pk)).get()).data
