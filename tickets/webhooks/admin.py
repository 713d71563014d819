"""Webhooks in the admin: subscribed, tried, given new secrets, switched; each delivery with its answer, to be replayed."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display

from policies.document import say
from tenants.moment import now
from tickets.webhooks import delivering, subscriptions
from tickets.webhooks.events import EVENTS, TEST
from tickets.webhooks.forms import SubscriptionForm
from tickets.webhooks.models import Delivery, Subscription

LATEST = 10
HEALTH = {
    "new": gettext_lazy("nothing sent yet"),
    "works": gettext_lazy("working"),
    "failing": gettext_lazy("failing"),
    "dead": gettext_lazy("switched off: dead"),
    "off": gettext_lazy("switched off"),
}
STATES = {"pending": "info", "delivered": "success", "parked": "danger"}


def health_of(subscription: Subscription) -> str:
    if not subscription.is_active:
        return "dead" if subscription.switched_off_because else "off"
    if subscription.failing_since:
        return "failing"
    return "works" if subscription.delivered_at else "new"


def event_label(name: str) -> str:
    return str(_("Test event") if name == TEST else EVENTS[name].label if name in EVENTS else name)


@admin.register(Subscription)
class SubscriptionAdmin(ModelAdmin):
    form = SubscriptionForm
    list_display = ("name", "where", "health", "wants", "waiting", "delivered_at", "failing_since")
    search_fields = ("name", "url")
    ordering = ("name", "id")
    list_per_page = 50
    actions = None
    change_form_outer_after_template = "admin/webhooks/subscription_after.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscription]:
        pending = Delivery.objects.filter(subscription=OuterRef("pk"), state=Delivery.State.PENDING)
        counted = pending.order_by().values("subscription").annotate(n=Count("pk")).values("n")
        return super().get_queryset(request).annotate(waiting_count=Coalesce(Subquery(counted), 0))

    @admin.display(description=gettext_lazy("address"))
    def where(self, subscription: Subscription) -> str:
        parts = urlsplit(subscription.url)
        return f"{parts.netloc}{parts.path}"[:80]

    @display(
        description=gettext_lazy("health"),
        label={"new": "info", "works": "success", "failing": "warning", "dead": "danger"},
    )
    def health(self, subscription: Subscription) -> tuple[str, str]:
        state = health_of(subscription)
        return state, HEALTH[state]

    @admin.display(description=gettext_lazy("events"))
    def wants(self, subscription: Subscription) -> str:
        return f"{len(subscription.events)}\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}{len(EVENTS)}"

    @admin.display(description=gettext_lazy("waiting"))
    def waiting(self, subscription: Subscription) -> int:
        return subscription.waiting_count

    def save_model(self, request: HttpRequest, obj: Subscription, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=["name", "url", "events"])  # its health is written by others meanwhile
        else:
            request.new_secret = subscriptions.subscribe(obj, by=request.user, at=now())

    def response_add(
        self, request: HttpRequest, obj: Subscription, post_url_continue: Any = None
    ) -> HttpResponse:
        return self.show_secret(request, obj, request.new_secret)

    def show_secret(self, request: HttpRequest, subscription: Subscription, secret: str) -> HttpResponse:
        """The secret on a page of its own, this once (the admin's pages are never cached)."""
        context = self.admin_site.each_context(request) | {
            "title": _("Secret of “%(name)s”") % {"name": subscription.name},
            "opts": self.opts,
            "subscription": subscription,
            "secret": secret,
        }
        return TemplateResponse(request, "admin/webhooks/secret.html", context)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        subscription = kwargs.get("obj")
        if subscription is not None:
            latest = subscription.deliveries.defer("payload", "answer").order_by("-id")[:LATEST]
            at = now()
            context |= {
                "title": subscription.name,
                "subscription": subscription,
                "health": health_of(subscription),
                "health_said": HEALTH[health_of(subscription)],
                "because": say(
                    subscriptions.REASONS.get(subscription.switched_off_because, {}), get_language() or "en"
                ),
                "old_secret_valid": subscription.old_secret_until and at < subscription.old_secret_until,
                "latest": [(row, event_label(row.event)) for row in latest],
            }
        elif kwargs.get("add"):
            context["title"] = _("New webhook")
        context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[Any]:
        def at(noun: str, view: Any) -> Any:
            guarded = self.admin_site.admin_view(require_POST(view))
            return path(f"<int:pk>/{noun}/", guarded, name=f"webhooks_subscription_{noun}")

        return [
            at("secret", self.new_secret),
            at("retirement", self.retirement),
            at("activation", self.activation),
            at("test", self.test),
            *super().get_urls(),
        ]

    def new_secret(self, request: HttpRequest, pk: int) -> HttpResponse:
        subscription = get_object_or_404(Subscription, pk=pk)
        secret = subscriptions.rotate(subscription, now())
        self.log_change(request, subscription, "new secret")
        subscription.refresh_from_db()
        return self.show_secret(request, subscription, secret)

    def retirement(self, request: HttpRequest, pk: int) -> HttpResponse:
        subscription = get_object_or_404(Subscription, pk=pk)
        subscriptions.retire(subscription)
        self.log_change(request, subscription, "old secret ended")
        messages.success(request, _("The old secret signs no longer."))
        return redirect("admin:webhooks_subscription_change", pk)

    def activation(self, request: HttpRequest, pk: int) -> HttpResponse:
        subscription, on = get_object_or_404(Subscription, pk=pk), request.POST.get("on") == "yes"
        subscriptions.switch(subscription, on, now())
        self.log_change(request, subscription, "switched on" if on else "switched off")
        said = (
            _("Switched on: it hears what happens from now on.") if on
            else _("Switched off: what was waiting can be replayed.")
        )  # fmt: skip
        messages.success(request, said)
        return redirect("admin:webhooks_subscription_change", pk)

    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Sent while the admin waits; then the answer is shown."""
        row = delivering.send_test(get_object_or_404(Subscription, pk=pk), now())
        if row.state == Delivery.State.DELIVERED:
            messages.success(
                request, _("The test event arrived: the answer was %(status)s.") % {"status": row.status}
            )
        else:
            messages.error(request, _("The test event did not arrive."))
        return redirect("admin:webhooks_delivery_change", row.pk)


class EventFilter(admin.SimpleListFilter):
    title = gettext_lazy("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, event_label(name)) for name in (*EVENTS, TEST)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        return queryset.filter(event=self.value()) if self.value() else queryset


class WebhookFilter(admin.SimpleListFilter):
    title = gettext_lazy("webhook")
    parameter_name = "webhook"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[int, str]]:
        return list(Subscription.objects.order_by("name").values_list("pk", "name"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        chosen = self.value() or ""
        return queryset.filter(subscription=int(chosen)) if chosen.isdecimal() else queryset


@admin.register(Delivery)
class DeliveryAdmin(ModelAdmin):
    """What was told to whom, and what they answered. Nothing is changed here; it can be sent again."""

    list_display = (
        "said",
        "webhook",
        "state_said",
        "answered",
        "attempts",
        "created_at",
        "next_or_last",
    )
    list_display_links = ("said",)
    list_filter = ("state", WebhookFilter, EventFilter)
    list_select_related = ("subscription",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-id",)
    actions = ("replay_chosen",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        rows = super().get_queryset(request).filter(subscription__in=Subscription.objects.all())
        return rows.defer("payload", "answer")

    @admin.display(description=gettext_lazy("event"))
    def said(self, row: Delivery) -> str:
        return event_label(row.event)

    @admin.display(description=gettext_lazy("webhook"))
    def webhook(self, row: Delivery) -> str:
        return str(row.subscription)

    @display(description=gettext_lazy("state"), label=STATES)
    def state_said(self, row: Delivery) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @admin.display(description=gettext_lazy("answer"))
    def answered(self, row: Delivery) -> str:
        return str(row.status or row.error[:60] or "–")

    @admin.display(description=gettext_lazy("next or last try"))
    def next_or_last(self, row: Delivery) -> Any:
        return row.due_at if row.state == Delivery.State.PENDING else row.tried_at

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        try:
            sent = delivering.body_of(row)
        except ValueError:
            sent = b"{}"
        context = self.admin_site.each_context(request) | {
            "title": event_label(row.event),
            "opts": self.opts,
            "row": row,
            "colour": {"pending": "warn", "delivered": "good", "parked": "bad"}[row.state],
            "sent": json.dumps(json.loads(sent), ensure_ascii=False, indent=2),
            "may_replay": row.state != Delivery.State.PENDING and not row.is_test,
        }
        return TemplateResponse(request, "admin/webhooks/delivery.html", context)

    def get_urls(self) -> list[Any]:
        replay = self.admin_site.admin_view(require_POST(self.replay))
        return [path("<int:pk>/replay/", replay, name="webhooks_delivery_replay"), *super().get_urls()]

    def replay(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(Delivery, pk=pk)
        try:
            delivering.replay(row, now())
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
        else:
            messages.success(request, _("It is on its way once more, under the same id."))
        return redirect("admin:webhooks_delivery_change", pk)

    @admin.action(description=gettext_lazy("Replay: send once more, under the same id"))
    def replay_chosen(self, request: HttpRequest, chosen: QuerySet[Delivery]) -> None:
        at, again, refused = now(), 0, ""
        for row in chosen:
            try:
                again += delivering.replay(row, at)
            except ValidationError as refusal:
                refused = refusal.messages[0]
        if refused:
            messages.error(request, refused)
        said = ngettext("%(n)s delivery goes out once more.", "%(n)s deliveries go out once more.", again)
        messages.success(request, said % {"n": again})
