"""Who is who: oneself, and for agents people and companies. Read-only; the admin changes them."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tenants.customers.models import Company, Membership, Team
from tenants.people.models import User
from tickets.api import base, requests
from tickets.api.fields import Moment
from tickets.api.pages import paged
from tickets.api.serializers import CompanyName, Person


class PersonShown(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(User.Role.choices)
    language = serializers.CharField()
    timezone = serializers.CharField()
    phone = serializers.CharField()
    is_active = serializers.BooleanField()
    company = CompanyName(source="membership.company", default=None, allow_null=True)
    teams = serializers.SerializerMethodField()

    def get_teams(self, person: User) -> list[str]:
        return [team.key for team in person.teams.all()]


class CompanyShown(serializers.Serializer):
    reference = serializers.UUIDField()
    name = serializers.CharField()
    plan = serializers.CharField()
    account_manager = Person(allow_null=True)
    members_see_each_other = serializers.BooleanField()


class KeyShown(serializers.Serializer):
    name = serializers.CharField()
    prefix = serializers.CharField()
    expires_at = Moment(allow_null=True)


class MeShown(serializers.Serializer):
    person = PersonShown()
    key = KeyShown(allow_null=True, help_text="The API key that asks; null in a browser's session.")


def with_places(people: QuerySet[User]) -> QuerySet[User]:
    memberships = Prefetch("membership", Membership.objects.select_related("company"))
    return people.prefetch_related(memberships, Prefetch("teams", Team.objects.order_by("key")))


class Me(base.ApiView):
    allowed = {"GET": base.anybody}

    @extend_schema(operation_id="me", responses=MeShown)
    def get(self, request: Request) -> Response:
        """Whom you are here, and by which key."""
        person = with_places(User.objects.filter(pk=request.user.pk)).get()
        return Response(MeShown({"person": person, "key": request.auth}).data)


class People(base.ApiView):
    allowed = {"GET": base.agents}

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


class OnePerson(base.ApiView):
    allowed = {"GET": base.agents}

    @extend_schema(operation_id="people_read", responses=PersonShown)
    def get(self, request: Request, pk: int) -> Response:
        """One person."""
        return Response(PersonShown(_only(with_places(User.objects.filter(pk=pk)), "person")).data)


class Companies(base.ApiView):
    allowed = {"GET": base.agents}

    @extend_schema(
        operation_id="companies_list", parameters=[requests.CompaniesAsked], responses=paged(CompanyShown)
    )
    def get(self, request: Request) -> Response:
        """Companies, the newest first. Elsewhere they are named by their `reference`."""
        asked = base.query(request, requests.CompaniesAsked)
        found = Company.objects.select_related("account_manager")
        if "name" in asked:
            found = found.filter(name__icontains=asked["name"])
        if "plan" in asked:
            found = found.filter(plan=asked["plan"])
        return base.page(request, found, asked, lambda rows: CompanyShown(rows, many=True).data)


class OneCompany(base.ApiView):
    allowed = {"GET": base.agents}

    @extend_schema(operation_id="companies_read", responses=CompanyShown)
    def get(self, request: Request, reference: Any) -> Response:
        """One company by its reference."""
        found = Company.objects.select_related("account_manager").filter(reference=reference)
        return Response(CompanyShown(_only(found, "company")).data)


def _only(found: QuerySet[Any], what: str) -> Any:
    row = found.first()
    if row is None:
        raise Http404(f"There is no such {what}.")
    return row
