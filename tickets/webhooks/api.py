"""Webhooks by the API: subscribe, change, give a new secret, look at deliveries and replay them. For admins."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tenants.moment import now
from tickets.api import base
from tickets.api.fields import CalledAddress, Moment, Paged, Strict
from tickets.api.pages import paged
from tickets.api.tags import tagged
from tickets.webhooks import delivering, subscriptions
from tickets.webhooks.events import EVENTS
from tickets.webhooks.models import Subscription

WANTED = "What to be told of. " + " ".join(f"`{name}`: {kind.says}" for name, kind in EVENTS.items())


def fields_of_webhook(required: bool) -> dict[str, serializers.Field]:
    return {
        "name": serializers.CharField(required=required, max_length=100, help_text="What receives it."),
        "url": CalledAddress(
            required=required,
            help_text="A public address by https. Each event is sent there as a POST.",
        ),
        "events": serializers.ListField(
            required=required,
            child=serializers.ChoiceField(list(EVENTS)),
            allow_empty=False,
            max_length=len(EVENTS),
            help_text=WANTED,
        ),
    }


class NewWebhook(Strict):
    def get_fields(self) -> dict[str, Any]:
        return fields_of_webhook(required=True)


class WebhookChanged(Strict):
    def get_fields(self) -> dict[str, Any]:
        switched = serializers.BooleanField(
            required=False, help_text="Switched on, it hears what happens from then on."
        )
        return fields_of_webhook(required=False) | {"is_active": switched}


class WebhookShown(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    is_active = serializers.BooleanField()
    created_at = Moment()
    delivered_at = Moment(allow_null=True, help_text="When something last arrived.")
    failing_since = Moment(allow_null=True, help_text="Since when nothing has arrived.")
    switched_off_at = Moment(allow_null=True)
    switched_off_because = serializers.CharField(
        help_text="gone (410) or dead (nothing for three days) where it switched itself off; empty where a person did."
    )


class WebhookMade(WebhookShown):
    secret = serializers.CharField(
        allow_null=True,
        help_text="Shown in this answer alone; null where the request is answered a second time.",
    )


class Secret(serializers.Serializer):
    secret = serializers.CharField(
        allow_null=True,
        help_text="Shown in this answer alone; null where the request is answered a second time.",
    )
    old_secret_until = Moment(help_text="Until then deliveries are signed with the old one, too.")


class DeliveryShown(serializers.Serializer):
    id = serializers.IntegerField()
    event_id = serializers.UUIDField(help_text="`Webhook-Id`: the same over all tries and replays.")
    event = serializers.CharField()
    state = serializers.ChoiceField(
        ["pending", "delivered", "parked"], help_text="parked: given up; it can be replayed."
    )
    attempts = serializers.IntegerField()
    created_at = Moment(help_text="When it happened.")
    due_at = Moment(help_text="The next try, while it is pending.")
    delivered_at = Moment(allow_null=True)
    status = serializers.IntegerField(allow_null=True, help_text="Of the last answer.")
    answer = serializers.CharField(help_text="Its first 2 kB.")
    milliseconds = serializers.IntegerField(allow_null=True)
    error = serializers.CharField()
    payload = serializers.DictField()


class DeliveriesAsked(Paged):
    state = serializers.ChoiceField(["pending", "delivered", "parked"], required=False)


class Webhooks(base.ApiView):
    area, calls = "webhooks", "url"
    allowed = {"GET": base.admins, "POST": base.admins}

    @extend_schema(operation_id="webhooks_list", parameters=[Paged], responses=paged(WebhookShown))
    def get(self, request: Request) -> Response:
        """Webhooks with their health, the newest first."""
        asked = base.query(request, Paged)
        return base.page(
            request, Subscription.objects.all(), asked, lambda rows: WebhookShown(rows, many=True).data
        )

    @extend_schema(operation_id="webhooks_create", request=NewWebhook, responses={201: WebhookMade})
    def post(self, request: Request) -> Response:
        """Subscribe an address to events. The answer holds the secret that deliveries are signed with, this once."""
        subscription = Subscription(**base.body(request, NewWebhook))
        secret = subscriptions.subscribe(subscription, by=request.user, at=now())
        headers = {"Location": reverse("api:webhook", args=[subscription.pk])}
        return with_secret(shown(subscription), secret, status=201, headers=headers)


class OneWebhook(base.ApiView):
    area, calls = "webhooks", "url"
    allowed = {"GET": base.admins, "PATCH": base.admins, "DELETE": base.admins}

    def state(self, request: Request, pk: int, *, lock: bool = False) -> dict[str, Any]:
        return shown(webhook_of(pk, lock=lock))

    @extend_schema(operation_id="webhooks_read", responses=WebhookShown)
    def get(self, request: Request, pk: int) -> Response:
        """One webhook."""
        return tagged(request, shown(webhook_of(pk)))

    @extend_schema(operation_id="webhooks_change", request=WebhookChanged, responses=WebhookShown)
    def patch(self, request: Request, pk: int) -> Response:
        """Change its name, address or events; switch it off or on."""
        subscription, given = webhook_of(pk), base.body(request, WebhookChanged)
        is_active = given.pop("is_active", subscription.is_active)
        with transaction.atomic():
            if given:
                Subscription.objects.filter(pk=pk).update(**given)
            if is_active != subscription.is_active:
                subscriptions.switch(subscription, is_active, now())
        return tagged(request, shown(webhook_of(pk)))

    @extend_schema(operation_id="webhooks_delete", request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Delete it with its deliveries."""
        webhook_of(pk).delete()
        return Response(status=204)


