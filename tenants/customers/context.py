"""What every page of a tenant shows: the desk's name and colour."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tenants.compiled import Compiled
from tenants.customers.models import Desk

DESK = Compiled(lambda: Desk.objects.filter(id=1))


def desk(request: HttpRequest) -> dict[str, Any]:
    if getattr(request, "tenant", None) is None:
        return {}
    return {"desk": SimpleLazyObject(DESK.first)}
