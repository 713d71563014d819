"""The status page (TD18): components, what is wrong now, what is planned, what was; and its Atom feed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from policies.document import say
from policies.guidance import incidents
from policies.guidance.models import Incident
from tenants import links
from tenants.customers.models import Desk
from tenants.moment import now

ON_A_PAGE = 10
IN_THE_FEED = 30


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    at = now()
    page = Paginator(incidents.over(at), ON_A_PAGE).get_page(request.GET.get("page", "")[:9])
    running = incidents.running(at)
    context = {
        "at": at,
        "running": running,
        "standing": incidents.standing(running),
        "to_come": incidents.to_come(at),
        "page": page,
        "is_first": page.number == 1,
    }
    return render(request, "portal/status.html", context)


@require_safe
def incident(request: HttpRequest, key: int) -> HttpResponse:
    found = incidents.recent().filter(pk=key).first() if key < 2**63 else None
    if found is None:
        raise Http404
    at = now()
    return render(request, "portal/status_incident.html", {"at": at, "incident": found})


class StatusFeed(Feed):
    """One entry an incident, brought up again by each update. Addresses are the desk's own, never the request's."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest) -> str:
        """The desk's address: asked once, said of every entry."""
        return links.absolute("")

    def title(self, desk: str) -> str:
        name = Desk.objects.values_list("name", flat=True).first() or ""
        return _("Status of %(desk)s") % {"desk": name}

    def link(self, desk: str) -> str:
        return f"{desk}/status/"

    def feed_url(self, desk: str) -> str:
        return f"{desk}/status/feed/"

    def items(self, desk: str) -> Sequence[Incident]:
        found = list(incidents.recent()[:IN_THE_FEED])
        for incident in found:
            incident.address = f"{desk}{incident.get_absolute_url()}"  # type: ignore[attr-defined]
        return found

    def item_title(self, item: Incident) -> str:
        return f"{say(item.title, get_language() or 'en')} ({item.get_state_display()})"

    def item_description(self, item: Incident) -> str:
        return render_to_string("portal/_updates.html", {"incident": item, "at": now(), "in_feed": True})

    def item_link(self, item: Incident) -> str:
        return item.address  # type: ignore[attr-defined]

    def item_guid(self, item: Incident) -> str:
        return item.address  # type: ignore[attr-defined]

    def item_pubdate(self, item: Incident) -> datetime:
        """When it was first told: what is planned begins later, and a feed of the future is read by nobody until then."""
        return min((update.at for update in item.updates.all()), default=item.updated_at)

    def item_updateddate(self, item: Incident) -> datetime:
        return item.updated_at


feed = require_safe(StatusFeed())
