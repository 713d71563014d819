"""A subscription's life: made, its secret changed, switched off with notice, switched on again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from notifications import outbox
from notifications.outbox import Recipient
from tenants import sealing
from tenants.people.models import User
from tenants.sealing import InvalidToken
from tickets.webhooks import signing
from tickets.webhooks.models import Delivery, Subscription

BOTH_VALID = timedelta(hours=24)
REASONS = {
    "gone": {
        "pt-br": "O sistema respondeu que este endereço não existe mais (410 Gone).",
        "en": "The system answered that this address exists no longer (410 Gone).",
        "es": "El sistema respondió que esta dirección ya no existe (410 Gone).",
        "de": "Das System antwortete, dass es diese Adresse nicht mehr gibt (410 Gone).",
        "ru": "Система ответила, что этого адреса больше нет (410 Gone).",
    },
    "dead": {
        "pt-br": "Nada foi recebido durante três dias.",
        "en": "Nothing was received for three days.",
        "es": "No se recibió nada durante tres días.",
        "de": "Drei Tage lang wurde nichts empfangen.",
        "ru": "Три дня ничего не было получено.",
    },
}


def subscribe(subscription: Subscription, *, by: User | None, at: datetime) -> str:
    """Save a new subscription with a secret of its own, and return that: it is not shown again."""
    secret = signing.new_secret()
    subscription.secret, subscription.created_at, subscription.created_by = seal(secret), at, by
    subscription.save()
    return secret


def rotate(subscription: Subscription, at: datetime) -> str:
    """A new secret. The one before signs beside it for 24 hours; one from before that is over at once."""
    secret = signing.new_secret()
    Subscription.objects.filter(pk=subscription.pk).update(
        old_secret=F("secret"), old_secret_until=at + BOTH_VALID, secret=seal(secret)
    )
    return secret


def retire(subscription: Subscription) -> None:
    """The old secret signs no longer."""
    Subscription.objects.filter(pk=subscription.pk).update(old_secret="", old_secret_until=None)


def secrets_of(subscription: Subscription, at: datetime) -> list[str]:
    """What deliveries are signed with at `at`, the newest first. InvalidToken where SECRET_KEY has changed since."""
    sealed = [subscription.secret]
    if subscription.old_secret and subscription.old_secret_until and at < subscription.old_secret_until:
        sealed.append(subscription.old_secret)
    return [sealing.open_words("webhooks", each)["secret"] for each in sealed]


def seal(secret: str) -> str:
    return sealing.seal_words("webhooks", {"secret": secret})


def switch_off(subscription: Subscription, at: datetime, because: str) -> None:
    """It is called no more, what waits is parked, and the admins are told. Inside the caller's transaction.

    `because`: a key of REASONS.
    """
    off = Subscription.objects.filter(pk=subscription.pk, is_active=True)
    if not off.update(is_active=False, switched_off_at=at, switched_off_because=because):
        return
    subscription.is_active = False
    park_waiting(subscription)
    admins = User.objects.filter(role=User.Role.ADMIN, is_active=True).order_by("pk")
    outbox.tell(
        [Recipient.of(person) for person in admins],
        kind="webhook_switched_off",
        key=f"webhook-off:{subscription.pk}:{at.isoformat()}",
        words={
            "webhook": subscription.name,
            "address": subscription.url.partition("?")[0],
            "reason": REASONS[because],
        },
        at=at,
        links={
            "webhook_url": {"path": reverse("admin:webhooks_subscription_change", args=[subscription.pk])}
        },
    )


def park_waiting(subscription: Subscription) -> int:
    """What nobody is sending right now waits no longer: it can be replayed. How many."""
    waiting = Delivery.objects.filter(subscription=subscription, state=Delivery.State.PENDING)
    idle = waiting.filter(Q(lease_until=None) | Q(lease_until__lte=Now()))
    return idle.update(state=Delivery.State.PARKED, lease_until=None, error="The webhook was switched off.")


def switch(subscription: Subscription, on: bool, at: datetime) -> None:
    """By hand, on or off. Switched on, it hears what happens from now on; what was parked is replayed by hand."""
    with transaction.atomic():
        fresh = {"failing_since": None, "failures": 0, "rests_until": None}
        if on:
            changed = fresh | {"switched_off_at": None, "switched_off_because": ""}
        else:
            changed = {"switched_off_at": at, "switched_off_because": ""}
        if (
            Subscription.objects.filter(pk=subscription.pk, is_active=not on).update(is_active=on, **changed)
            and not on
        ):
            park_waiting(subscription)


__all__ = [
    "InvalidToken", "park_waiting", "retire", "rotate", "secrets_of", "subscribe", "switch", "switch_off",
]  # fmt: skip
