"""Decides the tenant once, from the exact Host, and leaves the connection to nobody when the answer is made."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import set_urlconf
from django.utils.translation import override

from tenants.models import Tenant
from tenants.people import languages

Handler = Callable[[HttpRequest], HttpResponse]


class TenantMiddleware:
    """`request.tenant` is a Tenant, or None on the public host. An unknown or inactive host answers 404."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        connection.set_schema_to_public()
        try:
            return self._answer(request)
        finally:
            connection.belong_to_nobody()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        host = request.get_host().rsplit(":", 1)[0].lower()
        if host == settings.BASE_DOMAIN:
            request.tenant = None
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
            set_urlconf(request.urlconf)
            return self.get_response(request)
        tenant = tenant_of_host(host)
        if tenant is None:
            with override(languages.of_visitor(request, languages.WITHOUT_A_DESK)):
                return render(request, "unknown_host.html", status=404)
        request.tenant = tenant
        request.urlconf = settings.ROOT_URLCONF
        set_urlconf(request.urlconf)
        connection.set_tenant(tenant)
        return self.get_response(request)


OF_HOST = """SELECT t.* FROM public.tenants_tenant t JOIN public.tenants_domain d ON d.tenant_id = t.id
             WHERE d.domain = %s AND t.status = %s"""


def tenant_of_host(host: str) -> Tenant | None:
    found = Tenant.objects.raw(OF_HOST, [host, Tenant.Status.ACTIVE])
    return next(iter(found), None)
