"""What a key may be used for: `<area>:read` for GET, `<area>:write` for everything else. Its person's rights apply on top.

A new resource names its area in `ApiView.area`; a new area is one more pair of lines here.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SCOPES = {
    "tickets:read": _("Read tickets, messages, files, clocks and timelines; topics and teams."),
    "tickets:write": _("Open tickets, answer, attach files, and change tickets until they are closed."),
    "people:read": _("Read people and companies."),
    "people:write": _("Make and change customers and companies, their plans and memberships."),
    "policy:read": _("Read the policy and its versions, and ask what it would say."),
    "policy:write": _("Publish the policy's draft. Works only for an admin."),
    "windows:read": _("Read event windows of companies."),
    "windows:write": _("Enter, move and cancel event windows."),
    "guidance:read": _("Read articles, components and incidents."),
    "guidance:write": _("Open incidents and say what is new. Writing articles works only for an admin."),
    "duty:read": _("Read who is on duty, and who is next."),
    "feeds:read": _("Read customers' calendar feeds. Works only for an admin."),
    "feeds:write": _("Enter, change and remove calendar feeds. Works only for an admin."),
    "agreements:read": _("Read quotes, meetings, time entries and hours left."),
    "agreements:write": _(
        "Ask for quotes and meetings, answer them, enter time. Its person's rights decide."
    ),
    "canned:read": _("Read canned answers that its person may use."),
    "canned:write": _("Write, change and delete canned answers. Its person's rights decide."),
    "webhooks:read": _("Read webhooks and their deliveries. Works only for an admin."),
    "webhooks:write": _("Make and change webhooks, replay deliveries. Works only for an admin."),
}
NOTHING = ""  # the area of what needs no scope
AREAS = {NOTHING, *(scope.partition(":")[0] for scope in SCOPES)}


def scope_of(area: str, method: str) -> str:
    """The scope that `method` needs in `area`; "" where it needs none."""
    if area == NOTHING:
        return ""
    return f"{area}:read" if method in ("GET", "HEAD") else f"{area}:write"
