"""A desk of its own: a tenant with its policy, its face and its first admin, in steps that a second run finishes."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from notifications.people_pages import invite
from policies import publishing
from policies.document import Channel, Plan, Policy, Priority
from tenants import provisioning
from tenants.customers.models import Desk
from tenants.models import Tenant
from tenants.people.models import User


def create_desk(
    slug: str, *, name: str, policy: Policy, admin: str, at: datetime, effective_from: datetime | None = None,
    is_demo: bool = False,
) -> Tenant:  # fmt: skip
    """Make a working desk. Nothing of it is served before all of it stands; run again it goes on where it stopped."""
    tenant = provisioning.create_tenant(slug, name, is_demo=is_demo)
    connection.set_tenant(tenant)
    try:
        with transaction.atomic():
            furnish(policy, name=name, admin=admin, at=at, effective_from=effective_from)
    finally:
        connection.set_schema_to_public()
    provisioning.activate(tenant)
    return tenant


def furnish(policy: Policy, *, name: str, admin: str, at: datetime, effective_from: datetime | None) -> None:
    """The tenant's first rows: its face, its policy, its admin, who is invited by mail to set a password."""
    languages = list(policy.languages)
    Desk.objects.get_or_create(id=1, defaults={"name": name, "languages": languages, "timezone": policy.tz})
    publishing.publish_pack(policy, at, effective_from=effective_from)
    person, is_new = User.objects.get_or_create(
        email=admin.lower(),
        defaults={
            "name": admin.split("@")[0], "role": User.Role.ADMIN, "language": policy.language, "timezone": policy.tz,
        },
    )  # fmt: skip
    if is_new:
        person.set_unusable_password()
        person.save(update_fields=["password"])
        invite(person, by=None, at=at)


def blank_policy(slug: str) -> Policy:
    """The least that works: the portal, around the clock, nothing promised. The admin fills in the rest."""
    return Policy(
        key=slug,
        name={"pt-br": "Política de suporte", "en": "Support policy"},
        language="pt-br",
        tz="America/Sao_Paulo",
        default_priority="2",
        channels=(Channel("portal", {"pt-br": "Portal", "en": "Portal"}),),
        plans=(Plan("standard", {"pt-br": "Padrão", "en": "Standard"}),),
        priorities=(
            Priority("1", {"pt-br": "Urgente", "en": "Urgent"}),
            Priority("2", {"pt-br": "Normal", "en": "Normal"}),
        ),
    )
