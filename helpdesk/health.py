"""Liveness and readiness, on any host, before the tenant is known."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import redis
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

STALE = timedelta(seconds=60)


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("ok", content_type="text/plain")
        if request.path == "/readyz":
            parts = readiness()
            ready = parts["database"] == "ok"  # the rest delays work, it loses nothing and stops no page
            return JsonResponse(parts, status=200 if ready else 503)
        return self.get_response(request)


def readiness() -> dict[str, Any]:
    """One key per part: database, broker, worker, beat, sweep ("ok" or what is wrong), oldest overdue hint by kind (s)."""
    parts: dict[str, Any] = {"database": "ok", "broker": broker_state()}
    try:
        connection.set_schema_to_public()
        parts |= background_state()
    except Exception as error:
        parts["database"] = f"unreachable: {type(error).__name__}"
        parts |= {"worker": "unknown", "beat": "unknown", "sweep": "unknown", "overdue_seconds": {}}
    finally:
        connection.belong_to_nobody()
    return parts


def broker_state() -> str:
    url = os.environ.get("REDIS_URL", "")
    if not url:
        return "not configured"
    try:
        redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1).ping()
    except redis.RedisError as error:
        return f"unreachable: {type(error).__name__}"
    return "ok"


def background_state() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, seen_at FROM public.tenants_heartbeat")
        seen = dict(cursor.fetchall())
        cursor.execute(
            """SELECT kind, extract(epoch FROM clock_timestamp() - min(due_at))::int FROM public.tenants_wakeup
               WHERE due_at < clock_timestamp() GROUP BY kind"""
        )
        overdue = dict(cursor.fetchall())
    now = datetime.now(UTC)
    states = {
        name: "never seen"
        if name not in seen
        else "ok"
        if now - seen[name] < STALE
        else f"silent since {seen[name]:%H:%M:%S}"
        for name in ("worker", "beat", "sweep")
    }
    return states | {"overdue_seconds": overdue}
