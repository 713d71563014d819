"""What every test starts from, made once per state of the migrations: twin tenants, and a desk for each policy pack.

The twins are made by the same steps in the same order, so that ids, numbers, e-mails and password hashes coincide: a wrong
lookup then returns the other tenant's row, not an accidental 404. Every text of a twin carries its canary.

Alice asks, Bob answers, Carol leads, Dora administers; Erin works with Alice, Frank elsewhere. Mallory is Alice of the twin.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
os.environ.setdefault("HELPDESK_TESTING", "1")

from dataclasses import replace
from datetime import UTC, datetime

PASSWORD = "correct horse battery"
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
TWINS = ("acme", "globex")
PACKS = ("z-pro", "zoom", "erp-chamados", "360dialog", "suporte-leiloes", "tour")
PLANS = {"zoom": "pro", "360dialog": "premium", "suporte-leiloes": "premium"}


def build():
    from policies.packs import load_pack

    for slug in TWINS:
        make_desk(slug, twins_policy(), canary=f"canary-of-{slug}")
    for pack in PACKS:
        make_desk(pack, load_pack(pack), canary=pack)


def twins_policy():
    """Z-PRO's, but that anybody may ask: most tests make strangers known."""
    from policies.packs import load_pack

    return replace(load_pack("z-pro"), who_may_ask="anybody")


def make_desk(slug, policy, canary):
    from django.contrib.auth.hashers import MD5PasswordHasher
    from django.db import connection, transaction

    from policies import publishing
    from tenants import provisioning
    from tenants.customers.models import Company, Desk, Licence, Membership, Team
    from tenants.people.models import User

    password = MD5PasswordHasher().encode(PASSWORD, "salt")
    tenant = provisioning.create_tenant(slug, f"Desk {slug}", is_demo=True)
    connection.set_tenant(tenant)
    with transaction.atomic():
        Desk.objects.create(id=1, name=f"Desk {canary}", languages=["en", "pt-br"], timezone=policy.tz)
        publishing.publish_pack(policy, SINCE, effective_from=SINCE)

        def person(name, role):
            return User.objects.create(
                email=f"{name.lower()}@example.com",
                name=f"{name} {canary}",
                role=role,
                language="en",
                timezone=policy.tz,
                password=password,
            )

        alice, erin, frank = (person(name, "customer") for name in ("Alice", "Erin", "Frank"))
        bob = person("Bob", "agent")
        carol = person("Carol", "supervisor")
        person("Dora", "admin")
        grace = person("Grace", "account_manager")
        plan = PLANS.get(policy.key, "standard")
        company = Company.objects.create(name=f"Company {canary}", plan=plan, account_manager=grace)
        other = Company.objects.create(name=f"Other company {canary}", plan=plan)
        Membership.objects.create(person=alice, company=company)
        Membership.objects.create(person=erin, company=company)
        Membership.objects.create(person=frank, company=other)
        for number, holder in enumerate(
            (alice, erin, frank), start=1
        ):  # where the policy asks for a purchase
            Licence.objects.create(number=f"L-{number}", email=holder.email, product=canary)
        for team in Team.objects.all():
            team.members.add(bob, carol)
    connection.set_schema_to_public()
    provisioning.activate(tenant)


if __name__ == "__main__":
    django.setup()
    build()
