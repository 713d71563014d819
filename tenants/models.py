"""The public tables: tenants, their domains, the hints that wake workers, and the demo's moved clock."""

from __future__ import annotations

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin


class Tenant(TenantMixin):
    """A helpdesk of its own, in a schema of its own. The schema's name is random: the slug may change, it may not."""

    class Status(models.TextChoices):
        PROVISIONING = "provisioning"
        ACTIVE = "active"
        SUSPENDED = "suspended"
        DELETED = "deleted"

    auto_create_schema = False  # provisioning.create_tenant does it, in steps that a second run finishes
    slug = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PROVISIONING)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Domain(DomainMixin):
    """An exact host name that leads to a tenant."""


class Wakeup(models.Model):
    """A hint: this tenant has something of this kind due at that moment. Insert-only; may be early or double, never missing."""

    class Kind(models.TextChoices):
        ALARM = "alarm"
        OUTBOX = "outbox"
        PUBLISH = "publish"

    schema_name = models.CharField(max_length=63)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="wakeup_by_due_moment")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.schema_name} at {self.due_at}"


class Lease(models.Model):
    """Keeps two drainers of one tenant apart. The token is checked on release; a holder whose connection is gone is dead."""

    schema_name = models.CharField(max_length=80, primary_key=True)  # with the kind of work: "t_acme:alarm"
    token = models.UUIDField()
    until = models.DateTimeField()
    holder = models.IntegerField(default=0)  # process number of the holder's connection in PostgreSQL

    def __str__(self) -> str:
        return f"{self.schema_name} until {self.until}"


class ClockOffset(models.Model):
    """How far the demo's clock was moved. One row at most; never read outside demo and tests."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    offset = models.DurationField()

    def __str__(self) -> str:
        return str(self.offset)


class Heartbeat(models.Model):
    """When a background process was last seen, for /readyz. Written every few seconds by the process itself."""

    name = models.CharField(max_length=20, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.seen_at}"
