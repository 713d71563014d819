"""Web hooks of doors: /hooks/<kind>/<key>/. The key finds the door, the kind's own signature decides.

What is refused gets a problem+json (RFC 9457) and a line in the log without secrets; what is accepted is stored before 200.
"""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tenants.moment import now
from tickets.intake import doors, sealing
from tickets.intake.answers import problem, refused
from tickets.intake.models import Door, digest_of

__all__ = ["hook", "problem", "refused"]


@csrf_exempt
def hook(request: HttpRequest, kind: str, hook_key: str) -> HttpResponse:
    known = doors.KINDS.get(kind)
    door = Door.objects.filter(kind=kind, hook_digest=digest_of(hook_key), is_active=True).first()
    if known is None or known.hear is None or door is None:
        return problem(404, "No door has this address, or it is closed.")
    try:
        return known.hear(request, door, now())
    except RequestDataTooBig:
        return refused(door, 413, "The request is larger than this door accepts.")
    except sealing.InvalidToken:
        return refused(door, 503, "This door's secrets can be read no longer: they must be entered again.")
