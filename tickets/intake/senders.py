"""Whose contacts are not wanted."""

from __future__ import annotations

from datetime import datetime

from tickets.intake.models import BlockedSender


def is_blocked(address: str) -> bool:
    """Whether contacts of this address, or of its whole domain, are not wanted."""
    address = address.strip().lower()
    names = [address, *([f"@{address.rpartition('@')[2]}"] if "@" in address else [])]
    return BlockedSender.objects.filter(address__in=names).exists()


def block(address: str, at: datetime, because: str = "") -> None:
    BlockedSender.objects.get_or_create(
        address=address.strip().lower(), defaults={"because": because, "blocked_at": at}
    )
