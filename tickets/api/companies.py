"""Companies: read, made and changed. Another plan is another promise, for open tickets too."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from policies.publishing import policy_of, version_in_force
from tenants.customers.models import Company
from tenants.moment import now
from tickets import directory
from tickets.api import base, requests
from tickets.api.fields import OneOf, Strict
from tickets.api.pages import paged
from tickets.api.serializers import Person
from tickets.api.tags import tagged


class CompanyShown(serializers.Serializer):
    reference = serializers.UUIDField()
    name = serializers.CharField()
    plan = serializers.CharField()
    account_manager = Person(allow_null=True)
    members_see_each_other = serializers.BooleanField()


class CompanyChanged(Strict):
    name = serializers.CharField(max_length=200, required=False)
    plan = OneOf(
        "plan", requests.plans, required=False, allow_blank=True,
        help_text="A plan of the policy; empty: its first one. Open tickets follow.",
    )  # fmt: skip
    account_manager = serializers.EmailField(
        max_length=254, required=False, allow_null=True, help_text="The address of somebody of our side."
    )
    members_see_each_other = serializers.BooleanField(
        required=False, help_text="Whether its people see each other's tickets."
    )


class NewCompany(CompanyChanged):
    name = serializers.CharField(max_length=200)


class Companies(base.ApiView):
    area = "people"
    allowed = {"GET": base.agents, "POST": base.agents}

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

    @extend_schema(operation_id="companies_create", request=NewCompany, responses={201: CompanyShown})
    def post(self, request: Request) -> Response:
        """Enter a company."""
        given = base.body(request, NewCompany, policy=policy_of(version_in_force(now())))
        company = directory.make_company(**given)
        headers = {"Location": reverse("api:company", args=[company.reference])}
        return Response(CompanyShown(company).data, status=201, headers=headers)


class OneCompany(base.ApiView):
    area = "people"
    allowed = {"GET": base.agents, "PATCH": base.agents}

    def state(self, request: Request, reference: Any, *, lock: bool = False) -> Any:
        if lock:
            Company.objects.select_for_update().filter(reference=reference).first()
        return CompanyShown(company_of(reference)).data

    @extend_schema(operation_id="companies_read", responses=CompanyShown)
    def get(self, request: Request, reference: Any) -> Response:
        """One company by its reference."""
        return tagged(request, CompanyShown(company_of(reference)).data)

    @extend_schema(operation_id="companies_update", request=CompanyChanged, responses=CompanyShown)
    def patch(self, request: Request, reference: Any) -> Response:
        """Change what is sent, leave the rest. Another plan moves the deadlines of open tickets from now on."""
        company = company_of(reference)
        given = base.body(request, CompanyChanged, policy=policy_of(version_in_force(now())))
        directory.change_company(company, at=now(), **given)
        return tagged(request, CompanyShown(company_of(reference)).data)


def company_of(reference: Any) -> Company:
    company = Company.objects.select_related("account_manager").filter(reference=reference).first()
    if company is None:
        raise Http404("There is no such company.")
    return company
