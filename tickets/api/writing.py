"""What every writing method is wrapped in: one transaction with its idempotency key and its If-Match."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from tenants import outside
from tenants.audit import trail
from tenants.moment import now
from tenants.people.throttle import source_of
from tickets.api import replays, tags

Handler = Callable[..., Response]
AUDITED = {"people", "windows", "guidance", "feeds", "webhooks"}  # the policy's publications note themselves


def in_one_transaction(handler: Handler) -> Handler:
    """All of it or nothing: the answer that a repeated request gets is kept exactly when what it tells of is."""

    @wraps(handler)
    def written(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        sent = replays.sent_key(request)
        request.looked_up = look_up(view, request)
        with transaction.atomic():
            if sent is not None:
                digest, answer = replays.claim(request, sent, now())
                if answer is not None:
                    return answer
            refuse_stale(view, request, **kwargs)
            response = handler(view, request, *args, **kwargs)
            note_change(view.area, request, response)
            if sent is not None:
                replays.keep(digest, response)
        return response

    return written


def look_up(view: Any, request: Request) -> dict[str, str]:
    """The address in the body that is to be called -> why it is refused, "" where it is not. DNS may take its time: it is
    asked before the transaction, in which a slow name server would hold locks."""
    sent = request.data if view.calls else {}
    written = sent.get(view.calls) if isinstance(sent, dict) else None
    if not isinstance(written, str):
        return {}
    url = written.strip()
    try:
        outside.check(url, timeout=2.0)
    except outside.Refused as refusal:
        return {url: str(refusal)}
    return {url: ""}


def note_change(area: str, request: Request, response: Response) -> None:
    """Who changed configuration or rights by a program stands in the audit trail; names of fields, never what was in them."""
    if area not in AUDITED:
        return
    action = trail.ADDED if response.status_code == 201 else trail.CHANGED
    trail.note(
        trail.DELETED if request.method == "DELETE" else action,
        by=request.user,
        at=now(),
        subject=f"{request.method} {request.path}",
        source=source_of(request),
        fields=sorted(request.data) if isinstance(request.data, dict) else [],
        key=getattr(request.auth, "name", ""),
    )


def refuse_stale(view: Any, request: Request, **kwargs: Any) -> None:
    """Compare If-Match with the resource, which stays locked until the change is done."""
    asked = tags.sent_tags(request, "If-Match")
    if not asked:
        return
    if view.state is None:
        raise tags.NothingToCompare()
    tags.refuse_stale(asked, view.state(request, lock=True, **kwargs))
