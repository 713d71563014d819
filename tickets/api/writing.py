"""What every writing method is wrapped in: one transaction with its idempotency key and its If-Match."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from tenants.moment import now
from tickets.api import replays, tags

Handler = Callable[..., Response]


def in_one_transaction(handler: Handler) -> Handler:
    """All of it or nothing: the answer that a repeated request gets is kept exactly when what it tells of is."""

    @wraps(handler)
    def written(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        sent = replays.sent_key(request)
        with transaction.atomic():
            if sent is not None:
                digest, answer = replays.claim(request, sent, now())
                if answer is not None:
                    return answer
            refuse_stale(view, request, **kwargs)
            response = handler(view, request, *args, **kwargs)
            if sent is not None:
                replays.keep(digest, response)
        return response

    return written


def refuse_stale(view: Any, request: Request, **kwargs: Any) -> None:
    """Compare If-Match with the resource, which stays locked until the change is done."""
    asked = tags.sent_tags(request, "If-Match")
    if not asked:
        return
    if view.state is None:
        raise tags.NothingToCompare()
    tags.refuse_stale(asked, view.state(request, lock=True, **kwargs))
