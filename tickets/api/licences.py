"""The register of purchases, as a shop keeps it: entered, changed, made inactive. Nothing is deleted (ZP04)."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from policies.publishing import policy_of, version_in_force
from tenants.customers import register
from tenants.customers.models import Licence
from tenants.moment import now
from tickets.api import base, requests
from tickets.api.fields import OneOf, Strict
from tickets.api.pages import paged
from tickets.api.tags import tagged


class LicenceShown(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.CharField()
    email = serializers.EmailField()
    product = serializers.CharField()
    plan = serializers.CharField()
    valid_until = serializers.DateField(allow_null=True)
    is_active = serializers.BooleanField()


class LicenceChanged(Strict):
    number = serializers.CharField(max_length=80, required=False)
    email = serializers.EmailField(
        max_length=254,
        required=False,
        help_text="Stays once its holder signs in with it: then staff changes it, with a reason.",
    )
    product = serializers.CharField(max_length=200, required=False, allow_blank=True)
    plan = OneOf(
        "plan", requests.plans, required=False, allow_blank=True, help_text="A plan of the policy; empty: its first one."
    )  # fmt: skip
    valid_until = serializers.DateField(
        required=False, allow_null=True, help_text="Its last day. null: it does not end."
    )
    is_active = serializers.BooleanField(required=False)


class NewLicence(LicenceChanged):
    number = serializers.CharField(max_length=80)
    email = serializers.EmailField(max_length=254)


class Licences(base.ApiView):
    area = "people"
    allowed = {"GET": base.agents, "POST": base.agents}

    @extend_schema(
        operation_id="licences_list", parameters=[requests.LicencesAsked], responses=paged(LicenceShown)
    )
    def get(self, request: Request) -> Response:
        """Purchases, the newest first."""
        asked = base.query(request, requests.LicencesAsked)
        found = Licence.objects.all()
        if "number" in asked:
            found = found.filter(number=asked["number"])
        if "email" in asked:
            found = found.filter(email=asked["email"].lower())
        if "is_active" in asked:
            found = found.filter(is_active=asked["is_active"])
        return base.page(request, found, asked, lambda rows: LicenceShown(rows, many=True).data)

    @extend_schema(operation_id="licences_create", request=NewLicence, responses={201: LicenceShown})
    def post(self, request: Request) -> Response:
        """Enter a purchase. Where the policy asks for one, its address may register and ask for help from now on."""
        given = base.body(request, NewLicence, policy=policy_of(version_in_force(now())))
        licence = register.enter_licence(**given)
        headers = {"Location": reverse("api:licence", args=[licence.pk])}
        return Response(LicenceShown(licence).data, status=201, headers=headers)


class OneLicence(base.ApiView):
    area = "people"
    allowed = {"GET": base.agents, "PATCH": base.agents}

    def state(self, request: Request, pk: int, *, lock: bool = False) -> Any:
        if lock:
            Licence.objects.select_for_update().filter(pk=pk).first()
        return LicenceShown(licence_of(pk)).data

    @extend_schema(operation_id="licences_read", responses=LicenceShown)
    def get(self, request: Request, pk: int) -> Response:
        """One purchase."""
        return tagged(request, LicenceShown(licence_of(pk)).data)

    @extend_schema(operation_id="licences_update", request=LicenceChanged, responses=LicenceShown)
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is sent, leave the rest. Made inactive or ended, its address may ask no more; tickets stay."""
        licence = licence_of(pk)
        given = base.body(request, LicenceChanged, policy=policy_of(version_in_force(now())))
        register.change_licence(licence, **given)
        return tagged(request, LicenceShown(licence_of(pk)).data)


def licence_of(pk: int) -> Licence:
    licence = Licence.objects.filter(pk=pk).first()
    if licence is None:
        raise Http404("There is no such purchase.")
    return licence
