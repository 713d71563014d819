"""First it is stored as it came, then the sender hears 200: whatever happens afterwards, it is here, once."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import transaction

from tenants import wakeups
from tickets.intake import sealing
from tickets.intake.models import Door, Inbound
from tickets.masking import masked

KEPT_FOR = timedelta(days=7)  # the raw bytes of what was not understood or not wanted
AT_ONCE = 500


def receive(
    door: Door, *, external_id: str, raw: bytes, at: datetime, sender: str = "", subject: str = ""
) -> Inbound | None:
    """Store what came in and wake the workers. None: the door has it already, whatever has become of it.

    external_id: the provider's id or a Message-ID; "" for things without one, which are known by their digest.
    """
    external_id = external_id or f"sha256:{hashlib.sha256(raw).hexdigest()}"
    if len(external_id) > 200:
        external_id = f"id-sha256:{hashlib.sha256(external_id.encode()).hexdigest()}"
    sealed, key = sealing.seal(raw)
    inbound = Inbound(
        door=door, external_id=external_id.replace("\0", ""), received_at=at, due_at=at, raw=sealed, raw_key=key,
        size=len(raw), sender=sender[:320], subject=masked(subject).text[:200],
    )  # fmt: skip
    with transaction.atomic():
        # Ignoring the conflict, not looking first: two web workers may bring the same thing at once.
        Inbound.objects.bulk_create([inbound], ignore_conflicts=True)
        stored = Inbound.objects.get(door=door, external_id=inbound.external_id)
        if bytes(stored.raw_key or b"") != key:
            return None
        wakeups.wake("intake", at)
    return stored


def try_again(inbound: Inbound, at: datetime, *, let_through: bool = False) -> bool:
    """All its attempts anew; `let_through`: an admin says that it is wanted. False where it is destroyed or under way."""
    again = Inbound.objects.filter(pk=inbound.pk, raw__isnull=False).exclude(state=Inbound.State.WAITING)
    with transaction.atomic():
        changed = again.update(
            state=Inbound.State.WAITING, due_at=at, attempts=0, lease_until=None, reason="",
            let_through=let_through or inbound.let_through,
        )  # fmt: skip
        if changed:
            wakeups.wake("intake", at)
    return bool(changed)


def forget_old(now: datetime) -> int:
    """Destroy the raw bytes of what was parked, held or unwanted for 7 days. How many were destroyed in this pass."""
    old = Inbound.objects.filter(raw__isnull=False, received_at__lte=now - KEPT_FOR)
    ids = list(old.exclude(state=Inbound.State.WAITING).values_list("pk", flat=True)[:AT_ONCE])
    return Inbound.objects.filter(pk__in=ids).update(raw=None, raw_key=None)
