"""The admin's side bar: policy first, then people and the desk. On the platform's host it is left to the theme."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tenants.customers.models import Desk

OUTBOX = "notifications:outbox"  # every mail, links included: in the demo only

POLICY = (
    (gettext_noop("Overview"), "home", "admin:index"),
    (gettext_noop("Targets"), "timer", "policy_admin:targets"),
    (gettext_noop("Hours and holidays"), "calendar_month", "policy_admin:calendars"),
    (gettext_noop("Channels"), "forum", "admin:policies_channel_changelist"),
    (gettext_noop("Plans"), "workspace_premium", "admin:policies_plan_changelist"),
    (gettext_noop("Hour budgets"), "hourglass_top", "admin:policies_budget_changelist"),
    (gettext_noop("Priorities"), "priority_high", "admin:policies_priority_changelist"),
    (gettext_noop("Topics"), "topic", "admin:policies_topic_changelist"),
    (gettext_noop("Scope"), "rule", "admin:policies_scoperule_changelist"),
    (gettext_noop("Clocks"), "schedule", "admin:policies_clockrule_changelist"),
    (gettext_noop("Closing"), "lock_clock", "admin:policies_closingrule_changelist"),
    (gettext_noop("Escalation"), "trending_up", "admin:policies_escalationstep_changelist"),
    (gettext_noop("Attachments"), "attach_file", "admin:policies_attachmentrule_changelist"),
    (gettext_noop("Emergencies"), "emergency", "admin:policies_emergency_changelist"),
    (gettext_noop("Policy's teams"), "groups", "admin:policies_policyteam_changelist"),
    (gettext_noop("General"), "tune", "admin:policies_general_changelist"),
)
PUBLISHING = (
    (gettext_noop("Try it out"), "science", "policy_admin:trial"),
    (gettext_noop("Preview and publish"), "publish", "policy_admin:publication"),
    (gettext_noop("Versions"), "history", "policy_admin:versions"),
    (gettext_noop("Public page"), "public", "policy:page"),
)
PEOPLE = (
    (gettext_noop("People"), "person", "admin:people_user_changelist"),
    (gettext_noop("Companies"), "apartment", "admin:customers_company_changelist"),
    (gettext_noop("Contracts"), "contract", "admin:agreements_contract_changelist"),
    (gettext_noop("Answers to quotes"), "handshake", "admin:agreements_answer_changelist"),
    (gettext_noop("Quotes and reports that failed"), "sync_problem", "admin:agreements_trial_changelist"),
    (gettext_noop("Purchases"), "receipt_long", "admin:customers_licence_changelist"),
    (gettext_noop("Teams"), "diversity_3", "admin:customers_team_changelist"),
    (gettext_noop("Event windows"), "event", "admin:sla_eventwindow_changelist"),
    (gettext_noop("Calendar feeds"), "calendar_add_on", "admin:duty_feed_changelist"),
    (gettext_noop("Rotas of duty"), "nights_stay", "admin:duty_rota_changelist"),
    (gettext_noop("Alerts of emergencies"), "e911_emergency", "admin:duty_emergency_changelist"),
    (gettext_noop("API keys"), "key", "admin:tickets_apikey_changelist"),
    (gettext_noop("Webhooks"), "webhook", "admin:webhooks_subscription_changelist"),
    (gettext_noop("Webhook deliveries"), "outgoing_mail", "admin:webhooks_delivery_changelist"),
)
DESK = (
    (gettext_noop("Desk settings"), "storefront", "admin:customers_desk_changelist"),
    (gettext_noop("Notice texts"), "mail", "admin:notifications_template_changelist"),
    (gettext_noop("Mail server"), "outgoing_mail", "admin:notifications_mailaccount_changelist"),
    (gettext_noop("Addresses without mail"), "unsubscribe", "admin:notifications_suppression_changelist"),
    (gettext_noop("Sent notices"), "notifications", "admin:notifications_notification_changelist"),
    (gettext_noop("Sent mail"), "outbox", OUTBOX),
    (gettext_noop("Audit trail"), "policy", "admin:audit_entry_changelist"),
    (gettext_noop("To the desk"), "support_agent", "home"),
)
GUIDANCE = (
    (gettext_noop("Articles"), "menu_book", "admin:guidance_article_changelist"),
    (gettext_noop("Incidents"), "crisis_alert", "admin:guidance_incident_changelist"),
    (gettext_noop("Components"), "lan", "admin:guidance_component_changelist"),
    (gettext_noop("Status page"), "monitor_heart", "portal:status"),
)
DOORS = (
    (gettext_noop("Chat"), "chat", "admin:chat_chatsettings_changelist"),
    (gettext_noop("Ways in"), "door_front", "admin:intake_door_changelist"),
    (gettext_noop("What came in"), "inbox", "admin:intake_inbound_changelist"),
    (gettext_noop("Blocked senders"), "block", "admin:intake_blockedsender_changelist"),
    (gettext_noop("Messenger groups"), "group_work", "admin:intake_group_changelist"),
)
GROUPS = (
    (gettext_noop("Policy"), POLICY),
    (gettext_noop("Publishing"), PUBLISHING),
    (gettext_noop("People"), PEOPLE),
    (gettext_noop("Help and status"), GUIDANCE),
    (gettext_noop("Doors"), DOORS),
    (gettext_noop("Desk"), DESK),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    if getattr(request, "tenant", None) is None:
        return []
    groups = [
        {"title": _(title), "separator": place > 0, "items": _items(request, items)}
        for place, (title, items) in enumerate(GROUPS)
    ]
    return [group for group in groups if group["items"]]


def site_title(request: HttpRequest) -> str:
    if getattr(request, "tenant", None) is None:
        return str(_("Platform"))
    return Desk.objects.values_list("name", flat=True).first() or request.tenant.name


def _items(request: HttpRequest, items: tuple[tuple[str, str, str], ...]) -> list[dict[str, Any]]:
    found = []
    for title, icon, name in items:
        if name == OUTBOX and not settings.DEMO:
            continue
        try:
            link = reverse(name)
        except NoReverseMatch:  # a screen that this desk does not have
            continue
        is_active = request.path == link or (
            link.startswith("/admin/") and link != "/admin/" and link in request.path
        )
        found.append({"title": _(title), "icon": icon, "link": link, "active": is_active})
    return found
