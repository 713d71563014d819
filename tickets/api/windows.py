"""Event windows of companies (SL02): staff, the API or a calendar feed enter them, and open tickets are timed anew."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as Refusal
from django.db import transaction
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from sla.models import EventWindow
from tenants.customers.models import Company
from tenants.moment import now
from tickets.api import base, requests
from tickets.api.fields import Moment
from tickets.api.pages import paged
from tickets.api.tags import tagged
from tickets.windows import cancel_window, move_window, open_window


class WindowShown(serializers.Serializer):
    id = serializers.IntegerField()
    company = serializers.UUIDField(source="company_key")
    kind = serializers.CharField()
    name = serializers.CharField()
    starts_at = Moment()
    ends_at = Moment()
    cancelled_at = Moment(allow_null=True)


class Windows(base.ApiView):
    area = "windows"
    allowed = {"GET": base.agents, "POST": base.agents}

    @extend_schema(
        operation_id="windows_list", parameters=[requests.WindowsAsked], responses=paged(WindowShown)
    )
    def get(self, request: Request) -> Response:
        """Windows, the last entered first. Cancelled ones stay in the list."""
        asked = base.query(request, requests.WindowsAsked)
        found = EventWindow.objects.all()
        if "company" in asked:
            found = found.filter(company_key=asked["company"])
        if "ends_after" in asked:
            found = found.filter(ends_at__gt=asked["ends_after"])
        if "starts_before" in asked:
            found = found.filter(starts_at__lt=asked["starts_before"])
        return base.page(request, found, asked, lambda rows: WindowShown(rows, many=True).data)

    @extend_schema(
        operation_id="windows_open",
        request=requests.NewWindow,
        responses={201: WindowShown, 200: WindowShown},
    )
    def post(self, request: Request) -> Response:
        """Enter a window. The same one again (company, kind and moments) is answered with 200 and not entered twice, so
        that a calendar feed may send all it has."""
        given = base.body(request, requests.NewWindow)
        with transaction.atomic():
            company = Company.objects.select_for_update().filter(reference=given["company"]).first()
            if company is None:
                raise Refusal({"company": "There is no such company."})
            moments = {name: given[name] for name in ("kind", "starts_at", "ends_at")}
            same = EventWindow.objects.filter(
                company_key=company.reference, cancelled_at=None, **moments
            ).first()
            window = same or open_window(
                company=company, name=given["name"], by=request.user, at=now(), **moments
            )
        status = 200 if same else 201
        headers = {"Location": reverse("api:window", args=[window.pk])}
        return Response(WindowShown(window).data, status=status, headers=headers)


class OneWindow(base.ApiView):
    area = "windows"
    allowed = {"GET": base.agents, "PATCH": base.agents, "DELETE": base.agents}

    def state(self, request: Request, pk: int, *, lock: bool = False) -> dict[str, Any]:
        if lock:
            EventWindow.objects.select_for_update().filter(pk=pk).first()
        return shown(pk)

    @extend_schema(operation_id="windows_read", responses=WindowShown)
    def get(self, request: Request, pk: int) -> Response:
        """One window."""
        return tagged(request, shown(pk))

    @extend_schema(operation_id="windows_move", request=requests.WindowMoved, responses=WindowShown)
    def patch(self, request: Request, pk: int) -> Response:
        """Move it: what it did to open tickets is undone and done anew."""
        window = window_of(pk)
        given = base.body(request, requests.WindowMoved)
        if window.cancelled_at is not None:
            raise Refusal({"starts_at": "This window was cancelled: enter a new one."})
        moments = {"starts_at": window.starts_at, "ends_at": window.ends_at} | given
        if given:
            move_window(window, by=request.user, at=now(), **moments)
        return tagged(request, shown(pk))

    @extend_schema(operation_id="windows_cancel", request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Cancel it. Done twice it is done once."""
        cancel_window(window_of(pk), by=request.user, at=now())
        return Response(status=204)


def window_of(pk: int) -> EventWindow:
    window = EventWindow.objects.filter(pk=pk).first()
    if window is None:
        raise Http404("There is no such window.")
    return window


def shown(pk: int) -> dict[str, Any]:
    return WindowShown(window_of(pk)).data