class WebhookSecret(base.ApiView):
    area = "webhooks"
    allowed = {"POST": base.admins}

    @extend_schema(operation_id="webhooks_new_secret", request=None, responses={201: Secret})
    def post(self, request: Request, pk: int) -> Response:
        """Make a new secret. For 24 hours deliveries are signed with the old one, too."""
        subscription, at = webhook_of(pk, lock=True), now()
        secret = subscriptions.rotate(subscription, at)
        said = {"old_secret_until": Moment().to_representation(at + subscriptions.BOTH_VALID)}
        return with_secret(said, secret, status=201)


class Deliveries(base.ApiView):
    area = "webhooks"
    allowed = {"GET": base.admins}

    @extend_schema(
        operation_id="webhooks_deliveries", parameters=[DeliveriesAsked], responses=paged(DeliveryShown)
    )
    def get(self, request: Request, pk: int) -> Response:
        """What was sent, or waits, and what was answered; the newest first, for thirty days."""
        found, asked = webhook_of(pk).deliveries.all(), base.query(request, DeliveriesAsked)
        if "state" in asked:
            found = found.filter(state=asked["state"])
        return base.page(request, found, asked, lambda rows: DeliveryShown(rows, many=True).data)


class DeliveryReplay(base.ApiView):
    area = "webhooks"
    allowed = {"POST": base.admins}

    @extend_schema(operation_id="webhooks_replay", request=None, responses={202: DeliveryShown})
    def post(self, request: Request, pk: int, delivery: int) -> Response:
        """Send it once more, under the same event id; nothing is doubled where it waits anyway."""
        row = webhook_of(pk).deliveries.filter(pk=delivery).first()
        if row is None:
            raise Http404("There is no such delivery.")
        delivering.replay(row, now())
        row.refresh_from_db()
        return Response(DeliveryShown(row).data, status=202)


def webhook_of(pk: int, *, lock: bool = False) -> Subscription:
    rows = Subscription.objects.select_for_update() if lock else Subscription.objects.all()
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such webhook.")
    return found


def shown(subscription: Subscription) -> dict[str, Any]:
    return dict(WebhookShown(subscription).data)


def with_secret(said: dict[str, Any], secret: str, **given: Any) -> Response:
    """An answer whose copy, kept for its idempotency key, lacks the secret."""
    response = Response(said | {"secret": secret}, **given)
    response.kept = said | {"secret": None}
    return response
